//! The result of an attempt.

use std::fmt;
use std::time::{Duration, SystemTime};

use crate::message::envelope::Message;

/// The state of a run after [`advance`](crate#runs).
///
/// `I` is the workflow's enum of inputs, `O` the type of its outputs.
///
/// ```
/// use arazzo::{Client, Error, Progress, Run, Workflow};
///
/// async fn attempt<W: Workflow>(run: &mut Run<W>, client: &Client) -> Result<Option<W::Outputs>, Error> {
///     match run.advance(client).await? {
///         Progress::Wait(delay) => tokio::time::sleep(delay).await,
///         Progress::Awaiting(inputs) => println!("set {} inputs, then advance", inputs.len()),
///         Progress::Done(outputs) => return Ok(Some(outputs)),
///         _ => {}
///     }
///     Ok(None)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress<I, O> {
    /// One step was attempted, and the run is not finished.
    Advanced,
    /// The next attempt is due after this time. `advance` never sleeps: wait, then advance.
    Wait(Duration),
    /// The next step needs these inputs, which are missing. The list is complete, in the order of the document, without
    /// duplicates.
    Awaiting(Vec<I>),
    /// The next step waits for this message, which has not arrived. Give it to [`Run::deliver`](crate::Run::deliver) if your
    /// application receives it; if the client has a broker, advance again later, or let
    /// [`finish`](crate::Run::finish) wait.
    AwaitingMessage(ExpectedMessage),
    /// The workflow has ended with these outputs.
    Done(O),
}

/// The message that a step waits for.
///
/// `Debug` does not show the address and the correlation ID, which can contain values of the run.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExpectedMessage {
    /// The name of the source description.
    pub source: &'static str,
    /// The `operationId`, or the name of the channel.
    pub channel: &'static str,
    /// The address of the channel.
    pub address: String,
    /// The correlation ID that the message must have; `None` if the step takes any message.
    pub correlation_id: Option<String>,
    /// The end of the wait, after which the step fails: the `timeout` of the step, counted from the moment when the run
    /// entered it.
    pub deadline: Option<SystemTime>,
}

impl fmt::Debug for ExpectedMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ExpectedMessage")
            .field("source", &self.source)
            .field("channel", &self.channel)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

/// The error of [`Run::deliver`](crate::Run::deliver): the run does not wait for the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnexpectedMessage {
    pub(crate) refusal: Refusal,
    pub(crate) message: Box<Message>,
}

/// Why a run does not take a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It does not wait for a message.
    NotWaiting,
    /// The message has another address.
    Address,
    /// The message has another correlation ID.
    Correlation,
}

impl UnexpectedMessage {
    /// Returns the message, for another run.
    #[must_use]
    pub fn into_message(self) -> Message {
        *self.message
    }
}

impl fmt::Display for UnexpectedMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self.refusal {
            Refusal::NotWaiting => "the run does not wait for a message",
            Refusal::Address => "the run waits for a message at another address",
            Refusal::Correlation => "the run waits for a message with another correlation ID",
        })
    }
}

impl std::error::Error for UnexpectedMessage {}
