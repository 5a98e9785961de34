//! Runtime expressions, texts with expressions in them, and simple conditions, evaluated by hand.

use serde_json::{Map, Value};

use crate::answer::Answer;
use crate::document::{Criterion, Kept};
use crate::reader::text;

/// What a value in a document comes to.
#[derive(Clone, Debug, PartialEq)]
pub enum Got {
    Value(Value),
    Absent,
    /// Something that is not evaluated here.
    Unknown,
}

/// What expressions refer to.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    pub inputs: &'a Value,
    pub kept: &'a Kept,
    pub answer: Option<&'a Answer>,
    /// The source descriptions and the texts of their `url`.
    pub sources: &'a [(String, String)],
}

impl Got {
    fn of(value: Option<&Value>) -> Self {
        value.map_or(Self::Absent, |value| Self::Value(value.clone()))
    }
}

impl Scope<'_> {
    /// A value of a document with the expressions in it.
    pub fn value(&self, written: &Value) -> Got {
        match written {
            Value::String(written) => self.text(written),
            Value::Array(items) => {
                let mut all = Vec::new();
                for item in items {
                    match self.value(item) {
                        Got::Value(value) => all.push(value),
                        Got::Absent => all.push(Value::Null),
                        Got::Unknown => return Got::Unknown,
                    }
                }
                Got::Value(Value::Array(all))
            }
            Value::Object(members) => {
                let mut all = Map::new();
                for (name, member) in members {
                    match self.value(member) {
                        Got::Value(value) => drop(all.insert(name.clone(), value)),
                        Got::Absent => {}
                        Got::Unknown => return Got::Unknown,
                    }
                }
                Got::Value(Value::Object(all))
            }
            scalar => Got::Value(scalar.clone()),
        }
    }

    fn text(&self, written: &str) -> Got {
        if written.starts_with('$') && is_expression(written) {
            return self.expression(written);
        }
        self.embedded(written, |_, value| text(value))
    }

    /// A text with expressions in braces; `spell` writes a value, knowing the text before it.
    pub fn embedded(&self, written: &str, spell: impl Fn(&str, &Value) -> String) -> Got {
        let mut out = String::new();
        let mut rest = written;
        while let Some(start) = rest.find("{$") {
            let (before, after) = rest.split_at(start);
            out.push_str(before);
            let Some(end) = after.find('}') else {
                return Got::Unknown;
            };
            match self.expression(&after[1..end]) {
                Got::Value(value) => {
                    let spelled = spell(&out, &value);
                    out.push_str(&spelled);
                }
                other => return other,
            }
            rest = &after[end + 1..];
        }
        out.push_str(rest);
        Got::Value(Value::String(out))
    }

    /// A bare expression.
    pub fn expression(&self, written: &str) -> Got {
        if let Some(rest) = written.strip_prefix("$inputs.") {
            return named(self.inputs.as_object(), rest);
        }
        if let Some(rest) = written.strip_prefix("$steps.") {
            let Some((step, output)) = rest.split_once(".outputs.") else {
                return Got::Unknown;
            };
            let Some(kept) = self.kept.get(step) else {
                return Got::Absent;
            };
            let kept: Map<String, Value> = kept.clone().into_iter().collect();
            return named(Some(&kept), output);
        }
        if let Some(name) = written
            .strip_prefix("$sourceDescriptions.")
            .and_then(|rest| rest.strip_suffix(".url"))
        {
            let url = self.sources.iter().find(|(source, _)| source == name);
            return url.map_or(Got::Unknown, |(_, url)| Got::Value(Value::String(url.clone())));
        }
        let Some(answer) = self.answer else { return Got::Unknown };
        if written == "$statusCode" {
            return Got::Value(answer.status.into());
        }
        if let Some(rest) = written.strip_prefix("$response.body") {
            return match rest.strip_prefix('#') {
                Some(pointer) => Got::of(answer.body().and_then(|body| body.pointer(pointer))),
                None => path(answer.body(), rest),
            };
        }
        let header = written
            .strip_prefix("$response.header.")
            .or(written.strip_prefix("$response.headers."));
        header.map_or(Got::Unknown, |name| Got::of(answer.header(name)))
    }

    /// Whether a criterion is met; `None` where it is not evaluated here.
    pub fn met(&self, criterion: &Criterion<'_>) -> Option<bool> {
        match criterion.kind.as_str() {
            "simple" => self.condition(&criterion.condition),
            "regex" => {
                // Only a text between anchors.
                let pattern = criterion.condition.strip_prefix('^')?.strip_suffix('$')?;
                let plain = pattern.chars().all(|letter| letter.is_ascii_alphanumeric());
                match self.expression(criterion.context?) {
                    Got::Value(value) if plain => Some(text(&value) == pattern),
                    _ => None,
                }
            }
            "jsonpath" => self.query(&criterion.condition, criterion.context?),
            _ => None,
        }
    }

    /// Queries of three forms: `$[?@.name != null]`, which any child without `name` meets too (RFC 9535, 2.3.5.2.2),
    /// `$.name == 'text'`, and `$.name.length > 0`, which published documents write for the items of an array.
    fn query(&self, condition: &str, context: &str) -> Option<bool> {
        let Got::Value(context) = self.expression(context) else {
            return None;
        };
        if let Some(name) = condition
            .strip_prefix("$[?@.")
            .and_then(|rest| rest.strip_suffix(" != null]"))
        {
            let mut children = context
                .as_array()
                .into_iter()
                .flatten()
                .chain(context.as_object().into_iter().flat_map(|all| all.values()));
            return Some(children.any(|child| child.get(name) != Some(&Value::Null)));
        }
        let (left, operator, right) = ["==", ">"].iter().find_map(|operator| {
            let (left, right) = condition.split_once(operator)?;
            Some((left.trim().strip_prefix("$.")?, *operator, right.trim()))
        })?;
        let right = self.operand(right)?;
        match left.strip_suffix(".length") {
            Some(name) => compare(operator, &Value::from(context.get(name)?.as_array()?.len()), &right),
            None => compare(operator, context.get(left)?, &right),
        }
    }

    fn condition(&self, written: &str) -> Option<bool> {
        if let Some((left, right)) = written.split_once("||") {
            return Some(self.condition(left)? | self.condition(right)?);
        }
        if let Some((left, right)) = written.split_once("&&") {
            return Some(self.condition(left)? & self.condition(right)?);
        }
        for operator in ["==", "!=", ">=", "<=", ">", "<"] {
            if let Some((left, right)) = written.split_once(operator) {
                return compare(operator, &self.operand(left)?, &self.operand(right)?);
            }
        }
        None
    }

    fn operand(&self, written: &str) -> Option<Value> {
        let written = written.trim();
        let quoted = |quote: char| written.strip_prefix(quote)?.strip_suffix(quote);
        let got = match quoted('"').or(quoted('\'')) {
            Some(inner) if inner.starts_with("{$") && inner.ends_with('}') => {
                self.expression(&inner[1..inner.len() - 1])
            }
            Some(inner) => Got::Value(Value::String(inner.to_owned())),
            None if written.starts_with('$') => self.expression(written),
            None => Got::Value(serde_json::from_str(written).ok()?),
        };
        match got {
            Got::Value(value) => Some(value),
            Got::Absent => Some(Value::Null),
            Got::Unknown => None,
        }
    }
}

/// Whether a text is one expression and nothing else.
fn is_expression(written: &str) -> bool {
    const ROOTS: [&str; 7] = [
        "$inputs.",
        "$steps.",
        "$response.",
        "$statusCode",
        "$sourceDescriptions.",
        "$workflows.",
        "$url",
    ];
    ROOTS.iter().any(|root| written.starts_with(root)) && !written.contains(' ')
}

/// A declared name, then a pointer or a path.
fn named(all: Option<&Map<String, Value>>, written: &str) -> Got {
    let Some(all) = all else { return Got::Absent };
    let (name, pointer) = written.split_once('#').unwrap_or((written, ""));
    if let Some(value) = all.get(name) {
        return Got::of(value.pointer(pointer));
    }
    let longest = all
        .keys()
        .filter(|known| name.starts_with(known.as_str()))
        .max_by_key(|known| known.len());
    match longest {
        Some(known) if name[known.len()..].starts_with(['.', '[']) => path(all.get(known), &name[known.len()..]),
        _ => Got::Absent,
    }
}

/// Members and items: `.a[0].b`.
fn path(mut at: Option<&Value>, written: &str) -> Got {
    let mut rest = written;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let Some((index, after)) = inner.split_once(']') else {
                return Got::Unknown;
            };
            if index == "*" {
                return all_of(at, after);
            }
            // As a pointer has it: of an object, the member with this name.
            (at, rest) = (at.and_then(|at| at.pointer(&format!("/{index}"))), after);
        } else if let Some(inner) = rest.strip_prefix('.') {
            let end = inner.find(['.', '[']).unwrap_or(inner.len());
            (at, rest) = (at.and_then(|at| at.get(&inner[..end])), &inner[end..]);
        } else {
            return Got::Unknown;
        }
    }
    Got::of(at)
}

/// What a path finds in each item of an array or member of an object.
fn all_of(at: Option<&Value>, written: &str) -> Got {
    let children: Vec<&Value> = match at {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(Value::Object(members)) => members.values().collect(),
        _ => Vec::new(),
    };
    let found = children
        .into_iter()
        .filter_map(|child| match path(Some(child), written) {
            Got::Value(value) => Some(value),
            Got::Absent | Got::Unknown => None,
        });
    Got::Value(Value::Array(found.collect()))
}

fn compare(operator: &str, left: &Value, right: &Value) -> Option<bool> {
    let number = |value: &Value| match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    let order = match (number(left), number(right), left, right) {
        (Some(left), Some(right), ..) => left.partial_cmp(&right),
        (_, _, Value::String(left), Value::String(right)) => Some(left.to_lowercase().cmp(&right.to_lowercase())),
        _ => None,
    };
    let equal = order.map_or(left == right, std::cmp::Ordering::is_eq);
    Some(match operator {
        "==" => equal,
        "!=" => !equal,
        ">=" => order.is_some_and(std::cmp::Ordering::is_ge),
        "<=" => order.is_some_and(std::cmp::Ordering::is_le),
        ">" => order.is_some_and(std::cmp::Ordering::is_gt),
        _ => order.is_some_and(std::cmp::Ordering::is_lt),
    })
}
