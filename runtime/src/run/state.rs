//! The state of a run, which has the same type for every workflow.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::engine::program::Child;
use crate::json::data::{self, Data};
use crate::json::datum::Datum;
use crate::json::members::{Members, Record, Table};
use crate::json::slot::Slot;
use crate::message::envelope::Message;
use crate::run::descriptor::Shape;
use crate::run::last_exchange::Held;
use crate::run_id::RunId;

/// The position of a run.
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
    /// In a detour to another step, before the retry of a step.
    DetourStep {
        /// The step that is retried.
        step: usize,
        /// The step that the detour runs.
        other: usize,
        /// The workflow that the step of the detour has called.
        called: Option<Called>,
        /// The last exchange of the step that is retried.
        held: Held,
    },
    /// In a detour to a workflow, before the retry of a step.
    DetourCall {
        /// The step that is retried.
        step: usize,
        /// The workflow.
        child: Child,
        /// The last exchange of the step.
        held: Held,
    },
    /// In another workflow, to which this step has transferred for good.
    Left {
        /// The step.
        step: usize,
        /// The workflow.
        child: Child,
    },
    /// At the end of this workflow, or of the one that it has transferred to.
    Ended(Option<Child>),
}

/// A workflow that a step has called.
#[derive(Clone, Debug)]
pub(crate) struct Called {
    /// The run of the workflow.
    pub(crate) child: Child,
    /// The part of the step's time that the call has used, in milliseconds.
    pub(crate) spent: u64,
    /// Since when the workflow waits for a message, in milliseconds since 1970, if nothing has advanced it since.
    pub(crate) paused: Option<u64>,
}

/// The requests of a visit of a step, as far as its idempotency key depends on them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Asked {
    /// A hash of the request that determines the current key.
    pub(crate) content: Option<u64>,
    /// Whether the API may have processed the request: some attempt was not refused.
    pub(crate) unsure: bool,
    /// Whether the last attempt was refused.
    pub(crate) refused: bool,
}

impl Asked {
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the hash that determines the key of a request with this hash: that of the first request, until all its
    /// attempts were refused and a different request replaces it. A request that may have had its effect keeps its key,
    /// so that the API can detect the difference.
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

/// The wait of a step for a message.
#[derive(Clone, Debug, Default)]
pub(crate) struct Awaited {
    /// Whether the step was entered, and its attempt counted.
    pub(crate) entered: bool,
    /// When it was entered, in milliseconds since 1970.
    pub(crate) since: Option<u64>,
    /// When the wait ends, in milliseconds since 1970.
    pub(crate) deadline: Option<u64>,
    /// A message that was delivered and not evaluated yet.
    pub(crate) message: Option<Message>,
}

impl Awaited {
    pub(crate) fn since(now: u64, limit: Option<Duration>) -> Self {
        let limit = limit.map(|limit| u64::try_from(limit.as_millis()).unwrap_or(u64::MAX));
        Self {
            entered: true,
            since: Some(now),
            deadline: limit.map(|limit| now.saturating_add(limit)),
            message: None,
        }
    }
}

/// The state of a run, without its inputs and dependencies.
#[derive(Clone, Debug)]
pub struct State {
    /// The id of the run.
    pub(crate) id: RunId,
    /// The position of the run.
    pub(crate) stage: Stage,
    /// The outputs of each step; `None` until it has succeeded.
    pub(crate) steps: Vec<Option<Vec<Option<Slot>>>>,
    /// The retries that were used, by step and action, since the step was entered.
    pub(crate) retries: BTreeMap<(usize, usize), u64>,
    /// The number of attempts of the next step since it was entered.
    pub(crate) attempts: u32,
    /// The number of times a step was entered; distinguishes the visits of a step.
    pub(crate) visit: u64,
    /// The number of detours; distinguishes one detour from the next.
    pub(crate) detours: u64,
    /// The requests of this visit to an API with idempotency keys.
    pub(crate) asked: Asked,
    /// The number of attempts of all steps.
    pub(crate) total: u32,
    /// The wait of the next step for a message.
    pub(crate) awaited: Option<Awaited>,
    /// A wait of `finish` that has started and not ended.
    pub(crate) owed: Option<Duration>,
}

impl State {
    /// Creates the state of a run that is before its first step.
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
            awaited: None,
            owed: None,
        }
    }

    /// Returns the id of the run.
    #[must_use]
    pub fn id(&self) -> RunId {
        self.id
    }

    /// Returns the index of the next step.
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

    /// Returns whether the run has transferred to another workflow.
    #[must_use]
    pub fn left(&self) -> bool {
        matches!(self.stage, Stage::Left { .. } | Stage::Ended(Some(_)))
    }

    /// Returns the run of the workflow that was called or transferred to.
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

    /// Returns the workflow that a step has called, also in a detour.
    pub(crate) fn called(&mut self) -> Option<&mut Called> {
        match &mut self.stage {
            Stage::Call { called, .. }
            | Stage::DetourStep {
                called: Some(called), ..
            } => Some(called),
            _ => None,
        }
    }

    /// Records that the next step, or the step of a detour, has called a workflow.
    pub(crate) fn call(&mut self, child: Child) {
        let started = Called {
            child,
            spent: 0,
            paused: None,
        };
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

    /// Records that the step has transferred to a workflow.
    pub(crate) fn leave(&mut self, step: usize, child: Child) {
        self.stage = Stage::Left { step, child };
    }

    /// Starts a detour to another step.
    pub(crate) fn detour_step(&mut self, step: usize, other: usize, held: Held) {
        self.stage = Stage::DetourStep {
            step,
            other,
            called: None,
            held,
        };
    }

    /// Starts a detour to a workflow.
    pub(crate) fn detour_call(&mut self, step: usize, child: Child, held: Held) {
        self.stage = Stage::DetourCall { step, child, held };
    }

    /// Returns to the position before the step, and returns its last exchange if the run was in a detour.
    pub(crate) fn back(&mut self, step: usize) -> Option<Held> {
        match std::mem::replace(&mut self.stage, Stage::Step(step)) {
            Stage::DetourStep { held, .. } | Stage::DetourCall { held, .. } => Some(held),
            _ => None,
        }
    }

    /// Ends the run together with the workflow that it has transferred to.
    pub(crate) fn end_left(&mut self) {
        if let Stage::Left { child, .. } = std::mem::replace(&mut self.stage, Stage::Ended(None)) {
            self.stage = Stage::Ended(Some(child));
        }
    }

    /// Returns whether a step has succeeded.
    #[must_use]
    pub fn has(&self, step: usize) -> bool {
        self.steps.get(step).is_some_and(Option::is_some)
    }

    /// Returns an output of a step.
    #[must_use]
    pub fn output(&self, step: usize, output: usize) -> Option<Datum<'_>> {
        self.slot(step, output).map(|slot| Datum::from_json(slot.json()))
    }

    /// Returns an output of a step as a Rust value; `None` if it is absent, null or has a different type.
    #[must_use]
    pub fn typed<T: Data>(&self, step: usize, output: usize) -> Option<T> {
        data::read(self.slot(step, output)?.json()).ok()
    }

    /// Returns the outputs of a step; `None` until it has succeeded.
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

    /// Enters a step, or ends the run.
    pub(crate) fn enter(&mut self, step: Option<usize>) {
        self.stage = step.map_or(Stage::Ended(None), Stage::Step);
        self.visit = self.visit.saturating_add(1);
        self.asked = Asked::default();
        self.awaited = None;
        self.attempts = 0;
        self.retries.retain(|(of, _), _| Some(*of) != step);
    }
}

/// What runs before a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detour {
    /// A step of the same workflow, once and without its actions.
    Step(usize),
    /// The workflow of this call.
    Call(usize),
}
