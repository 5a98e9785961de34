//! AMQP 0.9.1.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use arazzo::{BoxError, Broker, ConnectError, Delivery, Message};
use futures_util::StreamExt as _;
use lapin::message::Delivery as Incoming;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, BasicQosOptions, ConfirmSelectOptions, QueueBindOptions,
    QueueDeclareOptions,
};
use lapin::tcp::OwnedTLSConfig;
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer};
use tokio::sync::Mutex;

use crate::backoff::Backoff;
use crate::messages::{Messages, header_text};
use crate::tls::choose_cryptography;

/// How many messages the broker delivers before they are acknowledged.
const AHEAD: u16 = 4096;

/// Messages of this mode survive a restart of the broker.
const PERSISTENT: u8 = 2;

/// A broker that speaks AMQP 0.9.1, such as RabbitMQ.
///
/// Without an exchange, an address is the name of a durable queue, which is declared. With one, it is a routing key: what
/// the exchange routes by it goes to a durable queue that is named after the broker and the address.
#[derive(Clone)]
pub struct Amqp {
    url: String,
    name: String,
    exchange: String,
    tls: OwnedTLSConfig,
    sending: Arc<Mutex<Option<(Connection, Channel)>>>,
    /// The queues that exist, as far as this connection knows.
    declared: Arc<Mutex<BTreeSet<String>>>,
}

impl Amqp {
    /// Names a broker, such as `amqp://user:password@localhost:5672/%2f`. `name` is the name of the consumer.
    pub fn new(url: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            name: name.into(),
            exchange: String::new(),
            tls: OwnedTLSConfig::default(),
            sending: Arc::default(),
            declared: Arc::default(),
        }
    }

    /// Sets the exchange, which must exist.
    #[must_use]
    pub fn exchange(mut self, exchange: impl Into<String>) -> Self {
        self.exchange = exchange.into();
        self
    }

    /// Sets the certificates that are trusted besides those of the system, and the certificate of the client.
    #[must_use]
    pub fn tls(mut self, config: OwnedTLSConfig) -> Self {
        self.tls = config;
        self
    }

    async fn open(&self) -> Result<(Connection, Channel), BoxError> {
        choose_cryptography();
        let options = ConnectionProperties::default();
        let runtime = lapin::runtime::default_runtime()?;
        let connection = Connection::connect_with_config(&self.url, options, self.tls.clone(), runtime).await;
        let connection = connection.map_err(ConnectError::new)?;
        let channel = connection.create_channel().await?;
        Ok((connection, channel))
    }

    fn queue(&self, address: &str) -> String {
        if self.exchange.is_empty() {
            return address.to_owned();
        }
        format!("{}.{address}", self.name)
    }

    /// Declares the queue of an address. One that exists keeps its arguments.
    async fn declare(&self, connection: &Connection, address: &str) -> Result<(), BoxError> {
        let queue = short(&self.queue(address))?;
        // A queue that does not exist closes the channel.
        let asking = connection.create_channel().await?;
        let known = QueueDeclareOptions {
            passive: true,
            ..QueueDeclareOptions::default()
        };
        if asking
            .queue_declare(queue.clone(), known, FieldTable::default())
            .await
            .is_err()
        {
            let declaring = connection.create_channel().await?;
            declaring
                .queue_declare(queue.clone(), QueueDeclareOptions::durable(), FieldTable::default())
                .await?;
            if !self.exchange.is_empty() {
                self.bind(&declaring, &queue, address).await?;
            }
            declaring.close(200, "OK".into()).await?;
            return Ok(());
        }
        if !self.exchange.is_empty() {
            self.bind(&asking, &queue, address).await?;
        }
        asking.close(200, "OK".into()).await?;
        Ok(())
    }

    async fn bind(&self, channel: &Channel, queue: &ShortString, address: &str) -> Result<(), BoxError> {
        let exchange = short(&self.exchange)?;
        let options = QueueBindOptions::default();
        let bound = channel.queue_bind(queue.clone(), exchange, short(address)?, options, FieldTable::default());
        Ok(bound.await?)
    }

    async fn consume(&self, address: &str) -> Result<(Connection, Consumer), BoxError> {
        let (connection, channel) = self.open().await?;
        self.declare(&connection, address).await?;
        channel.basic_qos(AHEAD, BasicQosOptions::default()).await?;
        let queue = short(&self.queue(address))?;
        let consumer = channel.basic_consume(queue, "".into(), BasicConsumeOptions::default(), FieldTable::default());
        Ok((connection, consumer.await?))
    }

    async fn send(&self, channel: &Channel, message: &Message) -> Result<(), BoxError> {
        let mut headers = FieldTable::default();
        for (name, value) in &message.headers {
            headers.insert(short(name)?, AMQPValue::LongString(header_text(name, value)?.into()));
        }
        let mut properties = BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_headers(headers);
        if let Some(media) = &message.content_type {
            properties = properties.with_content_type(short(media)?);
        }
        if let Some(id) = &message.id {
            properties = properties.with_message_id(short(id)?);
        }
        let options = BasicPublishOptions {
            // Without an exchange, a message to a queue that nobody has declared would be lost.
            mandatory: self.exchange.is_empty(),
            ..BasicPublishOptions::default()
        };
        let published = channel.basic_publish(
            short(&self.exchange)?,
            short(&message.address)?,
            options,
            &message.payload,
            properties,
        );
        match published.await?.await? {
            Confirmation::Ack(None) | Confirmation::NotRequested => Ok(()),
            Confirmation::Ack(Some(_)) => Err("no queue takes the message".into()),
            Confirmation::Nack(_) => Err("the broker has refused the message".into()),
        }
    }
}

impl Broker for Amqp {
    type Subscription = Messages;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        let mut sending = self.sending.lock().await;
        if sending
            .as_ref()
            .is_none_or(|(connection, _)| !connection.status().connected())
        {
            let (connection, channel) = self.open().await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            self.declared.lock().await.clear();
            *sending = Some((connection, channel));
        }
        let Some((connection, channel)) = &*sending else {
            return Err("not connected to the AMQP broker".into());
        };
        let channel = channel.clone();
        if self.exchange.is_empty() && !self.declared.lock().await.contains(&message.address) {
            self.declare(connection, &message.address).await?;
            self.declared.lock().await.insert(message.address.clone());
        }
        drop(sending);
        let sent = self.send(&channel, &message).await;
        if sent.is_err() && !channel.status().connected() {
            *self.sending.lock().await = None;
        }
        sent
    }

    async fn subscribe(&self, address: &str) -> Result<Messages, BoxError> {
        let (connection, consumer) = self.consume(address).await?;
        let (broker, address) = (self.clone(), address.to_owned());
        Ok(Messages::start(|sender| async move {
            let mut backoff = Backoff::new();
            let (mut _connection, mut consumer) = (connection, consumer);
            loop {
                while let Some(Ok(incoming)) = consumer.next().await {
                    if sender.send(Ok(delivery(&address, incoming))).await.is_err() {
                        return;
                    }
                }
                (_connection, consumer) = loop {
                    backoff.wait().await;
                    if let Ok(again) = broker.consume(&address).await {
                        break again;
                    }
                };
                backoff.reset();
            }
        }))
    }

    fn system(&self) -> &'static str {
        "rabbitmq"
    }
}

/// Returns a name in AMQP, which has at most 255 bytes.
fn short(text: &str) -> Result<ShortString, BoxError> {
    let name = ShortString::try_new(text);
    name.map_err(|_| {
        arazzo::Error::configuration(format!("`{text}` is longer than 255 bytes, the limit of AMQP")).into()
    })
}

fn delivery(address: &str, incoming: Incoming) -> Delivery {
    let mut message = Message::new(address, incoming.data.clone());
    let properties = &incoming.properties;
    message.content_type = properties
        .content_type()
        .as_ref()
        .map(|media| media.as_str().to_owned());
    message.id = properties.message_id().as_ref().map(|id| id.as_str().to_owned());
    let headers = properties.headers().iter().flat_map(|headers| headers.inner());
    for (name, value) in headers {
        if let Some(text) = text(value) {
            message = message.with_header(name.as_str(), text);
        }
    }
    Delivery::new(message).with_acknowledgement(async move {
        match incoming.ack(BasicAckOptions::default()).await? {
            true => Ok(()),
            false => Err("the connection was lost; the broker delivers the message again".into()),
        }
    })
}

/// Returns a value of a header as text; `None` for tables, lists and nothing.
fn text(value: &AMQPValue) -> Option<Vec<u8>> {
    Some(match value {
        AMQPValue::LongString(text) => text.as_bytes().to_vec(),
        AMQPValue::ShortString(text) => text.as_str().as_bytes().to_vec(),
        AMQPValue::ByteArray(bytes) => bytes.as_slice().to_vec(),
        AMQPValue::Boolean(value) => value.to_string().into(),
        AMQPValue::ShortShortInt(value) => value.to_string().into(),
        AMQPValue::ShortShortUInt(value) => value.to_string().into(),
        AMQPValue::ShortInt(value) => value.to_string().into(),
        AMQPValue::ShortUInt(value) => value.to_string().into(),
        AMQPValue::LongInt(value) => value.to_string().into(),
        AMQPValue::LongUInt(value) => value.to_string().into(),
        AMQPValue::LongLongInt(value) => value.to_string().into(),
        AMQPValue::Float(value) => value.to_string().into(),
        AMQPValue::Double(value) => value.to_string().into(),
        AMQPValue::Timestamp(value) => value.to_string().into(),
        _ => return None,
    })
}

impl fmt::Debug for Amqp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Amqp")
            .field("name", &self.name)
            .field("exchange", &self.exchange)
            .finish_non_exhaustive()
    }
}
