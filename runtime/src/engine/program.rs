//! A run as the engine sees it: whatever its workflow is.

use std::any::Any;

use serde::Serialize as _;

use crate::error::ErrorKind;
use crate::json::data::Data;
use crate::json::datum::Datum;
use crate::json::fault::Fault;
use crate::json::members::{Fields, Members, Record, Table};
use crate::json::slot::Slot;
use crate::json::view::View;
use crate::run::descriptor::Shape;
use crate::run::state::{Detour, State};
use crate::wire::call::Call;
use crate::wire::exchange::Exchange;
use crate::wire::failure::{Failure, Stop};
use crate::workflow::{Run, Workflow};

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

/// A run, whatever its workflow is.
pub trait Program: Any + Send + Sync {
    /// What is known of the workflow.
    fn shape(&self) -> &'static Shape;

    /// The state.
    fn state(&self) -> &State;

    /// The state.
    fn state_mut(&mut self) -> &mut State;

    /// The inputs that are known so far.
    fn inputs(&self) -> &dyn Fields;

    /// Replaces an input by a JSON value.
    ///
    /// # Errors
    /// There is no input with this name, or the value is not of its type.
    fn set_input(&mut self, name: &str, json: &str) -> Result<(), String>;

    /// What the workflows that have run before have returned.
    fn dependencies(&self) -> &dyn Fields;

    /// The outputs of a run that has ended, as JSON.
    fn outputs(&self) -> Option<Slot>;

    /// What the decisions of the workflow read.
    fn frame(&self) -> Frame<'_>;

    /// The same run once more.
    fn boxed(&self) -> Box<dyn Program>;
}

/// The run of a workflow that another one has called.
pub struct Child(pub(crate) Box<dyn Program>);

impl Child {
    /// The run of a workflow.
    #[must_use]
    pub fn new<W: Workflow>(inputs: W::PartialInputs, dependencies: W::Dependencies) -> Self {
        Self(Box::new(Run::<W>::with_dependencies(inputs, dependencies)))
    }
}

impl Clone for Child {
    fn clone(&self) -> Self {
        Self(self.0.boxed())
    }
}

impl std::fmt::Debug for Child {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0.shape().workflow)
    }
}

/// What the decisions of a workflow read of a run.
#[derive(Clone, Copy)]
pub struct Frame<'r> {
    inputs: &'r dyn Fields,
    dependencies: &'r dyn Fields,
    state: &'r State,
}

impl std::fmt::Debug for Frame<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Frame")
            .field("state", self.state)
            .finish_non_exhaustive()
    }
}

impl<'r> Frame<'r> {
    pub(crate) fn new(inputs: &'r dyn Fields, dependencies: &'r dyn Fields, state: &'r State) -> Self {
        Self {
            inputs,
            dependencies,
            state,
        }
    }

    /// An input.
    #[must_use]
    pub fn input(&self, index: usize) -> Option<Datum<'r>> {
        Datum::seen(self.inputs.field(index))
    }

    /// An input, or its default.
    #[must_use]
    pub fn input_or(&self, index: usize, default: &'static str) -> Option<Datum<'r>> {
        self.input(index).or_else(|| Some(Datum::from_json(default)))
    }

    /// An output of a step.
    #[must_use]
    pub fn output(&self, step: usize, output: usize) -> Option<Datum<'r>> {
        self.state.output(step, output)
    }

    /// An output of the workflow that was called.
    #[must_use]
    pub fn called(&self, output: usize) -> Option<Datum<'r>> {
        let child = &*self.state.child()?.0;
        (child.shape().output)(&child.frame(), output)
    }

    /// All outputs and inputs of the workflow that was called.
    #[must_use]
    pub fn whole(&self) -> [Option<Slot>; 2] {
        let Some(Child(child)) = self.state.child() else {
            return [None, None];
        };
        [child.outputs(), Slot::of(&View::Record(child.inputs()))]
    }

    /// An output or input of a workflow that has run before.
    #[must_use]
    pub fn dependency(&self, workflow: usize, field: usize) -> Option<Datum<'r>> {
        match self.dependencies.field(workflow) {
            View::Record(fields) => Datum::seen(fields.field(field)),
            _ => None,
        }
    }

    /// What a workflow that has run before has returned, or was given.
    #[must_use]
    pub fn own_dependency<T: Data>(&self, workflow: usize) -> Option<T> {
        T::read(
            &Datum::seen(self.dependencies.field(workflow))?,
            crate::json::data::LEVELS,
        )
        .ok()
    }

    /// An output of a step as a Rust value.
    #[must_use]
    pub fn typed<T: Data>(&self, step: usize, output: usize) -> Option<T> {
        self.state.typed(step, output)
    }

    /// Whether the run has left for another workflow.
    #[must_use]
    pub fn left(&self) -> bool {
        self.state.left()
    }

    /// What the workflow that the run has left for has returned.
    #[must_use]
    pub fn left_for<W: Workflow>(&self) -> Option<W::Outputs> {
        let child = &*self.state.child()?.0;
        if !std::ptr::eq(child.shape(), W::SHAPE) {
            return None;
        }
        W::Outputs::collect(&child.frame(), W::SHAPE)
    }
}

/// What a run returns when it has ended.
pub trait Returned: Data + Sized {
    /// Reads it from a run that has ended.
    fn collect(run: &Frame<'_>, shape: &'static Shape) -> Option<Self>;
}

/// The outputs of a workflow, from a run that has ended at its own end.
#[must_use]
pub fn outputs<T: Record>(run: &Frame<'_>, shape: &Shape) -> Option<T> {
    T::build(&mut returned(run, shape, T::TABLE))
}

fn returned<'r>(run: &Frame<'r>, shape: &Shape, table: &'static Table) -> Members<'r> {
    let count = table.members.len();
    let mut values = Vec::with_capacity(count);
    for index in 0..count {
        values.push((shape.output)(run, index));
    }
    Members::of(table, values)
}

impl dyn Program {
    /// The inputs that are needed and not there.
    pub(crate) fn missing(&self, needed: &[usize]) -> Vec<usize> {
        let mut missing = Vec::new();
        if needed.is_empty() {
            return missing;
        }
        self.inputs().views(&mut |views, _| {
            for index in needed {
                if matches!(views.get(*index), None | Some(View::Absent)) {
                    missing.push(*index);
                }
            }
        });
        missing
    }

    /// What is wrong with the inputs that are there.
    pub(crate) fn violations(&self) -> Vec<String> {
        let mut found = Vec::new();
        let inputs = self.shape().inputs;
        if inputs.iter().all(|input| input.constraint.is_none()) {
            return found;
        }
        self.inputs().views(&mut |views, _| {
            for (input, view) in inputs.iter().zip(views) {
                if let Some(constraint) = input.constraint.filter(|_| !matches!(view, View::Absent)) {
                    crate::constraint::violations(input.name, constraint, view, &mut found);
                }
            }
        });
        found
    }

    pub(crate) fn send(&self, step: usize, call: &mut Call) -> Result<(), Failure> {
        (self.shape().send)(&self.frame(), step, call)
    }

    pub(crate) fn settle(&self, step: usize, exchange: &Exchange<'_>) -> Result<Vec<Option<Slot>>, Failure> {
        (self.shape().settle)(&self.frame(), step, exchange)
    }

    /// Chooses an action; the retries that it uses up are counted.
    pub(crate) fn choose<A>(
        &mut self,
        exchange: &Exchange<'_>,
        choose: impl FnOnce(&'static Shape, &Frame<'_>, &Exchange<'_>) -> A,
    ) -> A {
        if !self.state().retries.is_empty() {
            exchange
                .retries
                .replace(Some(std::mem::take(&mut self.state_mut().retries)));
        }
        let chosen = choose(self.shape(), &self.frame(), exchange);
        if let Some(retries) = exchange.retries.take() {
            self.state_mut().retries = retries;
        }
        chosen
    }

    /// Makes the run of a call.
    pub(crate) fn call(&self, site: usize, exchange: &Exchange<'_>) -> Result<Child, Stop> {
        let missing = self.missing(self.shape().sites.get(site).copied().unwrap_or_default());
        if !missing.is_empty() {
            return Err(Stop::Awaiting(missing));
        }
        (self.shape().call)(&self.frame(), site, exchange)
    }

    /// The run that was called.
    pub(crate) fn child(&mut self) -> Option<&mut dyn Program> {
        Some(&mut *self.state_mut().child_mut()?.0)
    }
}

/// Starts the inputs of a called workflow: what `write` writes as the members of an object.
///
/// # Errors
/// A value that is absent, or of another type than the input.
pub fn inputs<I: Data>(
    workflow: &str,
    write: impl FnOnce(&mut crate::wire::body::JsonBody<'_>) -> Result<(), Failure>,
) -> Result<I, Failure> {
    let written = crate::wire::body::written(write)?;
    I::read(&written, crate::json::data::LEVELS).map_err(|fault: Fault| {
        Failure::new(
            ErrorKind::Request,
            format!("cannot pass the inputs of workflow `{workflow}`: {fault}"),
        )
    })
}

/// An object with some members replaced.
pub(crate) fn merged(fields: &dyn Fields, name: &str, json: &str) -> Result<String, String> {
    let value: serde_json::Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut all = View::Record(fields)
        .serialize(serde_json::value::Serializer)
        .map_err(|error| error.to_string())?;
    all[name] = value;
    Ok(all.to_string())
}
