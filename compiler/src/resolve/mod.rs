//! Phase 4: names become things.
//!
//! Input: the [`Document`] and its APIs. Output: a [`Program`] in which every expression refers
//! to an input, a step's output or a part of a message, and every step to what it calls. Whatever
//! cannot be found is reported here, by a function named after its rule; where one similar name
//! exists, it is taken from there on, so that one mistake stays one error.

mod action;
mod body;
#[cfg(any(feature = "jsonpath", feature = "xpath"))]
mod complexity;
mod criterion;
mod invocation;
mod lookalike;
mod operation;
mod query;
mod reference;
mod selector;
mod value;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::bundle::{Bundle, Opened};
use crate::diagnostic::{Diagnostic, Diagnostics, rule, similar};
use crate::document::{self, Document, SourceType, Text};
use crate::openapi::{Api, Found};
use crate::schema::{Schema, check_references};
use crate::source::{Cursor, Entry, FileId, Span};

use crate::program::{
    Act, Action, ActionKind, ApiName, Argument, Body, Criterion, Destination, Elsewhere, Engine, Input, Invocation,
    JsonPiece, Output, Payload, Program, Query, QueryPiece, Reference, ReplacementTarget, Request, Segment, Selection,
    Source, Step, Test, Value, ValueKind, Workflow, same_parameter, step_references,
};

/// An API that a source description names.
#[derive(Clone, Debug)]
pub struct NamedApi<'a> {
    /// The name of the source description.
    pub name: &'a str,
    /// The index of the API.
    pub index: usize,
    /// The description; `None` where it could not be read.
    pub api: Option<Api<'a>>,
    /// Its operations with their ids, listed when the first is looked for.
    listed: Rc<OnceCell<Vec<Listed<'a>>>>,
}

/// An operation with its `operationId`.
type Listed<'a> = (Option<&'a str>, Found<'a>);

impl<'a> NamedApi<'a> {
    /// All operations in file order.
    fn operations(&self) -> &[Listed<'a>] {
        self.listed.get_or_init(|| {
            let all = self.api.into_iter().flat_map(Api::operations);
            all.map(|found| (found.id(), found)).collect()
        })
    }

    /// The operations of an id: one, unless the description is wrong.
    fn operations_of(&self, id: &str) -> impl Iterator<Item = Found<'a>> {
        let of_id = move |(known, _): &&Listed<'a>| *known == Some(id);
        self.operations().iter().filter(of_id).map(|(_, found)| *found)
    }
}

/// A document and what its source descriptions lead to.
struct Unit<'a> {
    document: &'a Document<'a>,
    /// The names of the source descriptions that lead to it.
    names: &'a [String],
    /// The index of its first workflow among those of all documents.
    first: usize,
    apis: Vec<NamedApi<'a>>,
    /// The source descriptions of type `arazzo` and the indices of their documents.
    others: Vec<(&'a str, Option<usize>)>,
}

/// What the names of a workflow can refer to.
struct Scope<'a, 'd> {
    document: &'a Document<'a>,
    apis: &'d [NamedApi<'a>],
    units: &'d [Unit<'a>],
    /// The index of the document.
    unit: usize,
    workflow: &'a document::Workflow<'a>,
    inputs: Vec<Input<'a>>,
    /// The inputs of every workflow of all documents.
    all_inputs: &'d [(Vec<Input<'a>>, bool)],
    /// Whether the inputs are known to be complete; if not, nothing is said of unknown ones.
    closed: bool,
    /// The workflows that must have run before.
    depends_on: Vec<usize>,
    diagnostics: &'d mut Diagnostics,
}

/// Resolves the names of documents; the first is the one that was asked for. One that could not be
/// read is `None`.
pub fn resolve<'a>(
    documents: &'a [Option<Document<'a>>],
    bundle: &'a Bundle,
    diagnostics: &mut Diagnostics,
) -> Program<'a> {
    let mut apis = Vec::new();
    let units = units(documents, bundle, &mut apis, diagnostics);
    let mut inputs: Vec<(Vec<Input<'a>>, bool)> = Vec::new();
    duplicates_between(&units, &apis, diagnostics);
    for unit in &units {
        duplicates(unit.document, diagnostics);
        for workflow in &unit.document.workflows {
            inputs.push(resolve_inputs(workflow, diagnostics));
        }
    }
    let mut workflows = Vec::new();
    for unit in 0..units.len() {
        for index in 0..units[unit].document.workflows.len() {
            workflows.push(resolve_workflow(&units, unit, &inputs, index, diagnostics));
        }
    }
    Program { workflows, apis }
}

fn units<'a>(
    documents: &'a [Option<Document<'a>>],
    bundle: &'a Bundle,
    names: &mut Vec<ApiName>,
    diagnostics: &mut Diagnostics,
) -> Vec<Unit<'a>> {
    let read: Vec<usize> = (0..documents.len())
        .filter(|index| documents[*index].is_some())
        .collect();
    let mut units = Vec::new();
    let mut listings: Vec<(FileId, Rc<OnceCell<Vec<Listed<'a>>>>)> = Vec::new();
    let mut first = 0;
    for &index in &read {
        let (Some(document), Some(described)) = (&documents[index], bundle.documents.get(index)) else {
            continue;
        };
        let entries: Vec<Cursor<'a>> = document
            .root
            .get("sourceDescriptions")
            .into_iter()
            .flat_map(Cursor::items)
            .collect();
        let (mut apis, mut others) = (Vec::new(), Vec::new());
        for source in &document.sources {
            let name = source.name.value;
            let position = entries
                .iter()
                .position(|entry| entry.get("name").and_then(Cursor::as_str) == Some(name));
            let opened = position.and_then(|position| described.sources.get(position).copied());
            match (source.kind, opened.unwrap_or(Opened::Nothing)) {
                (Some((SourceType::AsyncApi, _)), _) => {}
                (Some((SourceType::Arazzo, _)), Opened::Nothing | Opened::Api(_)) => others.push((name, None)),
                (_, Opened::Document(other)) => {
                    others.push((name, read.iter().position(|known| *known == other)));
                }
                (_, opened) => {
                    let file = match opened {
                        Opened::Api(file) => Some(file),
                        _ => None,
                    };
                    let api = file
                        .and_then(|file| bundle.root(file))
                        .and_then(|root| Api::open(root, diagnostics));
                    let same = file.and_then(|file| listings.iter().find(|(known, _)| *known == file));
                    let listed = same.map_or_else(Rc::default, |(_, listed)| Rc::clone(listed));
                    listings.extend(file.map(|file| (file, Rc::clone(&listed))));
                    apis.push(NamedApi {
                        name,
                        index: names.len(),
                        api,
                        listed,
                    });
                    names.push(ApiName {
                        document: units.len(),
                        name: name.to_owned(),
                        client: client_name(name, file, &described.names, names),
                        file,
                    });
                }
            }
        }
        let count = document.workflows.len();
        units.push(Unit {
            document,
            names: &described.names,
            first,
            apis,
            others,
        });
        first += count;
    }
    units
}

/// An API is known by the name of its source description; where another document gives the same
/// name to another file, by the names that lead to it.
fn client_name(name: &str, file: Option<FileId>, path: &[String], known: &[ApiName]) -> String {
    let taken = known.iter().any(|other| other.client == name && other.file != file);
    if taken && !path.is_empty() {
        format!("{}.{name}", path.join("."))
    } else {
        name.to_owned()
    }
}

/// Says that a construct of the specification cannot be compiled yet.
fn unsupported(what: &str, span: Span, diagnostics: &mut Diagnostics) {
    diagnostics.push(Diagnostic::new(
        &rule::UNSUPPORTED,
        span,
        format!("{what} are not supported yet"),
    ));
}

/// What two documents that are compiled together have both: workflows become functions beside each other, and the
/// client knows APIs by their names.
fn duplicates_between(units: &[Unit<'_>], apis: &[ApiName], diagnostics: &mut Diagnostics) {
    let asked = || units.iter().enumerate().filter(|(_, unit)| unit.names.is_empty());
    if asked().count() < 2 {
        return;
    }
    let mut workflows: BTreeMap<&str, (usize, Span)> = BTreeMap::new();
    let mut sources: BTreeMap<&str, (Option<FileId>, Span)> = BTreeMap::new();
    for (index, unit) in asked() {
        for workflow in &unit.document.workflows {
            let (id, span) = (workflow.id.value, workflow.id.span());
            let (first_unit, first) = *workflows.entry(id).or_insert((index, span));
            if first_unit != index {
                let message = format!("workflow `{id}` is defined in two documents of one macro call");
                diagnostics.push(
                    Diagnostic::new(&rule::DUPLICATE_WORKFLOW_ID, span, message)
                        .related(first, "first defined here")
                        .help("rename one of them, or compile the documents in two macro calls"),
                );
            }
        }
        for source in &unit.document.sources {
            let (name, span) = (source.name.value, source.name.span());
            let mut named = apis.iter().filter(|api| api.document == index && api.name == name);
            let Some(api) = named.next() else { continue };
            let (file, first) = *sources.entry(name).or_insert((api.file, span));
            if file != api.file {
                let message = format!("source description `{name}` is another file in two documents of one macro call");
                diagnostics.push(
                    Diagnostic::new(&rule::DUPLICATE_SOURCE_NAME, span, message)
                        .related(first, "first used here")
                        .help("rename one of them, or compile the documents in two macro calls"),
                );
            }
        }
    }
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
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (name, span) in names {
        if let Some(first) = seen.get(name) {
            let message = format!("{what} `{name}` is defined twice");
            diagnostics.push(Diagnostic::new(rule, span, message).related(*first, "first defined here"));
        } else {
            seen.insert(name, span);
        }
    }
}

fn resolve_workflow<'a>(
    units: &[Unit<'a>],
    unit: usize,
    all_inputs: &[(Vec<Input<'a>>, bool)],
    index: usize,
    diagnostics: &mut Diagnostics,
) -> Workflow<'a> {
    let of = &units[unit];
    let workflow = &of.document.workflows[index];
    let (inputs, closed) = all_inputs[of.first + index].clone();
    let mut scope = Scope {
        document: of.document,
        apis: &of.apis,
        units,
        unit,
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
    let mut resolved = Workflow {
        text: workflow,
        document: unit,
        names: of.names.to_vec(),
        inputs: std::mem::take(&mut scope.inputs),
        steps,
        order: Vec::new(),
        depends_on: std::mem::take(&mut scope.depends_on),
        outputs,
    };
    resolved.order = scope.order(&resolved);
    resolved
}

/// A stable topological order; if there is none, those that are free and those that wait for each
/// other.
fn topological(needed: &[Vec<usize>]) -> Result<Vec<usize>, (Vec<usize>, Vec<usize>)> {
    let mut order: Vec<usize> = Vec::with_capacity(needed.len());
    let mut placed = vec![false; needed.len()];
    while order.len() < needed.len() {
        let waiting = || (0..needed.len()).filter(|index| !placed[*index]);
        let ready = waiting().find(|index| needed[*index].iter().all(|needed| placed[*needed]));
        let Some(next) = ready else {
            let stuck = waiting().collect();
            return Err((order, stuck));
        };
        placed[next] = true;
        order.push(next);
    }
    Ok(order)
}

/// Names between back-ticks, separated by commas.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The inputs, and whether there can be no others.
fn resolve_inputs<'a>(workflow: &'a document::Workflow<'a>, diagnostics: &mut Diagnostics) -> (Vec<Input<'a>>, bool) {
    let Some(at) = workflow.inputs else {
        return (Vec::new(), true);
    };
    if !at.is_object() {
        let message = format!("`inputs` is a JSON Schema of type object, found {}", at.kind());
        diagnostics.push(
            Diagnostic::new(&rule::INVALID_INPUTS_SCHEMA, at.span(), message)
                .help("an input is a property of it: `{ type: object, properties: { title: { type: string } } }`"),
        );
        return (Vec::new(), false);
    }
    let before = diagnostics.count();
    check_references(at, &rule::INPUTS_REF_UNRESOLVED, diagnostics);
    let Ok(schema) = Schema::within(at, at) else {
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
        let schema_of = Schema::within(at, schema.resource)
            .ok()
            .filter(|schema| schema.at.is_object());
        let default = schema_of.is_some_and(|schema| schema.default_value().is_some());
        inputs.push(Input {
            name,
            span,
            at,
            schema: schema_of,
            required: schema.requires(name) && !default,
        });
    }
    unchecked_root(schema, diagnostics);
    for item in schema.required() {
        required_input_undeclared(item, &inputs, diagnostics);
    }
    (inputs, before == diagnostics.count())
}

/// Keywords about the inputs together, which nothing checks.
fn unchecked_root(schema: Schema<'_>, diagnostics: &mut Diagnostics) {
    let keywords = [
        "anyOf",
        "dependentRequired",
        "dependentSchemas",
        "if",
        "maxProperties",
        "minProperties",
        "not",
        "oneOf",
        "patternProperties",
        "propertyNames",
    ];
    for part in schema.parts() {
        for entry in part.at.members().filter(|entry| keywords.contains(&entry.key)) {
            let message = format!("`{}` of the inputs as a whole is not checked", entry.key);
            diagnostics.push(
                Diagnostic::new(&rule::CONSTRAINT_UNCHECKED, entry.key_span, message)
                    .help("only the schemas of single inputs are checked"),
            );
        }
    }
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
        let (mut depends_on, mut depends_elsewhere) = (Vec::new(), Vec::new());
        for id in &step.depends_on {
            if id.value.starts_with('$') {
                depends_elsewhere.extend(self.step_elsewhere(*id));
            } else {
                depends_on.extend(self.find_step(*id));
            }
        }
        let act = self.act(step);
        let place = value::Place {
            step: Some(step),
            response: true,
            failure: false,
        };
        let criteria = step
            .success_criteria
            .iter()
            .map(|criterion| self.criterion(criterion, &place))
            .collect();
        let on_success = self.actions(&step.on_success, &self.workflow.success_actions, true, &place);
        let failed = value::Place { failure: true, ..place };
        let on_failure = self.actions(&step.on_failure, &self.workflow.failure_actions, false, &failed);
        let outputs = match &act {
            Act::Workflow(invocation) if step.outputs.is_empty() => self.adopted_outputs(invocation.target, step),
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
            depends_elsewhere,
            act,
        }
    }

    fn outputs(&mut self, entries: &[Entry<'a>], place: Option<&value::Place<'a>>) -> Vec<Output> {
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
            .filter(|text| crate::expression::looks_like_expression(text))
        {
            let kind = match crate::expression::parse(text) {
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
            let target = self.workflow_named(id.value).ok()?;
            self.workflow_at(target).map(|workflow| &workflow.outputs)
        });
        adopted.unwrap_or(own).iter().map(|entry| entry.key).collect()
    }

    /// A step of another workflow: `$workflows.W.steps.S` or `$sourceDescriptions.D.W.steps.S`.
    fn step_elsewhere(&mut self, text: Text<'a>) -> Option<Elsewhere<'a>> {
        let value = text.value;
        let Some((owner, step)) = value.split_once(".steps.") else {
            let message = format!("`{value}` names no step");
            self.diagnostics.push(
                Diagnostic::new(&rule::EXPRESSION_SYNTAX, text.span(), message).help(
                    "a step of this workflow is named by its id alone, one of another workflow by `$workflows.WORKFLOW.steps.STEP`, one of another document by `$sourceDescriptions.NAME.WORKFLOW.steps.STEP`",
                ),
            );
            return None;
        };
        let workflow = self.find_workflow_in(owner.strip_prefix("$workflows.").unwrap_or(owner), text)?;
        let steps = &self.workflow_at(workflow)?.steps;
        let found = steps.iter().position(|known| known.id.value == step);
        if found.is_none() {
            let id = self.workflow_at(workflow)?.id.value;
            let names = || steps.iter().map(|step| step.id.value);
            let help = match similar(step, names()) {
                Some(name) => format!("a step with a similar name exists: `{name}`"),
                None => format!("the steps are {}", listed(names())),
            };
            let span = text.at.part(value.len() - step.len(), value.len());
            let message = format!("no step `{step}` in workflow `{id}`");
            self.diagnostics
                .push(Diagnostic::new(&rule::UNKNOWN_STEP, span, message).help(help));
        }
        Some(Elsewhere {
            workflow,
            step: found?,
            text,
        })
    }

    /// A stable topological order of the steps by `dependsOn` and, where a workflow uses it, by the
    /// outputs that steps read (Arazzo 1.1.0, "Step Dependencies and Execution Order").
    fn order(&mut self, workflow: &Workflow<'a>) -> Vec<usize> {
        let explicit: Vec<Vec<usize>> = workflow.steps.iter().map(|step| step.depends_on.clone()).collect();
        if explicit.iter().all(Vec::is_empty) {
            return (0..explicit.len()).collect();
        }
        let mut all = explicit.clone();
        for (index, needed) in all.iter_mut().enumerate() {
            for (reference, _) in step_references(workflow, index) {
                match reference.source {
                    Source::StepOutput { step, .. } if step != index => needed.push(step),
                    _ => {}
                }
            }
        }
        // Steps in a loop read outputs of each other; then only what is said explicitly counts.
        topological(&all)
            .or_else(|_| topological(&explicit))
            .unwrap_or_else(|(order, stuck)| {
                self.step_cycle(&stuck);
                [order, stuck].concat()
            })
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
