//! What the handlers do.

use std::sync::Arc;
use std::time::Duration;

use arazzo_durable::{Attempt, Durable, Failure, Next, Started, State, Status};
use restate_sdk::prelude::*;
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
    let status = match &result {
        Ok(_) => Status::done(since),
        Err(error) => Status::failed(error.message(), since),
    };
    ctx.set(STATUS, Json(status));
    ctx.clear(STORED);
    result.map(Json)
}

async fn steps(
    ctx: &WorkflowContext<'_>,
    durable: &Arc<Durable>,
    sent: &RawValue,
    since: &mut Option<u64>,
) -> Result<Raw, TerminalError> {
    // A new run is journaled because its id is random: a replay must see the same run.
    let started = durable.start(ctx.key(), sent).map_err(terminal)?;
    let Json(started) = ctx.run(async || Ok(Json(started))).name("start").await?;
    ctx.set(STATUS, Json(Status::started(&started)));
    let Started { mut run, mut step, .. } = started;
    let (mut asked, mut answered) = (0, Vec::new());
    loop {
        let attempt = attempt(ctx, durable, &run, step.as_deref(), std::mem::take(&mut answered)).await?;
        *since = Some(attempt.at);
        ctx.set(STATUS, Json(Status::after(&attempt, asked)));
        (run, step) = (attempt.run, attempt.step);
        match attempt.next {
            Next::Wait { milliseconds } => ctx.sleep(Duration::from_millis(milliseconds)).await?,
            Next::Ask(question) => {
                durable.may_ask(asked, &question).map_err(terminal)?;
                run = provided(ctx, durable, run, asked).await?;
                asked += 1;
                answered = question.inputs;
            }
            Next::Done(outputs) => return Ok(outputs),
            _ => {}
        }
    }
}

/// Makes one attempt, and journals it.
async fn attempt(
    ctx: &WorkflowContext<'_>,
    durable: &Arc<Durable>,
    run: &RawValue,
    step: Option<&str>,
    answered: Vec<String>,
) -> Result<Attempt, TerminalError> {
    let (durable, run, key) = (Arc::clone(durable), run.to_owned(), ctx.key().to_owned());
    let retries = durable.retry_policy();
    let policy = RunRetryPolicy::new()
        .initial_delay(retries.first)
        .exponentiation_factor(retries.factor)
        .max_delay(retries.longest)
        .max_attempts(retries.attempts);
    let made = async move || match durable.attempt(&key, &run, &answered).await {
        Ok(attempt) => Ok(Json(attempt)),
        Err(Failure::Retry(message)) => Err(HandlerError::from(message)),
        Err(failure) => Err(terminal(failure).into()),
    };
    let made = ctx
        .run(made)
        .name(step.unwrap_or("end").to_owned())
        .retry_policy(policy);
    Ok(made.await?.into_inner())
}

/// Waits for a person, and sets the inputs.
async fn provided(ctx: &WorkflowContext<'_>, durable: &Durable, run: Raw, asked: u32) -> Result<Raw, TerminalError> {
    let stored = Durable::transfer(&run).map_err(terminal)?;
    ctx.set(STORED, Json(stored));
    let Json(sent) = ctx.promise::<Json<Raw>>(&promise(asked)).await?;
    ctx.clear(STORED);
    durable.provide(ctx.key(), &run, &sent).map_err(terminal)
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
    if ctx.peek_promise::<Json<Raw>>(&promise).await?.is_some() {
        return Err(TerminalError::new_with_code(
            409,
            "the inputs were already provided; see the status",
        ));
    }
    ctx.resolve_promise(&promise, Json(sent.to_owned()));
    Ok(())
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
