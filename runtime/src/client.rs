//! The client: base URLs, credentials and limits.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName};

use crate::credential::Credential;
use crate::engine::preflight::Checked;
use crate::error::{Error, ErrorKind};
use crate::message::broker::DynBroker;
use crate::message::mailboxes::Mailboxes;
use crate::observer::{Both, Observer};
use crate::source::SourceBuilder;
use crate::transport::{BoxTransport, Transport};
use crate::wire::obtained::Cache;

/// Calls workflows. One client can run any number of workflows, also concurrently.
///
/// Cloning a client is cheap if cloning its transport is.
///
/// ```
/// use arazzo::{Client, Credential};
///
/// # fn main() -> Result<(), arazzo::Error> {
/// let client = Client::builder()
///     .source("stytchConsumerApi", |api| {
///         api.base_url("https://test.stytch.com").credential(Credential::basic("project-test-1", "secret"))
///     })
///     .build()?;
/// // totp_enrollment(&client, inputs).await
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client<T = DefaultTransport> {
    transport: T,
    settings: Arc<Settings>,
}

pub(crate) struct Settings {
    pub(crate) sources: BTreeMap<String, Source>,
    pub(crate) timeout: Option<Duration>,
    pub(crate) max_retry_after: Duration,
    pub(crate) max_steps: u32,
    pub(crate) max_response_bytes: usize,
    pub(crate) max_pending_messages: usize,
    /// Whether a source has a broker.
    pub(crate) has_brokers: bool,
    pub(crate) mailboxes: Mailboxes,
    pub(crate) obtained: Cache,
    /// Whether the transport is the user's own.
    #[cfg(feature = "reqwest")]
    pub(crate) own_transport: bool,
    #[cfg(feature = "reqwest")]
    pub(crate) urls: crate::wire::urls::Urls,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) checked: Checked,
}

/// The settings of one source description.
#[derive(Clone, Default)]
pub(crate) struct Source {
    pub(crate) base_url: Option<String>,
    pub(crate) operations: BTreeMap<String, String>,
    pub(crate) credential: Option<Credential>,
    pub(crate) schemes: BTreeMap<String, Credential>,
    pub(crate) headers: HeaderMap,
    pub(crate) idempotency: Option<HeaderName>,
    pub(crate) broker: Option<Arc<dyn DynBroker>>,
}

impl Settings {
    /// Returns the broker of a source description.
    pub(crate) fn broker(&self, source: &str) -> Option<Arc<dyn DynBroker>> {
        self.sources.get(source)?.broker.clone()
    }
}

impl Client {
    /// Starts a client that sends requests with reqwest and does not follow redirects: the criteria of a workflow see
    /// the API's own response, and credentials are not sent to another host.
    ///
    /// Without the feature `reqwest`, set a [`transport`](ClientBuilder::transport).
    pub fn builder() -> ClientBuilder {
        ClientBuilder {
            transport: None,
            make: default_transport,
            settings: Settings::default(),
            problems: Vec::new(),
        }
    }
}

/// The transport of a client that sets none.
#[cfg(feature = "reqwest")]
type DefaultTransport = reqwest::Client;

/// There is none, but a client has to have a type. No client has this one, so that code which is written without the
/// feature `reqwest` also compiles with it.
#[cfg(not(feature = "reqwest"))]
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum NoTransport {}

#[cfg(not(feature = "reqwest"))]
type DefaultTransport = NoTransport;

#[cfg(feature = "reqwest")]
fn default_transport() -> Result<DefaultTransport, Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("arazzo-rust/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(|error| {
            Error::new(ErrorKind::Configuration, "cannot build the HTTP client")
                .with(|inner| inner.source = Some(error.into()))
        })
}

#[cfg(not(feature = "reqwest"))]
fn default_transport() -> Result<DefaultTransport, Error> {
    no_transport()
}

fn no_transport<T>() -> Result<T, Error> {
    let message = "the client has no transport: set one, or enable the feature `reqwest` of `arazzo`";
    Err(Error::new(ErrorKind::Configuration, message))
}

impl<T> Client<T> {
    pub(crate) fn transport(&self) -> &T {
        &self.transport
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Hides the type of the transport, so that the client can be a field of a struct without type parameters.
    ///
    /// ```
    /// use arazzo::{BoxTransport, Bytes, Client, http};
    ///
    /// struct App {
    ///     client: Client<BoxTransport>,
    /// }
    ///
    /// # fn main() -> Result<(), arazzo::Error> {
    /// let client = Client::builder()
    ///     .transport(|_: http::Request<Bytes>| async { http::Response::builder().status(204).body(Bytes::new()) })
    ///     .build()?;
    /// let app = App { client: client.boxed() };
    /// # Ok(())
    /// # }
    /// ```
    pub fn boxed(self) -> Client<BoxTransport>
    where
        T: Transport + 'static,
    {
        Client {
            transport: BoxTransport::new(self.transport),
            settings: self.settings,
        }
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
            max_pending_messages: 1000,
            has_brokers: false,
            mailboxes: Mailboxes::default(),
            obtained: Cache::default(),
            #[cfg(feature = "reqwest")]
            own_transport: false,
            #[cfg(feature = "reqwest")]
            urls: crate::wire::urls::Urls::default(),
            observer: None,
            checked: Checked::default(),
        }
    }
}

/// Builds a [`Client`].
///
/// ```
/// use std::time::Duration;
///
/// use arazzo::{Client, Credential};
///
/// # fn main() -> Result<(), arazzo::Error> {
/// let client = Client::builder()
///     .source("orders", |api| api.base_url("https://orders.example.com/v1"))
///     .source("payments", |api| api.credential(Credential::api_key("key")))
///     .timeout(Duration::from_secs(10))
///     .max_steps(100)
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder<T = DefaultTransport> {
    transport: Option<T>,
    make: fn() -> Result<T, Error>,
    settings: Settings,
    problems: Vec<String>,
}

impl<T> ClientBuilder<T> {
    /// Sets the transport: your own [`reqwest::Client`] with proxies or certificates, or a closure in a test.
    ///
    /// Your own [`reqwest::Client`] follows redirects unless it is built not to. If it does, it sends credentials in
    /// headers other than `Authorization` to whatever host a server redirects to.
    pub fn transport<U: Transport>(self, transport: U) -> ClientBuilder<U> {
        ClientBuilder {
            transport: Some(transport),
            make: no_transport,
            settings: Settings {
                #[cfg(feature = "reqwest")]
                own_transport: true,
                ..self.settings
            },
            problems: self.problems,
        }
    }

    /// Configures the source description `name`. The module of each workflow has a constant for each name in `sources`.
    ///
    /// The first call of a workflow fails with [`ErrorKind::Configuration`] if a name seems to be misspelled: the
    /// workflow does not know it, and it resembles a source description that has no settings, or none of the workflow's
    /// source descriptions has settings.
    ///
    /// A second call for the same name adds to the settings of the first one.
    pub fn source(mut self, name: impl Into<String>, describe: impl FnOnce(SourceBuilder) -> SourceBuilder) -> Self {
        let name = name.into();
        let source = self.settings.sources.remove(&name).unwrap_or_default();
        let builder = describe(SourceBuilder {
            name: name.clone(),
            source,
            problems: Vec::new(),
        });
        self.problems.extend(builder.problems);
        self.settings.sources.insert(name, builder.source);
        self
    }

    /// Sets the time limit of one attempt of a step. The default is 30 seconds; `None` sets no limit.
    pub fn timeout(mut self, timeout: impl Into<Option<Duration>>) -> Self {
        self.settings.timeout = timeout.into();
        self
    }

    /// Sets the longest wait that the header `Retry-After` of a response can cause. The default is 60 seconds.
    pub fn max_retry_after(mut self, limit: Duration) -> Self {
        self.settings.max_retry_after = limit;
        self
    }

    /// Sets how many step attempts one run may make, which ends infinite loops in a document. The default is 1000.
    pub fn max_steps(mut self, limit: u32) -> Self {
        self.settings.max_steps = limit;
        self
    }

    /// Sets the maximum size of a response body, in bytes. The default is 16 MiB.
    pub fn max_response_bytes(mut self, limit: usize) -> Self {
        self.settings.max_response_bytes = limit;
        self
    }

    /// Sets how many messages of one address are kept that no run waits for yet. The default is 1000. When there are more,
    /// the oldest is dropped and acknowledged, and observers receive
    /// [`EventKind::MessagesDropped`](crate::EventKind::MessagesDropped).
    pub fn max_pending_messages(mut self, limit: usize) -> Self {
        self.settings.max_pending_messages = limit;
        self
    }

    /// Adds an observer, which is notified of what runs do. Several observers are notified in the order in which they
    /// were added.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.settings.observer = Some(match self.settings.observer {
            Some(first) => Arc::new(Both(first, observer)),
            None => Arc::new(observer),
        });
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    /// [`ErrorKind::Configuration`]: a base URL is not valid, a header cannot be sent, or the TLS library cannot be
    /// initialised. The message lists all problems of all sources.
    pub fn build(self) -> Result<Client<T>, Error> {
        if !self.problems.is_empty() {
            return Err(Error::new(ErrorKind::Configuration, self.problems.join("; ")));
        }
        let transport = self.transport.map_or_else(self.make, Ok)?;
        let mut sources = self.settings.sources.values();
        let has_brokers = sources.any(|source| source.broker.is_some());
        Ok(Client {
            transport,
            settings: Arc::new(Settings {
                has_brokers,
                ..self.settings
            }),
        })
    }
}

impl<T> fmt::Debug for ClientBuilder<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ClientBuilder")
            .field("sources", &self.settings.sources.keys().collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
