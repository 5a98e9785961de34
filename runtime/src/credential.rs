//! Credentials. They come from the client and never from a document.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use http::HeaderValue;

use crate::transport::BoxError;
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
    Provider(Provider),
}

type Providing = Pin<Box<dyn Future<Output = Result<Provided, BoxError>> + Send>>;

/// A function of the application that provides credentials. Clones are equal, other functions are not.
#[derive(Clone)]
pub(crate) struct Provider(Arc<dyn Fn() -> Providing + Send + Sync>);

impl Provider {
    pub(crate) fn provide(&self) -> Providing {
        (self.0)()
    }
}

impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Provider {}

/// A credential that a [provider](Credential::provider) returns, and how long it is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provided {
    pub(crate) credential: Credential,
    pub(crate) valid_for: Option<Duration>,
}

impl Provided {
    /// Provides a credential that is valid until the API refuses it with status 401.
    #[must_use]
    pub fn new(credential: Credential) -> Self {
        Self {
            credential,
            valid_for: None,
        }
    }

    /// Sets the time for which the credential is valid, counted from the moment when the provider returns it. The client
    /// asks for a new one 10 seconds before the end, or after half of the time if that is later.
    #[must_use]
    pub fn valid_for(mut self, duration: Duration) -> Self {
        self.valid_for = Some(duration);
        self
    }
}

impl From<Credential> for Provided {
    fn from(credential: Credential) -> Self {
        Self::new(credential)
    }
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

    /// Creates a credential that the application provides when it is needed, for example from a secret store, a file that
    /// is replaced, or a service that issues short-lived tokens.
    ///
    /// The client calls `provide` before the first request that needs the credential, and keeps the result. It calls it
    /// again when the time of [`Provided::valid_for`] is over, and once after an API has returned 401; if the new
    /// credential is another one, the request is sent again, otherwise the response with 401 counts. Runs that need the credential at the same time wait for one
    /// call. The call counts towards the time limit of the attempt; if that expires, the future is dropped.
    ///
    /// It is also called for operations whose description has no `security`: there, a basic or bearer credential is sent, and
    /// an API key is not.
    ///
    /// The error of a provider ends the attempt with [`ErrorKind::MissingCredential`](crate::ErrorKind::MissingCredential);
    /// failure actions of the document do not apply. The run can be continued. If a failure may be temporary, retry
    /// inside of the provider.
    ///
    /// A provider must return the kind of credential that the security scheme requires. If an operation accepts one of
    /// several schemes, that is the first one; choose another one with
    /// [`SourceBuilder::scheme`](crate::SourceBuilder::scheme). A provider must not return another provider or
    /// [`ClientCredentials`], and must not itself need the credential, as it would wait for itself.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use arazzo::{Client, Credential, Provided};
    ///
    /// async fn token() -> std::io::Result<Provided> {
    ///     let token = tokio::fs::read_to_string("/run/secrets/token").await?;
    ///     Ok(Provided::new(Credential::bearer(token.trim())).valid_for(Duration::from_secs(300)))
    /// }
    ///
    /// let client = Client::builder().source("library", |api| api.credential(Credential::provider(token)));
    /// ```
    #[must_use]
    pub fn provider<F, P, E>(provide: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<P, E>> + Send + 'static,
        P: Into<Provided>,
        E: Into<BoxError>,
    {
        let provide = move || -> Providing {
            let providing = provide();
            Box::pin(async move { providing.await.map(Into::into).map_err(Into::into) })
        };
        Self::new(Kind::Provider(Provider(Arc::new(provide))), None)
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

    /// Returns the function that provides the credential.
    pub(crate) fn provider_of(&self) -> Option<&Provider> {
        match &self.kind {
            Kind::Provider(provider) => Some(provider),
            _ => None,
        }
    }

    /// Returns the text to send for an `apiKey` scheme.
    pub(crate) fn key(&self) -> Option<&str> {
        match &self.kind {
            Kind::ApiKey(key) | Kind::Bearer(key) => Some(key),
            Kind::Basic(_) | Kind::Client(_) | Kind::Provider(_) => None,
        }
    }

    /// Returns whether this is an HTTP Basic credential.
    pub(crate) fn is_basic(&self) -> bool {
        matches!(self.kind, Kind::Basic(_))
    }

    /// Returns the texts that must not be shown.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let secret = match &self.kind {
            Kind::Basic(secret) | Kind::Bearer(secret) | Kind::ApiKey(secret) => Some(secret.as_str()),
            Kind::Client(client) => Some(client.secret.as_str()),
            Kind::Provider(_) => None,
        };
        let header = self.authorization.as_ref().and_then(|value| value.as_ref().ok());
        let header = header.and_then(|value| value.to_str().ok()?.split(' ').nth(1));
        secret.into_iter().chain(header)
    }

    /// Returns the kind of credential, without its secret.
    pub(crate) fn name(&self) -> &'static str {
        match self.kind {
            Kind::Basic(_) => "basic",
            Kind::Bearer(_) => "bearer",
            Kind::ApiKey(_) => "API key",
            Kind::Client(_) => "client",
            Kind::Provider(_) => "provided",
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
