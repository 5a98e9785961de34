//! Counts in the text of an expansion what the document has, so that nothing is missing in a step that cannot be run.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;

use crate::document::Step;
use crate::scenario::reachable;

/// What is not as often in an expansion as in the document: criteria, actions, outputs of steps.
pub fn differences(code: &str, steps: &[Step<'_>]) -> Vec<String> {
    let mut criteria: BTreeMap<&str, usize> = BTreeMap::new();
    let mut actions: BTreeMap<&str, usize> = BTreeMap::new();
    let mut outputs: BTreeMap<&str, usize> = BTreeMap::new();
    for step in steps {
        let all = || reachable(&step.success).chain(reachable(&step.failure));
        for criterion in step.criteria.iter().chain(all().flat_map(|action| &action.criteria)) {
            *criteria.entry(&criterion.condition).or_default() += 1;
        }
        for action in all() {
            *actions.entry(action.name).or_default() += 1;
        }
        for (name, _) in &step.outputs {
            *outputs.entry(name).or_default() += 1;
        }
    }
    // The same spaces whatever the compiler writes.
    let code = code.parse::<TokenStream>().expect("tokens").to_string();
    let quoted = |text: &str| format!("{text:?}");
    // A condition is followed by its line, an action by the end of a call, an output by its expression.
    let placed = |text: &str| {
        let text = format!(", {} , ", quoted(text));
        let followed = code.match_indices(&text).map(|(at, _)| &code[at + text.len()..]);
        followed
            .filter(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
            .count()
    };
    let taken = |text: &str| code.matches(&format!("take ({})", quoted(text))).count();
    let kept = |text: &str| {
        let written = [
            format!("name : {} , expression :", quoted(text)),
            format!(":: text ({} ,", quoted(text)),
        ];
        written
            .iter()
            .map(|written| code.matches(written.as_str()).count())
            .sum::<usize>()
    };
    let mut wrong = Vec::new();
    let mut compare = |what: &str, all: &BTreeMap<&str, usize>, found: &dyn Fn(&str) -> usize| {
        for (name, count) in all {
            let found = found(name);
            if found != *count {
                wrong.push(format!(
                    "the {what} `{name}` is in the document {count} times, in the expansion {found}"
                ));
            }
        }
    };
    compare("criterion", &criteria, &placed);
    compare("action", &actions, &taken);
    compare("output", &outputs, &kept);
    wrong
}
