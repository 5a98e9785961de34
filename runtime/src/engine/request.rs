//! Attempts of steps that make a request.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::Response;

use crate::client::Settings;
use crate::credential::Credential;
use crate::engine::obtain::authorised;
use crate::engine::program::Program;
use crate::engine::{Advance, Context, Outcome, budget, count, step_error, unmet_dependency, watch};
use crate::error::{Error, ErrorKind};
use crate::observer::{EventKind, Watch};
use crate::run::descriptor::StepName;
use crate::run::state::Stage;
use crate::run_id::RunId;
use crate::transport::{Attempt, BoxError, ConnectError, DynTransport, ResponseTooLarge, Sending};
use crate::wire::call::Call;
use crate::wire::exchange::Exchange;
use crate::wire::failure::Failure;
use crate::wire::operation::Operation;
use crate::wire::outgoing::Outgoing;
use crate::wire::received::{Answered, Received};
use crate::wire::sent::{Finished, Sent};

/// A request that is ready to be sent. What is large is boxed, since a future reserves space for each of its variables.
pub(super) struct Made<'s> {
    pub(super) request: Box<Outgoing>,
    pub(super) base: &'s str,
    pub(super) sent: Option<Box<Sent>>,
    pub(super) renewal: Option<Renewal>,
    pub(super) operation: &'static Operation,
}

/// What is needed to send a request again with other credentials, if those that were obtained are refused.
pub(super) struct Renewal {
    pub(super) call: Box<Call>,
    pub(super) obtained: Renewed,
}

/// Obtained credentials, with the indices of the chosen credentials that they replace.
pub(super) type Renewed = Vec<(usize, Credential)>;

pub(super) type Making<'s> = Result<Made<'s>, Failure>;

/// The result of preparing a request.
enum Ready<'s> {
    /// Inputs are missing.
    Awaiting(Vec<usize>),
    /// Credentials have to be obtained first.
    Obtain(Box<Call>),
    /// The request, or the failure to make it.
    Made(Making<'s>),
}

/// Makes one attempt of a step that makes a request.
pub(crate) async fn request_step(
    program: &mut dyn Program,
    step: usize,
    context: &Context<'_>,
) -> Result<Outcome, Error> {
    // Obtaining a credential counts towards the time limit of the attempt.
    let mut started = None;
    let made = match ready(program, step, context.settings) {
        Ready::Awaiting(inputs) => return Ok(Outcome::Under(Advance::Awaiting(inputs))),
        // Most requests need no such credential: box the future that obtains one.
        Ready::Obtain(call) => {
            let limit = limit(program, step, context);
            started = Some(context.transport.now_dyn());
            Box::pin(authorised(call, context, limit, Vec::new())).await
        }
        Ready::Made(made) => made,
    };
    // The user has to fix the cause: no action of the document can help.
    let made = match made {
        Err(failure) if matches!(failure.kind, ErrorKind::Configuration | ErrorKind::MissingCredential) => {
            let sent = program.state().attempts > 0;
            return Err(step_error(program, Failure { sent, ..failure }, None, context.settings));
        }
        other => other,
    };
    count(program, context)?;
    program.state_mut().attempt();
    let made = match made {
        Ok(made) => made,
        Err(failure) => return Ok(Outcome::unasked(Err(failure))),
    };
    let mut trial = Trial::new(program, step, context, made.operation);
    let whole = trial.limit;
    let left = |whole: Option<Duration>| {
        let spent = started.map(|started| context.transport.now_dyn().saturating_duration_since(started));
        whole.map(|whole| whole.saturating_sub(spent.unwrap_or_default()))
    };
    trial.limit = left(whole);
    let (sending, mut sent, renewal) = trial.start(made, false);
    let mut exchanged = sending.await;
    // A credential may have been revoked before it expired: obtain a new one, then accept the response.
    if let Some(Renewal { call, obtained }) = renewal
        && exchanged
            .as_ref()
            .is_ok_and(|response| response.status() == http::StatusCode::UNAUTHORIZED)
    {
        match Box::pin(authorised(call, context, left(whole), obtained.clone())).await {
            // The same credentials would be refused again.
            Ok(made)
                if made
                    .renewal
                    .as_ref()
                    .is_some_and(|renewal| renewal.obtained == obtained) => {}
            Ok(made) => {
                trial.limit = left(whole);
                let (sending, again, _) = trial.start(made, true);
                sent = again;
                exchanged = Box::pin(sending)
                    .await
                    .map_err(|failure| Box::new(Failure { sent: true, ..*failure }));
            }
            // The response counts, so that the document can handle it.
            Err(_) => {}
        }
    }
    judge(program, step, exchanged, sent, &trial)
}

/// Evaluates the result of a request.
fn judge(
    program: &dyn Program,
    step: usize,
    exchanged: Answer,
    sent: Option<Box<Sent>>,
    trial: &Trial<'_>,
) -> Result<Outcome, Error> {
    let (result, received) = match exchanged {
        Err(failure) if failure.kind == ErrorKind::Configuration => {
            return Err(step_error(program, *failure, None, trial.context.settings));
        }
        Ok(response) => {
            let received = Received::Response(Answered::new(response));
            let settled = || program.settle(step, &Exchange::new(sent.as_deref(), Some(&received), trial.watch));
            (
                budget::within(settled).and_then(|result| result).map_err(Box::new),
                Some(received),
            )
        }
        Err(failure) => (Err(failure), None),
    };
    Ok(Outcome::Judged {
        result,
        asked: true,
        sent,
        received,
    })
}

/// Prepares a request, as far as that is possible without waiting.
fn ready<'s>(program: &mut dyn Program, step: usize, settings: &'s Settings) -> Ready<'s> {
    let shape = program.shape().steps.get(step);
    let mut call = Call::new(shape.and_then(|step| step.operation));
    if let Some(failure) = unmet_dependency(program, step) {
        return Ready::Made(Err(failure));
    }
    let needed = shape.map_or(&[][..], |step| step.inputs);
    let missing = program.missing(needed);
    if !missing.is_empty() {
        return Ready::Awaiting(missing);
    }
    match budget::within(|| program.send(step, &mut call)) {
        Ok(Ok(())) => {}
        Ok(Err(failure)) | Err(failure) => return Ready::Made(Err(failure)),
    }
    call.key(settings, |content| idempotency_key(program, step, content));
    let chosen = match call.chosen(settings) {
        Ok(chosen) => chosen,
        Err(failure) => return Ready::Made(Err(failure)),
    };
    match call.wanted(&chosen, settings) {
        Ok(wanted) if !wanted.is_empty() => return Ready::Obtain(Box::new(call)),
        Ok(_) => {}
        Err(failure) => return Ready::Made(Err(failure)),
    }
    let operation = call.described();
    let made = |Finished { request, base, sent }| Made {
        request,
        base,
        sent,
        renewal: None,
        operation,
    };
    Ready::Made(call.finish(settings, &chosen).map(made))
}

/// Returns the idempotency key of a request with this hash. Attempts of one visit of a step have the same key.
pub(super) fn idempotency_key(program: &mut dyn Program, step: usize, content: u64) -> RunId {
    let id = program.shape().steps.get(step).map_or("", |step| step.id);
    let state = program.state_mut();
    // Each detour has its own key.
    let (kind, content) = match state.stage {
        Stage::DetourStep { .. } => (format!("detour {}", state.detours), content),
        _ => (String::new(), state.asked.content(content)),
    };
    let (visit, content) = (state.visit.to_string(), content.to_string());
    state.id.derive(&["key", id, &visit, &kind, &content])
}

/// Returns the time limit of an attempt.
pub(super) fn limit(program: &dyn Program, step: usize, context: &Context<'_>) -> Option<Duration> {
    let own = program.shape().steps.get(step).and_then(|step| step.timeout);
    let limits = [own.map(Duration::from_millis), context.settings.timeout, context.limit];
    limits.into_iter().flatten().min()
}

/// The response, or the failure to get one. Both are boxed, since they are moved often.
pub(super) type Answer = Result<Box<Response<Bytes>>, Box<Failure>>;

/// The context of one attempt, without the request.
#[derive(Clone, Copy)]
struct Trial<'a> {
    context: &'a Context<'a>,
    watch: Watch<'a>,
    attempt: Attempt,
    limit: Option<Duration>,
}

impl<'a> Trial<'a> {
    fn new(program: &dyn Program, step: usize, context: &'a Context<'a>, operation: &'static Operation) -> Self {
        let shape = program.shape();
        let watch = Watch {
            step: Some(step),
            ..watch(program, context)
        };
        let attempt = Attempt {
            step: StepName {
                file: shape.file,
                workflow: shape.workflow,
                step: watch.step_id().unwrap_or_default(),
            },
            run: watch.run,
            number: program.state().attempts,
            operation,
        };
        Self {
            context,
            watch,
            attempt,
            limit: limit(program, step, context),
        }
    }

    /// Starts to send. Also returns the request for expressions, and what is needed if the token is refused.
    fn start(
        self,
        made: Made<'a>,
        resent: bool,
    ) -> (
        impl Future<Output = Answer> + Send + use<'a>,
        Option<Box<Sent>>,
        Option<Renewal>,
    ) {
        let Made {
            mut request,
            base,
            sent,
            renewal,
            ..
        } = made;
        let Self {
            context,
            watch,
            attempt,
            limit,
        } = self;
        let operation = attempt.operation;
        request.attempt = Some(attempt);
        watch.tell(EventKind::Request {
            operation: operation.name,
            method: operation.method,
            server: base,
            path: operation.path,
            attempt: attempt.number,
            resent,
        });
        #[cfg(feature = "tracing")]
        let span = crate::trace::request(operation, base, &request.target, attempt.number + u32::from(resent));
        let started = context.transport.now_dyn();
        let sending = dispatch(context.transport, request, limit);
        let sending = async move {
            let answer = answer(sending, limit, context.transport, context.settings);
            #[cfg(feature = "tracing")]
            let answer = tracing::Instrument::instrument(answer, span.clone());
            let result = answer.await;
            let elapsed = context.transport.now_dyn().saturating_duration_since(started);
            #[cfg(feature = "tracing")]
            crate::trace::answered(&span, result.as_deref().map_err(|failure| &**failure));
            watch.tell(match &result {
                Ok(response) => EventKind::Response {
                    method: operation.method,
                    server: base,
                    path: operation.path,
                    status: response.status().as_u16(),
                    bytes: response.body().len(),
                    elapsed,
                },
                Err(failure) => EventKind::NoResponse {
                    method: operation.method,
                    server: base,
                    path: operation.path,
                    error: failure.kind,
                    elapsed,
                },
            });
            result
        };
        (sending, sent, renewal)
    }
}

/// The source of the error contains the limit.
const TOO_LARGE: &str = "the response was not read to its end";

/// Starts to send a request. This is not async, so the future of a run does not hold the request.
pub(super) fn dispatch(
    transport: &dyn DynTransport,
    mut request: Box<Outgoing>,
    limit: Option<Duration>,
) -> Sending<'_> {
    request.limits.timeout = limit;
    transport.dispatch_dyn(request)
}

/// Waits for the response within a time limit.
pub(super) async fn answer(
    sending: Sending<'_>,
    limit: Option<Duration>,
    transport: &dyn DynTransport,
    settings: &Settings,
) -> Answer {
    let result = match limit {
        None => sending.await,
        Some(limit) => within(sending, || transport.sleep_dyn(limit)).await.ok_or_else(|| {
            Box::new(Failure {
                sent: true,
                ..Failure::new(
                    ErrorKind::Timeout,
                    format!("no response within {} ms", limit.as_millis()),
                )
            })
        })?,
    };
    match result {
        Ok(response) if response.body().len() <= settings.max_response_bytes => Ok(Box::new(response)),
        other => Err(Box::new(unreceived(other, settings))),
    }
}

/// Returns the failure of a request without a response, or with one that is too large.
fn unreceived(result: Result<Response<Bytes>, BoxError>, settings: &Settings) -> Failure {
    match result {
        Ok(_) => {
            let source = ResponseTooLarge::new(settings.max_response_bytes);
            Failure {
                source: Some(source.into()),
                sent: true,
                ..Failure::new(ErrorKind::Response, TOO_LARGE)
            }
        }
        Err(error) => {
            // The transport says that the user has to fix the cause: no action of the document can help.
            if let Some(own) = error.downcast_ref::<Error>()
                && own.kind() == ErrorKind::Configuration
            {
                return Failure::new(ErrorKind::Configuration, own.to_string());
            }
            let error = match error.downcast::<ConnectError>() {
                Ok(error) => {
                    let cause = error.into_cause();
                    #[cfg(feature = "reqwest")]
                    let sent = settings.own_transport && cause.is::<reqwest::Error>();
                    #[cfg(not(feature = "reqwest"))]
                    let sent = false;
                    return Failure {
                        source: Some(cause),
                        sent,
                        ..Failure::new(ErrorKind::Connect, "the server could not be reached")
                    };
                }
                Err(other) => other,
            };
            let failure = if error.is::<ResponseTooLarge>() {
                Failure::new(ErrorKind::Response, TOO_LARGE)
            } else {
                Failure::new(ErrorKind::Transport, "no response was received")
            };
            Failure {
                source: Some(error),
                sent: true,
                ..failure
            }
        }
    }
}

/// Returns the output of `work`, or `None` if the timer expires first. The timer is created only if `work` is not ready
/// at once.
pub(super) async fn within<W: Future + Unpin, S: Future<Output = ()> + Unpin>(
    mut work: W,
    timer: impl FnOnce() -> S,
) -> Option<W::Output> {
    let (mut timer, mut make) = (None, Some(timer));
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = Pin::new(&mut work).poll(context) {
            return Poll::Ready(Some(output));
        }
        if let Some(make) = make.take() {
            timer = Some(make());
        }
        match &mut timer {
            Some(timer) => Pin::new(timer).poll(context).map(|()| None),
            None => Poll::Pending,
        }
    })
    .await
}
