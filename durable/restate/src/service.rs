//! The definition of a workflow for an endpoint of Restate.

use std::sync::Arc;

use arazzo::{AnyRun, Client, Error, Seal, Transport, Workflow};
use arazzo_durable::{Durable, Failure, Retries};
use restate_sdk::discovery::{self, HandlerName, HandlerType, InputPayload, OutputPayload, ServiceName, ServiceType};
use restate_sdk::service::{IntoServiceDefinition, ServiceDefinition, macro_support};
use serde_json::Value;

use crate::handlers::Handlers;

/// Creates the Restate workflow of an Arazzo workflow, for `Endpoint::builder().bind(…)`.
#[must_use]
pub fn workflow<W: Workflow<Dependencies = ()>>(client: Client<impl Transport + 'static>) -> Service {
    Durable::new::<W>(client).into()
}

/// The default limit of what is stored of an attempt: Restate accepts messages of 32 MiB, unless it is told otherwise.
const LIMIT: usize = 16 << 20;

/// An Arazzo workflow as a workflow of Restate. See [`workflow`].
///
/// Options of Restate itself, such as retention and private handlers, are set on its definition:
///
/// ```
/// use restate_sdk::prelude::{Endpoint, ServiceOptions};
/// use restate_sdk::service::IntoServiceDefinition as _;
///
/// fn endpoint(service: arazzo_restate::Service) -> Endpoint {
///     let private = ServiceOptions::new().ingress_private(true);
///     Endpoint::builder().bind(service.into_service_definition().options(private)).build()
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Service(Durable);

impl From<Durable> for Service {
    fn from(durable: Durable) -> Self {
        Self(durable.default_limit(LIMIT))
    }
}

impl Service {
    /// Sets the name of the workflow in Restate. The default is the `workflowId`.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        Self(self.0.named(name))
    }

    /// Sets what a person is shown who is asked for inputs. See [`Durable::show`].
    #[must_use]
    pub fn show(self, show: impl Fn(&AnyRun) -> Value + Send + Sync + 'static) -> Self {
        Self(self.0.show(show))
    }

    /// Decides what happens after a failure. See [`Durable::judge`].
    #[must_use]
    pub fn judge(self, judge: impl Fn(&Error) -> Option<Failure> + Send + Sync + 'static) -> Self {
        Self(self.0.judge(judge))
    }

    /// Sets how Restate repeats attempts. Attempts in which it did not reach the service also count.
    #[must_use]
    pub fn retries(self, retries: Retries) -> Self {
        Self(self.0.retries(retries))
    }

    /// Sets how many questions one execution asks at most. See [`Durable::most_questions`].
    #[must_use]
    pub fn most_questions(self, questions: u32) -> Self {
        Self(self.0.most_questions(questions))
    }

    /// Sets how large what Restate stores of an attempt may be, in bytes. The default is 16 MiB. See [`Durable::limit`].
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        Self(self.0.limit(limit))
    }

    /// Seals everything that Restate stores. The instance of a sealed value is the key of the workflow in Restate. See
    /// [`Durable::sealed`].
    #[must_use]
    pub fn sealed(self, key: impl Seal + Send + Sync + 'static) -> Self {
        Self(self.0.sealed(key))
    }

    /// Returns what adapters share, for sealing inputs and opening outputs.
    #[must_use]
    pub fn durable(&self) -> &Durable {
        &self.0
    }
}

impl IntoServiceDefinition for Service {
    /// # Panics
    /// The name is not a name of Restate: a letter, then letters, digits, `.`, `_` and `-`.
    fn into_service_definition(self) -> ServiceDefinition {
        let discovery = discovered(&self.0);
        macro_support::service_definition(Handlers(Arc::new(self.0)), discovery)
    }
}

/// Describes the workflow to Restate, as the macros of the SDK do.
#[allow(
    clippy::panic,
    reason = "the SDK's macros panic too; an endpoint without the workflow would be worse"
)]
fn discovered(durable: &Durable) -> discovery::Service {
    let name = ServiceName::try_from(durable.name().to_owned());
    let workflow = durable.workflow();
    discovery::Service {
        ty: ServiceType::Workflow,
        name: name
            .unwrap_or_else(|error| panic!("`{}` is not a name for a service of Restate: {error}", durable.name())),
        handlers: vec![
            handler("run", HandlerType::Workflow, true),
            handler("provide", HandlerType::Shared, true),
            handler("status", HandlerType::Shared, false),
            handler("stored", HandlerType::Shared, false),
        ],
        documentation: workflow.summary().or(workflow.description()).map(str::to_owned),
        metadata: Default::default(),
        abort_timeout: None,
        inactivity_timeout: None,
        journal_retention: None,
        idempotency_retention: None,
        enable_lazy_state: None,
        ingress_private: None,
        retry_policy_initial_interval: None,
        retry_policy_max_interval: None,
        retry_policy_max_attempts: None,
        retry_policy_exponentiation_factor: None,
        retry_policy_on_max_attempts: None,
    }
}

#[allow(clippy::expect_used, reason = "the names are those of the handlers")]
fn handler(name: &str, ty: HandlerType, takes_input: bool) -> discovery::Handler {
    type Json = restate_sdk::serde::Json<Value>;
    discovery::Handler {
        name: HandlerName::try_from(name).expect("a name of Restate"),
        input: Some(if takes_input {
            InputPayload::from_metadata::<Json>()
        } else {
            InputPayload::empty()
        }),
        output: Some(if name == "provide" {
            OutputPayload::empty()
        } else {
            OutputPayload::from_metadata::<Json>()
        }),
        ty: Some(ty),
        documentation: None,
        metadata: Default::default(),
        abort_timeout: None,
        inactivity_timeout: None,
        journal_retention: None,
        idempotency_retention: None,
        workflow_completion_retention: None,
        enable_lazy_state: None,
        ingress_private: None,
        retry_policy_initial_interval: None,
        retry_policy_max_interval: None,
        retry_policy_max_attempts: None,
        retry_policy_exponentiation_factor: None,
        retry_policy_on_max_attempts: None,
    }
}
