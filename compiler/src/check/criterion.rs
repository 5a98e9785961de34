//! Rules about conditions that are probably not what was meant.

use crate::condition::Operator;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::resolve::{Engine, QueryPiece, Source, Test, Value, ValueKind};
use crate::schema::{Type, Types};
use crate::source::{Range, Span};
use crate::typing::Typing;

/// Applies `check` to every comparison and bare operand of a test.
fn visit(test: &Test, check: &mut impl FnMut(&Test)) {
    match test {
        Test::Or(parts) | Test::And(parts) => parts.iter().for_each(|part| visit(part, check)),
        Test::Not(inner) => visit(inner, check),
        _ => check(test),
    }
}

/// A comparison whose result is known: of two literals, of a status that no response has, or of
/// values of types that never equal each other.
pub(super) fn condition_constant(
    test: &Test,
    at: Span,
    index: usize,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    visit(test, &mut |part| {
        let Test::Compare(left, operator, right) = part else {
            return;
        };
        if let Some(result) = constant(left, *operator, right, index, typing) {
            let message = format!("this comparison is always {result}");
            let ordered = left.span.file == right.span.file && left.span.range.end <= right.span.range.start;
            let span = if ordered {
                Span {
                    file: left.span.file,
                    range: Range::new(left.span.range.start as usize, right.span.range.end as usize),
                }
            } else {
                at
            };
            diagnostics.push(Diagnostic::new(&rule::CONDITION_CONSTANT, span, message));
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
        let known = typing.reference(reference, Some(index)).shape.types();
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

/// A bare operand passes when it is `true`; one of another type never does.
pub(super) fn condition_not_boolean(
    test: &Test,
    at: Span,
    index: usize,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    visit(test, &mut |part| {
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
            "this is of type {} and never `true`, so that the condition never passes",
            known.words()
        );
        let span = if matches!(value.kind, ValueKind::Reference(_)) {
            value.span
        } else {
            at
        };
        diagnostics.push(
            Diagnostic::new(&rule::CONDITION_NOT_BOOLEAN, span, message)
                .help(format!("to ask whether there is a value, write `{text} != null`")),
        );
    });
}

/// A filter looks at the children of its context: those of an object are its members.
pub(super) fn jsonpath_filter_on_object(
    test: &Test,
    at: Span,
    index: usize,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    visit(test, &mut |part| {
        let Test::Query(context, query) = part else { return };
        let filter = matches!(query.pieces.first(), Some(QueryPiece::Text(text)) if text.starts_with("$[?"));
        if query.engine != Engine::JsonPath || !filter {
            return;
        }
        let known = typing.value(context, Some(index)).shape.types();
        if known.without(Type::Null) == Types::of(Type::Object) {
            let message = "the context is an object: the filter asks each of its members, not the object itself";
            diagnostics.push(Diagnostic::new(&rule::JSONPATH_FILTER_ON_OBJECT, at, message).help(
                "name the array whose items are meant: `$.items[?…]`; of the object itself ask by a simple condition",
            ));
        }
    });
}
