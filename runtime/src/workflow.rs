//! Workflows as types, and their runs.

use std::fmt;

use serde::de::{DeserializeOwned, Deserializer};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};

use crate::client::Client;
use crate::engine::program::{Frame, Program, Returned, merged};
use crate::engine::{self, Advance, Context};
use crate::error::{Error, unacknowledged};
use crate::json::data::{self, Data as _};
use crate::json::members::{Fields, Record};
use crate::json::slot::Slot;
use crate::message::envelope::Message;
use crate::progress::{Progress, UnexpectedMessage};
use crate::run::descriptor::{Shape, StepName};
use crate::run::state::State;
use crate::run::stored;
use crate::run_error::RunError;
use crate::run_id::RunId;
use crate::seal::{self, Binding, Seal};
use crate::transport::Transport;

/// A workflow as a type.
///
/// [`arazzo_workflow!`](crate::arazzo_workflow) implements it for the type `Workflow` in the module of each workflow;
/// other code cannot implement it. Code that is generic over it works with every workflow, such as a table of jobs, a
/// handler of a web server or an adapter for a durable execution engine. [`AnyRun`](crate::AnyRun) does the same if the
/// type is only known at run time.
///
/// ```
/// use arazzo::{Client, Error, Progress, Run, Transport, Workflow};
///
/// /// Advances a stored run as far as it goes, and says what it waits for.
/// async fn resume<W: Workflow, T: Transport>(client: &Client<T>, stored: &mut String) -> Result<String, Error> {
///     let mut run: Run<W> = serde_json::from_str(stored).expect("a stored run");
///     let progress = run.advance_until_blocked(client).await?;
///     *stored = serde_json::to_string(&run).expect("a run can be stored");
///     Ok(match progress {
///         Progress::Awaiting(inputs) => format!("{} needs {inputs:?}", W::ID),
///         Progress::Done(outputs) => format!("{} returned {outputs:?}", W::ID),
///         _ => format!("{} waits", W::ID),
///     })
/// }
/// ```
pub trait Workflow: fmt::Debug + Sized + Send + Sync + 'static {
    /// The inputs, with all required inputs set.
    type Inputs: Record
        + Into<Self::PartialInputs>
        + Clone
        + PartialEq
        + Serialize
        + DeserializeOwned
        + Send
        + Sync
        + 'static;
    /// The inputs that are known so far; all of them are optional.
    type PartialInputs: Record + Default + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The enum of input names.
    type Input: Copy + Eq + std::hash::Hash + fmt::Debug + fmt::Display + Send + Sync + 'static;
    /// The enum of step names.
    type Step: Copy + Eq + std::hash::Hash + fmt::Debug + fmt::Display + Into<StepName> + Send + Sync + 'static;
    /// The outputs of the completed steps.
    type Steps<'a>: Copy + fmt::Debug;
    /// The result of the workflow: its outputs or, if it can transfer to other workflows, an enum with a variant for
    /// each end.
    type Outputs: Returned + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;
    /// The results of the workflows in `dependsOn`; `()` if there are none.
    type Dependencies: Record + Clone + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The `workflowId`.
    const ID: &'static str;
    /// The path of the document, relative to the package that compiled it.
    const DOCUMENT: &'static str;
    /// The `summary` of the workflow.
    const SUMMARY: Option<&'static str>;
    /// The `description` of the workflow.
    const DESCRIPTION: Option<&'static str>;
    /// All inputs, in the order of the document.
    const INPUTS: &'static [Self::Input];
    /// All steps, in the order of the document.
    const STEPS: &'static [Self::Step];
    /// The names of the source descriptions that the workflow calls, as [`ClientBuilder::source`](crate::ClientBuilder::source)
    /// takes them.
    const SOURCES: &'static [&'static str];
    /// The schema of the inputs: JSON Schema 2020-12 without references to other documents.
    const INPUTS_SCHEMA: &'static str;
    /// The schema of the outputs: JSON Schema 2020-12 without references to other documents.
    const OUTPUTS_SCHEMA: &'static str;

    #[doc(hidden)]
    const SHAPE: &'static Shape;

    #[doc(hidden)]
    fn steps(state: &State) -> Self::Steps<'_>;
}

/// A run of a workflow: a plain value that can be stored, sent and resumed.
///
/// It contains the inputs that are known so far, the outputs of the completed steps, and the state that is needed to
/// continue. It contains no client and no future: store it between two attempts in any serde format, and resume it in
/// any process that has compiled the same workflow.
///
/// The module of each workflow has an alias `Run` for its own runs.
pub struct Run<W: Workflow> {
    inputs: W::PartialInputs,
    dependencies: W::Dependencies,
    state: State,
}

impl<W: Workflow<Dependencies = ()>> Run<W> {
    /// Creates a run that is before its first step.
    #[must_use]
    pub fn new(inputs: impl Into<W::PartialInputs>) -> Self {
        Self::with_dependencies(inputs, ())
    }
}

impl<W: Workflow> Run<W> {
    /// Creates a run that is before its first step, of a workflow with `dependsOn`. `dependencies` are the results of
    /// the workflows that it depends on.
    #[must_use]
    pub fn with_dependencies(inputs: impl Into<W::PartialInputs>, dependencies: W::Dependencies) -> Self {
        Self::from_parts(inputs.into(), dependencies, State::new(W::SHAPE))
    }

    pub(crate) fn from_parts(inputs: W::PartialInputs, dependencies: W::Dependencies, state: State) -> Self {
        Self {
            inputs,
            dependencies,
            state,
        }
    }

    /// Makes one attempt of the next step; never sleeps.
    ///
    /// The run changes only when `advance` returns. If the future is dropped earlier, the API may have been called;
    /// the run records only the attempt.
    ///
    /// # Errors
    /// The workflow failed; the run is at the same step as before.
    pub async fn advance<T: Transport>(&mut self, client: &Client<T>) -> Result<Progress<W::Input, W::Outputs>, Error> {
        let context = Context::new(client.transport(), client.settings(), self.state.id());
        let advance = engine::boxed_attempt(self, context).await?;
        self.progress(advance)
    }

    fn progress(&self, advance: Advance) -> Result<Progress<W::Input, W::Outputs>, Error> {
        Ok(match advance {
            Advance::Advanced => Progress::Advanced,
            Advance::Wait(duration) => Progress::Wait(duration),
            Advance::Awaiting(inputs) => Progress::Awaiting(
                inputs
                    .iter()
                    .filter_map(|index| W::INPUTS.get(*index))
                    .copied()
                    .collect(),
            ),
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
    ) -> Result<Progress<W::Input, W::Outputs>, Error> {
        let context = Context::new(client.transport(), client.settings(), self.state.id());
        let advance = engine::boxed_attempts(self, context).await?;
        self.progress(advance)
    }

    /// Runs to the end, and sleeps where the workflow waits.
    ///
    /// # Errors
    /// The workflow failed or an input is missing; the run is at the same step as before the failed attempt. Fix the
    /// cause and call `finish` again.
    pub async fn finish<T: Transport>(&mut self, client: &Client<T>) -> Result<W::Outputs, Error> {
        let context = Context::new(client.transport(), client.settings(), self.state.id());
        engine::boxed_finish(self, context).await?;
        self.collected()
    }

    fn collected(&self) -> Result<W::Outputs, Error> {
        engine::collected(self, |run| W::Outputs::collect(run, W::SHAPE))
    }

    /// Gives a message to the run, which waits for one ([`Progress::AwaitingMessage`]); the next attempt evaluates it. The
    /// message is part of the run until then, and is stored with it.
    ///
    /// Use it if your application receives the messages itself, for example by a webhook, and for durable engines. The
    /// address of the message is not compared if it is empty.
    ///
    /// # Errors
    /// Returns the message if the run does not wait for it: the next step receives none, or one with another address or
    /// correlation ID.
    pub fn deliver(&mut self, message: Message) -> Result<(), UnexpectedMessage> {
        engine::delivery::deliver(self, message)
    }

    /// Acknowledges the messages that the run has received through the broker of the client.
    ///
    /// Call it after you have stored the run. If the process dies before, the broker delivers the messages again. Each
    /// method that advances the run acknowledges the earlier messages by itself, and `finish` all of them.
    ///
    /// # Errors
    /// [`ErrorKind::Transport`](crate::ErrorKind::Transport): the broker could not be told. It may deliver the messages again; no run waits for them.
    pub async fn acknowledge<T: Transport>(&self, client: &Client<T>) -> Result<(), Error> {
        let position = engine::delivery::position(self);
        let acknowledged = client
            .settings()
            .mailboxes
            .acknowledge(self.state.id(), &position, false)
            .await;
        acknowledged.map_err(|cause| unacknowledged(cause, W::ID, W::DOCUMENT))
    }

    /// Seals the run with your key and binds it to what it belongs to; [`open`](Self::open) restores it.
    ///
    /// # Errors
    /// The run cannot be stored, or the key cannot seal it.
    pub fn seal<S: Seal + ?Sized>(&self, key: &S, binding: Binding<'_>) -> Result<Vec<u8>, Error> {
        seal::seal(self, key, binding)
    }

    /// Restores a run that [`seal`](Self::seal) returned.
    ///
    /// # Errors
    /// The bytes were not sealed with this key and this binding, or are not a run of this workflow.
    pub fn open<S: Seal + ?Sized>(key: &S, binding: Binding<'_>, sealed: &[u8]) -> Result<Self, Error> {
        seal::open(key, binding, sealed)
    }

    /// Returns the id of the run, which does not change when the run is stored.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.state.id()
    }

    /// Returns the next step; `None` if the run has ended.
    #[must_use]
    pub fn step(&self) -> Option<W::Step> {
        W::STEPS.get(self.state.position()?).copied()
    }

    /// Returns the outputs of the completed steps.
    #[must_use]
    pub fn steps(&self) -> W::Steps<'_> {
        W::steps(&self.state)
    }

    /// Returns the inputs that are known so far.
    #[must_use]
    pub fn inputs(&self) -> &W::PartialInputs {
        &self.inputs
    }

    /// Returns the inputs mutably, for setting or correcting them.
    pub fn inputs_mut(&mut self) -> &mut W::PartialInputs {
        &mut self.inputs
    }

    /// Returns the result of the workflow; `None` until the run has ended.
    #[must_use]
    pub fn outputs(&self) -> Option<W::Outputs> {
        if self.state.position().is_some() {
            return None;
        }
        W::Outputs::collect(&self.frame(), W::SHAPE)
    }
}

impl<W: Workflow> Program for Run<W> {
    fn shape(&self) -> &'static Shape {
        W::SHAPE
    }

    fn state(&self) -> &State {
        &self.state
    }

    fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    fn inputs(&self) -> &dyn Fields {
        &self.inputs
    }

    fn set_input(&mut self, name: &str, json: &str) -> Result<(), String> {
        let merged = merged(&self.inputs, name, json)?;
        self.inputs = data::read(&merged).map_err(|fault| fault.to_string())?;
        Ok(())
    }

    fn dependencies(&self) -> &dyn Fields {
        &self.dependencies
    }

    fn outputs(&self) -> Option<Slot> {
        Slot::seen(Self::outputs(self)?.view())
    }

    fn frame(&self) -> Frame<'_> {
        Frame::new(&self.inputs, &self.dependencies, &self.state)
    }

    fn boxed(&self) -> Box<dyn Program> {
        Box::new(self.clone())
    }
}

impl<W: Workflow> Clone for Run<W> {
    fn clone(&self) -> Self {
        Self {
            inputs: self.inputs.clone(),
            dependencies: self.dependencies.clone(),
            state: self.state.clone(),
        }
    }
}

/// Two runs are equal if they store the same: id, inputs, outputs and position.
impl<W: Workflow> PartialEq for Run<W> {
    fn eq(&self, other: &Self) -> bool {
        let stored = |run| serde_json::to_string(run).ok();
        stored(self).is_some_and(|own| stored(other) == Some(own))
    }
}

impl<W: Workflow> fmt::Debug for Run<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Run")
            .field("inputs", &self.inputs)
            .field("step", &self.step())
            .finish_non_exhaustive()
    }
}

impl<W: Workflow> Serialize for Run<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        stored::serialize(self, serializer)
    }
}

impl<'de, W: Workflow> Deserialize<'de> for Run<W> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = data::text(deserializer)?;
        stored::read(&text).map_err(serde::de::Error::custom)
    }
}

/// Runs a workflow to its end. The function of each workflow calls it.
///
/// # Errors
/// The error that stopped the run, together with the run.
pub async fn call<W: Workflow, T: Transport>(
    client: &Client<T>,
    inputs: W::Inputs,
    dependencies: W::Dependencies,
) -> Result<W::Outputs, RunError<W>> {
    let mut run = Run::with_dependencies(inputs, dependencies);
    match run.finish(client).await {
        Ok(outputs) => Ok(outputs),
        Err(error) => Err(RunError::new(error, run)),
    }
}

/// Workflows that only end in themselves return their outputs.
impl<R: Record> Returned for R {
    fn collect(run: &Frame<'_>, shape: &'static Shape) -> Option<Self> {
        crate::engine::program::outputs(run, shape)
    }
}
