//! Rules about conditions that are probably mistakes.

use super::Judged;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::program::{Engine, QueryPiece, Source, Test, Value, ValueKind};
use crate::schema::{Schema, Type, Types};
use crate::source::{Cursor, Data, Range, Span};
use crate::status::narrowed;
use crate::syntax::condition::Operator;
use crate::typing::{Shape, Typing};

/// Checks every rule about a criterion.
pub(super) fn check(criterion: &Judged<'_>, index: usize, typing: &Typing<'_, '_>, diagnostics: &mut Diagnostics) {
    condition_constant(criterion, index, typing, diagnostics);
    condition_not_boolean(criterion, index, typing, diagnostics);
    jsonpath_filter_on_object(criterion, index, typing, diagnostics);
}

/// A comparison has a constant result: it compares two literals, a status that no response has, or values whose types
/// are never equal.
fn condition_constant(criterion: &Judged<'_>, index: usize, typing: &Typing<'_, '_>, diagnostics: &mut Diagnostics) {
    let at = criterion.span;
    narrowed(criterion.test, criterion.codes, &mut |part, codes| {
        let typing = &typing.with_codes(codes);
        let Test::Compare(left, operator, right) = part else {
            return;
        };
        if let Some(result) = constant(left, *operator, right, index, typing) {
            let message = format!("this comparison is always {result}");
            let outside = values_of(left, right, &typing.with_codes(codes), index);
            let ordered = left.span.file == right.span.file && left.span.range.end <= right.span.range.start;
            let span = if ordered {
                Span {
                    file: left.span.file,
                    range: Range::new(left.span.range.start as usize, right.span.range.end as usize),
                }
            } else {
                at
            };
            diagnostics.push(Diagnostic::new(&rule::CONDITION_CONSTANT, span, message).help_if(outside));
        }
    });
}

fn constant(left: &Value, operator: Operator, right: &Value, index: usize, typing: &Typing<'_, '_>) -> Option<bool> {
    let is_literal = |value: &Value| {
        matches!(
            value.kind,
            ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_)
        )
    };
    let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
    if is_literal(left) && is_literal(right) {
        let same = match (&left.kind, &right.kind) {
            (ValueKind::Null, ValueKind::Null) => true,
            (ValueKind::Bool(left), ValueKind::Bool(right)) => left == right,
            (ValueKind::Text(left), ValueKind::Text(right)) => left.eq_ignore_ascii_case(right),
            (ValueKind::Number(left), ValueKind::Number(right)) => {
                let (left, right): (f64, f64) = (left.parse().ok()?, right.parse().ok()?);
                let order = left.partial_cmp(&right)?;
                return Some(match operator {
                    Operator::Equal => order.is_eq(),
                    Operator::NotEqual => order.is_ne(),
                    Operator::Less => order.is_lt(),
                    Operator::LessOrEqual => order.is_le(),
                    Operator::Greater => order.is_gt(),
                    Operator::GreaterOrEqual => order.is_ge(),
                });
            }
            _ => return None,
        };
        return equality.then_some(same == (operator == Operator::Equal));
    }
    if !equality {
        return None;
    }
    let never = Some(operator == Operator::NotEqual);
    for (value, literal) in [(left, right), (right, left)] {
        let ValueKind::Reference(reference) = &value.kind else {
            continue;
        };
        if reference.source == Source::StatusCode {
            let number = match &literal.kind {
                ValueKind::Number(text) | ValueKind::Text(text) => text.parse::<f64>().ok(),
                _ => None,
            };
            // RFC 9110, section 15: three digits, from 100 to 599.
            if number.is_some_and(|status| !(100.0..600.0).contains(&status)) {
                return never;
            }
        }
        let shape = typing.reference(reference, Some(index)).shape;
        if let Shape::Schema(schema) = shape
            && is_outside(literal, schema)
        {
            return never;
        }
        let known = shape.types();
        let is = |kind| known.without(Type::Null) == Types::of(kind);
        let clash = match &literal.kind {
            ValueKind::Bool(_) => is(Type::String) || is(Type::Integer) || is(Type::Number),
            ValueKind::Text(_) | ValueKind::Number(_) => is(Type::Boolean) || is(Type::Array) || is(Type::Object),
            _ => false,
        };
        if clash {
            return never;
        }
    }
    None
}

/// Returns the values that one side of a comparison can have, if a schema lists them.
fn values_of(left: &Value, right: &Value, typing: &Typing<'_, '_>, index: usize) -> Option<String> {
    let named = [left, right].into_iter().find_map(|value| {
        let ValueKind::Reference(reference) = &value.kind else {
            return None;
        };
        match typing.reference(reference, Some(index)).shape {
            Shape::Schema(schema) => schema.enumeration(),
            _ => None,
        }
    })?;
    let texts: Vec<&str> = named.iter().filter_map(|value| value.scalar_text()).collect();
    Some(format!("the values are {}", super::listed(&texts)))
}

/// Returns whether a literal equals none of the values that a schema lists. Strings are compared without case.
fn is_outside(literal: &Value, schema: Schema<'_>) -> bool {
    if is_excluded(literal, schema) {
        return true;
    }
    let alternatives = schema.alternatives();
    let null =
        |schema: &Schema<'_>| !matches!(literal.kind, ValueKind::Null) && schema.types().single() == Some(Type::Null);
    // One level: an alternative with alternatives of its own allows any value.
    let excluded = |schema: &Schema<'_>| null(schema) || is_excluded(literal, *schema);
    !alternatives.is_empty() && alternatives.iter().all(excluded)
}

/// Returns whether a literal is not in the `enum` or `const` of a schema.
fn is_excluded(literal: &Value, schema: Schema<'_>) -> bool {
    let Some(values) = schema.enumeration() else {
        return false;
    };
    let equals = |known: &Cursor<'_>| match (&literal.kind, &known.node().data) {
        (ValueKind::Text(text), Data::String(known)) => text.to_lowercase() == known.to_lowercase(),
        (ValueKind::Text(text) | ValueKind::Number(text), Data::Number(known) | Data::String(known)) => {
            match (text.parse::<f64>(), known.parse::<f64>()) {
                (Ok(left), Ok(right)) => left.total_cmp(&right).is_eq(),
                _ => false,
            }
        }
        (ValueKind::Text(_) | ValueKind::Number(_), _) => false,
        _ => true,
    };
    !values.iter().any(equals)
}

/// A bare operand passes if it is `true`. An operand of another type never passes.
fn condition_not_boolean(criterion: &Judged<'_>, index: usize, typing: &Typing<'_, '_>, diagnostics: &mut Diagnostics) {
    let at = criterion.span;
    narrowed(criterion.test, criterion.codes, &mut |part, codes| {
        let typing = &typing.with_codes(codes);
        let Test::Truthy(value) = part else { return };
        let known = typing.value(value, Some(index)).shape.types();
        if known.is_empty() || known.allows(Type::Boolean) {
            return;
        }
        let text = match &value.kind {
            ValueKind::Reference(reference) => reference.text.clone(),
            _ => "it".to_owned(),
        };
        let message = format!(
            "this condition never passes: the value is of type {}, and only `true` passes",
            known.words()
        );
        let span = if matches!(value.kind, ValueKind::Reference(_)) {
            value.span
        } else {
            at
        };
        let help = match &value.kind {
            ValueKind::Number(text) => format!("write the whole comparison, such as `$statusCode == {text}`"),
            ValueKind::Text(text) => {
                format!("write the whole comparison, such as `$response.body#/x == '{text}'`")
            }
            _ => format!("to test whether the value is present, write `{text} != null`"),
        };
        diagnostics.push(Diagnostic::new(&rule::CONDITION_NOT_BOOLEAN, span, message).help(help));
    });
}

/// A JSONPath filter selects from the children of its context. The children of an object are its members.
fn jsonpath_filter_on_object(
    criterion: &Judged<'_>,
    index: usize,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    let at = criterion.span;
    narrowed(criterion.test, criterion.codes, &mut |part, codes| {
        let typing = &typing.with_codes(codes);
        let Test::Query(context, query) = part else { return };
        let filter = matches!(query.pieces.first(), Some(QueryPiece::Text(text)) if text.starts_with("$[?"));
        if query.engine != Engine::JsonPath || !filter {
            return;
        }
        let known = typing.value(context, Some(index)).shape.types();
        if known.without(Type::Null) == Types::of(Type::Object) {
            let message = "the context is an object: the filter tests each of its members, not the object itself";
            diagnostics.push(
                Diagnostic::new(&rule::JSONPATH_FILTER_ON_OBJECT, at, message)
                    .help("select the array: `$.items[?…]`; to test the object itself, use a simple condition"),
            );
        }
    });
}
