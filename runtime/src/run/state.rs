//! Where a run stands: the part of it that is the same for every workflow.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::program::Child;
use crate::json::data::{self, Data};
use crate::json::datum::Datum;
use crate::json::members::{Members, Record, Table};
use crate::json::slot::Slot;
use crate::run::descriptor::Shape;
use crate::run::last_exchange::Held;
use crate::run_id::RunId;

/// Where a run stands.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Before an attempt of this step.
    Step(usize),
    /// In the workflow that this step has called.
    Call {
        /// The step.
        step: usize,
        /// The workflow.
        called: Called,
    },
    /// On the way to a retry of a step, in another one.
    DetourStep {
        /// The step that is retried.
        step: usize,
        /// The step on the way.
        other: usize,
        /// The workflow that the step on the way has called.
        called: Option<Called>,
        /// The last exchange of the step that is retried.
        held: Held,
    },
    /// On the way to a retry of a step, in a workflow.
    DetourCall {
        /// The step that is retried.
        step: usize,
        /// The workflow.
        child: Child,
        /// The last exchange of the step.
        held: Held,
    },
    /// In another workflow, for which this step has left for good.
    Left {
        /// The step.
        step: usize,
        /// The workflow.
        child: Child,
    },
    /// Behind the end, of this workflow or of the one that it has left for.
    Ended(Option<Child>),
}

/// A workflow that a step has called.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    /// Its run.
    pub(crate) child: Child,
    /// What it has spent of the step's time, in milliseconds.
    pub(crate) spent: u64,
}

/// What a visit of a step has asked of an API, as far as its idempotency key depends on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Asked {
    /// A hash of the request whose key is in use.
    pub(crate) content: Option<u64>,
    /// Whether the API may have acted on it: an attempt has ended otherwise than by a refusal.
    pub(crate) unsure: bool,
    /// Whether the last attempt was refused.
    pub(crate) refused: bool,
}

impl Asked {
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// What the key is of, for a request with this hash: that of the first one, until one is refused
    /// and another takes its place. What may have had its effect keeps its key, so that the API can tell.
    pub(crate) fn content(&mut self, hash: u64) -> u64 {
        match self.content {
            Some(known) if known == hash || self.unsure || !self.refused => known,
            _ => {
                *self = Self {
                    content: Some(hash),
                    ..Self::default()
                };
                hash
            }
        }
    }
}

/// The part of a run that is the same for every workflow.
#[derive(Clone, Debug)]
pub struct State {
    /// What tells the run from every other.
    pub(crate) id: RunId,
    /// Where the run stands.
    pub(crate) stage: Stage,
    /// What each step has kept.
    pub(crate) steps: Vec<Option<Vec<Option<Slot>>>>,
    /// Retries that were made, by step and action, since the step was entered.
    pub(crate) retries: BTreeMap<(usize, usize), u64>,
    /// Attempts of the step that is next, since it was entered.
    pub(crate) attempts: u32,
    /// How often a step was entered: tells one visit of a step from the next.
    pub(crate) visit: u64,
    /// How often a retry has taken a detour: tells one detour from the next.
    pub(crate) detours: u64,
    /// What this visit has asked of an API that takes idempotency keys.
    pub(crate) asked: Asked,
    /// Attempts of all steps.
    pub(crate) total: u32,
    /// A wait of `finish` that has started and not ended.
    pub(crate) owed: Option<Duration>,
}

impl State {
    /// A run that stands before its first step.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        Self::with_id(shape, RunId::random())
    }

    pub(crate) fn with_id(shape: &Shape, id: RunId) -> Self {
        Self {
            id,
            stage: shape.first.map_or(Stage::Ended(None), Stage::Step),
            steps: vec![None; shape.steps.len()],
            retries: BTreeMap::new(),
            attempts: 0,
            visit: 0,
            detours: 0,
            asked: Asked::default(),
            total: 0,
            owed: None,
        }
    }

    /// What tells the run from every other.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.id
    }

    /// The index of the step that is next.
    #[must_use]
    pub fn position(&self) -> Option<usize> {
        match self.stage {
            Stage::Step(step)
            | Stage::Call { step, .. }
            | Stage::DetourStep { step, .. }
            | Stage::DetourCall { step, .. }
            | Stage::Left { step, .. } => Some(step),
            Stage::Ended(_) => None,
        }
    }

    /// Whether the run has left for another workflow.
    #[must_use]
    pub fn left(&self) -> bool {
        matches!(self.stage, Stage::Left { .. } | Stage::Ended(Some(_)))
    }

    /// The run of the workflow that was called or left for.
    pub(crate) fn child(&self) -> Option<&Child> {
        match &self.stage {
            Stage::Step(_) | Stage::DetourStep { called: None, .. } | Stage::Ended(None) => None,
            Stage::Call { called, .. }
            | Stage::DetourStep {
                called: Some(called), ..
            } => Some(&called.child),
            Stage::DetourCall { child, .. } | Stage::Left { child, .. } | Stage::Ended(Some(child)) => Some(child),
        }
    }

    pub(crate) fn child_mut(&mut self) -> Option<&mut Child> {
        match &mut self.stage {
            Stage::Step(_) | Stage::DetourStep { called: None, .. } | Stage::Ended(None) => None,
            Stage::Call { called, .. }
            | Stage::DetourStep {
                called: Some(called), ..
            } => Some(&mut called.child),
            Stage::DetourCall { child, .. } | Stage::Left { child, .. } | Stage::Ended(Some(child)) => Some(child),
        }
    }

    /// The workflow that a step has called, be it on the way to a retry.
    pub(crate) fn called(&mut self) -> Option<&mut Called> {
        match &mut self.stage {
            Stage::Call { called, .. }
            | Stage::DetourStep {
                called: Some(called), ..
            } => Some(called),
            _ => None,
        }
    }

    /// The step that is next, or the one on its way to a retry, has called a workflow.
    pub(crate) fn call(&mut self, child: Child) {
        let started = Called { child, spent: 0 };
        match &mut self.stage {
            Stage::DetourStep { called, .. } => *called = Some(started),
            Stage::Step(step) => {
                self.stage = Stage::Call {
                    step: *step,
                    called: started,
                }
            }
            _ => {}
        }
    }

    /// The step that is next leaves for a workflow.
    pub(crate) fn leave(&mut self, step: usize, child: Child) {
        self.stage = Stage::Left { step, child };
    }

    /// A retry of a step takes another one on its way.
    pub(crate) fn detour_step(&mut self, step: usize, other: usize, held: Held) {
        self.stage = Stage::DetourStep {
            step,
            other,
            called: None,
            held,
        };
    }

    /// A retry of a step takes a workflow on its way.
    pub(crate) fn detour_call(&mut self, step: usize, child: Child, held: Held) {
        self.stage = Stage::DetourCall { step, child, held };
    }

    /// Back before the step that is next, from wherever the run was; the last exchange of the step, where it was held.
    pub(crate) fn back(&mut self, step: usize) -> Option<Held> {
        match std::mem::replace(&mut self.stage, Stage::Step(step)) {
            Stage::DetourStep { held, .. } | Stage::DetourCall { held, .. } => Some(held),
            _ => None,
        }
    }

    /// The workflow that the run has left for has ended, and so has the run.
    pub(crate) fn end_left(&mut self) {
        if let Stage::Left { child, .. } = std::mem::replace(&mut self.stage, Stage::Ended(None)) {
            self.stage = Stage::Ended(Some(child));
        }
    }

    /// Whether a step has succeeded.
    #[must_use]
    pub fn has(&self, step: usize) -> bool {
        self.steps.get(step).is_some_and(Option::is_some)
    }

    /// An output of a step.
    #[must_use]
    pub fn output(&self, step: usize, output: usize) -> Option<Datum<'_>> {
        self.slot(step, output).map(|slot| Datum::from_json(slot.json()))
    }

    /// An output of a step as a Rust value; `None` where it is absent, null or of another type.
    #[must_use]
    pub fn typed<T: Data>(&self, step: usize, output: usize) -> Option<T> {
        data::read(self.slot(step, output)?.json()).ok()
    }

    /// The outputs of a step; `None` until it has succeeded.
    #[must_use]
    pub fn kept<T: Record>(&self, step: usize) -> Option<T> {
        T::build(&mut self.members(step, T::TABLE)?)
    }

    fn members(&self, step: usize, table: &'static Table) -> Option<Members<'_>> {
        let slots = self.steps.get(step)?.as_ref()?;
        let mut values = Vec::with_capacity(table.members.len());
        for slot in slots.iter().take(table.members.len()) {
            values.push(match slot {
                Some(slot) => Some(data::datum(slot.json()).ok()?),
                None => None,
            });
        }
        Some(Members::of(table, values))
    }

    fn slot(&self, step: usize, output: usize) -> Option<&Slot> {
        self.steps.get(step)?.as_ref()?.get(output)?.as_ref()
    }

    pub(crate) fn attempt(&mut self) {
        self.attempts = self.attempts.saturating_add(1);
    }

    /// Goes to a step, or to the end.
    pub(crate) fn enter(&mut self, step: Option<usize>) {
        self.stage = step.map_or(Stage::Ended(None), Stage::Step);
        self.visit = self.visit.saturating_add(1);
        self.asked = Asked::default();
        self.attempts = 0;
        self.retries.retain(|(of, _), _| Some(*of) != step);
    }
}

/// What runs on the way to a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detour {
    /// A step of the same workflow, once and without its actions.
    Step(usize),
    /// The workflow of this call.
    Call(usize),
}
