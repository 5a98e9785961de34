//! MQTT 3.1.1 and 5.

mod session;

use std::fmt;
use std::sync::Arc;

use arazzo::{BoxError, Broker, Delivery, Message};
use rumqttc::{QoS, v5};
use session::{Request, Shared, Untaken, forget};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::backoff::Backoff;
use crate::messages::{Messages, header_text, without_headers};
use crate::tls::choose_cryptography;

/// How many requests the client takes before it waits.
const REQUESTS: usize = 64;

/// The largest packet of the protocol.
const LARGEST: u32 = 268_435_455;

/// The task of a connection, which ends with the last handle to it.
struct Task(JoinHandle<()>);

impl Drop for Task {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn gone<E>(_: E) -> BoxError {
    "the connection to the MQTT broker has ended".into()
}

macro_rules! broker {
    ($name:ident, $qos:path, $send:ident) => {
        impl Broker for $name {
            type Subscription = Messages;

            async fn publish(&self, message: Message) -> Result<(), BoxError> {
                self.check(&message)?;
                if !rumqttc::valid_topic(&message.address) {
                    let refused = format!("`{}` is not a topic that MQTT can send to", message.address);
                    return Err(arazzo::Error::configuration(refused).into());
                }
                let request = {
                    // Requests have to be in the order of their answers.
                    let _order = self.order.lock().await;
                    self.shared
                        .connected
                        .subscribe()
                        .wait_for(|connected| *connected)
                        .await?;
                    let request = Request::new(&self.shared, false);
                    let mut untaken = Untaken(Some(&request));
                    self.$send(message).await?;
                    untaken.0 = None;
                    drop(untaken);
                    request
                };
                request.answer.await.map_err(gone)?
            }

            async fn subscribe(&self, address: &str) -> Result<Messages, BoxError> {
                let request = {
                    let _order = self.order.lock().await;
                    self.shared
                        .connected
                        .subscribe()
                        .wait_for(|connected| *connected)
                        .await?;
                    let request = Request::new(&self.shared, true);
                    let mut untaken = Untaken(Some(&request));
                    self.client.subscribe(address, $qos).await?;
                    untaken.0 = None;
                    drop(untaken);
                    request
                };
                request.answer.await.map_err(gone)??;
                let (sender, receiver) = mpsc::unbounded_channel();
                self.shared.claim(address, sender);
                let (shared, client, topic) = (Arc::clone(&self.shared), self.client.clone(), address.to_owned());
                Ok(Messages::of(receiver, move |left| {
                    shared.leave(&topic);
                    let _ = client.try_unsubscribe(topic);
                    forget(left);
                }))
            }

            fn system(&self) -> &'static str {
                "mqtt"
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }
    };
}

/// A broker of MQTT 3.1.1.
///
/// An address is a topic. Messages are sent and received with QoS 1, in a session that the broker keeps. There are no
/// headers; use [`Mqtt5`] for them.
#[derive(Clone)]
pub struct Mqtt {
    client: rumqttc::AsyncClient,
    shared: Arc<Shared>,
    order: Arc<tokio::sync::Mutex<()>>,
    _task: Arc<Task>,
}

impl Mqtt {
    /// Connects to a broker. `name` is the identifier of the client, by which the broker knows its session.
    ///
    /// The connection is made in the background, by a task of the tokio runtime in which this is called.
    #[must_use]
    pub fn connect(host: &str, port: u16, name: &str) -> Self {
        Self::new(rumqttc::MqttOptions::new(name, host, port))
    }

    /// Connects with options, for example for TLS and credentials.
    #[must_use]
    pub fn new(mut options: rumqttc::MqttOptions) -> Self {
        choose_cryptography();
        let largest = LARGEST as usize;
        options
            .set_clean_session(false)
            .set_manual_acks(true)
            .set_max_packet_size(largest, largest);
        let (client, connection) = rumqttc::AsyncClient::new(options, REQUESTS);
        let shared = Arc::<Shared>::default();
        let task = tokio::spawn(run(connection, client.clone(), Arc::clone(&shared)));
        Self {
            client,
            shared,
            order: Arc::default(),
            _task: Arc::new(Task(task)),
        }
    }

    #[allow(clippy::unused_self, reason = "as for `Mqtt5`")]
    fn check(&self, message: &Message) -> Result<(), BoxError> {
        without_headers(message, "MQTT 3.1.1", "use `Mqtt5`, or put the value into the payload")
    }

    async fn send(&self, message: Message) -> Result<(), BoxError> {
        let sent = self
            .client
            .publish_bytes(message.address, QoS::AtLeastOnce, false, message.payload);
        Ok(sent.await?)
    }
}

broker!(Mqtt, QoS::AtLeastOnce, send);

async fn run(mut connection: rumqttc::EventLoop, client: rumqttc::AsyncClient, shared: Arc<Shared>) {
    use rumqttc::{Event, Packet, SubscribeFilter, SubscribeReasonCode};
    let mut backoff = Backoff::new();
    loop {
        let event = match connection.poll().await {
            Ok(event) => event,
            Err(_) => {
                // What was not answered has failed, and is not sent later.
                connection.state.events.clear();
                connection.state.collision = None;
                connection.pending.clear();
                shared.lost();
                backoff.wait().await;
                continue;
            }
        };
        match event {
            Event::Outgoing(outgoing) => shared.outgoing(&outgoing),
            Event::Incoming(Packet::ConnAck(connected)) => {
                backoff.reset();
                let topics = shared.forgotten(connected.session_present).into_iter();
                let filters: Vec<_> = topics
                    .map(|topic| SubscribeFilter::new(topic, QoS::AtLeastOnce))
                    .collect();
                if !filters.is_empty() {
                    let _ = client.try_subscribe_many(filters);
                }
                shared.connected.send_replace(true);
            }
            Event::Incoming(Packet::PubAck(acknowledged)) => shared.answered(false, acknowledged.pkid, Ok(())),
            Event::Incoming(Packet::SubAck(subscribed)) => {
                let refused = subscribed.return_codes.contains(&SubscribeReasonCode::Failure);
                let result = if refused {
                    Err("the broker refuses the subscription".into())
                } else {
                    Ok(())
                };
                shared.answered(true, subscribed.pkid, result);
            }
            Event::Incoming(Packet::Publish(publish)) => {
                let message = Message::new(publish.topic.clone(), publish.payload.clone());
                let (client, acknowledged, epoch) = (client.clone(), Arc::clone(&shared), shared.inside().epoch);
                let topic = publish.topic.clone();
                let delivery = Delivery::new(message).with_acknowledgement(async move {
                    // On another connection the identifier would name another message.
                    if acknowledged.inside().epoch != epoch {
                        return Err("the connection was lost; the broker delivers the message again".into());
                    }
                    Ok(client.ack(&publish).await?)
                });
                if let Some(delivery) = shared.arrive(&topic, delivery) {
                    forget(vec![delivery]);
                }
            }
            Event::Incoming(_) => {}
        }
    }
}

/// A broker of MQTT 5.
///
/// An address is a topic. Messages are sent and received with QoS 1, in a session that the broker keeps. Headers are user
/// properties.
#[derive(Clone)]
pub struct Mqtt5 {
    client: v5::AsyncClient,
    shared: Arc<Shared>,
    order: Arc<tokio::sync::Mutex<()>>,
    _task: Arc<Task>,
}

impl Mqtt5 {
    /// Connects to a broker. `name` is the identifier of the client, by which the broker knows its session.
    ///
    /// The connection is made in the background, by a task of the tokio runtime in which this is called.
    #[must_use]
    pub fn connect(host: &str, port: u16, name: &str) -> Self {
        Self::new(v5::MqttOptions::new(name, host, port))
    }

    /// Connects with options, for example for TLS and credentials. Unless they say how long the broker keeps the session,
    /// it does not end.
    #[must_use]
    pub fn new(mut options: v5::MqttOptions) -> Self {
        choose_cryptography();
        options.set_clean_start(false).set_manual_acks(true);
        if options.max_packet_size().is_none() {
            options.set_max_packet_size(Some(LARGEST));
        }
        if options.session_expiry_interval().is_none() {
            options.set_session_expiry_interval(Some(u32::MAX));
        }
        let (client, connection) = v5::AsyncClient::new(options, REQUESTS);
        let shared = Arc::<Shared>::default();
        let task = tokio::spawn(run5(connection, client.clone(), Arc::clone(&shared)));
        Self {
            client,
            shared,
            order: Arc::default(),
            _task: Arc::new(Task(task)),
        }
    }

    #[allow(clippy::unused_self, reason = "as for `Mqtt`")]
    fn check(&self, message: &Message) -> Result<(), BoxError> {
        let mut headers = message.headers.iter();
        headers.try_for_each(|(name, value)| header_text(name, value).map(|_| ()))
    }

    async fn send(&self, message: Message) -> Result<(), BoxError> {
        let headers = message.headers.iter();
        let properties = v5::mqttbytes::v5::PublishProperties {
            user_properties: headers
                .map(|(name, value)| (name.clone(), String::from_utf8_lossy(value).into_owned()))
                .collect(),
            content_type: message.content_type,
            ..v5::mqttbytes::v5::PublishProperties::default()
        };
        let qos = v5::mqttbytes::QoS::AtLeastOnce;
        let sent = self
            .client
            .publish_with_properties(message.address, qos, false, message.payload, properties);
        Ok(sent.await?)
    }
}

broker!(Mqtt5, v5::mqttbytes::QoS::AtLeastOnce, send);

async fn run5(mut connection: v5::EventLoop, client: v5::AsyncClient, shared: Arc<Shared>) {
    use v5::Event;
    use v5::mqttbytes::QoS;
    use v5::mqttbytes::v5::{Filter, Packet, PubAckReason, SubscribeReasonCode};
    let mut backoff = Backoff::new();
    loop {
        let event = match connection.poll().await {
            Ok(event) => event,
            Err(_) => {
                // What was not answered has failed, and is not sent later.
                connection.state.events.clear();
                connection.state.collision = None;
                connection.pending.clear();
                shared.lost();
                backoff.wait().await;
                continue;
            }
        };
        match event {
            Event::Outgoing(outgoing) => shared.outgoing(&outgoing),
            Event::Incoming(Packet::ConnAck(connected)) => {
                backoff.reset();
                let topics = shared.forgotten(connected.session_present).into_iter();
                let filters: Vec<_> = topics.map(|topic| Filter::new(topic, QoS::AtLeastOnce)).collect();
                if !filters.is_empty() {
                    let _ = client.try_subscribe_many(filters);
                }
                shared.connected.send_replace(true);
            }
            Event::Incoming(Packet::PubAck(acknowledged)) => {
                let result = match acknowledged.reason {
                    PubAckReason::Success | PubAckReason::NoMatchingSubscribers => Ok(()),
                    reason => Err(format!("the broker has refused the message: {reason:?}").into()),
                };
                shared.answered(false, acknowledged.pkid, result);
            }
            Event::Incoming(Packet::SubAck(subscribed)) => {
                let refused = subscribed
                    .return_codes
                    .iter()
                    .find(|code| !matches!(code, SubscribeReasonCode::Success(_)));
                let result = match refused {
                    Some(reason) => Err(format!("the broker refuses the subscription: {reason:?}").into()),
                    None => Ok(()),
                };
                shared.answered(true, subscribed.pkid, result);
            }
            Event::Incoming(Packet::Publish(publish)) => {
                let topic = String::from_utf8_lossy(&publish.topic).into_owned();
                let mut message = Message::new(topic.clone(), publish.payload.clone());
                if let Some(properties) = &publish.properties {
                    message.content_type.clone_from(&properties.content_type);
                    for (name, value) in &properties.user_properties {
                        message = message.with_header(name, value);
                    }
                }
                let (client, acknowledged, epoch) = (client.clone(), Arc::clone(&shared), shared.inside().epoch);
                let delivery = Delivery::new(message).with_acknowledgement(async move {
                    // On another connection the identifier would name another message.
                    if acknowledged.inside().epoch != epoch {
                        return Err("the connection was lost; the broker delivers the message again".into());
                    }
                    Ok(client.ack(&publish).await?)
                });
                if let Some(delivery) = shared.arrive(&topic, delivery) {
                    forget(vec![delivery]);
                }
            }
            Event::Incoming(_) => {}
        }
    }
}
