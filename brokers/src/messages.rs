//! A subscription that a task of its own fills.

use std::future::Future;

use arazzo::{BoxError, Delivery, Message, Subscription};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The messages of a subscription.
#[derive(Debug)]
pub struct Messages {
    receiver: mpsc::UnboundedReceiver<Result<Delivery, BoxError>>,
    task: JoinHandle<()>,
}

/// Where the task of a subscription puts its messages.
pub(crate) type Sender = mpsc::UnboundedSender<Result<Delivery, BoxError>>;

impl Messages {
    /// Starts the task that fills the subscription. It ends with the subscription.
    pub(crate) fn start<F: Future<Output = ()> + Send + 'static>(fill: impl FnOnce(Sender) -> F) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self {
            receiver,
            task: tokio::spawn(fill(sender)),
        }
    }
}

impl Subscription for Messages {
    async fn next(&mut self) -> Result<Delivery, BoxError> {
        match self.receiver.recv().await {
            Some(delivery) => delivery,
            None => Err("the subscription has ended".into()),
        }
    }
}

impl Drop for Messages {
    fn drop(&mut self) {
        self.task.abort();
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
