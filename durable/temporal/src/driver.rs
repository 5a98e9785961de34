//! The loop of an execution. Everything that it does is decided by results that Temporal has stored.

use std::time::Duration;

use arazzo::Workflow;
use arazzo_durable::{Attempt, Failure, Next, Started, Status};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use temporalio_common::RetryPolicy;
use temporalio_common::error::IncomingError;
use temporalio_sdk::activities::ExecutableActivity;
use temporalio_sdk::error::ActivityExecutionError;
use temporalio_sdk::workflows::select;
use temporalio_sdk::{
    ActivityCancellationType, ActivityOptions, ApplicationFailure, ContinueAsNewOptions, TimerResult, WorkflowContext,
    WorkflowTermination,
};

use crate::activities::{AttemptStep, Given, StartRun, application};
use crate::execution::{Execution, Open};

type Raw = Box<RawValue>;

/// Where an execution is. A long one continues with it as a new one, whose history is empty.
#[derive(Clone, Serialize, Deserialize)]
struct Position {
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
    context: &WorkflowContext<Execution<W>>,
    sent: Raw,
) -> Result<Raw, WorkflowTermination> {
    let result = steps(context, sent).await;
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
    result
}

async fn steps<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Execution<W>>,
    sent: Raw,
) -> Result<Raw, WorkflowTermination> {
    let mut position = match continued(context, &sent) {
        Some(position) => position,
        None => start(context, sent).await?,
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
        if is_long(context) {
            let input = to_raw_value(&Continued { position }).map_err(ApplicationFailure::non_retryable)?;
            match context.continue_as_new(input, ContinueAsNewOptions::default())? {}
        }
    }
}

/// Whether the execution continues as a new one now. What is being provided comes first.
fn is_long<W>(context: &WorkflowContext<Execution<W>>) -> bool {
    let longest = context.state(|execution| execution.settings.longest_history);
    let long =
        context.continue_as_new_suggested() || longest.is_some_and(|longest| context.history_length() >= longest);
    long && context.all_handlers_finished()
}

/// Reads where the execution before this one was.
fn continued<W>(context: &WorkflowContext<Execution<W>>, sent: &RawValue) -> Option<Position> {
    context.info().continued_from_run_id()?;
    let continued: Continued = serde_json::from_str(sent.get()).ok()?;
    Some(continued.position)
}

async fn start<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Execution<W>>,
    sent: Raw,
) -> Result<Position, WorkflowTermination> {
    let options = options(context, "read the inputs");
    let started = context.execute_activity(StartRun::<W>::definition(), sent, options);
    let Started { run, step, .. } = started.await.map_err(ended)?;
    let given = Given {
        run,
        answered: Vec::new(),
        provided: None,
        asked: 0,
    };
    Ok(Position {
        given,
        step,
        since: None,
    })
}

async fn attempt<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Execution<W>>,
    position: &Position,
) -> Result<Attempt, WorkflowTermination> {
    let options = options(context, position.step.as_deref().unwrap_or("end"));
    let attempt = context.execute_activity(AttemptStep::<W>::definition(), position.given.clone(), options);
    attempt.await.map_err(ended)
}

/// Waits until a person has provided the inputs.
async fn ask<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Execution<W>>,
    inputs: &[String],
    run: &RawValue,
) -> Result<Option<Raw>, WorkflowTermination> {
    let open = Open {
        inputs: inputs.to_vec(),
        run: run.to_owned(),
        provided: None,
    };
    context.state_mut(|execution| execution.question = Some(open));
    let provided = |execution: &Execution<W>| matches!(&execution.question, Some(open) if open.provided.is_some());
    context.wait_condition(provided).await?;
    Ok(context.state_mut(|execution| execution.question.take().and_then(|open| open.provided)))
}

/// Provides the inputs of a question. Returns why they are refused.
pub(crate) async fn provide<W: Workflow<Dependencies = ()>>(
    context: &WorkflowContext<Execution<W>>,
    sent: Raw,
) -> Result<(), String> {
    // The question may follow at once: see `validate_update`.
    select! {
        _ = context.wait_condition(|execution| execution.question.is_some() || execution.ended) => {}
        _ = context.timer(Duration::from_millis(1)) => {}
    }
    context.state_mut(|execution| match execution.refusal(context.workflow_id(), &sent) {
        Some(refusal) => Err(refusal),
        None => {
            if let Some(question) = &mut execution.question {
                question.provided = Some(sent);
            }
            Ok(())
        }
    })
}

/// The options of an activity. `summary` is shown in Temporal's user interface.
fn options<W>(context: &WorkflowContext<Execution<W>>, summary: &str) -> ActivityOptions {
    context.state(|execution| {
        let settings = &execution.settings;
        let retries = settings.durable.retry_policy();
        let policy = RetryPolicy::builder()
            .initial_interval(retries.first)
            .backoff_coefficient(retries.factor.into())
            .maximum_interval(retries.longest)
            .maximum_attempts(retries.attempts)
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
fn ended(error: ActivityExecutionError) -> WorkflowTermination {
    let failure = match (&error, error.reason()) {
        (ActivityExecutionError::Cancelled(_), _) => return WorkflowTermination::cancelled(),
        (_, Some(IncomingError::Application(failure))) => Failure::Terminal {
            code: failure.type_name().and_then(|code| code.parse().ok()).unwrap_or(500),
            message: failure.to_string(),
        },
        (_, Some(reason)) => Failure::terminal(504, format!("no worker has completed an attempt: {reason}")),
        (_, None) => Failure::terminal(500, &error),
    };
    WorkflowTermination::failed_application(application(failure))
}
