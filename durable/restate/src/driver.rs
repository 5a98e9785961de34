//! What the handlers do.

use std::sync::Arc;
use std::time::Duration;

use arazzo_durable::{Attempt, Durable, Failure, Next, Started, State, Status, Turn};
use restate_sdk::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// Keys of the state.
const STATUS: &str = "status";
const STORED: &str = "run";

type Raw = Box<RawValue>;

fn terminal(failure: Failure) -> TerminalError {
    match failure {
        Failure::Terminal { code, message } => TerminalError::new_with_code(code, message),
        Failure::Retry(message) => TerminalError::new(message),
        other => TerminalError::new(format!("{other:?}")),
    }
}

/// Runs a workflow to its end.
pub(crate) async fn run(
    ctx: &WorkflowContext<'_>,
    durable: &Arc<Durable>,
    sent: &RawValue,
) -> Result<Json<Raw>, TerminalError> {
    let mut since = None;
    let result = steps(ctx, durable, sent, &mut since).await;
    if let Err(error) = &result {
        ctx.set(STATUS, Json(Status::failed(error.message(), since)));
        ctx.clear(STORED);
    }
    result.map(Json)
}

async fn steps(
    ctx: &WorkflowContext<'_>,
    durable: &Arc<Durable>,
    sent: &RawValue,
    since: &mut Option<u64>,
) -> Result<Raw, TerminalError> {
    let started = start(ctx, durable, sent).await?;
    let Started { mut run, mut step, .. } = started;
    ctx.set(STATUS, Json(Status::running(step.clone(), None)));
    let (mut asked, mut answered, mut provided) = (0, Vec::new(), None);
    loop {
        let turn = (answered.clone(), provided.take(), asked);
        let attempt = attempt(ctx, durable, &run, step.as_deref(), turn).await?;
        *since = Some(attempt.at);
        ctx.set(STATUS, Json(Status::after(&attempt, asked)));
        if attempt.step != step {
            answered.clear();
        }
        (run, step) = (attempt.run, attempt.step);
        match attempt.next {
            Next::Wait { milliseconds } => ctx.sleep(Duration::from_millis(milliseconds)).await?,
            Next::Ask(question) => {
                ctx.set(STORED, Json(Durable::transfer(&run).map_err(terminal)?));
                let Json(sent) = ctx.promise::<Json<Provided>>(&promise(asked)).await?;
                ctx.clear(STORED);
                provided = Some(sent.inputs);
                asked += 1;
                answered = question.inputs;
            }
            Next::Done(outputs) => return Ok(outputs),
            _ => continue,
        }
        ctx.set(STATUS, Json(Status::running(step.clone(), *since)));
    }
}

/// Reads what was sent. The result is journaled: the id of a new run is random, and another version of this program can
/// come to another result.
async fn start(ctx: &WorkflowContext<'_>, durable: &Arc<Durable>, sent: &RawValue) -> Result<Started, TerminalError> {
    let (durable, sent, key) = (Arc::clone(durable), sent.to_owned(), ctx.key().to_owned());
    let started = ctx.run(async move || match durable.start(&key, &sent) {
        Ok(started) => Ok(Json(started)),
        Err(failure) => Err(terminal(failure).into()),
    });
    Ok(started.name("start").await?.into_inner())
}

/// Makes one attempt, and journals it.
async fn attempt(
    ctx: &WorkflowContext<'_>,
    durable: &Arc<Durable>,
    run: &RawValue,
    step: Option<&str>,
    (answered, provided, asked): (Vec<String>, Option<Raw>, u32),
) -> Result<Attempt, TerminalError> {
    let (durable, run, key) = (Arc::clone(durable), run.to_owned(), ctx.key().to_owned());
    let retries = durable.retry_policy();
    let policy = RunRetryPolicy::new()
        .initial_delay(retries.first)
        .exponentiation_factor(retries.factor)
        .max_delay(retries.longest)
        .max_attempts(retries.attempts);
    let made = async move || {
        let mut turn = Turn::default().answered(&answered).asked(asked);
        if let Some(sent) = &provided {
            turn = turn.sent(sent);
        }
        match durable.attempt(&key, &run, turn).await {
            Ok(attempt) => Ok(Json(attempt)),
            Err(Failure::Retry(message)) => Err(HandlerError::from(message)),
            Err(failure) => Err(terminal(failure).into()),
        }
    };
    let made = ctx
        .run(made)
        .name(step.unwrap_or("end").to_owned())
        .retry_policy(policy);
    Ok(made.await?.into_inner())
}

/// What a person has provided, and the call that has brought it.
#[derive(Serialize, Deserialize)]
struct Provided {
    call: String,
    inputs: Raw,
}

/// Names the promise of a question. A promise is resolved only once, so each question has its own.
fn promise(asked: u32) -> String {
    format!("inputs {asked}")
}

/// Provides the inputs that a workflow asks for.
pub(crate) async fn provide(
    ctx: &SharedWorkflowContext<'_>,
    durable: &Durable,
    sent: &RawValue,
) -> Result<(), TerminalError> {
    let State::Awaiting { inputs, asked, .. } = status(ctx).await?.into_inner().state else {
        return Err(TerminalError::new_with_code(
            409,
            "no input is required now; see the status",
        ));
    };
    durable.check(ctx.key(), &inputs, sent).map_err(terminal)?;
    let promise = promise(asked);
    let provided = Provided {
        call: ctx.invocation_id().to_owned(),
        inputs: sent.to_owned(),
    };
    ctx.resolve_promise(&promise, Json(provided));
    // Of two calls at once, the first one counts.
    match ctx.peek_promise::<Json<Provided>>(&promise).await? {
        Some(Json(provided)) if provided.call == ctx.invocation_id() => Ok(()),
        _ => Err(TerminalError::new_with_code(
            409,
            "the inputs were already provided; see the status",
        )),
    }
}

/// Returns the status of a workflow.
pub(crate) async fn status(ctx: &SharedWorkflowContext<'_>) -> Result<Json<Status>, TerminalError> {
    let status = ctx.get::<Json<Status>>(STATUS).await?;
    status.ok_or_else(|| TerminalError::new_with_code(404, format!("no workflow was started as `{}`", ctx.key())))
}

/// Returns the stored run of a workflow that awaits inputs.
pub(crate) async fn stored(ctx: &SharedWorkflowContext<'_>) -> Result<Json<Raw>, TerminalError> {
    let stored = ctx.get::<Json<Raw>>(STORED).await?;
    stored.ok_or_else(|| TerminalError::new_with_code(409, "the workflow awaits no input; see the status"))
}
