//! A transport that records exchanges.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{Request, Response};

use super::recording::{Recording, Request as Recorded};
use crate::transport::{Attempt, BoxError, Transport};

/// Sends requests with another transport, and records them and their responses.
///
/// A clone is another handle to the same recording. Token requests are not recorded.
#[derive(Clone)]
pub struct Recorder<T> {
    transport: T,
    recording: Arc<Mutex<Recording>>,
}

impl<T: Transport> Recorder<T> {
    /// Creates a recorder for the requests that `transport` sends.
    pub fn new(transport: T) -> Self {
        Self {
            transport,
            recording: Arc::default(),
        }
    }

    /// Returns the recording so far.
    #[must_use]
    pub fn recording(&self) -> Recording {
        self.recording.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<T> fmt::Debug for Recorder<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Recorder").finish_non_exhaustive()
    }
}

impl<T: Transport> Transport for Recorder<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let Some(attempt) = request.extensions().get::<Attempt>().copied() else {
            return self.transport.send(request).await;
        };
        let recording = || self.recording.lock().unwrap_or_else(PoisonError::into_inner);
        // Record the request before it is sent: the caller may stop waiting for the response.
        let place = recording().begin(&attempt, Recorded::of(&attempt, &request));
        let result = self.transport.send(request).await;
        recording().end(place, result.as_ref());
        result
    }

    async fn sleep(&self, duration: Duration) {
        self.transport.sleep(duration).await;
    }

    fn now(&self) -> Instant {
        self.transport.now()
    }

    fn system_time(&self) -> SystemTime {
        self.transport.system_time()
    }
}
