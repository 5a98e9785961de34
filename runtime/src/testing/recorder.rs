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
///
/// A recording contains no credentials of the client, but everything else that was sent and received. Remove what must
/// not be in it with [`redact_requests`](Self::redact_requests) and [`redact_responses`](Self::redact_responses):
///
/// ```
/// use arazzo::testing::Recorder;
/// use arazzo::{Bytes, reqwest};
///
/// let recorder = Recorder::new(reqwest::Client::new())
///     .redact_requests(|request| {
///         let text = String::from_utf8_lossy(request.body());
///         *request.body_mut() = Bytes::from(text.replace("ada@example.com", "user@example.test"));
///     })
///     .redact_responses(|response| {
///         response.headers_mut().remove("set-cookie");
///     });
/// ```
///
/// A replay compares requests with the recorded ones. Therefore it needs inputs that contain what the redaction has put
/// in place of the real values.
#[derive(Clone)]
pub struct Recorder<T> {
    transport: T,
    recording: Arc<Mutex<Recording>>,
    requests: Option<Redaction<Request<Bytes>>>,
    responses: Option<Redaction<Response<Bytes>>>,
}

type Redaction<M> = Arc<dyn Fn(&mut M) + Send + Sync>;

/// Makes two changes, one after the other.
fn both<M: 'static>(first: Option<Redaction<M>>, second: impl Fn(&mut M) + Send + Sync + 'static) -> Redaction<M> {
    Arc::new(move |message| {
        if let Some(first) = &first {
            first(message);
        }
        second(message);
    })
}

/// Returns a message as it is to be recorded.
fn redacted<M: Clone>(message: &M, redaction: &Redaction<M>) -> M {
    let mut copy = message.clone();
    redaction(&mut copy);
    copy
}

impl<T: Transport> Recorder<T> {
    /// Creates a recorder for the requests that `transport` sends.
    pub fn new(transport: T) -> Self {
        Self {
            transport,
            recording: Arc::default(),
            requests: None,
            responses: None,
        }
    }

    /// Changes requests before they are recorded. The request that is sent stays as it is. Several changes are made one
    /// after the other.
    #[must_use]
    pub fn redact_requests(mut self, redact: impl Fn(&mut Request<Bytes>) + Send + Sync + 'static) -> Self {
        self.requests = Some(both(self.requests, redact));
        self
    }

    /// Changes responses before they are recorded. The run receives the response as it was. Several changes are made one
    /// after the other.
    #[must_use]
    pub fn redact_responses(mut self, redact: impl Fn(&mut Response<Bytes>) + Send + Sync + 'static) -> Self {
        self.responses = Some(both(self.responses, redact));
        self
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
        let recorded = match &self.requests {
            Some(redaction) => Recorded::of(&attempt, &redacted(&request, redaction)),
            None => Recorded::of(&attempt, &request),
        };
        let place = recording().begin(&attempt, recorded);
        let result = self.transport.send(request).await;
        match (&result, &self.responses) {
            (Ok(response), Some(redaction)) => {
                let response = redacted(response, redaction);
                recording().end(place, Ok(&response));
            }
            _ => recording().end(place, result.as_ref()),
        }
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
