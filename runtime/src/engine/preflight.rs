//! Checks before the first request of a run: whether the client can make every request that the run may need.

use super::channel::missing_broker;
use crate::client::Settings;
use crate::error::ErrorKind;
use crate::run::descriptor::{Shape, Target};
use crate::wire::auth::usable;
use crate::wire::base::base;
use crate::wire::failure::Failure;
use crate::wire::operation::Operation;
use crate::wire::security::choose;

/// Reports everything that the client lacks for the reachable steps of a workflow, in one error.
pub(crate) fn preflight(
    shape: &'static Shape,
    settings: &Settings,
    waits: bool,
) -> Result<(), (Option<&'static str>, Failure)> {
    if settings.checked.has(shape) {
        return Ok(());
    }
    let shapes = reachable(shape);
    unknown_sources(&shapes, settings).map_err(|failure| (None, failure))?;
    let mut found: Vec<(&'static str, Failure)> = Vec::new();
    let mut complete = true;
    let steps = || {
        shapes
            .iter()
            .flat_map(|shape| shape.steps)
            .filter(|step| step.reachable)
    };
    for (step, channel) in steps().filter_map(|step| Some((step.id, step.channel?))) {
        if settings.broker(channel.source).is_some() {
            continue;
        }
        // Without a broker, the caller of `advance` can deliver messages itself.
        if !channel.sends && !waits {
            complete = false;
            continue;
        }
        let message = missing_broker(channel.source);
        if found.iter().all(|(_, known)| known.message != message) {
            found.push((step, Failure::new(ErrorKind::Configuration, message)));
        }
    }
    for (step, operation) in steps().filter_map(|step| Some((step.id, step.operation?))) {
        for failure in problems(operation, settings) {
            if found.iter().all(|(_, known)| known.message != failure.message) {
                found.push((step, failure));
            }
        }
    }
    let mut found = found.into_iter();
    let Some((step, mut failure)) = found.next() else {
        if complete {
            settings.checked.add(shape);
        }
        return Ok(());
    };
    for (_, other) in found {
        failure.message = format!("{}; {}", failure.message, other.message);
    }
    Err((Some(step), failure))
}

fn problems(operation: &'static Operation, settings: &Settings) -> impl Iterator<Item = Failure> {
    let address = base(operation, settings).err();
    let chosen = choose(operation, settings, |scheme| scheme.written, operation.authorization);
    // Without a base URL, a relative token URL cannot be resolved; that is reported once.
    let usable = chosen.and_then(|chosen| match address {
        Some(_) => Ok(()),
        None => usable(operation, &chosen, settings),
    });
    usable.err().into_iter().chain(address)
}

/// Returns a workflow and all workflows that it can call or transfer to.
pub(super) fn reachable(shape: &'static Shape) -> Vec<&'static Shape> {
    let mut found = vec![shape];
    let mut next = 0;
    while let Some(shape) = found.get(next) {
        next += 1;
        for Target { shape, .. } in shape.targets {
            let other = shape();
            if !found.iter().any(|known| std::ptr::eq(*known, other)) {
                found.push(other);
            }
        }
    }
    found
}

/// Reports the name of a source that the workflows do not have. A client may serve workflows of other documents, so a
/// name is an error only if it is similar to a missing one, or if the client has none of the workflows' sources.
fn unknown_sources(shapes: &[&'static Shape], settings: &Settings) -> Result<(), Failure> {
    let known: Vec<&str> = shapes.first().map_or(&[][..], |shape| shape.sources).to_vec();
    let configured = || settings.sources.keys().map(String::as_str);
    let missing: Vec<&str> = known
        .iter()
        .copied()
        .filter(|name| !settings.sources.contains_key(*name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let none = missing.len() == known.len();
    let unknown = configured()
        .find(|name| !known.contains(name) && (none || missing.iter().any(|missing| are_similar(name, missing))));
    let Some(unknown) = unknown else { return Ok(()) };
    let names: Vec<String> = known.iter().map(|name| format!("`{name}`")).collect();
    let message = format!(
        "unknown source `{unknown}`: the source descriptions of this workflow are {}; for one that needs no settings, write `source(\"{}\", |api| api)`",
        names.join(", "),
        missing.first().unwrap_or(&"")
    );
    Err(Failure::new(ErrorKind::Configuration, message))
}

/// Returns whether two names differ by a typing error: at most two letters, ignoring case and punctuation.
fn are_similar(left: &str, right: &str) -> bool {
    let fold = |name: &str| -> Vec<char> {
        let letters = name.chars().filter(|letter| letter.is_alphanumeric());
        letters.flat_map(char::to_lowercase).collect()
    };
    let (left, right) = (fold(left), fold(right));
    let allowed = (left.len().max(right.len()) / 3).min(2);
    if left.len().abs_diff(right.len()) > allowed {
        return false;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.iter().enumerate() {
        let mut corner = row[0];
        row[0] = index + 1;
        for (column, other) in right.iter().enumerate() {
            let changed = corner + usize::from(letter != other);
            corner = row[column + 1];
            row[column + 1] = changed.min(corner + 1).min(row[column] + 1);
        }
    }
    row.last().is_some_and(|distance| *distance <= allowed)
}

/// The workflows that a client was checked for.
#[derive(Default)]
pub(crate) struct Checked {
    shapes: std::sync::Mutex<Vec<usize>>,
}

impl Checked {
    fn address(shape: &'static Shape) -> usize {
        std::ptr::from_ref(shape).addr()
    }

    fn has(&self, shape: &'static Shape) -> bool {
        let shapes = self.shapes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        shapes.contains(&Self::address(shape))
    }

    fn add(&self, shape: &'static Shape) {
        let mut shapes = self.shapes.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        shapes.push(Self::address(shape));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_similar_names() {
        for (left, right) in [
            ("shopp", "shop"),
            ("stytchConsumerAPI", "stytchConsumerApi"),
            ("pet-store", "petstore"),
        ] {
            assert!(are_similar(left, right), "{left} {right}");
        }
        for (left, right) in [("shop", "bank"), ("a", "b"), ("payments", "payouts2x")] {
            assert!(!are_similar(left, right), "{left} {right}");
        }
    }
}
