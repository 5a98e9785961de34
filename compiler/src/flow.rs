//! Phase 5a: the possible orders of the steps in a workflow, and which steps have certainly succeeded when a value is
//! read.

use crate::program::{Act, Action, ActionKind, Destination, Workflow};

/// A set of steps of a workflow, one bit for each. Such a set exists for every path through a workflow, which may have
/// a thousand steps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StepSet {
    words: Vec<u64>,
}

impl StepSet {
    fn none(count: usize) -> Self {
        Self {
            words: vec![0; count.div_ceil(64)],
        }
    }

    /// Returns whether a step is in the set.
    #[must_use]
    pub fn contains(&self, step: usize) -> bool {
        self.words
            .get(step / 64)
            .is_some_and(|word| word >> (step % 64) & 1 == 1)
    }

    fn insert(&mut self, step: usize) {
        if let Some(word) = self.words.get_mut(step / 64) {
            *word |= 1 << (step % 64);
        }
    }

    /// Merges another set, word by word; returns whether that changed anything.
    fn merge(&mut self, other: &Self, merge: impl Fn(u64, u64) -> u64) -> bool {
        let mut changed = false;
        for (own, other) in self.words.iter_mut().zip(&other.words) {
            let merged = merge(*own, *other);
            changed |= *own != merged;
            *own = merged;
        }
        changed
    }
}

/// What is known about the order of a workflow's steps.
#[derive(Debug)]
pub struct Flow {
    /// Whether each step is reachable.
    pub reachable: Vec<bool>,
    /// For each step, the steps that have certainly succeeded when it starts.
    pub certain_before: Vec<StepSet>,
    /// For each step, the steps that may have succeeded when it starts.
    pub possible_before: Vec<StepSet>,
    /// The steps that have certainly succeeded when the workflow ends successfully.
    pub certain_at_end: StepSet,
    /// The steps that may have succeeded when the workflow ends successfully.
    pub possible_at_end: StepSet,
    /// Whether the workflow can leave for another one, and then never reaches its own end.
    pub leaves: bool,
}

/// Returns whether an action always applies.
#[must_use]
pub fn unconditional(action: &Action) -> bool {
    action.criteria.is_empty()
}

/// One path from a step to the next.
struct Edge {
    from: usize,
    /// `None`: the workflow ends successfully.
    to: Option<usize>,
    /// A step that has certainly succeeded on this path.
    certain: Option<usize>,
    /// A step that may have succeeded on this path.
    possible: Option<usize>,
}

/// Follows every path through a workflow.
#[must_use]
pub fn analyse(workflow: &Workflow<'_>) -> Flow {
    let count = workflow.steps.len();
    let ways = Ways::of(workflow);
    // `None` means not reached yet: the neutral element of both analyses.
    let mut certain: Vec<Option<StepSet>> = vec![None; count + 1];
    let mut possible: Vec<Option<StepSet>> = vec![None; count + 1];
    let first = workflow.order.first().copied().unwrap_or(count);
    certain[first] = Some(StepSet::none(count));
    possible[first] = Some(StepSet::none(count));
    let mut changed = true;
    while changed {
        changed = false;
        for edge in &ways.edges {
            let to = edge.to.unwrap_or(count);
            changed |= flow_along(&mut certain, edge.from, to, edge.certain, |old, new| old & new);
            changed |= flow_along(&mut possible, edge.from, to, edge.possible, |old, new| old | new);
        }
    }
    // A detour runs its step at the position of the retry, and continues no further.
    for &(from, to) in &ways.detours {
        flow_along(&mut certain, from, to, None, |old, new| old & new);
        flow_along(&mut possible, from, to, None, |old, new| old | new);
    }
    let known = |sets: &[Option<StepSet>], index: usize| sets[index].clone().unwrap_or_else(|| StepSet::none(count));
    Flow {
        reachable: (0..count).map(|index| certain[index].is_some()).collect(),
        certain_before: (0..count).map(|index| known(&certain, index)).collect(),
        possible_before: (0..count).map(|index| known(&possible, index)).collect(),
        certain_at_end: known(&certain, count),
        possible_at_end: known(&possible, count),
        leaves: ways.leaves,
    }
}

fn flow_along(
    sets: &mut [Option<StepSet>],
    from: usize,
    to: usize,
    gained: Option<usize>,
    merge: impl Fn(u64, u64) -> u64,
) -> bool {
    let Some(mut arriving) = sets[from].clone() else {
        return false;
    };
    if let Some(step) = gained {
        arriving.insert(step);
    }
    if let Some(known) = &mut sets[to] {
        return known.merge(&arriving, merge);
    }
    sets[to] = Some(arriving);
    true
}

/// Every path that the actions and the order of the steps allow.
#[derive(Default)]
struct Ways {
    edges: Vec<Edge>,
    detours: Vec<(usize, usize)>,
    leaves: bool,
}

impl Ways {
    fn of(workflow: &Workflow<'_>) -> Self {
        let mut ways = Self::default();
        for (position, &from) in workflow.order.iter().enumerate() {
            let next = workflow.order.get(position + 1).copied();
            ways.after_success(workflow, from, next);
            ways.after_failure(workflow, from);
        }
        ways
    }

    fn succeeded(&mut self, from: usize, to: Option<usize>) {
        self.edges.push(Edge {
            from,
            to,
            certain: Some(from),
            possible: Some(from),
        });
    }

    fn after_success(&mut self, workflow: &Workflow<'_>, from: usize, next: Option<usize>) {
        for action in &workflow.steps[from].on_success {
            match &action.kind {
                ActionKind::End => self.succeeded(from, None),
                ActionKind::Goto(Destination::Step(to)) => self.succeeded(from, Some(*to)),
                ActionKind::Goto(Destination::Workflow(_)) => self.leaves = true,
                ActionKind::Retry { .. } | ActionKind::Invalid => {}
            }
            if unconditional(action) {
                return;
            }
        }
        self.succeeded(from, next);
    }

    fn after_failure(&mut self, workflow: &Workflow<'_>, from: usize) {
        for action in &workflow.steps[from].on_failure {
            match &action.kind {
                ActionKind::Goto(Destination::Step(to)) => {
                    self.edges.push(Edge {
                        from,
                        to: Some(*to),
                        certain: None,
                        possible: None,
                    });
                }
                ActionKind::Goto(Destination::Workflow(_)) => self.leaves = true,
                ActionKind::Retry {
                    detour: Some(Destination::Step(detour)),
                    ..
                } => {
                    self.detours.push((from, *detour));
                    self.edges.push(Edge {
                        from,
                        to: Some(from),
                        certain: None,
                        possible: Some(*detour),
                    });
                }
                _ => {}
            }
            if unconditional(action) && !matches!(action.kind, ActionKind::Retry { .. }) {
                return;
            }
        }
    }
}

/// Returns the step that has certainly called a workflow, to its own end, when step `at` starts.
pub(crate) fn ran_before(
    workflow: &Workflow<'_>,
    flows: &[Flow],
    flow: &Flow,
    at: usize,
    needed: usize,
) -> Option<usize> {
    let calls = |step: &usize| match &workflow.steps[*step].act {
        Act::Workflow(invocation) => invocation.target == needed,
        _ => false,
    };
    let before = flow.certain_before.get(at)?;
    let ran = (0..workflow.steps.len()).find(|step| before.contains(*step) && calls(step))?;
    (!flows[needed].leaves).then_some(ran)
}

/// Returns the step whose call of a workflow is certainly the latest one when `at` is reached (`None` is the end of the
/// workflow): it certainly ran, and no other step that can have called the workflow by then can run after it.
pub(crate) fn latest_call(workflow: &Workflow<'_>, flow: &Flow, at: Option<usize>, target: usize) -> Option<usize> {
    let calls = |step: &usize| match &workflow.steps[*step].act {
        Act::Workflow(invocation) => invocation.target == target,
        _ => false,
    };
    let (certain, possible) = match at {
        Some(index) => (flow.certain_before.get(index)?, flow.possible_before.get(index)?),
        None => (&flow.certain_at_end, &flow.possible_at_end),
    };
    let callers = || (0..workflow.steps.len()).filter(|step| calls(step) && possible.contains(*step));
    let follows = |other: usize, step: usize| {
        let before = flow.possible_before.get(other);
        before.is_none_or(|before| before.contains(step))
    };
    callers().find(|step| certain.contains(*step) && callers().all(|other| other == *step || !follows(other, *step)))
}
