//! The names by which clients refer to a workflow and its messages.

use std::fmt;
use std::marker::PhantomData;

use arazzo::Workflow;
use arazzo_durable::{Failure, Status};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::{RawValue, to_raw_value};
use temporalio_common::data_converters::{
    GenericPayloadConverter as _, PayloadConversionError, SerializationContext, TemporalDeserializable,
    TemporalSerializable,
};
use temporalio_common::protos::temporal::api::common::v1::Payload;
use temporalio_common::{HasWorkflowDefinition, QueryDefinition, UpdateDefinition, WorkflowDefinition};

/// What starts an execution, and what a person provides: a JSON object, as text. An execution that is started without an
/// input, or with null, knows no inputs yet.
#[derive(Clone, Debug)]
pub struct Input(Result<Box<RawValue>, String>);

impl Input {
    /// Creates an input of anything that serializes to a JSON object, such as the generated types `Inputs` and
    /// `PartialInputs`.
    ///
    /// # Errors
    /// The value cannot be serialized.
    pub fn new(value: &impl Serialize) -> serde_json::Result<Self> {
        to_raw_value(value).map(Self::from)
    }

    /// Returns the JSON text.
    ///
    /// # Errors
    /// The payload is not JSON.
    pub(crate) fn into_json(self) -> Result<Box<RawValue>, Failure> {
        self.0
            .map_err(|error| Failure::terminal(400, format!("the input is not JSON: {error}")))
    }
}

impl From<Box<RawValue>> for Input {
    fn from(json: Box<RawValue>) -> Self {
        Self(Ok(json))
    }
}

impl TemporalSerializable for Input {
    fn to_payload(&self, context: &SerializationContext<'_>) -> Result<Payload, PayloadConversionError> {
        match &self.0 {
            Ok(json) => context.converter.to_payload(context, json),
            Err(error) => Err(PayloadConversionError::EncodingError(error.clone().into())),
        }
    }
}

impl TemporalDeserializable for Input {
    /// Never fails: Temporal repeats a task for ever whose input cannot be read.
    fn from_payloads(
        context: &SerializationContext<'_>,
        payloads: Vec<Payload>,
    ) -> Result<Self, PayloadConversionError> {
        let nothing = || RawValue::from_string("{}".to_owned()).map_err(|error| error.to_string());
        if payloads.is_empty() {
            return Ok(Self(nothing()));
        }
        let read: Result<Box<RawValue>, _> = context.converter.from_payloads(context, payloads);
        Ok(Self(match read {
            Ok(json) if json.get() == "null" => nothing(),
            Ok(json) => Ok(json),
            Err(error) => Err(error.to_string()),
        }))
    }
}

/// An Arazzo workflow as clients of Temporal refer to it: a handle of this type, and constants for its messages.
pub struct Execution<W>(PhantomData<fn() -> W>);

/// The definition of a workflow. See [`Execution::RUN`].
pub struct Run<W>(PhantomData<fn() -> W>);

/// The definition of the update `provide`. See [`Execution::PROVIDE`].
pub struct Provide<W>(PhantomData<fn() -> W>);

/// The definition of a query with a result of type `T`. See [`Execution::STATUS`] and [`Execution::STORED`].
pub struct Query<W, T> {
    name: &'static str,
    types: PhantomData<fn() -> (W, T)>,
}

/// The names of the messages.
pub(crate) const PROVIDE: &str = "provide";
pub(crate) const STATUS: &str = "status";
pub(crate) const STORED: &str = "stored";

impl<W: Workflow<Dependencies = ()>> Execution<W> {
    /// Starts a workflow: `client.start_workflow(Execution::<W>::RUN, inputs, options)`.
    pub const RUN: Run<W> = Run(PhantomData);
    /// Provides the inputs that a workflow asks for: `handle.execute_update(Execution::<W>::PROVIDE, inputs, options)`.
    ///
    /// The update is refused if an input is missing, was not asked for or was already provided. Whether the API takes it
    /// is found out by the next attempt, and can be read from the status.
    pub const PROVIDE: Provide<W> = Provide(PhantomData);
    /// Gets the status of a workflow: `handle.query(Execution::<W>::STATUS, (), options)`.
    pub const STATUS: Query<W, Status> = Query {
        name: STATUS,
        types: PhantomData,
    };
    /// Gets the stored run of a workflow that awaits inputs, as the input of another execution:
    /// `handle.query(Execution::<W>::STORED, (), options)`.
    pub const STORED: Query<W, Box<RawValue>> = Query {
        name: STORED,
        types: PhantomData,
    };
}

impl<W: Workflow<Dependencies = ()>> WorkflowDefinition for Execution<W> {
    type Input = Input;
    type Output = Box<RawValue>;

    fn name(&self) -> &str {
        W::ID
    }
}

impl<W: Workflow<Dependencies = ()>> HasWorkflowDefinition for Execution<W> {
    type Run = Run<W>;
}

impl<W: Workflow<Dependencies = ()>> fmt::Debug for Execution<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Execution").field(&W::ID).finish()
    }
}

impl<W: Workflow<Dependencies = ()>> WorkflowDefinition for Run<W> {
    type Input = Input;
    type Output = Box<RawValue>;

    fn name(&self) -> &str {
        W::ID
    }
}

impl<W: Workflow<Dependencies = ()>> HasWorkflowDefinition for Run<W> {
    type Run = Self;
}

impl<W: Workflow<Dependencies = ()>> UpdateDefinition for Provide<W> {
    type Workflow = Run<W>;
    type Input = Input;
    type Output = ();

    fn name(&self) -> &str {
        PROVIDE
    }
}

impl<W: Workflow<Dependencies = ()>, T: Serialize + DeserializeOwned + 'static> QueryDefinition for Query<W, T> {
    type Workflow = Run<W>;
    type Input = ();
    type Output = T;

    fn name(&self) -> &str {
        self.name
    }
}

impl<W: Workflow<Dependencies = ()>> fmt::Debug for Run<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Run").field(&W::ID).finish()
    }
}

impl<W: Workflow<Dependencies = ()>> fmt::Debug for Provide<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Provide").field(&W::ID).finish()
    }
}

impl<W: Workflow<Dependencies = ()>, T> fmt::Debug for Query<W, T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Query").field(&W::ID).field(&self.name).finish()
    }
}
