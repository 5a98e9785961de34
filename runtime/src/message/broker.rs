//! How messages reach a broker, and how they come from it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::message::channel::Channel;
use crate::message::envelope::Message;
use crate::progress::ExpectedMessage;
use crate::run::descriptor::StepName;
use crate::transport::BoxError;

/// Sends messages to a broker and receives messages from it. [`SourceBuilder::broker`](crate::SourceBuilder::broker)
/// sets the broker of a source description.
///
/// The crate `arazzo-brokers` has implementations for Kafka, NATS, MQTT, AMQP, Redis and WebSocket. With the feature
/// `testing`, `arazzo::testing` has one in memory, and one that is scripted.
///
/// An implementation connects and reconnects by itself: an error from [`publish`](Broker::publish) fails the step, and
/// the failure actions of the document apply. As for a [`Transport`](crate::Transport), a
/// [`ConnectError`](crate::ConnectError) says that nothing was sent, and an [`Error`](crate::Error) of kind
/// [`Configuration`](crate::ErrorKind::Configuration) ends the attempt at once.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot send and receive messages",
    label = "this is not a `Broker`",
    note = "a `Broker` is one of the types in the crate `arazzo-brokers`, an `Arc` of a broker, or a type of yours that \
            implements `arazzo::Broker`"
)]
pub trait Broker: Send + Sync {
    /// The type of the subscriptions.
    type Subscription: Subscription;

    /// Sends a message. The step that sends it has succeeded when this returns.
    fn publish(&self, message: Message) -> impl Future<Output = Result<(), BoxError>> + Send;

    /// Subscribes to an address. Messages that are sent after this has returned must not be lost, even if
    /// [`Subscription::next`] is called much later.
    fn subscribe(&self, address: &str) -> impl Future<Output = Result<Self::Subscription, BoxError>> + Send;

    /// Returns the name of the messaging system for traces, as in OpenTelemetry's attribute `messaging.system`.
    fn system(&self) -> &'static str {
        "unknown"
    }

    /// Says that a step has begun to wait for a message. Scripts of tests answer it.
    #[doc(hidden)]
    fn awaited(&self, _wait: &Wait<'_>) {}

    /// Says which step sends the next message. Scripts of tests record it.
    #[doc(hidden)]
    fn sending(&self, _step: StepName) {}
}

/// The wait of a step for a message.
#[doc(hidden)]
#[derive(Clone, Debug)]
#[cfg_attr(not(feature = "testing"), allow(dead_code, reason = "scripts read it"))]
pub struct Wait<'a> {
    pub(crate) step: StepName,
    pub(crate) expected: &'a ExpectedMessage,
    pub(crate) channel: &'static Channel,
    /// Whether the run waits until the message arrives; otherwise it only looks.
    pub(crate) lasts: bool,
}

/// The messages that arrive at an address.
pub trait Subscription: Send + 'static {
    /// Waits for the next message.
    ///
    /// The future can be dropped before it is ready, and no message is lost by that. An error ends the subscription:
    /// the step that waits fails, and its next attempt subscribes again. If the connection is lost for a while, the
    /// implementation connects again instead.
    fn next(&mut self) -> impl Future<Output = Result<Delivery, BoxError>> + Send;
}

/// A message that has arrived, and its acknowledgement.
#[must_use = "a delivery that is dropped is not acknowledged"]
pub struct Delivery {
    message: Message,
    acknowledgement: Option<Acknowledgement>,
}

type Acknowledgement = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

impl Delivery {
    /// Creates the delivery of a message that is not acknowledged.
    pub fn new(message: Message) -> Self {
        Self {
            message,
            acknowledgement: None,
        }
    }

    /// Sets the future that acknowledges the message. It is polled after the run has advanced past the step that took
    /// the message; until then, the broker must keep the message for another consumer.
    pub fn with_acknowledgement(
        mut self,
        acknowledgement: impl Future<Output = Result<(), BoxError>> + Send + 'static,
    ) -> Self {
        self.acknowledgement = Some(Box::pin(acknowledgement));
        self
    }

    /// Returns the message.
    #[must_use]
    pub fn message(&self) -> &Message {
        &self.message
    }

    /// Acknowledges the message, and returns it.
    ///
    /// # Errors
    /// The broker could not be told; it may deliver the message again.
    pub async fn acknowledge(self) -> Result<Message, BoxError> {
        if let Some(acknowledgement) = self.acknowledgement {
            acknowledgement.await?;
        }
        Ok(self.message)
    }
}

impl fmt::Debug for Delivery {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Delivery")
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

impl<B: Broker> Broker for Arc<B> {
    type Subscription = B::Subscription;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        (**self).publish(message).await
    }

    async fn subscribe(&self, address: &str) -> Result<Self::Subscription, BoxError> {
        (**self).subscribe(address).await
    }

    fn system(&self) -> &'static str {
        (**self).system()
    }

    fn awaited(&self, wait: &Wait<'_>) {
        (**self).awaited(wait);
    }

    fn sending(&self, step: StepName) {
        (**self).sending(step);
    }
}

/// A boxed future.
pub(crate) type Boxed<'a, T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send + 'a>>;

/// An object-safe [`Broker`].
pub(crate) trait DynBroker: Send + Sync {
    fn publish_dyn(&self, message: Message) -> Boxed<'_, ()>;

    fn subscribe_dyn<'a>(&'a self, address: &'a str) -> Boxed<'a, Box<dyn DynSubscription>>;

    fn system_dyn(&self) -> &'static str;

    fn awaited_dyn(&self, wait: &Wait<'_>);

    fn sending_dyn(&self, step: StepName);
}

impl<B: Broker> DynBroker for B {
    fn publish_dyn(&self, message: Message) -> Boxed<'_, ()> {
        Box::pin(self.publish(message))
    }

    fn subscribe_dyn<'a>(&'a self, address: &'a str) -> Boxed<'a, Box<dyn DynSubscription>> {
        Box::pin(async move {
            let subscription: Box<dyn DynSubscription> = Box::new(self.subscribe(address).await?);
            Ok(subscription)
        })
    }

    fn system_dyn(&self) -> &'static str {
        self.system()
    }

    fn awaited_dyn(&self, wait: &Wait<'_>) {
        self.awaited(wait);
    }

    fn sending_dyn(&self, step: StepName) {
        self.sending(step);
    }
}

/// An object-safe [`Subscription`].
pub(crate) trait DynSubscription: Send {
    fn next_dyn(&mut self) -> Boxed<'_, Delivery>;
}

impl<S: Subscription> DynSubscription for S {
    fn next_dyn(&mut self) -> Boxed<'_, Delivery> {
        Box::pin(self.next())
    }
}
