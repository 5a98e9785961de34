//! Message brokers for [Arazzo](https://docs.rs/arazzo) workflows with steps on AsyncAPI channels.
//!
//! | Type | Feature | Address | Durable | Headers |
//! |---|---|---|---|---|
//! | `Kafka` | `kafka` | topic | yes | headers of the record |
//! | `JetStream` | `nats` | subject of a stream | yes | headers |
//! | `Nats` | `nats` | subject | no | headers |
//! | `Mqtt5` | `mqtt` | topic | yes | user properties |
//! | `Mqtt` | `mqtt` | topic | yes | none |
//! | `Amqp` | `amqp` | queue, or routing key of an exchange | yes | headers |
//! | `RedisStreams` | `redis` | key of a stream | yes | fields of the entry |
//! | `RedisPubSub` | `redis` | channel | no | none |
//! | `WebSocket` | `websocket` | path below the URL | no | none |
//!
//! ```ignore
//! use arazzo::Client;
//! use arazzo_brokers::Kafka;
//!
//! let broker = Kafka::connect("localhost:9092", "order-service")?;
//! let client = Client::builder().source("orders", |api| api.broker(broker)).build()?;
//! ```
//!
//! # Delivery
//!
//! A durable broker keeps the messages for a named consumer while no process is connected, and delivers a message again
//! that was not acknowledged. It is acknowledged after the run that took it has advanced, and been stored if you store
//! it; see [`Run::acknowledge`](arazzo::Run::acknowledge). A message can therefore arrive twice; it is not lost.
//!
//! Give every process that runs workflows its own name, and use a broker for one source description of one client. Two
//! users of one name would take messages from each other, so that a reply can reach a process that does not have the run
//! which waits for it.
//!
//! A consumer with a new name receives the messages that are sent after its first subscription.
//!
//! AMQP, MQTT and Redis deliver messages again after a lost connection that wait for their run; a step without a
//! `correlationId` can receive such a message twice. An MQTT broker limits how many messages are not acknowledged
//! (mosquitto: `max_inflight_messages`, 20 by default), also those that wait for another run: raise the limit.
//!
//! If the connection is lost, a subscription connects again by itself. A step that sends then fails with `Connect`, or waits
//! for the broker up to its time limit, depending on the client; the failure actions of the document apply.
//!
//! # Headers
//!
//! A broker without headers refuses a message that has some, before it is sent. Put the correlation ID into the payload
//! for such a broker. The media type of a payload is sent where the protocol has a place for it.
//!
//! # Security
//!
//! What the security schemes of an AsyncAPI description require is an option of the client or a part of the URL:
//!
//! | Scheme | Kafka | NATS | MQTT | AMQP, Redis | WebSocket |
//! |---|---|---|---|---|---|
//! | `userPassword`, `plain`, `scramSha256`, `scramSha512` | `sasl.*` | `user_and_password` | `set_credentials` | the URL | a header of the request |
//! | `X509` | `ssl.*` | `add_client_certificate` | `set_transport` | `Amqp::tls`, `with_client` | |
//! | `apiKey`, `httpApiKey`, `http` | | `token` | | | a header of the request |
//!
//! TLS needs the feature `rustls`, for Kafka `kafka-tls`; with it, the URL says `amqps`, `rediss` or `wss`, and certificates
//! are checked against those of the system. NATS has TLS always. The cryptography is that which the program has installed
//! with `rustls`, otherwise AWS-LC, which is then installed for the process.
#![cfg_attr(not(test), warn(unused_crate_dependencies))]

#[cfg(feature = "amqp")]
mod amqp;
mod backoff;
mod error;
#[cfg(feature = "kafka")]
mod kafka;
mod messages;
#[cfg(feature = "mqtt")]
mod mqtt;
#[cfg(feature = "nats")]
mod nats;
#[cfg(feature = "redis")]
mod redis_server;
#[cfg(any(
    feature = "amqp",
    feature = "mqtt",
    feature = "nats",
    feature = "redis",
    feature = "websocket"
))]
mod tls;
#[cfg(feature = "websocket")]
mod websocket;

#[cfg(feature = "amqp")]
pub use amqp::Amqp;
#[cfg(feature = "nats")]
pub use async_nats;
pub use error::Error;
#[cfg(feature = "kafka")]
pub use kafka::Kafka;
#[cfg(feature = "amqp")]
pub use lapin;
pub use messages::Messages;
#[cfg(feature = "mqtt")]
pub use mqtt::{Mqtt, Mqtt5};
#[cfg(feature = "nats")]
pub use nats::{JetStream, Nats};
#[cfg(feature = "kafka")]
pub use rdkafka;
#[cfg(feature = "redis")]
pub use redis;
#[cfg(feature = "redis")]
pub use redis_server::{RedisPubSub, RedisStreams};
#[cfg(feature = "mqtt")]
pub use rumqttc;
#[cfg(feature = "websocket")]
pub use tokio_tungstenite;
#[cfg(feature = "websocket")]
pub use websocket::WebSocket;
