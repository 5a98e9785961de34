//! Services of the crate `tower` as transports, and transports as services.
//!
//! ```
//! use arazzo::tower::ServiceTransport;
//! use arazzo::{Bytes, Client, http};
//! use http_body_util::Full;
//!
//! // A stack of layers by `tower::ServiceBuilder`, a router of axum, or any other service.
//! let service = tower::service_fn(|request: http::Request<Bytes>| async move {
//!     Ok::<_, std::io::Error>(http::Response::new(Full::new(request.into_body())))
//! });
//! let client = Client::builder().transport(ServiceTransport::new(service)).build();
//! ```

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use tower_service::Service;

use crate::transport::{BoxError, ConnectError, Limits, ResponseTooLarge, Transport};

/// Sends requests with a service.
///
/// Each request is sent with a clone of the service, as soon as that is ready. Layers that limit or buffer requests
/// share their state between clones. The response body can be of any type; it is read up to
/// [`Limits::max_response_bytes`].
///
/// The extensions of a request contain the [`Attempt`](crate::Attempt) and the [`Limits`]. An error of the service is
/// handled like that of any other [`Transport`]: return a [`ConnectError`], not wrapped in another
/// error, if nothing was sent. An error of `poll_ready` counts as one.
///
/// It uses tokio's clock, also if the service sends requests with a transport that has a clock of its own, such as a
/// script of `arazzo::testing`.
pub struct ServiceTransport<S> {
    /// A service does not have to be `Sync`, a transport does.
    service: Mutex<S>,
}

impl<S> ServiceTransport<S> {
    /// Creates a transport from a service that takes requests with the body [`Bytes`]. Use `map_request` of
    /// `tower::ServiceBuilder` for a service that takes another type of body.
    pub fn new(service: S) -> Self {
        Self {
            service: Mutex::new(service),
        }
    }

    fn service(&self) -> std::sync::MutexGuard<'_, S> {
        self.service.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Clone> Clone for ServiceTransport<S> {
    fn clone(&self) -> Self {
        Self::new(self.service().clone())
    }
}

impl<S> fmt::Debug for ServiceTransport<S> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ServiceTransport").finish_non_exhaustive()
    }
}

impl<S, B> Transport for ServiceTransport<S>
where
    S: Service<Request<Bytes>, Response = Response<B>> + Clone + Send,
    S::Error: Into<BoxError>,
    S::Future: Send,
    B: Body + Send,
    B::Data: Send,
    B::Error: Into<BoxError>,
{
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let mut service = self.service().clone();
        poll_fn(|context| service.poll_ready(context)).await.map_err(|error| {
            let error: BoxError = error.into();
            if error.is::<ConnectError>() || error.is::<crate::Error>() {
                error
            } else {
                ConnectError::new(error).into()
            }
        })?;
        let limit = request
            .extensions()
            .get::<Limits>()
            .map(|limits| limits.max_response_bytes);
        let limit = limit.unwrap_or(usize::MAX);
        let (parts, body) = service.call(request).await.map_err(Into::into)?.into_parts();
        let body = pin!(body);
        match Limited::new(body, limit).collect().await {
            Ok(body) => Ok(Response::from_parts(parts, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(ResponseTooLarge::new(limit).into()),
            Err(error) => Err(error),
        }
    }
}

/// A transport as a service, for the layers of tower. Make it a transport again with [`ServiceTransport`].
///
/// Clones share the transport. It is always ready. The clock of the transport is not part of the service.
///
/// ```
/// use std::time::Duration;
///
/// use arazzo::tower::{ServiceTransport, TransportService};
/// use arazzo::{Client, reqwest};
///
/// let service = tower::ServiceBuilder::new()
///     .concurrency_limit(4)
///     .service(TransportService::new(reqwest::Client::new()));
/// let client = Client::builder().transport(ServiceTransport::new(service)).build();
/// ```
pub struct TransportService<T> {
    transport: Arc<T>,
}

impl<T> TransportService<T> {
    /// Creates a service from a transport.
    pub fn new(transport: T) -> Self {
        Self {
            transport: Arc::new(transport),
        }
    }
}

impl<T> Clone for TransportService<T> {
    fn clone(&self) -> Self {
        Self {
            transport: self.transport.clone(),
        }
    }
}

impl<T> fmt::Debug for TransportService<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TransportService").finish_non_exhaustive()
    }
}

impl<T: Transport + 'static> Service<Request<Bytes>> for TransportService<T> {
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let transport = self.transport.clone();
        Box::pin(async move { transport.send(request).await.map(|response| response.map(Full::new)) })
    }
}
