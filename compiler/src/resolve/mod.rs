//! Phase 4: names become things.
//!
//! Input: the [`Document`] and its APIs. Output: a [`Program`] in which every expression refers
//! to an input, a step's output or a part of a message, and every step to what it calls. Whatever
//! cannot be found is reported here, by a function named after its rule; where one similar name
//! exists, it is taken from there on, so that one mistake stays one error.

mod action;
mod criterion;
mod invocation;
mod operation;
mod selector;
mod value;

use crate::bundle::Bundle;
use crate::diagnostic::{Diagnostic, Diagnostics, rule, similar};
use crate::document::{self, Document, SourceType, Text};
use crate::openapi::{Api, Operation};
use crate::schema::{Schema, check_references};
use crate::source::{Cursor, Entry, Span};

pub use action::{Action, ActionKind, Destination};
pub use criterion::{Criterion, Test};
pub use invocation::Invocation;
pub(crate) use operation::same_parameter;
pub use operation::{Argument, Body, path_names};
pub use value::{JsonPiece, Reference, Segment, Source, Value, ValueKind};

/// A document whose names are resolved.
#[derive(Debug)]
pub struct Program<'a> {
    /// Its workflows in document order.
    pub workflows: Vec<Workflow<'a>>,
    /// The names of its source descriptions.
    pub sources: Vec<&'a str>,
}

/// A workflow.
#[derive(Debug)]
pub struct Workflow<'a> {
    /// As the document has it.
    pub text: &'a document::Workflow<'a>,
    /// Its inputs in schema order.
    pub inputs: Vec<Input<'a>>,
    /// Its steps in the order of the document.
    pub steps: Vec<Step<'a>>,
    /// The indices of the steps in the order in which they run.
    pub order: Vec<usize>,
    /// The indices of the workflows that must have run before.
    pub depends_on: Vec<usize>,
    /// Its outputs.
    pub outputs: Vec<Output>,
}

/// An input: a property of the inputs schema.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is declared.
    pub span: Span,
    /// Its schema; `None` where it has none that can be used.
    pub schema: Option<Schema<'a>>,
    /// Whether the caller must give it: it is listed in `required` and has no `default`.
    pub required: bool,
}

/// A step.
#[derive(Debug)]
pub struct Step<'a> {
    /// As the document has it.
    pub text: &'a document::Step<'a>,
    /// What it calls.
    pub call: Call<'a>,
    /// What must hold for it to succeed.
    pub criteria: Vec<Criterion>,
    /// What may happen next when it has succeeded; the first that applies.
    pub on_success: Vec<Action>,
    /// What may happen next when it has failed; the first that applies.
    pub on_failure: Vec<Action>,
    /// What it keeps.
    pub outputs: Vec<Output>,
    /// How long an attempt may take, in milliseconds.
    pub timeout: Option<u64>,
    /// The indices of the steps that must have succeeded before.
    pub depends_on: Vec<usize>,
}

/// What a step calls.
#[derive(Debug)]
pub enum Call<'a> {
    /// An operation of an API.
    Operation(Box<Request<'a>>),
    /// A workflow.
    Workflow(Invocation),
    /// Something that was reported.
    Unresolved,
}

/// A request to an operation.
#[derive(Debug)]
pub struct Request<'a> {
    /// The index of the source description.
    pub source: usize,
    /// The operation.
    pub operation: Operation<'a>,
    /// The values of its parameters.
    pub arguments: Vec<Argument<'a>>,
    /// Its body.
    pub body: Option<Body<'a>>,
}

/// A named output of a step or workflow.
#[derive(Debug)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Where its value stands.
    pub span: Span,
    /// Its value.
    pub value: Value,
}

/// An API that a source description names.
#[derive(Clone, Copy, Debug)]
pub struct NamedApi<'a> {
    /// The name of the source description.
    pub name: &'a str,
    /// The index of the source description.
    pub index: usize,
    /// The description; `None` where it could not be read.
    pub api: Option<Api<'a>>,
}

/// What the names of a workflow can refer to.
struct Scope<'a, 'd> {
    document: &'a Document<'a>,
    apis: &'d [NamedApi<'a>],
    workflow: &'a document::Workflow<'a>,
    inputs: Vec<Input<'a>>,
    /// The inputs of every workflow of the document.
    all_inputs: &'d [(Vec<Input<'a>>, bool)],
    /// Whether the inputs are known to be complete; if not, nothing is said of unknown ones.
    closed: bool,
    /// The workflows that must have run before.
    depends_on: Vec<usize>,
    diagnostics: &'d mut Diagnostics,
}

/// Resolves the names of a document.
pub fn resolve<'a>(document: &'a Document<'a>, bundle: &'a Bundle, diagnostics: &mut Diagnostics) -> Program<'a> {
    let apis = open_apis(document, bundle, diagnostics);
    duplicates(document, diagnostics);
    let inputs: Vec<(Vec<Input<'a>>, bool)> = document
        .workflows
        .iter()
        .map(|workflow| resolve_inputs(document, workflow, diagnostics))
        .collect();
    let workflows = (0..document.workflows.len())
        .map(|index| resolve_workflow(document, &apis, &inputs, index, diagnostics))
        .collect();
    Program {
        workflows,
        sources: document.sources.iter().map(|source| source.name.value).collect(),
    }
}

fn open_apis<'a>(document: &'a Document<'a>, bundle: &'a Bundle, diagnostics: &mut Diagnostics) -> Vec<NamedApi<'a>> {
    let described = bundle
        .documents
        .first()
        .map(|described| described.sources.as_slice())
        .unwrap_or_default();
    let entries: Vec<Cursor<'a>> = document
        .root
        .get("sourceDescriptions")
        .into_iter()
        .flat_map(Cursor::items)
        .collect();
    let mut apis = Vec::new();
    for (index, source) in document.sources.iter().enumerate() {
        match source.kind {
            Some((SourceType::AsyncApi, _)) => continue,
            Some((SourceType::Arazzo, span)) => {
                unsupported("source descriptions of type `arazzo`", span, diagnostics);
                continue;
            }
            Some((SourceType::OpenApi, _)) | None => {}
        }
        let position = entries
            .iter()
            .position(|entry| entry.get("name").and_then(Cursor::as_str) == Some(source.name.value));
        let file = position.and_then(|position| described.get(position).copied().flatten());
        let api = file
            .and_then(|file| bundle.root(file))
            .and_then(|root| Api::open(root, diagnostics));
        apis.push(NamedApi {
            name: source.name.value,
            index,
            api,
        });
    }
    apis
}

/// Says that a construct of the specification cannot be compiled yet.
fn unsupported(what: &str, span: Span, diagnostics: &mut Diagnostics) {
    diagnostics.push(Diagnostic::new(
        &rule::UNSUPPORTED,
        span,
        format!("{what} are not supported yet"),
    ));
}

fn duplicates(document: &Document<'_>, diagnostics: &mut Diagnostics) {
    let sources = document
        .sources
        .iter()
        .map(|source| (source.name.value, source.name.span()));
    report_duplicates(
        &rule::DUPLICATE_SOURCE_NAME,
        "the source description",
        sources,
        diagnostics,
    );
    let workflows = document
        .workflows
        .iter()
        .map(|workflow| (workflow.id.value, workflow.id.span()));
    report_duplicates(&rule::DUPLICATE_WORKFLOW_ID, "the workflow", workflows, diagnostics);
    for workflow in &document.workflows {
        let steps = workflow.steps.iter().map(|step| (step.id.value, step.id.span()));
        report_duplicates(&rule::DUPLICATE_STEP_ID, "the step", steps, diagnostics);
        let depends = workflow.depends_on.iter().map(|text| (text.value, text.span()));
        report_duplicates(&rule::DUPLICATE_DEPENDS_ON, "the dependency", depends, diagnostics);
        for step in &workflow.steps {
            let depends = step.depends_on.iter().map(|text| (text.value, text.span()));
            report_duplicates(&rule::DUPLICATE_DEPENDS_ON, "the dependency", depends, diagnostics);
        }
    }
}

fn report_duplicates<'a>(
    rule: &'static rule::Rule,
    what: &str,
    names: impl Iterator<Item = (&'a str, Span)>,
    diagnostics: &mut Diagnostics,
) {
    let mut seen: Vec<(&str, Span)> = Vec::new();
    for (name, span) in names {
        if let Some((_, first)) = seen.iter().find(|(known, _)| *known == name) {
            let message = format!("{what} `{name}` is defined twice");
            diagnostics.push(Diagnostic::new(rule, span, message).related(*first, "first defined here"));
        } else {
            seen.push((name, span));
        }
    }
}

fn resolve_workflow<'a>(
    document: &'a Document<'a>,
    apis: &[NamedApi<'a>],
    all_inputs: &[(Vec<Input<'a>>, bool)],
    index: usize,
    diagnostics: &mut Diagnostics,
) -> Workflow<'a> {
    let workflow = &document.workflows[index];
    let (inputs, closed) = all_inputs[index].clone();
    let mut scope = Scope {
        document,
        apis,
        workflow,
        inputs,
        all_inputs,
        closed,
        depends_on: Vec::new(),
        diagnostics,
    };
    scope.depends_on = workflow
        .depends_on
        .iter()
        .filter_map(|id| scope.find_workflow(*id))
        .collect();
    let steps: Vec<Step<'a>> = workflow.steps.iter().map(|step| scope.step(step)).collect();
    let outputs = scope.outputs(&workflow.outputs, None);
    let order = scope.order(&steps);
    Workflow {
        text: workflow,
        inputs: scope.inputs,
        steps,
        order,
        depends_on: scope.depends_on,
        outputs,
    }
}

/// Names between back-ticks, separated by commas.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The inputs, and whether there can be no others.
fn resolve_inputs<'a>(
    document: &'a Document<'a>,
    workflow: &'a document::Workflow<'a>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Input<'a>>, bool) {
    let Some(at) = workflow.inputs else {
        return (Vec::new(), true);
    };
    if !at.is_object() {
        let message = format!("`inputs` is a JSON Schema of type object, found {}", at.kind());
        diagnostics.push(Diagnostic::new(&rule::INVALID_INPUTS_SCHEMA, at.span(), message));
        return (Vec::new(), false);
    }
    let before = diagnostics.count();
    check_references(at, document.root, &rule::INPUTS_REF_UNRESOLVED, diagnostics);
    let Ok(schema) = Schema::within(at, document.root, at) else {
        return (Vec::new(), false);
    };
    let types = schema.types();
    if !types.is_empty() && !types.allows(crate::schema::Type::Object) {
        let message = format!("`inputs` must describe an object, found {}", types.words());
        diagnostics.push(Diagnostic::new(&rule::INVALID_INPUTS_SCHEMA, at.span(), message));
        return (Vec::new(), false);
    }
    let mut inputs = Vec::new();
    for (name, span, at) in schema.properties() {
        let schema_of = Schema::within(at, document.root, schema.resource)
            .ok()
            .filter(|schema| schema.at.is_object());
        let default = schema_of.is_some_and(|schema| schema.at.get("default").is_some());
        inputs.push(Input {
            name,
            span,
            schema: schema_of,
            required: schema.requires(name) && !default,
        });
    }
    for item in schema.required() {
        required_input_undeclared(item, &inputs, diagnostics);
    }
    (inputs, before == diagnostics.count())
}

fn required_input_undeclared(item: Cursor<'_>, inputs: &[Input<'_>], diagnostics: &mut Diagnostics) {
    let Some(name) = item.as_str() else {
        let message = format!("`required` lists names of properties, found {}", item.kind());
        diagnostics.push(Diagnostic::new(&rule::INVALID_INPUTS_SCHEMA, item.span(), message));
        return;
    };
    if inputs.iter().all(|input| input.name != name) {
        let message = format!("`required` lists `{name}`, which is not among the properties");
        let meant = similar(name, inputs.iter().map(|input| input.name));
        diagnostics.push(
            Diagnostic::new(&rule::REQUIRED_INPUT_UNDECLARED, item.span(), message).help(meant.map_or_else(
                || format!("declare it: `properties: {{ {name}: {{ type: string }} }}`"),
                |name| format!("an input with a similar name exists: `{name}`"),
            )),
        );
    }
}

impl<'a> Scope<'a, '_> {
    fn step(&mut self, step: &'a document::Step<'a>) -> Step<'a> {
        let depends_on = step
            .depends_on
            .iter()
            .filter_map(|id| self.step_dependency(*id))
            .collect();
        let call = self.call(step);
        let place = value::Place {
            step: Some(step),
            response: true,
        };
        let criteria = step
            .success_criteria
            .iter()
            .map(|criterion| self.criterion(criterion, &place))
            .collect();
        let on_success = self.actions(&step.on_success, &self.workflow.success_actions, true, &place);
        let on_failure = self.actions(&step.on_failure, &self.workflow.failure_actions, false, &place);
        let outputs = match &call {
            Call::Workflow(invocation) if step.outputs.is_empty() => self.adopted_outputs(invocation.target, step),
            _ => self.outputs(&step.outputs, Some(&place)),
        };
        let timeout = step.timeout.map(|(milliseconds, _)| milliseconds);
        Step {
            text: step,
            criteria,
            on_success,
            on_failure,
            outputs,
            timeout,
            depends_on,
            call,
        }
    }

    fn outputs(&mut self, entries: &[Entry<'a>], place: Option<&value::Place<'a>>) -> Vec<Output> {
        let nowhere = value::Place {
            step: None,
            response: false,
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
        if at
            .as_str()
            .is_some_and(|text| !crate::expression::looks_like_expression(text))
        {
            let text = at.as_str().unwrap_or("");
            let mut diagnostic = Diagnostic::new(
                &rule::EXPRESSION_SYNTAX,
                at.span(),
                "an output is a runtime expression, found other text",
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
            let message = format!("an output is a runtime expression, found {}", at.kind());
            self.diagnostics
                .push(Diagnostic::new(&rule::WRONG_TYPE, at.span(), message));
            return Value {
                span: at.span(),
                kind: ValueKind::Invalid,
            };
        }
        if at.is_object() && !self.is_selector(at) {
            let message = "an output is a runtime expression or a Selector Object, found another object";
            let mut diagnostic = Diagnostic::new(&rule::WRONG_TYPE, at.span(), message);
            if at.get("selector").is_some() && self.document.version < document::Version::V1_1 {
                diagnostic = diagnostic.help("Selector Objects belong to Arazzo 1.1: write `arazzo: 1.1.0`");
            }
            self.diagnostics.push(diagnostic);
            return Value {
                span: at.span(),
                kind: ValueKind::Invalid,
            };
        }
        self.value(at, place)
    }

    /// A step that calls a workflow and declares no outputs has those of the workflow.
    fn adopted_outputs(&self, target: usize, step: &document::Step<'a>) -> Vec<Output> {
        let span = step.id.span();
        let outputs = self
            .document
            .workflows
            .get(target)
            .map(|workflow| workflow.outputs.as_slice())
            .unwrap_or_default();
        outputs
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

    /// The names of the outputs of a step.
    fn output_names(&self, step: usize) -> Vec<&'a str> {
        let Some(step) = self.workflow.steps.get(step) else {
            return Vec::new();
        };
        let called = step
            .targets
            .iter()
            .find(|(target, _)| *target == document::Target::WorkflowId);
        let own = &step.outputs;
        let adopted = called.filter(|_| own.is_empty()).and_then(|(_, id)| {
            self.document
                .workflows
                .iter()
                .find(|workflow| workflow.id.value == id.value)
                .map(|workflow| &workflow.outputs)
        });
        adopted.unwrap_or(own).iter().map(|entry| entry.key).collect()
    }

    /// A step that must have succeeded before, of this workflow.
    fn step_dependency(&mut self, id: Text<'a>) -> Option<usize> {
        if id.value.starts_with('$') {
            unsupported("dependencies on steps of other workflows", id.span(), self.diagnostics);
            return None;
        }
        self.find_step(id)
    }

    /// A stable topological order of the steps by `dependsOn`.
    fn order(&mut self, steps: &[Step<'a>]) -> Vec<usize> {
        let mut order: Vec<usize> = Vec::with_capacity(steps.len());
        while order.len() < steps.len() {
            let ready = (0..steps.len()).find(|index| {
                !order.contains(index) && steps[*index].depends_on.iter().all(|needed| order.contains(needed))
            });
            let Some(next) = ready else {
                let stuck: Vec<usize> = (0..steps.len()).filter(|index| !order.contains(index)).collect();
                self.step_cycle(&stuck);
                order.extend(stuck);
                return order;
            };
            order.push(next);
        }
        order
    }

    fn step_cycle(&mut self, stuck: &[usize]) {
        let Some(step) = stuck.first().and_then(|index| self.workflow.steps.get(*index)) else {
            return;
        };
        let Some(text) = step.depends_on.first() else { return };
        let names = listed(
            stuck
                .iter()
                .filter_map(|index| Some(self.workflow.steps.get(*index)?.id.value)),
        );
        let message = format!("the steps {names} wait for each other by `dependsOn`");
        self.diagnostics
            .push(Diagnostic::new(&rule::STEP_CYCLE, text.span(), message).help("remove one of the dependencies"));
    }

    fn find_step(&mut self, id: Text<'_>) -> Option<usize> {
        let steps = &self.workflow.steps;
        if let Some(index) = steps.iter().position(|step| step.id.value == id.value) {
            return Some(index);
        }
        self.unknown_step(id.value, id.span())
    }

    /// Reports a step that does not exist; a similar one is taken instead.
    fn unknown_step(&mut self, id: &str, span: Span) -> Option<usize> {
        let steps = &self.workflow.steps;
        let meant = similar(id, steps.iter().map(|step| step.id.value));
        let help = match meant {
            Some(name) => format!("a step with a similar name exists: `{name}`"),
            None => format!(
                "the steps are {}",
                steps
                    .iter()
                    .map(|step| format!("`{}`", step.id.value))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        let message = format!("no step `{id}` in workflow `{}`", self.workflow.id.value);
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_STEP, span, message).help(help));
        meant.and_then(|name| steps.iter().position(|step| step.id.value == name))
    }
}
