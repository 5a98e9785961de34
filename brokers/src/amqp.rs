//! AMQP 0.9.1.

use std::fmt;
use std::sync::Arc;

use arazzo::{BoxError, Broker, ConnectError, Delivery, Message};
use futures_util::StreamExt as _;
use lapin::message::Delivery as Incoming;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, QueueBindOptions,
    QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties, Consumer};
use tokio::sync::Mutex;

use crate::backoff::Backoff;
use crate::messages::{Messages, header_text};

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
    sending: Arc<Mutex<Option<(Connection, Channel)>>>,
}

impl Amqp {
    /// Names a broker, such as `amqp://user:password@localhost:5672/%2f`. `name` is the name of the consumer.
    pub fn new(url: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            name: name.into(),
            exchange: String::new(),
            sending: Arc::default(),
        }
    }

    /// Sets the exchange, which must exist.
    #[must_use]
    pub fn exchange(mut self, exchange: impl Into<String>) -> Self {
        self.exchange = exchange.into();
        self
    }

    async fn open(&self) -> Result<(Connection, Channel), BoxError> {
        let connection = Connection::connect(&self.url, ConnectionProperties::default()).await;
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

    async fn declare(&self, channel: &Channel, address: &str) -> Result<(), BoxError> {
        let queue = self.queue(address);
        let declared = channel.queue_declare(
            queue.as_str().into(),
            QueueDeclareOptions::durable(),
            FieldTable::default(),
        );
        declared.await?;
        if !self.exchange.is_empty() {
            let bound = channel.queue_bind(
                queue.as_str().into(),
                self.exchange.as_str().into(),
                address.into(),
                QueueBindOptions::default(),
                FieldTable::default(),
            );
            bound.await?;
        }
        Ok(())
    }

    async fn consume(&self, address: &str) -> Result<(Connection, Consumer), BoxError> {
        let (connection, channel) = self.open().await?;
        self.declare(&channel, address).await?;
        let consumer = channel.basic_consume(
            self.queue(address).as_str().into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        Ok((connection, consumer.await?))
    }

    async fn send(&self, channel: &Channel, message: &Message) -> Result<(), BoxError> {
        let mut headers = FieldTable::default();
        for (name, value) in &message.headers {
            headers.insert(
                name.as_str().into(),
                AMQPValue::LongString(header_text(name, value)?.into()),
            );
        }
        let mut properties = BasicProperties::default()
            .with_delivery_mode(PERSISTENT)
            .with_headers(headers);
        if let Some(media) = &message.content_type {
            properties = properties.with_content_type(media.as_str().into());
        }
        if let Some(id) = &message.id {
            properties = properties.with_message_id(id.as_str().into());
        }
        let options = BasicPublishOptions {
            // Without an exchange, a message to a queue that nobody has declared would be lost.
            mandatory: self.exchange.is_empty(),
            ..BasicPublishOptions::default()
        };
        let published = channel.basic_publish(
            self.exchange.as_str().into(),
            message.address.as_str().into(),
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
            *sending = Some((connection, channel));
        }
        let Some((_, channel)) = &*sending else {
            return Err("there is no connection".into());
        };
        let channel = channel.clone();
        if self.exchange.is_empty() {
            self.declare(&channel, &message.address)
                .await
                .inspect_err(|_| *sending = None)?;
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
                    if sender.send(Ok(delivery(&address, incoming))).is_err() {
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
        incoming.ack(BasicAckOptions::default()).await?;
        Ok(())
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
