//! Calls of workflows.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::channel::clock;
use super::delivery::is_waiting;
use super::{
    Advance, Context, DEPTH, Outcome, attempt, budget, count, error, is_the_users, nested, told_missing,
    unmet_dependency, watch,
};
use crate::engine::program::{Child, Program};
use crate::error::{Error, ErrorKind};
use crate::observer::EventKind;
use crate::run::state::Stage;
use crate::wire::exchange::Exchange;
use crate::wire::failure::{Failure, Stop};

/// An attempt of a called run.
pub(super) type Descent<'a> = Pin<Box<dyn Future<Output = Option<Result<Advance, Error>>> + Send + 'a>>;

/// Makes one attempt of the called run; `None` if there is none.
///
/// The future is boxed, since runs call each other.
pub(super) fn descend<'a>(program: &'a mut dyn Program, context: &'a Context<'a>) -> Descent<'a> {
    Box::pin(async move {
        if context.depth >= DEPTH {
            let message = format!("workflow calls are nested more than {DEPTH} levels deep");
            return Some(Err(error(program, ErrorKind::TooManySteps, message)));
        }
        // Looking whether a message has arrived is not an attempt.
        if !is_waiting(program)
            && let Err(error) = count(program, context)
        {
            return Some(Err(error));
        }
        let child = program.child()?;
        let context = Context {
            depth: context.depth + 1,
            ..*context
        };
        Some(match attempt(child, &context).await {
            Ok(Advance::Awaiting(inputs)) => Err(told_missing(program.child()?, &context, &inputs)),
            other => other,
        })
    })
}

/// Creates the run of a call. Its id is derived from the id of the caller, the step, its visit and the purpose of the
/// call, so an attempt that is repeated after a crash creates the same run.
pub(super) fn call(
    program: &dyn Program,
    step: usize,
    site: usize,
    exchange: &Exchange<'_>,
    kind: &str,
) -> Result<Child, Stop> {
    let mut child = budget::within(|| program.call(site, exchange))??;
    let step = program.shape().steps.get(step).map_or("", |step| step.id);
    let (caller, visit) = (program.state().id, program.state().visit.to_string());
    let target = child.0.shape().workflow;
    child.0.state_mut().id = caller.derive(&["run", step, &visit, kind, target]);
    Ok(child)
}

/// Returns the name of the current detour, from which ids are derived.
pub(super) fn detour_name(program: &dyn Program) -> String {
    format!("detour {}", program.state().detours)
}

/// Makes one attempt of a step that calls a workflow.
pub(super) async fn call_step(
    program: &mut dyn Program,
    step: usize,
    site: usize,
    context: &Context<'_>,
) -> Result<Outcome, Error> {
    if program.state_mut().called().is_none()
        && let Some(outcome) = start_call(program, step, site, context)
    {
        return Ok(outcome);
    }
    let now = clock(context);
    let spent = program.state_mut().called().map_or(0, |called| {
        let paused = called.paused.take().map_or(0, |since| now.saturating_sub(since));
        called.spent.saturating_add(paused)
    });
    let allowed = program.shape().steps.get(step).and_then(|step| step.timeout);
    let left = allowed.map(|allowed| Duration::from_millis(allowed.saturating_sub(spent)));
    let limit = match (left, context.limit) {
        (Some(left), Some(limit)) => Some(left.min(limit)),
        (left, limit) => left.or(limit),
    };
    let started = context.transport.now_dyn();
    let descended = descend(program, &Context { limit, ..*context }).await;
    let elapsed = context.transport.now_dyn().saturating_duration_since(started);
    let mut total = spent.saturating_add(milliseconds(elapsed));
    if let Some(Ok(Advance::Wait(duration))) = &descended {
        total = total.saturating_add(milliseconds(*duration));
    }
    if let Some(called) = program.state_mut().called() {
        called.spent = total;
        called.paused = matches!(&descended, Some(Ok(Advance::AwaitingMessage(_)))).then(|| clock(context));
    }
    Ok(match descended {
        None => {
            return Err(error(
                program,
                ErrorKind::Stored,
                "the run does not contain the workflow that it has called",
            ));
        }
        Some(Ok(Advance::Done)) => {
            let settled = || program.settle(step, &Exchange::new(None, None, watch(program, context)));
            let settled = budget::within(settled).and_then(|result| result);
            // The called workflow has sent its requests.
            Outcome::unasked(settled.map_err(|failure| Failure { sent: true, ..failure }))
        }
        Some(Ok(_)) if allowed.is_some_and(|allowed| total >= allowed) => {
            let below = Context {
                depth: context.depth + 1,
                ..*context
            };
            if let Some(child) = program.child() {
                watch(child, &below).tell(EventKind::Finished {
                    error: Some(ErrorKind::Timeout),
                });
            }
            let message = format!("the workflow did not end within {} ms", allowed.unwrap_or_default());
            Outcome::unasked(Err(Failure {
                sent: true,
                ..Failure::new(ErrorKind::Timeout, message)
            }))
        }
        Some(Ok(advance)) => Outcome::Under(advance),
        // The user has to fix the cause, so the step has not failed.
        Some(Err(error)) if is_the_users(&error) => {
            let earlier = program.state().attempts > 1 || program.child().is_some_and(|child| child.state().total > 1);
            return Err(error.with(|inner| inner.sent |= earlier));
        }
        Some(Err(error)) => Outcome::unasked(Err(nested(error, program.child()))),
    })
}

/// Creates the run of the workflow that a step calls; returns the outcome if it cannot be created.
fn start_call(program: &mut dyn Program, step: usize, site: usize, context: &Context<'_>) -> Option<Outcome> {
    program.state_mut().attempt();
    let kind = match program.state().stage {
        Stage::DetourStep { .. } => detour_name(program),
        _ => "call".to_owned(),
    };
    let started = if let Some(failure) = unmet_dependency(program, step) {
        Err(Stop::Failed(failure))
    } else {
        let nothing = Exchange::new(None, None, watch(program, context));
        call(program, step, site, &nothing, &kind)
    };
    match started {
        Ok(child) => {
            program.state_mut().call(child);
            None
        }
        Err(Stop::Awaiting(inputs)) => {
            program.state_mut().attempts = program.state().attempts.saturating_sub(1);
            Some(Outcome::Under(Advance::Awaiting(inputs)))
        }
        Err(Stop::Failed(failure)) => Some(Outcome::unasked(Err(failure))),
    }
}

pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
