//! The loop of an execution. Everything that it does is decided by results that Temporal has stored.

use std::time::Duration;

use arazzo::Workflow;
use arazzo_durable::{Attempt, Failure, Next, Started, Status};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use temporalio_common::RetryPolicy;
use temporalio_common::error::IncomingError;
use temporalio_common::protos::temporal::api::enums::v1::ContinueAsNewInitiator;
use temporalio_sdk::activities::ExecutableActivity;
use temporalio_sdk::error::ActivityExecutionError;
use temporalio_sdk::workflows::select;
use temporalio_sdk::{
    ActivityCancellationType, ActivityOptions, ApplicationFailure, CancellableFuture as _, ContinueAsNewOptions,
    TimerResult, WaitConditionOptions, WorkflowCancellationToken, WorkflowContext, WorkflowTermination,
};

use crate::activities::{AttemptStep, Begun, Given, StartRun, application};
use crate::execution::{Instance, Open};
use crate::messages::Input;

type Raw = Box<RawValue>;

/// Where an execution is. A long one continues with it as a new one, whose history is empty.
#[derive(Clone, Serialize, Deserialize)]
struct Position {
    /// What the first execution was started with.
    sent: Raw,
    /// After how many events to continue as a new execution, if a setting says so. A worker with another setting must
    /// come to the same decisions when it replays the execution.
    longest_history: Option<u32>,
    given: Given,
    step: Option<String>,
    since: Option<u64>,
}

/// The input of an execution that continues another one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Continued {
    #[serde(rename = "$position")]
    position: Position,
}

/// Runs a workflow to its end.
pub(crate) async fn run<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Instance<W>>,
    input: Input,
) -> Result<Raw, WorkflowTermination> {
    let result = match input.into_json() {
        Ok(sent) => steps(context, sent).await,
        Err(failure) => Err(WorkflowTermination::failed_application(application(failure))),
    };
    if let Err(WorkflowTermination::ContinueAsNew(_) | WorkflowTermination::Evicted) = &result {
        return result;
    }
    let failure = match &result {
        Err(WorkflowTermination::Failed(error)) => Some(error.to_string()),
        Err(WorkflowTermination::Cancelled { .. }) => Some("the execution was cancelled".to_owned()),
        _ => None,
    };
    context.state_mut(|execution| {
        if let Some(failure) = failure {
            execution.status = Status::failed(failure, execution.status.since);
        }
        execution.question = None;
        execution.ended = true;
    });
    // Calls that arrive too late are told so by the workflow, not by the server.
    let detached = WaitConditionOptions::builder()
        .cancellation_token(WorkflowCancellationToken::new())
        .build();
    let _ = context
        .wait_condition_with_options(|_| context.all_handlers_finished(), detached)
        .await;
    result
}

async fn steps<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Instance<W>>,
    sent: Raw,
) -> Result<Raw, WorkflowTermination> {
    let mut position = match continued(&sent) {
        Some(position) if is_restarted(context) => start(context, position.sent).await?,
        Some(position) if context.info().continued_from_run_id().is_some() => position,
        // A caller cannot send a position.
        _ => start(context, sent).await?,
    };
    context.state_mut(|execution| execution.status = Status::running(position.step.clone(), position.since));
    loop {
        let attempt = attempt(context, &position).await?;
        let asked = position.given.asked;
        context.state_mut(|execution| execution.status = Status::after(&attempt, asked));
        if attempt.step != position.step {
            position.given.answered.clear();
        }
        position.given.provided = None;
        (position.given.run, position.step, position.since) = (attempt.run, attempt.step, Some(attempt.at));
        match attempt.next {
            Next::Wait { milliseconds } => match context.timer(Duration::from_millis(milliseconds)).await {
                TimerResult::Fired => {}
                TimerResult::Cancelled => return Err(WorkflowTermination::cancelled()),
            },
            Next::Ask(question) => {
                position.given.provided = ask(context, &question.inputs, &position.given.run).await?;
                position.given.asked += 1;
                position.given.answered = question.inputs;
            }
            Next::Done(outputs) => return Ok(outputs),
            _ => {}
        }
        context.state_mut(|execution| execution.status = Status::running(position.step.clone(), position.since));
        if is_long(context, position.longest_history) {
            let input = Input::new(&Continued { position }).map_err(ApplicationFailure::non_retryable)?;
            match context.continue_as_new(input, ContinueAsNewOptions::default())? {}
        }
    }
}

/// Whether the execution continues as a new one now. What is being provided comes first.
fn is_long<W>(context: &WorkflowContext<Instance<W>>, longest: Option<u32>) -> bool {
    let long =
        context.continue_as_new_suggested() || longest.is_some_and(|longest| context.history_length() >= longest);
    long && context.all_handlers_finished()
}

/// Reads where the execution before this one was.
fn continued(sent: &RawValue) -> Option<Position> {
    let continued: Continued = serde_json::from_str(sent.get()).ok()?;
    Some(continued.position)
}

/// Whether a cron schedule or a retry policy has started the execution again, which is from the beginning.
fn is_restarted<W>(context: &WorkflowContext<Instance<W>>) -> bool {
    let initiator = context.info().raw().continued_initiator();
    matches!(
        initiator,
        ContinueAsNewInitiator::CronSchedule | ContinueAsNewInitiator::Retry
    )
}

async fn start<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Instance<W>>,
    sent: Raw,
) -> Result<Position, WorkflowTermination> {
    let options = options(context, "read the inputs");
    let started = context.execute_activity(StartRun::<W>::definition(), sent.clone(), options);
    let Begun {
        started: Started { run, step, .. },
        longest_history,
    } = started.await.map_err(|error| ended(context, None, &error))?;
    let given = Given {
        run,
        answered: Vec::new(),
        provided: None,
        asked: 0,
    };
    Ok(Position {
        sent,
        longest_history,
        given,
        step,
        since: None,
    })
}

async fn attempt<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Instance<W>>,
    position: &Position,
) -> Result<Attempt, WorkflowTermination> {
    let options = options(context, position.step.as_deref().unwrap_or("end"));
    let attempt = context.execute_activity(AttemptStep::<W>::definition(), position.given.clone(), options);
    let attempt = attempt.await;
    attempt.map_err(|error| ended(context, position.step.as_deref(), &error))
}

/// Waits until a person has provided the inputs.
async fn ask<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Instance<W>>,
    inputs: &[String],
    run: &RawValue,
) -> Result<Option<Raw>, WorkflowTermination> {
    let open = Open {
        inputs: inputs.to_vec(),
        asked: context.history_length(),
        run: run.to_owned(),
        provided: None,
    };
    context.state_mut(|execution| execution.question = Some(open));
    let provided = |execution: &Instance<W>| matches!(&execution.question, Some(open) if open.provided.is_some());
    context.wait_condition(provided).await?;
    Ok(context.state_mut(|execution| execution.question.take().and_then(|open| open.provided)))
}

/// Provides the inputs of a question. Returns why they are refused. `received` is the length of the history when they
/// arrived.
pub(crate) async fn provide<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Instance<W>>,
    sent: Raw,
    received: u32,
) -> Result<(), String> {
    // The question may follow at once: see `validate_update`.
    let mut patience = context.timer(Duration::from_millis(1));
    let mut asked = context.wait_condition(|execution| execution.question.is_some() || execution.ended);
    select! {
        _ = asked => {}
        _ = patience => {}
    }
    // Temporal never hears of a timer that ends in the task that starts it; a later cancellation could cross its end.
    if context.history_length() == received {
        patience.cancel();
    }
    let sealed = context.state(|execution| execution.settings.durable.is_sealed());
    context.state_mut(|execution| {
        // The answer to the last question is not one to this question, which nobody has seen.
        let seen = |question: &Open| question.asked <= received;
        let refusal = match &execution.question {
            Some(question) if !seen(question) => Some("no input is required now; see the status".to_owned()),
            _ => execution.refusal(context.workflow_id(), &sent),
        };
        match (&mut execution.question, refusal) {
            (Some(question), None) => {
                question.provided = Some(sent);
                Ok(())
            }
            (Some(question), Some(_)) if sealed && question.provided.is_none() => {
                Err("the inputs are not those of the question; see the status".to_owned())
            }
            (_, refusal) => Err(refusal.unwrap_or_default()),
        }
    })
}

/// The options of an activity. `summary` is shown in Temporal's user interface.
fn options<W>(context: &WorkflowContext<Instance<W>>, summary: &str) -> ActivityOptions {
    context.state(|execution| {
        let settings = &execution.settings;
        let retries = settings.durable.retry_policy();
        // Temporal refuses a longest wait that is shorter than the first one, and waits that become shorter.
        let policy = RetryPolicy::builder()
            .initial_interval(retries.first.max(Duration::from_millis(1)))
            .backoff_coefficient(retries.factor.max(1.0).into())
            .maximum_interval(retries.longest.max(retries.first))
            .maximum_attempts(retries.attempts.max(1))
            .build();
        ActivityOptions::with_start_to_close_timeout(settings.timeout)
            .heartbeat_timeout(settings.heartbeat)
            .retry_policy(policy)
            .cancellation_type(ActivityCancellationType::WaitCancellationCompleted)
            .summary(summary)
            .build()
    })
}

/// Converts the failure of an activity to that of the workflow, with the same message and type.
fn ended<W>(
    context: &WorkflowContext<Instance<W>>,
    step: Option<&str>,
    error: &ActivityExecutionError,
) -> WorkflowTermination {
    // After a cancellation, Temporal does not repeat an attempt, whatever its failure.
    if context.cancellation_token().is_cancelled() || matches!(error, ActivityExecutionError::Cancelled(_)) {
        return WorkflowTermination::cancelled();
    }
    let failure = match error.reason() {
        Some(IncomingError::Application(failure)) => Failure::Terminal {
            code: failure.type_name().and_then(|code| code.parse().ok()).unwrap_or(500),
            message: failure.to_string(),
        },
        Some(reason) => {
            let step = step.map_or_else(String::new, |step| format!("step `{step}` failed: "));
            let last = error.as_timeout().and_then(|timeout| timeout.cause());
            let last = last.map_or_else(String::new, |last| format!("; the failure before: {last}"));
            Failure::terminal(504, format!("{step}no worker has completed an attempt: {reason}{last}"))
        }
        None => Failure::terminal(500, error),
    };
    WorkflowTermination::failed_application(application(failure))
}
