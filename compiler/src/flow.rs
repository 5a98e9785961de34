//! Phase 5a: in which order the steps of a workflow can run, and which have certainly succeeded
//! where a value is read.

use crate::resolve::{Action, ActionKind, Destination, Test, Workflow};

/// What is known about the order of a workflow's steps.
#[derive(Debug)]
pub struct Flow {
    /// Per step: whether a run can come to it.
    pub reachable: Vec<bool>,
    /// Per step: the steps that have succeeded whenever a run comes to it.
    pub certain_before: Vec<Vec<bool>>,
    /// Per step: the steps that may have succeeded when a run comes to it.
    pub possible_before: Vec<Vec<bool>>,
    /// The steps that have succeeded whenever the workflow ends well.
    pub certain_at_end: Vec<bool>,
    /// The steps that may have succeeded when the workflow ends well.
    pub possible_at_end: Vec<bool>,
}

/// Whether an action applies whatever happened.
#[must_use]
pub fn unconditional(action: &Action) -> bool {
    action.criteria.is_empty()
}

/// One way from a step onwards.
struct Edge {
    from: usize,
    /// `None`: the workflow ends well.
    to: Option<usize>,
    /// Whether the step has succeeded on this way.
    succeeded: bool,
}

/// Follows every way through a workflow.
#[must_use]
pub fn analyse(workflow: &Workflow<'_>) -> Flow {
    let count = workflow.steps.len();
    let edges = edges(workflow);
    // `None` is "not reached yet": the neutral element of both analyses.
    let mut certain: Vec<Option<Vec<bool>>> = vec![None; count + 1];
    let mut possible: Vec<Option<Vec<bool>>> = vec![None; count + 1];
    if count > 0 {
        certain[0] = Some(vec![false; count]);
        possible[0] = Some(vec![false; count]);
    } else {
        certain[count] = Some(Vec::new());
    }
    let mut changed = true;
    while changed {
        changed = false;
        for edge in &edges {
            let to = edge.to.unwrap_or(count);
            changed |= flow_along(&mut certain, edge, to, |old, new| old && new);
            changed |= flow_along(&mut possible, edge, to, |old, new| old || new);
        }
    }
    let known = |sets: &[Option<Vec<bool>>], index: usize| sets[index].clone().unwrap_or_else(|| vec![false; count]);
    Flow {
        reachable: (0..count).map(|index| certain[index].is_some()).collect(),
        certain_before: (0..count).map(|index| known(&certain, index)).collect(),
        possible_before: (0..count).map(|index| known(&possible, index)).collect(),
        certain_at_end: known(&certain, count),
        possible_at_end: known(&possible, count),
    }
}

fn flow_along(sets: &mut [Option<Vec<bool>>], edge: &Edge, to: usize, merge: impl Fn(bool, bool) -> bool) -> bool {
    let Some(mut arriving) = sets[edge.from].clone() else {
        return false;
    };
    if edge.succeeded {
        arriving[edge.from] = true;
    }
    let merged = match &sets[to] {
        Some(known) => known
            .iter()
            .zip(&arriving)
            .map(|(&old, &new)| merge(old, new))
            .collect(),
        None => arriving,
    };
    let changed = sets[to].as_ref() != Some(&merged);
    sets[to] = Some(merged);
    changed
}

fn edges(workflow: &Workflow<'_>) -> Vec<Edge> {
    let count = workflow.steps.len();
    let mut edges = Vec::new();
    for (from, step) in workflow.steps.iter().enumerate() {
        let mut falls_through = true;
        for action in &step.on_success {
            match &action.kind {
                ActionKind::End => edges.push(Edge {
                    from,
                    to: None,
                    succeeded: true,
                }),
                ActionKind::Goto(Destination::Step(to)) => edges.push(Edge {
                    from,
                    to: Some(*to),
                    succeeded: true,
                }),
                ActionKind::Retry { .. } | ActionKind::Invalid => {}
            }
            if unconditional(action) {
                falls_through = false;
                break;
            }
        }
        if falls_through {
            edges.push(Edge {
                from,
                to: (from + 1 < count).then_some(from + 1),
                succeeded: true,
            });
        }
        for action in &step.on_failure {
            if let ActionKind::Goto(Destination::Step(to)) = &action.kind {
                edges.push(Edge {
                    from,
                    to: Some(*to),
                    succeeded: false,
                });
            }
            if unconditional(action) && !matches!(action.kind, ActionKind::Retry { .. }) {
                break;
            }
        }
    }
    edges
}

/// The status that the criteria of a step demand, if they name exactly one.
#[must_use]
pub fn demanded_status(tests: &[&Test]) -> Option<u16> {
    use crate::condition::Operator;
    use crate::resolve::{Source, ValueKind};
    tests.iter().find_map(|test| match test {
        Test::And(parts) => demanded_status(&parts.iter().collect::<Vec<_>>()),
        Test::Compare(left, Operator::Equal, right) => match (&left.kind, &right.kind) {
            (ValueKind::Reference(reference), ValueKind::Number(number))
            | (ValueKind::Number(number), ValueKind::Reference(reference))
                if reference.source == Source::StatusCode =>
            {
                number.parse().ok()
            }
            (ValueKind::Reference(reference), ValueKind::Text(text))
            | (ValueKind::Text(text), ValueKind::Reference(reference))
                if reference.source == Source::StatusCode =>
            {
                text.parse().ok()
            }
            _ => None,
        },
        _ => None,
    })
}
