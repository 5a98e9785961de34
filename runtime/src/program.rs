//! What the compiler writes for a workflow, as the engine sees it.

use crate::call::{Call, Failure, Stop};
use crate::datum::Datum;
use crate::error::ErrorKind;
use crate::exchange::Exchange;
use crate::shape::Shape;
use crate::slot::Slot;
use crate::state::{Detour, State};

/// What happens after an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// The next step of the list.
    Next,
    /// The workflow ends.
    End,
    /// The step with this index.
    Goto(usize),
    /// The workflow of this call, for good.
    Leave(usize),
    /// The same step once more, after so many seconds if the response does not say otherwise, and
    /// after a detour.
    Retry(Option<f64>, Option<Detour>),
}

/// What the compiler writes for each workflow; decisions are code, the rest is here.
pub trait Program: Send {
    /// The names of things.
    fn shape(&self) -> &'static Shape;

    /// The state.
    fn state(&self) -> &State;

    /// The state.
    fn state_mut(&mut self) -> &mut State;

    /// What is wrong with the inputs that are there.
    fn violations(&self) -> Vec<String> {
        Vec::new()
    }

    /// Makes the request of a step.
    ///
    /// # Errors
    /// An input is awaited, or the request cannot be made.
    fn prepare(&self, step: usize, call: &mut Call) -> Result<(), Stop>;

    /// Judges the response of a step and returns what the step keeps.
    ///
    /// # Errors
    /// A criterion is not met, or the response is not what an output needs.
    fn settle(&self, step: usize, exchange: &Exchange<'_>) -> Result<Vec<Option<Slot>>, Failure>;

    /// What happens after a step that has succeeded.
    fn succeeded(&mut self, _step: usize, _exchange: &Exchange<'_>) -> Action {
        Action::Next
    }

    /// What happens after a step that has failed; `None`: the workflow fails.
    fn failed(&mut self, _step: usize, _exchange: &Exchange<'_>) -> Option<Action> {
        None
    }

    /// An output of the workflow.
    fn output(&self, _output: usize) -> Option<Datum<'_>> {
        None
    }

    /// Starts the run of a call.
    ///
    /// # Errors
    /// An input is awaited, or one of the called workflow cannot be given.
    fn call(&mut self, _site: usize, _exchange: &Exchange<'_>) -> Result<(), Stop> {
        Ok(())
    }

    /// The run that was called.
    fn child(&mut self) -> Option<&mut dyn Program> {
        None
    }

    /// Forgets the run that was called.
    fn hang_up(&mut self) {}
}

/// A [`Program`] with the types that its user sees.
pub trait Workflow: Program {
    /// The enum of inputs.
    type Input;
    /// The outputs.
    type Outputs;

    /// The input with an index.
    fn input(index: usize) -> Option<Self::Input>;

    /// The outputs of a run that has ended.
    fn collect(&self) -> Option<Self::Outputs>;
}

/// Starts the inputs of a called workflow: what `write` writes as the members of an object.
///
/// # Errors
/// A value that is absent, or of another type than the input.
pub fn inputs<I: serde::de::DeserializeOwned>(
    workflow: &str,
    write: impl FnOnce(&mut crate::call::JsonBody<'_>) -> Result<(), Failure>,
) -> Result<I, Failure> {
    let written = crate::call::written(write)?;
    crate::reading::read(&written.text()).map_err(|error| {
        Failure::new(
            ErrorKind::Request,
            format!("the inputs of workflow `{workflow}` cannot be given: {error}"),
        )
    })
}
