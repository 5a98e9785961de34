//! A script as a broker.

use std::fmt;
use std::future::Future as _;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use serde::Serialize;

use super::script::{Answer, On, Script, State, What, wrong};
use crate::json::datum::Datum;
use crate::message::broker::{Broker, Delivery, Subscription, Wait};
use crate::message::channel::{Channel, Location, Wanted};
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
    /// Whether the run waits until the message arrives; otherwise it only looks.
    lasts: bool,
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

    fn awaited(&self, wait: &Wait<'_>) {
        let mut state = self.state();
        state.expire();
        let since = state.elapsed;
        let mut all = state.waiting.iter_mut();
        let known = all.find(|known| known.step == wait.step && known.expected == *wait.expected);
        match known {
            Some(known) => known.lasts = wait.lasts,
            None => state.waiting.push(Waiting {
                step: wait.step,
                expected: wait.expected.clone(),
                channel: wait.channel,
                since,
                lasts: wait.lasts,
            }),
        }
    }

    fn sending(&self, step: StepName) {
        self.state().sending = Some(step);
    }
}

impl ScriptedMessages {
    /// Returns when the next message arrives, on the script's clock, and the wait that it is for; `None` if none does.
    fn arrival(&self) -> Result<Option<(Duration, usize)>, BoxError> {
        let mut state = self.script.state();
        state.expire();
        let mut earliest: Option<(Duration, usize)> = None;
        for index in 0..state.waiting.len() {
            let Some(waiting) = state.waiting.get(index).cloned() else {
                break;
            };
            if waiting.expected.address != self.address {
                continue;
            }
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
                    let step = waiting.step;
                    let message = format!("the message for step `{step}` never arrives, and there is no time limit");
                    return Err(wrong(message).into());
                }
                None => false,
            };
            let looks = !waiting.lasts && arrival > state.elapsed;
            if !never && !looks && earliest.is_none_or(|(known, _)| arrival < known) {
                earliest = Some((arrival, index));
            }
        }
        Ok(earliest)
    }

    fn take(&self, index: usize) -> Option<Result<Delivery, BoxError>> {
        let mut state = self.script.state();
        let waiting = state.waiting.get(index)?.clone();
        let answer = state.pop(waiting.step)?;
        Some(match answer.what {
            What::Message(message) => match completed(*message, &waiting) {
                Ok(message) => {
                    let wanted = Wanted {
                        locations: waiting.channel.correlation,
                        id: waiting.expected.correlation_id.clone(),
                    };
                    // A message with another correlation ID leaves the step waiting.
                    if wanted.matches(&message) {
                        state.waiting.remove(index);
                    }
                    Ok(Delivery::new(message))
                }
                Err(problem) => Err(wrong(problem).into()),
            },
            What::Error(error) => {
                state.waiting.remove(index);
                Err(error)
            }
            What::Nothing | What::Response(_) => Err(wrong(format!(
                "the script has a response for step `{}`, which receives a message; use `message`",
                waiting.step
            ))
            .into()),
        })
    }
}

impl State {
    /// Takes the next answer for a step.
    fn pop(&mut self, step: StepName) -> Option<Answer> {
        let mut of_step = self.steps.iter_mut().filter(|(key, _)| key.is(step));
        of_step.find_map(|(_, answers)| answers.pop_front())
    }

    /// Ends the waits whose time is over. Their answers, which were too late, are used.
    pub(super) fn expire(&mut self) {
        let now = self.date.checked_add(self.elapsed).unwrap_or(self.date);
        let expired = |waiting: &Waiting| waiting.expected.deadline.is_some_and(|deadline| deadline <= now);
        while let Some(index) = self.waiting.iter().position(expired) {
            let step = self.waiting.remove(index).step;
            drop(self.pop(step));
        }
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
        std::future::poll_fn(|context| {
            let (arrival, index) = match self.arrival() {
                Err(error) => return Poll::Ready(Err(error)),
                Ok(Some(arrival)) => arrival,
                // Whoever begins to wait polls again.
                Ok(None) => return Poll::Pending,
            };
            // Whoever waits reaches the arrival at once, in the time of the script.
            let mut state = self.script.state();
            state.elapsed = state.elapsed.max(arrival);
            drop(state);
            match self.take(index) {
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
