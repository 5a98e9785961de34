//! NATS, with and without JetStream.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arazzo::{BoxError, Broker, ConnectError, Delivery, Message};
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::{self, AckKind};
use async_nats::{Client, ConnectOptions, HeaderMap, HeaderName, HeaderValue, ToServerAddrs};
use futures_util::StreamExt as _;

use crate::backoff::Backoff;
use crate::error::Error;
use crate::messages::{Messages, Sender, has_header, header_text};
use crate::tls::choose_cryptography;

/// How long the server may take to confirm what was sent.
const PATIENCE: Duration = Duration::from_secs(10);

const CONTENT_TYPE: &str = "Content-Type";
/// The header by which JetStream recognises a message that is sent again.
const ID: &str = "Nats-Msg-Id";

/// NATS without JetStream: nothing is kept for a subscriber that is not connected.
///
/// An address is a subject. Headers are NATS headers; the media type is the header `Content-Type`.
#[derive(Clone)]
pub struct Nats {
    client: Client,
}

impl Nats {
    /// Connects to a server, such as `nats://localhost:4222`.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses the connection.
    pub async fn connect(servers: impl ToServerAddrs) -> Result<Self, Error> {
        Self::connect_with(ConnectOptions::new(), servers).await
    }

    /// Connects with options, for example for TLS and credentials.
    ///
    /// # Errors
    /// As for [`connect`](Self::connect).
    pub async fn connect_with(options: ConnectOptions, servers: impl ToServerAddrs) -> Result<Self, Error> {
        choose_cryptography();
        Ok(Self::new(options.connect(servers).await.map_err(Error::new)?))
    }

    /// Uses a client that is connected.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { client }
    }
}

/// Waits until the server has processed everything that was sent before on the same connection.
async fn processed(client: &Client) -> Result<(), BoxError> {
    let inbox = client.new_inbox();
    let mut answers = client.subscribe(inbox.clone()).await?;
    client.publish(inbox, arazzo::Bytes::new()).await?;
    client.flush().await?;
    match tokio::time::timeout(PATIENCE, answers.next()).await {
        Ok(Some(_)) => Ok(()),
        _ => Err("the NATS server has not confirmed what was sent".into()),
    }
}

fn headers(message: &Message) -> Result<HeaderMap, BoxError> {
    let mut headers = HeaderMap::new();
    let mut append = |name: &str, value: &str| -> Result<(), BoxError> {
        let invalid = |_| arazzo::Error::configuration(format!("NATS has no header `{name}` with this value"));
        headers.append(
            name.parse::<HeaderName>().map_err(|_| invalid(()))?,
            value.parse::<HeaderValue>().map_err(|_| invalid(()))?,
        );
        Ok(())
    };
    for (name, value) in &message.headers {
        append(name, header_text(name, value)?)?;
    }
    if let Some(media) = &message.content_type
        && !has_header(message, CONTENT_TYPE)
    {
        append(CONTENT_TYPE, media)?;
    }
    if let Some(id) = &message.id {
        append(ID, id)?;
    }
    Ok(headers)
}

fn received(subject: &str, payload: arazzo::Bytes, headers: Option<&HeaderMap>) -> Message {
    let mut message = Message::new(subject, payload);
    for (name, values) in headers.into_iter().flat_map(HeaderMap::iter) {
        let name: &str = name.as_ref();
        for value in values {
            if name.eq_ignore_ascii_case(CONTENT_TYPE) {
                message.content_type = Some(value.as_str().to_owned());
            }
            if name == ID {
                message.id = Some(value.as_str().to_owned());
            }
            message = message.with_header(name, value.as_str());
        }
    }
    message
}

impl Broker for Nats {
    type Subscription = Messages;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        let headers = headers(&message)?;
        if self.client.connection_state() != async_nats::connection::State::Connected {
            return Err(ConnectError::new("not connected to the NATS server").into());
        }
        let subject = message.address;
        if headers.is_empty() {
            self.client.publish(subject, message.payload).await?;
        } else {
            self.client
                .publish_with_headers(subject, headers, message.payload)
                .await?;
        }
        processed(&self.client).await
    }

    async fn subscribe(&self, address: &str) -> Result<Messages, BoxError> {
        let mut subscriber = self.client.subscribe(address.to_owned()).await?;
        processed(&self.client).await?;
        Ok(Messages::feed(|sender| async move {
            while let Some(message) = subscriber.next().await {
                let message = received(&message.subject, message.payload, message.headers.as_ref());
                if sender.send(Ok(Delivery::new(message))).is_err() {
                    return;
                }
            }
        }))
    }

    fn system(&self) -> &'static str {
        "nats"
    }
}

impl fmt::Debug for Nats {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Nats").finish_non_exhaustive()
    }
}

/// NATS with JetStream: streams keep the messages for a durable consumer.
///
/// An address is a subject of a stream, which must exist. The consumer of an address is named after the broker and the
/// address. JetStream recognises a message that is sent again by its id; see
/// [`idempotency_key`](arazzo::SourceBuilder::idempotency_key).
#[derive(Clone)]
pub struct JetStream {
    context: jetstream::Context,
    name: String,
    ack_wait: Duration,
}

impl JetStream {
    /// Connects to a server, such as `nats://localhost:4222`. `name` is the name of the consumer.
    ///
    /// # Errors
    /// The server cannot be reached, or refuses the connection.
    pub async fn connect(servers: impl ToServerAddrs, name: impl Into<String>) -> Result<Self, Error> {
        choose_cryptography();
        let client = ConnectOptions::new().connect(servers).await.map_err(Error::new)?;
        Ok(Self::new(client, name))
    }

    /// Uses a client that is connected.
    pub fn new(client: Client, name: impl Into<String>) -> Self {
        Self {
            context: jetstream::new(client),
            name: name.into(),
            ack_wait: Duration::from_secs(30),
        }
    }

    /// Sets the time after which the server delivers a message again that was not acknowledged. The default is 30 seconds.
    /// A message that waits for its run is not delivered again as long as the process lives.
    #[must_use]
    pub fn ack_wait(mut self, wait: Duration) -> Self {
        self.ack_wait = wait;
        self
    }

    fn config(&self, name: &str, address: &str) -> pull::Config {
        pull::Config {
            durable_name: Some(name.to_owned()),
            filter_subject: address.to_owned(),
            ack_policy: AckPolicy::Explicit,
            deliver_policy: DeliverPolicy::New,
            ack_wait: self.ack_wait,
            max_ack_pending: -1,
            ..pull::Config::default()
        }
    }
}

/// Returns the name of a durable consumer, which has only letters, digits, `-` and `_`. It differs where the name of the
/// broker or the address does.
fn consumer(of: &str, address: &str) -> String {
    let escaped = |text: &str| -> String {
        let letters = text.chars().map(|letter| match letter {
            letter if letter.is_ascii_alphanumeric() => letter.to_string(),
            other => format!("_{:x}_", u32::from(other)),
        });
        letters.collect()
    };
    format!("{}-{}", escaped(of), escaped(address))
}

/// The messages of a consumer that were delivered and not acknowledged, by their positions in the stream.
type Held = Arc<Mutex<BTreeSet<u64>>>;

impl Broker for JetStream {
    type Subscription = Messages;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        let headers = headers(&message)?;
        if self.context.client().connection_state() != async_nats::connection::State::Connected {
            return Err(ConnectError::new("not connected to the NATS server").into());
        }
        let sent = self
            .context
            .publish_with_headers(message.address, headers, message.payload);
        // The second answer is that of the stream, which has stored the message.
        sent.await?.await?;
        Ok(())
    }

    async fn subscribe(&self, address: &str) -> Result<Messages, BoxError> {
        let stream = self.context.stream_by_subject(address).await?;
        let stream = self.context.get_stream(stream).await?;
        let name = consumer(&self.name, address);
        let config = self.config(&name, address);
        // An existing consumer goes on where it was, with these options.
        let consumer = stream.create_consumer(config.clone()).await?;
        let reader = Reader {
            stream,
            config,
            held: Held::default(),
        };
        Ok(Messages::start(|sender| reader.run(consumer, sender)))
    }

    fn system(&self) -> &'static str {
        "nats"
    }
}

/// What reads a consumer.
struct Reader {
    stream: jetstream::stream::Stream,
    config: pull::Config,
    held: Held,
}

impl Reader {
    async fn run(self, mut consumer: PullConsumer, sender: Sender) {
        let (mut backoff, mut last) = (Backoff::new(), 0);
        loop {
            if let Ok(mut messages) = consumer.messages().await {
                while let Some(Ok(message)) = messages.next().await {
                    backoff.reset();
                    last = message.info().map_or(last, |info| info.stream_sequence.max(last));
                    let Some(delivery) = delivery(message, &self.held).await else {
                        continue;
                    };
                    if sender.send(Ok(delivery)).await.is_err() {
                        return;
                    }
                }
            }
            backoff.wait().await;
            // A consumer that was deleted, or lost by the server, is created again after the last message.
            let name = self.config.durable_name.as_deref().unwrap_or_default();
            consumer = match self.stream.get_consumer(name).await {
                Ok(known) => known,
                Err(_) => {
                    let deliver_policy = match last {
                        0 => DeliverPolicy::New,
                        last => DeliverPolicy::ByStartSequence {
                            start_sequence: last + 1,
                        },
                    };
                    let config = pull::Config {
                        deliver_policy,
                        ..self.config.clone()
                    };
                    match self.stream.create_consumer(config).await {
                        Ok(created) => created,
                        Err(_) => continue,
                    }
                }
            };
        }
    }
}

/// Returns the delivery of a message; `None` if it was delivered before and waits for its run.
async fn delivery(message: jetstream::Message, held: &Held) -> Option<Delivery> {
    let position = message.info().ok()?.stream_sequence;
    let is_new = held.lock().unwrap_or_else(PoisonError::into_inner).insert(position);
    if !is_new {
        let _ = message.ack_with(AckKind::Progress).await;
        return None;
    }
    let content = received(&message.subject, message.payload.clone(), message.headers.as_ref());
    let held = Arc::clone(held);
    Some(Delivery::new(content).with_acknowledgement(async move {
        let acknowledged = message.ack().await;
        held.lock().unwrap_or_else(PoisonError::into_inner).remove(&position);
        acknowledged
    }))
}

impl fmt::Debug for JetStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("JetStream")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::consumer;

    /// A consumer that two addresses shared would take the messages of one for the other.
    #[test]
    fn names_of_consumers_differ_where_addresses_do() {
        let pairs = [
            ("shop", "a.b"),
            ("shop", "a_b"),
            ("shop", "a-b"),
            ("shop-a", "b"),
            ("shop", "a_2e_b"),
            ("shop.a", "b"),
        ];
        let names: BTreeSet<String> = pairs.iter().map(|(name, address)| consumer(name, address)).collect();
        assert_eq!(names.len(), pairs.len(), "{names:?}");
        let valid = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        assert!(names.iter().all(|name| name.chars().all(valid)), "{names:?}");
    }
}
