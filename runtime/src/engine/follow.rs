//! Actions after a step.

use std::time::Duration;

use bytes::Bytes;
use http::{Response, header};

use super::call::{call, detour_name};
use super::{Advance, Context, budget, missing_inputs, step_error, watch};
use crate::client::Settings;
use crate::engine::program::{Action, Child, Program};
use crate::error::{Error, ErrorKind};
use crate::observer::ActionEvent;
use crate::run::last_exchange::Held;
use crate::run::state::Detour;
use crate::transport::DynTransport;
use crate::wire::exchange::Exchange;
use crate::wire::failure::{Failure, Stop};
use crate::wire::received::Received;
use crate::wire::sent::Sent;

/// Chooses and takes the action after a failed step.
pub(super) fn fail(
    program: &mut dyn Program,
    step: usize,
    failure: Failure,
    sent: Option<&Sent>,
    received: Option<Received>,
    context: &Context<'_>,
) -> Result<Advance, Error> {
    let exchange = Exchange::new(sent, received.as_ref(), watch(program, context));
    let choose = || program.choose(&exchange, |shape, run, exchange| (shape.failed)(run, step, exchange));
    let action = budget::within(choose);
    let name = exchange.action();
    program.state_mut().back(step);
    let action = match action {
        Ok(action) => action,
        Err(excess) => {
            let excess = Failure { sent: true, ..excess };
            return Err(given_up(program, step, excess, received, context.settings));
        }
    };
    match action {
        None => Err(given_up(program, step, failure, received, context.settings)),
        Some(Action::End) => {
            watch(program, context).action(name, ActionEvent::End);
            let failure = Failure {
                kind: ErrorKind::Ended,
                ..failure
            };
            Err(given_up(program, step, failure, received, context.settings).with(|inner| inner.action = name))
        }
        Some(action) => follow(program, step, (action, name), sent, received.as_ref(), context),
    }
}

/// Returns the error of a step that no action handles. If the run is fixed and continued, its retries start again.
pub(super) fn given_up(
    program: &mut dyn Program,
    step: usize,
    failure: Failure,
    received: Option<Received>,
    settings: &Settings,
) -> Error {
    program.state_mut().retries.retain(|(of, _), _| *of != step);
    step_error(program, failure, received, settings)
}

pub(super) fn follow(
    program: &mut dyn Program,
    step: usize,
    (action, name): (Action, Option<&'static str>),
    sent: Option<&Sent>,
    received: Option<&Received>,
    context: &Context<'_>,
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
            let child = called(program, step, site, "leave", sent, received, context)?;
            program.state_mut().leave(step, child);
            return Ok(Advance::Advanced);
        }
        Action::Retry(after, detour) => {
            let told = received
                .and_then(Received::response)
                .and_then(|response| retry_after(response, context.transport))
                .map(|wait| wait.min(context.settings.max_retry_after));
            let own = || after.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
            let wait = told.or_else(own).unwrap_or_default();
            watch.action(name, ActionEvent::Retry { wait });
            if let Some(detour) = detour {
                let detours = program.state().detours.saturating_add(1);
                program.state_mut().detours = detours;
                let held = Held::new(sent, received);
                match detour {
                    Detour::Step(other) => program.state_mut().detour_step(step, other, held),
                    Detour::Call(site) => {
                        let kind = detour_name(program);
                        let child = called(program, step, site, &kind, sent, received, context)?;
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

/// Creates the run of the workflow that an action names.
pub(super) fn called(
    program: &dyn Program,
    step: usize,
    site: usize,
    kind: &str,
    sent: Option<&Sent>,
    received: Option<&Received>,
    context: &Context<'_>,
) -> Result<Child, Error> {
    let exchange = Exchange::new(sent, received, watch(program, context));
    call(program, step, site, &exchange, kind).map_err(|stop| match stop {
        Stop::Awaiting(inputs) => missing_inputs(program, &inputs),
        Stop::Failed(failure) => {
            // It replaces the result of the step, which may have been sent.
            let failure = Failure { sent: true, ..failure };
            step_error(program, failure, received.cloned(), context.settings)
        }
    })
}

/// Returns the wait of `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date.
pub(super) fn retry_after(response: &Response<Bytes>, transport: &dyn DynTransport) -> Option<Duration> {
    let text = response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(transport.system_time_dyn()).unwrap_or_default())
}
