//! A transport that keeps what comes and goes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{Request, Response};

use super::recording::{Recording, Request as Recorded};
use crate::transport::{Attempt, BoxError, Transport};

/// Sends requests by another transport, and keeps them and their responses.
///
/// A clone is another handle to the same recording. A token request is not kept.
#[derive(Clone)]
pub struct Recorder<T> {
    transport: T,
    recording: Arc<Mutex<Recording>>,
}

impl<T: Transport> Recorder<T> {
    /// Records what `transport` sends.
    pub fn new(transport: T) -> Self {
        Self {
            transport,
            recording: Arc::default(),
        }
    }

    /// What was recorded so far.
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
        // Before it is sent: whoever waits for the answer may not wait long enough.
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
