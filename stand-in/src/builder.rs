use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use crate::app::App;
use crate::credentials::Credentials;
use crate::exchange::Exchange;
use crate::server::Server;

pub(crate) type Clock = Box<dyn Fn() -> SystemTime + Send + Sync>;
pub(crate) type Observer = Box<dyn Fn(&Exchange) + Send + Sync>;

/// Settings of a [`Server`] that is yet to start.
#[must_use = "a builder does nothing until it is started"]
pub struct Builder {
    port: u16,
    credentials: Credentials,
    clock: Clock,
    observer: Option<Observer>,
}

impl Builder {
    pub(crate) fn new() -> Self {
        Self {
            port: 0,
            credentials: Credentials::random(),
            clock: Box::new(SystemTime::now),
            observer: None,
        }
    }

    /// Listens on this port of the loopback interface. Port 0, the default,
    /// leaves the choice to the operating system.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Expects these credentials in place of random ones.
    pub fn credentials(mut self, project_id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.credentials = Credentials::new(project_id.into(), secret.into());
        self
    }

    /// Tells the time by this clock in place of the system's. It decides which
    /// codes are current, when registrations and sessions expire, and every
    /// timestamp.
    pub fn clock(mut self, now: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.clock = Box::new(now);
        self
    }

    /// Calls the observer after each exchange, before its response is sent.
    pub fn on_exchange(mut self, observer: impl Fn(&Exchange) + Send + Sync + 'static) -> Self {
        self.observer = Some(Box::new(observer));
        self
    }

    /// Starts the server in the background of the current tokio runtime.
    ///
    /// # Errors
    ///
    /// Fails when the port cannot be bound, and with
    /// [`io::ErrorKind::InvalidInput`] when the project id contains a colon:
    /// no Basic credentials could ever match it.
    pub async fn start(self) -> io::Result<Server> {
        if self.credentials.project_id().contains(':') {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "a project id cannot contain a colon",
            ));
        }
        let app = App::new(self.credentials, self.clock, self.observer);
        Server::listen(self.port, Arc::new(app)).await
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
