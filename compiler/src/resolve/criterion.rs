//! Criteria for the success of a step, and for applying an action.

use super::comparison::{comparison, simple_form};
use super::value::Place;
use super::{Criterion, Reference, Scope, Segment, Test, Value, ValueKind};
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
                // The specification requires a context whenever the type is set.
                if let Some(context) = criterion.context.filter(|_| criterion.kind.is_none()) {
                    let message = "a simple condition does not use `context`";
                    self.diagnostics.push(
                        Diagnostic::new(&rule::CONTEXT_UNUSED, context.span(), message)
                            .help("remove `context`, or set the `type` of the condition"),
                    );
                }
                self.simple(condition.value, condition.at, place)
            }
            "regex" | "jsonpath" | "xpath" => {
                if criterion.context.is_none() {
                    let message = format!("a condition of type `{kind}` requires a `context`");
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
                let message =
                    format!("unknown condition type `{other}`; expected one of `simple`, `regex`, `jsonpath`, `xpath`");
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

    /// Reports the criterion. The step succeeds if the workflow succeeds, which is what the criterion requires.
    fn called_workflow_status(&mut self, condition: document::Text<'a>) -> Criterion {
        let message = "a step that calls a workflow has no status code";
        self.diagnostics.push(
            Diagnostic::new(&rule::CALLED_WORKFLOW_STATUS, condition.span(), message)
                .help("remove the criterion: the step succeeds if the workflow succeeds"),
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
        if !self.diagnostics.engines.regex {
            let message = "conditions of type `regex` require the feature `regex` of `arazzo`";
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
        // The text around the values must be a pattern, whatever the values are.
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
                let message = format!("invalid regular expression (ECMA-262): {}", refusal.reason);
                self.diagnostics
                    .push(Diagnostic::new(&rule::REGEX_SYNTAX, condition.span(), message).help_if(refusal.help));
                return Test::Invalid;
            }
            // The values may make it a valid pattern.
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
                        // Every query fails on a context that is null or not JSON.
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

    fn context(&mut self, at: Cursor<'a>, place: &Place<'a>) -> Option<Reference> {
        // The specification's own example has `context: $response.body.status`: members are accessed as in a simple
        // condition.
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
                let message = "`context` must be a runtime expression";
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

    pub(super) fn test(&mut self, condition: &Condition, at: Cursor<'a>, place: &Place<'a>) -> Test {
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
                            "a string in a condition must be in single quotes",
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

/// Returns whether a criterion requires a success status code of a step that calls a workflow: `$statusCode == 200`.
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
