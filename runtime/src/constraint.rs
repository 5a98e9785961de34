//! Constraints of input schemas (JSON Schema 2020-12, Validation, section 6). They are checked before the first
//! request.

use std::cmp::Ordering;

use serde_json::Value;

use crate::json::datum::{Datum, equal, order};
use crate::json::view::View;

/// The constraints of a schema beyond its Rust type.
#[derive(Debug)]
pub struct Constraint {
    /// Constraints of the value itself.
    pub limits: &'static [Limit],
    /// Constraints of the members, by name.
    pub properties: &'static [(&'static str, Constraint)],
    /// The constraint of the items, except those of `prefixItems`.
    pub items: Option<&'static Constraint>,
    /// Schemas that apply to the same value or to parts of it.
    pub applied: &'static [(Applied, &'static [Constraint])],
}

/// How schemas are applied (JSON Schema 2020-12, Core, section 10).
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs, reason = "the names are JSON Schema's")]
pub enum Applied {
    AnyOf,
    OneOf,
    Not,
    /// If the first schema matches, the second applies, otherwise the third.
    If,
    PropertyNames,
    PrefixItems,
    /// Minimum and maximum number of matching items.
    Contains(u64, u64),
    /// Applies to members with other names.
    Additional(&'static [&'static str]),
    /// Applies to objects with this member.
    Dependent(&'static str),
    /// Applies to members with matching names.
    PatternProperties(&'static str),
}

/// A constraint of one value. Numbers are spelled as in the document.
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
    /// If the first member is present, the others are required.
    Dependent(&'static [&'static str]),
    Pattern(&'static str),
}

/// Adds the violations of an input. They do not contain the value, which may be a secret.
pub(crate) fn violations(name: &str, constraint: &Constraint, value: &View<'_>, found: &mut Vec<String>) {
    match serde_json::to_value(value) {
        Ok(value) => check(name, constraint, &value, found),
        Err(_) => found.push(format!("the input `{name}` cannot be represented in JSON")),
    }
}

fn check(place: &str, constraint: &Constraint, value: &Value, found: &mut Vec<String>) {
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
        let prefix = constraint
            .applied
            .iter()
            .find_map(|(applied, schemas)| matches!(applied, Applied::PrefixItems).then_some(schemas.len()));
        for (index, item) in items.iter().enumerate().skip(prefix.unwrap_or(0)) {
            check(&format!("{place}/{index}"), inner, item, found);
        }
    }
    for (applied, schemas) in constraint.applied {
        apply(place, *applied, schemas, value, found);
    }
}

fn fits(constraint: &Constraint, value: &Value) -> bool {
    let mut found = Vec::new();
    check("", constraint, value, &mut found);
    found.is_empty()
}

fn apply(place: &str, applied: Applied, schemas: &[Constraint], value: &Value, found: &mut Vec<String>) {
    let matching = || schemas.iter().filter(|schema| fits(schema, value)).count();
    let members = value.as_object().into_iter().flatten();
    let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut say = |demand: &str| found.push(format!("the input `{place}` {demand}"));
    match applied {
        Applied::AnyOf if matching() == 0 => say("must match one of the schemas in `anyOf`"),
        Applied::OneOf => match matching() {
            0 => say("must match one of the schemas in `oneOf`"),
            1 => {}
            many => say(&format!("must match exactly one of the schemas in `oneOf`, not {many}")),
        },
        Applied::Not if matching() > 0 => say("must not match the schema in `not`"),
        Applied::If => {
            let branch = schemas.get(if matches!(schemas, [first, ..] if fits(first, value)) {
                1
            } else {
                2
            });
            if let Some(branch) = branch {
                check(place, branch, value, found);
            }
        }
        Applied::Contains(fewest, most) if value.is_array() => {
            let count = items
                .iter()
                .filter(|item| schemas.iter().all(|schema| fits(schema, item)))
                .count();
            let count = u64::try_from(count).unwrap_or(u64::MAX);
            if count < fewest {
                say(&format!("must have at least {fewest} items that match `contains`"));
            } else if count > most {
                say(&format!("must have at most {most} items that match `contains`"));
            }
        }
        Applied::PrefixItems => {
            for (index, (item, schema)) in items.iter().zip(schemas).enumerate() {
                check(&format!("{place}/{index}"), schema, item, found);
            }
        }
        Applied::PropertyNames => {
            for (name, _) in members {
                if !schemas.iter().all(|schema| fits(schema, &Value::String(name.clone()))) {
                    found.push(format!("the input `{place}` must not have a member named `{name}`"));
                }
            }
        }
        Applied::Additional(known) => {
            for (name, member) in members.filter(|(name, _)| !known.contains(&name.as_str())) {
                for schema in schemas {
                    check(&format!("{place}/{name}"), schema, member, found);
                }
            }
        }
        Applied::Dependent(trigger) => {
            if value.get(trigger).is_some() {
                for schema in schemas {
                    check(place, schema, value, found);
                }
            }
        }
        Applied::PatternProperties(pattern) => {
            for (name, member) in members.filter(|(name, _)| matches(pattern, name)) {
                for schema in schemas {
                    check(&format!("{place}/{name}"), schema, member, found);
                }
            }
        }
        Applied::AnyOf | Applied::Not | Applied::Contains(..) => {}
    }
}

/// Returns whether a pattern (ECMA-262) matches anywhere in a text.
#[cfg(feature = "regex")]
fn matches(pattern: &str, text: &str) -> bool {
    crate::queries::regex::Regex::new(pattern).is_match(Some(&Datum::borrowed(text)))
}

/// Without the feature, the compiler warns that the pattern is not checked.
#[cfg(not(feature = "regex"))]
fn matches(_: &str, _: &str) -> bool {
    true
}

/// Returns the violated constraint, as the end of a message.
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
            let demand = || match types {
                [] => "is not allowed".to_owned(),
                types => format!("must be {}", types.join(" or ")),
            };
            (!types.iter().any(|kind| is_type(value, kind))).then(demand)
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
            twice.then(|| "must not have duplicate items".to_owned())
        }
        Limit::Dependent(names) => {
            let members = value.as_object()?;
            let (trigger, needed) = names.split_first()?;
            let missing = needed.iter().find(|name| !members.contains_key(**name))?;
            members
                .contains_key(*trigger)
                .then(|| format!("must have a member `{missing}` because it has `{trigger}`"))
        }
        Limit::Pattern(pattern) => {
            let kept = matches(pattern, value.as_str()?);
            let shown = pattern.strip_prefix("(?-u)").unwrap_or(pattern);
            (!kept).then(|| format!("must match the pattern `{shown}`"))
        }
        Limit::Required(name) => {
            let members = value.as_object()?;
            (!members.contains_key(*name)).then(|| format!("must have a member `{name}`"))
        }
    }
}

/// Equality of JSON Schema, which does not ignore case as conditions do.
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
                applied: &[],
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
            (&[Limit::Dependent(&["a", "b"])], json!({"b": 1}), json!({"a": 1})),
        ] {
            assert_eq!(found(limits, &good), [""; 0], "{limits:?} {good}");
            assert_eq!(found(limits, &bad).len(), 1, "{limits:?} {bad}");
        }
    }

    const NOTHING: Constraint = Constraint {
        limits: &[],
        properties: &[],
        items: None,
        applied: &[],
    };
    const STRING: Constraint = Constraint {
        limits: &[Limit::Types(&["string"])],
        ..NOTHING
    };
    const SHORT: Constraint = Constraint {
        limits: &[Limit::MaxLength(2)],
        ..NOTHING
    };
    const NEVER: Constraint = Constraint {
        limits: &[Limit::Types(&[])],
        ..NOTHING
    };

    /// JSON Schema 2020-12, Core, sections 10.2 and 10.3.
    #[test]
    fn applied_schemas_decide() {
        for (applied, schemas, good, bad) in [
            (
                Applied::AnyOf,
                &[STRING, SHORT] as &'static [Constraint],
                json!("abc"),
                None,
            ),
            (Applied::AnyOf, &[STRING], json!("a"), Some(json!(1))),
            (Applied::OneOf, &[STRING, SHORT], json!(1), Some(json!("ab"))),
            (Applied::OneOf, &[STRING, NEVER], json!("a"), Some(json!(null))),
            (Applied::Not, &[STRING], json!(1), Some(json!("a"))),
            (Applied::If, &[STRING, SHORT, NEVER], json!("ab"), Some(json!("abc"))),
            (Applied::If, &[STRING, SHORT, NEVER], json!(""), Some(json!(1))),
            (
                Applied::Contains(1, 1),
                &[STRING],
                json!([1, "a"]),
                Some(json!(["a", "b"])),
            ),
            (Applied::Contains(0, 9), &[STRING], json!([]), None),
            (Applied::Contains(1, 9), &[STRING], json!("no array"), Some(json!([1]))),
            (
                Applied::PrefixItems,
                &[STRING, SHORT],
                json!(["long", "ab"]),
                Some(json!(["long", "abc"])),
            ),
            (
                Applied::PropertyNames,
                &[SHORT],
                json!({"ab": 1}),
                Some(json!({"abc": 1})),
            ),
            (
                Applied::Additional(&["known"]),
                &[NEVER],
                json!({"known": 1}),
                Some(json!({"other": 1})),
            ),
            (
                Applied::Dependent("a"),
                &[NEVER],
                json!({"b": 1}),
                Some(json!({"a": 1})),
            ),
        ] {
            assert_eq!(applied_to(applied, schemas, &good), [""; 0], "{applied:?} {good}");
            if let Some(bad) = bad {
                assert_eq!(applied_to(applied, schemas, &bad).len(), 1, "{applied:?} {bad}");
            }
        }
    }

    fn applied_to(applied: Applied, schemas: &'static [Constraint], value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        apply("x", applied, schemas, value, &mut found);
        found
    }
}
