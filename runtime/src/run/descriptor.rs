//! The shape of a workflow, with which a stored run is compared when it is read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::constraint::Constraint;
use crate::engine::program::{Action, Child, Frame, Program};
use crate::json::datum::Datum;
use crate::json::slot::Slot;
use crate::message::channel::Channel;
use crate::message::draft::Draft;
use crate::wire::call::Call;
use crate::wire::exchange::Exchange;
use crate::wire::failure::{Failure, Stop};
use crate::wire::kept::Output;
use crate::wire::operation::Operation;
use crate::workflow::Workflow;

/// The outputs of a step, by index.
pub type Kept = Result<Vec<Option<Slot>>, Failure>;

/// A workflow as the compiler describes it: its properties and its decisions.
pub struct Shape {
    /// The `workflowId`.
    pub workflow: &'static str,
    /// The path of the document, relative to the package.
    pub file: &'static str,
    /// The inputs, in the order of the document.
    pub inputs: &'static [InputShape],
    /// The index of the step that runs first; `None` without steps.
    pub first: Option<usize>,
    /// The steps, in the order of the document.
    pub steps: &'static [StepShape],
    /// The fingerprint of the results of the workflows in `dependsOn`.
    pub dependencies: u32,
    /// The workflows that it can call or transfer to.
    pub targets: &'static [Target],
    /// The inputs that each call of a workflow needs.
    pub sites: &'static [&'static [usize]],
    /// The names of the source descriptions of all documents that were compiled together.
    pub sources: &'static [&'static str],
    /// Builds the request of a step.
    pub send: fn(&Frame<'_>, usize, &mut Call) -> Result<(), Failure>,
    /// Builds the message of a step, or the address at which it receives one.
    pub message: fn(&Frame<'_>, usize, &mut Draft) -> Result<(), Failure>,
    /// Evaluates the success criteria of a step, and returns its outputs.
    pub settle: fn(&Frame<'_>, usize, &Exchange<'_>) -> Kept,
    /// Chooses the action after a step that succeeded.
    pub succeeded: fn(&Frame<'_>, usize, &Exchange<'_>) -> Action,
    /// Chooses the action after a step that failed; if it returns `None`, the workflow fails.
    pub failed: fn(&Frame<'_>, usize, &Exchange<'_>) -> Option<Action>,
    /// Returns an output of the workflow.
    pub output: for<'r> fn(&Frame<'r>, usize) -> Option<Datum<'r>>,
    /// Creates the run of a call.
    pub call: fn(&Frame<'_>, usize, &Exchange<'_>) -> Result<Child, Stop>,
}

impl Shape {
    /// A workflow without steps, inputs and outputs.
    pub const EMPTY: Self = Self {
        workflow: "",
        file: "",
        inputs: &[],
        first: None,
        steps: &[],
        dependencies: 0,
        targets: &[],
        sites: &[],
        sources: &[],
        send: |_, _, _| Ok(()),
        message: |_, _, _| Ok(()),
        settle: |_, _, _| Ok(Vec::new()),
        succeeded: |_, _, _| Action::Next,
        failed: |_, _, _| None,
        output: |_, _| None,
        call: |_, _, _| Err(Stop::Awaiting(Vec::new())),
    };
}

impl fmt::Debug for Shape {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Shape")
            .field("workflow", &self.workflow)
            .finish_non_exhaustive()
    }
}

/// A workflow that another one calls or transfers to.
#[derive(Debug)]
pub struct Target {
    /// The name in the stored run.
    pub name: &'static str,
    /// Returns the shape of the workflow. A function, since workflows may call each other and themselves.
    pub shape: fn() -> &'static Shape,
    /// Reads a stored run of the workflow.
    pub read: fn(&str) -> Result<Box<dyn Program>, String>,
}

impl Target {
    /// Describes the workflow `W`. `name` is its name in the stored run.
    #[must_use]
    pub const fn of<W: Workflow>(name: &'static str) -> Self {
        Self {
            name,
            shape: || W::SHAPE,
            read: crate::run::stored::read_program::<W>,
        }
    }
}

/// An input as the compiler describes it.
#[derive(Debug)]
pub struct InputShape {
    /// The name of the input.
    pub name: &'static str,
    /// Whether the input is required.
    pub required: bool,
    /// The fingerprint of its type.
    pub print: u32,
    /// The constraints of its schema beyond its type.
    pub constraint: Option<&'static Constraint>,
}

impl InputShape {
    /// Describes an optional input.
    #[must_use]
    pub const fn optional(name: &'static str, print: u32) -> Self {
        Self {
            name,
            required: false,
            print,
            constraint: None,
        }
    }

    /// Describes a required input.
    #[must_use]
    pub const fn required(name: &'static str, print: u32) -> Self {
        Self {
            required: true,
            ..Self::optional(name, print)
        }
    }

    /// Sets the constraints of the schema beyond its type.
    #[must_use]
    pub const fn constraint(self, constraint: &'static Constraint) -> Self {
        Self {
            constraint: Some(constraint),
            ..self
        }
    }
}

/// A step as the compiler describes it.
#[derive(Debug)]
pub struct StepShape {
    /// The `stepId`.
    pub id: &'static str,
    /// The operation that the step sends its request to.
    pub operation: Option<&'static Operation>,
    /// The channel on which the step sends or receives.
    pub channel: Option<&'static Channel>,
    /// The indices of the steps that receive a message and that a run can reach from here, this step among them.
    pub receives: &'static [usize],
    /// Whether a run can reach the step.
    pub reachable: bool,
    /// The outputs of the step.
    pub outputs: &'static [Output],
    /// The indices of the inputs that the step reads and requires.
    pub inputs: &'static [usize],
    /// The time limit, in milliseconds.
    pub timeout: Option<u64>,
    /// The index of the step that runs next.
    pub next: Option<usize>,
    /// The indices of the steps that must have succeeded before this step.
    pub needs: &'static [usize],
    /// The call of a workflow that the step makes instead of a request.
    pub call: Option<usize>,
    /// The fingerprints of what the step calls, of its outputs and of its actions.
    pub prints: [u32; 3],
    /// The statuses (`200`, `2XX`, `default`) that the description declares with a JSON body.
    pub json: &'static [&'static str],
    /// The other statuses that the description declares.
    pub other: &'static [&'static str],
}

impl StepShape {
    /// Returns whether the outputs of a stored run have the types of this step.
    pub(crate) fn fits(&self, slots: &[Option<Slot>]) -> bool {
        let known = self.outputs.iter().enumerate();
        known
            .map(|(index, output)| (output, slots.get(index).and_then(Option::as_ref)))
            .all(|(output, slot)| match slot {
                None => !output.required,
                Some(slot) if slot.json() == "null" && !output.required => true,
                Some(slot) => (output.check)(slot.json()).is_ok(),
            })
    }

    /// A step without a request and outputs.
    pub const EMPTY: Self = Self {
        id: "",
        operation: None,
        channel: None,
        receives: &[],
        reachable: true,
        outputs: &[],
        inputs: &[],
        timeout: None,
        next: None,
        needs: &[],
        call: None,
        prints: [0; 3],
        json: &[],
        other: &[],
    };

    /// Returns whether the description declares JSON as the body of a response with this status (OpenAPI 3.1.1,
    /// "Responses Object": the code takes precedence over its range, and the range over `default`).
    pub(crate) fn declares_json(&self, status: u16) -> bool {
        let best = |declared: &[&str]| declared.iter().filter_map(|declared| rank(declared, status)).max();
        best(self.json).is_some_and(|json| best(self.other).is_none_or(|other| json > other))
    }
}

/// Returns how precisely a declared status (`200`, `2XX`, `default`) matches a status; `None` if it does not match.
fn rank(declared: &str, status: u16) -> Option<u8> {
    match declared.as_bytes() {
        [class, b'X' | b'x', b'X' | b'x'] => (u16::from(class.wrapping_sub(b'0')) == status / 100).then_some(1),
        b"default" => Some(0),
        _ => (declared.parse() == Ok(status)).then_some(2),
    }
}

/// Returns the declared status that matches a status most precisely.
pub(crate) fn declared(statuses: &[&'static str], status: u16) -> Option<&'static str> {
    let known = statuses
        .iter()
        .filter_map(|declared| Some((rank(declared, status)?, *declared)));
    known.max_by_key(|(rank, _)| *rank).map(|(_, declared)| declared)
}

/// The name of a step, unique among all documents that a program has compiled.
///
/// Every generated `Step` converts into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StepName {
    /// The path of the document, relative to the package that compiled it.
    pub file: &'static str,
    /// The `workflowId`.
    pub workflow: &'static str,
    /// The `stepId`.
    pub step: &'static str,
}

impl fmt::Display for StepName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.workflow, self.step)
    }
}

/// Names of the fingerprints in [`StepShape::prints`], for messages.
const PRINTED: [&str; 3] = ["what it calls", "its outputs", "its actions"];

impl Shape {
    /// Iterates over the steps in the order of execution.
    pub(crate) fn order(&self) -> impl Iterator<Item = (usize, &'static StepShape)> + use<'_> {
        let at = |index: usize| self.steps.get(index).map(|step| (index, step));
        // The compiler writes a list without cycles, but nothing checks that here: stop after the number of steps.
        std::iter::successors(self.first.and_then(at), move |(_, step)| step.next.and_then(at)).take(self.steps.len())
    }

    /// Returns the position of a step in the order of execution, counted from 1.
    pub(crate) fn number(&self, step: usize) -> usize {
        self.order().position(|(index, _)| index == step).map_or(0, |at| at + 1)
    }
}

/// The shape of a workflow in a stored run.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    /// Name, whether it is required, and the fingerprint of its type.
    inputs: Vec<(String, bool, u32)>,
    /// Id and fingerprints, in the order of execution.
    steps: Vec<(String, [u32; 3])>,
    /// The fingerprint of the results of the workflows in `dependsOn`.
    dependencies: u32,
}

impl Fingerprint {
    pub(crate) fn of(shape: &Shape) -> Self {
        let inputs = shape.inputs.iter();
        Self {
            inputs: inputs
                .map(|input| (input.name.to_owned(), input.required, input.print))
                .collect(),
            steps: shape
                .order()
                .map(|(_, step)| (step.id.to_owned(), step.prints))
                .collect(),
            dependencies: shape.dependencies,
        }
    }

    /// Lists the changes of a workflow that a stored run before the step `next` cannot follow; empty if the run can
    /// continue. Optional inputs that were added, and steps that were added after `next`, do not matter.
    pub(crate) fn changes(&self, now: &Self, next: Option<&str>) -> Vec<String> {
        let mut changes = Vec::new();
        for (name, required, print) in &self.inputs {
            match now.inputs.iter().find(|(known, ..)| known == name) {
                None => changes.push(format!("input `{name}` was removed")),
                Some((_, _, other)) if other != print => {
                    changes.push(format!("input `{name}` has a different type"));
                }
                Some((_, true, _)) if !required => changes.push(format!("input `{name}` is now required")),
                Some((_, false, _)) if *required => changes.push(format!("input `{name}` is now optional")),
                Some(_) => {}
            }
        }
        for (name, required, _) in &now.inputs {
            if *required && !self.inputs.iter().any(|(known, ..)| known == name) {
                changes.push(format!("required input `{name}` was added"));
            }
        }
        if self.dependencies != now.dependencies {
            changes.push("its dependencies on other workflows changed".to_owned());
        }
        for (id, prints) in &self.steps {
            let Some((_, others)) = now.steps.iter().find(|(known, _)| known == id) else {
                changes.push(format!("step `{id}` was removed"));
                continue;
            };
            let different = PRINTED
                .iter()
                .zip(prints.iter().zip(others))
                .filter(|(_, (old, new))| old != new);
            let different: Vec<&str> = different.map(|(what, _)| *what).collect();
            if !different.is_empty() {
                changes.push(format!("step `{id}` changed: {}", different.join(", ")));
            }
        }
        let known = |id: &str| self.steps.iter().position(|(known, _)| known == id);
        let mut before = None;
        for (id, _) in &now.steps {
            let Some(at) = known(id) else { continue };
            if let Some((last, _)) = before.filter(|(_, last_at)| *last_at > at) {
                changes.push(format!("step `{id}` was moved after `{last}`"));
            }
            before = Some((id, at));
        }
        let position = next.and_then(|next| now.steps.iter().position(|(id, _)| id == next));
        for (at, (id, _)) in now.steps.iter().enumerate() {
            if known(id).is_some() {
                continue;
            }
            match (next, position) {
                (Some(next), Some(position)) if at < position => {
                    changes.push(format!(
                        "step `{id}` was added before `{next}`, the next step of the run"
                    ));
                }
                (None, _) => changes.push(format!("step `{id}` was added, but the run has ended")),
                _ => {}
            }
        }
        changes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(inputs: &[(&str, bool, u32)], steps: &[(&str, [u32; 3])]) -> Fingerprint {
        Fingerprint {
            inputs: inputs
                .iter()
                .map(|(name, required, print)| ((*name).to_owned(), *required, *print))
                .collect(),
            steps: steps.iter().map(|(id, prints)| ((*id).to_owned(), *prints)).collect(),
            dependencies: 0,
        }
    }

    #[test]
    fn a_change_that_matters_is_named() {
        let inputs: &[(&str, bool, u32)] = &[("a", true, 1), ("b", false, 2)];
        let steps: &[(&str, [u32; 3])] = &[("one", [1, 2, 3]), ("two", [4, 5, 6]), ("three", [7, 8, 9])];
        let stored = print(inputs, steps);
        let none: [&str; 0] = [];
        let changes = |inputs: &[(&str, bool, u32)], steps: &[(&str, [u32; 3])], next| {
            stored.changes(&print(inputs, steps), next)
        };
        assert_eq!(changes(inputs, steps, Some("two")), none, "nothing has changed");
        assert_eq!(
            changes(&[("z", false, 9), ("a", true, 1), ("b", false, 2)], steps, Some("two")),
            none
        );
        let added = |at: usize| {
            let mut steps = steps.to_vec();
            steps.insert(at, ("new", [0, 0, 0]));
            steps
        };
        assert_eq!(changes(inputs, &added(2), Some("two")), none, "behind the position");
        assert_eq!(changes(inputs, &added(3), Some("two")), none, "at the end");
        assert_eq!(
            changes(inputs, &added(1), Some("two")),
            ["step `new` was added before `two`, the next step of the run"]
        );
        assert_eq!(
            changes(inputs, &added(3), None),
            ["step `new` was added, but the run has ended"]
        );
        assert_eq!(
            changes(&[("a", false, 1), ("b", true, 3), ("c", true, 1)], steps, Some("two")),
            [
                "input `a` is now optional",
                "input `b` has a different type",
                "required input `c` was added"
            ]
        );
        assert_eq!(
            changes(&[("a", true, 1)], steps, Some("two")),
            ["input `b` was removed"]
        );
        assert_eq!(
            changes(inputs, &[("one", [9, 2, 9]), ("three", [7, 8, 9])], Some("one")),
            [
                "step `one` changed: what it calls, its actions",
                "step `two` was removed"
            ]
        );
        assert_eq!(
            changes(inputs, &[steps[1], steps[0], steps[2]], Some("one")),
            ["step `one` was moved after `two`"]
        );
    }
}
