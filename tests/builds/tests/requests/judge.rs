//! Compares what was seen with what is right.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::document::{Action, Step};
use crate::expression::{Got, Scope};
use crate::reader::percent_decoded;
use crate::request::{Body, Request, Text};
use crate::scenario::{Walk, walk};

/// Whether two values are the same, numbers by value.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            let in_right = |(name, value)| right.get(name).is_some_and(|other| same(value, other));
            left.len() == right.len() && left.iter().all(in_right)
        }
        _ => left == right,
    }
}

/// Whether a text is the right one; JSON may have its members in another order.
fn fits(right: &Text, seen: &str) -> bool {
    let Some(right) = right else { return true };
    let json = |text: &str| {
        serde_json::from_str::<Value>(text)
            .ok()
            .filter(|value| value.is_object() || value.is_array())
    };
    right == seen || matches!((json(right), json(seen)), (Some(right), Some(seen)) if same(&right, &seen))
}

/// What is wrong with a request.
pub fn request(right: &Request, seen: &Value) -> Vec<String> {
    let mut wrong: Vec<String> = right
        .lost
        .iter()
        .map(|lost| format!("the {lost} has no counterpart"))
        .collect();
    let text = |key: &str| seen[key].as_str().unwrap_or_default();
    if text("method") != right.method {
        wrong.push(format!("the method is `{}`, found `{}`", right.method, text("method")));
    }
    let (place, query) = text("url").split_once('?').unwrap_or((text("url"), ""));
    match place.strip_prefix(&right.base) {
        Some(path) if path_fits(&right.path, path) => {}
        Some(path) => wrong.push(format!("the path is {:?}, found `{path}`", right.path)),
        None => wrong.push(format!("the server is `{}`, found `{place}`", right.base)),
    }
    let decoded = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (percent_decoded(name), percent_decoded(value))
    };
    let query = query.split('&').filter(|pair| !pair.is_empty()).map(decoded).collect();
    all_fit("query parameter", &right.query, query, &mut wrong);
    let headers = seen["headers"].as_array().into_iter().flatten();
    let headers = headers.map(|pair| (pair[0].as_str().unwrap_or(""), pair[1].as_str().unwrap_or("")));
    let mut headers: Vec<(String, String)> = headers
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut take = |name: &str| {
        let at = headers.iter().position(|(known, _)| known == name)?;
        Some(headers.remove(at).1)
    };
    let cookies = take("cookie").unwrap_or_default();
    all_fit(
        "cookie",
        &right.cookies,
        cookies
            .split("; ")
            .filter(|pair| !pair.is_empty())
            .map(decoded)
            .collect(),
        &mut wrong,
    );
    let media = take("content-type");
    if let Some(problem) = media_problem(right, media.as_deref()) {
        wrong.push(problem);
    }
    // What every request has.
    let written = |name: &str| right.headers.iter().any(|(known, _)| known == name);
    headers.retain(|(name, _)| !matches!(name.as_str(), "accept" | "content-length") || written(name));
    all_fit("header", &right.headers, headers, &mut wrong);
    if let Some(problem) = body_problem(&right.body, text("body"), decoded) {
        wrong.push(problem);
    }
    wrong
}

fn path_fits(right: &[Text], raw: &str) -> bool {
    // A value adds no segment.
    let literal = right.iter().step_by(2).flatten();
    let slashes = |text: &str| text.matches('/').count();
    let mut rest = percent_decoded(raw);
    if right.first().is_some_and(Option::is_some) && right.iter().all(Option::is_some) {
        let whole: String = right.iter().flatten().map(String::as_str).collect();
        let one = right.len() % 2 == 1;
        return rest == whole && (!one || slashes(raw) == literal.map(|text| slashes(text)).sum::<usize>());
    }
    for piece in right.iter().flatten() {
        let Some(at) = rest.find(piece.as_str()) else {
            return false;
        };
        rest = rest[at + piece.len()..].to_owned();
    }
    true
}

fn all_fit(what: &str, right: &[(String, Text)], mut seen: Vec<(String, String)>, wrong: &mut Vec<String>) {
    let mut other = Vec::new();
    for (name, value) in right {
        match seen.iter().position(|(known, text)| known == name && fits(value, text)) {
            Some(at) => drop(seen.remove(at)),
            None => other.push((name, value)),
        }
    }
    for (name, value) in &other {
        wrong.push(format!("the {what} `{name}` is {value:?}, found {seen:?}"));
    }
    seen.retain(|(name, _)| !other.iter().any(|(known, _)| *known == name));
    wrong.extend(
        seen.into_iter()
            .map(|(name, value)| format!("the {what} `{name}` has no counterpart: `{value}`")),
    );
}

fn media_problem(right: &Request, seen: Option<&str>) -> Option<String> {
    let seen = seen.unwrap_or("none");
    let wanted = match (&right.content_type, &right.body) {
        (_, Body::None) => return None,
        (None, _) => return (seen.contains('*')).then(|| format!("a media range is sent: `{seen}`")),
        (Some(wanted), _) => wanted,
    };
    let fits = match &right.body {
        Body::Parts(_) => seen.starts_with(wanted.as_str()) && seen.contains("boundary="),
        _ => seen == wanted,
    };
    (!fits).then(|| format!("the content type is `{wanted}`, found `{seen}`"))
}

fn body_problem(right: &Body, seen: &str, decoded: impl Fn(&str) -> (String, String)) -> Option<String> {
    let fits = match right {
        Body::Unknown => true,
        Body::None => seen.is_empty(),
        Body::Text(text) => seen == text,
        Body::Json(value) => serde_json::from_str(seen).is_ok_and(|seen: Value| same(value, &seen)),
        Body::Parts(names) => names.iter().all(|name| seen.contains(&format!("name=\"{name}\""))),
        Body::Pairs(pairs) => {
            let mut wrong = Vec::new();
            let seen = seen
                .split('&')
                .filter(|pair| !pair.is_empty())
                .map(|pair| decoded(&pair.replace('+', " ")));
            all_fit("field", pairs, seen.collect(), &mut wrong);
            return wrong.into_iter().next();
        }
    };
    (!fits).then(|| format!("the body is {right:?}, found `{seen}`"))
}

/// What is wrong with the criteria and actions of an attempt, and what the step did.
pub fn decisions<'s, 'a>(step: &'s Step<'a>, scope: &Scope<'_>, seen: &Value) -> (Option<Walk<'s, 'a>>, Vec<String>) {
    let mut wrong = Vec::new();
    let mut events = seen["events"].as_array().into_iter().flatten();
    let walk = walk(step, scope, &mut |criterion, met| {
        let event = events.next();
        let told = event.filter(|event| event[0] == "criterion" && event[1] == criterion.condition.as_str());
        let Some(told) = told.and_then(|event| event[2].as_bool()) else {
            wrong.push(format!(
                "the criterion `{}` is not looked at, found {event:?}",
                criterion.condition
            ));
            return None;
        };
        if met.is_some_and(|met| met != told) {
            wrong.push(format!("the criterion `{}` is found to be {told}", criterion.condition));
        }
        Some(met.unwrap_or(told))
    });
    let Some(walk) = walk else { return (None, wrong) };
    if let Some(action) = walk.action {
        let event = events.next();
        let taken = event.is_some_and(|event| {
            event[0] == "action" && event[1] == action.name && event[2] == effect(action).as_str()
        });
        if !taken {
            wrong.push(format!(
                "the action `{}` ({}) is not taken, found {event:?}",
                action.name,
                effect(action)
            ));
        }
    }
    wrong.extend(events.map(|event| format!("nothing in the document says {event}")));
    (Some(walk), wrong)
}

/// What an action does, as events tell it.
fn effect(action: &Action<'_>) -> String {
    match (action.kind, action.step) {
        ("goto", Some(step)) => format!("Goto({step:?})"),
        ("goto", None) => "Leave".to_owned(),
        ("retry", _) => {
            let wait = std::time::Duration::try_from_secs_f64(action.after.unwrap_or(0.0)).unwrap_or_default();
            format!("Retry {{ wait: {wait:?} }}")
        }
        _ => "End".to_owned(),
    }
}

/// Whether a value is a text that is kept as bytes.
fn bytes(value: &Value, found: &Value) -> bool {
    use base64::Engine as _;
    let encoded = value
        .as_str()
        .map(|text| base64::engine::general_purpose::STANDARD.encode(text));
    encoded.is_some_and(|encoded| found["$base64"] == encoded.as_str())
}

/// What is wrong with the outputs of a step or workflow.
pub fn outputs(right: &BTreeMap<String, Got>, seen: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in right {
        let found = seen.get(name).filter(|found| !found.is_null());
        let fits = match value {
            Got::Value(value) if !value.is_null() => {
                found.is_some_and(|found| same(value, found) || bytes(value, found))
            }
            Got::Unknown => true,
            _ => found.is_none(),
        };
        if !fits {
            wrong.push(format!("the output `{name}` is {value:?}, found {found:?}"));
        }
    }
    let extra = seen
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !right.contains_key(*name));
    wrong.extend(extra.map(|(name, _)| format!("the output `{name}` is not in the document")));
    wrong
}
