//! Actions after a step has succeeded or failed, and calls of workflows.

use super::{Criterion, Value};
use crate::source::Span;

/// An action.
#[derive(Clone, Debug)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// The location of its name.
    pub span: Span,
    /// What it does.
    pub kind: ActionKind,
    /// The criteria under which it applies.
    pub criteria: Vec<Criterion>,
}

/// What an action does.
#[derive(Clone, Debug)]
pub enum ActionKind {
    /// The workflow ends.
    End,
    /// Control moves.
    Goto(Destination),
    /// The step is retried.
    Retry {
        /// The wait before the retry, in seconds.
        after: Option<f64>,
        /// The maximum number of retries.
        limit: u64,
        /// What runs before the retry.
        detour: Option<Destination>,
    },
    /// An error that was reported.
    Invalid,
}

/// The target of a `goto` or a detour.
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
    /// The indices of its inputs, and their values.
    pub arguments: Vec<(usize, Value)>,
}

impl ActionKind {
    /// Returns the workflow that the action calls or leaves for.
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
