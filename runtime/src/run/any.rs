//! Runs of a workflow that is only known at run time.

use std::any::Any;
use std::fmt;

use serde::Deserialize;
use serde::ser::{Serialize, Serializer};
use serde_json::Value;

use crate::client::Client;
use crate::engine::program::Program;
use crate::engine::{self, Advance, Context};
use crate::error::{Error, ErrorKind, unacknowledged};
use crate::json::view::View;
use crate::message::envelope::Message;
use crate::progress::{Progress, UnexpectedMessage};
use crate::run::state::Stage;
use crate::run::stored;
use crate::run_id::RunId;
use crate::transport::Transport;
use crate::workflow::{Run, Workflow};

/// A workflow as a value. [`AnyRun::read`] takes a list of them.
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
    /// Creates the value for a workflow without `dependsOn`.
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

    /// Returns the `workflowId`.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// Returns the path of the document, relative to the package that compiled it.
    #[must_use]
    pub const fn document(&self) -> &'static str {
        self.document
    }

    /// Returns the `summary` of the workflow.
    #[must_use]
    pub const fn summary(&self) -> Option<&'static str> {
        self.summary
    }

    /// Returns the `description` of the workflow.
    #[must_use]
    pub const fn description(&self) -> Option<&'static str> {
        self.description
    }

    /// Returns the schema of the inputs as JSON text (JSON Schema 2020-12).
    #[must_use]
    pub const fn inputs_schema(&self) -> &'static str {
        self.inputs_schema
    }

    /// Returns the schema of the outputs as JSON text (JSON Schema 2020-12).
    #[must_use]
    pub const fn outputs_schema(&self) -> &'static str {
        self.outputs_schema
    }

    /// Creates a run that is before its first step. Inputs that are missing can be set later.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: `inputs` is not an object, has an unknown member, or has a member of the wrong
    /// type.
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

/// A run of any workflow, for workflows that are only known at run time.
///
/// It is stored in the same form as [`Run`], so each can read what the other wrote. Inputs and outputs are JSON.
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
    /// Reads a stored run. `workflows` are the workflows that it may belong to.
    ///
    /// # Errors
    /// [`ErrorKind::Stored`]: the text is not a stored run, its workflow is not in the list, or the workflow has
    /// changed in a way that the run cannot follow.
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
        // Two documents may define the same id; only the workflow that the run belongs to can read it.
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

    /// Returns the `workflowId`.
    #[must_use]
    pub fn workflow(&self) -> &'static str {
        self.program.shape().workflow
    }

    /// Returns the id of the run, which does not change when the run is stored.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.program.state().id()
    }

    /// Returns the `stepId` of the next step; `None` if the run has ended.
    #[must_use]
    pub fn step(&self) -> Option<&'static str> {
        let step = self.program.state().position()?;
        self.program.shape().steps.get(step).map(|step| step.id)
    }

    /// Returns the inputs that the next step needs and that are missing, in the order of the document; empty if there
    /// are none. [`Progress::Awaiting`] has the same names.
    ///
    /// Nothing is sent. An attempt can fail for another reason before it needs the inputs, such as a missing
    /// credential, or a set input that violates its schema.
    #[must_use]
    pub fn awaiting(&self) -> Vec<&'static str> {
        let shape = self.program.shape();
        let step = match self.program.state().stage {
            Stage::Step(step) => step,
            Stage::DetourStep {
                other, called: None, ..
            } => other,
            _ => return Vec::new(),
        };
        let Some(step) = shape
            .steps
            .get(step)
            .filter(|_| engine::unmet_dependency(&*self.program, step).is_none())
        else {
            return Vec::new();
        };
        let needed = match step.call {
            Some(call) => shape.sites.get(call).copied().unwrap_or_default(),
            None => step.inputs,
        };
        self.names(&self.program.missing(needed))
    }

    /// Returns the outputs of the steps that have succeeded, each as the `stepId` and an object, in the order in which
    /// the steps are listed in the document. Secrets are among them.
    #[must_use]
    pub fn steps(&self) -> Vec<(&'static str, Value)> {
        let steps = self.program.shape().steps.iter().enumerate();
        let state = self.program.state();
        let known = steps.filter(|(index, _)| state.has(*index));
        known
            .map(|(index, step)| {
                let outputs = step.outputs.iter().enumerate();
                // Names with `$` are what the workflow itself reads of a called one.
                let own = outputs.filter(|(_, known)| !known.name.starts_with('$'));
                let outputs = own
                    .filter_map(|(output, known)| Some((known.name.to_owned(), state.typed(index, output)?)))
                    .collect();
                (step.id, Value::Object(outputs))
            })
            .collect()
    }

    /// Returns the inputs that are known so far, as an object.
    #[must_use]
    pub fn inputs(&self) -> Value {
        serde_json::to_value(View::Record(self.program.inputs())).unwrap_or_default()
    }

    /// Sets or corrects an input. Null removes it, unless the input is nullable.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`]: the workflow has no input of this name, or `value` has a different type.
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

    /// Returns the result of the workflow; `None` until the run has ended.
    #[must_use]
    pub fn outputs(&self) -> Option<Value> {
        serde_json::from_str(self.program.outputs()?.json()).ok()
    }

    /// Makes one attempt of the next step; never sleeps. See [`Run::advance`].
    ///
    /// # Errors
    /// The workflow failed; the run is at the same step as before.
    pub async fn advance<T: Transport>(&mut self, client: &Client<T>) -> Result<Progress<&'static str, Value>, Error> {
        let context = Context::new(client.transport(), client.settings(), self.id());
        let advance = engine::boxed_attempt(&mut *self.program, context).await?;
        self.progress(advance)
    }

    fn progress(&self, advance: Advance) -> Result<Progress<&'static str, Value>, Error> {
        Ok(match advance {
            Advance::Advanced => Progress::Advanced,
            Advance::Wait(duration) => Progress::Wait(duration),
            Advance::Awaiting(inputs) => Progress::Awaiting(self.names(&inputs)),
            Advance::AwaitingMessage(expected) => Progress::AwaitingMessage(*expected),
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
        let context = Context::new(client.transport(), client.settings(), self.id());
        let advance = engine::boxed_attempts(&mut *self.program, context).await?;
        self.progress(advance)
    }

    /// Runs to the end, and sleeps where the workflow waits.
    ///
    /// # Errors
    /// The workflow failed or an input is missing; the run is at the same step as before the failed attempt.
    pub async fn finish<T: Transport>(&mut self, client: &Client<T>) -> Result<Value, Error> {
        let context = Context::new(client.transport(), client.settings(), self.id());
        engine::boxed_finish(&mut *self.program, context).await?;
        self.collected()
    }

    /// Gives a message to the run, which waits for one. See [`Run::deliver`].
    ///
    /// # Errors
    /// Returns the message if the run does not wait for it.
    pub fn deliver(&mut self, message: Message) -> Result<(), UnexpectedMessage> {
        engine::delivery::deliver(&mut *self.program, message)
    }

    /// Acknowledges the messages that the run has received through the broker of the client. See [`Run::acknowledge`].
    ///
    /// # Errors
    /// [`ErrorKind::Transport`]: the broker could not be told.
    pub async fn acknowledge<T: Transport>(&self, client: &Client<T>) -> Result<(), Error> {
        let shape = self.program.shape();
        let position = engine::delivery::position(&*self.program);
        let acknowledged = client
            .settings()
            .mailboxes
            .acknowledge(self.id(), &position, false)
            .await;
        acknowledged.map_err(|cause| unacknowledged(cause, shape.workflow, shape.file))
    }

    fn names(&self, inputs: &[usize]) -> Vec<&'static str> {
        let known = self.program.shape().inputs;
        let named = inputs.iter().filter_map(|index| Some(known.get(*index)?.name));
        named.collect()
    }

    fn collected(&self) -> Result<Value, Error> {
        engine::collected(&*self.program, |_| self.outputs())
    }

    /// Converts into a run of the workflow `W`.
    ///
    /// # Errors
    /// Returns the run unchanged if it is a run of another workflow.
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
