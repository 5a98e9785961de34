//! The shape of a workflow: what a run of it can be, and whether a stored run still is one.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::constraint::Constraint;
use crate::engine::program::{Action, Child, Frame, Program};
use crate::json::datum::Datum;
use crate::json::slot::Slot;
use crate::wire::call::Call;
use crate::wire::exchange::Exchange;
use crate::wire::failure::{Failure, Stop};
use crate::wire::kept::Output;
use crate::wire::operation::Operation;
use crate::workflow::Workflow;

/// What a step keeps, by its outputs.
pub type Kept = Result<Vec<Option<Slot>>, Failure>;

/// A workflow as the compiler writes it down: what is known of it, and its decisions.
pub struct Shape {
    /// `workflowId`
    pub workflow: &'static str,
    /// The document's path, relative to the package.
    pub file: &'static str,
    /// The inputs in the order of the document.
    pub inputs: &'static [InputShape],
    /// The step that runs first; `None` without steps.
    pub first: Option<usize>,
    /// The steps in the order of the document.
    pub steps: &'static [StepShape],
    /// The fingerprint of what the workflows return that must have run before.
    pub dependencies: u32,
    /// The workflows that it can call or leave for.
    pub targets: &'static [Target],
    /// What each call of a workflow needs.
    pub sites: &'static [&'static [usize]],
    /// The names by which the client knows the APIs of the documents that were compiled together.
    pub sources: &'static [&'static str],
    /// Makes the request of a step.
    pub send: fn(&Frame<'_>, usize, &mut Call) -> Result<(), Failure>,
    /// Judges the response of a step, and returns what the step keeps.
    pub settle: fn(&Frame<'_>, usize, &Exchange<'_>) -> Kept,
    /// What happens after a step that has succeeded.
    pub succeeded: fn(&Frame<'_>, usize, &Exchange<'_>) -> Action,
    /// What happens after a step that has failed; `None`: the workflow fails.
    pub failed: fn(&Frame<'_>, usize, &Exchange<'_>) -> Option<Action>,
    /// An output of the workflow.
    pub output: for<'r> fn(&Frame<'r>, usize) -> Option<Datum<'r>>,
    /// Starts the run of a call.
    pub call: fn(&Frame<'_>, usize, &Exchange<'_>) -> Result<Child, Stop>,
}

impl Shape {
    /// A workflow without anything.
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

/// A workflow that another one calls or leaves for.
#[derive(Debug)]
pub struct Target {
    /// Its name in the stored run.
    pub name: &'static str,
    /// What is known of it: behind a function, since workflows call each other and themselves.
    pub shape: fn() -> &'static Shape,
    /// Reads a run of it.
    pub read: fn(&str) -> Result<Box<dyn Program>, String>,
}

impl Target {
    /// A workflow, and its name in the stored run.
    #[must_use]
    pub const fn of<W: Workflow>(name: &'static str) -> Self {
        Self {
            name,
            shape: || W::SHAPE,
            read: crate::run::stored::read_program::<W>,
        }
    }
}

/// An input as the compiler writes it down.
#[derive(Debug)]
pub struct InputShape {
    /// Its name.
    pub name: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// The fingerprint of its type.
    pub print: u32,
    /// What its schema demands beyond its type.
    pub constraint: Option<&'static Constraint>,
}

impl InputShape {
    /// An input that need not be given.
    #[must_use]
    pub const fn optional(name: &'static str, print: u32) -> Self {
        Self {
            name,
            required: false,
            print,
            constraint: None,
        }
    }

    /// An input that must be given.
    #[must_use]
    pub const fn required(name: &'static str, print: u32) -> Self {
        Self {
            required: true,
            ..Self::optional(name, print)
        }
    }

    /// With what its schema demands beyond its type.
    #[must_use]
    pub const fn constraint(self, constraint: &'static Constraint) -> Self {
        Self {
            constraint: Some(constraint),
            ..self
        }
    }
}

/// A step as the compiler writes it down.
#[derive(Debug)]
pub struct StepShape {
    /// `stepId`
    pub id: &'static str,
    /// What it sends its request to.
    pub operation: Option<&'static Operation>,
    /// Whether a run can reach it.
    pub reachable: bool,
    /// Its outputs.
    pub outputs: &'static [Output],
    /// The inputs that it reads and that must be there.
    pub inputs: &'static [usize],
    /// How long it may take, in milliseconds.
    pub timeout: Option<u64>,
    /// The step that runs after it.
    pub next: Option<usize>,
    /// The steps that must have succeeded before it.
    pub needs: &'static [usize],
    /// The call of a workflow that it makes instead of a request.
    pub call: Option<usize>,
    /// The fingerprints of what it calls, of its outputs and of its actions.
    pub prints: [u32; 3],
    /// The statuses that the description declares (`200`, `2XX`, `default`) with JSON as their body.
    pub json: &'static [&'static str],
    /// The other statuses that it declares.
    pub other: &'static [&'static str],
}

impl StepShape {
    /// Whether what a stored run has of the outputs is of their types.
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

    /// A step without anything.
    pub const EMPTY: Self = Self {
        id: "",
        operation: None,
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

    /// Whether the description declares JSON as the body of a response with this status (OpenAPI 3.1.1,
    /// "Responses Object": a code, else its range, else `default`).
    pub(crate) fn declares_json(&self, status: u16) -> bool {
        let best = |declared: &[&str]| declared.iter().filter_map(|declared| rank(declared, status)).max();
        best(self.json).is_some_and(|json| best(self.other).is_none_or(|other| json > other))
    }
}

/// How precisely a declared status (`200`, `2XX`, `default`) means a status, if it does.
fn rank(declared: &str, status: u16) -> Option<u8> {
    match declared.as_bytes() {
        [class, b'X' | b'x', b'X' | b'x'] => (u16::from(class.wrapping_sub(b'0')) == status / 100).then_some(1),
        b"default" => Some(0),
        _ => (declared.parse() == Ok(status)).then_some(2),
    }
}

/// The declared status that means a status most precisely.
pub(crate) fn declared(statuses: &[&'static str], status: u16) -> Option<&'static str> {
    let known = statuses
        .iter()
        .filter_map(|declared| Some((rank(declared, status)?, *declared)));
    known.max_by_key(|(rank, _)| *rank).map(|(_, declared)| declared)
}

/// A step of a workflow, among those of all documents that a program has compiled.
///
/// Every `Step` of the generated code turns into one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StepName {
    /// The document's path, relative to the package that has compiled it.
    pub file: &'static str,
    /// `workflowId`
    pub workflow: &'static str,
    /// `stepId`
    pub step: &'static str,
}

impl fmt::Display for StepName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.workflow, self.step)
    }
}

/// What [`StepShape::prints`] are of, as messages say it.
const PRINTED: [&str; 3] = ["what it calls", "its outputs", "its actions"];

impl Shape {
    /// The steps in the order in which they run.
    pub(crate) fn order(&self) -> impl Iterator<Item = (usize, &'static StepShape)> + use<'_> {
        let at = |index: usize| self.steps.get(index).map(|step| (index, step));
        // Not more often than there are steps: the compiler writes a list, but nobody checks it here.
        std::iter::successors(self.first.and_then(at), move |(_, step)| step.next.and_then(at)).take(self.steps.len())
    }

    /// The place of a step among those that run, counted from 1.
    pub(crate) fn number(&self, step: usize) -> usize {
        self.order().position(|(index, _)| index == step).map_or(0, |at| at + 1)
    }
}

/// The shape of a workflow as a stored run remembers it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Fingerprint {
    /// Name, whether it must be given, and the print of its type.
    inputs: Vec<(String, bool, u32)>,
    /// Id and prints, in the order in which they run.
    steps: Vec<(String, [u32; 3])>,
    /// The print of what must have run before.
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

    /// Says what has changed in a workflow since a run of it was stored that stands before the step
    /// `next`, as far as the run could not go on: inputs that were added and need not be given, and
    /// steps that were added behind `next`, change nothing for it. Empty where it can go on.
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
            ["the step `new` is new before `two`, where the run stands"]
        );
        assert_eq!(
            changes(inputs, &added(3), None),
            ["the step `new` is new, and the run has ended"]
        );
        assert_eq!(
            changes(&[("a", false, 1), ("b", true, 3), ("c", true, 1)], steps, Some("two")),
            [
                "the input `a` has become optional",
                "the type of the input `b` is another",
                "the required input `c` is new"
            ]
        );
        assert_eq!(
            changes(&[("a", true, 1)], steps, Some("two")),
            ["the input `b` is gone"]
        );
        assert_eq!(
            changes(inputs, &[("one", [9, 2, 9]), ("three", [7, 8, 9])], Some("one")),
            [
                "the step `one` has changed: what it calls, its actions",
                "the step `two` is gone"
            ]
        );
        assert_eq!(
            changes(inputs, &[steps[1], steps[0], steps[2]], Some("one")),
            ["the step `one` has moved behind `two`"]
        );
    }
}
