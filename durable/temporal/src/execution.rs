//! A workflow as a worker of Temporal runs it.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use arazzo::Workflow;
use arazzo_durable::{Durable, Failure, Status};
use futures_util::future::LocalBoxFuture;
use serde_json::value::RawValue;
use temporalio_common::data_converters::{
    GenericPayloadConverter, PayloadConverter, SerializationContext, SerializationContextData, TemporalDeserializable,
    WorkflowSerializationContext,
};
use temporalio_common::protos::temporal::api::common::v1::{Payload, Payloads};
use temporalio_sdk::workflow_interceptors::WorkflowOutputValue;
use temporalio_sdk::workflows::{
    UpdateDefinitionDescriptor, WorkflowDefinitionDescriptor, WorkflowError, WorkflowImplementation,
};
use temporalio_sdk::{WorkflowContext, WorkflowContextView, WorkflowTermination};

use crate::driver;
use crate::messages::{Input, PROVIDE, Run, STATUS, STORED};
use crate::service::Settings;

type Raw = Box<RawValue>;
type Message = Option<Box<dyn Any>>;

/// An execution in a worker, which only [`Service::register`](crate::Service::register) can create.
pub(crate) struct Instance<W> {
    pub(crate) settings: Arc<Settings>,
    pub(crate) status: Status,
    pub(crate) question: Option<Open>,
    pub(crate) ended: bool,
    workflow: PhantomData<fn() -> W>,
}

/// A question, until the next attempt.
pub(crate) struct Open {
    pub(crate) inputs: Vec<String>,
    /// The length of the history when it was asked.
    pub(crate) asked: u32,
    pub(crate) run: Raw,
    pub(crate) provided: Option<Raw>,
}

impl<W> Instance<W> {
    pub(crate) fn new(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            status: Status::running(None, None),
            question: None,
            ended: false,
            workflow: PhantomData,
        }
    }

    /// Returns why inputs cannot be provided now.
    ///
    /// It is called again when an execution is replayed, and must return the same result then: it depends only on the
    /// question, the inputs and the key.
    pub(crate) fn refusal(&self, instance: &str, sent: &RawValue) -> Option<String> {
        let Some(question) = &self.question else {
            return Some("no input is required now; see the status".to_owned());
        };
        if question.provided.is_some() {
            return Some("the inputs were already provided; see the status".to_owned());
        }
        if question.run.get().len() + sent.get().len() > self.settings.largest() {
            return Some(format!(
                "the inputs have {} bytes, which is more than Temporal stores of an attempt",
                sent.get().len()
            ));
        }
        let checked = self.settings.durable.check(instance, &question.inputs, sent);
        checked.err().map(reason)
    }
}

impl<W: Workflow<Dependencies = ()>> WorkflowImplementation for Instance<W> {
    type Run = Run<W>;
    const HAS_INIT: bool = false;
    const INIT_TAKES_INPUT: bool = false;

    fn name() -> &'static str {
        W::ID
    }

    fn definition() -> WorkflowDefinitionDescriptor {
        WorkflowDefinitionDescriptor {
            workflow_type: W::ID.to_owned(),
            has_init: false,
            init_takes_input: false,
            signals: Vec::new(),
            queries: vec![STATUS.to_owned(), STORED.to_owned()],
            updates: vec![UpdateDefinitionDescriptor {
                name: PROVIDE.to_owned(),
                has_validator: true,
            }],
        }
    }

    /// # Panics
    /// Always: the service registers the workflow with a factory, so that nobody calls this.
    #[allow(clippy::unreachable, reason = "the trait wants a value that cannot be made")]
    fn init(_: WorkflowContextView, _: Option<Input>) -> Self {
        unreachable!("an execution has settings, which its factory knows")
    }

    fn run(
        context: WorkflowContext<Self>,
        input: Option<Input>,
    ) -> LocalBoxFuture<'static, Result<Box<dyn WorkflowOutputValue>, WorkflowTermination>> {
        Box::pin(async move {
            let input = input.unwrap_or_else(|| Input::from(RawValue::NULL.to_owned()));
            let outputs = driver::run(&context, input).await?;
            Ok(Box::new(outputs) as Box<dyn WorkflowOutputValue>)
        })
    }

    fn dispatch_signal(
        _: WorkflowContext<Self>,
        name: &str,
        _: Box<dyn Any>,
    ) -> LocalBoxFuture<'static, Result<(), WorkflowError>> {
        let refused = Err(unknown(name));
        Box::pin(async { refused })
    }

    fn decode_query_input(
        name: &str,
        payloads: &Payloads,
        converter: &PayloadConverter,
    ) -> Result<Message, WorkflowError> {
        match name {
            // Clients without a notion of no input send none, or null.
            STATUS | STORED if payloads.payloads.is_empty() => Ok(Some(Box::new(()))),
            STATUS | STORED => decoded::<()>(payloads.payloads.clone(), converter),
            _ => Ok(None),
        }
    }

    fn dispatch_query(
        &self,
        _: WorkflowContextView,
        name: &str,
        _: Box<dyn Any>,
    ) -> Result<Box<dyn WorkflowOutputValue>, WorkflowError> {
        match (name, &self.question) {
            (STATUS, _) => Ok(Box::new(self.status.clone())),
            (STORED, Some(question)) if question.provided.is_none() => {
                let transfer = Durable::transfer(&question.run);
                Ok(Box::new(transfer.map_err(|failure| refused(reason(failure)))?))
            }
            (STORED, _) => Err(refused("the workflow awaits no input; see the status")),
            _ => Err(unknown(name)),
        }
    }

    fn decode_update_input(
        name: &str,
        payloads: Payloads,
        converter: &PayloadConverter,
    ) -> Result<Message, WorkflowError> {
        match name {
            PROVIDE => decoded::<Input>(payloads.payloads, converter),
            _ => Ok(None),
        }
    }

    fn validate_update(
        &self,
        context: WorkflowContextView,
        name: &str,
        input: Box<dyn Any>,
    ) -> Result<(), WorkflowError> {
        match (name, input.downcast::<Input>()) {
            // A worker that has just read the history receives the update before the workflow has asked the question again.
            (PROVIDE, Ok(_)) if self.question.is_none() && !self.ended => Ok(()),
            (PROVIDE, Ok(sent)) => {
                let sent = sent.into_json().map_err(|failure| refused(reason(failure)))?;
                let refusal = self.refusal(context.workflow_id(), &sent);
                refusal.map_or(Ok(()), |refusal| Err(refused(refusal)))
            }
            _ => Err(unknown(name)),
        }
    }

    fn dispatch_update(
        context: WorkflowContext<Self>,
        name: &str,
        input: Box<dyn Any>,
    ) -> LocalBoxFuture<'static, Result<Box<dyn WorkflowOutputValue>, WorkflowError>> {
        let provided = match (name, input.downcast::<Input>()) {
            (PROVIDE, Ok(sent)) => sent.into_json().map_err(|failure| refused(reason(failure))),
            _ => Err(unknown(name)),
        };
        // The handler starts here, also where it is polled later.
        let received = context.history_length();
        Box::pin(async move {
            driver::provide(&context, provided?, received).await.map_err(refused)?;
            Ok(Box::new(()) as Box<dyn WorkflowOutputValue>)
        })
    }
}

fn decoded<T: TemporalDeserializable + 'static>(
    payloads: Vec<Payload>,
    converter: &PayloadConverter,
) -> Result<Message, WorkflowError> {
    let data = SerializationContextData::Workflow(WorkflowSerializationContext::new());
    let value: T = converter.from_payloads(&SerializationContext::new(&data, converter), payloads)?;
    Ok(Some(Box::new(value)))
}

fn reason(failure: Failure) -> String {
    match failure {
        Failure::Terminal { message, .. } => message,
        other => format!("{other:?}"),
    }
}

fn refused(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> WorkflowError {
    WorkflowError::Execution(why.into())
}

fn unknown(name: &str) -> WorkflowError {
    refused(format!("the workflow has no message `{name}`"))
}
