//! WebSocket.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use arazzo::{BoxError, Broker, ConnectError, Delivery, Message, http};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::{mpsc, oneshot, watch};
use tokio_tungstenite::tungstenite::{self, client::IntoClientRequest as _};

use crate::backoff::Backoff;
use crate::messages::{Feed, Messages, without_headers};
use crate::tls::choose_cryptography;

/// How often a connection is checked, and how long it may take to open.
const BEAT: Duration = Duration::from_secs(20);

/// A WebSocket server. The server keeps nothing for a client that is not connected.
///
/// An address is a path below the URL. One connection for each address sends and receives. A payload is sent as a text
/// message if it is UTF-8, and as a binary message otherwise. Messages have no headers.
#[derive(Clone)]
pub struct WebSocket {
    url: String,
    headers: http::HeaderMap,
    connections: Arc<Mutex<BTreeMap<String, Weak<Connection>>>>,
}

/// The connection of an address.
struct Connection {
    outgoing: mpsc::UnboundedSender<(tungstenite::Message, oneshot::Sender<Result<(), BoxError>>)>,
    subscribers: Arc<Mutex<Vec<Feed>>>,
    connected: watch::Receiver<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Connection {
    fn add(&self, sender: Feed) {
        self.subscribers
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(sender);
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl WebSocket {
    /// Names a server, such as `wss://events.example.com/v1`. A connection is made with the first message or subscription.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into().trim_end_matches('/').to_owned(),
            headers: http::HeaderMap::new(),
            connections: Arc::default(),
        }
    }

    /// Adds a header to the request that opens a connection, such as `Authorization`.
    #[must_use]
    pub fn header(mut self, name: http::HeaderName, value: http::HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    fn connection(&self, address: &str) -> Arc<Connection> {
        let mut connections = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let start = || {
            let url = format!("{}/{}", self.url, address.trim_start_matches('/'));
            let (outgoing, requests) = mpsc::unbounded_channel();
            let (connects, connected) = watch::channel(false);
            let subscribers = Arc::<Mutex<Vec<Feed>>>::default();
            let driver = Driver {
                url,
                address: address.to_owned(),
                headers: self.headers.clone(),
                subscribers: Arc::clone(&subscribers),
                connects,
            };
            Arc::new(Connection {
                outgoing,
                subscribers,
                connected,
                task: tokio::spawn(driver.run(requests)),
            })
        };
        if let Some(known) = connections.get(address).and_then(Weak::upgrade) {
            return known;
        }
        connections.retain(|_, connection| connection.strong_count() > 0);
        let connection = start();
        connections.insert(address.to_owned(), Arc::downgrade(&connection));
        connection
    }
}

type Requests = mpsc::UnboundedReceiver<(tungstenite::Message, oneshot::Sender<Result<(), BoxError>>)>;

/// What keeps a connection.
struct Driver {
    url: String,
    address: String,
    headers: http::HeaderMap,
    subscribers: Arc<Mutex<Vec<Feed>>>,
    connects: watch::Sender<bool>,
}

impl Driver {
    async fn run(self, mut requests: Requests) {
        let mut backoff = Backoff::new();
        loop {
            match self.open().await {
                Ok((mut sink, mut stream)) => {
                    backoff.reset();
                    self.connects.send_replace(true);
                    let mut heard = true;
                    let mut beat = tokio::time::interval(BEAT);
                    loop {
                        tokio::select! {
                            request = requests.recv() => {
                                let Some((message, done)) = request else { return };
                                // Its step has given up.
                                if done.is_closed() {
                                    continue;
                                }
                                let sent = sink.send(message).await;
                                let lost = sent.is_err();
                                let _ = done.send(sent.map_err(Into::into));
                                if lost {
                                    break;
                                }
                            }
                            message = stream.next() => match message {
                                Some(Ok(message)) => {
                                    heard = true;
                                    self.arrive(message);
                                }
                                Some(Err(_)) | None => break,
                            },
                            _ = beat.tick() => {
                                // A server answers a ping, unless the connection is gone.
                                let ping = tungstenite::Message::Ping(arazzo::Bytes::new());
                                if !std::mem::take(&mut heard) || sink.send(ping).await.is_err() {
                                    break;
                                }
                            },
                        }
                    }
                    self.connects.send_replace(false);
                }
                Err(error) => {
                    let reason = error.to_string();
                    while let Ok((_, done)) = requests.try_recv() {
                        let _ = done.send(Err(ConnectError::new(reason.clone()).into()));
                    }
                }
            }
            backoff.wait().await;
        }
    }

    async fn open(
        &self,
    ) -> Result<
        (
            impl futures_util::Sink<tungstenite::Message, Error = tungstenite::Error> + use<>,
            impl futures_util::Stream<Item = Result<tungstenite::Message, tungstenite::Error>> + use<>,
        ),
        tungstenite::Error,
    > {
        let mut request = self.url.as_str().into_client_request()?;
        request.headers_mut().extend(self.headers.clone());
        choose_cryptography();
        let opening = tokio::time::timeout(BEAT, tokio_tungstenite::connect_async(request)).await;
        let late = |_| tungstenite::Error::Io(std::io::ErrorKind::TimedOut.into());
        let (socket, _) = opening.map_err(late)??;
        Ok(socket.split())
    }

    fn arrive(&self, message: tungstenite::Message) {
        let payload = match message {
            tungstenite::Message::Text(text) => arazzo::Bytes::copy_from_slice(text.as_bytes()),
            tungstenite::Message::Binary(bytes) => bytes,
            _ => return,
        };
        let message = Message::new(self.address.clone(), payload);
        let mut subscribers = self.subscribers.lock().unwrap_or_else(PoisonError::into_inner);
        subscribers.retain(|sender| sender.send(Ok(Delivery::new(message.clone()))).is_ok());
    }
}

impl Broker for WebSocket {
    type Subscription = Messages;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        without_headers(&message, "WebSocket", "put the value into the payload")?;
        let frame = match std::str::from_utf8(&message.payload) {
            Ok(text) => tungstenite::Message::text(text),
            Err(_) => tungstenite::Message::binary(message.payload.clone()),
        };
        let (done, sent) = oneshot::channel();
        let connection = self.connection(&message.address);
        let gone = || BoxError::from("the connection has ended");
        connection.outgoing.send((frame, done)).map_err(|_| gone())?;
        sent.await.map_err(|_| gone())?
    }

    async fn subscribe(&self, address: &str) -> Result<Messages, BoxError> {
        let connection = self.connection(address);
        let (sender, mut receiver) = mpsc::unbounded_channel();
        connection.add(sender);
        connection.connected.clone().wait_for(|connected| *connected).await?;
        Ok(Messages::feed(|out| async move {
            // The connection lives as long as its subscription.
            let _connection = connection;
            while let Some(delivery) = receiver.recv().await {
                if out.send(delivery).is_err() {
                    return;
                }
            }
        }))
    }

    fn system(&self) -> &'static str {
        "websocket"
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WebSocket").finish_non_exhaustive()
    }
}
