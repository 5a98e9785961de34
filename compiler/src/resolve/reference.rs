//! Resolves expressions: to an input, a step, a workflow, a source description, or a part of the request or response.

use super::part::request_part;
use super::value::Place;
use super::{Reference, Scope, Source};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document;
use crate::source::{Cursor, Span};
use crate::syntax::expression::{self, Expression, Name, Root};

impl<'a> Scope<'a, '_> {
    /// Resolves an expression.
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
        // An input can have the name of a query parameter, such as `page[size]`.
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
            Root::Url | Root::Method | Root::StatusCode | Root::Request(_) | Root::Response(_)
                if place.step.is_some_and(|step| self.is_asynchronous(step)) =>
            {
                let message = format!(
                    "`{}` is not available in a step on a channel",
                    word_of(&expression.root)
                );
                let help = "use `$message.payload` and `$message.header.NAME`; without `successCriteria`, the step succeeds with any message";
                self.misplaced(span, &message, Some(help))
            }
            Root::Url => Source::Url,
            Root::Method => Source::Method,
            Root::StatusCode => Source::StatusCode,
            Root::Request(part) => request_part(part),
            Root::Response(part) => self.response_part(part, span),
            Root::Message(part) => self.message_part(part, span, place),
            Root::Output(_)
                if place.response && place.step.is_some_and(calls_workflow) && self.called(place).is_none() =>
            {
                Source::Invalid
            }
            Root::Output(name) if place.response && self.called(place).is_some() => self.callee_output(name, at, place),
            Root::Output(_) => self.misplaced(
                span,
                "`$outputs` is only available in a step that calls a workflow",
                Some("for an output of a step, use `$steps.STEP.outputs.NAME`"),
            ),
            Root::Input(name) => self.input(name, at, nested),
            Root::Step { step, output } => self.step_output(step, output, at, nested),
            Root::Workflow {
                workflow,
                inputs,
                field,
            } => self.dependency(workflow, *inputs, field, at),
            Root::Source { source, reference } => self.source_field(source, reference, at),
            Root::Component { .. } => self.misplaced(
                span,
                "`$components` is only valid in the `reference` of a Reusable Object",
                None,
            ),
            Root::SelfUri => match self.document.self_uri {
                Some(uri) => Source::Constant(uri.value.to_owned()),
                None => self.misplaced(span, "`$self` is used, but the document has no `$self` field", None),
            },
        }
    }

    /// Reports an expression that has no value at this point.
    pub(super) fn misplaced(&mut self, span: Span, message: &str, help: Option<&str>) -> Source {
        let diagnostic = Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message);
        self.diagnostics.push(diagnostic.help_if(help.map(str::to_owned)));
        Source::Invalid
    }

    fn no_request(&mut self, root: &Root, span: Span) {
        let message = format!("`{}` is not available in a step that calls a workflow", word_of(root));
        self.diagnostics.push(
            Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message)
                .help("use `$outputs.NAME` for outputs of the workflow; the step succeeds if the workflow succeeds"),
        );
    }

    fn expression_context(&mut self, root: &Root, span: Span, place: &Place<'a>) {
        let name = word_of(root);
        let message = match place.step {
            Some(step) => format!(
                "`{name}` is not available in the request of step `{}`, which is sent first",
                step.id.value
            ),
            None => format!("`{name}` is only available inside a step"),
        };
        self.diagnostics.push(
            Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message)
                .help("to use a value from an earlier step, add it to the `outputs` of that step and write `$steps.STEP.outputs.NAME`"),
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
                    format!("no input is named `{}`; interpreted as a member of `{head}`", name.text),
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
                "define it: `inputs: {{ type: object, properties: {{ {}: {{ type: string }} }} }}`",
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
        let found = self.places.get(step.text.as_str()).copied();
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
                        "step `{id}` has no output `{}`; use a JSON Pointer for a member of the output `{head}`",
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
                "define it in step `{id}`: `outputs: {{ {}: $response.body#/… }}`",
                output.text
            ),
            None => format!("the outputs are {}", super::listed(outputs.iter().copied())),
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

    /// Returns the workflow that a step calls.
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

    /// Resolves `$workflows.ID.outputs.NAME`: an output of a workflow that has run before.
    fn dependency(&mut self, workflow: &Name, input: bool, field: &Name, at: Cursor<'a>) -> Source {
        let span = at.part(workflow.at.start, workflow.at.end);
        let named = |index: &usize| {
            self.workflow_at(*index)
                .is_some_and(|known| known.id.value == workflow.text)
        };
        let local = self.workflow_named(&workflow.text).ok();
        // A workflow of another document is named by its id alone; the workflows that must have run determine which one
        // it is.
        let Some(target) = local.or_else(|| self.depends_on.iter().copied().find(named)) else {
            let names = || self.document.workflows.iter().map(|known| known.id.value);
            let meant = similar(&workflow.text, names());
            let message = format!("unknown workflow `{}` in this document", workflow.text);
            self.diagnostics.push(
                Diagnostic::new(&rule::UNKNOWN_WORKFLOW, span, message)
                    .help_if(meant.map(|name| format!("a workflow with a similar name exists: `{name}`"))),
            );
            return Source::Invalid;
        };
        let depends = self.depends_on.contains(&target);
        if !depends && !self.calls(target) {
            let message = format!(
                "workflow `{}` may not have run before `{}`",
                workflow.text, self.workflow.id.value
            );
            self.diagnostics.push(
                Diagnostic::new(&rule::EXPRESSION_CONTEXT, span, message)
                    .help(format!("add the dependency: `dependsOn: [{}]`", workflow.text)),
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

    /// Returns whether a step of this workflow calls another workflow.
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
            None => format!("the {what}s are {}", super::listed(names.iter().copied())),
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
                    _ if self.channels.iter().any(|named| named.name == description.name.value) => "asyncapi",
                    _ => "openapi",
                }
                .to_owned(),
            ),
            other => {
                let message =
                    format!("`{other}` is not a field of a source description; only fields are available here");
                self.diagnostics.push(
                    Diagnostic::new(
                        &rule::EXPRESSION_CONTEXT,
                        at.part(reference.at.start, reference.at.end),
                        message,
                    )
                    .help("the fields are `name`, `url` and `type`"),
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
                format!("unknown source description `{name}`"),
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
        Root::Message(_) => "$message",
        _ => "$response",
    }
}

/// Splits `a.b.c` after the longest declared prefix.
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
