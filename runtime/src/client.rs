//! The client: where APIs are, who calls them, and what a run may cost.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::credential::Credential;
use crate::engine::preflight::Checked;
use crate::error::{Error, ErrorKind};
use crate::observer::Observer;
use crate::transport::Transport;
use crate::wire::token::Tokens;

/// Calls workflows: one client serves any number of them, at the same time too.
///
/// Cloning is cheap where cloning the transport is.
#[derive(Clone)]
pub struct Client<T = reqwest::Client> {
    transport: T,
    settings: Arc<Settings>,
}

pub(crate) struct Settings {
    pub(crate) sources: BTreeMap<String, Source>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_retry_after: Duration,
    pub(crate) max_steps: u32,
    pub(crate) max_response_bytes: usize,
    pub(crate) tokens: Tokens,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) checked: Checked,
}

/// What the client knows about one source description.
#[derive(Clone, Default)]
pub(crate) struct Source {
    pub(crate) base_url: Option<String>,
    pub(crate) operations: BTreeMap<String, String>,
    pub(crate) credential: Option<Credential>,
    pub(crate) schemes: BTreeMap<String, Credential>,
    pub(crate) headers: HeaderMap,
    pub(crate) idempotency: Option<HeaderName>,
}

impl Client {
    /// Starts a client on reqwest, which follows no redirects: what an API answers is what the
    /// workflow's criteria see, and credentials go nowhere else.
    pub fn builder() -> Builder {
        Builder {
            transport: None,
            make: Some(default_transport),
            settings: Settings::default(),
            problem: None,
        }
    }
}

fn default_transport() -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("arazzo-rust/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Configuration, "cannot build the HTTP client")
                .with(|inner| inner.source = Some(error.into()))
        })
}

impl<T> Client<T> {
    pub(crate) fn transport(&self) -> &T {
        &self.transport
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }
}

impl<T> fmt::Debug for Client<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sources: BTreeMap<&String, &Option<String>> = self
            .settings
            .sources
            .iter()
            .map(|(name, source)| (name, &source.base_url))
            .collect();
        formatter
            .debug_struct("Client")
            .field("sources", &sources)
            .field("timeout", &self.settings.timeout)
            .field("max_retry_after", &self.settings.max_retry_after)
            .field("max_steps", &self.settings.max_steps)
            .field("max_response_bytes", &self.settings.max_response_bytes)
            .finish_non_exhaustive()
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            sources: BTreeMap::new(),
            timeout: Some(Duration::from_secs(30)),
            max_retry_after: Duration::from_secs(60),
            max_steps: 1000,
            max_response_bytes: 16 * 1024 * 1024,
            tokens: Tokens::default(),
            observer: None,
            checked: Checked::default(),
        }
    }
}

/// Builds a [`Client`].
#[must_use = "a builder does nothing until `build`"]
pub struct Builder<T = reqwest::Client> {
    transport: Option<T>,
    make: Option<fn() -> Result<T, Error>>,
    settings: Settings,
    problem: Option<Error>,
}

impl<T> Builder<T> {
    /// Sends requests another way: an own [`reqwest::Client`] with proxies or certificates, or a
    /// closure in a test.
    ///
    /// A [`reqwest::Client`] of your own follows redirects unless it is built not to: then
    /// credentials in headers other than `Authorization` go along to wherever a server points.
    pub fn transport<U: Transport>(self, transport: U) -> Builder<U> {
        Builder {
            transport: Some(transport),
            make: None,
            settings: self.settings,
            problem: self.problem,
        }
    }

    /// Says what the client needs to know about the source description `name`, for which the module
    /// of each workflow has a constant in `sources`. A name that the workflow of the first call does not
    /// know is an error of that call.
    ///
    /// Calling it again for the same name adds to what was said before.
    pub fn source(mut self, name: impl Into<String>, describe: impl FnOnce(SourceBuilder) -> SourceBuilder) -> Self {
        let name = name.into();
        let source = self.settings.sources.remove(&name).unwrap_or_default();
        let builder = describe(SourceBuilder {
            name: name.clone(),
            source,
            problem: None,
        });
        self.problem = self.problem.or(builder.problem);
        self.settings.sources.insert(name, builder.source);
        self
    }

    /// How long one attempt of a step may take; 30 seconds unless said otherwise, `None` for ever.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout = timeout.into();
        self
    }

    /// The longest wait that a `Retry-After` header of a server can cause; 60 seconds unless said
    /// otherwise.
    pub fn max_retry_after(mut self, limit: Duration) -> Self {
        self.settings.max_retry_after = limit;
        self
    }

    /// How many step attempts one run may make, so that a loop in a document ends; 1000 unless
    /// said otherwise.
    pub fn max_steps(mut self, limit: u32) -> Self {
        self.settings.max_steps = limit;
        self
    }

    /// How many bytes the body of a response may have; 16 MiB unless said otherwise.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.settings.max_response_bytes = limit;
        self
    }

    /// Tells `observer` what runs do; a second one takes the place of the first.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`]: a base URL or header that cannot be sent, or a TLS library
    /// that cannot be initialised.
    pub fn build(self) -> Result<Client<T>, Error> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let transport = match (self.transport, self.make) {
            (Some(transport), _) => transport,
            (None, Some(make)) => make()?,
            (None, None) => return Err(Error::new(ErrorKind::Configuration, "the client has no transport")),
        };
        Ok(Client {
            transport,
            settings: Arc::new(self.settings),
        })
    }
}

impl<T> fmt::Debug for Builder<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Builder")
            .field("sources", &self.settings.sources.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

/// What a client knows about one source description.
#[must_use = "return it from the closure"]
pub struct SourceBuilder {
    name: String,
    source: Source,
    problem: Option<Error>,
}

impl SourceBuilder {
    /// Where the API is: used instead of the `servers` of its description.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.source.base_url = self.checked(&url.into()).or(self.source.base_url);
        self
    }

    /// Where one operation is, by its `operationId` (or method and path, such as `GET /files`).
    pub fn operation_url(mut self, operation: impl Into<String>, url: impl Into<String>) -> Self {
        if let Some(url) = self.checked(&url.into()) {
            self.source.operations.insert(operation.into(), url);
        }
        self
    }

    /// A base URL that requests can be sent to.
    fn checked(&mut self, url: &str) -> Option<String> {
        let parsed = url.parse::<http::Uri>();
        let whole = parsed.as_ref().is_ok_and(|uri| {
            matches!(uri.scheme_str(), Some("http" | "https"))
                && uri.authority().is_some_and(has_valid_port)
                && uri.query().is_none()
        });
        // Where the URL cannot be parsed, what is in front of any `@` may be a password.
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

    /// The credential for every operation of this API, whatever scheme its description names, or
    /// none; only an operation that rules credentials out (`security: []`) gets none.
    ///
    /// Where the operation's schemes cannot carry it, such as an API key for a bearer scheme, the run
    /// fails before its first request.
    pub fn credential(mut self, credential: impl Into<Credential>) -> Self {
        self.source.credential = Some(credential.into());
        self
    }

    /// The credential for operations that require the security scheme `scheme`.
    pub fn scheme(mut self, scheme: impl Into<String>, credential: impl Into<Credential>) -> Self {
        self.source.schemes.insert(scheme.into(), credential.into());
        self
    }

    /// A header for every request to this API.
    ///
    /// One whose name says that it carries a credential (`Authorization`, `Cookie`, `X-Api-Key`, and every name with
    /// `auth`, `token`, `secret`, `password`, `session` or `signature` in it or `key` at its end) is treated as a
    /// secret: it is in no stored run, no recording and no trace, and `$request.header.NAME` does not see it.
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

    /// Sends a key with every `POST` and `PATCH`, by which an API that knows the header
    /// `Idempotency-Key` recognises a request that it has had already.
    ///
    /// The key is a UUID that follows from the run, the step, the visit of the step and what the request
    /// says. Every attempt of one visit has the same: retries, and what is sent again because a crash has
    /// kept the answer from being stored. A step that is entered anew sends a new one, and so does a
    /// request that says something else than the one before it, if every attempt before it in the visit
    /// was refused: by a status of 400 to 499 other than 408, 409, 425 and 429. A request that may have had
    /// its effect keeps its key whatever is changed, so that the API can tell. A header of the same name in
    /// the workflow wins.
    ///
    /// An API may keep the answer to a key and repeat it, failures too: whether a `retry` of the
    /// document can then help is for the API to say.
    pub fn idempotency_key(self) -> Self {
        self.idempotency_header("Idempotency-Key")
    }

    /// As [`idempotency_key`](Self::idempotency_key), for an API that calls the header otherwise.
    pub fn idempotency_header(mut self, name: &str) -> Self {
        match HeaderName::try_from(name) {
            Ok(name) => self.source.idempotency = Some(name),
            Err(_) => self.complain(&format!("`{name}` is not a valid header name")),
        }
        self
    }

    fn complain(&mut self, message: &str) {
        if self.problem.is_none() {
            self.problem = Some(Error::new(
                ErrorKind::Configuration,
                format!("source `{}`: {message}", self.name),
            ));
        }
    }
}

/// Whether a header carries a credential, by its name.
pub(crate) fn is_credential(name: &HeaderName) -> bool {
    const WORDS: [&str; 7] = ["auth", "cookie", "token", "secret", "password", "session", "signature"];
    WORDS.iter().any(|word| name.as_str().contains(word)) || name.as_str().ends_with("key")
}

/// A port is a number up to 65535; `http` accepts any digits.
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
