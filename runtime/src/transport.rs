//! How requests reach a server: by reqwest, a closure in a test, or any other type that can send one.

use std::error::Error as StdError;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{Request, Response};

use crate::run::descriptor::StepName;
use crate::run_id::RunId;
use crate::wire::operation::Operation;
use crate::wire::outgoing::Outgoing;

/// A boxed error, as transports return it.
pub type BoxError = Box<dyn StdError + Send + Sync>;

/// Sends a request and returns the whole response.
///
/// Implemented for [`reqwest::Client`] and for closures:
///
/// ```
/// use arazzo::{Bytes, Client, http};
///
/// let client = Client::builder()
///     .transport(|request: http::Request<Bytes>| async move {
///         assert_eq!(request.method(), "POST");
///         http::Response::builder().status(200).body(Bytes::from_static(b"{}"))
///     })
///     .build();
/// ```
///
/// Timeouts and waits use tokio's clock unless [`sleep`](Transport::sleep) is overridden. A closure cannot override it,
/// so run closures inside a tokio runtime.
///
/// A transport does not interpret responses: any response is `Ok`, whatever its status. Nor does it follow redirects,
/// unless it was built to. An error fails the step, and the failure actions of the document apply. A [`ConnectError`]
/// says that nothing was sent. An [`Error`](crate::Error) of kind [`Configuration`](crate::ErrorKind::Configuration) ends the attempt at once instead.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot send requests",
    label = "this is not a `Transport`",
    note = "a `Transport` is a `reqwest::Client` of the version that `arazzo::reqwest` re-exports, a closure \
            `async |request: http::Request<Bytes>| -> Result<http::Response<Bytes>, E>` with a parameter of this type, an \
            `Arc` of a transport, or a type of yours that implements `arazzo::Transport`"
)]
pub trait Transport: Send + Sync {
    /// Sends one request.
    ///
    /// The extensions of the request contain the [`Limits`] for the response.
    fn send(&self, request: Request<Bytes>) -> impl Future<Output = Result<Response<Bytes>, BoxError>> + Send;

    /// Sends a request as the engine has built it. A transport that is not reqwest gets it by [`send`](Self::send).
    #[doc(hidden)]
    fn dispatch(&self, outgoing: Box<Outgoing>) -> Sending<'_> {
        let sending = outgoing.into_request().map(|request| self.send(request));
        Box::pin(async move { sending?.await })
    }

    /// Waits for `duration`, by default on tokio's clock. Override it to test with your own clock.
    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        tokio::time::sleep(duration)
    }

    /// Returns the current instant, for measuring durations; by default on tokio's clock. Override it together with
    /// [`sleep`](Transport::sleep).
    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    /// Returns the date and time of day; by default the system's. A date in `Retry-After` is compared with it (RFC
    /// 9110, section 10.2.3). Override it together with [`now`](Transport::now).
    fn system_time(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// Identifies the attempt that sends a request. It is in the extensions of every request of a step.
///
/// A request for an OAuth 2.0 token does not belong to a step and has no `Attempt`.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// The step that sends the request.
    pub step: StepName,
    /// The run that the step belongs to.
    pub run: RunId,
    /// The number of the attempt of the step, counted from 1.
    pub number: u32,
    pub(crate) operation: &'static Operation,
}

/// Limits for a response, in the extensions of every request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Maximum size of the response body, in bytes.
    pub max_response_bytes: usize,
    /// Time until the end of the response; `None` if there is no limit. A transport does not have to enforce it, since the
    /// run stops waiting after this time.
    pub timeout: Option<Duration>,
}

impl Limits {
    pub(crate) fn new(max_response_bytes: usize) -> Self {
        Self {
            max_response_bytes,
            timeout: None,
        }
    }
}

/// The error for a response body that is larger than [`Limits::max_response_bytes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseTooLarge {
    limit: usize,
}

impl ResponseTooLarge {
    /// Creates the error for a body with more than `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self { limit }
    }
}

impl std::fmt::Display for ResponseTooLarge {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "the response is larger than the limit of {} bytes",
            self.limit
        )
    }
}

impl StdError for ResponseTooLarge {}

/// The error of a transport that could not connect to the server, so that nothing was sent.
///
/// A transport that returns it makes the step fail with [`ErrorKind::Connect`](crate::ErrorKind::Connect) instead of
/// [`Transport`](crate::ErrorKind::Transport). The transport of reqwest does so itself.
///
/// ```
/// use arazzo::{BoxError, Bytes, ConnectError, http};
/// use std::io;
///
/// async fn send(_: http::Request<Bytes>) -> Result<http::Response<Bytes>, BoxError> {
///     let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
///     Err(ConnectError::new(refused).into())
/// }
/// ```
#[derive(Debug)]
pub struct ConnectError(BoxError);

impl ConnectError {
    /// Creates the error from its cause.
    pub fn new(cause: impl Into<BoxError>) -> Self {
        Self(cause.into())
    }

    pub(crate) fn into_cause(self) -> BoxError {
        self.0
    }
}

impl std::fmt::Display for ConnectError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the server could not be reached")
    }
}

impl StdError for ConnectError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.0)
    }
}

impl<F, Fut, E> Transport for F
where
    F: Fn(Request<Bytes>) -> Fut + Send + Sync,
    Fut: Future<Output = Result<Response<Bytes>, E>> + Send,
    E: Into<BoxError>,
{
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        self(request).await.map_err(Into::into)
    }
}

impl<T: Transport> Transport for Arc<T> {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        (**self).send(request).await
    }

    fn dispatch(&self, outgoing: Box<Outgoing>) -> Sending<'_> {
        (**self).dispatch(outgoing)
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }

    fn now(&self) -> Instant {
        (**self).now()
    }

    fn system_time(&self) -> SystemTime {
        (**self).system_time()
    }
}

/// A transport whose type is hidden; see [`Client::boxed`](crate::Client::boxed). Clones share it.
#[derive(Clone)]
pub struct BoxTransport(Arc<dyn DynTransport>);

impl BoxTransport {
    /// Hides the type of a transport.
    #[must_use]
    pub fn new(transport: impl Transport + 'static) -> Self {
        Self(Arc::new(transport))
    }
}

impl std::fmt::Debug for BoxTransport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("BoxTransport").finish_non_exhaustive()
    }
}

impl Transport for BoxTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        self.0.send_dyn(request).await
    }

    fn dispatch(&self, outgoing: Box<Outgoing>) -> Sending<'_> {
        self.0.dispatch_dyn(outgoing)
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep_dyn(duration).await;
    }

    fn now(&self) -> Instant {
        self.0.now_dyn()
    }

    fn system_time(&self) -> SystemTime {
        self.0.system_time_dyn()
    }
}

/// A request that is being sent.
pub(crate) type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, BoxError>> + Send + 'a>>;

/// An object-safe [`Transport`], so that the engine is compiled once and not for each transport.
pub(crate) trait DynTransport: Send + Sync {
    fn send_dyn(&self, request: Request<Bytes>) -> Sending<'_>;

    fn dispatch_dyn(&self, outgoing: Box<Outgoing>) -> Sending<'_>;

    fn sleep_dyn(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    fn now_dyn(&self) -> Instant;

    fn system_time_dyn(&self) -> SystemTime;
}

impl<T: Transport> DynTransport for T {
    fn send_dyn(&self, request: Request<Bytes>) -> Sending<'_> {
        Box::pin(self.send(request))
    }

    fn dispatch_dyn(&self, outgoing: Box<Outgoing>) -> Sending<'_> {
        self.dispatch(outgoing)
    }

    fn sleep_dyn(&self, duration: Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.sleep(duration))
    }

    fn now_dyn(&self) -> Instant {
        self.now()
    }

    fn system_time_dyn(&self) -> SystemTime {
        self.system_time()
    }
}
