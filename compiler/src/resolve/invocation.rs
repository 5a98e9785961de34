//! Calls of workflows: by a step, by a detour of a retry, or by `goto`.

use super::value::Place;
use super::{Invocation, Reference, Scope, Source, Unit, Value, ValueKind};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document::{self, OrReusable, Text, Version};

/// Why an id does not name a workflow.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unknown {
    /// The document has no such source description of type `arazzo`.
    Source,
    /// Its document could not be read, and was reported.
    Unreadable,
    /// The document has no such workflow.
    Workflow {
        /// The index of the document.
        unit: usize,
        /// The length of the id of the workflow, at the end of the text.
        length: usize,
    },
}

/// The caller of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caller {
    /// A step.
    Step,
    /// An action.
    Action,
}

impl<'a> Scope<'a, '_> {
    /// Returns the workflow with an index.
    pub(super) fn workflow_at(&self, index: usize) -> Option<&'a document::Workflow<'a>> {
        let unit = self.units.iter().rev().find(|unit| unit.first <= index)?;
        unit.document.workflows.get(index - unit.first)
    }

    /// Returns the workflow with an id: one of this document or, by `$sourceDescriptions.NAME.WORKFLOW`, one of another
    /// document.
    pub(super) fn workflow_named(&self, id: &str) -> Result<usize, Unknown> {
        let (unit, id) = match id.strip_prefix("$sourceDescriptions.") {
            None => (self.unit, id),
            Some(rest) => {
                let others = &self.units[self.unit].others;
                // Names may contain dots; the longest known name wins.
                let fits = |name: &str| rest.strip_prefix(name)?.strip_prefix('.').map(str::len);
                let found = others
                    .iter()
                    .filter_map(|(name, other)| Some((fits(name)?, *other)))
                    .min();
                let (length, other) = found.ok_or(Unknown::Source)?;
                (other.ok_or(Unknown::Unreadable)?, &rest[rest.len() - length..])
            }
        };
        let Unit { document, first, .. } = &self.units[unit];
        let position = document.workflows.iter().position(|workflow| workflow.id.value == id);
        position
            .map(|position| first + position)
            .ok_or(Unknown::Workflow { unit, length: id.len() })
    }

    /// Returns the workflow with an id, or reports the id and returns a workflow with a similar one.
    pub(super) fn find_workflow(&mut self, id: Text<'_>) -> Option<usize> {
        self.find_workflow_in(id.value, id)
    }

    /// The same for an id that is part of a longer text.
    pub(super) fn find_workflow_in(&mut self, id: &str, text: Text<'_>) -> Option<usize> {
        let start = text.value.find(id).unwrap_or(0);
        let unknown = match self.workflow_named(id) {
            Ok(index) => return Some(index),
            Err(unknown) => unknown,
        };
        let (unit, length) = match unknown {
            Unknown::Unreadable => return None,
            Unknown::Source => {
                self.unknown_document(id, text, start);
                return None;
            }
            Unknown::Workflow { unit, length } => (unit, length),
        };
        let span = text.at.part(start + id.len() - length, start + id.len());
        let wanted = &id[id.len() - length..];
        if unit == self.unit
            && let Some((name, index)) = self.elsewhere(wanted)
        {
            self.unqualified_external_workflow(wanted, name, span);
            return Some(index);
        }
        let Unit { document, first, .. } = &self.units[unit];
        let names = || document.workflows.iter().map(|workflow| workflow.id.value);
        let last = wanted.rsplit('.').next().unwrap_or(wanted);
        let meant = similar(wanted, names()).or_else(|| names().find(|name| *name == last));
        let help = match meant {
            Some(name) => format!("a workflow with a similar name exists: `{name}`"),
            None => format!("the workflows are {}", super::listed(names())),
        };
        let which = if unit == self.unit {
            "this document".to_owned()
        } else {
            format!("`{}`", self.units[unit].names.join("."))
        };
        let message = format!("unknown workflow `{wanted}` in {which}");
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_WORKFLOW, span, message).help(help));
        let position = names().position(|name| Some(name) == meant);
        position.map(|position| first + position)
    }

    /// Finds a workflow of another document with the same id, and the source description of that document.
    fn elsewhere(&self, id: &str) -> Option<(&'a str, usize)> {
        self.units[self.unit].others.iter().find_map(|(name, other)| {
            let unit = &self.units[(*other)?];
            let position = unit
                .document
                .workflows
                .iter()
                .position(|workflow| workflow.id.value == id)?;
            Some((*name, unit.first + position))
        })
    }

    fn unqualified_external_workflow(&mut self, id: &str, name: &str, span: crate::source::Span) {
        let message = format!("the workflow `{id}` is defined in another document");
        self.diagnostics.push(
            Diagnostic::new(&rule::UNQUALIFIED_EXTERNAL_WORKFLOW, span, message)
                .help(format!("write `$sourceDescriptions.{name}.{id}`")),
        );
    }

    /// Reports that the source description before a workflow's id is not of type `arazzo`.
    fn unknown_document(&mut self, id: &str, text: Text<'_>, start: usize) {
        let prefix = "$sourceDescriptions.".len();
        let rest = id.get(prefix..).unwrap_or("");
        let name = rest.split('.').next().unwrap_or("");
        let span = text.at.part(start + prefix, start + prefix + name.len());
        if let Some(known) = self.document.sources.iter().find(|known| known.name.value == name) {
            let message = format!("the source description `{name}` is not an Arazzo document and has no workflows");
            let mut diagnostic = Diagnostic::new(&rule::UNKNOWN_WORKFLOW, span, message);
            diagnostic = diagnostic.related(known.name.span(), "defined here");
            self.diagnostics
                .push(diagnostic.help("use `operationId` to call an operation"));
        } else {
            self.unknown_source(name, span);
        }
    }

    /// Binds the parameters of a call to the inputs of its target.
    pub(super) fn invocation(
        &mut self,
        id: Text<'a>,
        parameters: &[OrReusable<'a, document::Parameter<'a>>],
        caller: Caller,
        place: &Place<'a>,
    ) -> Option<Invocation> {
        let target = self.find_workflow(id)?;
        let (inputs, closed) = self.all_inputs.get(target)?.clone();
        let name = self.workflow_at(target)?.id.value;
        let mut arguments: Vec<(usize, Value)> = Vec::new();
        let mut seen: Vec<(String, crate::source::Span)> = Vec::new();
        for parameter in parameters {
            let Some(parameter) = self.parameter_object(parameter) else {
                continue;
            };
            if let Some((_, first)) = seen.iter().find(|(known, _)| known == parameter.name.value) {
                let message = format!("duplicate parameter `{}`", parameter.name.value);
                self.diagnostics.push(
                    Diagnostic::new(&rule::DUPLICATE_PARAMETER, parameter.name.span(), message)
                        .related(*first, "first defined here")
                        .help("remove one of them"),
                );
                continue;
            }
            seen.push((parameter.name.value.to_owned(), parameter.name.span()));
            if let Some((_, span)) = parameter.location {
                self.parameter_in_unexpected(name, span);
            }
            let value = self.value(parameter.value, place);
            let known = inputs.iter().position(|input| input.name == parameter.name.value);
            if let Some(input) = known.or_else(|| self.unknown_workflow_input(parameter.name, name, &inputs, closed)) {
                arguments.push((input, value));
            }
        }
        if caller == Caller::Step {
            self.shared_arguments(&inputs, &mut arguments, place);
        } else if self.document.version < Version::V1_1 {
            self.same_named_arguments(id, &inputs, &mut arguments);
        }
        for (index, input) in inputs.iter().enumerate().filter(|(_, input)| input.required) {
            if closed && !arguments.iter().any(|(given, _)| *given == index) {
                self.workflow_input_required(id, name, input.name, input.span, caller);
            }
        }
        Some(Invocation { target, arguments })
    }

    /// Passes parameters of the calling workflow to inputs of the same name.
    fn shared_arguments(
        &mut self,
        inputs: &[super::Input<'a>],
        arguments: &mut Vec<(usize, Value)>,
        place: &Place<'a>,
    ) {
        let workflow = self.workflow;
        for parameter in &workflow.parameters {
            // Problems in it are reported where a request uses it, or here if no request does.
            let OrReusable::Here(parameter) = parameter else {
                continue;
            };
            let Some(index) = inputs.iter().position(|input| input.name == parameter.name.value) else {
                continue;
            };
            if !arguments.iter().any(|(given, _)| *given == index) {
                let value = self.value(parameter.value, place);
                arguments.push((index, value));
            }
        }
    }

    /// Passes the caller's inputs of the same name, because actions of 1.0 have no parameters.
    fn same_named_arguments(&mut self, id: Text<'a>, inputs: &[super::Input<'a>], arguments: &mut Vec<(usize, Value)>) {
        for (index, input) in inputs.iter().enumerate() {
            let Some(own) = self.inputs.iter().position(|known| known.name == input.name) else {
                continue;
            };
            if !arguments.iter().any(|(given, _)| *given == index) {
                let reference = Reference {
                    source: Source::Input(own),
                    pointer: Vec::new(),
                    token_spans: Vec::new(),
                    span: id.span(),
                    text: format!("$inputs.{}", input.name),
                };
                arguments.push((
                    index,
                    Value {
                        span: id.span(),
                        kind: ValueKind::Reference(reference),
                    },
                ));
            }
        }
    }

    fn parameter_in_unexpected(&mut self, workflow: &str, span: crate::source::Span) {
        let message = format!("parameters of a workflow call are inputs of workflow `{workflow}` and have no `in`");
        self.diagnostics
            .push(Diagnostic::new(&rule::PARAMETER_IN_UNEXPECTED, span, message).help("remove `in`"));
    }

    fn unknown_workflow_input(
        &mut self,
        name: Text<'a>,
        workflow: &str,
        inputs: &[super::Input<'a>],
        closed: bool,
    ) -> Option<usize> {
        if !closed {
            return None;
        }
        let meant = similar(name.value, inputs.iter().map(|input| input.name));
        let help = match meant {
            Some(known) => format!("an input with a similar name exists: `{known}`"),
            None if inputs.is_empty() => "remove the parameter".to_owned(),
            None => format!(
                "the inputs are {}",
                super::listed(inputs.iter().map(|input| input.name))
            ),
        };
        let message = format!("workflow `{workflow}` has no input `{}`", name.value);
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_WORKFLOW_INPUT, name.span(), message).help(help));
        inputs.iter().position(|input| Some(input.name) == meant)
    }

    fn workflow_input_required(
        &mut self,
        id: Text<'a>,
        workflow: &str,
        input: &str,
        declared: crate::source::Span,
        caller: Caller,
    ) {
        let message = format!("missing required input `{input}` of workflow `{workflow}`");
        let help = if caller == Caller::Action && self.document.version < Version::V1_1 {
            format!(
                "actions of Arazzo 1.0 pass inputs of the same name: define an input `{input}` in this workflow too"
            )
        } else {
            format!("add to `parameters`: `{{ name: {input}, value: … }}`")
        };
        self.diagnostics.push(
            Diagnostic::new(&rule::WORKFLOW_INPUT_REQUIRED, id.span(), message)
                .related(declared, "declared here")
                .help(help),
        );
    }
}
