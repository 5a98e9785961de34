//! Outputs of steps and workflows.

use super::{Scope, value};
use crate::diagnostic::{Diagnostic, rule};
use crate::document;
use crate::program::{Output, Reference, Source, Value, ValueKind};
use crate::source::{Cursor, Entry};

impl<'a> Scope<'a, '_> {
    pub(super) fn outputs(&mut self, entries: &[Entry<'a>], place: Option<&value::Place<'a>>) -> Vec<Output> {
        let nowhere = value::Place {
            step: None,
            response: false,
            failure: false,
        };
        entries
            .iter()
            .map(|entry| {
                let value = self.output_value(entry.value, place.unwrap_or(&nowhere));
                Output {
                    name: entry.key.to_owned(),
                    span: entry.value.span(),
                    value,
                }
            })
            .collect()
    }

    /// An output is a runtime expression or a Selector Object, never a literal.
    fn output_value(&mut self, at: Cursor<'a>, place: &value::Place<'a>) -> Value {
        if let Some(text) = at
            .as_str()
            .filter(|text| crate::syntax::expression::looks_like_expression(text))
        {
            let kind = match crate::syntax::expression::parse(text) {
                Ok(expression) => ValueKind::Reference(self.reference(&expression, at, place)),
                Err(error) => self.wildcard(text, at, place).unwrap_or_else(|| {
                    self.expression_error(&error, at);
                    ValueKind::Invalid
                }),
            };
            return Value { span: at.span(), kind };
        }
        if let Some(text) = at.as_str() {
            let mut diagnostic = Diagnostic::new(
                &rule::EXPRESSION_SYNTAX,
                at.span(),
                "an output must be a runtime expression, found other text",
            );
            if let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
                diagnostic = diagnostic.help(format!("write `{inner}` without braces"));
            } else {
                diagnostic = diagnostic.help("write an expression such as `$response.body#/id`");
            }
            self.diagnostics.push(diagnostic);
            return Value {
                span: at.span(),
                kind: ValueKind::Invalid,
            };
        }
        if at.as_str().is_none() && !at.is_object() {
            let message = format!("an output must be a runtime expression, found {}", at.kind());
            self.diagnostics
                .push(Diagnostic::new(&rule::WRONG_TYPE, at.span(), message));
            return Value {
                span: at.span(),
                kind: ValueKind::Invalid,
            };
        }
        if at.is_object() && !self.is_selector(at) {
            let message = "an output must be a runtime expression or a Selector Object, found another object";
            let mut diagnostic = Diagnostic::new(&rule::WRONG_TYPE, at.span(), message);
            if at.get("selector").is_some() && self.document.version < document::Version::V1_1 {
                diagnostic = diagnostic.help("Selector Objects require Arazzo 1.1: write `arazzo: 1.1.0`");
            }
            self.diagnostics.push(diagnostic);
            return Value {
                span: at.span(),
                kind: ValueKind::Invalid,
            };
        }
        self.value(at, place)
    }

    /// Returns the outputs of the called workflow for a step that declares no outputs.
    pub(super) fn adopted_outputs(&self, target: usize, step: &document::Step<'a>) -> Vec<Output> {
        let span = step.id.span();
        let outputs = self.workflow_at(target).map(|workflow| workflow.outputs.as_slice());
        outputs
            .unwrap_or_default()
            .iter()
            .enumerate()
            .map(|(index, entry)| {
                let reference = Reference {
                    source: Source::CalleeOutput { target, output: index },
                    pointer: Vec::new(),
                    token_spans: Vec::new(),
                    span,
                    text: format!("$outputs.{}", entry.key),
                };
                Output {
                    name: entry.key.to_owned(),
                    span,
                    value: Value {
                        span,
                        kind: ValueKind::Reference(reference),
                    },
                }
            })
            .collect()
    }

    /// Returns the names of the outputs of a step.
    pub(super) fn output_names(&self, step: usize) -> Vec<&'a str> {
        let Some(step) = self.workflow.steps.get(step) else {
            return Vec::new();
        };
        let called = step
            .targets
            .iter()
            .find(|(target, _)| *target == document::Target::WorkflowId);
        let own = &step.outputs;
        let adopted = called.filter(|_| own.is_empty()).and_then(|(_, id)| {
            let target = self.workflow_named(id.value).ok()?;
            self.workflow_at(target).map(|workflow| &workflow.outputs)
        });
        adopted.unwrap_or(own).iter().map(|entry| entry.key).collect()
    }
}
