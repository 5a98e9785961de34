//! The activities: what Temporal repeats, and whose results it stores.

use std::marker::PhantomData;
use std::pin::pin;
use std::sync::Arc;

use arazzo::Workflow;
use arazzo_durable::{Attempt, Failure, Started, Turn};
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use temporalio_common::ActivityDefinition;
use temporalio_common::error::ApplicationFailure;
use temporalio_sdk::activities::{
    ActivityContext, ActivityDefinitions, ActivityError, ActivityImplementer, ExecutableActivity,
};

use crate::service::Settings;

/// The activities of a workflow.
pub(crate) struct Activities<W> {
    pub(crate) settings: Arc<Settings>,
    pub(crate) workflow: PhantomData<fn() -> W>,
}

/// Reads what was sent: the id of a new run is random, and another version of the program can come to another result.
pub(crate) struct StartRun<W> {
    name: String,
    workflow: PhantomData<fn() -> W>,
}

/// Makes one attempt of a step.
pub(crate) struct AttemptStep<W> {
    name: String,
    workflow: PhantomData<fn() -> W>,
}

/// A run before its first attempt.
#[derive(Serialize, Deserialize)]
pub(crate) struct Begun {
    pub(crate) started: Started,
    pub(crate) longest_history: Option<u32>,
}

/// The input of an attempt.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Given {
    pub(crate) run: Box<RawValue>,
    pub(crate) answered: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) provided: Option<Box<RawValue>>,
    pub(crate) asked: u32,
}

impl<W: Workflow<Dependencies = ()>> ActivityDefinition for StartRun<W> {
    type Input = Box<RawValue>;
    type Output = Begun;

    fn name(&self) -> &str {
        &self.name
    }
}

impl<W: Workflow<Dependencies = ()>> ActivityDefinition for AttemptStep<W> {
    type Input = Given;
    type Output = Attempt;

    fn name(&self) -> &str {
        &self.name
    }
}

impl<W: Workflow<Dependencies = ()>> ExecutableActivity for StartRun<W> {
    type Implementer = Activities<W>;
    const REQUIRES_INSTANCE: bool = true;

    fn definition() -> Self {
        Self {
            name: format!("{}.start", W::ID),
            workflow: PhantomData,
        }
    }

    fn execute(
        receiver: Option<Arc<Activities<W>>>,
        context: ActivityContext,
        sent: Box<RawValue>,
    ) -> BoxFuture<'static, Result<Begun, ActivityError>> {
        Box::pin(async move {
            let (settings, instance) = place(receiver, &context)?;
            Ok(Begun {
                started: settings.durable.start(&instance, &sent).map_err(failed)?,
                longest_history: settings.longest_history,
            })
        })
    }
}

impl<W: Workflow<Dependencies = ()>> ExecutableActivity for AttemptStep<W> {
    type Implementer = Activities<W>;
    const REQUIRES_INSTANCE: bool = true;

    fn definition() -> Self {
        Self {
            name: format!("{}.attempt", W::ID),
            workflow: PhantomData,
        }
    }

    fn execute(
        receiver: Option<Arc<Activities<W>>>,
        context: ActivityContext,
        given: Given,
    ) -> BoxFuture<'static, Result<Attempt, ActivityError>> {
        Box::pin(async move {
            let (settings, instance) = place(receiver, &context)?;
            let mut turn = Turn::default().answered(&given.answered).asked(given.asked);
            if let Some(sent) = &given.provided {
                turn = turn.sent(sent);
            }
            // An attempt is not interrupted when the workflow is cancelled: its request may have arrived.
            let mut attempt = pin!(settings.durable.attempt(&instance, &given.run, turn));
            loop {
                match tokio::time::timeout(settings.heartbeat / 3, attempt.as_mut()).await {
                    Ok(attempted) => return attempted.map_err(failed),
                    Err(_) => context.record_heartbeat(()).await?,
                }
            }
        })
    }
}

impl<W: Workflow<Dependencies = ()>> ActivityImplementer for Activities<W> {
    fn register_all(self: Arc<Self>, definitions: &mut ActivityDefinitions) {
        definitions.register_activity::<StartRun<W>>(Arc::clone(&self));
        definitions.register_activity::<AttemptStep<W>>(self);
    }
}

/// The settings of the workflow, and the id of the execution.
fn place<W>(
    receiver: Option<Arc<Activities<W>>>,
    context: &ActivityContext,
) -> Result<(Arc<Settings>, String), ActivityError> {
    match (receiver, &context.info().workflow_id) {
        (Some(activities), Some(instance)) => Ok((Arc::clone(&activities.settings), instance.clone())),
        _ => Err(failed(Failure::terminal(500, "this activity belongs to a workflow"))),
    }
}

fn failed(failure: Failure) -> ActivityError {
    ActivityError::application(application(failure))
}

/// Converts a failure. Its type is the status; one without is repeated.
pub(crate) fn application(failure: Failure) -> ApplicationFailure {
    match failure {
        Failure::Terminal { code, message } => ApplicationFailure::builder(message)
            .type_name(code.to_string())
            .non_retryable(true)
            .build(),
        Failure::Retry(message) => ApplicationFailure::new(message),
        other => ApplicationFailure::non_retryable(format!("{other:?}")),
    }
}
