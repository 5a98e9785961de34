//! Where a run stands: the part of it that is the same for every workflow.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::datum::Datum;
use crate::held::Held;
use crate::json::data::{self, Data};
use crate::json::members::{Members, Record, Table};
use crate::program::Child;
use crate::run_id::RunId;
use crate::shape::Shape;
use crate::slot::Slot;

/// What a run is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Its own next step.
    #[default]
    Step,
    /// A workflow that its step has called.
    Call,
    /// A step that a retry runs on its way.
    DetourStep(usize),
    /// A workflow that a retry runs on its way.
    DetourCall,
    /// Another workflow, for good.
    Left,
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
    /// The index of the step that is next; behind the last when the workflow has ended.
    pub(crate) position: usize,
    /// What the run is doing.
    pub(crate) mode: Mode,
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
    /// What the step that is next has spent on its call, in milliseconds.
    pub(crate) spent: u64,
    /// The last exchange of a step while a retry is on its way.
    pub(crate) held: Option<Held>,
    /// A wait of `finish` that has started and not ended.
    pub(crate) owed: Option<Duration>,
    /// The run of the workflow that was called.
    pub(crate) called: Option<Child>,
}

/// The position of a run that has ended.
pub(crate) const END: usize = usize::MAX;

impl State {
    /// A run that stands before its first step.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        Self::with_id(shape, RunId::random())
    }

    pub(crate) fn with_id(shape: &Shape, id: RunId) -> Self {
        Self {
            id,
            position: shape.first.unwrap_or(END),
            mode: Mode::Step,
            steps: vec![None; shape.steps.len()],
            retries: BTreeMap::new(),
            attempts: 0,
            visit: 0,
            detours: 0,
            asked: Asked::default(),
            total: 0,
            spent: 0,
            held: None,
            owed: None,
            called: None,
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
        (self.position != END).then_some(self.position)
    }

    /// Whether the run has left for another workflow.
    #[must_use]
    pub fn left(&self) -> bool {
        self.mode == Mode::Left
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

    pub(crate) fn enter(&mut self, step: usize) {
        self.position = step;
        self.visit = self.visit.saturating_add(1);
        self.asked = Asked::default();
        self.mode = Mode::Step;
        self.attempts = 0;
        self.spent = 0;
        self.held = None;
        self.retries.retain(|(of, _), _| *of != step);
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
