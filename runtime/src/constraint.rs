//! Constraints of input schemas (JSON Schema 2020-12, Validation, section 6), checked before the
//! first request.

use std::cmp::Ordering;

use serde::Serialize;
use serde_json::Value;

use crate::datum::{Datum, equal, order};

/// What a schema demands of a value beyond its Rust type.
#[derive(Debug)]
pub struct Constraint {
    /// Of the value itself.
    pub limits: &'static [Limit],
    /// Of its members.
    pub properties: &'static [(&'static str, Constraint)],
    /// Of its items.
    pub items: Option<&'static Constraint>,
}

/// One demand; numbers are as the document writes them.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are JSON Schema's")]
pub enum Limit {
    Types(&'static [&'static str]),
    Enumeration(&'static [&'static str]),
    Minimum(&'static str),
    Maximum(&'static str),
    ExclusiveMinimum(&'static str),
    ExclusiveMaximum(&'static str),
    MultipleOf(&'static str),
    MinLength(u64),
    MaxLength(u64),
    MinItems(u64),
    MaxItems(u64),
    UniqueItems,
    MinProperties(u64),
    MaxProperties(u64),
    Required(&'static str),
}

/// Adds what is wrong with an input. The value itself is not told: it may be a secret.
pub fn violations<T: Serialize>(name: &str, constraint: &Constraint, value: &T, found: &mut Vec<String>) {
    match serde_json::to_value(value) {
        Ok(value) => check(name, constraint, &value, found),
        Err(_) => found.push(format!("the input `{name}` has no JSON form")),
    }
}

fn check(place: &str, constraint: &Constraint, value: &Value, found: &mut Vec<String>) {
    if value.is_null()
        && !constraint
            .limits
            .iter()
            .any(|limit| matches!(limit, Limit::Types(_) | Limit::Enumeration(_)))
    {
        return;
    }
    for limit in constraint.limits {
        if let Some(demand) = broken(limit, value) {
            found.push(format!("the input `{place}` {demand}"));
        }
    }
    if let Value::Object(members) = value {
        for (name, inner) in constraint.properties {
            if let Some(member) = members.get(*name) {
                check(&format!("{place}/{name}"), inner, member, found);
            }
        }
    }
    if let (Value::Array(items), Some(inner)) = (value, constraint.items) {
        for (index, item) in items.iter().enumerate() {
            check(&format!("{place}/{index}"), inner, item, found);
        }
    }
}

/// What a value must be and is not.
fn broken(limit: &Limit, value: &Value) -> Option<String> {
    let against = |bound: &str, fits: fn(Ordering) -> bool, words: &str| {
        let Value::Number(number) = value else { return None };
        let text = number.to_string();
        let (left, right) = (Datum::Number(text.into()), Datum::Number(bound.to_owned().into()));
        let kept = order(Some(&left), Some(&right)).is_some_and(fits);
        (!kept).then(|| format!("must be {words} {bound}"))
    };
    let size = |length: Option<usize>, kept: fn(u64, u64) -> bool, bound: u64, words: &str| {
        let length = u64::try_from(length?).unwrap_or(u64::MAX);
        (!kept(length, bound)).then(|| format!("must have {}", words.replace('#', &bound.to_string())))
    };
    let at_least: fn(u64, u64) -> bool = |length, bound| length >= bound;
    let at_most: fn(u64, u64) -> bool = |length, bound| length <= bound;
    let letters = value.as_str().map(|text| text.chars().count());
    let items = value.as_array().map(Vec::len);
    let members = value.as_object().map(serde_json::Map::len);
    match limit {
        Limit::Types(types) => {
            (!types.iter().any(|kind| is_type(value, kind))).then(|| format!("must be {}", types.join(" or ")))
        }
        Limit::Enumeration(values) => {
            let text = value.to_string();
            let same = |json: &&&str| exactly(&text, json);
            values
                .iter()
                .find(same)
                .is_none()
                .then(|| format!("must be one of {}", values.join(", ")))
        }
        Limit::Minimum(bound) => against(bound, Ordering::is_ge, "at least"),
        Limit::Maximum(bound) => against(bound, Ordering::is_le, "at most"),
        Limit::ExclusiveMinimum(bound) => against(bound, Ordering::is_gt, "more than"),
        Limit::ExclusiveMaximum(bound) => against(bound, Ordering::is_lt, "less than"),
        Limit::MultipleOf(bound) => {
            let kept = is_multiple(value, bound)?;
            (!kept).then(|| format!("must be a multiple of {bound}"))
        }
        Limit::MinLength(bound) => size(letters, at_least, *bound, "at least # characters"),
        Limit::MaxLength(bound) => size(letters, at_most, *bound, "at most # characters"),
        Limit::MinItems(bound) => size(items, at_least, *bound, "at least # items"),
        Limit::MaxItems(bound) => size(items, at_most, *bound, "at most # items"),
        Limit::MinProperties(bound) => size(members, at_least, *bound, "at least # members"),
        Limit::MaxProperties(bound) => size(members, at_most, *bound, "at most # members"),
        Limit::UniqueItems => {
            let items = value.as_array()?;
            let twice = items
                .iter()
                .enumerate()
                .any(|(index, item)| items[..index].contains(item));
            twice.then(|| "must not have an item twice".to_owned())
        }
        Limit::Required(name) => {
            let members = value.as_object()?;
            (!members.contains_key(*name)).then(|| format!("must have a member `{name}`"))
        }
    }
}

/// Equality of JSON Schema, which unlike a condition's does not ignore case.
fn exactly(left: &str, right: &str) -> bool {
    match (
        serde_json::from_str::<Value>(left),
        serde_json::from_str::<Value>(right),
    ) {
        (Ok(Value::Number(_)), Ok(Value::Number(_))) => {
            equal(Some(&Datum::from_json(left)), Some(&Datum::from_json(right)))
        }
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}

fn is_type(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

fn is_multiple(value: &Value, bound: &str) -> Option<bool> {
    let Value::Number(number) = value else { return None };
    if let (Some(number), Ok(bound)) = (number.as_i64(), bound.parse::<i64>()) {
        return Some(number.checked_rem(bound).is_none_or(|rest| rest == 0));
    }
    let quotient = number.as_f64()? / bound.parse::<f64>().ok()?;
    // `0.3 / 0.1` is not exactly 3 in binary.
    Some((quotient - quotient.round()).abs() <= 1e-9 * quotient.abs().max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(limits: &'static [Limit], value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        check(
            "x",
            &Constraint {
                limits,
                properties: &[],
                items: None,
            },
            value,
            &mut found,
        );
        found
    }

    /// JSON Schema 2020-12, Validation, sections 6.1 to 6.5.
    #[test]
    fn limits_hold_at_their_bounds() {
        for (limits, good, bad) in [
            (&[Limit::Minimum("1")] as &'static [Limit], json!(1), json!(0)),
            (&[Limit::Maximum("1.5")], json!(1.5), json!(2)),
            (&[Limit::ExclusiveMinimum("1")], json!(1.1), json!(1)),
            (&[Limit::ExclusiveMaximum("1")], json!(0), json!(1)),
            (&[Limit::MultipleOf("0.1")], json!(0.3), json!(0.35)),
            (&[Limit::MultipleOf("5")], json!(-10), json!(7)),
            (&[Limit::MinLength(2)], json!("éé"), json!("é")),
            (&[Limit::MaxLength(1)], json!("é"), json!("ab")),
            (&[Limit::MinItems(1)], json!([0]), json!([])),
            (&[Limit::MaxItems(1)], json!([0]), json!([0, 1])),
            (&[Limit::UniqueItems], json!([0, "0"]), json!([[1], [1]])),
            (&[Limit::MinProperties(1)], json!({"a": 1}), json!({})),
            (&[Limit::MaxProperties(0)], json!({}), json!({"a": 1})),
            (&[Limit::Required("a")], json!({"a": null}), json!({})),
            (&[Limit::Types(&["integer", "null"])], json!(null), json!("x")),
            (&[Limit::Enumeration(&["1", "\"a\""])], json!("a"), json!("A")),
        ] {
            assert_eq!(found(limits, &good), [""; 0], "{limits:?} {good}");
            assert_eq!(found(limits, &bad).len(), 1, "{limits:?} {bad}");
        }
    }
}
