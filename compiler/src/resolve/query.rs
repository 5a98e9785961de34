//! Queries that need an engine: JSONPath that is not singular, and XPath.

use super::value::Place;
use super::{Engine, Query, QueryPiece, Scope, Segment};
use crate::diagnostic::{Diagnostic, rule};
use crate::document::ExpressionType;
use crate::engine::{Engines, Refusal};
use crate::source::Cursor;
use crate::syntax::expression::{self, Bytes};

impl<'a> Scope<'a, '_> {
    /// Returns the engine of a fixed query, or of a sample of a query that is not fixed.
    pub(super) fn engine(
        &mut self,
        kind: &ExpressionType<'a>,
        query: &str,
        at: Cursor<'a>,
        whole: bool,
    ) -> Option<Engine> {
        let checked = if kind.name.value == "jsonpath" {
            self.diagnostics.engines.jsonpath(query).map(|()| Engine::JsonPath)
        } else {
            self.diagnostics
                .engines
                .xpath(query, kind.version.map(|version| version.value))
        };
        match checked {
            Ok(engine) => {
                if engine == Engine::XPath31 && !Engines::BUILT.xpath31 {
                    self.diagnostics.unchecked.push(at.span());
                }
                Some(engine)
            }
            Err(refusal) => {
                let span = match refusal.at {
                    Some(place) if whole => at.part(place.start, place.end),
                    _ => at.span(),
                };
                self.diagnostics
                    .push(Diagnostic::new(refusal.rule, span, refusal.message).help_if(refusal.help));
                None
            }
        }
    }

    /// Reports an expression without braces, such as in `$[?@.id == $inputs.id]`, and reads it as its value.
    fn jsonpath_unbraced_expression(
        &mut self,
        text: &str,
        found: Bytes,
        at: Cursor<'a>,
        place: &Place<'a>,
    ) -> Option<Query> {
        let inner = &text[found.clone()];
        let expression = expression::parse_in(text, found.clone()).ok()?;
        let reference = self.reference(&expression, at, place);
        let parts = vec![
            Segment::Text(text[..found.start].to_owned()),
            Segment::Reference(reference),
            Segment::Text(text[found.end..].to_owned()),
        ];
        // Outside of a string literal, the value is written as a literal itself.
        let mut mark = "";
        let pieces: Vec<QueryPiece> = split(parts, true)
            .into_iter()
            .map(|piece| match piece {
                QueryPiece::Bare(reference) => {
                    mark = "'";
                    QueryPiece::Value(reference)
                }
                other => other,
            })
            .collect();
        let mended = format!("{}{mark}{{{inner}}}{mark}{}", &text[..found.start], &text[found.end..]);
        // If the text with braces is not a query, it has no lenient reading. If the engine is disabled, this is
        // unknown, which is an error if the lenient reading would be used.
        let refusal = self.diagnostics.engines.jsonpath(&sample(&pieces, "0")).err();
        let unknown = |refusal: &Refusal| refusal.rule == &rule::JSONPATH_FEATURE;
        if let Some(refusal) = refusal
            .filter(|refusal| !(unknown(refusal) && self.diagnostics.denies(&rule::JSONPATH_UNBRACED_EXPRESSION)))
        {
            if unknown(&refusal) {
                self.diagnostics
                    .push(Diagnostic::new(refusal.rule, at.span(), refusal.message).help_if(refusal.help));
                return None;
            }
            let message = format!("invalid JSONPath query `{text}` (RFC 9535), even with braces around `{inner}`");
            self.diagnostics
                .push(Diagnostic::new(refusal.rule, at.span(), message).help_if(refusal.help));
            return None;
        }
        self.diagnostics.push(
            Diagnostic::new(
                &rule::JSONPATH_UNBRACED_EXPRESSION,
                at.part(found.start, found.end),
                format!("`{inner}` in a JSONPath query requires braces to be an expression"),
            )
            .help(format!("write `{mended}`, without quotes for a number")),
        );
        Some(Query {
            engine: Engine::JsonPath,
            pieces,
        })
    }

    /// Resolves a condition that may contain expressions.
    pub(super) fn query(
        &mut self,
        kind: &ExpressionType<'a>,
        text: &str,
        at: Cursor<'a>,
        place: &Place<'a>,
    ) -> Option<Query> {
        let pieces = match expression::template(text) {
            Ok(pieces) => pieces,
            Err(errors) => {
                for error in &errors {
                    self.expression_error(error, at);
                }
                return None;
            }
        };
        let mut segments = self.segments(pieces, at, place);
        if let ([Segment::Text(_)], "jsonpath") = (segments.as_slice(), kind.name.value)
            && let Some(found) = unbraced(text)
        {
            return self.jsonpath_unbraced_expression(text, found, at, place);
        }
        // The line break at the end of a YAML block scalar is not part of the query.
        if let Some(Segment::Text(text)) = segments.last_mut() {
            text.truncate(text.trim_end_matches('\n').len());
        }
        if let [Segment::Text(text)] = segments.as_slice() {
            let engine = self.engine(kind, text, at, true)?;
            let pieces = vec![QueryPiece::Text(text.clone())];
            return Some(Query { engine, pieces });
        }
        let jsonpath = kind.name.value == "jsonpath";
        let pieces = split(segments, jsonpath);
        // The text around the values must be a query, whatever the values are. A bare value can be a number or
        // a name.
        let number = sample(&pieces, "0");
        let fits = |sample: &str| {
            if jsonpath {
                self.diagnostics.engines.jsonpath(sample).is_ok()
            } else {
                self.diagnostics
                    .engines
                    .xpath(sample, kind.version.map(|version| version.value))
                    .is_ok()
            }
        };
        let name = sample(&pieces, "a");
        let engine = self.engine(kind, if fits(&number) { &number } else { &name }, at, false)?;
        Some(Query { engine, pieces })
    }
}

/// Finds the string literals around values.
fn split(segments: Vec<Segment>, escapes: bool) -> Vec<QueryPiece> {
    let mut pieces = Vec::new();
    let mut outside = String::new();
    let mut literal: Option<(char, Vec<Segment>, String)> = None;
    let mut escaped = false;
    for segment in segments {
        let text = match segment {
            Segment::Text(text) => text,
            Segment::Reference(reference) => {
                match &mut literal {
                    Some((_, parts, text)) => {
                        parts.push(Segment::Text(std::mem::take(text)));
                        parts.push(Segment::Reference(reference));
                    }
                    None => {
                        pieces.push(QueryPiece::Text(std::mem::take(&mut outside)));
                        pieces.push(QueryPiece::Bare(reference));
                    }
                }
                continue;
            }
        };
        for letter in text.chars() {
            match &mut literal {
                None if matches!(letter, '\'' | '"') => {
                    pieces.push(QueryPiece::Text(std::mem::take(&mut outside)));
                    literal = Some((letter, Vec::new(), String::new()));
                }
                None => outside.push(letter),
                Some((quote, ..)) if !escaped && letter == *quote => {
                    if let Some((quote, mut parts, text)) = literal.take() {
                        parts.push(Segment::Text(text));
                        pieces.push(QueryPiece::Literal(quote, parts));
                    }
                }
                Some((_, _, text)) => {
                    text.push(letter);
                    escaped = escapes && !escaped && letter == '\\';
                }
            }
        }
    }
    if let Some((quote, parts, text)) = literal {
        // An unclosed literal is kept unchanged; the engine reports it.
        outside.push(quote);
        for part in parts {
            if let Segment::Text(text) = part {
                outside.push_str(&text);
            }
        }
        outside.push_str(&text);
    }
    pieces.push(QueryPiece::Text(outside));
    pieces.retain(|piece| !matches!(piece, QueryPiece::Text(text) if text.is_empty()));
    pieces
}

/// Finds an expression of the workflow inside a JSONPath query, whose own `$` is followed by `.` or `[`.
fn unbraced(text: &str) -> Option<Bytes> {
    let roots = [
        "$inputs.",
        "$steps.",
        "$workflows.",
        "$response.",
        "$request.",
        "$statusCode",
    ];
    let start = roots.iter().filter_map(|root| text.find(root)).min()?;
    let rest = &text[start..];
    let length = rest
        .find(|letter: char| !(letter.is_ascii_alphanumeric() || "$._-#/~".contains(letter)))
        .unwrap_or(rest.len());
    let found = start..start + rest[..length].trim_end_matches(['.', '/', '-', '#']).len();
    expression::parse_in(text, found.clone()).is_ok().then_some(found)
}

/// Returns the query with a sample value in place of each expression.
fn sample(pieces: &[QueryPiece], bare: &str) -> String {
    let mut text = String::new();
    for piece in pieces {
        match piece {
            QueryPiece::Text(piece) => text.push_str(piece),
            QueryPiece::Literal(quote, parts) => {
                text.push(*quote);
                for part in parts {
                    match part {
                        Segment::Text(part) => text.push_str(part),
                        Segment::Reference(_) => text.push('a'),
                    }
                }
                text.push(*quote);
            }
            QueryPiece::Bare(_) | QueryPiece::Value(_) => text.push_str(bare),
        }
    }
    text
}
