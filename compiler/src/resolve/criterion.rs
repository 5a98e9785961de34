//! Criteria: what must hold for a step to succeed or an action to apply.

use super::value::Place;
use super::{Criterion, Reference, Scope, Segment, Source, Test, Value, ValueKind};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document;
use crate::source::Cursor;
use crate::syntax::condition::{self, Condition, Operand, OperandKind, Operator};
use crate::syntax::expression;

impl<'a> Scope<'a, '_> {
    pub(super) fn criterion(&mut self, criterion: &document::Criterion<'a>, place: &Place<'a>) -> Criterion {
        let condition = criterion.condition;
        let kind = criterion.kind.as_ref().map_or("simple", |kind| kind.name.value);
        if kind == "simple" && asks_for_success(condition, place) {
            return self.called_workflow_status(condition);
        }
        let context = criterion.context.and_then(|context| self.context(context.at, place));
        let test = match kind {
            "simple" => {
                // Who writes the type must write a context too, says the specification.
                if let Some(context) = criterion.context.filter(|_| criterion.kind.is_none()) {
                    let message = "a simple condition does not use its `context`";
                    self.diagnostics.push(
                        Diagnostic::new(&rule::CONTEXT_UNUSED, context.span(), message)
                            .help("remove `context`, or say which `type` of condition it is"),
                    );
                }
                self.simple(condition.value, condition.at, place)
            }
            "regex" | "jsonpath" | "xpath" => {
                if criterion.context.is_none() {
                    let message = format!("a condition of type `{kind}` needs a `context`");
                    self.diagnostics.push(
                        Diagnostic::new(&rule::CONTEXT_REQUIRED, condition.span(), message)
                            .help("add `context: $response.body`"),
                    );
                }
                if let Some(kind) = &criterion.kind {
                    self.criterion_version(kind);
                }
                if kind == "regex" {
                    self.regex(condition, context, place)
                } else {
                    self.query_test(kind, condition, context, criterion.kind.as_ref(), place)
                }
            }
            other => {
                let span = criterion
                    .kind
                    .as_ref()
                    .map_or(condition.span(), |kind| kind.name.span());
                let known = ["simple", "regex", "jsonpath", "xpath"];
                let message = format!(
                    "`{other}` is no type of condition; expected one of `simple`, `regex`, `jsonpath`, `xpath`"
                );
                let meant = similar(other, known).map(|word| format!("write `type: {word}`"));
                self.diagnostics
                    .push(Diagnostic::new(&rule::CRITERION_TYPE, span, message).help_if(meant));
                Test::Invalid
            }
        };
        Criterion {
            span: condition.span(),
            text: condition.value.to_owned(),
            test,
        }
    }

    /// The step succeeds when the workflow does, which is what the criterion asks for.
    fn called_workflow_status(&mut self, condition: document::Text<'a>) -> Criterion {
        let message = "a step that calls a workflow has no status code";
        self.diagnostics.push(
            Diagnostic::new(&rule::CALLED_WORKFLOW_STATUS, condition.span(), message)
                .help("remove the criterion: the step succeeds when the workflow does"),
        );
        Criterion {
            span: condition.span(),
            text: condition.value.to_owned(),
            test: if self.diagnostics.denies(&rule::CALLED_WORKFLOW_STATUS) {
                Test::Invalid
            } else {
                Test::Truthy(Value {
                    span: condition.span(),
                    kind: ValueKind::Bool(true),
                })
            },
        }
    }

    fn regex(&mut self, condition: document::Text<'a>, context: Option<Reference>, place: &Place<'a>) -> Test {
        if !crate::engine::REGEX {
            let message = "conditions of type `regex` need the feature `regex` of `arazzo`";
            self.diagnostics.push(
                Diagnostic::new(&rule::REGEX_FEATURE, condition.span(), message)
                    .help("write `arazzo = { version = \"0.1\", features = [\"regex\"] }` in Cargo.toml"),
            );
            return Test::Invalid;
        }
        self.bare_expression(condition.value, condition.at, "a pattern");
        let pieces = match expression::template(condition.value) {
            Ok(pieces) => pieces,
            Err(errors) => {
                for error in &errors {
                    self.expression_error(error, condition.at);
                }
                return Test::Invalid;
            }
        };
        let mut pattern = self.segments(pieces, condition.at, place);
        // Whatever the values will be, the text around them must be a pattern.
        let sample: String = pattern
            .iter()
            .map(|segment| match segment {
                Segment::Text(text) => text,
                Segment::Reference(_) => "a",
            })
            .collect();
        match (crate::engine::pattern(&sample), pattern.as_mut_slice()) {
            (Ok(compiled), [Segment::Text(text)]) => *text = compiled,
            (Ok(compiled), _) if compiled.starts_with("(?-u)") => pattern.insert(0, Segment::Text("(?-u)".to_owned())),
            (Err(refusal), [Segment::Text(_)]) => {
                let message = format!("the pattern is not a regular expression (ECMA-262): {}", refusal.reason);
                self.diagnostics
                    .push(Diagnostic::new(&rule::REGEX_SYNTAX, condition.span(), message).help_if(refusal.help));
                return Test::Invalid;
            }
            // A value may be what makes it one.
            (Ok(_) | Err(_), _) => {}
        }
        match context {
            Some(context) => Test::Regex(
                Value {
                    span: context.span,
                    kind: ValueKind::Reference(context),
                },
                pattern,
            ),
            None => Test::Invalid,
        }
    }

    fn query_test(
        &mut self,
        kind: &str,
        condition: document::Text<'a>,
        context: Option<Reference>,
        language: Option<&document::ExpressionType<'a>>,
        place: &Place<'a>,
    ) -> Test {
        if kind == "jsonpath"
            && let Some(pieces) = comparison(condition.value)
            && let Some(parsed) = simple_form(&pieces)
        {
            return self.jsonpath_comparison(condition, context, &pieces, &parsed, place);
        }
        if kind == "jsonpath" && !condition.value.contains("{$") {
            match crate::syntax::jsonpath::parse(condition.value.trim_end_matches('\n')) {
                Ok(crate::syntax::jsonpath::Query::Singular(tokens)) => {
                    let Some(mut reference) = context else {
                        return Test::Invalid;
                    };
                    if tokens.is_empty() {
                        // A context that is null fails, whatever is asked of it, and so does one that is
                        // no JSON.
                        return Test::Json(Value {
                            span: reference.span,
                            kind: ValueKind::Reference(reference),
                        });
                    }
                    reference.token_spans.extend(tokens.iter().map(|_| condition.span()));
                    reference.pointer.extend(tokens);
                    reference.text = format!("{} {}", reference.text, condition.value);
                    return Test::Present(Value {
                        span: condition.span(),
                        kind: ValueKind::Reference(reference),
                    });
                }
                Ok(crate::syntax::jsonpath::Query::Other) => {}
                Err(error) => {
                    self.jsonpath_syntax(&error, condition.at);
                    return Test::Invalid;
                }
            }
        }
        if kind == "xpath" {
            self.bare_expression(condition.value, condition.at, "an XPath expression");
        }
        let query = language.and_then(|language| self.query(language, condition.value, condition.at, place));
        match (query, context) {
            (Some(query), Some(context)) => Test::Query(
                Value {
                    span: context.span,
                    kind: ValueKind::Reference(context),
                },
                query,
            ),
            _ => Test::Invalid,
        }
    }

    fn report_comparison(
        &mut self,
        condition: document::Text<'a>,
        context: Option<&Reference>,
        pieces: &[Compared<'_>],
    ) {
        let base = context.map_or("$response.body", |context| context.text.as_str());
        let hash = if base.contains('#') { "" } else { "#" };
        let (mut mended, mut length) = (String::new(), false);
        for piece in pieces {
            match piece {
                Compared::Text(text) | Compared::Expression(text) => mended.push_str(text),
                Compared::Query(tokens, counted) => {
                    length |= counted;
                    let tokens = tokens
                        .iter()
                        .map(|token| token.trim_start_matches(crate::syntax::jsonpath::INDEX));
                    let pointer: String = tokens.map(|token| format!("/{}", expression::escape(token))).collect();
                    mended.push_str(base);
                    if !pointer.is_empty() {
                        mended.push_str(hash);
                        mended.push_str(&pointer);
                    }
                }
            }
        }
        let mut diagnostic = Diagnostic::new(
            &rule::JSONPATH_COMPARISON,
            condition.span(),
            format!(
                "`{}` is no JSONPath query (RFC 9535): a query selects values, it does not compare them",
                condition.value
            ),
        );
        diagnostic = if length {
            diagnostic.help("arrays have no member `length`; to ask whether there is an item, write a simple condition without `type` and `context` such as `$response.body#/items/0 != null`")
        } else {
            diagnostic.help(format!(
                "write a simple condition without `type` and `context`: `{mended}`"
            ))
        };
        self.diagnostics.push(diagnostic);
    }

    /// A comparison is no query (RFC 9535); read as a simple condition, its queries reach into the
    /// context, and `length` is that of an array.
    fn jsonpath_comparison(
        &mut self,
        condition: document::Text<'a>,
        context: Option<Reference>,
        pieces: &[Compared<'_>],
        parsed: &Condition,
        place: &Place<'a>,
    ) -> Test {
        self.report_comparison(condition, context.as_ref(), pieces);
        // Without a context there is an error already.
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

    fn context(&mut self, at: Cursor<'a>, place: &Place<'a>) -> Option<Reference> {
        // The specification's own example has `context: $response.body.status`: members as in a
        // simple condition.
        if let Some(text) = at
            .as_str()
            .filter(|text| text.contains(".body.") || text.contains(".body["))
            && let Ok(Condition::Bare(operand)) = condition::parse(text)
            && let OperandKind::Expression(expression) = &operand.kind
        {
            return Some(self.reference(expression, at, place));
        }
        match self.value(at, place).kind {
            ValueKind::Reference(reference) => Some(reference),
            ValueKind::Invalid => None,
            _ => {
                let message = "a `context` is a runtime expression";
                self.diagnostics.push(
                    Diagnostic::new(&rule::EXPRESSION_SYNTAX, at.span(), message)
                        .help("write `context: $response.body`"),
                );
                None
            }
        }
    }

    fn simple(&mut self, text: &str, at: Cursor<'a>, place: &Place<'a>) -> Test {
        match condition::parse(text) {
            Ok(condition) => self.test(&condition, at, place),
            Err(error) => {
                if error.kind == expression::Mistake::Syntax {
                    let span = at.part(error.at.start, error.at.end);
                    self.diagnostics
                        .push(Diagnostic::new(&rule::CONDITION_SYNTAX, span, error.message).help_if(error.help));
                } else {
                    self.expression_error(&error, at);
                }
                Test::Invalid
            }
        }
    }

    fn test(&mut self, condition: &Condition, at: Cursor<'a>, place: &Place<'a>) -> Test {
        match condition {
            Condition::Or(parts) => Test::Or(parts.iter().map(|part| self.test(part, at, place)).collect()),
            Condition::And(parts) => Test::And(parts.iter().map(|part| self.test(part, at, place)).collect()),
            Condition::Not(inner) => Test::Not(Box::new(self.test(inner, at, place))),
            Condition::Compare(left, operator, right) => {
                Test::Compare(self.operand(left, at, place), *operator, self.operand(right, at, place))
            }
            Condition::Bare(operand) => Test::Truthy(self.operand(operand, at, place)),
        }
    }

    fn operand(&mut self, operand: &Operand, at: Cursor<'a>, place: &Place<'a>) -> Value {
        let span = at.part(operand.at.start, operand.at.end);
        let kind = match &operand.kind {
            OperandKind::Null => ValueKind::Null,
            OperandKind::Bool(value) => ValueKind::Bool(*value),
            OperandKind::Number(text) => ValueKind::Number(text.clone()),
            OperandKind::Text(text, double_quoted) => {
                if *double_quoted {
                    let quoted = format!("'{}'", text.replace('\'', "''"));
                    self.diagnostics.push(
                        Diagnostic::new(
                            &rule::DOUBLE_QUOTED_STRING,
                            span,
                            "a string in a condition stands in single quotes",
                        )
                        .help(format!("write `{quoted}`")),
                    );
                }
                self.literal_braces(text, span, "a string of a simple condition");
                self.quoted_expression(text, span);
                ValueKind::Text(text.clone())
            }
            OperandKind::Expression(expression) => ValueKind::Reference(self.reference(expression, at, place)),
        };
        Value { span, kind }
    }
}

/// Whether a step that calls a workflow demands a status code of success: `$statusCode == 200`.
fn asks_for_success(condition: document::Text<'_>, place: &Place<'_>) -> bool {
    let calls = !place.failure && place.step.is_some_and(super::reference::calls_workflow);
    let Ok(Condition::Compare(left, Operator::Equal, right)) = condition::parse(condition.value) else {
        return false;
    };
    let status =
        matches!(&left.kind, OperandKind::Expression(expression) if expression.root == expression::Root::StatusCode);
    let success = matches!(&right.kind, OperandKind::Number(text) if text.len() == 3 && text.starts_with('2'));
    calls && place.response && status && success
}

/// Applies `change` to every operand of a test, from left to right.
fn substitute(test: &mut Test, change: &mut impl FnMut(&mut Value)) {
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

/// A query without a comparison asks whether it selects something, beside a comparison too.
fn existence(test: &mut Test, context: &Reference) {
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

/// A piece of a comparison that is written where a JSONPath query is expected.
enum Compared<'t> {
    /// Text of a simple condition.
    Text(&'t str),
    /// A singular query: its tokens, and whether it ends in `.length`.
    Query(Vec<String>, bool),
    /// A runtime expression.
    Expression(&'t str),
}

/// The comparison as a simple condition, in which `$statusCode` stands for each query and `$method`
/// for each expression; `None` where it is none.
fn simple_form(pieces: &[Compared<'_>]) -> Option<Condition> {
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

/// A comparison, such as `$.status == 'done' && $.items.length > 0`, in pieces.
fn comparison(condition: &str) -> Option<Vec<Compared<'_>>> {
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
