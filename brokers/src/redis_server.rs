//! Redis: streams, and publish and subscribe.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arazzo::{BoxError, Broker, ConnectError, Delivery, Message};
use futures_util::StreamExt as _;
use redis::aio::{ConnectionManager, MultiplexedConnection};
use redis::streams::{StreamId, StreamReadOptions, StreamReadReply};
use redis::{AsyncCommands as _, AsyncConnectionConfig, Client, IntoConnectionInfo};
use tokio::sync::OnceCell;

use crate::backoff::Backoff;
use crate::error::Error;
use crate::messages::{Messages, Sender, without_headers};
use crate::tls::choose_cryptography;

/// The field with the payload of an entry.
const PAYLOAD: &str = "payload";
/// The field with its media type.
const CONTENT_TYPE: &str = "content_type";

/// How long a read waits for entries before it asks again, in milliseconds.
const BLOCK: usize = 5_000;

/// How much longer than that an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most entries that one read takes.
const COUNT: usize = 256;

/// Streams of Redis, read by consumer groups.
///
/// An address is the key of a stream. An entry has the field `payload`, the field `content_type` if the message has a media
/// type, and a field for each header.
#[derive(Clone)]
pub struct RedisStreams {
    client: Client,
    group: String,
    manager: Arc<OnceCell<ConnectionManager>>,
}

/// Returns the error of a command, which may have had its effect unless the connection was refused.
fn failed(error: redis::RedisError) -> BoxError {
    if error.is_connection_refusal() {
        return ConnectError::new(error).into();
    }
    error.into()
}

impl RedisStreams {
    /// Names a server, such as `redis://user:password@localhost:6379`. `group` is the name of the consumer group.
    ///
    /// # Errors
    /// The URL is not one of a Redis server.
    pub fn new(server: impl IntoConnectionInfo, group: impl Into<String>) -> Result<Self, Error> {
        choose_cryptography();
        Ok(Self::with_client(Client::open(server).map_err(Error::new)?, group))
    }

    /// Uses a client, for example one with a certificate.
    pub fn with_client(client: Client, group: impl Into<String>) -> Self {
        Self {
            client,
            group: group.into(),
            manager: Arc::default(),
        }
    }

    async fn manager(&self) -> Result<ConnectionManager, BoxError> {
        let manager = self.manager.get_or_try_init(|| self.client.get_connection_manager());
        Ok(manager.await.map_err(ConnectError::new)?.clone())
    }
}

impl Broker for RedisStreams {
    type Subscription = Messages;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        let mut fields: Vec<(&str, &[u8])> = vec![(PAYLOAD, &message.payload)];
        if let Some(media) = &message.content_type {
            fields.push((CONTENT_TYPE, media.as_bytes()));
        }
        for (name, value) in &message.headers {
            if [PAYLOAD, CONTENT_TYPE].contains(&name.as_str()) {
                let message = format!("a header cannot be named `{name}` in a stream of Redis");
                return Err(arazzo::Error::configuration(message).into());
            }
            fields.push((name, value));
        }
        let mut manager = self.manager().await?;
        let _: String = manager.xadd(&message.address, "*", &fields).await.map_err(failed)?;
        Ok(())
    }

    async fn subscribe(&self, address: &str) -> Result<Messages, BoxError> {
        let mut manager = self.manager().await?;
        let created: Result<(), _> = manager.xgroup_create_mkstream(address, &self.group, "$").await;
        if let Err(error) = created
            && error.code() != Some("BUSYGROUP")
        {
            return Err(failed(error));
        }
        let reader = Reader {
            client: self.client.clone(),
            manager,
            group: self.group.clone(),
            address: address.to_owned(),
            held: Arc::default(),
        };
        Ok(Messages::start(|sender| reader.run(sender)))
    }

    fn system(&self) -> &'static str {
        "redis"
    }
}

/// What reads a stream.
struct Reader {
    client: Client,
    manager: ConnectionManager,
    group: String,
    address: String,
    /// The entries that were delivered and not acknowledged.
    held: Arc<Mutex<BTreeSet<String>>>,
}

impl Reader {
    async fn run(self, sender: Sender) {
        let mut backoff = Backoff::new();
        loop {
            // A read blocks its connection, which is lost if nothing comes in time.
            let patience = Duration::from_millis(BLOCK as u64) + PATIENCE;
            let config = AsyncConnectionConfig::new().set_response_timeout(Some(patience));
            let connection = self.client.get_multiplexed_async_connection_with_config(&config).await;
            let error = match connection {
                Ok(mut connection) => match self.drain(&mut connection, &sender, &mut backoff).await {
                    Ok(()) => return,
                    Err(error) => error,
                },
                Err(error) => error,
            };
            if error.code() == Some("NOGROUP") {
                // The stream was deleted: everything in a new one is new.
                let mut manager = self.manager.clone();
                let _: Result<(), _> = manager.xgroup_create_mkstream(&self.address, &self.group, "0").await;
            } else if !error.is_io_error() && !error.is_connection_dropped() && !error.is_timeout() {
                let _ = sender.send(Err(error.into())).await;
                return;
            }
            backoff.wait().await;
        }
    }

    /// Reads until the subscription ends.
    async fn drain(
        &self,
        connection: &mut MultiplexedConnection,
        sender: &Sender,
        backoff: &mut Backoff,
    ) -> redis::RedisResult<()> {
        // What was read on another connection or by an earlier process, and not acknowledged, comes first.
        let mut after = Some("0".to_owned());
        loop {
            let entries = self.read(connection, after.as_deref()).await?;
            backoff.reset();
            if let Some(position) = &mut after {
                match entries.last() {
                    Some(last) => position.clone_from(&last.id),
                    None => after = None,
                }
            }
            for entry in entries {
                if entry.map.is_empty() {
                    // It was removed from the stream.
                    let mut manager = self.manager.clone();
                    let _: usize = manager.xack(&self.address, &self.group, &[&entry.id]).await?;
                    continue;
                }
                let is_new = self
                    .held
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(entry.id.clone());
                if is_new && sender.send(Ok(self.delivery(entry))).await.is_err() {
                    return Ok(());
                }
            }
        }
    }

    async fn read(
        &self,
        connection: &mut MultiplexedConnection,
        after: Option<&str>,
    ) -> redis::RedisResult<Vec<StreamId>> {
        // One process has one consumer in each group, so that it gets back what it has not acknowledged.
        let options = StreamReadOptions::default()
            .group(&self.group, &self.group)
            .count(COUNT);
        let options = if after.is_some() { options } else { options.block(BLOCK) };
        let position = after.unwrap_or(">");
        let reply: Option<StreamReadReply> = connection
            .xread_options(&[&self.address], &[position], &options)
            .await?;
        let keys = reply.into_iter().flat_map(|reply| reply.keys);
        Ok(keys.flat_map(|key| key.ids).collect())
    }

    fn delivery(&self, entry: StreamId) -> Delivery {
        let mut message = Message::new(self.address.clone(), arazzo::Bytes::new());
        let mut fields: Vec<(String, Vec<u8>)> = Vec::new();
        for (name, value) in entry.map {
            if let Ok(value) = redis::from_redis_value::<Vec<u8>>(value) {
                fields.push((name, value));
            }
        }
        fields.sort();
        for (name, value) in fields {
            match name.as_str() {
                PAYLOAD => message.payload = value.into(),
                CONTENT_TYPE => message.content_type = String::from_utf8(value).ok(),
                _ => message = message.with_header(name, value),
            }
        }
        let (mut manager, address, group) = (self.manager.clone(), self.address.clone(), self.group.clone());
        let held = Arc::clone(&self.held);
        Delivery::new(message).with_acknowledgement(async move {
            let _: usize = manager.xack(&address, &group, &[&entry.id]).await?;
            held.lock().unwrap_or_else(PoisonError::into_inner).remove(&entry.id);
            Ok(())
        })
    }
}

impl fmt::Debug for RedisStreams {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RedisStreams")
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

/// Publish and subscribe of Redis: nothing is kept for a subscriber that is not connected.
///
/// An address is a channel. Messages have no headers.
#[derive(Clone)]
pub struct RedisPubSub {
    client: Client,
    manager: Arc<OnceCell<ConnectionManager>>,
}

impl RedisPubSub {
    /// Names a server, such as `redis://user:password@localhost:6379`.
    ///
    /// # Errors
    /// The URL is not one of a Redis server.
    pub fn new(server: impl IntoConnectionInfo) -> Result<Self, Error> {
        choose_cryptography();
        Ok(Self::with_client(Client::open(server).map_err(Error::new)?))
    }

    /// Uses a client, for example one with a certificate.
    #[must_use]
    pub fn with_client(client: Client) -> Self {
        Self {
            client,
            manager: Arc::default(),
        }
    }
}

impl Broker for RedisPubSub {
    type Subscription = Messages;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        without_headers(
            &message,
            "publish and subscribe of Redis",
            "use `RedisStreams`, or put the value into the payload",
        )?;
        let manager = self.manager.get_or_try_init(|| self.client.get_connection_manager());
        let mut manager = manager.await.map_err(ConnectError::new)?.clone();
        let _: usize = manager
            .publish(&message.address, &message.payload[..])
            .await
            .map_err(failed)?;
        Ok(())
    }

    async fn subscribe(&self, address: &str) -> Result<Messages, BoxError> {
        let mut subscription = self.client.get_async_pubsub().await.map_err(failed)?;
        subscription.subscribe(address).await?;
        let (client, address) = (self.client.clone(), address.to_owned());
        Ok(Messages::feed(|sender| async move {
            let mut backoff = Backoff::new();
            loop {
                let mut messages = subscription.into_on_message();
                while let Some(message) = messages.next().await {
                    let message = Message::new(address.clone(), message.get_payload_bytes().to_vec());
                    if sender.send(Ok(Delivery::new(message))).is_err() {
                        return;
                    }
                }
                subscription = loop {
                    backoff.wait().await;
                    let Ok(mut again) = client.get_async_pubsub().await else {
                        continue;
                    };
                    if again.subscribe(&address).await.is_ok() {
                        break again;
                    }
                };
                backoff.reset();
            }
        }))
    }

    fn system(&self) -> &'static str {
        "redis"
    }
}

impl fmt::Debug for RedisPubSub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("RedisPubSub").finish_non_exhaustive()
    }
}
