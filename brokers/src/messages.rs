//! A subscription that a task of its own fills.

use std::fmt;
use std::future::Future;

use arazzo::{BoxError, Delivery, Message, Subscription};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How many messages a durable broker may be ahead of the runs. The others stay at the broker.
const AHEAD: usize = 1024;

/// The messages of a subscription.
pub struct Messages {
    receiver: Receiver,
    task: Option<JoinHandle<()>>,
    /// What happens with the messages that nobody has received, when the subscription is dropped.
    end: Option<End>,
}

type Arrival = Result<Delivery, BoxError>;
type End = Box<dyn FnOnce(Vec<Delivery>) + Send + Sync>;

enum Receiver {
    #[allow(dead_code, reason = "each broker is a feature")]
    Limited(mpsc::Receiver<Arrival>),
    #[allow(dead_code, reason = "each broker is a feature")]
    Unlimited(mpsc::UnboundedReceiver<Arrival>),
}

/// Where the task of a durable subscription puts its messages.
#[allow(dead_code, reason = "each broker is a feature")]
pub(crate) type Sender = mpsc::Sender<Arrival>;

/// Where messages are put that the broker does not keep.
#[allow(dead_code, reason = "each broker is a feature")]
pub(crate) type Feed = mpsc::UnboundedSender<Arrival>;

#[allow(dead_code, reason = "each broker is a feature")]
impl Messages {
    /// Starts the task that fills the subscription of a durable broker. It ends with the subscription.
    pub(crate) fn start<F: Future<Output = ()> + Send + 'static>(fill: impl FnOnce(Sender) -> F) -> Self {
        let (sender, receiver) = mpsc::channel(AHEAD);
        Self {
            receiver: Receiver::Limited(receiver),
            task: Some(tokio::spawn(fill(sender))),
            end: None,
        }
    }

    /// Does the same without a limit, for a broker that does not keep messages.
    pub(crate) fn feed<F: Future<Output = ()> + Send + 'static>(fill: impl FnOnce(Feed) -> F) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            receiver: Receiver::Unlimited(receiver),
            task: Some(tokio::spawn(fill(sender))),
            end: None,
        }
    }

    /// Creates a subscription that something else fills, and that tells its end.
    pub(crate) fn of(
        receiver: mpsc::UnboundedReceiver<Arrival>,
        end: impl FnOnce(Vec<Delivery>) + Send + Sync + 'static,
    ) -> Self {
        Self {
            receiver: Receiver::Unlimited(receiver),
            task: None,
            end: Some(Box::new(end)),
        }
    }
}

impl Subscription for Messages {
    async fn next(&mut self) -> Result<Delivery, BoxError> {
        let arrival = match &mut self.receiver {
            Receiver::Limited(receiver) => receiver.recv().await,
            Receiver::Unlimited(receiver) => receiver.recv().await,
        };
        arrival.unwrap_or_else(|| Err("the subscription has ended".into()))
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
        if let Some(end) = self.end.take() {
            let mut left = Vec::new();
            if let Receiver::Unlimited(receiver) = &mut self.receiver {
                receiver.close();
                while let Ok(arrival) = receiver.try_recv() {
                    left.extend(arrival.ok());
                }
            }
            end(left);
        }
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Messages").finish_non_exhaustive()
    }
}

/// Refuses a message with headers.
#[allow(dead_code, reason = "not every broker is without headers")]
pub(crate) fn without_headers(message: &Message, protocol: &str, help: &str) -> Result<(), BoxError> {
    let Some((name, _)) = message.headers.first() else {
        return Ok(());
    };
    Err(arazzo::Error::configuration(format!(
        "{protocol} has no headers, and the message to `{}` has the header `{name}`; {help}",
        message.address
    ))
    .into())
}

/// Returns the value of a header as text.
#[allow(dead_code, reason = "not every broker has headers that are text")]
pub(crate) fn header_text<'m>(name: &str, value: &'m [u8]) -> Result<&'m str, BoxError> {
    std::str::from_utf8(value).map_err(|_| format!("the value of the header `{name}` is not UTF-8").into())
}

/// Returns whether a message has a header, whose case does not count.
#[allow(dead_code, reason = "not every broker has a header for the media type")]
pub(crate) fn has_header(message: &Message, name: &str) -> bool {
    message
        .headers
        .iter()
        .any(|(known, _)| known.eq_ignore_ascii_case(name))
}
