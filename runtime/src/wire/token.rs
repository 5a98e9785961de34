//! Access tokens by the client credentials grant of OAuth 2.0 (RFC 6749, section 4.4).

use std::fmt;
use std::time::{Duration, Instant};

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, header};

use crate::credential::Credential;
use crate::error::ErrorKind;
use crate::wire::failure::Failure;
use crate::wire::obtained::Obtained;
use crate::wire::style::encoded;

/// The credentials with which an application obtains access tokens for itself: the client credentials grant of OAuth
/// 2.0 (RFC 6749, section 4.4).
///
/// The description contains the token URL (`flows.clientCredentials.tokenUrl`) and the scopes that an operation
/// requires. All steps and runs of a client share one token. When it expires or an API returns 401, the client requests
/// one new token.
///
/// `Debug` output never contains the secret.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientCredentials {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token_url: Option<String>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) in_body: bool,
    pub(crate) parameters: Vec<(String, String)>,
}

impl ClientCredentials {
    /// Creates credentials from the id and secret of an application.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: secret.into(),
            token_url: None,
            scopes: None,
            in_body: false,
            parameters: Vec::new(),
        }
    }

    /// Adds a parameter to the token request, such as `audience` or `resource`, which some authorization servers
    /// require (RFC 6749, section 8.2; RFC 8707).
    #[must_use]
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.parameters.push((name.into(), value.into()));
        self
    }

    /// Sets the token URL, which replaces that of the description. A path such as `/oauth/token` is relative to the
    /// host of the API's base URL, as in a description (OpenAPI 3.1.1, "OAuth Flow Object").
    #[must_use]
    pub fn token_url(mut self, url: impl Into<String>) -> Self {
        self.token_url = Some(url.into());
        self
    }

    /// Sets the scopes to request, which replace those that the operation requires.
    #[must_use]
    pub fn scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// Sends the id and secret in the body of the token request, for servers that do not accept HTTP Basic (RFC 6749,
    /// section 2.3.1).
    #[must_use]
    pub fn in_body(mut self) -> Self {
        self.in_body = true;
        self
    }
}

impl fmt::Debug for ClientCredentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientCredentials")
            .field("id", &self.id)
            .field("secret", &format_args!("redacted"))
            .field("token_url", &self.token_url)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// Everything that determines a token request.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TokenRequest {
    url: String,
    id: String,
    secret: String,
    scopes: Vec<String>,
    in_body: bool,
    parameters: Vec<(String, String)>,
}

impl TokenRequest {
    /// Combines a credential with the security scheme of an operation.
    pub(crate) fn new(
        credential: &ClientCredentials,
        token_url: &str,
        scopes: &[&str],
        scheme: &str,
        base: &str,
    ) -> Result<Self, Failure> {
        let url = credential.token_url.as_deref().unwrap_or(token_url);
        let Some(url) = resolved(url, base) else {
            let message = if url.is_empty() {
                format!("no token URL for the security scheme `{scheme}`; set one with `ClientCredentials::token_url`")
            } else {
                format!(
                    "the token URL `{url}` of the security scheme `{scheme}` is not `http` or `https`, nor a path; set one with `ClientCredentials::token_url`"
                )
            };
            return Err(Failure::new(ErrorKind::Configuration, message));
        };
        let own = || scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Ok(Self {
            url,
            id: credential.id.clone(),
            secret: credential.secret.clone(),
            scopes: credential.scopes.clone().unwrap_or_else(own),
            in_body: credential.in_body,
            parameters: credential.parameters.clone(),
        })
    }

    /// Builds the token request (RFC 6749, section 4.4.2).
    pub(crate) fn request(&self) -> Result<Request<Bytes>, Failure> {
        let unfit = |_| {
            Failure::new(
                ErrorKind::Configuration,
                "the token URL or the client id cannot be sent",
            )
        };
        let mut body = String::from("grant_type=client_credentials");
        if !self.scopes.is_empty() {
            body.push_str("&scope=");
            body.push_str(&encoded(&self.scopes.join(" "), false));
        }
        for (name, value) in &self.parameters {
            body = [&body, "&", &encoded(name, false), "=", &encoded(value, false)].concat();
        }
        let (id, secret) = (encoded(&self.id, false), encoded(&self.secret, false));
        if self.in_body {
            body = [&body, "&client_id=", &id, "&client_secret=", &secret].concat();
        }
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(&self.url)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::ACCEPT, "application/json")
            .body(Bytes::from(body))
            .map_err(unfit)?;
        if !self.in_body {
            let pair = base64::engine::general_purpose::STANDARD.encode(format!("{id}:{secret}"));
            if let Ok(mut value) = HeaderValue::try_from(format!("Basic {pair}")) {
                value.set_sensitive(true);
                request.headers_mut().insert(header::AUTHORIZATION, value);
            }
        }
        Ok(request)
    }
}

/// Resolves a token URL against the base URL of the API (RFC 3986, section 5.2, as far as token URLs need it). Returns
/// `None` if it is neither an `http` or `https` URL nor a path.
fn resolved(url: &str, base: &str) -> Option<String> {
    if url.starts_with("https://") || url.starts_with("http://") {
        return Some(url.to_owned());
    }
    if url.is_empty()
        || url.starts_with("//")
        || url.split(['/', '?', '#']).next().is_some_and(|part| part.contains(':'))
    {
        return None;
    }
    let (scheme, rest) = base.split_once("://")?;
    if url.starts_with('/') {
        let authority = rest.split('/').next().unwrap_or("");
        return Some(format!("{scheme}://{authority}{url}"));
    }
    Some(format!(
        "{}/{}",
        base.trim_end_matches('/'),
        url.trim_start_matches("./")
    ))
}

/// Maximum number of characters of a text from the token endpoint that a message shows.
const SHOWN: usize = 80;

/// Reads a success response (RFC 6749, section 5.1); an error response (section 5.2) is a failure.
pub(crate) fn read(response: &Response<Bytes>, now: Instant) -> Result<Obtained, Failure> {
    #[derive(serde::Deserialize)]
    struct Answer {
        access_token: Option<String>,
        #[serde(default)]
        token_type: Option<String>,
        #[serde(default)]
        expires_in: Option<Seconds>,
        #[serde(default)]
        error: Option<String>,
    }
    /// A number, as RFC 6749 says, or a string, as some servers send it.
    #[derive(serde::Deserialize)]
    #[serde(untagged)]
    enum Seconds {
        Number(f64),
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    let status = response.status();
    let answer: Option<Answer> = serde_json::from_slice(response.body()).ok();
    if !status.is_success() {
        let why: String = answer.and_then(|answer| answer.error).unwrap_or_default();
        let why: String = why.chars().take(SHOWN).flat_map(char::escape_debug).collect();
        let kind = if status.is_client_error() && status.as_u16() != 429 {
            ErrorKind::MissingCredential
        } else {
            ErrorKind::Transport
        };
        let message = format!("could not obtain an access token: the token endpoint returned {status} {why}");
        return Err(Failure::new(kind, message.trim_end()));
    }
    let unreadable = |found: &str| {
        Failure::new(
            ErrorKind::Transport,
            format!("could not obtain an access token: the token endpoint returned {found}"),
        )
    };
    let answer = answer.ok_or_else(|| unreadable("not a valid JSON object"))?;
    // Some servers send `BearerToken`, `bearer_token` or `jwt-bearer`. RFC 6749, section 7.1, forbids the use of a
    // token with an unknown type.
    let kind = answer.token_type.unwrap_or_default();
    if !kind.is_empty() && !kind.to_ascii_lowercase().contains("bearer") {
        let kind: String = kind.chars().take(SHOWN).flat_map(char::escape_debug).collect();
        return Err(unreadable(&format!(
            "a token of type `{kind}`, which is not a bearer token"
        )));
    }
    let text = answer.access_token.ok_or_else(|| unreadable("no `access_token`"))?;
    // Do not store a token that no run can send.
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(unreadable("an `access_token` that cannot be sent"));
    }
    let seconds = answer.expires_in.and_then(|value| match value {
        Seconds::Number(number) => Some(number),
        Seconds::Text(text) => text.parse().ok(),
        Seconds::Other(_) => None,
    });
    let lifetime = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    Ok(Obtained::new(Credential::bearer(text), lifetime, now))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Result<Obtained, Failure> {
        let response = Response::builder().status(status).body(Bytes::from(body.to_owned()));
        read(&response.unwrap(), Instant::now())
    }

    /// RFC 6749, sections 4.4.2 and 2.3.1.
    #[test]
    fn a_token_is_asked_for_as_the_rfc_says() {
        let credential = ClientCredentials::new("s6BhdRkqt3", "gX1fBat3bV");
        let api = "https://api.test/v1";
        let wanted = TokenRequest::new(&credential, "https://server.test/token", &["a", "b:c"], "x", api).unwrap();
        let request = wanted.request().unwrap();
        // The value of the example in section 4.4.2.
        assert_eq!(request.headers()["authorization"], "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW");
        assert_eq!(request.body(), "grant_type=client_credentials&scope=a%20b%3Ac");
        let credential = credential.in_body().parameter("audience", "https://a.test");
        let wanted = TokenRequest::new(&credential, "https://server.test/token", &[], "x", api).unwrap();
        let request = wanted.request().unwrap();
        assert!(!request.headers().contains_key("authorization"));
        assert_eq!(
            request.body(),
            "grant_type=client_credentials&audience=https%3A%2F%2Fa.test&client_id=s6BhdRkqt3&client_secret=gX1fBat3bV"
        );
    }

    #[test]
    fn token_urls_are_relative_to_the_base_url() {
        for (url, found) in [
            ("https://login.test/token", Some("https://login.test/token")),
            ("/oauth/token", Some("https://api.test/oauth/token")),
            ("token", Some("https://api.test/v1/token")),
            ("./token", Some("https://api.test/v1/token")),
            ("//evil.test/token", None),
            ("ftp://login.test/token", None),
            ("javascript:1", None),
            ("", None),
        ] {
            assert_eq!(resolved(url, "https://api.test/v1").as_deref(), found, "{url}");
        }
    }

    #[test]
    fn answers_are_read() {
        let bearer = Credential::bearer("t");
        let token = answer(200, r#"{"access_token":"t","token_type":"Bearer","expires_in":3600}"#).unwrap();
        assert_eq!(token.usable(Some(&bearer), Instant::now()), None);
        assert_eq!(token.usable(None, Instant::now()), Some(bearer));
        let token = answer(200, r#"{"access_token":"t","token_type":"bearer","expires_in":0}"#).unwrap();
        assert_eq!(token.usable(None, Instant::now()), None);
        for (status, body, kind) in [
            (400, r#"{"error":"invalid_client"}"#, ErrorKind::MissingCredential),
            (503, "", ErrorKind::Transport),
            (200, "{}", ErrorKind::Transport),
            (200, r#"{"access_token":"t","token_type":"mac"}"#, ErrorKind::Transport),
            (200, "[]", ErrorKind::Transport),
            (200, r#"{"access_token":""}"#, ErrorKind::Transport),
            (200, r#"{"access_token":"a\r\nX: y"}"#, ErrorKind::Transport),
            (200, r#"{"access_token":"a b"}"#, ErrorKind::Transport),
            (200, r#"{"access_token":"é"}"#, ErrorKind::Transport),
        ] {
            assert_eq!(
                answer(status, body).err().map(|failure| failure.kind),
                Some(kind),
                "{body}"
            );
        }
        for kind in ["BearerToken", "jwt-bearer", "bearer_token", ""] {
            let body = format!(r#"{{"access_token":"t","token_type":"{kind}"}}"#);
            assert!(answer(200, &body).is_ok(), "{kind}");
        }
        let failure = answer(200, r#"{"access_token":"t","token_type":"mac"}"#).err().unwrap();
        assert!(failure.message.contains("`mac`"), "{}", failure.message);
        let failure = answer(401, r#"{"error":"invalid_client"}"#).err().unwrap();
        assert!(failure.message.contains("401") && failure.message.contains("invalid_client"));
        let body = format!(r#"{{"error":"\u001b[2J\u202e{}"}}"#, "x".repeat(100_000));
        let message = answer(400, &body).err().unwrap().message;
        assert!(
            message.len() < 300 && !message.contains(['\u{1b}', '\u{202e}']),
            "{message}"
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        assert!(!format!("{:?}", ClientCredentials::new("id", "hush")).contains("hush"));
    }
}
