//! Detours: steps and workflows that run before a retry.

use super::call::{call_step, descend};
use super::follow::fail;
use super::{Advance, Context, Outcome, act, error, is_the_users, nested};
use crate::engine::program::Program;
use crate::error::{Error, ErrorKind};
use crate::run::last_exchange::Held;
use crate::run::state::Stage;
use crate::wire::failure::Failure;

/// Makes one attempt of a detour. When the detour has ended, the step is next again. If it fails, that counts as a
/// failed attempt of the step, with the step's own last exchange.
pub(super) async fn detoured(program: &mut dyn Program, step: usize, context: &Context<'_>) -> Result<Advance, Error> {
    let failure = match program.state().stage {
        Stage::DetourStep { other, .. } => {
            let attempts = program.state().attempts;
            let outcome = match program.shape().steps.get(other).and_then(|step| step.call) {
                Some(site) => call_step(program, other, site, context).await,
                None => act(program, other, context).await,
            };
            program.state_mut().attempts = attempts;
            match outcome.map_err(|error| error.with(|inner| inner.sent = true))? {
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
                        message: format!("step `{id}`, run before a retry, failed: {}", failure.message),
                        ..*failure
                    })
                }
            }
        }
        _ => match descend(program, context).await {
            None => {
                return Err(error(
                    program,
                    ErrorKind::Stored,
                    "the run does not contain the workflow that it has called",
                ));
            }
            Some(Ok(Advance::Done)) => None,
            Some(Ok(advance)) => return Ok(advance),
            Some(Err(error)) if is_the_users(&error) => return Err(error.with(|inner| inner.sent = true)),
            Some(Err(error)) => Some(nested(error, program.child())),
        },
    };
    let held = program.state_mut().back(step);
    // The step was attempted before the detour.
    let failure = failure.map(|failure| Failure { sent: true, ..failure });
    match failure {
        None => Ok(Advance::Advanced),
        Some(failure) => {
            let shape = program.shape().steps.get(step);
            let (sent, received) = held.map_or((None, None), |held: Held| held.into_parts(shape));
            fail(program, step, failure, sent.as_ref(), received, context)
        }
    }
}
