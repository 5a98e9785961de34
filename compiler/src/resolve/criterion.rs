//! Criteria: what must hold for a step to succeed or an action to apply.

use super::value::Place;
use super::{Query, Reference, Scope, Segment, Value, ValueKind};
use crate::condition::{self, Condition, Operand, OperandKind, Operator};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document;
use crate::expression;
use crate::source::{Cursor, Span};

/// A criterion.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// The condition.
    pub span: Span,
    /// The condition as it is written.
    pub text: String,
    /// What is tested.
    pub test: Test,
}

/// What a criterion tests.
#[derive(Clone, Debug)]
pub enum Test {
    /// At least one passes.
    Or(Vec<Test>),
    /// All pass.
    And(Vec<Test>),
    /// It does not pass.
    Not(Box<Test>),
    /// Two values compared.
    Compare(Value, Operator, Value),
    /// A value is `true`.
    Truthy(Value),
    /// A query selects a value.
    Present(Value),
    /// A pattern is found in the text of a value.
    Regex(Value, Vec<Segment>),
    /// A query selects something from a value, or has the effective boolean value true.
    Query(Value, Query),
    /// Something that was reported.
    Invalid,
}

impl<'a> Scope<'a, '_> {
    pub(super) fn criterion(&mut self, criterion: &document::Criterion<'a>, place: &Place<'a>) -> Criterion {
        let condition = criterion.condition;
        let kind = criterion.kind.as_ref().map_or("simple", |kind| kind.name.value);
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

    fn regex(&mut self, condition: document::Text<'a>, context: Option<Reference>, place: &Place<'a>) -> Test {
        if !cfg!(feature = "regex") {
            let message = "conditions of type `regex` need the feature `regex` of `arazzo`";
            self.diagnostics.push(
                Diagnostic::new(&rule::REGEX_FEATURE, condition.span(), message)
                    .help("write `arazzo = { version = \"0.1\", features = [\"regex\"] }` in Cargo.toml"),
            );
            return Test::Invalid;
        }
        let pieces = match expression::template(condition.value) {
            Ok(pieces) => pieces,
            Err(errors) => {
                for error in &errors {
                    self.expression_error(error, condition.at);
                }
                return Test::Invalid;
            }
        };
        let pattern = self.segments(pieces, condition.at, place);
        if let [Segment::Text(text)] = pattern.as_slice()
            && let Some(reason) = crate::pattern::error(text)
        {
            let message = format!("the pattern is no regular expression (ECMA-262): {reason}");
            self.diagnostics
                .push(Diagnostic::new(&rule::REGEX_SYNTAX, condition.span(), message));
            return Test::Invalid;
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
            && let Some(found) = comparison(condition.value)
        {
            let pointer = context.map_or_else(|| "$response.body".to_owned(), |context| context.text);
            let mended = format!(
                "{}{}{}",
                pointer,
                expression::dotted_to_pointer(found.path).replacen('/', "#/", 1),
                found.rest
            );
            let mut diagnostic = Diagnostic::new(
                &rule::JSONPATH_COMPARISON,
                condition.span(),
                format!(
                    "`{}` is no JSONPath query (RFC 9535): a query selects values, it does not compare them",
                    condition.value
                ),
            );
            if found.length {
                let array = expression::dotted_to_pointer(found.path.trim_end_matches(".length"));
                let compact: String = found.rest.split_whitespace().collect();
                let help = match compact.as_str() {
                    ">0" | "!=0" | ">=1" => format!("arrays have no member `length`; to ask whether there is an item, write a simple condition: `{pointer}#{array}/0 != null`"),
                    "==0" | "<1" | "<=0" => format!("arrays have no member `length`; to ask whether there is no item, write a simple condition: `{pointer}#{array}/0 == null`"),
                    _ => "arrays have no member `length`; a simple condition can ask whether the item with a certain index is there".to_owned(),
                };
                diagnostic = diagnostic.help(help);
            } else {
                diagnostic = diagnostic.help(format!(
                    "write a simple condition without `type` and `context`: `{mended}`"
                ));
            }
            self.diagnostics.push(diagnostic);
            return Test::Invalid;
        }
        if kind == "jsonpath" && !condition.value.contains("{$") {
            match crate::jsonpath::parse(condition.value.trim_end_matches('\n')) {
                Ok(crate::jsonpath::Query::Singular(tokens)) => {
                    let Some(mut reference) = context else {
                        return Test::Invalid;
                    };
                    if tokens.is_empty() {
                        // A context that is null fails, whatever is asked of it.
                        let null = Value {
                            span: condition.span(),
                            kind: ValueKind::Null,
                        };
                        let context = Value {
                            span: reference.span,
                            kind: ValueKind::Reference(reference),
                        };
                        return Test::Compare(context, condition::Operator::NotEqual, null);
                    }
                    reference.token_spans.extend(tokens.iter().map(|_| condition.span()));
                    reference.pointer.extend(tokens);
                    reference.text = format!("{} {}", reference.text, condition.value);
                    return Test::Present(Value {
                        span: condition.span(),
                        kind: ValueKind::Reference(reference),
                    });
                }
                Ok(crate::jsonpath::Query::Other) => {}
                Err(error) => {
                    self.jsonpath_syntax(&error, condition.at);
                    return Test::Invalid;
                }
            }
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
                ValueKind::Text(text.clone())
            }
            OperandKind::Expression(expression) => ValueKind::Reference(self.reference(expression, at, place)),
        };
        Value { span, kind }
    }
}

/// A comparison written where a JSONPath query is expected.
struct Comparison<'t> {
    path: &'t str,
    rest: &'t str,
    length: bool,
}

fn comparison(condition: &str) -> Option<Comparison<'_>> {
    let rest = condition.trim().strip_prefix('$')?;
    let end = rest.find(|letter: char| letter.is_whitespace() || "=!<>".contains(letter))?;
    let (path, behind) = rest.split_at(end);
    let operator = behind.trim_start();
    let compares = ["==", "!=", "<", ">"].iter().any(|word| operator.starts_with(word));
    (compares && !path.contains(['?', '*', '('])).then_some(Comparison {
        path,
        rest: behind,
        length: path.ends_with(".length"),
    })
}
