//! The transport of reqwest.

use bytes::Bytes;
use http::{Request, Response};

use crate::error::{Error, ErrorKind};
use crate::transport::{BoxError, ConnectError, Limits, ResponseTooLarge, Sending, Transport};
use crate::wire::outgoing::Outgoing;

const NO_TLS: &str =
    "https requires TLS, which is not enabled: enable the feature `rustls` or `native-tls` of `arazzo`";

impl Transport for reqwest::Client {
    fn send(&self, request: Request<Bytes>) -> impl Future<Output = Result<Response<Bytes>, BoxError>> + Send {
        let limit = request
            .extensions()
            .get::<Limits>()
            .map_or(usize::MAX, |limits| limits.max_response_bytes);
        let request = reqwest::Request::try_from(request.map(reqwest::Body::from));
        execute(self, request.map_err(BoxError::from), limit)
    }

    fn dispatch(&self, outgoing: Box<Outgoing>) -> Sending<'_> {
        let limit = outgoing.limits.max_response_bytes;
        // Boxed here, the future is compiled once and not in every program.
        Box::pin(execute(self, outgoing.into_reqwest(), limit))
    }
}

/// Sends a request. The future does not hold the request, and holds the response only while it is being read.
fn execute(
    client: &reqwest::Client,
    request: Result<reqwest::Request, BoxError>,
    limit: usize,
) -> impl Future<Output = Result<Response<Bytes>, BoxError>> + Send + use<> {
    let https = request.as_ref().is_ok_and(|request| request.url().scheme() == "https");
    let without_tls = !cfg!(any(feature = "rustls", feature = "native-tls")) && https;
    let sending = request.map(|request| client.execute(request));
    async move {
        let mut response = sending?.await.map_err(|error| {
            if without_tls && error.is_connect() {
                return BoxError::from(Error::new(ErrorKind::Configuration, NO_TLS));
            }
            let connecting = error.is_connect();
            let error = error.without_url();
            if connecting {
                return ConnectError::new(error).into();
            }
            error.into()
        })?;
        let mut body = Vec::new();
        let mut first = Bytes::new();
        while let Some(chunk) = response.chunk().await.map_err(reqwest::Error::without_url)? {
            if first.len() + body.len() + chunk.len() > limit {
                return Err(ResponseTooLarge::new(limit).into());
            }
            // Most bodies arrive in one piece, which needs no copy.
            if first.is_empty() && body.is_empty() {
                first = chunk;
            } else {
                body.extend_from_slice(&std::mem::take(&mut first));
                body.extend_from_slice(&chunk);
            }
        }
        let mut whole = Response::new(if body.is_empty() { first } else { Bytes::from(body) });
        *whole.status_mut() = response.status();
        *whole.version_mut() = response.version();
        *whole.headers_mut() = std::mem::take(response.headers_mut());
        Ok(whole)
    }
}
