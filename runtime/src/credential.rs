//! Credentials. They come from the client and never from a document.

use std::fmt;

use base64::Engine as _;
use http::HeaderValue;

use crate::wire::token::ClientCredentials;

/// Authenticates requests to an API.
///
/// `Debug` output never contains the secret.
///
/// ```
/// use arazzo::{ClientCredentials, Credential};
///
/// let password = Credential::basic("user", "secret");
/// let token = Credential::bearer("secret");
/// let key = Credential::api_key("secret");
/// // OAuth 2.0: the client obtains a token before the first request, and a new one when it expires.
/// let service = Credential::from(ClientCredentials::new("id", "secret"));
///
/// assert!(!format!("{password:?} {token:?} {key:?} {service:?}").contains("secret"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    kind: Kind,
    /// The value of the `Authorization` header, for credentials that have one. It is computed once.
    authorization: Option<Authorization>,
}

/// The value of an `Authorization` header; `Err` if it contains a character that headers cannot contain.
type Authorization = Result<HeaderValue, ()>;

#[derive(Clone, PartialEq, Eq)]
enum Kind {
    Basic(String),
    Bearer(String),
    ApiKey(String),
    Client(ClientCredentials),
}

impl From<ClientCredentials> for Credential {
    fn from(credentials: ClientCredentials) -> Self {
        Self::new(Kind::Client(credentials), None)
    }
}

impl Credential {
    /// Creates an HTTP Basic credential (RFC 7617). The user name must not contain `:`.
    #[must_use]
    pub fn basic(user: impl Into<String>, password: impl Into<String>) -> Self {
        let password = password.into();
        let pair = format!("{}:{password}", user.into());
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        Self::new(Kind::Basic(password), Some(format!("Basic {encoded}")))
    }

    /// Creates a bearer token (RFC 6750). It is also used for the schemes `oauth2` and `openIdConnect`. To let the
    /// client obtain tokens itself, use [`ClientCredentials`].
    #[must_use]
    pub fn bearer(token: impl Into<String>) -> Self {
        let token = token.into();
        let header = format!("Bearer {token}");
        Self::new(Kind::Bearer(token), Some(header))
    }

    /// Creates an API key. The security scheme determines the header, query parameter or cookie in which it is sent.
    #[must_use]
    pub fn api_key(key: impl Into<String>) -> Self {
        Self::new(Kind::ApiKey(key.into()), None)
    }

    fn new(kind: Kind, authorization: Option<String>) -> Self {
        let authorization = authorization.map(|text| {
            let mut value = HeaderValue::try_from(text).map_err(|_| ())?;
            value.set_sensitive(true);
            Ok(value)
        });
        Self { kind, authorization }
    }

    /// Returns the value of the `Authorization` header, for credentials that have one.
    pub(crate) fn authorization(&self) -> Option<&Authorization> {
        self.authorization.as_ref()
    }

    /// Returns the credentials with which the client obtains tokens.
    pub(crate) fn client(&self) -> Option<&ClientCredentials> {
        match &self.kind {
            Kind::Client(client) => Some(client),
            _ => None,
        }
    }

    /// Returns the text to send for an `apiKey` scheme.
    pub(crate) fn key(&self) -> Option<&str> {
        match &self.kind {
            Kind::ApiKey(key) | Kind::Bearer(key) => Some(key),
            Kind::Basic(_) | Kind::Client(_) => None,
        }
    }

    /// Returns whether this is an HTTP Basic credential.
    pub(crate) fn is_basic(&self) -> bool {
        matches!(self.kind, Kind::Basic(_))
    }

    /// Returns the texts that must not be shown.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let secret = match &self.kind {
            Kind::Basic(secret) | Kind::Bearer(secret) | Kind::ApiKey(secret) => secret,
            Kind::Client(client) => &client.secret,
        };
        let header = self.authorization.as_ref().and_then(|value| value.as_ref().ok());
        let header = header.and_then(|value| value.to_str().ok()?.split(' ').nth(1));
        std::iter::once(secret.as_str()).chain(header)
    }

    /// Returns the kind of credential, without its secret.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Basic(_) => "basic",
            Kind::Bearer(_) => "bearer",
            Kind::ApiKey(_) => "API key",
            Kind::Client(_) => "client",
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Credential({}, redacted)", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7617, section 2.
    #[test]
    fn basic_is_encoded_as_the_rfc_says() {
        let credential = Credential::basic("Aladdin", "open sesame");
        let header = credential.authorization().unwrap().as_ref().unwrap();
        assert_eq!(header, "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        assert!(header.is_sensitive());
    }

    #[test]
    fn debug_shows_no_secret() {
        for credential in [
            Credential::basic("u", "hush"),
            Credential::bearer("hush"),
            Credential::api_key("hush"),
        ] {
            assert!(!format!("{credential:?}").contains("hush"));
        }
    }
}
