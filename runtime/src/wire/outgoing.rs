//! Requests on their way to the transport.

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Uri};

use crate::transport::{Attempt, BoxError, Limits};

/// A request that the engine has built. A transport on reqwest makes its own request of it, without a URL that is
/// written and parsed again. It has no `Debug`, since it contains credentials.
pub struct Outgoing {
    pub(crate) method: Method,
    pub(crate) target: Target,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) limits: Limits,
    /// The attempt of a step, unless a token is requested.
    pub(crate) attempt: Option<Attempt>,
}

/// The URL of a request.
#[derive(Clone)]
pub(crate) enum Target {
    Uri(Uri),
    #[cfg(feature = "reqwest")]
    Url(reqwest::Url),
}

impl Target {
    #[cfg_attr(
        not(feature = "reqwest"),
        allow(clippy::unnecessary_wraps, reason = "only a URL can fail to be one")
    )]
    pub(crate) fn into_uri(self) -> Result<Uri, http::uri::InvalidUri> {
        match self {
            Self::Uri(uri) => Ok(uri),
            #[cfg(feature = "reqwest")]
            Self::Url(url) => Uri::from_maybe_shared(Bytes::from(String::from(url))),
        }
    }
}

impl Outgoing {
    /// Creates a request that no step makes.
    pub(crate) fn new(request: Request<Bytes>, limits: Limits) -> Self {
        let (parts, body) = request.into_parts();
        Self {
            method: parts.method,
            target: Target::Uri(parts.uri),
            headers: parts.headers,
            body,
            limits,
            attempt: None,
        }
    }

    /// Returns the request as every transport takes it.
    ///
    /// # Errors
    /// The URL is not a URI.
    pub fn into_request(self) -> Result<Request<Bytes>, BoxError> {
        let mut request = Request::new(self.body);
        *request.method_mut() = self.method;
        *request.uri_mut() = self.target.into_uri()?;
        *request.headers_mut() = self.headers;
        request.extensions_mut().insert(self.limits);
        if let Some(attempt) = self.attempt {
            request.extensions_mut().insert(attempt);
        }
        Ok(request)
    }

    /// Returns the request as reqwest takes it.
    ///
    /// # Errors
    /// The URI is not a URL.
    #[cfg(feature = "reqwest")]
    pub fn into_reqwest(self) -> Result<reqwest::Request, BoxError> {
        let url = match self.target {
            Target::Url(url) => url,
            Target::Uri(_) => {
                return Ok(reqwest::Request::try_from(
                    self.into_request()?.map(reqwest::Body::from),
                )?);
            }
        };
        let mut request = reqwest::Request::new(self.method, url);
        *request.headers_mut() = self.headers;
        *request.body_mut() = Some(self.body.into());
        Ok(request)
    }
}
