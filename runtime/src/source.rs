//! The settings of one source description.

use std::fmt;
use std::sync::Arc;

use http::{HeaderName, HeaderValue};

use crate::client::Source;
use crate::credential::Credential;
use crate::message::broker::Broker;

/// Configures one source description of a client.
#[must_use = "return it from the closure"]
pub struct SourceBuilder {
    pub(crate) name: String,
    pub(crate) source: Source,
    pub(crate) problems: Vec<String>,
}

impl SourceBuilder {
    /// Sets the base URL of the API, which replaces the `servers` of its description.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.source.base_url = self.checked(&url.into()).or(self.source.base_url);
        self
    }

    /// Sets the base URL of one operation, named by its `operationId` or by method and path, such as `GET /files`.
    pub fn operation_url(mut self, operation: impl Into<String>, url: impl Into<String>) -> Self {
        if let Some(url) = self.checked(&url.into()) {
            self.source.operations.insert(operation.into(), url);
        }
        self
    }

    /// Returns the base URL without a trailing `/` if requests can be sent to it, and records an error otherwise.
    fn checked(&mut self, url: &str) -> Option<String> {
        let parsed = url.parse::<http::Uri>();
        let whole = parsed.as_ref().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.authority().is_some_and(has_valid_port)
                && uri.query().is_none()
        });
        // If the URL cannot be parsed, the text before any `@` may be a password.
        let user = |authority: &http::uri::Authority| authority.as_str().contains('@');
        let has_user = match &parsed {
            Ok(uri) => uri.authority().is_some_and(user),
            Err(_) => url.contains('@'),
        };
        if has_user {
            self.complain("the base URL contains a user; set one with `credential`");
        } else if whole && !url.contains('#') {
            return Some(url.trim_end_matches('/').to_owned());
        } else {
            let url = url.split(['?', '#']).next().unwrap_or_default();
            self.complain(&format!(
                "the base URL `{url}` is not `http` or `https` with a host, or has a query or fragment"
            ));
        }
        None
    }

    /// Sets the credential for every operation of this API, whatever security scheme the description names, and also if
    /// it names none. Only operations that rule credentials out (`security: []`) are called without it.
    ///
    /// If the credential is of another kind than the schemes of an operation, such as an API key for a bearer scheme, the
    /// run fails before its first request.
    pub fn credential(mut self, credential: impl Into<Credential>) -> Self {
        self.source.credential = Some(credential.into());
        self
    }

    /// Sets the credential for operations that require the security scheme `scheme`.
    ///
    /// A credential with an `Authorization` header is sent even if the description declares another kind of HTTP
    /// authentication.
    pub fn scheme(mut self, scheme: impl Into<String>, credential: impl Into<Credential>) -> Self {
        self.source.schemes.insert(scheme.into(), credential.into());
        self
    }

    /// Adds a header to every request to this API.
    ///
    /// A header whose name suggests a credential is treated as a secret: it does not appear in stored runs, recordings
    /// and traces, and `$request.header.NAME` cannot read it. These are `Authorization`, `Cookie`, `X-Api-Key`, and
    /// every name that contains `auth`, `token`, `secret`, `password`, `session`, `signature`, `jwt` or `credential`, or
    /// ends with `key`.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(name), Ok(mut value)) => {
                value.set_sensitive(is_credential(&name));
                self.source.headers.insert(name, value);
            }
            (Err(_), _) => self.complain(&format!("`{name}` is not a valid header name")),
            (_, Err(_)) => self.complain(&format!(
                "the value of the header `{name}` contains characters that cannot be sent"
            )),
        }
        self
    }

    /// Sends an idempotency key in the header `Idempotency-Key` of every `POST` and `PATCH`, by which an API can
    /// recognise a request that it has already received.
    ///
    /// The key is a UUID that is derived from the run, the step, the visit of the step and the content of the request:
    ///
    /// - All attempts of one visit have the same key: retries, and requests that are sent again because the process
    ///   died before the response was stored.
    /// - When a step is entered again, it sends a new key.
    /// - When the content of the request changes within a visit, the request has a new key only if every earlier
    ///   attempt of the visit was refused: by a status of 400 to 499 other than 408, 409, 425 and 429. A request that
    ///   may have had its effect keeps its key, so that the API can detect the difference.
    ///
    /// A header of the same name in the workflow takes precedence.
    ///
    /// An API may store its response to a key and repeat it, failures too. Whether a `retry` of the document can then
    /// succeed depends on the API.
    pub fn idempotency_key(self) -> Self {
        self.idempotency_header("Idempotency-Key")
    }

    /// Sends an idempotency key as [`idempotency_key`](Self::idempotency_key) does, in a header with another name.
    pub fn idempotency_header(mut self, name: &str) -> Self {
        match HeaderName::try_from(name) {
            Ok(name) => self.source.idempotency = Some(name),
            Err(_) => self.complain(&format!("`{name}` is not a valid header name")),
        }
        self
    }

    /// Sets the broker over which steps send and receive messages on the channels of this source description.
    ///
    /// [`idempotency_key`](Self::idempotency_key) also gives an id to every message, by which a broker can recognise one
    /// that is sent again.
    pub fn broker(mut self, broker: impl Broker + 'static) -> Self {
        self.source.broker = Some(Arc::new(broker));
        self
    }

    fn complain(&mut self, message: &str) {
        self.problems.push(format!("source `{}`: {message}", self.name));
    }
}

/// Returns whether a header carries a credential, judged by its name.
pub(crate) fn is_credential(name: &HeaderName) -> bool {
    const WORDS: [&str; 9] = [
        "auth",
        "cookie",
        "token",
        "secret",
        "password",
        "session",
        "signature",
        "jwt",
        "credential",
    ];
    WORDS.iter().any(|word| name.as_str().contains(word)) || name.as_str().ends_with("key")
}

/// Checks that the port, if any, is a number up to 65535; the crate `http` accepts any digits.
fn has_valid_port(authority: &http::uri::Authority) -> bool {
    let after_host = authority.as_str().rsplit(']').next().unwrap_or_default();
    let digits = |port: http::uri::Port<&str>| port.as_str().bytes().all(|byte| byte.is_ascii_digit());
    !after_host.contains(':') || (authority.port_u16().is_some() && authority.port().is_some_and(digits))
}

impl fmt::Debug for SourceBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("SourceBuilder")
            .field("name", &self.name)
            .field("base_url", &self.source.base_url)
            .finish_non_exhaustive()
    }
}
