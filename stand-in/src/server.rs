use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::app::App;
use crate::builder::Builder;
use crate::exchange::Exchange;
use crate::router::router;

/// A running stand-in, listening on the loopback interface only.
///
/// Dropping it stops it: it accepts no further connections and finishes the
/// requests that are under way.
pub struct Server {
    url: String,
    app: Arc<App>,
    // The server stops once the other half learns that this one is gone.
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

impl Server {
    /// Starts a server on a free port, with random credentials.
    ///
    /// # Errors
    ///
    /// Fails when no port can be bound.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// Settings for a server, at first those of [`Server::start`].
    pub fn builder() -> Builder {
        Builder::new()
    }

    pub(crate) async fn listen(port: u16, app: Arc<App>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let (stop, stopped) = oneshot::channel();
        let service = axum::serve(listener, router(Arc::clone(&app)));
        let task = tokio::spawn(
            service
                .with_graceful_shutdown(async {
                    // Nothing is ever sent: the error says the server is gone.
                    let _ = stopped.await;
                })
                .into_future(),
        );
        Ok(Self { url, app, stop, task })
    }

    /// The URL of the server, such as `http://127.0.0.1:49152`, with no slash
    /// at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The user name that every operation asks for.
    #[must_use]
    pub fn project_id(&self) -> &str {
        self.app.credentials.project_id()
    }

    /// The password that every operation asks for.
    #[must_use]
    pub fn secret(&self) -> &str {
        self.app.credentials.secret()
    }

    /// Every exchange so far, in the order in which they were answered.
    #[must_use]
    pub fn log(&self) -> Vec<Exchange> {
        self.app.log()
    }

    /// How many users have been created.
    #[must_use]
    pub fn users(&self) -> usize {
        self.app.project().users()
    }

    /// Stops the server and waits until its last response is sent.
    ///
    /// # Errors
    ///
    /// Fails when the server had already ended on an error of its own.
    pub async fn stop(self) -> io::Result<()> {
        drop(self.stop);
        self.task.await.unwrap_or_else(|error| Err(error.into()))
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("url", &self.url)
            .field("credentials", &self.app.credentials)
            .finish_non_exhaustive()
    }
}
