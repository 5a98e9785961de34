//! The definition of a workflow for a worker of Temporal.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use arazzo::{AnyRun, Client, Error, Seal, Transport, Workflow};
use arazzo_durable::{Durable, Failure, Retries};
use serde_json::Value;
use temporalio_sdk::error::WorkflowRegistrationError;
use temporalio_sdk::{WorkerOptionsBuilder, worker_options_builder};

use crate::activities::Activities;
use crate::execution::Instance;

/// Creates the Temporal workflow of an Arazzo workflow.
#[must_use]
pub fn workflow<W: Workflow<Dependencies = ()>>(client: Client<impl Transport + 'static>) -> Service<W> {
    Service {
        settings: Settings {
            durable: Durable::new::<W>(client).default_limit(LIMIT),
            heartbeat: Duration::from_secs(30),
            timeout: Duration::from_secs(10 * 60),
            longest_history: None,
        },
        workflow: PhantomData,
    }
}

/// The default limit of what is stored of an attempt. Temporal stores 2 MiB, unless it is told otherwise; what is left is
/// for the inputs of a person.
const LIMIT: usize = (2 << 20) - MARGIN - (16 << 10);

/// What the input of an attempt can have in addition to the run, for the inputs of a person.
const MARGIN: usize = 256 << 10;

/// What the activities and the executions of a workflow know.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) durable: Durable,
    pub(crate) heartbeat: Duration,
    pub(crate) timeout: Duration,
    pub(crate) longest_history: Option<u32>,
}

impl Settings {
    /// How large the input of an attempt may be, in bytes.
    pub(crate) fn largest(&self) -> usize {
        self.durable.largest().unwrap_or(LIMIT).saturating_add(MARGIN)
    }
}

/// An Arazzo workflow as a workflow of Temporal. See [`workflow`].
pub struct Service<W> {
    settings: Settings,
    workflow: PhantomData<fn() -> W>,
}

impl<W: Workflow<Dependencies = ()>> Service<W> {
    /// Registers the workflow and its activities with a worker.
    ///
    /// # Errors
    /// The worker already has a workflow with this `workflowId`.
    pub fn register<S: worker_options_builder::State>(
        self,
        worker: WorkerOptionsBuilder<S>,
    ) -> Result<WorkerOptionsBuilder<S>, WorkflowRegistrationError> {
        let settings = Arc::new(self.settings);
        let activities = Activities::<W> {
            settings: Arc::clone(&settings),
            workflow: PhantomData,
        };
        worker
            .register_activities(activities)
            .register_workflow_with_factory::<Instance<W>, _>(move || Instance::new(Arc::clone(&settings)))
    }

    /// Sets what a person is shown who is asked for inputs. See [`Durable::show`].
    #[must_use]
    pub fn show(self, show: impl Fn(&AnyRun) -> Value + Send + Sync + 'static) -> Self {
        self.with(|durable| durable.show(show))
    }

    /// Decides what happens after a failure. See [`Durable::judge`].
    #[must_use]
    pub fn judge(self, judge: impl Fn(&Error) -> Option<Failure> + Send + Sync + 'static) -> Self {
        self.with(|durable| durable.judge(judge))
    }

    /// Sets how Temporal repeats attempts. Attempts whose worker was killed also count. Each wait is at least as long as
    /// the one before.
    #[must_use]
    pub fn retries(self, retries: Retries) -> Self {
        self.with(|durable| durable.retries(retries))
    }

    /// Sets how many questions one execution asks at most. See [`Durable::most_questions`].
    #[must_use]
    pub fn most_questions(self, questions: u32) -> Self {
        self.with(|durable| durable.most_questions(questions))
    }

    /// Sets how large what Temporal stores of an attempt may be, in bytes. The default is 1,776 KiB: Temporal's limit of
    /// 2 MiB, less 272 KiB for the inputs of a person. For more, the server needs a larger limit too
    /// (`limit.blobSize.error`). See [`Durable::limit`].
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        self.with(|durable| durable.limit(limit))
    }

    /// Seals everything that Temporal stores. The instance of a sealed value is the id of the workflow in Temporal, so an id
    /// should not be used twice. The key must be able to open what it has sealed while executions run. See
    /// [`Durable::sealed`].
    #[must_use]
    pub fn sealed(self, key: impl Seal + Send + Sync + 'static) -> Self {
        self.with(|durable| durable.sealed(key))
    }

    /// Sets the heartbeat timeout: if a worker sends no heartbeat for this long, another worker makes the attempt again.
    /// The default is 30 s, the shortest 1 s.
    #[must_use]
    pub fn heartbeat(mut self, heartbeat: Duration) -> Self {
        self.settings.heartbeat = heartbeat.max(Duration::from_secs(1));
        self
    }

    /// Sets how long one attempt of a step may take. The default is 10 minutes, the shortest 1 s. The timeout of the client
    /// ([`ClientBuilder::timeout`](arazzo::ClientBuilder::timeout)) should be shorter.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.settings.timeout = timeout.max(Duration::from_secs(1));
        self
    }

    /// Sets after how many events an execution continues as a new one with the same id. By default it does when Temporal
    /// suggests it.
    #[must_use]
    pub fn longest_history(mut self, events: u32) -> Self {
        self.settings.longest_history = Some(events);
        self
    }

    /// Returns what adapters share, for sealing inputs and opening outputs.
    #[must_use]
    pub fn durable(&self) -> &Durable {
        &self.settings.durable
    }

    fn with(mut self, set: impl FnOnce(Durable) -> Durable) -> Self {
        self.settings.durable = set(self.settings.durable);
        self
    }
}

impl<W> Clone for Service<W> {
    fn clone(&self) -> Self {
        Self {
            settings: self.settings.clone(),
            workflow: PhantomData,
        }
    }
}

impl<W> fmt::Debug for Service<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Service").field(&self.settings.durable).finish()
    }
}
