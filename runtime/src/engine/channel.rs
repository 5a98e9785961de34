//! Attempts of steps that send or receive a message.

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use super::call::milliseconds;
use super::request::{idempotency_key, limit, within};
use super::{Advance, Context, Outcome, budget, count, fail, step_error, unmet_dependency, watch};
use crate::engine::program::Program;
use crate::error::{Error, ErrorKind};
use crate::message::broker::{Delivery, DynBroker, Wait};
use crate::message::channel::{Channel, Wanted};
use crate::message::draft::Draft;
use crate::message::envelope::Message;
use crate::message::mailbox::Mailbox;
use crate::observer::{EventKind, Watch};
use crate::progress::ExpectedMessage;
use crate::run::descriptor::{Shape, StepName};
use crate::run::state::{Awaited, Stage};
use crate::run_id::{RunId, hash};
use crate::transport::{BoxError, ConnectError};
use crate::wire::exchange::Exchange;
use crate::wire::failure::Failure;
use crate::wire::received::Received;

/// Makes one attempt of a step that sends or receives a message.
pub(super) async fn channel_step(
    program: &mut dyn Program,
    step: usize,
    channel: &'static Channel,
    context: &Context<'_>,
) -> Result<Outcome, Error> {
    let needed = program.shape().steps.get(step).map_or(&[][..], |step| step.inputs);
    let missing = program.missing(needed);
    if !missing.is_empty() {
        return Ok(Outcome::Under(Advance::Awaiting(missing)));
    }
    let mut draft = Draft::new(channel);
    let built = match unmet_dependency(program, step) {
        Some(failure) => Err(failure),
        None => budget::within(|| program.message(step, &mut draft)).and_then(|result| result),
    };
    if program.state().awaited.as_ref().is_none_or(|awaited| !awaited.entered) {
        count(program, context)?;
        program.state_mut().attempt();
    }
    let watch = Watch {
        step: Some(step),
        ..watch(program, context)
    };
    if let Err(failure) = built {
        program.state_mut().awaited = None;
        return Ok(Outcome::unasked(Err(failure)));
    }
    if channel.sends {
        send(program, step, draft, watch, context).await
    } else {
        let (address, id) = draft.into_address();
        let wanted = Wanted {
            locations: channel.correlation,
            id,
        };
        receive(program, step, (channel, address, wanted), watch, context).await
    }
}

/// Evaluates a message that was sent or received.
fn judge(
    program: &mut dyn Program,
    step: usize,
    channel: &'static Channel,
    message: Message,
    watch: Watch<'_>,
) -> Outcome {
    let received = Received::Message(channel, Box::new(message));
    let settled = || program.settle(step, &Exchange::new(None, Some(&received), watch));
    let result = budget::within(settled).and_then(|result| result);
    program.state_mut().awaited = None;
    Outcome::Judged {
        // A message cannot be taken back.
        result: result.map_err(|failure| Box::new(Failure { sent: true, ..failure })),
        asked: false,
        sent: None,
        received: Some(received),
    }
}

/// Returns the failure for an error of a broker.
fn failed(error: BoxError, message: &str) -> Failure {
    if let Some(own) = error.downcast_ref::<Error>()
        && own.kind() == ErrorKind::Configuration
    {
        return Failure::new(ErrorKind::Configuration, own.to_string());
    }
    match error.downcast::<ConnectError>() {
        Ok(error) => Failure {
            source: Some(error.into_cause()),
            ..Failure::new(ErrorKind::Connect, "the broker could not be reached")
        },
        Err(error) => Failure {
            source: Some(error),
            sent: true,
            ..Failure::new(ErrorKind::Transport, message)
        },
    }
}

/// Returns the outcome of a failure: the user has to fix a wrong configuration, anything else the document can handle.
fn unsent(program: &mut dyn Program, failure: Failure, context: &Context<'_>) -> Result<Outcome, Error> {
    program.state_mut().awaited = None;
    if failure.kind == ErrorKind::Configuration {
        return Err(step_error(program, failure, None, context.settings));
    }
    Ok(Outcome::unasked(Err(failure)))
}

fn no_broker(channel: &Channel) -> Failure {
    Failure::new(ErrorKind::Configuration, missing_broker(channel.source))
}

/// Returns the message for a source description with channels and without a broker.
pub(super) fn missing_broker(source: &str) -> String {
    format!("source `{source}` has channels and no broker: set one with `source(\"{source}\", |api| api.broker(…))`")
}

fn name(shape: &Shape, step: usize) -> StepName {
    StepName {
        file: shape.file,
        workflow: shape.workflow,
        step: shape.steps.get(step).map_or("", |step| step.id),
    }
}

async fn send(
    program: &mut dyn Program,
    step: usize,
    draft: Draft,
    watch: Watch<'_>,
    context: &Context<'_>,
) -> Result<Outcome, Error> {
    let Some(channel) = program.shape().steps.get(step).and_then(|step| step.channel) else {
        return Ok(Outcome::unasked(Ok(Vec::new())));
    };
    let source = context.settings.sources.get(channel.source);
    let Some(broker) = source.and_then(|source| source.broker.clone()) else {
        return unsent(program, no_broker(channel), context);
    };
    let keyed = source.is_some_and(|source| source.idempotency.is_some());
    let mut message = draft.into_message(None);
    if keyed {
        let number = hash(&[message.address.as_bytes(), &message.payload]);
        message.id = Some(idempotency_key(program, step, number).to_string());
    }
    broker.sending_dyn(name(program.shape(), step));
    let started = context.transport.now_dyn();
    let bytes = message.payload.len();
    let publishing = broker.publish_dyn(message.clone());
    #[cfg(feature = "tracing")]
    let publishing = {
        let span = crate::trace::message(channel, broker.system_dyn(), Some(bytes));
        Box::pin(tracing::Instrument::instrument(publishing, span))
    };
    let limit = limit(program, step, context);
    let result = match limit {
        None => publishing
            .await
            .map_err(|error| failed(error, "the message may not have been sent")),
        Some(limit) => match within(publishing, || context.transport.sleep_dyn(limit)).await {
            Some(result) => result.map_err(|error| failed(error, "the message may not have been sent")),
            None => Err(Failure {
                sent: true,
                ..late("the broker did not take the message", limit)
            }),
        },
    };
    let elapsed = context.transport.now_dyn().saturating_duration_since(started);
    watch.tell(match &result {
        Ok(()) => EventKind::MessageSent {
            operation: channel.name,
            address: channel.address,
            system: broker.system_dyn(),
            bytes,
            elapsed,
        },
        Err(failure) => EventKind::MessageNotSent {
            operation: channel.name,
            address: channel.address,
            system: broker.system_dyn(),
            error: failure.kind,
            elapsed,
        },
    });
    match result {
        Ok(()) => Ok(judge(program, step, channel, message, watch)),
        Err(failure) => unsent(program, failure, context),
    }
}

fn late(what: &str, limit: Duration) -> Failure {
    Failure::new(ErrorKind::Timeout, format!("{what} within {} ms", limit.as_millis()))
}

/// Returns the time of day in milliseconds since 1970.
pub(super) fn clock(context: &Context<'_>) -> u64 {
    let now = context.transport.system_time_dyn();
    milliseconds(now.duration_since(UNIX_EPOCH).unwrap_or_default())
}

/// What has arrived at a mailbox; `None` if nothing has.
type Arrival = Result<Option<(Arc<Mailbox>, Delivery)>, Failure>;

async fn receive(
    program: &mut dyn Program,
    step: usize,
    (channel, address, wanted): (&'static Channel, String, Wanted),
    watch: Watch<'_>,
    context: &Context<'_>,
) -> Result<Outcome, Error> {
    let now = clock(context);
    let mut awaited = match program.state_mut().awaited.take() {
        Some(awaited) if awaited.entered || awaited.message.is_some() => awaited,
        _ => Awaited::since(now, waiting_limit(program, step, context)),
    };
    let since = awaited.since.unwrap_or(now);
    if let Some(message) = awaited.message.take() {
        let elapsed = now.saturating_sub(since);
        return Ok(arrived(program, step, (channel, message), elapsed, "", watch));
    }
    let deadline = awaited.deadline;
    program.state_mut().awaited = Some(awaited);
    let expected = ExpectedMessage {
        source: channel.source,
        channel: channel.name,
        address,
        correlation_id: wanted.id.clone(),
        deadline: deadline.and_then(|deadline| UNIX_EPOCH.checked_add(Duration::from_millis(deadline))),
    };
    let broker = context.settings.broker(channel.source);
    if let Some(broker) = &broker {
        broker.awaited_dyn(&Wait {
            step: name(program.shape(), step),
            expected: &expected,
            channel,
            lasts: context.waits,
        });
    } else if context.waits {
        return unsent(program, no_broker(channel), context);
    }
    let system = broker.as_ref().map_or("", |broker| broker.system_dyn());
    let run = program.state().id;
    let arriving = arriving(broker, run, (channel, &expected.address, wanted), watch, context);
    #[cfg(feature = "tracing")]
    let arriving = tracing::Instrument::instrument(arriving, crate::trace::message(channel, system, None));
    let left = deadline.map(|deadline| Duration::from_millis(deadline.saturating_sub(now)));
    let arrival: Option<Arrival> = match left.filter(|_| context.waits) {
        None => Some(arriving.await),
        Some(left) => within(Box::pin(arriving), || context.transport.sleep_dyn(left)).await,
    };
    let elapsed = clock(context).saturating_sub(since);
    match arrival {
        Some(Ok(Some((mailbox, delivery)))) => {
            let message = delivery.message().clone();
            let position = context.position.cloned().unwrap_or_default();
            context
                .settings
                .mailboxes
                .take(context.root, position, mailbox, delivery);
            Ok(arrived(program, step, (channel, message), elapsed, system, watch))
        }
        Some(Err(failure)) => unsent(program, failure, context),
        Some(Ok(None)) if deadline.is_none_or(|deadline| clock(context) < deadline) => {
            Ok(Outcome::Under(Advance::AwaitingMessage(Box::new(expected))))
        }
        Some(Ok(None)) | None => {
            let limit = deadline.unwrap_or_default().saturating_sub(since);
            let failure = late("no message arrived", Duration::from_millis(limit));
            watch.tell(EventKind::NoMessage {
                operation: channel.name,
                address: channel.address,
                error: failure.kind,
                elapsed: Duration::from_millis(elapsed),
            });
            unsent(program, failure, context)
        }
    }
}

/// Waits for a message at the mailbox of an address, or looks whether one has arrived.
async fn arriving(
    broker: Option<Arc<dyn DynBroker>>,
    run: RunId,
    (channel, address, wanted): (&'static Channel, &str, Wanted),
    watch: Watch<'_>,
    context: &Context<'_>,
) -> Arrival {
    let Some(broker) = broker else { return Ok(None) };
    let mailbox = open(&*broker, run, channel, address, context).await?;
    let delivery = if context.waits {
        mailbox.receive(wanted).await.map(Some)
    } else {
        mailbox.poll(wanted).await
    };
    let dropped = mailbox.dropped();
    if dropped > 0 {
        watch.tell(EventKind::MessagesDropped {
            address: channel.address,
            count: dropped,
        });
    }
    let delivery = delivery.map_err(|error| failed(error, "the subscription has ended"))?;
    Ok(delivery.map(|delivery| (mailbox, delivery)))
}

fn arrived(
    program: &mut dyn Program,
    step: usize,
    (channel, message): (&'static Channel, Message),
    waited: u64,
    system: &'static str,
    watch: Watch<'_>,
) -> Outcome {
    watch.tell(EventKind::MessageReceived {
        operation: channel.name,
        address: channel.address,
        system,
        bytes: message.payload.len(),
        elapsed: Duration::from_millis(waited),
    });
    judge(program, step, channel, message, watch)
}

/// Returns how long a step waits for its message: the timeout of the client is for requests, and does not count.
fn waiting_limit(program: &dyn Program, step: usize, context: &Context<'_>) -> Option<Duration> {
    let own = program.shape().steps.get(step).and_then(|step| step.timeout);
    [own.map(Duration::from_millis), context.limit]
        .into_iter()
        .flatten()
        .min()
}

/// Returns the mailbox of an address, and subscribes if nothing has.
async fn open(
    broker: &dyn DynBroker,
    run: RunId,
    channel: &'static Channel,
    address: &str,
    context: &Context<'_>,
) -> Result<Arc<Mailbox>, Failure> {
    let user = (run, context.transport.now_dyn());
    let settings = context.settings;
    let opening = settings
        .mailboxes
        .of(broker, channel, address, user, settings.max_pending_messages);
    let opened = match settings.timeout {
        None => opening.await,
        Some(limit) => match within(Box::pin(opening), || context.transport.sleep_dyn(limit)).await {
            Some(opened) => opened,
            None => return Err(late("the broker did not accept the subscription", limit)),
        },
    };
    opened.map_err(|error| Failure {
        sent: false,
        ..failed(error, "the broker refused the subscription")
    })
}

/// Subscribes to the addresses at which the run can receive messages from here on, as far as they are known, so that a reply
/// which arrives before its step is not lost.
async fn subscribed(program: &dyn Program, step: usize, context: &Context<'_>) -> Result<(), Failure> {
    let (shape, run) = (program.shape(), program.state().id);
    let ahead = shape.steps.get(step).map_or(&[][..], |step| step.receives);
    for step in ahead {
        let channel = shape.steps.get(*step).and_then(|step| step.channel);
        let Some((channel, broker)) =
            channel.and_then(|channel| Some((channel, context.settings.broker(channel.source)?)))
        else {
            continue;
        };
        let mut draft = Draft::of_address(channel);
        // An address that depends on the output of a step is not known before.
        let Ok(Ok(())) = budget::within(|| program.message(*step, &mut draft)) else {
            continue;
        };
        let (address, _) = draft.into_address();
        open(&*broker, run, channel, &address, context).await?;
    }
    // The inputs of workflows that will be called are not known yet.
    for called in super::preflight::reachable(shape).into_iter().skip(1) {
        let channels = called
            .steps
            .iter()
            .filter(|step| step.reachable)
            .filter_map(|step| step.channel);
        for channel in channels.filter(|channel| !channel.sends && !channel.address.contains('{')) {
            if let Some(broker) = context.settings.broker(channel.source) {
                open(&*broker, run, channel, channel.address, context).await?;
            }
        }
    }
    Ok(())
}

/// Subscribes to what the run can receive from here on. If that fails, the step has failed before it was attempted.
pub(super) async fn unsubscribed(
    program: &mut dyn Program,
    step: usize,
    context: &Context<'_>,
) -> Option<Result<Advance, Error>> {
    let needed = program.shape().steps.get(step).map_or(&[][..], |step| step.inputs);
    // It asks for its inputs first.
    if !program.missing(needed).is_empty() {
        return None;
    }
    let failure = subscribed(program, step, context).await.err()?;
    // The workflow or detour that the run is in has not failed.
    if failure.kind == ErrorKind::Configuration || !matches!(program.state().stage, Stage::Step(_)) {
        return Some(Err(step_error(program, failure, None, context.settings)));
    }
    if program.state_mut().awaited.take_if(|awaited| awaited.entered).is_none() {
        if let Err(error) = count(program, context) {
            return Some(Err(error));
        }
        program.state_mut().attempt();
    }
    Some(fail(program, step, failure, None, None, context))
}
