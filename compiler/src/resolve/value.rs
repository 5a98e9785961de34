//! Values: literals, expressions, strings that embed expressions, and structures of them.

use super::{Scope, Selection};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document::{self, Version};
use crate::expression::{self, Expression, Mistake, Name, Part, Piece, Root, SyntaxError};
use crate::source::{Cursor, Data, Span};

/// A value that a run computes.
#[derive(Clone, Debug)]
pub struct Value {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ValueKind,
}

/// What a [`Value`] is.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A number in JSON spelling.
    Number(String),
    /// A string.
    Text(String),
    /// What an expression refers to, with its type.
    Reference(Reference),
    /// What a query selects.
    Selection(Box<Selection>),
    /// How many items an array has.
    Length(Reference),
    /// A string with expressions in it.
    Template(Vec<Segment>),
    /// The text of a form, in which values are percent-encoded.
    FormText(Vec<Segment>),
    /// JSON that is written as text, with expressions in it.
    JsonText(Vec<JsonPiece>),
    /// An array.
    Array(Vec<Value>),
    /// An object in document order.
    Object(Vec<(String, Value)>),
    /// Something that was reported.
    Invalid,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub enum Segment {
    /// Text as it is.
    Text(String),
    /// A value as text.
    Reference(Reference),
}

/// A piece of JSON text.
#[derive(Clone, Debug)]
pub enum JsonPiece {
    /// Text as it is.
    Text(String),
    /// A value inside a string literal: its text, escaped for the literal.
    Quoted(Reference),
    /// A value outside: its text as it is.
    Bare(Reference),
}

/// What an expression refers to.
#[derive(Clone, Debug)]
pub struct Reference {
    /// Where the value comes from.
    pub source: Source,
    /// The tokens of the pointer into it.
    pub pointer: Vec<String>,
    /// Where each token stands.
    pub token_spans: Vec<Span>,
    /// The whole expression.
    pub span: Span,
    /// The expression as it is written.
    pub text: String,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `$url`
    Url,
    /// `$method`
    Method,
    /// `$statusCode`
    StatusCode,
    /// `$request.header.NAME`
    RequestHeader(String),
    /// `$request.query.NAME`
    RequestQuery(String),
    /// `$request.path.NAME`
    RequestPath(String),
    /// `$request.body`
    RequestBody,
    /// `$response.header.NAME`
    ResponseHeader(String),
    /// `$response.body`
    ResponseBody,
    /// The input with this index.
    Input(usize),
    /// An output of a step of this workflow.
    StepOutput {
        /// The step's index in the document.
        step: usize,
        /// The output's index in the step.
        output: usize,
    },
    /// An output of the workflow that the step has called.
    CalleeOutput {
        /// The index of the workflow.
        target: usize,
        /// The output's index.
        output: usize,
    },
    /// An output or input of a workflow that has run before.
    Dependency {
        /// The index of the workflow in the document.
        workflow: usize,
        /// Whether it is an input.
        input: bool,
        /// The index of the output or input.
        field: usize,
    },
    /// An output or input of a workflow that a step has called before.
    Called {
        /// The index of the workflow.
        workflow: usize,
        /// Whether it is an input.
        input: bool,
        /// The index of the output or input.
        field: usize,
    },
    /// A text of the document.
    Constant(String),
    /// Something that was reported.
    Invalid,
}

/// Where in a workflow an expression stands, which decides what it may refer to.
pub(super) struct Place<'a> {
    /// The step, if it stands in one.
    pub(super) step: Option<&'a document::Step<'a>>,
    /// Whether there is a response already.
    pub(super) response: bool,
    /// Whether the step may have failed with the response of a step of the workflow that it calls.
    pub(super) failure: bool,
}

impl<'a> Scope<'a, '_> {
    /// Whether an object is a Selector Object: 1.1, and exactly its three fields.
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
                    let message = format!("`{text}` looks like an expression; its root is unknown, so that it is text");
                    self.diagnostics.push(
                        Diagnostic::new(&rule::LOOKALIKE_LITERAL, at.span(), message)
                            .help("if text is meant, allow it: `lints = { allow(lookalike_literal) }`"),
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
            let message = "this embedded expression is never closed";
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

    /// `$inputs.first $inputs.last`: text that starts with an expression without braces.
    fn several(&mut self, text: &str, at: Cursor<'a>, place: &Place<'a>) -> Option<Vec<Segment>> {
        let first = text.find(|letter: char| letter.is_whitespace() || ",;:@?&|".contains(letter))?;
        if !expression::has_known_root(text) || text.contains(['{', '[']) {
            return None;
        }
        expression::parse(&text[..first]).ok()?;
        // `$inputs.First Name` may mean an input of this name.
        unbraced(text, first)?;
        Some(self.embedded(text, Vec::new(), at, place))
    }

    /// `$steps.s.outputs.items[*].id`: what a JSONPath query selects from the output.
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
        let message = "a wildcard in brackets is no part of an expression";
        self.diagnostics.push(
            Diagnostic::new(&rule::BRACKET_INDEX, at.part(open, text.len()), message).help(format!(
                "write a Selector Object (1.1): `{{ context: {head}, selector: '{query}', type: jsonpath }}`"
            )),
        );
        Some(ValueKind::Selection(Box::new(Selection { engine, context, query })))
    }

    /// `${inputs.x}`, `{inputs.x}`, `{{inputs.x}}`, `{{$inputs.x}}` and `$(inputs.x)` are templates in
    /// other languages.
    fn lookalike_template(&mut self, text: &str, at: Cursor<'_>) {
        for (open, close) in [("${", "}"), ("{{", "}}"), ("$(", ")"), ("{", "}")] {
            let mut from = 0;
            while let Some(found) = text[from..].find(open).map(|found| from + found) {
                from = found + open.len();
                let Some(inner) = text[from..].find(close).map(|end| text[from..from + end].trim()) else {
                    break;
                };
                let meant = format!("${}", inner.trim_start_matches('$'));
                // `{$inputs.x}` is what it looks like.
                let plain = open == "{" && (inner.starts_with('$') || text[..found].ends_with(['{', '$']));
                if plain || !expression::has_known_root(&meant) || expression::parse(&meant).is_err() {
                    continue;
                }
                let end = from + text[from..].find(close).unwrap_or(0) + close.len();
                let message = format!("`{}` is not an expression and is used as text", &text[found..end]);
                self.diagnostics.push(
                    Diagnostic::new(&rule::LOOKALIKE_LITERAL, at.part(found, end), message)
                        .help(format!("write `{{{meant}}}`"))
                        .help("if text is meant, allow it: `lints = { allow(lookalike_literal) }`"),
                );
            }
        }
    }

    /// A string of a condition that is an expression, quoted.
    pub(super) fn quoted_expression(&mut self, text: &str, span: Span) {
        if expression::has_known_root(text) && expression::parse(text).is_ok() {
            let message = format!("`{text}` in quotes is a string, not an expression");
            self.diagnostics.push(
                Diagnostic::new(&rule::LOOKALIKE_LITERAL, span, message)
                    .help(format!("to compare with its value, remove the quotes: `{text}`"))
                    .help("if text is meant, allow it: `lints = { allow(lookalike_literal) }`"),
            );
        }
    }

    /// An expression in a pattern or query, where it is text without braces.
    pub(super) fn bare_expression(&mut self, text: &str, at: Cursor<'_>, what: &str) {
        let whole = expression::has_known_root(text) && expression::parse(text).is_ok();
        let found = if whole { Some(0..text.len()) } else { unbraced(text, 0) };
        let Some(found) = found.filter(|found| !text[..found.start].ends_with('{')) else {
            return;
        };
        let inner = &text[found.clone()];
        let message = format!("`{inner}` in {what} is text: an expression needs braces");
        self.diagnostics.push(
            Diagnostic::new(&rule::LOOKALIKE_LITERAL, at.part(found.start, found.end), message)
                .help(format!("write `{{{inner}}}`"))
                .help("if text is meant, allow it: `lints = { allow(lookalike_literal) }`"),
        );
    }

    /// Expressions are not evaluated in the keys of a payload.
    fn literal_key(&mut self, entry: crate::source::Entry<'a>) {
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

    /// An embedded expression where none is evaluated.
    pub(super) fn literal_braces(&mut self, text: &str, span: Span, what: &str) {
        let Some(inner) = embedded_expression(text) else {
            return;
        };
        let help = match what {
            "a key" => "to compute a key, write the whole payload as JSON text".to_owned(),
            "a string of a simple condition" => format!("compare with the expression itself: `{inner}`"),
            _ => "write the text itself".to_owned(),
        };
        let message = format!("the expression `{{{inner}}}` in {what} is text");
        self.diagnostics
            .push(Diagnostic::new(&rule::LITERAL_BRACES, span, message).help(help));
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

    /// Reports what is no expression by the grammar. Nothing can be read in its place, so that no
    /// option makes it a warning.
    pub(super) fn expression_error(&mut self, error: &SyntaxError, at: Cursor<'_>) {
        let rule = match error.kind {
            Mistake::UnknownRoot if self.diagnostics.denies(&rule::UNKNOWN_ROOT) => &rule::UNKNOWN_ROOT,
            Mistake::Pointer => &rule::POINTER_SYNTAX,
            _ => &rule::EXPRESSION_SYNTAX,
        };
        self.mistake(rule, error, at);
    }

    /// Reports a deviation from the grammar that has one obvious meaning.
    fn recoverable(&mut self, error: &SyntaxError, at: Cursor<'_>) {
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

    /// Reports an unknown root where text could be meant as well; whether it is.
    fn unknown_root(&mut self, error: &SyntaxError, at: Cursor<'_>) -> bool {
        let span = at.part(error.at.start, error.at.end);
        let diagnostic = Diagnostic::new(&rule::UNKNOWN_ROOT, span, error.message.clone());
        self.diagnostics.push(
            diagnostic
                .help_if(error.help.clone())
                .help("if text is meant, allow it: `lints = { allow(unknown_root) }`"),
        );
        !self.diagnostics.denies(&rule::UNKNOWN_ROOT)
    }

    /// Text with expressions in it. Those whose braces were forgotten are reported, and read as if they
    /// were there.
    fn embedded(&mut self, text: &str, braced: Vec<Expression>, at: Cursor<'a>, place: &Place<'a>) -> Vec<Segment> {
        let whole = |expression: &Expression| expression.at.start - 1..expression.at.end + 1;
        let mut forgotten = Vec::new();
        let mut from = 0;
        while let Some(found) = first_unbraced(text, from) {
            let inside = braced.iter().map(whole).find(|whole| whole.contains(&found.start));
            from = inside.as_ref().map_or(found.end, |inside| inside.end);
            if inside.is_none()
                && let Ok(expression) = expression::parse_in(text, found.clone())
            {
                forgotten.push(expression);
            }
        }
        let mut mended = text.to_owned();
        for expression in forgotten.iter().rev() {
            mended.insert(expression.at.end, '}');
            mended.insert(expression.at.start, '{');
        }
        for expression in &forgotten {
            let inner = &text[expression.at.clone()];
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::UNBRACED_EXPRESSION,
                    at.part(expression.at.start, expression.at.end),
                    format!("`{inner}` inside other text is no expression without braces"),
                )
                .help(format!("write `{mended}`")),
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

    /// Finds what an expression refers to.
    pub(super) fn reference(&mut self, expression: &Expression, at: Cursor<'a>, place: &Place<'a>) -> Reference {
        if let Some(mistake) = &expression.mistake {
            self.recoverable(mistake, at);
        }
        let span = at.part(expression.at.start, expression.at.end);
        let whole = at.as_str().unwrap_or("");
        let text = whole.get(expression.at.clone()).unwrap_or(whole).to_owned();
        let tokens = expression.pointer.iter().flat_map(|pointer| &pointer.tokens);
        let mut pointer: Vec<String> = Vec::new();
        let mut token_spans = Vec::new();
        for token in tokens {
            pointer.push(token.text.clone());
            token_spans.push(at.part(token.at.start, token.at.end));
        }
        // An input may be named after a query parameter such as `page[size]`.
        if let (Root::Input(name), Some(mistake)) = (&expression.root, &expression.mistake) {
            let written = whole.get(name.at.start..mistake.at.end).unwrap_or("");
            if let Some(index) = self.inputs.iter().position(|input| input.name == written) {
                pointer.clear();
                token_spans.clear();
                return Reference {
                    source: Source::Input(index),
                    pointer,
                    token_spans,
                    span,
                    text,
                };
            }
        }
        let mut nested = Vec::new();
        let source = self.source_of(expression, at, place, &mut nested);
        for (index, name) in nested.into_iter().enumerate() {
            pointer.insert(index, name.text);
            token_spans.insert(index, at.part(name.at.start, name.at.end));
        }
        Reference {
            source,
            pointer,
            token_spans,
            span,
            text,
        }
    }

    fn source_of(
        &mut self,
        expression: &Expression,
        at: Cursor<'a>,
        place: &Place<'a>,
        nested: &mut Vec<Name>,
    ) -> Source {
        let span = at.part(expression.at.start, expression.at.end);
        match &expression.root {
            Root::Url | Root::Method | Root::StatusCode | Root::Request(_) | Root::Response(_) if !place.response => {
                self.expression_context(&expression.root, span, place);
                Source::Invalid
            }
            Root::Url | Root::Method | Root::StatusCode | Root::Request(_) | Root::Response(_)
                if !place.failure && place.step.is_some_and(calls_workflow) =>
            {
                self.no_request(&expression.root, span);
                Source::Invalid
            }
            Root::Url => Source::Url,
            Root::Method => Source::Method,
            Root::StatusCode => Source::StatusCode,
            Root::Request(part) => match part {
                Part::Header(name) => Source::RequestHeader(name.text.clone()),
                Part::Query(name) => Source::RequestQuery(name.text.clone()),
                Part::Path(name) => Source::RequestPath(name.text.clone()),
                Part::Body | Part::Payload => Source::RequestBody,
            },
            Root::Response(part) => match part {
                Part::Header(name) => Source::ResponseHeader(name.text.clone()),
                Part::Body | Part::Payload => Source::ResponseBody,
                Part::Query(_) | Part::Path(_) => {
                    let message = "a response has no query and no path";
                    self.diagnostics.push(
                        Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message)
                            .help("those of the request are `$request.query.NAME` and `$request.path.NAME`"),
                    );
                    Source::Invalid
                }
            },
            // What the step calls was reported.
            Root::Message(_) if place.step.is_some_and(|step| self.is_asynchronous(step)) => Source::Invalid,
            Root::Output(_)
                if place.response && place.step.is_some_and(calls_workflow) && self.called(place).is_none() =>
            {
                Source::Invalid
            }
            Root::Message(_) => {
                let message = "`$message` exists only in a step that sends or receives on an AsyncAPI channel";
                self.diagnostics
                    .push(Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message));
                Source::Invalid
            }
            Root::Output(name) if place.response && self.called(place).is_some() => self.callee_output(name, at, place),
            Root::Output(_) => {
                let message = "`$outputs` exists only in a step that calls a workflow";
                self.diagnostics.push(
                    Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message)
                        .help("an output of a step is `$steps.STEP.outputs.NAME`"),
                );
                Source::Invalid
            }
            Root::Input(name) => self.input(name, at, nested),
            Root::Step { step, output } => self.step_output(step, output, at, nested),
            Root::Workflow {
                workflow,
                inputs,
                field,
            } => self.dependency(workflow, *inputs, field, at),
            Root::Source { source, reference } => self.source_field(source, reference, at),
            Root::Component { .. } => {
                let message = "`$components` stands only in the `reference` of a Reusable Object";
                self.diagnostics
                    .push(Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message));
                Source::Invalid
            }
            Root::SelfUri => match self.document.self_uri {
                Some(uri) => Source::Constant(uri.value.to_owned()),
                None => {
                    self.diagnostics.push(Diagnostic::new(
                        &rule::EXPRESSION_CONTEXT,
                        span,
                        "`$self` is used, but the document has no `$self` field",
                    ));
                    Source::Invalid
                }
            },
        }
    }

    fn no_request(&mut self, root: &Root, span: Span) {
        let message = format!("`{}` is not available in a step that calls a workflow", word_of(root));
        self.diagnostics.push(
            Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message)
                .help("what the workflow returns is `$outputs.NAME`; the step succeeds when the workflow does"),
        );
    }

    fn expression_context(&mut self, root: &Root, span: Span, place: &Place<'a>) {
        let name = word_of(root);
        let message = match place.step {
            Some(step) => format!(
                "`{name}` does not exist yet: the request of step `{}` is still being made",
                step.id.value
            ),
            None => format!("`{name}` exists only inside a step"),
        };
        self.diagnostics.push(
            Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message)
                .help("what a step received is kept in its `outputs` and read as `$steps.STEP.outputs.NAME`"),
        );
    }

    fn input(&mut self, name: &Name, at: Cursor<'a>, nested: &mut Vec<Name>) -> Source {
        let position = |wanted: &str| self.inputs.iter().position(|input| input.name == wanted);
        if let Some(index) = position(&name.text) {
            return Source::Input(index);
        }
        if let Some((head, tail)) = split_dotted(name, |head| position(head).is_some()) {
            let index = position(&head);
            let span = at.part(name.at.start, name.at.end);
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::NESTED_NAME,
                    span,
                    format!("no input is named `{}`; read as a member of `{head}`", name.text),
                )
                .help(format!(
                    "write `$inputs.{head}#/{}`",
                    tail.iter()
                        .map(|name| expression::escape(&name.text))
                        .collect::<Vec<_>>()
                        .join("/")
                )),
            );
            nested.extend(tail);
            return index.map_or(Source::Invalid, Source::Input);
        }
        if !self.closed {
            return Source::Invalid;
        }
        let meant = similar(&name.text, self.inputs.iter().map(|input| input.name));
        let help = match meant {
            Some(known) => format!("an input with a similar name exists: `{known}`"),
            None if self.inputs.is_empty() => format!(
                "declare it: `inputs: {{ type: object, properties: {{ {}: {{ type: string }} }} }}`",
                name.text
            ),
            None => format!(
                "the inputs are {}",
                self.inputs
                    .iter()
                    .map(|input| format!("`{}`", input.name))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        let message = format!("workflow `{}` has no input `{}`", self.workflow.id.value, name.text);
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_INPUT, at.part(name.at.start, name.at.end), message).help(help));
        meant.and_then(position).map_or(Source::Invalid, Source::Input)
    }

    fn step_output(&mut self, step: &Name, output: &Name, at: Cursor<'a>, nested: &mut Vec<Name>) -> Source {
        let steps = &self.workflow.steps;
        let found = steps.iter().position(|known| known.id.value == step.text);
        let Some(index) = found.or_else(|| self.unknown_step(&step.text, at.part(step.at.start, step.at.end))) else {
            return Source::Invalid;
        };
        let outputs = self.output_names(index);
        let position = |wanted: &str| outputs.iter().position(|name| *name == wanted);
        if let Some(position) = position(&output.text) {
            return Source::StepOutput {
                step: index,
                output: position,
            };
        }
        let id = self.workflow.steps[index].id.value;
        if let Some((head, tail)) = split_dotted(output, |head| position(head).is_some()) {
            let span = at.part(output.at.start, output.at.end);
            let pointer: String = tail
                .iter()
                .map(|name| format!("/{}", expression::escape(&name.text)))
                .collect();
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::OUTPUT_PATH_DOTTED,
                    span,
                    format!(
                        "step `{id}` has no output `{}`; a member of the output `{head}` is reached by a JSON Pointer",
                        output.text
                    ),
                )
                .help(format!("write `$steps.{id}.outputs.{head}#{pointer}`")),
            );
            let found = position(&head);
            nested.extend(tail);
            return found.map_or(Source::Invalid, |output| Source::StepOutput { step: index, output });
        }
        if found.is_none() && outputs.is_empty() {
            return Source::Invalid;
        }
        let meant = similar(&output.text, outputs.iter().copied());
        let help = match meant {
            Some(known) => format!("an output with a similar name exists: `{known}`"),
            None if outputs.is_empty() => format!(
                "declare it in step `{id}`: `outputs: {{ {}: $response.body#/… }}`",
                output.text
            ),
            None => format!("its outputs are {}", super::listed(outputs.iter().copied())),
        };
        let message = format!("step `{id}` has no output `{}`", output.text);
        self.diagnostics.push(
            Diagnostic::new(
                &rule::UNKNOWN_STEP_OUTPUT,
                at.part(output.at.start, output.at.end),
                message,
            )
            .help(help),
        );
        meant
            .and_then(position)
            .map_or(Source::Invalid, |output| Source::StepOutput { step: index, output })
    }

    /// Whether a step sends or receives on a channel, as far as its fields say.
    fn is_asynchronous(&self, step: &document::Step<'a>) -> bool {
        step.targets.iter().any(|(target, text)| match target {
            document::Target::ChannelPath => true,
            document::Target::OperationId | document::Target::OperationPath => {
                let name = text.value.split("$sourceDescriptions.").nth(1).unwrap_or("");
                self.document.sources.iter().any(|source| {
                    let asynchronous = matches!(source.kind, Some((document::SourceType::AsyncApi, _)));
                    asynchronous
                        && name
                            .strip_prefix(source.name.value)
                            .is_some_and(|rest| rest.starts_with('.'))
                })
            }
            document::Target::WorkflowId => false,
        })
    }

    /// The workflow that a step calls.
    fn called(&self, place: &Place<'a>) -> Option<usize> {
        let (_, id) = place
            .step?
            .targets
            .iter()
            .find(|(target, _)| *target == document::Target::WorkflowId)?;
        self.workflow_named(id.value).ok()
    }

    fn callee_output(&mut self, name: &Name, at: Cursor<'a>, place: &Place<'a>) -> Source {
        let Some(target) = self.called(place) else {
            return Source::Invalid;
        };
        let names = self.workflow_outputs(target);
        self.workflow_field(name, at, target, "output", &names)
            .map_or(Source::Invalid, |output| Source::CalleeOutput { target, output })
    }

    /// `$workflows.ID.outputs.NAME`: what a workflow that has run before has returned.
    fn dependency(&mut self, workflow: &Name, input: bool, field: &Name, at: Cursor<'a>) -> Source {
        let span = at.part(workflow.at.start, workflow.at.end);
        let named = |index: &usize| {
            self.workflow_at(*index)
                .is_some_and(|known| known.id.value == workflow.text)
        };
        let local = self.workflow_named(&workflow.text).ok();
        // A workflow of another document is named by its id alone; that it has run says which.
        let Some(target) = local.or_else(|| self.depends_on.iter().copied().find(named)) else {
            let names = || self.document.workflows.iter().map(|known| known.id.value);
            let meant = similar(&workflow.text, names());
            let message = format!("no workflow `{}` in this document", workflow.text);
            self.diagnostics.push(
                Diagnostic::new(&rule::UNKNOWN_WORKFLOW, span, message)
                    .help_if(meant.map(|name| format!("a workflow with a similar name exists: `{name}`"))),
            );
            return Source::Invalid;
        };
        let depends = self.depends_on.contains(&target);
        if !depends && !self.calls(target) {
            let message = format!(
                "workflow `{}` need not have run before `{}`",
                workflow.text, self.workflow.id.value
            );
            self.diagnostics.push(
                Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message)
                    .help(format!("say that it must have: `dependsOn: [{}]`", workflow.text)),
            );
            return Source::Invalid;
        }
        let names: Vec<&str> = if input {
            self.all_inputs[target].0.iter().map(|input| input.name).collect()
        } else {
            self.workflow_outputs(target)
        };
        let found = self.workflow_field(field, at, target, if input { "input" } else { "output" }, &names);
        match found {
            None => Source::Invalid,
            Some(field) if depends => Source::Dependency {
                workflow: target,
                input,
                field,
            },
            Some(field) => Source::Called {
                workflow: target,
                input,
                field,
            },
        }
    }

    /// Whether a step of this workflow calls another one.
    fn calls(&self, target: usize) -> bool {
        let targets = self.workflow.steps.iter().flat_map(|step| &step.targets);
        targets
            .filter(|(kind, _)| *kind == document::Target::WorkflowId)
            .any(|(_, id)| self.workflow_named(id.value).ok() == Some(target))
    }

    fn workflow_outputs(&self, target: usize) -> Vec<&'a str> {
        let outputs = self.workflow_at(target).map(|workflow| workflow.outputs.as_slice());
        outputs.unwrap_or_default().iter().map(|entry| entry.key).collect()
    }

    fn workflow_field(
        &mut self,
        name: &Name,
        at: Cursor<'a>,
        target: usize,
        what: &str,
        names: &[&'a str],
    ) -> Option<usize> {
        let position = |wanted: &str| names.iter().position(|known| *known == wanted);
        if let Some(index) = position(&name.text) {
            return Some(index);
        }
        let meant = similar(&name.text, names.iter().copied());
        let message = format!(
            "workflow `{}` has no {what} `{}`",
            self.workflow_at(target).map_or("", |workflow| workflow.id.value),
            name.text
        );
        let help = match meant {
            Some(known) => format!("an {what} with a similar name exists: `{known}`"),
            None => format!("its {what}s are {}", super::listed(names.iter().copied())),
        };
        self.diagnostics.push(
            Diagnostic::new(
                &rule::UNKNOWN_WORKFLOW_OUTPUT,
                at.part(name.at.start, name.at.end),
                message,
            )
            .help(help),
        );
        meant.and_then(position)
    }

    fn source_field(&mut self, source: &Name, reference: &Name, at: Cursor<'a>) -> Source {
        let Some(description) = self
            .document
            .sources
            .iter()
            .find(|known| known.name.value == source.text)
        else {
            self.unknown_source(&source.text, at.part(source.at.start, source.at.end));
            return Source::Invalid;
        };
        match reference.text.as_str() {
            "url" => Source::Constant(description.url.value.to_owned()),
            "name" => Source::Constant(description.name.value.to_owned()),
            "type" => Source::Constant(
                match description.kind.map(|(kind, _)| kind) {
                    Some(document::SourceType::Arazzo) => "arazzo",
                    Some(document::SourceType::AsyncApi) => "asyncapi",
                    _ => "openapi",
                }
                .to_owned(),
            ),
            other => {
                let message = format!("`{other}` is no field of a source description; here only a field has a value");
                self.diagnostics.push(
                    Diagnostic::new(
                        &rule::EXPRESSION_CONTEXT,
                        at.part(reference.at.start, reference.at.end),
                        message,
                    )
                    .help("its fields are `name`, `url` and `type`"),
                );
                Source::Invalid
            }
        }
    }

    pub(super) fn unknown_source(&mut self, name: &str, span: Span) {
        let names = || self.document.sources.iter().map(|source| source.name.value);
        let help = match similar(name, names()) {
            Some(known) => format!("a source description with a similar name exists: `{known}`"),
            None => format!(
                "the source descriptions are {}",
                names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            ),
        };
        self.diagnostics.push(
            Diagnostic::new(
                &rule::UNKNOWN_SOURCE,
                span,
                format!("no source description is named `{name}`"),
            )
            .help(help),
        );
    }
}

pub(super) fn calls_workflow(step: &document::Step<'_>) -> bool {
    step.targets
        .iter()
        .any(|(target, _)| *target == document::Target::WorkflowId)
}

fn word_of(root: &Root) -> &'static str {
    match root {
        Root::Url => "$url",
        Root::Method => "$method",
        Root::StatusCode => "$statusCode",
        Root::Request(_) => "$request",
        _ => "$response",
    }
}

/// Splits `a.b.c` behind the longest declared head.
fn split_dotted(name: &Name, declared: impl Fn(&str) -> bool) -> Option<(String, Vec<Name>)> {
    let dots: Vec<usize> = name.text.match_indices('.').map(|(at, _)| at).collect();
    let split = dots
        .into_iter()
        .rev()
        .find(|&at| declared(&name.text[..at]) && at + 1 < name.text.len())?;
    let mut tail = Vec::new();
    let mut from = split + 1;
    for part in name.text[split + 1..].split('.') {
        tail.push(Name {
            text: part.to_owned(),
            at: name.at.start + from..name.at.start + from + part.len(),
        });
        from += part.len() + 1;
    }
    Some((name.text[..split].to_owned(), tail))
}

/// Where an embedded expression starts that is never closed.
fn unclosed(text: &str) -> Option<usize> {
    let open = text.rfind("{$")?;
    let rest = &text[open + 1..];
    let meant = expression::looks_like_expression(rest) && expression::has_known_root(rest);
    (meant && !rest.contains('}')).then_some(open)
}

/// The first expression in braces in a text.
fn embedded_expression(text: &str) -> Option<String> {
    let pieces = expression::template(text).ok()?;
    pieces.into_iter().find_map(|piece| match piece {
        Piece::Expression(expression) => Some(text[expression.at].to_owned()),
        Piece::Text(_) => None,
    })
}

/// The same at the start of text that is not one expression.
fn first_unbraced(text: &str, from: usize) -> Option<expression::Bytes> {
    let end = text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "$._-#/~".contains(letter)))?;
    let head = text[..end].trim_end_matches(['.', '/', '-', '#']);
    let starts = from == 0 && expression::has_known_root(head) && expression::parse(head).is_ok();
    starts.then_some(0..head.len()).or_else(|| unbraced(text, from))
}

/// An expression inside other text that its author forgot to put in braces.
fn unbraced(text: &str, mut from: usize) -> Option<expression::Bytes> {
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
            let length = rest
                .find(|letter: char| !(letter.is_ascii_alphanumeric() || "$._-#/~[]".contains(letter)))
                .unwrap_or(rest.len());
            let candidate = rest[..length].trim_end_matches(['.', '/', '-', '#', '$']);
            if expression::parse(candidate).is_ok() {
                return Some(at..at + candidate.len());
            }
        }
        from = at + 1;
    }
    None
}
