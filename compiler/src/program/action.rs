//! What happens after a step has succeeded or failed, and calls of workflows.

use super::{Criterion, Value};
use crate::source::Span;

/// An action.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// What it does.
    pub kind: ActionKind,
    /// What must hold for it to apply.
    pub criteria: Vec<Criterion>,
}

/// What an action does.
#[derive(Clone, Debug)]
pub enum ActionKind {
    /// The workflow ends.
    End,
    /// Control moves.
    Goto(Destination),
    /// The step is tried again.
    Retry {
        /// Seconds to wait before.
        after: Option<f64>,
        /// How many retries.
        limit: u64,
        /// What runs before.
        detour: Option<Destination>,
    },
    /// Something that was reported.
    Invalid,
}

/// Where control moves to.
#[derive(Clone, Debug)]
pub enum Destination {
    /// A step of the same workflow, by its index.
    Step(usize),
    /// Another workflow.
    Workflow(Invocation),
}

/// A call of a workflow with values for its inputs.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// The index of the workflow.
    pub target: usize,
    /// The indices of its inputs and their values.
    pub arguments: Vec<(usize, Value)>,
}

impl ActionKind {
    /// The workflow that the action calls or leaves for.
    #[must_use]
    pub fn invocation(&self) -> Option<&Invocation> {
        match self {
            Self::Goto(Destination::Workflow(invocation))
            | Self::Retry {
                detour: Some(Destination::Workflow(invocation)),
                ..
            } => Some(invocation),
            _ => None,
        }
    }
}
