//! The engine: takes a run one step further.

pub(crate) mod budget;
pub(crate) mod preflight;
pub(crate) mod program;
pub(crate) mod request;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Response, header};

use crate::client::Settings;
use crate::engine::program::{Action, Child, Frame, Program};
use crate::engine::request::request_step;
use crate::error::{Error, ErrorKind};
use crate::json::slot::Slot;
use crate::observer::{ActionEvent, EventKind, Watch};
use crate::run::last_exchange::Held;
use crate::run::state::{Detour, Stage};
use crate::transport::DynTransport;
use crate::wire::call::{Failure, Sent, Stop};
use crate::wire::exchange::Exchange;

/// [`Progress`] before it has types.
pub(crate) enum Advance {
    Advanced,
    Wait(Duration),
    Awaiting(Vec<usize>),
    Done,
}

/// A future of the engine. In a box, and made by functions that are not generic: so it is compiled once, in this crate,
/// and not in every crate that polls it.
type Engine<'a, O> = Pin<Box<dyn Future<Output = Result<O, Error>> + Send + 'a>>;

/// [`attempt`]
pub(crate) fn boxed_attempt<'a>(program: &'a mut dyn Program, context: Context<'a>) -> Engine<'a, Advance> {
    Box::pin(attempt(program, context))
}

/// [`finish`]
pub(crate) fn boxed_finish<'a>(program: &'a mut dyn Program, context: Context<'a>) -> Engine<'a, ()> {
    Box::pin(finish(program, context))
}

/// Runs to the end, sleeping where the workflow waits.
async fn finish(program: &mut dyn Program, context: Context<'_>) -> Result<(), Error> {
    #[cfg(feature = "tracing")]
    {
        use tracing::Instrument as _;
        let span = crate::trace::workflow(&watch(program, context));
        run(program, context).instrument(span).await
    }
    #[cfg(not(feature = "tracing"))]
    run(program, context).await
}

/// What a run returns that has ended.
pub(crate) fn collected<O>(program: &dyn Program, collect: impl FnOnce(&Frame<'_>) -> Option<O>) -> Result<O, Error> {
    let collected = budget::within(|| collect(&program.frame()));
    let collected = collected.map_err(|failure| error(program, failure.kind, failure.message))?;
    collected.ok_or_else(|| {
        error(
            program,
            ErrorKind::Stored,
            "the run does not hold the outputs of the workflow",
        )
    })
}

/// What every attempt needs.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) transport: &'a dyn DynTransport,
    pub(crate) settings: &'a Settings,
    /// How long the attempt may take because of a step that has called this run.
    pub(crate) limit: Option<Duration>,
    /// How many runs have called each other.
    depth: u32,
}

impl<'a> Context<'a> {
    pub(crate) fn new(transport: &'a dyn DynTransport, settings: &'a Settings) -> Self {
        Self {
            transport,
            settings,
            limit: None,
            depth: 0,
        }
    }
}

/// How many runs may call each other: as many as can be stored, since `serde_json` reads no JSON that is
/// nested deeper than 128 levels and each run in another one takes two.
const DEPTH: u32 = 40;

/// Tells of the run as it stands.
pub(crate) fn watch<'a>(program: &dyn Program, context: Context<'a>) -> Watch<'a> {
    let state = program.state();
    Watch {
        observer: context.settings.observer.as_deref(),
        run: state.id,
        shape: program.shape(),
        depth: context.depth,
        step: state.position(),
    }
}

async fn run(program: &mut dyn Program, context: Context<'_>) -> Result<(), Error> {
    // A wait that was cut off starts anew: an API that has asked for it is not called early.
    let mut owed = program.state().owed;
    loop {
        if let Some(duration) = owed {
            program.state_mut().owed = owed;
            context.transport.sleep_dyn(duration).await;
            watch(program, context).tell(EventKind::Waited { duration });
        }
        match attempt(program, context).await? {
            Advance::Advanced => owed = None,
            Advance::Wait(duration) => owed = Some(duration),
            Advance::Awaiting(inputs) => return Err(told_missing(program, context, &inputs)),
            Advance::Done => return Ok(()),
        }
    }
}

/// [`missing_inputs`], told to whoever watches.
fn told_missing(program: &dyn Program, context: Context<'_>, inputs: &[usize]) -> Error {
    if program.state().total > 0 {
        watch(program, context).tell(EventKind::Finished {
            error: Some(ErrorKind::MissingInput),
        });
    }
    missing_inputs(program, inputs)
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
    let (inputs, are, were) = if names.len() == 1 {
        ("input", "is", "was")
    } else {
        ("inputs", "are", "were")
    };
    let message = format!(
        "the {inputs} {} {are} needed by step `{step}` and {were} not given",
        names.join(", ")
    );
    error(program, ErrorKind::MissingInput, message)
}

fn error(program: &dyn Program, kind: ErrorKind, message: impl Into<String>) -> Error {
    let shape = program.shape();
    Error::new(kind, message).with(|inner| {
        inner.workflow = shape.workflow;
        inner.file = shape.file;
    })
}

/// The error of a failed attempt.
pub(crate) fn step_error(program: &dyn Program, failure: Failure, response: Option<Response<Bytes>>) -> Error {
    let state = program.state();
    let step = state.position().and_then(|step| program.shape().steps.get(step));
    let step = step.map(|step| step.id);
    error(program, failure.kind, failure.message).with(|inner| {
        inner.step = step;
        inner.place = failure.place;
        inner.attempts = state.attempts;
        inner.response = failure.response.map(|response| *response).or(response);
        inner.source = failure.source;
    })
}

/// The failure of a step whose called workflow has failed.
fn nested(error: Error) -> Failure {
    let (error, response) = error.without_response();
    let message = format!("workflow `{}` failed: {error}", error.workflow());
    Failure {
        source: Some(Box::new(error)),
        response: response.map(Box::new),
        ..Failure::new(ErrorKind::Nested, message)
    }
}

/// What an attempt came to.
#[allow(clippy::large_enum_variant, reason = "it is moved once and never kept")]
pub(crate) enum Outcome {
    /// The step is not done yet.
    Under(Advance),
    /// The step has been judged.
    Judged {
        result: Result<Vec<Option<Slot>>, Failure>,
        /// Whether a request was sent.
        asked: bool,
        /// The request, where expressions read it.
        sent: Option<Sent>,
        response: Option<Response<Bytes>>,
    },
}

async fn attempt(program: &mut dyn Program, context: Context<'_>) -> Result<Advance, Error> {
    let before = watch(program, context);
    program.state_mut().owed = None;
    if matches!(program.state().stage, Stage::Ended(_)) {
        return Ok(Advance::Done);
    }
    #[cfg(feature = "tracing")]
    let result = {
        use tracing::Instrument as _;
        attempt_step(program, context)
            .instrument(crate::trace::step(&before))
            .await
    };
    #[cfg(not(feature = "tracing"))]
    let result = attempt_step(program, context).await;
    match &result {
        Ok(Advance::Done) => before.tell(EventKind::Finished { error: None }),
        // A run that could not even start has not ended.
        Err(error) if program.state().total > 0 => before.tell(EventKind::Finished {
            error: Some(error.kind()),
        }),
        _ => {}
    }
    result
}

async fn attempt_step(program: &mut dyn Program, context: Context<'_>) -> Result<Advance, Error> {
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
                "the run has left for a workflow that it does not hold",
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
        && let Err((step, failure)) = crate::engine::preflight::preflight(program.shape(), context.settings)
    {
        let error = error(program, failure.kind, failure.message);
        return Err(error.with(|inner| inner.step = step));
    }
    if matches!(
        program.state().stage,
        Stage::DetourStep { .. } | Stage::DetourCall { .. }
    ) {
        return Box::pin(detoured(program, step, context)).await;
    }
    let outcome = match program.shape().steps.get(step).and_then(|step| step.call) {
        Some(site) => Box::pin(call_step(program, step, site, context)).await?,
        None => request_step(program, step, context).await?,
    };
    let (result, asked, sent, response) = match outcome {
        Outcome::Under(advance) => return Ok(advance),
        Outcome::Judged {
            result,
            asked,
            sent,
            response,
        } => (result, asked, sent, response),
    };
    match result {
        Ok(kept) => {
            if let Some(slot) = program.state_mut().steps.get_mut(step) {
                *slot = Some(kept);
            }
            let exchange = Exchange::new(sent.as_ref(), response.as_ref(), watch(program, context));
            let choose = || program.choose(&exchange, |shape, run, exchange| (shape.succeeded)(run, step, exchange));
            let action = budget::within(choose);
            let name = exchange.action();
            let action = match action {
                Ok(action) => action,
                Err(failure) => return Err(given_up(program, step, failure, response)),
            };
            program.state_mut().back(step);
            follow(program, step, (action, name), sent.as_ref(), response.as_ref(), context)
        }
        Err(failure) => {
            if asked && program.state().asked.content.is_some() {
                let refused = response.as_ref().is_some_and(|response| refused(response.status()));
                let asked = &mut program.state_mut().asked;
                asked.refused = refused;
                asked.unsure |= !refused;
            }
            fail(program, step, failure, sent.as_ref(), response, context)
        }
    }
}

/// Decides what happens after a step has failed.
fn fail(
    program: &mut dyn Program,
    step: usize,
    failure: Failure,
    sent: Option<&Sent>,
    response: Option<Response<Bytes>>,
    context: Context<'_>,
) -> Result<Advance, Error> {
    let exchange = Exchange::new(sent, response.as_ref(), watch(program, context));
    let choose = || program.choose(&exchange, |shape, run, exchange| (shape.failed)(run, step, exchange));
    let action = budget::within(choose);
    let name = exchange.action();
    program.state_mut().back(step);
    let action = match action {
        Ok(action) => action,
        Err(excess) => return Err(given_up(program, step, excess, response)),
    };
    match action {
        None => Err(given_up(program, step, failure, response)),
        Some(Action::End) => {
            watch(program, context).action(name, ActionEvent::End);
            let failure = Failure {
                kind: ErrorKind::Ended,
                ..failure
            };
            Err(given_up(program, step, failure, response).with(|inner| inner.action = name))
        }
        Some(action) => follow(program, step, (action, name), sent, response.as_ref(), context),
    }
}

/// Leaves a step that has failed for good. Whoever mends the run and goes on enters it anew.
fn given_up(program: &mut dyn Program, step: usize, failure: Failure, response: Option<Response<Bytes>>) -> Error {
    program.state_mut().retries.retain(|(of, _), _| *of != step);
    step_error(program, failure, response)
}

/// Whether a request with this answer has had no effect: what it says was refused, neither its moment
/// nor its number.
fn refused(status: http::StatusCode) -> bool {
    status.is_client_error() && !matches!(status.as_u16(), 408 | 409 | 425 | 429)
}

/// An attempt of a run that was called.
type Descent<'a> = Pin<Box<dyn Future<Output = Option<Result<Advance, Error>>> + Send + 'a>>;

/// Takes the run that was called one attempt further; `None` where there is none.
///
/// Behind a pointer, since runs call each other.
fn descend<'a>(program: &'a mut dyn Program, context: Context<'a>) -> Descent<'a> {
    Box::pin(async move {
        if context.depth >= DEPTH {
            let message = format!("more than {DEPTH} workflows have called each other");
            return Some(Err(error(program, ErrorKind::TooManySteps, message)));
        }
        if let Err(error) = count(program, context) {
            return Some(Err(error));
        }
        let child = program.child()?;
        let context = Context {
            depth: context.depth + 1,
            ..context
        };
        Some(match attempt(child, context).await {
            Ok(Advance::Awaiting(inputs)) => Err(told_missing(program.child()?, context, &inputs)),
            other => other,
        })
    })
}

/// Counts an attempt.
pub(crate) fn count(program: &mut dyn Program, context: Context<'_>) -> Result<(), Error> {
    let settings = context.settings;
    if program.state().total >= settings.max_steps {
        let message = format!(
            "the run made {} step attempts, as many as the client allows",
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

/// Starts the run of a call. Its id follows from that of the caller, the step, its visit and what the
/// call is for, so that an attempt that is made again after a crash makes the same run.
fn call(program: &dyn Program, step: usize, site: usize, exchange: &Exchange<'_>, kind: &str) -> Result<Child, Stop> {
    let mut child = budget::within(|| program.call(site, exchange))??;
    let step = program.shape().steps.get(step).map_or("", |step| step.id);
    let (caller, visit) = (program.state().id, program.state().visit.to_string());
    let target = child.0.shape().workflow;
    child.0.state_mut().id = caller.derive(&["run", step, &visit, kind, target]);
    Ok(child)
}

/// What a detour is called in ids.
fn detour_name(program: &dyn Program) -> String {
    format!("detour {}", program.state().detours)
}

/// Makes the failure of a dependency that was jumped over.
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
        format!("step `{name}`, which it depends on, has not succeeded"),
    ))
}

/// One attempt of a step that calls a workflow.
async fn call_step(
    program: &mut dyn Program,
    step: usize,
    site: usize,
    context: Context<'_>,
) -> Result<Outcome, Error> {
    let on_the_way = matches!(program.state().stage, Stage::DetourStep { .. });
    if program.state_mut().called().is_none() {
        program.state_mut().attempt();
        let kind = if on_the_way {
            detour_name(program)
        } else {
            "call".to_owned()
        };
        let started = if let Some(failure) = unmet_dependency(program, step) {
            Err(Stop::Failed(failure))
        } else {
            let nothing = Exchange::new(None, None, watch(program, context));
            call(program, step, site, &nothing, &kind)
        };
        match started {
            Ok(child) => program.state_mut().call(child),
            Err(Stop::Awaiting(inputs)) => {
                program.state_mut().attempts = program.state().attempts.saturating_sub(1);
                return Ok(Outcome::Under(Advance::Awaiting(inputs)));
            }
            Err(Stop::Failed(failure)) => {
                return Ok(Outcome::Judged {
                    result: Err(failure),
                    asked: false,
                    sent: None,
                    response: None,
                });
            }
        }
    }
    let spent = program.state_mut().called().map_or(0, |called| called.spent);
    let allowed = program.shape().steps.get(step).and_then(|step| step.timeout);
    let left = allowed.map(|allowed| Duration::from_millis(allowed.saturating_sub(spent)));
    let limit = match (left, context.limit) {
        (Some(left), Some(limit)) => Some(left.min(limit)),
        (left, limit) => left.or(limit),
    };
    let started = context.transport.now_dyn();
    let descended = descend(program, Context { limit, ..context }).await;
    let elapsed = context.transport.now_dyn().saturating_duration_since(started);
    let mut total = spent.saturating_add(milliseconds(elapsed));
    if let Some(Ok(Advance::Wait(duration))) = &descended {
        total = total.saturating_add(milliseconds(*duration));
    }
    if let Some(called) = program.state_mut().called() {
        called.spent = total;
    }
    let timed_out = || {
        Failure::new(
            ErrorKind::Timeout,
            format!("the workflow did not end within {} ms", allowed.unwrap_or_default()),
        )
    };
    Ok(match descended {
        None => {
            return Err(error(
                program,
                ErrorKind::Stored,
                "the run has called a workflow that it does not hold",
            ));
        }
        Some(Ok(Advance::Done)) => {
            let settled = || program.settle(step, &Exchange::new(None, None, watch(program, context)));
            let result = budget::within(settled).and_then(|result| result);
            Outcome::Judged {
                result,
                asked: false,
                sent: None,
                response: None,
            }
        }
        Some(Ok(_)) if allowed.is_some_and(|allowed| total >= allowed) => {
            let below = Context {
                depth: context.depth + 1,
                ..context
            };
            if let Some(child) = program.child() {
                watch(child, below).tell(EventKind::Finished {
                    error: Some(ErrorKind::Timeout),
                });
            }
            Outcome::Judged {
                result: Err(timed_out()),
                asked: false,
                sent: None,
                response: None,
            }
        }
        Some(Ok(advance)) => Outcome::Under(advance),
        // What the user has to mend is no failure of the step.
        Some(Err(error)) if is_the_users(&error) => return Err(error),
        Some(Err(error)) => Outcome::Judged {
            result: Err(nested(error)),
            asked: false,
            sent: None,
            response: None,
        },
    })
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Whether an error is the user's to mend, and no failure that the document could handle.
fn is_the_users(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Configuration | ErrorKind::MissingCredential | ErrorKind::TooManySteps | ErrorKind::Stored
    )
}

/// One attempt of what a retry does on its way. When it is done, the step is next again; when it
/// fails, that counts as a failed attempt of the step, with the step's own last exchange.
async fn detoured(program: &mut dyn Program, step: usize, context: Context<'_>) -> Result<Advance, Error> {
    let failure = match program.state().stage {
        Stage::DetourStep { other, .. } => {
            let attempts = program.state().attempts;
            let outcome = match program.shape().steps.get(other).and_then(|step| step.call) {
                Some(site) => call_step(program, other, site, context).await,
                None => request_step(program, other, context).await,
            };
            program.state_mut().attempts = attempts;
            match outcome? {
                Outcome::Under(advance) => return Ok(advance),
                Outcome::Judged { result: Ok(kept), .. } => {
                    if let Some(slot) = program.state_mut().steps.get_mut(other) {
                        *slot = Some(kept);
                    }
                    None
                }
                Outcome::Judged {
                    result: Err(failure), ..
                } => {
                    let id = program.shape().steps.get(other).map_or("", |step| step.id);
                    Some(Failure {
                        message: format!("on the way to a retry, step `{id}` failed: {}", failure.message),
                        ..failure
                    })
                }
            }
        }
        _ => match descend(program, context).await {
            None => {
                return Err(error(
                    program,
                    ErrorKind::Stored,
                    "the run has called a workflow that it does not hold",
                ));
            }
            Some(Ok(Advance::Done)) => None,
            Some(Ok(advance)) => return Ok(advance),
            Some(Err(error)) if is_the_users(&error) => return Err(error),
            Some(Err(error)) => Some(nested(error)),
        },
    };
    let held = program.state_mut().back(step);
    match failure {
        None => Ok(Advance::Advanced),
        Some(failure) => {
            let (sent, response) = held.map_or((None, None), Held::into_parts);
            fail(program, step, failure, sent.as_ref(), response, context)
        }
    }
}

fn follow(
    program: &mut dyn Program,
    step: usize,
    (action, name): (Action, Option<&'static str>),
    sent: Option<&Sent>,
    response: Option<&Response<Bytes>>,
    context: Context<'_>,
) -> Result<Advance, Error> {
    let shape = program.shape();
    let watch = watch(program, context);
    match action {
        Action::Next => {
            let next = shape.steps.get(step).and_then(|step| step.next);
            program.state_mut().enter(next);
        }
        Action::End => {
            watch.action(name, ActionEvent::End);
            program.state_mut().enter(None);
        }
        Action::Goto(target) => {
            watch.action(
                name,
                ActionEvent::Goto(shape.steps.get(target).map_or("", |step| step.id)),
            );
            program.state_mut().enter(Some(target));
        }
        Action::Leave(site) => {
            watch.action(name, ActionEvent::Leave);
            let child = called(program, step, site, "leave", sent, response, context)?;
            program.state_mut().leave(step, child);
            return Ok(Advance::Advanced);
        }
        Action::Retry(after, detour) => {
            let told = response
                .and_then(|response| retry_after(response, context.transport))
                .map(|wait| wait.min(context.settings.max_retry_after));
            let own = || after.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            let wait = told.or_else(own).unwrap_or_default();
            watch.action(name, ActionEvent::Retry { wait });
            if let Some(detour) = detour {
                let detours = program.state().detours.saturating_add(1);
                program.state_mut().detours = detours;
                let held = Held::new(sent, response);
                match detour {
                    Detour::Step(other) => program.state_mut().detour_step(step, other, held),
                    Detour::Call(site) => {
                        let kind = detour_name(program);
                        let child = called(program, step, site, &kind, sent, response, context)?;
                        program.state_mut().detour_call(step, child, held);
                    }
                }
            }
            if !wait.is_zero() {
                return Ok(Advance::Wait(wait));
            }
        }
    }
    Ok(if program.state().position().is_none() {
        Advance::Done
    } else {
        Advance::Advanced
    })
}

/// Starts the run of the workflow that an action names.
fn called(
    program: &dyn Program,
    step: usize,
    site: usize,
    kind: &str,
    sent: Option<&Sent>,
    response: Option<&Response<Bytes>>,
    context: Context<'_>,
) -> Result<Child, Error> {
    let exchange = Exchange::new(sent, response, watch(program, context));
    call(program, step, site, &exchange, kind).map_err(|stop| match stop {
        Stop::Awaiting(inputs) => missing_inputs(program, &inputs),
        Stop::Failed(failure) => step_error(program, failure, response.cloned()),
    })
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
fn retry_after(response: &Response<Bytes>, transport: &dyn DynTransport) -> Option<Duration> {
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(transport.system_time_dyn()).unwrap_or_default())
}
