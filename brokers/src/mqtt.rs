//! MQTT 3.1.1 and 5.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arazzo::{BoxError, Broker, Delivery, Message};
use rumqttc::{Outgoing, QoS, v5};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::backoff::Backoff;
use crate::messages::{Messages, Sender, header_text, without_headers};

/// How many requests the client takes before it waits.
const REQUESTS: usize = 64;

/// The answer to a packet.
type Answer = oneshot::Sender<Result<(), BoxError>>;

/// What the task of a connection shares with its users.
#[derive(Default)]
struct Shared {
    inside: Mutex<Inside>,
    connected: watch::Sender<bool>,
}

#[derive(Default)]
struct Inside {
    /// The number of connections so far. An acknowledgement only counts on the connection that has brought its message.
    epoch: u64,
    /// The requests in their order, until they have a packet identifier.
    publishing: VecDeque<Answer>,
    subscribing: VecDeque<Answer>,
    published: BTreeMap<u16, Answer>,
    subscribed: BTreeMap<u16, Answer>,
    subscribers: BTreeMap<String, Sender>,
    /// What has arrived from an earlier session and has no subscriber yet.
    unclaimed: Vec<(String, Delivery)>,
    /// The filters of this session.
    filters: BTreeSet<String>,
}

impl Shared {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn outgoing(&self, outgoing: &Outgoing) {
        let mut inside = self.inside();
        match outgoing {
            // A packet that is sent again has its identifier already.
            Outgoing::Publish(id) if !inside.published.contains_key(id) => {
                if let Some(answer) = inside.publishing.pop_front() {
                    inside.published.insert(*id, answer);
                }
            }
            Outgoing::Subscribe(id) if !inside.subscribed.contains_key(id) => {
                if let Some(answer) = inside.subscribing.pop_front() {
                    inside.subscribed.insert(*id, answer);
                }
            }
            _ => {}
        }
    }

    fn answered(&self, subscription: bool, id: u16, result: Result<(), BoxError>) {
        let mut inside = self.inside();
        let answers = if subscription {
            &mut inside.subscribed
        } else {
            &mut inside.published
        };
        if let Some(answer) = answers.remove(&id) {
            let _ = answer.send(result);
        }
    }

    /// Returns the filters to subscribe to again, if the broker has forgotten the session.
    fn connected(&self, session_present: bool) -> Vec<String> {
        self.connected.send_replace(true);
        let mut inside = self.inside();
        inside.epoch += 1;
        if session_present {
            Vec::new()
        } else {
            let filters: Vec<String> = inside.filters.iter().cloned().collect();
            // Nobody waits for these answers.
            inside.subscribing.extend(filters.iter().map(|_| oneshot::channel().0));
            filters
        }
    }

    fn lost(&self) {
        self.connected.send_replace(false);
        let mut inside = self.inside();
        // Nothing was sent of what has no identifier; the client sends the rest again.
        for answer in std::mem::take(&mut inside.subscribed).into_values() {
            let _ = answer.send(Err("the connection was lost".into()));
        }
    }

    fn arrive(&self, topic: &str, delivery: Delivery) {
        let mut inside = self.inside();
        match inside.subscribers.get(topic) {
            Some(sender) => {
                let _ = sender.send(Ok(delivery));
            }
            None => inside.unclaimed.push((topic.to_owned(), delivery)),
        }
    }

    /// Adds a subscriber, which gets what has arrived for it.
    fn claim(&self, topic: &str, sender: Sender) {
        let mut inside = self.inside();
        for (of, delivery) in std::mem::take(&mut inside.unclaimed) {
            if of == topic {
                let _ = sender.send(Ok(delivery));
            } else {
                inside.unclaimed.push((of, delivery));
            }
        }
        inside.subscribers.insert(topic.to_owned(), sender);
        inside.filters.insert(topic.to_owned());
    }
}

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

/// Forwards the messages of a topic.
fn messages(shared: &Shared, topic: &str) -> Messages {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    shared.claim(topic, sender);
    Messages::start(|out| async move {
        while let Some(delivery) = receiver.recv().await {
            if out.send(delivery).is_err() {
                return;
            }
        }
    })
}

macro_rules! broker {
    ($name:ident, $client:path, $publish:ident) => {
        impl Broker for $name {
            type Subscription = Messages;

            async fn publish(&self, message: Message) -> Result<(), BoxError> {
                self.check(&message)?;
                let sent = {
                    // Requests have to be in the order of their answers.
                    let _order = self.order.lock().await;
                    self.shared
                        .connected
                        .subscribe()
                        .wait_for(|connected| *connected)
                        .await?;
                    let (answer, sent) = oneshot::channel();
                    self.shared.inside().publishing.push_back(answer);
                    self.$publish(message).await?;
                    sent
                };
                sent.await.map_err(gone)?
            }

            async fn subscribe(&self, address: &str) -> Result<Messages, BoxError> {
                let subscribed = {
                    let _order = self.order.lock().await;
                    let (answer, subscribed) = oneshot::channel();
                    self.shared.inside().subscribing.push_back(answer);
                    self.client.subscribe(address, $client).await?;
                    subscribed
                };
                subscribed.await.map_err(gone)??;
                Ok(messages(&self.shared, address))
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
        options.set_clean_session(false).set_manual_acks(true);
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
    use rumqttc::{Event, Packet, SubscribeReasonCode};
    let mut backoff = Backoff::new();
    loop {
        let event = match connection.poll().await {
            Ok(event) => event,
            Err(_) => {
                shared.lost();
                backoff.wait().await;
                continue;
            }
        };
        match event {
            Event::Outgoing(outgoing) => shared.outgoing(&outgoing),
            Event::Incoming(Packet::ConnAck(connected)) => {
                backoff.reset();
                for filter in shared.connected(connected.session_present) {
                    let _ = client.try_subscribe(filter, QoS::AtLeastOnce);
                }
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
                    if acknowledged.inside().epoch == epoch {
                        client.ack(&publish).await?;
                    }
                    Ok(())
                });
                shared.arrive(&topic, delivery);
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
        options.set_clean_start(false).set_manual_acks(true);
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
    use v5::mqttbytes::v5::{Packet, PubAckReason, SubscribeReasonCode};
    let mut backoff = Backoff::new();
    loop {
        let event = match connection.poll().await {
            Ok(event) => event,
            Err(_) => {
                shared.lost();
                backoff.wait().await;
                continue;
            }
        };
        match event {
            Event::Outgoing(outgoing) => shared.outgoing(&outgoing),
            Event::Incoming(Packet::ConnAck(connected)) => {
                backoff.reset();
                for filter in shared.connected(connected.session_present) {
                    let _ = client.try_subscribe(filter, QoS::AtLeastOnce);
                }
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
                    if acknowledged.inside().epoch == epoch {
                        client.ack(&publish).await?;
                    }
                    Ok(())
                });
                shared.arrive(&topic, delivery);
            }
            Event::Incoming(_) => {}
        }
    }
}
