//! Values that fit a schema.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::reader::{follow, items, members, word};

/// How deep a value is nested at most.
const DEPTH: usize = 9;

/// Makes values by the schemas of one file.
#[derive(Clone, Copy)]
pub struct Sampler<'a> {
    pub root: &'a Value,
    /// Whether optional members are made too.
    pub full: bool,
}

/// A schema with what `allOf` adds, and one alternative of `oneOf` and `anyOf`.
#[derive(Default)]
struct Merged<'a> {
    kind: Option<&'a str>,
    properties: BTreeMap<&'a str, &'a Value>,
    required: BTreeSet<&'a str>,
    items: Option<&'a Value>,
    additional: Option<&'a Value>,
    values: Vec<&'a Value>,
    own: Vec<&'a Value>,
}

impl<'a> Merged<'a> {
    fn key(&self, name: &str) -> Option<&'a Value> {
        self.own.iter().find_map(|at| at.get(name))
    }

    fn number(&self, name: &str) -> Option<f64> {
        self.key(name)?.as_f64()
    }

    fn whole(&self, name: &str) -> Option<usize> {
        self.key(name)?.as_u64()?.try_into().ok()
    }
}

impl<'a> Sampler<'a> {
    /// A value that has a member for each list of tokens; `hint` tells strings apart.
    pub fn value(&self, schema: &'a Value, wanted: &[&[String]], hint: &str) -> Value {
        self.at(schema, wanted, hint, 0)
    }

    fn at(&self, schema: &'a Value, wanted: &[&[String]], hint: &str, depth: usize) -> Value {
        let mut merged = Merged::default();
        self.merge(schema, wanted, &mut merged, 0);
        let wanted: Vec<&[String]> = wanted.iter().copied().filter(|tokens| !tokens.is_empty()).collect();
        let of_kind = |value: &&&Value| match merged.kind {
            Some("integer") => value.is_i64(),
            Some("number") => value.is_number(),
            Some("string") => value.is_string(),
            _ => !value.is_null(),
        };
        if let Some(value) = merged.values.iter().find(of_kind).filter(|_| wanted.is_empty()) {
            return (*value).clone();
        }
        let indices = wanted.iter().all(|tokens| tokens[0].parse::<usize>().is_ok());
        match merged.kind {
            Some("object") => self.object(&merged, &wanted, hint, depth),
            Some("array") => self.array(&merged, &wanted, hint, depth),
            None if !wanted.is_empty() && indices => self.array(&merged, &wanted, hint, depth),
            None if !wanted.is_empty() => self.object(&merged, &wanted, hint, depth),
            Some("integer" | "number") => number(&merged),
            Some("boolean") => Value::Bool(true),
            Some("null") => Value::Null,
            _ => Value::String(string(&merged, hint)),
        }
    }

    fn merge(&self, schema: &'a Value, wanted: &[&[String]], into: &mut Merged<'a>, depth: usize) {
        let at = follow(self.root, schema);
        if depth > DEPTH {
            return;
        }
        into.own.push(at);
        let kinds = at.get("type").map(|kind| match kind {
            Value::Array(kinds) => kinds
                .iter()
                .find_map(|kind| kind.as_str().filter(|kind| *kind != "null")),
            kind => kind.as_str(),
        });
        into.properties.extend(members(self.root, at, "properties"));
        let required = at.get("required").and_then(Value::as_array).into_iter().flatten();
        into.required.extend(required.filter_map(Value::as_str));
        into.items = into.items.or(at.get("items"));
        into.additional = into
            .additional
            .or(at.get("additionalProperties").filter(|value| value.is_object()));
        into.values.extend(at.get("const"));
        into.values
            .extend(at.get("enum").and_then(Value::as_array).into_iter().flatten());
        let structure =
            if at.get("properties").is_some() || at.get("additionalProperties").is_some_and(Value::is_object) {
                Some("object")
            } else {
                at.get("items").map(|_| "array")
            };
        into.kind = into.kind.or(kinds.flatten()).or(structure);
        for part in items(self.root, at, "allOf") {
            self.merge(part, wanted, into, depth + 1);
        }
        for key in ["oneOf", "anyOf"] {
            let alternatives = items(self.root, at, key);
            let fits = |part: &&&Value| {
                let has = |tokens: &&[String]| {
                    let known = tokens.first().and_then(|token| part.get("properties")?.get(token));
                    known.is_some()
                };
                word(part, "type") != Some("null") && (wanted.is_empty() || wanted.iter().any(has))
            };
            if let Some(part) = alternatives.iter().find(fits).or(alternatives.first()) {
                self.merge(part, wanted, into, depth + 1);
            }
        }
    }

    fn object(&self, merged: &Merged<'a>, wanted: &[&[String]], hint: &str, depth: usize) -> Value {
        let mut names: BTreeSet<&str> = merged.required.clone();
        if self.full && depth < 3 {
            names.extend(merged.properties.keys());
        }
        names.extend(wanted.iter().map(|tokens| tokens[0].as_str()));
        // An empty object has no spelling in most places.
        if names.is_empty() && depth < 4 {
            names.insert(merged.properties.keys().next().copied().unwrap_or("key"));
        }
        let mut all = Map::new();
        for name in names {
            let tails: Vec<&[String]> = wanted
                .iter()
                .filter(|tokens| tokens[0] == name)
                .map(|tokens| &tokens[1..])
                .collect();
            if depth > DEPTH && tails.is_empty() {
                continue;
            }
            let schema = merged
                .properties
                .get(name)
                .copied()
                .or(merged.additional)
                .unwrap_or(&Value::Null);
            all.insert(
                name.to_owned(),
                self.at(schema, &tails, &format!("{hint}.{name}"), depth + 1),
            );
        }
        Value::Object(all)
    }

    fn array(&self, merged: &Merged<'a>, wanted: &[&[String]], hint: &str, depth: usize) -> Value {
        let index = |tokens: &&[String]| tokens[0].parse::<usize>().ok().filter(|index| *index < 10);
        let last = wanted.iter().filter_map(index).max().map_or(0, |last| last + 1);
        let least = merged.whole("minItems").unwrap_or(usize::from(depth < DEPTH));
        let items = 0..last.max(least);
        let item = |at: usize| {
            let tails = wanted
                .iter()
                .filter(|tokens| index(tokens) == Some(at))
                .map(|tokens| &tokens[1..]);
            let tails: Vec<&[String]> = tails.collect();
            self.at(
                merged.items.unwrap_or(&Value::Null),
                &tails,
                &format!("{hint}.{at}"),
                depth + 1,
            )
        };
        items.map(item).collect()
    }
}

fn number(merged: &Merged<'_>) -> Value {
    let fallback = [merged.key("default"), merged.key("example")]
        .into_iter()
        .flatten()
        .find(|value| value.is_number());
    if let Some(value) = fallback.filter(|_| merged.kind == Some("integer")) {
        return value.clone();
    }
    let step = merged.number("multipleOf").unwrap_or(1.0);
    let least = merged
        .number("minimum")
        .or(merged.number("exclusiveMinimum").map(|least| least + step));
    let most = merged
        .number("maximum")
        .or(merged.number("exclusiveMaximum").map(|most| most - step));
    let value = (step * 7.0)
        .max(least.unwrap_or(f64::MIN))
        .min(most.unwrap_or(f64::MAX));
    if merged.kind == Some("integer") {
        #[allow(clippy::cast_possible_truncation, reason = "small whole numbers")]
        return Value::from(value.floor() as i64);
    }
    Value::from(if least.is_none() && most.is_none() {
        value + 0.5
    } else {
        value
    })
}

fn string(merged: &Merged<'_>, hint: &str) -> String {
    let key = |name: &str| merged.key(name).and_then(Value::as_str);
    let written = || key("default").or(key("example")).map(str::to_owned);
    let plain = match key("format") {
        Some("date") => "2024-01-02".to_owned(),
        Some("date-time") => "2024-01-02T03:04:05Z".to_owned(),
        Some("email") => "ada@example.com".to_owned(),
        Some("uuid") => "123e4567-e89b-12d3-a456-426614174000".to_owned(),
        Some("uri" | "url") => "https://example.com/a?b=c".to_owned(),
        _ if key("pattern").is_some() => written().unwrap_or("abc123".to_owned()),
        _ => format!("{hint} a/b&c=d"),
    };
    let (least, most) = (merged.whole("minLength"), merged.whole("maxLength"));
    let mut text: String = plain.chars().take(most.unwrap_or(usize::MAX)).collect();
    while text.chars().count() < least.unwrap_or(0) {
        text.push('x');
    }
    text.trim_end().to_owned()
}
