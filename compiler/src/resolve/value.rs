//! Values: literals, expressions, strings that embed expressions, and structures of them.

use super::lookalike::unbraced;
use super::{Scope, Segment, Selection, Value, ValueKind};
use crate::diagnostic::{Diagnostic, rule};
use crate::document::{self, Version};
use crate::source::{Cursor, Data};
use crate::syntax::expression::{self, Expression, Mistake, Piece, Root, SyntaxError};

/// The position of an expression in a workflow, which determines what it can refer to.
pub(super) struct Place<'a> {
    /// The step that contains it, if any.
    pub(super) step: Option<&'a document::Step<'a>>,
    /// Whether there is already a response.
    pub(super) response: bool,
    /// Whether the step may have failed with the response of a step of the called workflow.
    pub(super) failure: bool,
}

impl<'a> Scope<'a, '_> {
    /// Returns whether an object is a Selector Object: in 1.1, with exactly its three fields.
    pub(super) fn is_selector(&self, at: Cursor<'_>) -> bool {
        let fields = ["context", "selector", "type"];
        self.document.version >= Version::V1_1
            && at.is_object()
            && at.members().len() == fields.len()
            && fields.iter().all(|field| at.get(field).is_some())
    }

    /// Resolves a value of any kind.
    pub(super) fn value(&mut self, at: Cursor<'a>, place: &Place<'a>) -> Value {
        let span = at.span();
        let kind = match &at.node().data {
            Data::Null | Data::Link(_) | Data::Deferred(_) => ValueKind::Null,
            Data::Bool(value) => ValueKind::Bool(*value),
            Data::Number(text) => ValueKind::Number(text.to_string()),
            Data::String(text) => self.text(text, at, place),
            Data::Array(_) => ValueKind::Array(at.items().map(|item| self.value(item, place)).collect()),
            Data::Object(_) if self.is_selector(at) => self.selector(at, place),
            Data::Object(_) => ValueKind::Object(
                at.members()
                    .map(|entry| {
                        self.literal_key(entry);
                        (entry.key.to_owned(), self.value(entry.value, place))
                    })
                    .collect(),
            ),
        };
        Value { span, kind }
    }

    fn text(&mut self, text: &str, at: Cursor<'a>, place: &Place<'a>) -> ValueKind {
        if expression::looks_like_expression(text) {
            match expression::parse(text) {
                Ok(expression) => return ValueKind::Reference(self.reference(&expression, at, place)),
                Err(error) if error.kind == Mistake::UnknownRoot && !expression::has_known_root(text) => {
                    let message =
                        format!("`{text}` looks like an expression, but its root is unknown, so it is used as text");
                    self.diagnostics.push(
                        Diagnostic::new(&rule::LOOKALIKE_LITERAL, at.span(), message)
                            .help("if this is text, allow it: `lints = { allow(lookalike_literal) }`"),
                    );
                }
                Err(error) if error.kind == Mistake::UnknownRoot => {
                    return if self.unknown_root(&error, at) {
                        ValueKind::Text(text.to_owned())
                    } else {
                        ValueKind::Invalid
                    };
                }
                Err(error) => {
                    if let Some(selection) = self.wildcard(text, at, place) {
                        return selection;
                    }
                    if let Some(segments) = self.several(text, at, place) {
                        return ValueKind::Template(segments);
                    }
                    self.expression_error(&error, at);
                    return ValueKind::Invalid;
                }
            }
        }
        self.lookalike_template(text, at);
        if let Some(open) = unclosed(text) {
            let message = "unclosed embedded expression";
            self.diagnostics.push(
                Diagnostic::new(&rule::EXPRESSION_SYNTAX, at.part(open, text.len()), message)
                    .help("write `}` after the expression"),
            );
            return ValueKind::Invalid;
        }
        let mut pieces = expression::template(text);
        if let Err(errors) = &mut pieces {
            let mut literal = true;
            errors.retain(|error| {
                let unknown = error.kind == Mistake::UnknownRoot;
                literal &= unknown && self.unknown_root(error, at);
                !unknown
            });
            if literal {
                pieces = expression::template_of_known(text);
            }
        }
        match pieces {
            Ok(pieces) => {
                let braced = pieces.into_iter().filter_map(|piece| match piece {
                    Piece::Expression(expression) => Some(expression),
                    Piece::Text(_) => None,
                });
                let segments = self.embedded(text, braced.collect(), at, place);
                match segments.as_slice() {
                    [] => ValueKind::Text(String::new()),
                    [Segment::Text(_)] => ValueKind::Text(text.to_owned()),
                    _ => ValueKind::Template(segments),
                }
            }
            Err(errors) => {
                for error in &errors {
                    self.expression_error(error, at);
                }
                ValueKind::Invalid
            }
        }
    }

    /// Reads text that starts with an expression without braces, such as `$inputs.first $inputs.last`.
    fn several(&mut self, text: &str, at: Cursor<'a>, place: &Place<'a>) -> Option<Vec<Segment>> {
        let first = text.find(|letter: char| letter.is_whitespace() || ",;:@?&|".contains(letter))?;
        if !expression::has_known_root(text) || text.contains(['{', '[']) {
            return None;
        }
        expression::parse(&text[..first]).ok()?;
        // `$inputs.First Name` may refer to an input of this name.
        unbraced(text, first)?;
        Some(self.embedded(text, Vec::new(), at, place))
    }

    /// Reads `$steps.s.outputs.items[*].id` as a JSONPath query on the output.
    pub(super) fn wildcard(&mut self, text: &str, at: Cursor<'a>, place: &Place<'a>) -> Option<ValueKind> {
        let open = text.find('[')?;
        let (head, rest) = text.split_at(open);
        let expression = expression::parse_in(text, 0..open).ok()?;
        let word = |letter: char| letter.is_ascii_alphanumeric() || "[]*._-".contains(letter);
        let outputs = matches!(expression.root, Root::Step { .. } | Root::Input(_) | Root::Output(_));
        if !outputs || !rest.contains("[*]") || !rest.chars().all(word) {
            return None;
        }
        let query = format!("${rest}");
        let name = document::Text { value: "jsonpath", at };
        let kind = document::ExpressionType { name, version: None };
        let engine = self.engine(&kind, &query, at, false)?;
        let context = self.reference(&expression, at, place);
        let message = "wildcards are not supported in expressions";
        self.diagnostics.push(
            Diagnostic::new(&rule::BRACKET_INDEX, at.part(open, text.len()), message).help(format!(
                "write a Selector Object (1.1): `{{ context: {head}, selector: '{query}', type: jsonpath }}`"
            )),
        );
        Some(ValueKind::Selection(Box::new(Selection { engine, context, query })))
    }

    pub(super) fn segments(&mut self, pieces: Vec<Piece>, at: Cursor<'a>, place: &Place<'a>) -> Vec<Segment> {
        pieces
            .into_iter()
            .map(|piece| match piece {
                Piece::Text(text) => Segment::Text(text),
                Piece::Expression(expression) => Segment::Reference(self.reference(&expression, at, place)),
            })
            .collect()
    }

    /// Reports text that is not an expression by the grammar. There is nothing else to read in its place, so no option
    /// makes it a warning.
    pub(super) fn expression_error(&mut self, error: &SyntaxError, at: Cursor<'_>) {
        let rule = match error.kind {
            Mistake::UnknownRoot if self.diagnostics.denies(&rule::UNKNOWN_ROOT) => &rule::UNKNOWN_ROOT,
            Mistake::Pointer => &rule::POINTER_SYNTAX,
            _ => &rule::EXPRESSION_SYNTAX,
        };
        self.mistake(rule, error, at);
    }

    /// Reports a deviation from the grammar that has one obvious meaning.
    pub(super) fn recoverable(&mut self, error: &SyntaxError, at: Cursor<'_>) {
        let rule = match error.kind {
            Mistake::HeadersPlural => &rule::HEADERS_PLURAL,
            Mistake::BracketIndex => &rule::BRACKET_INDEX,
            Mistake::BodyPointer => &rule::BODY_NEEDS_POINTER,
            Mistake::UnknownRoot | Mistake::Pointer | Mistake::Syntax => return self.expression_error(error, at),
        };
        self.mistake(rule, error, at);
    }

    fn mistake(&mut self, rule: &'static rule::Rule, error: &SyntaxError, at: Cursor<'_>) {
        let span = at.part(error.at.start, error.at.end);
        self.diagnostics
            .push(Diagnostic::new(rule, span, error.message.clone()).help_if(error.help.clone()));
    }

    /// Reports an unknown root in something that may be text; returns whether it is read as text.
    fn unknown_root(&mut self, error: &SyntaxError, at: Cursor<'_>) -> bool {
        let span = at.part(error.at.start, error.at.end);
        let diagnostic = Diagnostic::new(&rule::UNKNOWN_ROOT, span, error.message.clone());
        self.diagnostics.push(
            diagnostic
                .help_if(error.help.clone())
                .help("if this is text, allow it: `lints = { allow(unknown_root) }`"),
        );
        !self.diagnostics.denies(&rule::UNKNOWN_ROOT)
    }

    /// Reads text that contains expressions. Expressions without braces are reported, and read as if they had braces.
    fn embedded(&mut self, text: &str, braced: Vec<Expression>, at: Cursor<'a>, place: &Place<'a>) -> Vec<Segment> {
        let whole = |expression: &Expression| expression.at.start - 1..expression.at.end + 1;
        let mut forgotten = Vec::new();
        let mut from = 0;
        let mut after = braced.iter().map(whole).peekable();
        while let Some(found) = first_unbraced(text, from) {
            while after.next_if(|whole| whole.end <= found.start).is_some() {}
            let inside = after.peek().filter(|whole| whole.contains(&found.start));
            from = inside.as_ref().map_or(found.end, |inside| inside.end);
            if inside.is_none()
                && let Ok(expression) = expression::parse_in(text, found.clone())
            {
                forgotten.push(expression);
            }
        }
        let mut corrected = text.to_owned();
        if text.len() <= SHOWN {
            for expression in forgotten.iter().rev() {
                corrected.insert(expression.at.end, '}');
                corrected.insert(expression.at.start, '{');
            }
        }
        for expression in &forgotten {
            let inner = &text[expression.at.clone()];
            let help = if text.len() <= SHOWN {
                format!("write `{corrected}`")
            } else {
                format!("replace it with `{{{inner}}}`")
            };
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::UNBRACED_EXPRESSION,
                    at.part(expression.at.start, expression.at.end),
                    format!("`{inner}` inside other text requires braces to be an expression"),
                )
                .help(help),
            );
        }
        let mut all: Vec<(expression::Bytes, Expression)> = Vec::new();
        all.extend(braced.into_iter().map(|expression| (whole(&expression), expression)));
        all.extend(
            forgotten
                .into_iter()
                .map(|expression| (expression.at.clone(), expression)),
        );
        all.sort_by_key(|(range, _)| range.start);
        let mut segments = Vec::new();
        let mut from = 0;
        for (range, expression) in all {
            if range.start > from {
                segments.push(Segment::Text(text[from..range.start].to_owned()));
            }
            from = range.end;
            segments.push(Segment::Reference(self.reference(&expression, at, place)));
        }
        if from < text.len() {
            segments.push(Segment::Text(text[from..].to_owned()));
        }
        segments
    }
}

/// Maximum length in bytes of a text that a help repeats.
const SHOWN: usize = 500;

/// Finds the start of an embedded expression that is not closed.
fn unclosed(text: &str) -> Option<usize> {
    let open = text.rfind("{$")?;
    let rest = &text[open + 1..];
    let meant = expression::looks_like_expression(rest) && expression::has_known_root(rest);
    (meant && !rest.contains('}')).then_some(open)
}

/// The same at the start of text that is not a single expression.
fn first_unbraced(text: &str, from: usize) -> Option<expression::Bytes> {
    if from > 0 {
        return unbraced(text, from);
    }
    let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "$._-#/~".contains(letter)))?;
    let head = text[..end].trim_end_matches(['.', '/', '-', '#']);
    let starts = expression::has_known_root(head) && expression::parse(head).is_ok();
    starts.then_some(0..head.len()).or_else(|| unbraced(text, from))
}
