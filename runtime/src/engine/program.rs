//! Type-erased runs, as the engine uses them.

use std::any::Any;

use serde::Serialize as _;

use crate::error::ErrorKind;
use crate::json::data::Data;
use crate::json::datum::Datum;
use crate::json::fault::Fault;
use crate::json::members::{Fields, Members, Record, Table};
use crate::json::slot::Slot;
use crate::json::view::View;
use crate::message::draft::Draft;
use crate::run::descriptor::Shape;
use crate::run::state::{Detour, State};
use crate::wire::call::Call;
use crate::wire::exchange::Exchange;
use crate::wire::failure::{Failure, Stop};
use crate::workflow::{Run, Workflow};

/// What happens after an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Continue with the next step.
    Next,
    /// End the workflow.
    End,
    /// Continue with the step of this index.
    Goto(usize),
    /// Continue with the workflow of this call, without returning.
    Leave(usize),
    /// Retry the step after a wait in seconds, which `Retry-After` of the response overrides, and after a detour.
    Retry(Option<f64>, Option<Detour>),
}

/// A run of any workflow.
pub trait Program: Any + Send + Sync {
    /// Returns the shape of the workflow.
    fn shape(&self) -> &'static Shape;

    /// Returns the state.
    fn state(&self) -> &State;

    /// Returns the state mutably.
    fn state_mut(&mut self) -> &mut State;

    /// Returns the inputs that are known so far.
    fn inputs(&self) -> &dyn Fields;

    /// Replaces an input by a JSON value.
    ///
    /// # Errors
    /// The workflow has no input of this name, or the value has a different type.
    fn set_input(&mut self, name: &str, json: &str) -> Result<(), String>;

    /// Returns the results of the workflows in `dependsOn`.
    fn dependencies(&self) -> &dyn Fields;

    /// Returns the outputs of a run that has ended, as JSON.
    fn outputs(&self) -> Option<Slot>;

    /// Returns what the decisions of the workflow read.
    fn frame(&self) -> Frame<'_>;

    /// Clones the run.
    fn boxed(&self) -> Box<dyn Program>;
}

/// The run of a called workflow.
pub struct Child(pub(crate) Box<dyn Program>);

impl Child {
    /// Creates a run of the workflow `W`.
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

/// The parts of a run that the decisions of a workflow read.
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

    /// Returns an input.
    #[must_use]
    pub fn input(&self, index: usize) -> Option<Datum<'r>> {
        Datum::seen(self.inputs.field(index))
    }

    /// Returns an input, or its default.
    #[must_use]
    pub fn input_or(&self, index: usize, default: &'static str) -> Option<Datum<'r>> {
        self.input(index).or_else(|| Some(Datum::from_json(default)))
    }

    /// Returns an output of a step.
    #[must_use]
    pub fn output(&self, step: usize, output: usize) -> Option<Datum<'r>> {
        self.state.output(step, output)
    }

    /// Returns an output of the called workflow.
    #[must_use]
    pub fn called(&self, output: usize) -> Option<Datum<'r>> {
        let child = &*self.state.child()?.0;
        (child.shape().output)(&child.frame(), output)
    }

    /// Returns all outputs and all inputs of the called workflow.
    #[must_use]
    pub fn whole(&self) -> [Option<Slot>; 2] {
        let Some(Child(child)) = self.state.child() else {
            return [None, None];
        };
        [child.outputs(), Slot::of(&View::Record(child.inputs()))]
    }

    /// Returns an output or input of a workflow in `dependsOn`.
    #[must_use]
    pub fn dependency(&self, workflow: usize, field: usize) -> Option<Datum<'r>> {
        match self.dependencies.field(workflow) {
            View::Record(fields) => Datum::seen(fields.field(field)),
            _ => None,
        }
    }

    /// Returns all outputs or all inputs of a workflow in `dependsOn`.
    #[must_use]
    pub fn own_dependency<T: Data>(&self, workflow: usize) -> Option<T> {
        T::read(
            &Datum::seen(self.dependencies.field(workflow))?,
            crate::json::data::LEVELS,
        )
        .ok()
    }

    /// Returns an output of a step as a Rust value.
    #[must_use]
    pub fn typed<T: Data>(&self, step: usize, output: usize) -> Option<T> {
        self.state.typed(step, output)
    }

    /// Returns whether the run has transferred to another workflow.
    #[must_use]
    pub fn left(&self) -> bool {
        self.state.left()
    }

    /// Returns the result of the workflow that the run has transferred to.
    #[must_use]
    pub fn left_for<W: Workflow>(&self) -> Option<W::Outputs> {
        let child = &*self.state.child()?.0;
        if !std::ptr::eq(child.shape(), W::SHAPE) {
            return None;
        }
        W::Outputs::collect(&child.frame(), W::SHAPE)
    }
}

/// The result of a run.
pub trait Returned: Data + Sized {
    /// Reads the result of a run that has ended.
    fn collect(run: &Frame<'_>, shape: &'static Shape) -> Option<Self>;
}

/// Returns the outputs of a run that has ended without transferring to another workflow.
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
    /// Returns the inputs that are needed and missing.
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

    /// Returns the violations of the inputs that are set.
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

    pub(crate) fn message(&self, step: usize, draft: &mut Draft) -> Result<(), Failure> {
        (self.shape().message)(&self.frame(), step, draft)
    }

    pub(crate) fn settle(&self, step: usize, exchange: &Exchange<'_>) -> Result<Vec<Option<Slot>>, Failure> {
        (self.shape().settle)(&self.frame(), step, exchange)
    }

    /// Chooses an action, and counts the retry that it uses.
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

    /// Creates the run of a call.
    pub(crate) fn call(&self, site: usize, exchange: &Exchange<'_>) -> Result<Child, Stop> {
        let missing = self.missing(self.shape().sites.get(site).copied().unwrap_or_default());
        if !missing.is_empty() {
            return Err(Stop::Awaiting(missing));
        }
        (self.shape().call)(&self.frame(), site, exchange)
    }

    /// Returns the called run.
    pub(crate) fn child(&mut self) -> Option<&mut dyn Program> {
        Some(&mut *self.state_mut().child_mut()?.0)
    }
}

/// Reads the inputs of a called workflow from the object that `write` writes.
///
/// # Errors
/// A value is absent, or has a different type than the input.
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

/// Returns an object with one member replaced, as JSON.
pub(crate) fn merged(fields: &dyn Fields, name: &str, json: &str) -> Result<String, String> {
    let value: serde_json::Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
    let mut all = View::Record(fields)
        .serialize(serde_json::value::Serializer)
        .map_err(|error| error.to_string())?;
    all[name] = value;
    Ok(all.to_string())
}
