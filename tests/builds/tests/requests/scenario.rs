//! What a step does with a response, and responses that make it do each of the things that it can do.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::answer::{Answer, compared};
use crate::document::{Action, Criterion, Step};
use crate::expression::Scope;

/// What a step did.
#[derive(Debug)]
pub struct Walk<'s, 'a> {
    /// The criteria that were looked at: all but the last are met.
    pub looked_at: usize,
    pub succeeded: bool,
    pub action: Option<&'s Action<'a>>,
}

/// Goes through the criteria and actions of a step. `see` is told each criterion and whether it is met as far as that
/// is known, and says whether it is; `None` where nobody knows.
pub fn walk<'s, 'a>(
    step: &'s Step<'a>,
    scope: &Scope<'_>,
    see: &mut dyn FnMut(&Criterion<'a>, Option<bool>) -> Option<bool>,
) -> Option<Walk<'s, 'a>> {
    let mut looked_at = 0;
    let status = scope.answer.map_or(0, |answer| answer.status);
    let mut succeeded = !step.criteria.is_empty() || (200..300).contains(&status);
    for criterion in &step.criteria {
        looked_at += 1;
        if !see(criterion, scope.met(criterion))? {
            succeeded = false;
            break;
        }
    }
    let actions = if succeeded { &step.success } else { &step.failure };
    for action in actions {
        let mut all = true;
        for criterion in &action.criteria {
            if !see(criterion, scope.met(criterion))? {
                all = false;
                break;
            }
        }
        if all {
            return Some(Walk {
                looked_at,
                succeeded,
                action: Some(action),
            });
        }
    }
    Some(Walk {
        looked_at,
        succeeded,
        action: None,
    })
}

/// Something that a step can do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Goal {
    Succeed,
    /// The criterion with this index is not met.
    Fail(usize),
    /// The action of this name is taken: after success or after failure.
    Take(bool, String),
    /// No action is taken.
    TakeNone(bool),
}

/// Everything that a step can do.
pub fn goals(step: &Step<'_>) -> BTreeSet<Goal> {
    let mut all: BTreeSet<Goal> = (0..step.criteria.len()).map(Goal::Fail).collect();
    all.insert(Goal::Succeed);
    for (success, actions) in [(true, &step.success), (false, &step.failure)] {
        all.extend(reachable(actions).map(|action| Goal::Take(success, action.name.to_owned())));
        if reachable(actions).all(|action| !action.criteria.is_empty()) {
            all.insert(Goal::TakeNone(success));
        }
    }
    all
}

/// Actions up to the first that is always taken.
pub fn reachable<'s, 'a>(actions: &'s [Action<'a>]) -> impl Iterator<Item = &'s Action<'a>> {
    let always = actions
        .iter()
        .position(|action| action.criteria.is_empty() && action.kind != "retry");
    actions.iter().take(always.map_or(actions.len(), |always| always + 1))
}

/// The goals that a walk reaches.
pub fn reached(step: &Step<'_>, walk: &Walk<'_, '_>) -> Vec<Goal> {
    let action = match walk.action {
        Some(action) => Goal::Take(walk.succeeded, action.name.to_owned()),
        None => Goal::TakeNone(walk.succeeded),
    };
    let own = match (walk.succeeded, step.criteria.is_empty()) {
        (true, _) => Some(Goal::Succeed),
        (false, true) => None,
        (false, false) => Some(Goal::Fail(walk.looked_at - 1)),
    };
    own.into_iter().chain([action]).collect()
}

/// Everything in a step that reads its response.
fn reads(step: &Step<'_>) -> String {
    let outputs = step.outputs.iter().map(|(_, value)| value.to_string());
    outputs.chain([conditions(step)]).collect::<Vec<_>>().join(" ")
}

fn conditions(step: &Step<'_>) -> String {
    let actions = step
        .success
        .iter()
        .chain(&step.failure)
        .flat_map(|action| &action.criteria);
    let all = step.criteria.iter().chain(actions);
    all.map(|criterion| criterion.condition.as_str())
        .collect::<Vec<_>>()
        .join(" \n ")
}

/// Responses, at least one, that together reach every goal that is known how to reach, and the goals that are left. `later` is what
/// later steps read of it.
pub fn answers(step: &Step<'_>, scope: &Scope<'_>, later: &str) -> (Vec<Answer>, BTreeSet<Goal>) {
    let mut open = goals(step);
    let mut chosen: Vec<Answer> = Vec::new();
    for answer in candidates(step, later) {
        let scope = Scope {
            answer: Some(&answer),
            ..*scope
        };
        let Some(walk) = walk(step, &scope, &mut |_, met| met) else {
            continue;
        };
        let new = reached(step, &walk)
            .into_iter()
            .filter(|goal| open.remove(goal))
            .count();
        if new > 0 {
            chosen.push(answer);
        }
        if open.is_empty() {
            break;
        }
    }
    if chosen.is_empty() {
        chosen.extend(candidates(step, later).into_iter().next());
    }
    (chosen, open)
}

fn candidates(step: &Step<'_>, later: &str) -> Vec<Answer> {
    let Some(operation) = step.operation else {
        return Vec::new();
    };
    let (conditions, reads) = (conditions(step), format!("{} {later}", reads(step)));
    let mut literals = literals(&conditions);
    literals.extend([Value::from("another"), Value::Null, Value::from(1), json!([])]);
    let named = literals
        .iter()
        .filter_map(Value::as_u64)
        .filter(|number| (100..600).contains(number));
    let mut statuses: Vec<u16> = named.filter_map(|number| number.try_into().ok()).collect();
    statuses.extend(
        operation
            .statuses()
            .into_iter()
            .filter(|status| (200..300).contains(status))
            .take(1),
    );
    statuses.extend([200, 418, 500]);
    let pointers = compared(&conditions);
    let mut all = Vec::new();
    for status in statuses {
        let base = Answer::of(&operation, status, &reads);
        let edits = pointers.iter().flat_map(|pointer| {
            let values = literals.iter().map(Some).chain([None]);
            values.map(|value| base.with(pointer, value)).collect::<Vec<_>>()
        });
        let edits: Vec<Answer> = edits.collect();
        let empty = Answer {
            content: Some(json!({})),
            ..base.clone()
        };
        all.push(base);
        all.extend(edits);
        all.push(empty);
    }
    all
}

/// The numbers and strings in conditions, in their order.
fn literals(conditions: &str) -> Vec<Value> {
    let splits = |letter: char| letter.is_whitespace() || "\"'()^$=!<>&|".contains(letter);
    let words = conditions.split(splits).filter(|word| !word.is_empty());
    let literals = words.filter(|word| !word.contains(['.', '#', '{', '}']));
    literals
        .map(|word| serde_json::from_str(word).unwrap_or_else(|_| Value::from(word)))
        .collect()
}
