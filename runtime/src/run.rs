//! The engine: takes a run one step further.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Response, header};

use crate::call::{Call, Failure, Stop};
use crate::client::{Client, Settings};
use crate::datum::Datum;
use crate::error::{Error, ErrorKind};
use crate::exchange::Exchange;
use crate::progress::Progress;
use crate::slot::Slot;
use crate::transport::{DynTransport, ResponseTooLarge, Transport};

/// A workflow as the compiler writes it down.
#[derive(Debug)]
pub struct Shape {
    /// `workflowId`
    pub workflow: &'static str,
    /// The document's path, relative to the package.
    pub file: &'static str,
    /// The names of the inputs.
    pub inputs: &'static [&'static str],
    /// The steps in the order of the list.
    pub steps: &'static [StepShape],
}

/// A step as the compiler writes it down.
#[derive(Debug)]
pub struct StepShape {
    /// `stepId`
    pub id: &'static str,
    /// The names of its outputs.
    pub outputs: &'static [&'static str],
    /// How long an attempt may take, in milliseconds.
    pub timeout: Option<u64>,
}

/// The part of a run that is the same for every workflow.
#[derive(Clone, Debug, Default)]
pub struct State {
    /// The index of the step that is next; behind the last when the workflow has ended.
    pub(crate) position: usize,
    /// What each step has kept.
    pub(crate) steps: Vec<Option<Vec<Option<Slot>>>>,
    /// Retries that were made, by step and action, since the step was entered.
    pub(crate) retries: BTreeMap<(usize, usize), u64>,
    /// Attempts of the step that is next, since it was entered.
    pub(crate) attempts: u32,
    /// Attempts of all steps.
    pub(crate) total: u32,
}

/// The position of a run that has ended.
pub(crate) const END: usize = usize::MAX;

impl State {
    /// A run that stands before its first step.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        Self {
            position: if shape.steps.is_empty() { END } else { 0 },
            steps: vec![None; shape.steps.len()],
            ..Self::default()
        }
    }

    /// The index of the step that is next.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        (self.position != END).then_some(self.position)
    }

    /// Whether a step has succeeded.
    #[must_use]
    pub fn has(&self, step: usize) -> bool {
        self.steps.get(step).is_some_and(Option::is_some)
    }

    /// An output of a step.
    #[must_use]
    pub fn output(&self, step: usize, output: usize) -> Option<Datum<'_>> {
        self.slot(step, output).map(|slot| Datum::from_json(slot.json()))
    }

    /// An output of a step as a Rust value; `None` where it is absent, null or of another type.
    #[must_use]
    pub fn typed<T: serde::de::DeserializeOwned>(&self, step: usize, output: usize) -> Option<T> {
        serde_json::from_str(self.slot(step, output)?.json()).ok()
    }

    fn slot(&self, step: usize, output: usize) -> Option<&Slot> {
        self.steps.get(step)?.as_ref()?.get(output)?.as_ref()
    }

    /// Uses up one retry of an action, if one is left.
    pub fn retry(&mut self, step: usize, action: usize, limit: u64) -> bool {
        let used = self.retries.entry((step, action)).or_default();
        let left = *used < limit;
        if left {
            *used += 1;
        }
        left
    }

    fn enter(&mut self, step: usize) {
        self.position = step;
        self.attempts = 0;
        self.retries.retain(|(of, _), _| *of != step);
    }
}

/// What happens after an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// The next step of the list.
    Next,
    /// The workflow ends.
    End,
    /// The step with this index.
    Goto(usize),
    /// The same step once more, after so many seconds if the response does not say otherwise.
    Retry(Option<f64>),
}

/// What the compiler writes for each workflow; decisions are code, the rest is here.
pub trait Program: Send {
    /// The names of things.
    fn shape(&self) -> &'static Shape;

    /// The state.
    fn state(&self) -> &State;

    /// The state.
    fn state_mut(&mut self) -> &mut State;

    /// The first violation of an input's schema among the inputs that are there.
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
}

/// A [`Program`] with the types that its user sees.
pub trait Workflow: Program {
    /// The enum of inputs.
    type Input;
    /// The outputs.
    type Outputs;

    /// The input with an index.
    fn input(index: usize) -> Self::Input;

    /// The outputs of a run that has ended.
    fn collect(&self) -> Option<Self::Outputs>;
}

/// [`Progress`] before it has types.
enum Advance {
    Advanced,
    Wait(Duration),
    Awaiting(usize),
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
    Ok(match attempt(program, client.transport(), client.settings()).await? {
        Advance::Advanced => Progress::Advanced,
        Advance::Wait(duration) => Progress::Wait(duration),
        Advance::Awaiting(input) => Progress::Awaiting(P::input(input)),
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
    run(program, client.transport(), client.settings()).await?;
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

async fn run(program: &mut dyn Program, transport: &dyn DynTransport, settings: &Settings) -> Result<(), Error> {
    loop {
        match attempt(program, transport, settings).await? {
            Advance::Advanced => {}
            Advance::Wait(duration) => transport.sleep_dyn(duration).await,
            Advance::Awaiting(input) => {
                let name = program.shape().inputs.get(input).copied().unwrap_or_default();
                let step = program
                    .state()
                    .position()
                    .and_then(|step| program.shape().steps.get(step))
                    .map_or("", |step| step.id);
                return Err(error(
                    program,
                    ErrorKind::MissingInput,
                    format!("the input `{name}` is needed by step `{step}` and was not given"),
                ));
            }
            Advance::Done => return Ok(()),
        }
    }
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
        inner.response = response;
        inner.source = failure.source;
    })
}

async fn attempt(
    program: &mut dyn Program,
    transport: &dyn DynTransport,
    settings: &Settings,
) -> Result<Advance, Error> {
    let Some(step) = program.state().position() else {
        return Ok(Advance::Done);
    };
    let violations = program.violations();
    if !violations.is_empty() {
        return Err(error(program, ErrorKind::InvalidInput, violations.join("; ")));
    }
    let mut call = Call::new();
    let prepared = match program.prepare(step, &mut call) {
        Err(Stop::Awaiting(input)) => return Ok(Advance::Awaiting(input)),
        Err(Stop::Failed(failure)) => Err(failure),
        Ok(()) => call.finish(settings),
    };
    // What the user has to mend is no failure of the step: no action of the document can help.
    if let Err(failure) = &prepared
        && matches!(failure.kind, ErrorKind::Configuration | ErrorKind::MissingCredential)
    {
        return prepared
            .map(|_| Advance::Advanced)
            .map_err(|failure| step_error(program, failure, None));
    }
    let state = program.state_mut();
    if state.total >= settings.max_steps {
        return Err(error(
            program,
            ErrorKind::TooManySteps,
            format!(
                "the run made {} step attempts, as many as the client allows",
                settings.max_steps
            ),
        ));
    }
    state.total += 1;
    state.attempts += 1;

    let (sent, outcome) = match prepared {
        Err(failure) => (None, Err(failure)),
        Ok((request, sent)) => {
            let own = program
                .shape()
                .steps
                .get(step)
                .and_then(|step| step.timeout)
                .map(Duration::from_millis);
            let limit = match (own, settings.timeout) {
                (Some(own), Some(all)) => Some(own.min(all)),
                (own, all) => own.or(all),
            };
            (Some(sent), exchange(transport, request, limit, settings).await)
        }
    };
    let (response, result) = match outcome {
        Ok(response) => {
            let result = program.settle(step, &Exchange::new(sent.as_ref(), Some(&response)));
            (Some(response), result)
        }
        Err(failure) => (None, Err(failure)),
    };
    let exchange = Exchange::new(sent.as_ref(), response.as_ref());
    match result {
        Ok(kept) => {
            if let Some(slot) = program.state_mut().steps.get_mut(step) {
                *slot = Some(kept);
            }
            let action = program.succeeded(step, &exchange);
            Ok(follow(program, step, action, response.as_ref(), settings))
        }
        Err(failure) => match program.failed(step, &exchange) {
            None => Err(step_error(program, failure, response)),
            Some(Action::End) => {
                let failure = Failure {
                    kind: ErrorKind::Ended,
                    ..failure
                };
                Err(step_error(program, failure, response))
            }
            Some(action) => Ok(follow(program, step, action, response.as_ref(), settings)),
        },
    }
}

fn follow(
    program: &mut dyn Program,
    step: usize,
    action: Action,
    response: Option<&Response<Bytes>>,
    settings: &Settings,
) -> Advance {
    let last = program.shape().steps.len();
    let state = program.state_mut();
    match action {
        Action::Next if step + 1 < last => state.enter(step + 1),
        Action::Next | Action::End => state.enter(END),
        Action::Goto(target) => state.enter(target),
        Action::Retry(after) => {
            let told = response
                .and_then(retry_after)
                .map(|wait| wait.min(settings.max_retry_after));
            let own = || after.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            if let Some(wait) = told.or_else(own).filter(|wait| !wait.is_zero()) {
                return Advance::Wait(wait);
            }
        }
    }
    if state.position == END {
        Advance::Done
    } else {
        Advance::Advanced
    }
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
    request: http::Request<Bytes>,
    limit: Option<Duration>,
    settings: &Settings,
) -> Result<Response<Bytes>, Failure> {
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
