//! Comparisons that are written as JSONPath.

use super::value::Place;
use super::{Reference, Scope, Source, Test, Value, ValueKind};
use crate::diagnostic::{Diagnostic, rule};
use crate::document;
use crate::syntax::condition::{self, Condition};
use crate::syntax::expression;

/// A piece of a comparison that is written where a JSONPath query is expected.
pub(super) enum Compared<'t> {
    /// Text of a simple condition.
    Text(&'t str),
    /// A singular query: its tokens, and whether it ends in `.length`.
    Query(Vec<String>, bool),
    /// A runtime expression.
    Expression(&'t str),
}

/// Returns the comparison as a simple condition, with `$statusCode` in place of each query and `$method` in place of
/// each expression; `None` if it is not a comparison.
pub(super) fn simple_form(pieces: &[Compared<'_>]) -> Option<Condition> {
    let simple: String = pieces
        .iter()
        .map(|piece| match piece {
            Compared::Text(text) => text,
            Compared::Query(..) => "$statusCode",
            Compared::Expression(_) => "$method",
        })
        .collect();
    condition::parse(&simple).ok()
}

/// Splits a comparison, such as `$.status == 'done' && $.items.length > 0`, into pieces.
pub(super) fn comparison(condition: &str) -> Option<Vec<Compared<'_>>> {
    let compares = ["==", "!=", "<", ">"].iter().any(|word| condition.contains(word));
    if !compares || condition.contains(['?', '*', '{']) || !condition.trim_start().starts_with(['$', '(', '!']) {
        return None;
    }
    let mut pieces = Vec::new();
    let (mut from, mut quote) = (0, None);
    let mut letters = condition.char_indices();
    while let Some((at, letter)) = letters.next() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, '$') => {
                let rest = &condition[at..];
                let end = rest
                    .find(|letter: char| letter.is_whitespace() || "=!<>&|()".contains(letter))
                    .unwrap_or(rest.len());
                pieces.push(Compared::Text(&condition[from..at]));
                if expression::looks_like_expression(rest) {
                    expression::parse(&rest[..end]).ok()?;
                    pieces.push(Compared::Expression(&rest[..end]));
                } else {
                    let query = rest[..end].strip_suffix(".length").unwrap_or(&rest[..end]);
                    let Ok(crate::syntax::jsonpath::Query::Singular(tokens)) = crate::syntax::jsonpath::parse(query)
                    else {
                        return None;
                    };
                    pieces.push(Compared::Query(tokens, query.len() < end));
                }
                from = at + end;
                while letters.clone().next().is_some_and(|(next, _)| next < from) {
                    letters.next();
                }
            }
            _ => {}
        }
    }
    pieces.push(Compared::Text(&condition[from..]));
    pieces
        .iter()
        .any(|piece| matches!(piece, Compared::Query(..)))
        .then_some(pieces)
}

/// Applies `change` to every operand of a test, from left to right.
pub(super) fn substitute(test: &mut Test, change: &mut impl FnMut(&mut Value)) {
    match test {
        Test::Or(parts) | Test::And(parts) => {
            for part in parts {
                substitute(part, change);
            }
        }
        Test::Not(inner) => substitute(inner, change),
        Test::Compare(left, _, right) => {
            change(left);
            change(right);
        }
        Test::Truthy(value) => change(value),
        Test::Present(_) | Test::Json(_) | Test::Regex(..) | Test::Query(..) | Test::Invalid => {}
    }
}

/// A query without a comparison tests whether it selects something, even next to a comparison.
pub(super) fn existence(test: &mut Test, context: &Reference) {
    match test {
        Test::Or(parts) | Test::And(parts) => parts.iter_mut().for_each(|part| existence(part, context)),
        Test::Not(inner) => existence(inner, context),
        Test::Truthy(value) => {
            let of_context = matches!(&value.kind, ValueKind::Reference(reference)
                if reference.source == context.source && reference.text == context.text);
            if of_context {
                *test = Test::Present(value.clone());
            }
        }
        _ => {}
    }
}

impl<'a> Scope<'a, '_> {
    fn report_comparison(
        &mut self,
        condition: document::Text<'a>,
        context: Option<&Reference>,
        pieces: &[Compared<'_>],
    ) {
        let base = context.map_or("$response.body", |context| context.text.as_str());
        let hash = if base.contains('#') { "" } else { "#" };
        let (mut corrected, mut length) = (String::new(), false);
        for piece in pieces {
            match piece {
                Compared::Text(text) | Compared::Expression(text) => corrected.push_str(text),
                Compared::Query(tokens, counted) => {
                    length |= counted;
                    let tokens = tokens
                        .iter()
                        .map(|token| token.trim_start_matches(crate::syntax::jsonpath::INDEX));
                    let pointer: String = tokens.map(|token| format!("/{}", expression::escape(token))).collect();
                    corrected.push_str(base);
                    if !pointer.is_empty() {
                        corrected.push_str(hash);
                        corrected.push_str(&pointer);
                    }
                }
            }
        }
        let mut diagnostic = Diagnostic::new(
            &rule::JSONPATH_COMPARISON,
            condition.span(),
            format!(
                "invalid JSONPath query `{}` (RFC 9535): a query selects values and cannot compare them",
                condition.value
            ),
        );
        diagnostic = if length {
            diagnostic.help("an array has no member `length`; to test whether it has items, write a simple condition without `type` and `context`, such as `$response.body#/items/0 != null`")
        } else {
            diagnostic.help(format!(
                "write a simple condition without `type` and `context`: `{corrected}`"
            ))
        };
        self.diagnostics.push(diagnostic);
    }

    /// Reports a comparison, which is not a query (RFC 9535), and reads it as a simple condition: its queries select
    /// from the context, and `length` is the length of an array.
    pub(super) fn jsonpath_comparison(
        &mut self,
        condition: document::Text<'a>,
        context: Option<Reference>,
        pieces: &[Compared<'_>],
        parsed: &Condition,
        place: &Place<'a>,
    ) -> Test {
        self.report_comparison(condition, context.as_ref(), pieces);
        // A missing context has already been reported.
        let Some(context) = context else {
            return Test::Invalid;
        };
        let mut expressions = Vec::new();
        for piece in pieces {
            if let Compared::Expression(text) = piece
                && let Ok(expression) = expression::parse(text)
            {
                let reference = self.reference(&expression, condition.at, place);
                expressions.push(Reference {
                    span: condition.span(),
                    token_spans: reference.token_spans.iter().map(|_| condition.span()).collect(),
                    text: (*text).to_owned(),
                    ..reference
                });
            }
        }
        let mut expressions = expressions.into_iter();
        let mut test = self.test(parsed, condition.at, place);
        let mut queries = pieces.iter().filter_map(|piece| match piece {
            Compared::Query(tokens, counted) => Some((tokens, *counted)),
            Compared::Text(_) | Compared::Expression(_) => None,
        });
        substitute(&mut test, &mut |value| {
            match &value.kind {
                ValueKind::Reference(mark) if mark.source == Source::StatusCode => {}
                ValueKind::Reference(mark) if mark.source == Source::Method => {
                    value.span = condition.span();
                    value.kind = expressions.next().map_or(ValueKind::Invalid, ValueKind::Reference);
                    return;
                }
                _ => return,
            }
            let Some((tokens, counted)) = queries.next() else {
                return;
            };
            let mut reference = context.clone();
            reference.token_spans.extend(tokens.iter().map(|_| condition.span()));
            reference.pointer.extend(tokens.iter().cloned());
            reference.span = condition.span();
            value.span = condition.span();
            value.kind = if counted {
                ValueKind::Length(reference)
            } else {
                ValueKind::Reference(reference)
            };
        });
        existence(&mut test, &context);
        test
    }
}
