//! The engine: makes the attempts of a run.

pub(crate) mod budget;
mod call;
mod channel;
pub(crate) mod delivery;
mod detour;
mod follow;
mod obtain;
mod outputs;
pub(crate) mod preflight;
pub(crate) mod program;
pub(crate) mod request;
mod secret;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use call::{call_step, descend};
use channel::{channel_step, unsubscribed};
use detour::detoured;
use follow::{fail, follow, given_up};
pub(crate) use outputs::collected;

use crate::client::Settings;
use crate::engine::program::Program;
use crate::engine::request::request_step;
use crate::error::{Error, ErrorKind, excerpt};
use crate::json::slot::Slot;
use crate::message::mailboxes::Position;
use crate::observer::{EventKind, Watch};
use crate::progress::ExpectedMessage;
use crate::run::state::Stage;
use crate::run_id::RunId;
use crate::transport::DynTransport;
use crate::wire::exchange::Exchange;
use crate::wire::failure::Failure;
use crate::wire::received::Received;
use crate::wire::sent::Sent;

/// [`Progress`](crate::Progress) without types.
pub(crate) enum Advance {
    Advanced,
    Wait(Duration),
    Awaiting(Vec<usize>),
    AwaitingMessage(Box<ExpectedMessage>),
    Done,
}

/// A boxed future, returned by functions that are not generic. It is compiled once in this crate, and not in every
/// crate that polls it.
type Engine<'a, O> = Pin<Box<dyn Future<Output = Result<O, Error>> + Send + 'a>>;

/// Makes one attempt.
pub(crate) fn boxed_attempt<'a>(program: &'a mut dyn Program, context: Context<'a>) -> Engine<'a, Advance> {
    Box::pin(async move {
        delivery::resumed(program, context.settings).await;
        positioned(program, &context).await
    })
}

/// Makes attempts until the run has to wait or has ended.
pub(crate) fn boxed_attempts<'a>(program: &'a mut dyn Program, context: Context<'a>) -> Engine<'a, Advance> {
    Box::pin(async move {
        delivery::resumed(program, context.settings).await;
        loop {
            match positioned(program, &context).await? {
                Advance::Advanced => {}
                blocked => return Ok(blocked),
            }
        }
    })
}

/// Runs to the end.
pub(crate) fn boxed_finish<'a>(program: &'a mut dyn Program, context: Context<'a>) -> Engine<'a, ()> {
    Box::pin(finish(program, context))
}

/// Runs to the end, and sleeps where the workflow waits.
async fn finish(program: &mut dyn Program, mut context: Context<'_>) -> Result<(), Error> {
    delivery::resumed(program, context.settings).await;
    context.waits = true;
    #[cfg(feature = "tracing")]
    {
        use tracing::Instrument as _;
        let span = crate::trace::workflow(&watch(program, &context));
        context.spanned = true;
        run(program, &context).instrument(span).await
    }
    #[cfg(not(feature = "tracing"))]
    run(program, &context).await
}

/// The arguments of every attempt.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) transport: &'a dyn DynTransport,
    pub(crate) settings: &'a Settings,
    /// The time limit of the steps that have called this run.
    pub(crate) limit: Option<Duration>,
    /// Whether the run waits for messages.
    waits: bool,
    /// The run that no other one has called.
    root: RunId,
    /// Its position before the attempt.
    position: Option<&'a Position>,
    /// The depth of calls.
    depth: u32,
    /// Whether the run has a span.
    #[cfg(feature = "tracing")]
    spanned: bool,
}

impl<'a> Context<'a> {
    pub(crate) fn new(transport: &'a dyn DynTransport, settings: &'a Settings, root: RunId) -> Self {
        Self {
            transport,
            settings,
            limit: None,
            waits: false,
            root,
            position: None,
            depth: 0,
            #[cfg(feature = "tracing")]
            spanned: false,
        }
    }
}

/// Maximum depth of calls. `serde_json` cannot read JSON that is nested more than 128 levels deep, and each stored run
/// inside another one takes two levels.
const DEPTH: u32 = 40;

/// Returns the notifier for the current state of the run.
pub(crate) fn watch<'a>(program: &dyn Program, context: &Context<'a>) -> Watch<'a> {
    let state = program.state();
    Watch {
        observer: context.settings.observer.as_deref(),
        run: state.id,
        shape: program.shape(),
        depth: context.depth,
        step: state.position(),
    }
}

async fn run(program: &mut dyn Program, context: &Context<'_>) -> Result<(), Error> {
    // An interrupted wait starts again, so that an API that asked for a wait is not called early.
    let mut owed = program.state().owed;
    loop {
        if let Some(duration) = owed {
            program.state_mut().owed = owed;
            context.transport.sleep_dyn(duration).await;
            watch(program, context).tell(EventKind::Waited { duration });
        }
        let advance = positioned(program, context).await;
        if context.settings.has_brokers {
            // The run is not stored in between. If the broker cannot be told, it delivers the message again.
            let position = delivery::position(program);
            let _ = context
                .settings
                .mailboxes
                .acknowledge(context.root, &position, false)
                .await;
        }
        match advance? {
            // A step that receives a message waits itself.
            Advance::Advanced | Advance::AwaitingMessage(_) => owed = None,
            Advance::Wait(duration) => owed = Some(duration),
            Advance::Awaiting(inputs) => return Err(told_missing(program, context, &inputs)),
            Advance::Done => return Ok(()),
        }
    }
}

/// Returns the error of [`missing_inputs`], and notifies the observer.
fn told_missing(program: &dyn Program, context: &Context<'_>, inputs: &[usize]) -> Error {
    if program.state().total > 0 {
        watch(program, context).tell(EventKind::Finished {
            error: Some(ErrorKind::MissingInput),
        });
    }
    let error = missing_inputs(program, inputs);
    #[cfg(feature = "tracing")]
    crate::trace::failed(&error);
    error
}

fn missing_inputs(program: &dyn Program, inputs: &[usize]) -> Error {
    let shape = program.shape();
    let names = inputs.iter().filter_map(|input| shape.inputs.get(*input));
    let names: Vec<String> = names.map(|input| format!("`{}`", input.name)).collect();
    let step = program
        .state()
        .position()
        .and_then(|step| shape.steps.get(step))
        .map_or("", |step| step.id);
    let inputs = if names.len() == 1 { "input" } else { "inputs" };
    let message = format!("missing {inputs} {}, required by step `{step}`", names.join(", "));
    error(program, ErrorKind::MissingInput, message)
}

fn error(program: &dyn Program, kind: ErrorKind, message: impl Into<String>) -> Error {
    let shape = program.shape();
    Error::new(kind, message).with(|inner| {
        inner.workflow = shape.workflow;
        inner.file = shape.file;
        inner.sent = program.state().attempts > 0;
    })
}

/// Creates the error of a failed attempt.
pub(crate) fn step_error(
    program: &dyn Program,
    failure: Failure,
    received: Option<Received>,
    settings: &Settings,
) -> Error {
    let (response, message) = match received {
        Some(Received::Response(answered)) => (Some(*answered.response), None),
        Some(Received::Message(_, message)) => (None, Some(message)),
        None => (None, None),
    };
    let state = program.state();
    let step = state.position().and_then(|step| program.shape().steps.get(step));
    let step = step.map(|step| step.id);
    error(program, failure.kind, failure.message).with(|inner| {
        inner.step = step;
        inner.place = failure.place;
        inner.criterion = failure.criterion;
        inner.attempts = state.attempts;
        inner.exchanged_message = message;
        inner.response = failure.response.map(|response| *response).or(response);
        // Nothing records whether earlier attempts were sent.
        inner.sent = failure.sent || inner.response.is_some() || state.attempts > 1;
        let redact = |text| secret::redacted(text, program, settings);
        inner.excerpt = match failure.excerpt {
            Some(text) => Some(redact(text)),
            None => inner.response.as_ref().and_then(|response| excerpt(response, redact)),
        };
        inner.source = failure.source;
        inner.nested = failure.nested;
    })
}

/// Creates the failure of a step whose called workflow has failed. The workflow starts again with the next attempt, so
/// each request that it has sent counts.
fn nested(error: Error, child: Option<&mut dyn Program>) -> Failure {
    let sent = error.may_have_been_sent() || child.is_some_and(|child| child.state().total > 1);
    let (error, response, excerpt) = error.without_response();
    let message = format!("workflow `{}` failed: {error}", error.workflow());
    Failure {
        source: Some(Box::new(error)),
        response: response.map(Box::new),
        excerpt,
        sent,
        nested: true,
        ..Failure::new(ErrorKind::Nested, message)
    }
}

/// The outcome of an attempt.
#[allow(clippy::large_enum_variant, reason = "it is moved once and never kept")]
pub(crate) enum Outcome {
    /// The step is not finished.
    Under(Advance),
    /// The step succeeded or failed.
    Judged {
        result: Result<Vec<Option<Slot>>, Box<Failure>>,
        /// Whether a request was sent.
        asked: bool,
        /// The request, if expressions read it.
        sent: Option<Box<Sent>>,
        received: Option<Received>,
    },
}

impl Outcome {
    /// Creates the outcome of an attempt that sent no request.
    fn unasked(result: Result<Vec<Option<Slot>>, Failure>) -> Self {
        Self::Judged {
            result: result.map_err(Box::new),
            asked: false,
            sent: None,
            received: None,
        }
    }
}

/// Makes an attempt of a run that no other one has called.
async fn positioned(program: &mut dyn Program, context: &Context<'_>) -> Result<Advance, Error> {
    if !context.settings.has_brokers {
        return attempt(program, context).await;
    }
    let position = delivery::position(program);
    let context = Context {
        position: Some(&position),
        ..*context
    };
    // Most runs have no broker, and do not reserve space for this.
    Box::pin(attempt(program, &context)).await
}

async fn attempt(program: &mut dyn Program, context: &Context<'_>) -> Result<Advance, Error> {
    let before = watch(program, context);
    program.state_mut().owed = None;
    if matches!(program.state().stage, Stage::Ended(_)) {
        return Ok(Advance::Done);
    }
    #[cfg(feature = "tracing")]
    let result = {
        use tracing::Instrument as _;
        let span = crate::trace::step(&before, context.spanned && context.depth == 0);
        let result = attempt_step(program, context).instrument(span.clone()).await;
        if let Err(error) = &result {
            span.in_scope(|| crate::trace::failed(error));
        }
        result
    };
    #[cfg(not(feature = "tracing"))]
    let result = attempt_step(program, context).await;
    match &result {
        Ok(Advance::Done) => {
            if context.settings.has_brokers {
                context.settings.mailboxes.leave(program.state().id);
            }
            before.tell(EventKind::Finished { error: None });
        }
        // A run that could not start has not finished either.
        Err(error) if program.state().total > 0 => before.tell(EventKind::Finished {
            error: Some(error.kind()),
        }),
        _ => {}
    }
    result
}

async fn attempt_step(program: &mut dyn Program, context: &Context<'_>) -> Result<Advance, Error> {
    if matches!(program.state().stage, Stage::Left { .. }) {
        return match descend(program, context).await {
            Some(Ok(Advance::Done)) => {
                program.state_mut().end_left();
                Ok(Advance::Done)
            }
            Some(other) => other,
            None => Err(error(
                program,
                ErrorKind::Stored,
                "the run does not contain the workflow that it has transferred to",
            )),
        };
    }
    let Some(step) = program.state().position() else {
        return Ok(Advance::Done);
    };
    let violations =
        budget::within(|| program.violations()).map_err(|failure| error(program, failure.kind, failure.message))?;
    if !violations.is_empty() {
        return Err(error(program, ErrorKind::InvalidInput, violations.join("; ")));
    }
    if program.state().total == 0
        && context.depth == 0
        && let Err((step, failure)) =
            crate::engine::preflight::preflight(program.shape(), context.settings, context.waits)
    {
        let error = error(program, failure.kind, failure.message);
        return Err(error.with(|inner| inner.step = step));
    }
    if context.settings.has_brokers
        && let Some(result) = Box::pin(unsubscribed(program, step, context)).await
    {
        return result;
    }
    if matches!(
        program.state().stage,
        Stage::DetourStep { .. } | Stage::DetourCall { .. }
    ) {
        return Box::pin(detoured(program, step, context)).await;
    }
    let outcome = match program.shape().steps.get(step).and_then(|step| step.call) {
        Some(site) => Box::pin(call_step(program, step, site, context)).await?,
        None => act(program, step, context).await?,
    };
    let (result, asked, sent, received) = match outcome {
        Outcome::Under(advance) => return Ok(advance),
        Outcome::Judged {
            result,
            asked,
            sent,
            received,
        } => (result, asked, sent, received),
    };
    match result {
        Ok(kept) => succeed(program, step, kept, sent.as_deref(), received, context),
        Err(failure) => {
            if asked && program.state().asked.content.is_some() {
                let response = received.as_ref().and_then(Received::response);
                let refused = response.is_some_and(|response| refused(response.status()));
                let asked = &mut program.state_mut().asked;
                asked.refused = refused;
                asked.unsure |= !refused;
            }
            fail(program, step, *failure, sent.as_deref(), received, context)
        }
    }
}

/// Keeps the outputs of a step, and takes the action after it.
fn succeed(
    program: &mut dyn Program,
    step: usize,
    kept: Vec<Option<Slot>>,
    sent: Option<&Sent>,
    received: Option<Received>,
    context: &Context<'_>,
) -> Result<Advance, Error> {
    if let Some(slot) = program.state_mut().steps.get_mut(step) {
        *slot = Some(kept);
    }
    let exchange = Exchange::new(sent, received.as_ref(), watch(program, context));
    let choose = || program.choose(&exchange, |shape, run, exchange| (shape.succeeded)(run, step, exchange));
    let action = budget::within(choose);
    let name = exchange.action();
    let action = match action {
        Ok(action) => action,
        Err(failure) => {
            let failure = Failure { sent: true, ..failure };
            return Err(given_up(program, step, failure, received, context.settings));
        }
    };
    program.state_mut().back(step);
    let followed = follow(program, step, (action, name), sent, received.as_ref(), context);
    if followed.is_err() {
        delivery::keep(program, received);
    }
    followed
}

/// Makes one attempt of a step that sends a request, or that sends or receives a message.
async fn act(program: &mut dyn Program, step: usize, context: &Context<'_>) -> Result<Outcome, Error> {
    match program.shape().steps.get(step).and_then(|step| step.channel) {
        Some(channel) => Box::pin(channel_step(program, step, channel, context)).await,
        None => request_step(program, step, context).await,
    }
}

/// Returns whether a request with this response status had no effect: the request itself was refused, not its time or
/// its rate.
fn refused(status: http::StatusCode) -> bool {
    status.is_client_error() && !matches!(status.as_u16(), 408 | 409 | 425 | 429)
}

/// Counts an attempt, up to the limit of the client.
pub(crate) fn count(program: &mut dyn Program, context: &Context<'_>) -> Result<(), Error> {
    let settings = context.settings;
    if program.state().total >= settings.max_steps {
        let message = format!(
            "the run reached the client's limit of {} step attempts",
            settings.max_steps
        );
        return Err(error(program, ErrorKind::TooManySteps, message));
    }
    if program.state().total == 0 {
        watch(program, context).tell(EventKind::Started);
    }
    let total = program.state().total.saturating_add(1);
    program.state_mut().total = total;
    Ok(())
}

/// Returns the failure if a step that this one depends on has not succeeded.
pub(crate) fn unmet_dependency(program: &dyn Program, step: usize) -> Option<Failure> {
    let shape = program.shape();
    let missing = shape
        .steps
        .get(step)?
        .needs
        .iter()
        .find(|needed| !program.state().has(**needed))?;
    let name = shape.steps.get(*missing)?.id;
    Some(Failure::new(
        ErrorKind::Request,
        format!("the step depends on step `{name}`, which has not succeeded"),
    ))
}

/// Returns whether the user has to fix the cause of an error; such an error is not a failure that the document can
/// handle.
fn is_the_users(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Configuration | ErrorKind::MissingCredential | ErrorKind::TooManySteps | ErrorKind::Stored
    )
}
