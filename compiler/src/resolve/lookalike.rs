//! Text that looks like an expression but is not one: templates of other languages, expressions in quotes or keys, and
//! expressions without the required braces.

use super::Scope;
use crate::diagnostic::{Diagnostic, rule};
use crate::source::{Cursor, Span};
use crate::syntax::expression::{self, Piece};

impl<'a> Scope<'a, '_> {
    /// Reports `${inputs.x}`, `{inputs.x}`, `{{inputs.x}}`, `{{$inputs.x}}` and `$(inputs.x)`, which are templates of
    /// other languages.
    pub(super) fn lookalike_template(&mut self, text: &str, at: Cursor<'_>) {
        for (found, meant) in templates(text) {
            let message = format!("`{}` is not an expression and is used as text", &text[found.clone()]);
            self.diagnostics.push(
                Diagnostic::new(&rule::LOOKALIKE_LITERAL, at.part(found.start, found.end), message)
                    .help(format!("write `{{{meant}}}`"))
                    .help("if this is text, allow it: `lints = { allow(lookalike_literal) }`"),
            );
        }
    }

    /// Reports a string of a condition that is a quoted expression or contains one.
    pub(super) fn quoted_expression(&mut self, text: &str, span: Span) {
        let inside = templates(text).into_iter().next().map(|(found, _)| found);
        let bare = unbraced(text, 0).filter(|found| !text[..found.start].ends_with('{'));
        if let Some(found) = bare.or(inside) {
            let message = format!(
                "`{}` in a string of a simple condition is text, not an expression",
                &text[found]
            );
            self.diagnostics.push(
                Diagnostic::new(&rule::LOOKALIKE_LITERAL, span, message)
                    .help("a simple condition compares with a whole value: use an output or input that has this text")
                    .help("if this is text, allow it: `lints = { allow(lookalike_literal) }`"),
            );
            return;
        }
        if expression::has_known_root(text) && expression::parse(text).is_ok() {
            let message = format!("`{text}` in quotes is a string, not an expression");
            self.diagnostics.push(
                Diagnostic::new(&rule::LOOKALIKE_LITERAL, span, message)
                    .help(format!("to compare with its value, remove the quotes: `{text}`"))
                    .help("if this is text, allow it: `lints = { allow(lookalike_literal) }`"),
            );
        }
    }

    /// Reports an expression in a pattern or query that is text because it has no braces.
    pub(super) fn bare_expression(&mut self, text: &str, at: Cursor<'_>, what: &str) {
        let whole = expression::has_known_root(text) && expression::parse(text).is_ok();
        let found = if whole { Some(0..text.len()) } else { unbraced(text, 0) };
        let Some(found) = found.filter(|found| !text[..found.start].ends_with('{')) else {
            return;
        };
        let inner = &text[found.clone()];
        let message = format!("`{inner}` in {what} is text: an embedded expression requires braces");
        self.diagnostics.push(
            Diagnostic::new(&rule::LOOKALIKE_LITERAL, at.part(found.start, found.end), message)
                .help(format!("write `{{{inner}}}`"))
                .help("if this is text, allow it: `lints = { allow(lookalike_literal) }`"),
        );
    }

    /// Reports an expression in a key of a payload, where expressions are not evaluated.
    pub(super) fn literal_key(&mut self, entry: crate::source::Entry<'a>) {
        let bare = expression::looks_like_expression(entry.key) && expression::parse(entry.key).is_ok();
        if bare {
            let message = format!("the expression `{}` in a key is text", entry.key);
            self.diagnostics.push(
                Diagnostic::new(&rule::LITERAL_BRACES, entry.key_span, message)
                    .help("to compute a key, write the whole payload as JSON text"),
            );
        } else {
            self.literal_braces(entry.key, entry.key_span, "a key");
        }
    }

    /// Reports an embedded expression where none is evaluated.
    pub(super) fn literal_braces(&mut self, text: &str, span: Span, what: &str) {
        let Some(inner) = embedded_expression(text) else {
            return;
        };
        let help = match what {
            "a key" => "to compute a key, write the whole payload as JSON text".to_owned(),
            "a string of a simple condition" => format!("compare with the expression: `{inner}`"),
            _ => "write the text without an expression".to_owned(),
        };
        let message = format!("the expression `{{{inner}}}` in {what} is text");
        self.diagnostics
            .push(Diagnostic::new(&rule::LITERAL_BRACES, span, message).help(help));
    }
}

/// Finds expressions in the templates of other languages: where they are, and the expressions that they mean.
fn templates(text: &str) -> Vec<(expression::Bytes, String)> {
    let mut all = Vec::new();
    for (open, close) in [("${", "}"), ("{{", "}}"), ("$(", ")"), ("{", "}")] {
        let mut from = 0;
        while let Some(found) = text[from..].find(open).map(|found| from + found) {
            from = found + open.len();
            // An expression does not contain another opening mark, so every byte is searched once.
            let stops = if close == ")" { ['(', ')'] } else { ['{', '}'] };
            let Some(length) = text[from..].find(stops) else {
                break;
            };
            let end = from + length;
            if !text[end..].starts_with(close) {
                continue;
            }
            let inner = text[from..end].trim();
            let meant = format!("${}", inner.trim_start_matches('$'));
            // `{$inputs.x}` is an expression.
            let plain = open == "{" && (inner.starts_with('$') || text[..found].ends_with(['{', '$']));
            if !plain && expression::has_known_root(&meant) && expression::parse(&meant).is_ok() {
                all.push((found..end + close.len(), meant));
            }
        }
    }
    all
}

/// Returns the first expression in braces in a text.
fn embedded_expression(text: &str) -> Option<String> {
    let pieces = expression::template(text).ok()?;
    pieces.into_iter().find_map(|piece| match piece {
        Piece::Expression(expression) => Some(text[expression.at].to_owned()),
        Piece::Text(_) => None,
    })
}

/// Maximum number of letters of an expression that is searched for.
const LONGEST: usize = 1000;

/// Finds an expression inside other text whose braces are missing.
pub(super) fn unbraced(text: &str, mut from: usize) -> Option<expression::Bytes> {
    while let Some(at) = text[from..].find('$').map(|found| from + found) {
        let rest = &text[at..];
        let known = [
            "$inputs.",
            "$steps.",
            "$response.",
            "$request.",
            "$statusCode",
            "$workflows.",
            "$outputs.",
        ];
        if at > 0 && known.iter().any(|root| rest.starts_with(root)) {
            let belongs = |letter: char| letter.is_ascii_alphanumeric() || "$._-#/~[]".contains(letter);
            let mut letters = rest.char_indices().enumerate();
            let length = letters
                .find(|(count, (_, letter))| *count == LONGEST || !belongs(*letter))
                .map_or(rest.len(), |(_, (end, _))| end);
            let candidate = rest[..length].trim_end_matches(['.', '/', '-', '#', '$']);
            if expression::parse(candidate).is_ok() {
                return Some(at..at + candidate.len());
            }
        }
        from = at + 1;
    }
    None
}
