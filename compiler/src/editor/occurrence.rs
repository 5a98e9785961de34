//! Where names are defined and used.

use super::hover::holds;
use super::{Owner, View};
use crate::document::{self, OrReusable, Target, Text};
use crate::program::{Act, Reference, Source};
use crate::schema::Walk;
use crate::source::{FileId, Range, Span};
use crate::typing::Shape;

/// Something with a name in a document. The numbers are indices in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Symbol {
    /// A workflow.
    Workflow(usize),
    /// A step of a workflow.
    Step(usize, usize),
    /// An input of a workflow.
    Input(usize, usize),
    /// An output of a step of a workflow.
    Output(usize, usize, usize),
    /// An output of a workflow.
    Result(usize, usize),
}

/// A place where a name is written.
#[derive(Clone, Copy, Debug)]
struct Occurrence {
    symbol: Symbol,
    span: Span,
    defines: bool,
}

impl<'a> View<'_, 'a> {
    /// Returns what is named at a byte offset, and the location of the name there.
    #[must_use]
    pub fn symbol(&self, file: FileId, offset: usize) -> Option<(Symbol, Span)> {
        let all = self.occurrences();
        let here = all.iter().find(|found| holds(found.span, file, offset))?;
        Some((here.symbol, here.span))
    }

    /// Returns where a name is written; the definition comes first.
    #[must_use]
    pub fn occurrences_of(&self, symbol: Symbol) -> Vec<Span> {
        let mut all = self.occurrences();
        all.retain(|found| found.symbol == symbol);
        all.sort_by_key(|found| (!found.defines, found.span));
        all.dedup_by_key(|found| found.span);
        all.into_iter().map(|found| found.span).collect()
    }

    /// Returns where what is at a byte offset is defined: in a document or in a description.
    #[must_use]
    pub fn definition(&self, file: FileId, offset: usize) -> Option<Span> {
        if let Some(place) = self.member_of_body(file, offset) {
            return Some(place);
        }
        if let Some((symbol, _)) = self.symbol(file, offset) {
            return self.occurrences_of(symbol).first().copied();
        }
        for step in self.program.workflows.iter().flat_map(|workflow| &workflow.steps) {
            if step
                .text
                .targets
                .iter()
                .any(|(_, text)| holds(text.span(), file, offset))
            {
                return Some(step.act.request()?.operation.span);
            }
            let named = step
                .act
                .request()
                .into_iter()
                .flat_map(|request| &request.operation.parameters);
            for parameter in step.text.parameters.iter().filter_map(here) {
                if holds(parameter.name.span(), file, offset) {
                    let declared = named.clone().find(|declared| declared.name == parameter.name.value)?;
                    return Some(declared.span);
                }
            }
        }
        None
    }

    /// Returns the schema of the member of a response or message that a pointer at this place selects.
    fn member_of_body(&self, file: FileId, offset: usize) -> Option<Span> {
        let all = self.references_of_all().into_iter();
        let mut here = all.filter(|(_, reference)| holds(reference.span, file, offset));
        let (owner, reference) = here.find(|(_, reference)| reference.source.is_body())?;
        let typing = self.typing(owner.workflow?);
        let shapes = match reference.source {
            Source::ResponseBody => typing.bodies(owner.step),
            _ => typing.payloads(owner.step),
        };
        shapes.into_iter().find_map(|shape| match shape {
            Shape::Schema(schema) => match schema.walk(reference.pointer.iter().map(String::as_str)) {
                Walk::Found { schema, .. } => Some(schema.at.span()),
                _ => None,
            },
            _ => None,
        })
    }

    fn occurrences(&self) -> Vec<Occurrence> {
        let mut found = Vec::new();
        for (index, workflow) in self.program.workflows.iter().enumerate() {
            self.workflow_names(index, workflow.text, &mut found);
            for (number, input) in workflow.inputs.iter().enumerate() {
                self.add(Symbol::Input(index, number), input.span, input.name, true, &mut found);
                let schema = workflow.text.inputs.and_then(|at| at.get("required"));
                let required = schema.into_iter().flat_map(crate::source::Cursor::items);
                for at in required.filter(|at| at.as_str() == Some(input.name)) {
                    self.add(Symbol::Input(index, number), at.span(), input.name, false, &mut found);
                }
            }
            for (number, step) in workflow.steps.iter().enumerate() {
                for (at, output) in step.outputs.iter().enumerate() {
                    let entry = step.text.outputs.iter().find(|entry| entry.key == output.name);
                    if let Some(entry) = entry {
                        let symbol = Symbol::Output(index, number, at);
                        self.add(symbol, entry.key_span, entry.key, true, &mut found);
                    }
                }
                if let Act::Workflow(call) = &step.act {
                    for parameter in step.text.parameters.iter().filter_map(here) {
                        self.input_of(call.target, parameter.name, &mut found);
                    }
                }
            }
            for (number, output) in workflow.outputs.iter().enumerate() {
                if let Some(entry) = workflow.text.outputs.iter().find(|entry| entry.key == output.name) {
                    self.add(
                        Symbol::Result(index, number),
                        entry.key_span,
                        entry.key,
                        true,
                        &mut found,
                    );
                }
            }
        }
        for (owner, reference) in self.references_of_all() {
            self.names_in(owner, reference, &mut found);
        }
        found
    }

    /// The ids in a workflow: of itself, of its steps, and where they are named.
    fn workflow_names(&self, index: usize, workflow: &document::Workflow<'a>, found: &mut Vec<Occurrence>) {
        self.name(Symbol::Workflow(index), workflow.id, true, found);
        for text in &workflow.depends_on {
            self.workflow_name(*text, found);
        }
        let step_named = |text: Text<'_>| workflow.steps.iter().position(|step| step.id.value == text.value);
        let actions = workflow.success_actions.iter().chain(&workflow.failure_actions);
        let mut actions: Vec<&document::Action<'a>> = actions.filter_map(here).collect();
        for (number, step) in workflow.steps.iter().enumerate() {
            self.name(Symbol::Step(index, number), step.id, true, found);
            for (target, text) in &step.targets {
                if *target == Target::WorkflowId {
                    self.workflow_name(*text, found);
                }
            }
            for text in &step.depends_on {
                let name = text.value.strip_prefix("$steps.").unwrap_or(text.value);
                if let Some(named) = workflow.steps.iter().position(|step| step.id.value == name) {
                    let start = text.value.len() - name.len();
                    self.part(
                        Symbol::Step(index, named),
                        text.span(),
                        text.value,
                        start..text.value.len(),
                        found,
                    );
                }
            }
            actions.extend(step.on_success.iter().chain(&step.on_failure).filter_map(here));
        }
        for action in actions {
            if let Some((text, step)) = action.step_id.and_then(|text| Some((text, step_named(text)?))) {
                self.name(Symbol::Step(index, step), text, false, found);
            }
            if let Some(text) = action.workflow_id {
                self.workflow_name(text, found);
                let target = self.workflow_named(text.value);
                for parameter in action.parameters.iter().filter_map(here) {
                    if let Some(target) = target {
                        self.input_of(target, parameter.name, found);
                    }
                }
            }
        }
    }

    fn workflow_named(&self, name: &str) -> Option<usize> {
        let mut all = self.program.workflows.iter();
        all.position(|workflow| workflow.text.id.value == name)
    }

    fn workflow_name(&self, text: Text<'a>, found: &mut Vec<Occurrence>) {
        if let Some(named) = self.workflow_named(text.value) {
            self.name(Symbol::Workflow(named), text, false, found);
        }
    }

    fn input_of(&self, workflow: usize, name: Text<'a>, found: &mut Vec<Occurrence>) {
        let inputs = self.program.workflows.get(workflow).map(|workflow| &workflow.inputs);
        let named = inputs.and_then(|inputs| inputs.iter().position(|input| input.name == name.value));
        if let Some(input) = named {
            self.name(Symbol::Input(workflow, input), name, false, found);
        }
    }

    /// The names in an expression.
    fn names_in(&self, owner: Owner, reference: &Reference, found: &mut Vec<Occurrence>) {
        let Some(index) = owner.workflow else { return };
        let value = reference.text.split('#').next().unwrap_or_default();
        let parts: Vec<&str> = value.splitn(4, '.').collect();
        // The byte offset of each part.
        let start = |part: usize| parts[..part].iter().map(|part| part.len() + 1).sum::<usize>();
        let mut mark = |symbol, part: usize, length: usize| {
            let range = start(part)..start(part) + length;
            self.part(symbol, reference.span, &reference.text, range, found);
        };
        match (&reference.source, parts.as_slice()) {
            (Source::Input(input), ["$inputs", rest @ ..]) => {
                let length = rest.iter().map(|part| part.len() + 1).sum::<usize>().saturating_sub(1);
                mark(Symbol::Input(index, *input), 1, length);
            }
            (Source::StepOutput { step, output }, ["$steps", id, "outputs", of]) => {
                mark(Symbol::Step(index, *step), 1, id.len());
                mark(Symbol::Output(index, *step, *output), 3, of.len());
            }
            (
                Source::Dependency { workflow, input, field } | Source::Called { workflow, input, field },
                ["$workflows", id, _, of],
            ) => {
                mark(Symbol::Workflow(*workflow), 1, id.len());
                let symbol = if *input {
                    Symbol::Input(*workflow, *field)
                } else {
                    Symbol::Result(*workflow, *field)
                };
                mark(symbol, 3, of.len());
            }
            (
                Source::Called {
                    input: false,
                    workflow,
                    field,
                },
                ["$steps", id, "outputs", of],
            ) => {
                let steps = self.program.workflows.get(index).map(|workflow| &workflow.steps);
                let step = steps.and_then(|steps| steps.iter().position(|step| step.text.id.value == *id));
                if let Some(step) = step {
                    mark(Symbol::Step(index, step), 1, id.len());
                }
                mark(Symbol::Result(*workflow, *field), 3, of.len());
            }
            (Source::CalleeOutput { target, output }, ["$outputs", of, ..]) => {
                mark(Symbol::Result(*target, *output), 1, of.len());
            }
            _ => {}
        }
    }

    fn name(&self, symbol: Symbol, text: Text<'a>, defines: bool, found: &mut Vec<Occurrence>) {
        self.add(symbol, text.span(), text.value, defines, found);
    }

    /// Adds a name, without its quotes.
    fn add(&self, symbol: Symbol, span: Span, name: &str, defines: bool, found: &mut Vec<Occurrence>) {
        let written = self.text_of(span);
        if let Some(at) = written.find(name).filter(|at| *at <= 1) {
            let start = span.range.start as usize + at;
            found.push(Occurrence {
                symbol,
                span: Span {
                    file: span.file,
                    range: Range::new(start, start + name.len()),
                },
                defines,
            });
        }
    }

    /// Adds a part of a text, if the text is written as it is.
    fn part(&self, symbol: Symbol, span: Span, text: &str, part: std::ops::Range<usize>, found: &mut Vec<Occurrence>) {
        let written = self.text_of(span);
        let Some(at) = written.find(text).filter(|at| *at <= 1) else {
            return;
        };
        let start = span.range.start as usize + at;
        found.push(Occurrence {
            symbol,
            span: Span {
                file: span.file,
                range: Range::new(start + part.start, start + part.end),
            },
            defines: false,
        });
    }
}

/// What is written in a list, and not in `components`.
fn here<'i, T>(item: &'i OrReusable<'_, T>) -> Option<&'i T> {
    match item {
        OrReusable::Here(item) => Some(item),
        OrReusable::Reusable(_) => None,
    }
}
