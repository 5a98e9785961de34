//! One attempt of a step that makes a request.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use http::Response;

use crate::call::{Call, Failure, Sent, Stop};
use crate::client::Settings;
use crate::error::{Error, ErrorKind};
use crate::exchange::Exchange;
use crate::observer::{EventKind, Watch};
use crate::program::Program;
use crate::run::{Advance, Context, Outcome, count, step_error, unmet_dependency, watch};
use crate::run_id::RunId;
use crate::shape::StepName;
use crate::state::Mode;
use crate::token;
use crate::transport::{Attempt, DynTransport, Limits, ResponseTooLarge};

/// One attempt of a step that makes a request.
pub(crate) async fn request_step(
    program: &mut dyn Program,
    step: usize,
    context: Context<'_>,
) -> Result<Outcome, Error> {
    let mut call = Call::new();
    let mut operation = call.described();
    let prepared = match unmet_dependency(program, step) {
        Some(failure) => Err(failure),
        None => match program.prepare(step, &mut call) {
            Err(Stop::Awaiting(inputs)) => return Ok(Outcome::Under(Advance::Awaiting(inputs))),
            Err(Stop::Failed(failure)) => Err(failure),
            Ok(()) => {
                operation = call.described();
                call.key(context.settings, |content| idempotency_key(program, step, content));
                authorised(&mut call, context, None).await
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
        operation,
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
        match authorised(&mut call, context, token).await {
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
    call: &mut Call,
    context: Context<'_>,
    refused: Option<String>,
) -> Result<(http::Request<Bytes>, Sent, Option<String>), Failure> {
    let settings = context.settings;
    let chosen = call.chosen(settings)?;
    let token = match Call::token(&chosen)? {
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
    // With a token it may have to be sent twice.
    let call = if token.is_some() {
        call.clone()
    } else {
        std::mem::replace(call, Call::new())
    };
    let (request, sent) = call.finish(settings, &chosen, token.as_deref())?;
    Ok((request, sent, token))
}

/// How much too large, its source says.
const TOO_LARGE: &str = "the response was not read to its end";

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
        Some(limit) => match within(sending, || transport.sleep_dyn(limit)).await {
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
                ..Failure::new(ErrorKind::Response, TOO_LARGE)
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
            let failure = if error.is::<ResponseTooLarge>() {
                Failure::new(ErrorKind::Response, TOO_LARGE)
            } else {
                Failure::new(
                    ErrorKind::Transport,
                    "the request could not be sent or no response came",
                )
            };
            Err(Failure {
                source: Some(error),
                ..failure
            })
        }
    }
}

/// The output of `work`, or `None` if the timer is done first; it is not made for work that is done at
/// once.
async fn within<W: Future, S: Future<Output = ()> + Unpin>(work: W, timer: impl FnOnce() -> S) -> Option<W::Output> {
    let mut work = pin!(work);
    let (mut timer, mut make) = (None, Some(timer));
    std::future::poll_fn(|context| {
        if let Poll::Ready(output) = work.as_mut().poll(context) {
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
