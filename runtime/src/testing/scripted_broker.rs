//! A script as a broker.

use std::fmt;
use std::future::Future as _;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use serde::Serialize;

use super::script::{On, Script, What, wrong};
use crate::json::datum::Datum;
use crate::message::broker::{Broker, Delivery, Subscription};
use crate::message::channel::{Channel, Location};
use crate::message::draft::correlated;
use crate::message::envelope::Message;
use crate::progress::ExpectedMessage;
use crate::run::descriptor::StepName;
use crate::transport::BoxError;

/// A message that a script received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SentMessage {
    /// The step that sent it.
    pub step: StepName,
    /// The time at which it was sent, since the start of the script's clock.
    pub at: Duration,
    /// The message.
    pub message: Message,
}

impl SentMessage {
    /// Returns the payload as JSON; null if it is not JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.message.payload).unwrap_or_default()
    }
}

/// A step that waits for a message.
#[derive(Clone)]
pub(super) struct Waiting {
    step: StepName,
    expected: ExpectedMessage,
    channel: &'static Channel,
    /// When it began to wait, on the script's clock.
    since: Duration,
}

/// The subscription of a script.
pub struct ScriptedMessages {
    script: Script,
    address: String,
}

impl Broker for Script {
    type Subscription = ScriptedMessages;

    async fn publish(&self, message: Message) -> Result<(), BoxError> {
        let answer = {
            let mut state = self.state();
            let at = state.elapsed;
            let Some(step) = state.sending.take() else {
                return Err(wrong("a script only takes messages of steps".to_owned()).into());
            };
            state.messages.push(SentMessage { step, at, message });
            let mut of_step = state.steps.iter_mut().filter(|(key, _)| key.is(step));
            of_step.find_map(|(_, answers)| answers.pop_front())
        };
        // A message needs no answer.
        let Some(answer) = answer else { return Ok(()) };
        match answer.what {
            What::Error(error) => Err(error),
            What::Nothing => std::future::pending().await,
            What::Response(_) | What::Message(_) => {
                Err(wrong("a step that sends a message has no response; use `fail` or `hang`".to_owned()).into())
            }
        }
    }

    async fn subscribe(&self, address: &str) -> Result<ScriptedMessages, BoxError> {
        Ok(ScriptedMessages {
            script: self.clone(),
            address: address.to_owned(),
        })
    }

    fn system(&self) -> &'static str {
        "script"
    }

    fn awaited(&self, step: StepName, expected: &ExpectedMessage, channel: &'static Channel) {
        let mut state = self.state();
        let since = state.elapsed;
        let known = state
            .waiting
            .iter_mut()
            .find(|known| known.expected.address == expected.address);
        match known {
            Some(known) if known.step == step && known.expected == *expected => {}
            Some(known) => {
                *known = Waiting {
                    step,
                    expected: expected.clone(),
                    channel,
                    since,
                }
            }
            None => state.waiting.push(Waiting {
                step,
                expected: expected.clone(),
                channel,
                since,
            }),
        }
    }

    fn sending(&self, step: StepName) {
        self.state().sending = Some(step);
    }
}

impl ScriptedMessages {
    /// Returns when the next message arrives, on the script's clock; `None` if it never does.
    fn arrival(&self) -> Result<Option<Duration>, BoxError> {
        let mut state = self.script.state();
        let Some(waiting) = state
            .waiting
            .iter()
            .find(|known| known.expected.address == self.address)
            .cloned()
        else {
            return Ok(None);
        };
        let mut of_step = state.steps.iter().filter(|(key, _)| key.is(waiting.step));
        let Some(answer) = of_step.find_map(|(_, answers)| answers.front()) else {
            state.missing.push(waiting.step.to_string());
            return Err(wrong(format!("the script has no message for step `{}`", waiting.step)).into());
        };
        let arrival = waiting.since.saturating_add(answer.delay);
        let never = match waiting.expected.deadline {
            Some(deadline) => {
                let at = state.date.checked_add(arrival).unwrap_or(state.date);
                matches!(answer.what, What::Nothing) || at >= deadline
            }
            None if matches!(answer.what, What::Nothing) => {
                let message = format!(
                    "the message for step `{}` never arrives, and there is no time limit",
                    waiting.step
                );
                return Err(wrong(message).into());
            }
            None => false,
        };
        Ok((!never).then_some(arrival))
    }

    fn take(&self) -> Option<Result<Delivery, BoxError>> {
        let mut state = self.script.state();
        let at = state
            .waiting
            .iter()
            .position(|known| known.expected.address == self.address)?;
        let waiting = state.waiting.remove(at);
        let mut of_step = state.steps.iter_mut().filter(|(key, _)| key.is(waiting.step));
        let answer = of_step.find_map(|(_, answers)| answers.pop_front())?;
        Some(match answer.what {
            What::Message(message) => {
                let message = completed(*message, &waiting);
                message.map(Delivery::new).map_err(|message| wrong(message).into())
            }
            What::Error(error) => Err(error),
            What::Nothing | What::Response(_) => Err(wrong(format!(
                "the script has a response for step `{}`, which receives a message; use `message`",
                waiting.step
            ))
            .into()),
        })
    }
}

/// Sets the address and the correlation ID of a scripted message.
fn completed(mut message: Message, waiting: &Waiting) -> Result<Message, String> {
    if message.address.is_empty() {
        message.address.clone_from(&waiting.expected.address);
    }
    if let (Some(id), Some(location)) = (&waiting.expected.correlation_id, waiting.channel.correlation.first())
        && waiting
            .channel
            .correlation
            .iter()
            .all(|location| location.read(&message).is_none())
    {
        match location {
            Location::Header(name) => message.headers.push(((*name).to_owned(), id.clone().into())),
            Location::Payload(pointer) => {
                let Some(payload) = correlated(&message.payload, pointer, &Datum::borrowed(id)) else {
                    return Err(format!(
                        "the message for step `{}` has no place for its correlation ID",
                        waiting.step
                    ));
                };
                message.payload = payload.into();
            }
        }
    }
    Ok(message)
}

impl Subscription for ScriptedMessages {
    async fn next(&mut self) -> Result<Delivery, BoxError> {
        // In the time of the script, whoever waits reaches the arrival at once; whoever only looks does not.
        let mut looked = false;
        std::future::poll_fn(|context| {
            let arrival = match self.arrival() {
                Err(error) => return Poll::Ready(Err(error)),
                Ok(arrival) => arrival,
            };
            let Some(arrival) = arrival else {
                return Poll::Pending;
            };
            if arrival > self.script.elapsed() {
                if !std::mem::replace(&mut looked, true) {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                self.script.state().elapsed = arrival;
            }
            match self.take() {
                Some(delivery) => Poll::Ready(delivery),
                None => pin!(std::future::pending()).poll(context),
            }
        })
        .await
    }
}

impl fmt::Debug for ScriptedMessages {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ScriptedMessages")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Script {
    /// Returns the messages that were sent, in order.
    #[must_use]
    pub fn messages(&self) -> Vec<SentMessage> {
        self.state().messages.clone()
    }
}

impl On {
    /// Lets a step receive a message with a JSON payload. The script sets its address, and the correlation ID that the step
    /// waits for unless the payload or a header has one.
    #[must_use]
    pub fn message(self, payload: impl Serialize) -> Script {
        let headers = self.names.clone();
        match serde_json::to_vec(&payload) {
            Ok(payload) => {
                let mut message = Message::new("", payload).with_content_type("application/json");
                message.headers = headers;
                self.deliver(message)
            }
            Err(error) => self.fail(wrong(format!("cannot write a payload as JSON: {error}"))),
        }
    }

    /// Lets a step receive this message. If its address is empty, it is that of the step.
    #[must_use]
    pub fn deliver(self, message: Message) -> Script {
        self.end(What::Message(Box::new(message)))
    }
}
