//! Selectors: Selector Objects, targets of replacements, and the versions of their languages.

use super::value::Place;
use super::{ReplacementTarget, Scope, Selection, ValueKind};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document;
use crate::source::Cursor;
use crate::syntax::expression::{self, SyntaxError};

impl<'a> Scope<'a, '_> {
    /// Resolves a Selector Object. If the selector is a pointer or a singular query, it extends the pointer of the
    /// context.
    pub(super) fn selector(&mut self, at: Cursor<'a>, place: &Place<'a>) -> ValueKind {
        let (Some(context), Some(selector), Some(kind)) = (at.get("context"), at.get("selector"), at.get("type"))
        else {
            return ValueKind::Invalid;
        };
        let value = self.value(context, place);
        let kind = document::read_expression_type(kind, self.document.version, self.diagnostics);
        let (Some(text), Some(kind)) = (selector.as_str(), kind) else {
            if selector.as_str().is_none() {
                let message = format!("`selector` must be a string, found {}", selector.kind());
                self.diagnostics
                    .push(Diagnostic::new(&rule::WRONG_TYPE, selector.span(), message));
            }
            return ValueKind::Invalid;
        };
        let mut reference = match value.kind {
            ValueKind::Reference(reference) => reference,
            ValueKind::Invalid => return ValueKind::Invalid,
            _ => {
                let message = "the `context` of a Selector Object must be a runtime expression";
                self.diagnostics.push(
                    Diagnostic::new(&rule::EXPRESSION_SYNTAX, context.span(), message)
                        .help("write `context: $response.body`"),
                );
                return ValueKind::Invalid;
            }
        };
        let tokens = match self.selector_target(text, selector, &kind) {
            Some(ReplacementTarget::Pointer(tokens)) => tokens,
            Some(ReplacementTarget::Query(engine, query)) => {
                return ValueKind::Selection(Box::new(Selection {
                    engine,
                    context: reference,
                    query,
                }));
            }
            None => return ValueKind::Invalid,
        };
        reference.token_spans.extend(tokens.iter().map(|_| selector.span()));
        reference.pointer.extend(tokens);
        reference.span = at.span();
        reference.text = format!("{} {text}", reference.text);
        ValueKind::Reference(reference)
    }

    /// Resolves a selector, or the target of a replacement.
    pub(super) fn selector_target(
        &mut self,
        text: &str,
        at: Cursor<'a>,
        kind: &document::ExpressionType<'a>,
    ) -> Option<ReplacementTarget> {
        self.criterion_version(kind);
        match kind.name.value {
            "jsonpointer" => {
                let body = text.strip_prefix('/');
                let tokens: Option<Vec<String>> = match body {
                    Some(body) => body.split('/').map(expression::unescape).collect(),
                    None => text.is_empty().then(Vec::new),
                };
                if tokens.is_none() {
                    let message = format!("`{text}` is not a valid JSON Pointer");
                    let help = format!(
                        "write `{}`",
                        expression::dotted_to_pointer(text.trim_start_matches(['$', '#']))
                    );
                    self.diagnostics
                        .push(Diagnostic::new(&rule::POINTER_SYNTAX, at.span(), message).help(help));
                }
                tokens.map(ReplacementTarget::Pointer)
            }
            "jsonpath" => match crate::syntax::jsonpath::parse(text.trim_end_matches('\n')) {
                Ok(crate::syntax::jsonpath::Query::Singular(tokens)) => Some(ReplacementTarget::Pointer(tokens)),
                Ok(crate::syntax::jsonpath::Query::Other) => {
                    let text = text.trim_end_matches('\n');
                    let engine = self.engine(kind, text, at, true)?;
                    Some(ReplacementTarget::Query(engine, text.to_owned()))
                }
                Err(error) => {
                    self.jsonpath_syntax(&error, at);
                    None
                }
            },
            "xpath" => {
                let text = text.trim_end_matches('\n');
                let engine = self.engine(kind, text, at, true)?;
                Some(ReplacementTarget::Query(engine, text.to_owned()))
            }
            other => {
                let message =
                    format!("unknown selector type `{other}`; expected one of `jsonpointer`, `jsonpath`, `xpath`");
                let meant =
                    similar(other, ["jsonpointer", "jsonpath", "xpath"]).map(|word| format!("write `type: {word}`"));
                self.diagnostics
                    .push(Diagnostic::new(&rule::CRITERION_TYPE, kind.name.span(), message).help_if(meant));
                None
            }
        }
    }

    pub(super) fn jsonpath_syntax(&mut self, error: &SyntaxError, at: Cursor<'_>) {
        let span = at.part(error.at.start, error.at.end);
        self.diagnostics
            .push(Diagnostic::new(&rule::JSONPATH_SYNTAX, span, error.message.clone()).help_if(error.help.clone()));
    }

    /// Checks the versions that the specification allows for each language. The draft of JSONPath is read as RFC 9535,
    /// its successor.
    pub(super) fn criterion_version(&mut self, kind: &document::ExpressionType<'a>) {
        let Some(version) = kind.version else { return };
        let known: &[&str] = match kind.name.value {
            "jsonpath" => &["rfc9535", "draft-goessner-dispatch-jsonpath-00"],
            "xpath" => &["xpath-31", "xpath-30", "xpath-20", "xpath-10"],
            "jsonpointer" => &["rfc6901"],
            _ => return,
        };
        if !known.contains(&version.value) {
            let message = format!("unknown version `{}` of `{}`", version.value, kind.name.value);
            let help = match similar(version.value, known.iter().copied()) {
                Some(meant) => format!("a version with a similar name exists: `{meant}`"),
                None => format!("the versions are {}", super::listed(known.iter().copied())),
            };
            self.diagnostics
                .push(Diagnostic::new(&rule::CRITERION_VERSION, version.span(), message).help(help));
        }
    }
}
