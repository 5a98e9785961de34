use std::time::Duration;

use arazzo::{Client, Run, Workflow};
use restate_sdk::prelude::*;
use serde_json::Value;

use crate::attempt::{Next, attempt};
use crate::inputs::{Given, merge};
use crate::status::Status;

/// Key of the state that contains the [`Status`].
const STATUS: &str = "status";

/// How often one workflow asks for inputs. This limits attempts to guess a code.
const MOST_ASKED: u32 = 10;

/// How often Restate attempts a step: after 0.2 s, 0.4 s, 0.8 s and so on, then every 30 s, for about six minutes.
/// After that the workflow fails with the last error. Attempts in which Restate did not reach this service also count.
fn retry_policy() -> RunRetryPolicy {
    RunRetryPolicy::new()
        .initial_delay(Duration::from_millis(200))
        .exponentiation_factor(2.0)
        .max_delay(Duration::from_secs(30))
        .max_attempts(20)
}

/// Runs a workflow to its end: the handler `run`. `show` returns what a user needs to know to provide the inputs.
pub async fn drive<W: Workflow<Dependencies = ()>>(
    ctx: &WorkflowContext<'_>,
    client: &Client,
    given: Given,
    show: fn(&Run<W>) -> Value,
) -> Result<Json<W::Outputs>, TerminalError> {
    let result = steps(ctx, client, given, show).await;
    let status = match &result {
        Ok(_) => Status::Done,
        Err(error) => Status::Failed {
            message: error.message().to_owned(),
        },
    };
    ctx.set(STATUS, Json(status));
    result.map(Json)
}

async fn steps<W: Workflow<Dependencies = ()>>(
    ctx: &WorkflowContext<'_>,
    client: &Client,
    given: Given,
    show: fn(&Run<W>) -> Value,
) -> Result<W::Outputs, TerminalError> {
    let inputs = merge(&W::PartialInputs::default(), given)?;
    // The new run is journaled because its id is unique: a replay must see the same run.
    let mut run = ctx
        .run(async || Ok(Json(Run::<W>::new(inputs))))
        .name("new run")
        .await?
        .into_inner();
    let mut asked = 0;
    loop {
        let step = run.step().map_or_else(|| "end".to_owned(), |step| step.to_string());
        ctx.set(STATUS, Json(Status::Running { step: step.clone() }));
        let (before, client) = (run.clone(), client.clone());
        let made = ctx
            .run(async move || attempt(before, &client).await.map(Json))
            .name(step.clone())
            .retry_policy(retry_policy())
            .await?
            .into_inner();
        run = made.run;
        match made.next {
            Next::Advance => {}
            Next::Wait(duration) => {
                let seconds = duration.as_secs_f64();
                ctx.set(STATUS, Json(Status::Waiting { step, seconds }));
                ctx.sleep(duration).await?;
            }
            Next::Ask { refusal, .. } if asked == MOST_ASKED => {
                let why = refusal.unwrap_or_default();
                return Err(TerminalError::new_with_code(
                    400,
                    format!("asked {MOST_ASKED} times: {why}"),
                ));
            }
            Next::Ask { inputs, refusal } => {
                ctx.set(
                    STATUS,
                    Json(Status::Awaiting {
                        inputs,
                        asked,
                        refusal,
                        show: show(&run),
                    }),
                );
                let Json(given) = ctx.promise::<Json<Given>>(&promise(asked)).await?;
                *run.inputs_mut() = merge(run.inputs_mut(), given)?;
                asked += 1;
            }
            Next::Done(outputs) => return Ok(outputs),
        }
    }
}

/// Names the promise for a question. A promise is resolved only once, so each question has its own.
fn promise(asked: u32) -> String {
    format!("inputs {asked}")
}

/// Provides the inputs that a workflow asks for: the handler `provide`.
pub async fn provide<W: Workflow<Dependencies = ()>>(
    ctx: &SharedWorkflowContext<'_>,
    given: Given,
) -> Result<(), TerminalError> {
    let Status::Awaiting { inputs, asked, .. } = status(ctx).await?.into_inner() else {
        return Err(TerminalError::new_with_code(
            409,
            "no input is required now; see the status",
        ));
    };
    if let Some(missing) = inputs.iter().find(|name| !given.contains_key(*name)) {
        return Err(TerminalError::new_with_code(
            400,
            format!("the input `{missing}` is required"),
        ));
    }
    merge(&W::PartialInputs::default(), given.clone())?;
    let promise = promise(asked);
    if ctx.peek_promise::<Json<Given>>(&promise).await?.is_some() {
        return Err(TerminalError::new_with_code(
            409,
            "the inputs were already provided; see the status",
        ));
    }
    ctx.resolve_promise(&promise, Json(given));
    Ok(())
}

/// Returns the status of a workflow: the handler `status`.
pub async fn status(ctx: &SharedWorkflowContext<'_>) -> Result<Json<Status>, TerminalError> {
    let status = ctx.get::<Json<Status>>(STATUS).await?;
    status.ok_or_else(|| TerminalError::new_with_code(404, format!("no workflow was started as `{}`", ctx.key())))
}
