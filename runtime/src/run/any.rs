//! Runs whose workflow is only known when the program runs.

use std::any::Any;
use std::fmt;

use serde::Deserialize;
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use crate::client::Client;
use crate::engine::program::Program;
use crate::engine::{self, Advance, Context};
use crate::error::{Error, ErrorKind};
use crate::json::view::View;
use crate::progress::Progress;
use crate::run::stored;
use crate::run_id::RunId;
use crate::transport::Transport;
use crate::workflow::{Run, Workflow};

/// A workflow as a value: an entry of the list that [`AnyRun::read`] takes.
///
/// ```ignore
/// const WORKFLOWS: &[AnyWorkflow] = &[
///     AnyWorkflow::of::<totp_enrollment::Workflow>(),
///     AnyWorkflow::of::<password_reset::Workflow>(),
/// ];
/// ```
#[derive(Clone, Copy)]
pub struct AnyWorkflow {
    id: &'static str,
    document: &'static str,
    summary: Option<&'static str>,
    description: Option<&'static str>,
    inputs_schema: &'static str,
    outputs_schema: &'static str,
    start: fn(&str) -> Result<Box<dyn Program>, String>,
    read: fn(&str) -> Result<Box<dyn Program>, String>,
}

impl AnyWorkflow {
    /// A workflow that needs no others before it.
    #[must_use]
    pub const fn of<W: Workflow<Dependencies = ()>>() -> Self {
        Self {
            id: W::ID,
            document: W::DOCUMENT,
            summary: W::SUMMARY,
            description: W::DESCRIPTION,
            inputs_schema: W::INPUTS_SCHEMA,
            outputs_schema: W::OUTPUTS_SCHEMA,
            start: stored::start_program::<W>,
            read: stored::read_program::<W>,
        }
    }

    /// `workflowId`
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The document's path, relative to the package that has compiled it.
    #[must_use]
    pub const fn document(&self) -> &'static str {
        self.document
    }

    /// `summary`
    #[must_use]
    pub const fn summary(&self) -> Option<&'static str> {
        self.summary
    }

    /// `description`
    #[must_use]
    pub const fn description(&self) -> Option<&'static str> {
        self.description
    }

    /// The schema of the inputs: JSON Schema 2020-12, as text.
    #[must_use]
    pub const fn inputs_schema(&self) -> &'static str {
        self.inputs_schema
    }

    /// The schema of the outputs: JSON Schema 2020-12, as text.
    #[must_use]
    pub const fn outputs_schema(&self) -> &'static str {
        self.outputs_schema
    }

    /// A run that is before its first step; inputs that are missing can be set later.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: `inputs` is not an object, has an unknown member, or one of the wrong type.
    pub fn start(&self, inputs: &Value) -> Result<AnyRun, Error> {
        let known = || (self.start)("{}").map(|program| AnyRun { program });
        let invalid = |message: String| {
            Error::new(ErrorKind::InvalidInput, message).with(|inner| {
                inner.workflow = self.id;
                inner.file = self.document;
            })
        };
        let Value::Object(given) = inputs else {
            return Err(invalid("the inputs are not a JSON object".to_owned()));
        };
        let mut run = known().map_err(invalid)?;
        for (name, value) in given {
            run.set_input(name, value)?;
        }
        Ok(run)
    }
}

impl fmt::Debug for AnyWorkflow {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AnyWorkflow")
            .field("id", &self.id)
            .field("document", &self.document)
            .finish_non_exhaustive()
    }
}

/// A run of any workflow: [`Run`] where the type is only known when the program runs.
///
/// It is stored in the same form as [`Run`], so that either can read what the other wrote. Inputs and outputs are JSON.
///
/// ```ignore
/// let mut run = AnyRun::read(&row.run, WORKFLOWS)?;
/// match run.advance_until_blocked(&client).await? {
///     Progress::Awaiting(inputs) => println!("{} needs {inputs:?}", run.workflow()),
///     Progress::Done(outputs) => println!("{} returned {outputs}", run.workflow()),
///     _ => {}
/// }
/// ```
pub struct AnyRun {
    program: Box<dyn Program>,
}

impl AnyRun {
    /// Reads a stored run of one of some workflows.
    ///
    /// # Errors
    /// [`ErrorKind::Stored`]: the text is not a stored run, its workflow is not in the list, or has changed since.
    pub fn read(stored: &str, workflows: &[AnyWorkflow]) -> Result<Self, Error> {
        #[derive(Deserialize)]
        struct Stored {
            workflow: String,
        }
        let failed = |message: String| Error::new(ErrorKind::Stored, message);
        let Ok(Stored { workflow }) = serde_json::from_str(stored) else {
            return Err(failed("not a stored run".to_owned()));
        };
        let mut all = workflows.iter().filter(|known| known.id == workflow);
        let Some(first) = all.next() else {
            let workflow = stored::shown(&workflow);
            return Err(failed(format!(
                "the run belongs to workflow `{workflow}`, which is not in the list"
            )));
        };
        // The same id in two documents: the one whose run this is can read it.
        let found = std::iter::once(first).chain(all).map(|known| (known.read)(stored));
        let mut error = None;
        for read in found {
            match read {
                Ok(program) => return Ok(Self { program }),
                Err(message) => error = error.or(Some(message)),
            }
        }
        Err(failed(error.unwrap_or_default()))
    }

    /// `workflowId`
    #[must_use]
    pub fn workflow(&self) -> &'static str {
        self.program.shape().workflow
    }

    /// What tells the run from every other, and stays when it is stored.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.program.state().id()
    }

    /// The `stepId` of the step that is next; `None` when the run has ended.
    #[must_use]
    pub fn step(&self) -> Option<&'static str> {
        let step = self.program.state().position()?;
        self.program.shape().steps.get(step).map(|step| step.id)
    }

    /// The inputs that are known so far.
    #[must_use]
    pub fn inputs(&self) -> Value {
        serde_json::to_value(View::Record(self.program.inputs())).unwrap_or_default()
    }

    /// Sets or corrects an input; null takes it away unless it is nullable.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: the workflow has no such input, or it is of another type.
    pub fn set_input(&mut self, name: &str, value: &Value) -> Result<(), Error> {
        let shape = self.program.shape();
        let set = if shape.inputs.iter().any(|input| input.name == name) {
            self.program.set_input(name, &value.to_string())
        } else {
            let known: Vec<String> = shape.inputs.iter().map(|input| format!("`{}`", input.name)).collect();
            Err(format!("unknown input `{name}`: the inputs are {}", known.join(", ")))
        };
        set.map_err(|message| {
            Error::new(ErrorKind::InvalidInput, message).with(|inner| {
                inner.workflow = shape.workflow;
                inner.file = shape.file;
            })
        })
    }

    /// What the workflow has returned; `None` until the run has ended.
    #[must_use]
    pub fn outputs(&self) -> Option<Value> {
        serde_json::from_str(self.program.outputs()?.json()).ok()
    }

    /// Performs one attempt of the next step; never sleeps. See [`Run::advance`].
    ///
    /// # Errors
    /// The workflow failed; the run is at the same step as before.
    pub async fn advance<T: Transport>(&mut self, client: &Client<T>) -> Result<Progress<&'static str, Value>, Error> {
        let context = Context::new(client.transport(), client.settings());
        Ok(match engine::boxed_attempt(&mut *self.program, context).await? {
            Advance::Advanced => Progress::Advanced,
            Advance::Wait(duration) => Progress::Wait(duration),
            Advance::Awaiting(inputs) => {
                let known = self.program.shape().inputs;
                Progress::Awaiting(
                    inputs
                        .iter()
                        .filter_map(|index| Some(known.get(*index)?.name))
                        .collect(),
                )
            }
            Advance::Done => Progress::Done(self.collected()?),
        })
    }

    /// Advances until the run has to wait, awaits an input or has ended; never sleeps.
    ///
    /// # Errors
    /// The workflow failed; the run is at the same step as before the failed attempt.
    pub async fn advance_until_blocked<T: Transport>(
        &mut self,
        client: &Client<T>,
    ) -> Result<Progress<&'static str, Value>, Error> {
        loop {
            match self.advance(client).await? {
                Progress::Advanced => {}
                blocked => return Ok(blocked),
            }
        }
    }

    /// Runs to the end, sleeping where the workflow waits.
    ///
    /// # Errors
    /// The workflow failed or an input is missing; the run is at the same step as before the failed attempt.
    pub async fn finish<T: Transport>(&mut self, client: &Client<T>) -> Result<Value, Error> {
        engine::boxed_finish(&mut *self.program, Context::new(client.transport(), client.settings())).await?;
        self.collected()
    }

    fn collected(&self) -> Result<Value, Error> {
        engine::collected(&*self.program, |_| self.outputs())
    }

    /// The run with its type.
    ///
    /// # Errors
    /// The run itself, where it is of another workflow.
    pub fn downcast<W: Workflow>(self) -> Result<Run<W>, Self> {
        let any: &dyn Any = &*self.program;
        match any.downcast_ref::<Run<W>>() {
            Some(run) => Ok(run.clone()),
            None => Err(self),
        }
    }
}

impl<W: Workflow> From<Run<W>> for AnyRun {
    fn from(run: Run<W>) -> Self {
        Self { program: Box::new(run) }
    }
}

impl Clone for AnyRun {
    fn clone(&self) -> Self {
        Self {
            program: self.program.boxed(),
        }
    }
}

impl fmt::Debug for AnyRun {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AnyRun")
            .field("workflow", &self.workflow())
            .field("step", &self.step())
            .finish_non_exhaustive()
    }
}

impl Serialize for AnyRun {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        stored::serialize(&*self.program, serializer)
    }
}
