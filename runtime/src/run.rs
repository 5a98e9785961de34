//! The engine: takes a run one step further.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Response, header};

use crate::call::{Call, Failure, Sent, Stop};
use crate::client::{Client, Settings};
use crate::datum::Datum;
use crate::error::{Error, ErrorKind};
use crate::exchange::Exchange;
use crate::held::Held;
use crate::observer::{ActionEvent, EventKind, Watch};
use crate::progress::Progress;
use crate::run_id::RunId;
use crate::shape::{Shape, StepName};
use crate::slot::Slot;
use crate::state::{Detour, END, Mode, State};
use crate::token;
use crate::transport::{Attempt, DynTransport, Limits, ResponseTooLarge, Transport};

/// What happens after an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// The next step of the list.
    Next,
    /// The workflow ends.
    End,
    /// The step with this index.
    Goto(usize),
    /// The workflow of this call, for good.
    Leave(usize),
    /// The same step once more, after so many seconds if the response does not say otherwise, and
    /// after a detour.
    Retry(Option<f64>, Option<Detour>),
}

/// What the compiler writes for each workflow; decisions are code, the rest is here.
pub trait Program: Send {
    /// The names of things.
    fn shape(&self) -> &'static Shape;

    /// The state.
    fn state(&self) -> &State;

    /// The state.
    fn state_mut(&mut self) -> &mut State;

    /// What is wrong with the inputs that are there.
    fn violations(&self) -> Vec<String> {
        Vec::new()
    }

    /// Makes the request of a step.
    ///
    /// # Errors
    /// An input is awaited, or the request cannot be made.
    fn prepare(&self, step: usize, call: &mut Call) -> Result<(), Stop>;

    /// Judges the response of a step and returns what the step keeps.
    ///
    /// # Errors
    /// A criterion is not met, or the response is not what an output needs.
    fn settle(&self, step: usize, exchange: &Exchange<'_>) -> Result<Vec<Option<Slot>>, Failure>;

    /// What happens after a step that has succeeded.
    fn succeeded(&mut self, _step: usize, _exchange: &Exchange<'_>) -> Action {
        Action::Next
    }

    /// What happens after a step that has failed; `None`: the workflow fails.
    fn failed(&mut self, _step: usize, _exchange: &Exchange<'_>) -> Option<Action> {
        None
    }

    /// An output of the workflow.
    fn output(&self, _output: usize) -> Option<Datum<'_>> {
        None
    }

    /// Starts the run of a call.
    ///
    /// # Errors
    /// An input is awaited, or one of the called workflow cannot be given.
    fn call(&mut self, _site: usize, _exchange: &Exchange<'_>) -> Result<(), Stop> {
        Ok(())
    }

    /// The run that was called.
    fn child(&mut self) -> Option<&mut dyn Program> {
        None
    }

    /// Forgets the run that was called.
    fn hang_up(&mut self) {}
}

/// A [`Program`] with the types that its user sees.
pub trait Workflow: Program {
    /// The enum of inputs.
    type Input;
    /// The outputs.
    type Outputs;

    /// The input with an index.
    fn input(index: usize) -> Option<Self::Input>;

    /// The outputs of a run that has ended.
    fn collect(&self) -> Option<Self::Outputs>;
}

/// Starts the inputs of a called workflow: what `write` writes as the members of an object.
///
/// # Errors
/// A value that is absent, or of another type than the input.
pub fn inputs<I: serde::de::DeserializeOwned>(
    workflow: &str,
    write: impl FnOnce(&mut crate::call::JsonBody<'_>) -> Result<(), Failure>,
) -> Result<I, Failure> {
    let written = crate::call::written(write)?;
    serde_json::from_str(&written.text()).map_err(|error| {
        Failure::new(
            ErrorKind::Request,
            format!("the inputs of workflow `{workflow}` cannot be given: {error}"),
        )
    })
}

/// [`Progress`] before it has types.
enum Advance {
    Advanced,
    Wait(Duration),
    Awaiting(Vec<usize>),
    Done,
}

/// Performs one attempt of the next step.
///
/// # Errors
/// The workflow failed; the run stands where it stood before.
pub async fn advance<P: Workflow, T: Transport>(
    program: &mut P,
    client: &Client<T>,
) -> Result<Progress<P::Input, P::Outputs>, Error> {
    let context = Context::new(client.transport(), client.settings());
    Ok(match attempt(program, context).await? {
        Advance::Advanced => Progress::Advanced,
        Advance::Wait(duration) => Progress::Wait(duration),
        Advance::Awaiting(inputs) => Progress::Awaiting(inputs.into_iter().filter_map(P::input).collect()),
        Advance::Done => Progress::Done(outputs(program)?),
    })
}

/// Advances until the run waits, awaits an input, or has ended.
///
/// # Errors
/// The workflow failed; the run stands where it stood before the failed attempt.
pub async fn advance_until_blocked<P: Workflow, T: Transport>(
    program: &mut P,
    client: &Client<T>,
) -> Result<Progress<P::Input, P::Outputs>, Error> {
    loop {
        match advance(program, client).await? {
            Progress::Advanced => {}
            blocked => return Ok(blocked),
        }
    }
}

/// Runs to the end, sleeping where the workflow waits.
///
/// # Errors
/// The workflow failed or needs an input that was not given; the run stands where it stood before
/// the failed attempt.
pub async fn finish<P: Workflow, T: Transport>(program: &mut P, client: &Client<T>) -> Result<P::Outputs, Error> {
    let context = Context::new(client.transport(), client.settings());
    #[cfg(feature = "tracing")]
    {
        use tracing::Instrument as _;
        let span = crate::trace::workflow(&watch(program, context));
        run(program, context).instrument(span).await?;
    }
    #[cfg(not(feature = "tracing"))]
    run(program, context).await?;
    outputs(program)
}

fn outputs<P: Workflow>(program: &P) -> Result<P::Outputs, Error> {
    program.collect().ok_or_else(|| {
        error(
            program,
            ErrorKind::Stored,
            "the run does not hold the outputs of the workflow",
        )
    })
}

/// What every attempt needs.
#[derive(Clone, Copy)]
struct Context<'a> {
    transport: &'a dyn DynTransport,
    settings: &'a Settings,
    /// How long the attempt may take because of a step that has called this run.
    limit: Option<Duration>,
    /// How many runs have called each other.
    depth: u32,
}

impl<'a> Context<'a> {
    fn new(transport: &'a dyn DynTransport, settings: &'a Settings) -> Self {
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
fn watch<'a>(program: &dyn Program, context: Context<'a>) -> Watch<'a> {
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
    loop {
        match attempt(program, context).await? {
            Advance::Advanced => {}
            Advance::Wait(duration) => {
                context.transport.sleep_dyn(duration).await;
                watch(program, context).tell(EventKind::Waited { duration });
            }
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
fn step_error(program: &dyn Program, failure: Failure, response: Option<Response<Bytes>>) -> Error {
    let state = program.state();
    let step = program.shape().steps.get(state.position).map(|step| step.id);
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
enum Outcome {
    /// The step is not done yet.
    Under(Advance),
    /// The step has been judged.
    Judged {
        result: Result<Vec<Option<Slot>>, Failure>,
        sent: Option<Sent>,
        response: Option<Response<Bytes>>,
    },
}

async fn attempt(program: &mut dyn Program, context: Context<'_>) -> Result<Advance, Error> {
    let before = watch(program, context);
    if program.state().position == END {
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
    if program.state().mode == Mode::Left {
        return match descend(program, context).await {
            Some(Ok(Advance::Done)) => {
                program.state_mut().position = END;
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
    let violations = program.violations();
    if !violations.is_empty() {
        return Err(error(program, ErrorKind::InvalidInput, violations.join("; ")));
    }
    if matches!(program.state().mode, Mode::DetourStep(_) | Mode::DetourCall) {
        return detoured(program, step, context).await;
    }
    let outcome = match program.shape().steps.get(step).and_then(|step| step.call) {
        Some(site) => call_step(program, step, site, context).await?,
        None => request_step(program, step, context).await?,
    };
    let (result, sent, response) = match outcome {
        Outcome::Under(advance) => return Ok(advance),
        Outcome::Judged { result, sent, response } => (result, sent, response),
    };
    match result {
        Ok(kept) => {
            if let Some(slot) = program.state_mut().steps.get_mut(step) {
                *slot = Some(kept);
            }
            let exchange = Exchange::new(sent.as_ref(), response.as_ref(), watch(program, context));
            let action = program.succeeded(step, &exchange);
            let name = exchange.action();
            program.hang_up();
            follow(program, step, (action, name), sent.as_ref(), response.as_ref(), context)
        }
        Err(failure) => {
            if sent.is_some() && program.state().asked.content.is_some() {
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
    let action = program.failed(step, &exchange);
    let name = exchange.action();
    program.hang_up();
    program.state_mut().mode = Mode::Step;
    match action {
        None => Err(given_up(program, step, failure, response)),
        Some(Action::End) => {
            watch(program, context).action(name, ActionEvent::End);
            let failure = Failure {
                kind: ErrorKind::Ended,
                ..failure
            };
            Err(given_up(program, step, failure, response))
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
fn count(program: &mut dyn Program, context: Context<'_>) -> Result<(), Error> {
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
fn call(program: &mut dyn Program, step: usize, site: usize, exchange: &Exchange<'_>, kind: &str) -> Result<(), Stop> {
    program.call(site, exchange)?;
    let step = program.shape().steps.get(step).map_or("", |step| step.id);
    let (caller, visit) = (program.state().id, program.state().visit.to_string());
    if let Some(child) = program.child() {
        let target = child.shape().workflow;
        child.state_mut().id = caller.derive(&["run", step, &visit, kind, target]);
    }
    Ok(())
}

/// What a detour is called in ids.
fn detour_name(program: &dyn Program) -> String {
    format!("detour {}", program.state().detours)
}

/// Makes the failure of a dependency that was jumped over.
fn unmet_dependency(program: &dyn Program, step: usize) -> Option<Failure> {
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
    let on_the_way = matches!(program.state().mode, Mode::DetourStep(_));
    let under_way = program.state().mode == Mode::Call || (on_the_way && program.child().is_some());
    if !under_way {
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
            Ok(()) if on_the_way => {}
            Ok(()) => program.state_mut().mode = Mode::Call,
            Err(Stop::Awaiting(inputs)) => {
                program.state_mut().attempts = program.state().attempts.saturating_sub(1);
                return Ok(Outcome::Under(Advance::Awaiting(inputs)));
            }
            Err(Stop::Failed(failure)) => {
                return Ok(Outcome::Judged {
                    result: Err(failure),
                    sent: None,
                    response: None,
                });
            }
        }
        program.state_mut().spent = 0;
    }
    let allowed = program.shape().steps.get(step).and_then(|step| step.timeout);
    let left = allowed.map(|allowed| Duration::from_millis(allowed.saturating_sub(program.state().spent)));
    let limit = match (left, context.limit) {
        (Some(left), Some(limit)) => Some(left.min(limit)),
        (left, limit) => left.or(limit),
    };
    let started = context.transport.now_dyn();
    let descended = descend(program, Context { limit, ..context }).await;
    let elapsed = context.transport.now_dyn().saturating_duration_since(started);
    let mut spent = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    if let Some(Ok(Advance::Wait(duration))) = &descended {
        spent = spent.saturating_add(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX));
    }
    let total = program.state().spent.saturating_add(spent);
    program.state_mut().spent = total;
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
            let result = program.settle(step, &Exchange::new(None, None, watch(program, context)));
            Outcome::Judged {
                result,
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
                sent: None,
                response: None,
            }
        }
        Some(Ok(advance)) => Outcome::Under(advance),
        // What the user has to mend is no failure of the step.
        Some(Err(error)) if is_the_users(&error) => return Err(error),
        Some(Err(error)) => Outcome::Judged {
            result: Err(nested(error)),
            sent: None,
            response: None,
        },
    })
}

/// Whether an error is the user's to mend, and no failure that the document could handle.
fn is_the_users(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Configuration | ErrorKind::MissingCredential | ErrorKind::TooManySteps | ErrorKind::Stored
    )
}

/// One attempt of a step that makes a request.
async fn request_step(program: &mut dyn Program, step: usize, context: Context<'_>) -> Result<Outcome, Error> {
    let mut call = Call::new();
    let prepared = match unmet_dependency(program, step) {
        Some(failure) => Err(failure),
        None => match program.prepare(step, &mut call) {
            Err(Stop::Awaiting(inputs)) => return Ok(Outcome::Under(Advance::Awaiting(inputs))),
            Err(Stop::Failed(failure)) => Err(failure),
            Ok(()) => {
                call.key(context.settings, |content| idempotency_key(program, step, content));
                authorised(&call, context, None).await
            }
        },
    };
    // What the user has to mend is no failure of the step: no action of the document can help.
    let prepared = match prepared {
        Err(failure) if matches!(failure.kind, ErrorKind::Configuration | ErrorKind::MissingCredential) => {
            return Err(step_error(program, failure, None));
        }
        other => other,
    };
    count(program, context)?;
    program.state_mut().attempt();
    let watch = Watch {
        step: Some(step),
        ..watch(program, context)
    };
    let attempt = Attempt {
        step: StepName {
            file: program.shape().file,
            workflow: program.shape().workflow,
            step: watch.step_id().unwrap_or_default(),
        },
        run: watch.run,
        number: program.state().attempts,
        operation: call.described(),
    };
    let (request, sent, token) = match prepared {
        Ok(made) => made,
        Err(failure) => {
            return Ok(Outcome::Judged {
                result: Err(failure),
                sent: None,
                response: None,
            });
        }
    };
    let own = program
        .shape()
        .steps
        .get(step)
        .and_then(|step| step.timeout)
        .map(Duration::from_millis);
    let limit = [own, context.settings.timeout, context.limit]
        .into_iter()
        .flatten()
        .min();
    let mut sent = sent;
    let mut exchanged = attempted(context, request, limit, &watch, attempt, &sent).await;
    // A token may have been taken back before its time: one new one, then the answer counts.
    let refused = |response: &Response<Bytes>| response.status() == http::StatusCode::UNAUTHORIZED;
    if token.is_some() && exchanged.as_ref().is_ok_and(refused) {
        match authorised(&call, context, token).await {
            Ok((request, again, _)) => {
                sent = again;
                exchanged = attempted(context, request, limit, &watch, attempt, &sent).await;
            }
            Err(failure) if failure.kind == ErrorKind::MissingCredential => {
                return Err(step_error(program, failure, exchanged.ok()));
            }
            Err(failure) => exchanged = Err(failure),
        }
    }
    Ok(match exchanged {
        Err(failure) if failure.kind == ErrorKind::Configuration => return Err(step_error(program, failure, None)),
        Ok(response) => {
            let result = program.settle(step, &Exchange::new(Some(&sent), Some(&response), watch));
            Outcome::Judged {
                result,
                sent: Some(sent),
                response: Some(response),
            }
        }
        Err(failure) => Outcome::Judged {
            result: Err(failure),
            sent: Some(sent),
            response: None,
        },
    })
}

/// The key of a request with this hash, the same however often it is sent in one visit of its step.
fn idempotency_key(program: &mut dyn Program, step: usize, content: u64) -> RunId {
    let id = program.shape().steps.get(step).map_or("", |step| step.id);
    let state = program.state_mut();
    // A detour is another request each time that it is made.
    let (kind, content) = match state.mode {
        Mode::DetourStep(_) => (format!("detour {}", state.detours), content),
        _ => (String::new(), state.asked.content(content)),
    };
    let (visit, content) = (state.visit.to_string(), content.to_string());
    state.id.derive(&["key", id, &visit, &kind, &content])
}

/// Sends the request of a step.
async fn attempted(
    context: Context<'_>,
    mut request: http::Request<Bytes>,
    limit: Option<Duration>,
    watch: &Watch<'_>,
    attempt: Attempt,
    sent: &Sent,
) -> Result<Response<Bytes>, Failure> {
    let operation = attempt.operation;
    request.extensions_mut().insert(attempt);
    watch.tell(EventKind::Request {
        operation: operation.name,
        method: operation.method,
        server: sent.base(),
        path: operation.path,
        attempt: attempt.number,
    });
    #[cfg(feature = "tracing")]
    let span = crate::trace::request(operation, sent.base(), request.uri(), attempt.number);
    let started = context.transport.now_dyn();
    let sending = exchange(context.transport, request, limit, context.settings);
    #[cfg(feature = "tracing")]
    let sending = tracing::Instrument::instrument(sending, span.clone());
    let result = sending.await;
    let elapsed = context.transport.now_dyn().saturating_duration_since(started);
    #[cfg(feature = "tracing")]
    crate::trace::answered(&span, result.as_ref());
    watch.tell(match &result {
        Ok(response) => EventKind::Response {
            status: response.status().as_u16(),
            bytes: response.body().len(),
            elapsed,
        },
        Err(failure) => EventKind::NoResponse {
            error: failure.kind,
            elapsed,
        },
    });
    result
}

/// The request with its credentials, and the token among them.
async fn authorised(
    call: &Call,
    context: Context<'_>,
    refused: Option<String>,
) -> Result<(http::Request<Bytes>, Sent, Option<String>), Failure> {
    let settings = context.settings;
    let token = match call.token(settings)? {
        None => None,
        Some(wanted) => {
            let place = settings.tokens.cell(&wanted);
            let mut known = place.lock().await;
            let usable = token::usable(known.as_ref(), refused.as_deref());
            if usable.is_some() {
                usable
            } else {
                *known = None;
                let limit = [settings.timeout, context.limit].into_iter().flatten().min();
                let mut request = wanted.request()?;
                let limits = crate::transport::Limits::new(settings.max_response_bytes);
                request.extensions_mut().insert(limits);
                let response = exchange(context.transport, request, limit, settings).await?;
                let token = token::Token::read(&response)?;
                let text = token.text.clone();
                *known = Some(token);
                Some(text)
            }
        }
    };
    let (request, sent) = call.clone().finish(settings, token.as_deref())?;
    Ok((request, sent, token))
}

/// One attempt of what a retry does on its way. When it is done, the step is next again; when it
/// fails, that counts as a failed attempt of the step, with the step's own last exchange.
async fn detoured(program: &mut dyn Program, step: usize, context: Context<'_>) -> Result<Advance, Error> {
    let failure = match program.state().mode {
        Mode::DetourStep(other) => {
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
    program.hang_up();
    let held = program.state_mut().held.take();
    program.state_mut().mode = Mode::Step;
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
            program.state_mut().enter(next.unwrap_or(END));
        }
        Action::End => {
            watch.action(name, ActionEvent::End);
            program.state_mut().enter(END);
        }
        Action::Goto(target) => {
            watch.action(
                name,
                ActionEvent::Goto(shape.steps.get(target).map_or("", |step| step.id)),
            );
            program.state_mut().enter(target);
        }
        Action::Leave(site) => {
            watch.action(name, ActionEvent::Leave);
            called(program, step, site, "leave", sent, response, context)?;
            program.state_mut().mode = Mode::Left;
            return Ok(Advance::Advanced);
        }
        Action::Retry(after, detour) => {
            let told = response
                .and_then(retry_after)
                .map(|wait| wait.min(context.settings.max_retry_after));
            let own = || after.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            let wait = told.or_else(own).unwrap_or_default();
            watch.action(name, ActionEvent::Retry { wait });
            if let Some(detour) = detour {
                let detours = program.state().detours.saturating_add(1);
                program.state_mut().detours = detours;
                let mode = match detour {
                    Detour::Step(other) => Mode::DetourStep(other),
                    Detour::Call(site) => {
                        let kind = detour_name(program);
                        called(program, step, site, &kind, sent, response, context)?;
                        Mode::DetourCall
                    }
                };
                let state = program.state_mut();
                state.mode = mode;
                state.held = Some(Held::new(sent, response));
            }
            if !wait.is_zero() {
                return Ok(Advance::Wait(wait));
            }
        }
    }
    Ok(if program.state().position == END {
        Advance::Done
    } else {
        Advance::Advanced
    })
}

/// Starts the run of the workflow that an action names.
fn called(
    program: &mut dyn Program,
    step: usize,
    site: usize,
    kind: &str,
    sent: Option<&Sent>,
    response: Option<&Response<Bytes>>,
    context: Context<'_>,
) -> Result<(), Error> {
    let exchange = Exchange::new(sent, response, watch(program, context));
    call(program, step, site, &exchange, kind).map_err(|stop| match stop {
        Stop::Awaiting(inputs) => missing_inputs(program, &inputs),
        Stop::Failed(failure) => step_error(program, failure, response.cloned()),
    })
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
fn retry_after(response: &Response<Bytes>) -> Option<Duration> {
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

async fn exchange(
    transport: &dyn DynTransport,
    mut request: http::Request<Bytes>,
    limit: Option<Duration>,
    settings: &Settings,
) -> Result<Response<Bytes>, Failure> {
    if let Some(limits) = request.extensions_mut().get_mut::<Limits>() {
        limits.timeout = limit;
    }
    let sending = transport.send_dyn(request);
    let result = match limit {
        None => sending.await,
        Some(limit) => match within(sending, transport.sleep_dyn(limit)).await {
            Some(result) => result,
            None => {
                return Err(Failure::new(
                    ErrorKind::Timeout,
                    format!("no response within {} ms", limit.as_millis()),
                ));
            }
        },
    };
    match result {
        Ok(response) if response.body().len() > settings.max_response_bytes => {
            let source = ResponseTooLarge::new(settings.max_response_bytes);
            Err(Failure {
                source: Some(source.into()),
                ..Failure::new(ErrorKind::Response, format!("{source}"))
            })
        }
        Ok(response) => Ok(response),
        Err(error) => {
            // What the user has to mend, says the transport: no action of the document can help.
            if let Some(own) = error.downcast_ref::<Error>()
                && own.kind() == ErrorKind::Configuration
            {
                return Err(Failure::new(ErrorKind::Configuration, own.to_string()));
            }
            let large = error.downcast_ref::<ResponseTooLarge>().copied();
            let failure = match large {
                Some(large) => Failure::new(ErrorKind::Response, large.to_string()),
                None => Failure::new(
                    ErrorKind::Transport,
                    "the request could not be sent or no response came",
                ),
            };
            Err(Failure {
                source: Some(error),
                ..failure
            })
        }
    }
}

/// The output of `work`, or `None` if `timer` is done first.
async fn within<W: Future, S: Future<Output = ()>>(work: W, timer: S) -> Option<W::Output> {
    let mut work = pin!(work);
    let mut timer = pin!(timer);
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}
