//! What can be written at a place.

use super::cursor::{Cursor, Writing};
use super::hover::described;
use super::{Owner, View, fields, summary};
use crate::program::{Act, Source, path_names};
use crate::schema::{Schema, Type, Walk};
use crate::source::FileId;
use crate::syntax::expression::{escape, unescape};
use crate::typing::Shape;

/// Something that can be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown, and replaces the text from `start` to the cursor.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// A type or a short text.
    pub detail: String,
    /// The byte offset of what is replaced.
    pub start: usize,
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A field of an object.
    Field,
    /// A word that a field can have.
    Word,
    /// An operation or a channel.
    Operation,
    /// A step, a workflow or a source description.
    Name,
    /// A value that an expression can read.
    Value,
}

/// The completions of one place, which replace the same text.
struct List {
    start: usize,
    typed: String,
    found: Vec<Completion>,
}

impl List {
    fn new(offset: usize, typed: &str) -> Self {
        Self {
            start: offset - typed.len(),
            typed: typed.to_owned(),
            found: Vec::new(),
        }
    }

    /// Adds what begins with what is typed, whatever its case.
    fn add(&mut self, label: impl Into<String>, kind: Kind, detail: impl Into<String>) {
        let label = label.into();
        let begins = label.to_lowercase().starts_with(&self.typed.to_lowercase());
        if begins && self.found.iter().all(|known| known.label != label) {
            self.found.push(Completion {
                label,
                kind,
                detail: detail.into(),
                start: self.start,
            });
        }
    }
}

impl<'a> View<'_, 'a> {
    /// Returns what can be written at a byte offset of a document's text, which may be newer than the one that was compiled.
    #[must_use]
    pub fn complete(&self, file: FileId, text: &str, offset: usize) -> Vec<Completion> {
        let cursor = Cursor::at(text, offset);
        let owner = self.owner(file, offset);
        match &cursor.writing {
            Writing::Expression(token) => {
                let mut found = self.expressions(token, offset, owner);
                if let (Some(last), Writing::Expression(_)) = (cursor.path.last(), &cursor.writing) {
                    // Messages and responses are not there before a request is built.
                    let early = ["parameters", "requestBody", "payload"].contains(&last.as_str());
                    found.retain(|known| !(early && known.label.starts_with("$response")));
                }
                found
            }
            Writing::Key(typed) => self.keys(&cursor, typed, offset, owner),
            Writing::Value { key, start } => self.values(&cursor, key, start, offset, owner),
        }
    }

    fn keys(&self, cursor: &Cursor, typed: &str, offset: usize, owner: Owner) -> Vec<Completion> {
        let mut list = List::new(offset, typed);
        let last = cursor.path.last().map_or("", String::as_str);
        if last == "dependsOn" {
            self.names(last, cursor, owner, &mut list);
            return list.found;
        }
        for (name, what) in fields::fields(&cursor.path) {
            list.add(name, Kind::Field, what);
        }
        if let Some(place) = cursor.path.iter().position(|key| key == "payload") {
            let body = self
                .step(owner)
                .and_then(|step| step.act.request()?.operation.body.as_ref());
            let schemas = body
                .into_iter()
                .flat_map(|body| &body.media)
                .filter_map(|media| media.schema);
            for schema in schemas {
                members(schema, &cursor.path[place + 1..], &mut list, Kind::Field);
            }
        }
        list.found
    }

    fn values(&self, cursor: &Cursor, key: &str, start: &str, offset: usize, owner: Owner) -> Vec<Completion> {
        let mut list = List::new(offset, start);
        for word in fields::words(&cursor.path, key) {
            list.add(*word, Kind::Word, "");
        }
        let request = self.step(owner).and_then(|step| step.act.request());
        let in_parameters = cursor.path.last().is_some_and(|last| last == "parameters");
        match key {
            "operationId" => self.operations(owner, &mut list),
            "workflowId" | "stepId" | "dependsOn" => self.names(key, cursor, owner, &mut list),
            "name" if in_parameters => {
                if let Some(request) = request {
                    for parameter in &request.operation.parameters {
                        let need = if parameter.required { ", required" } else { "" };
                        let shape = parameter.schema.map(|schema| described(Shape::Schema(schema)));
                        let detail = format!("{}{need} {}", parameter.location.word(), shape.unwrap_or_default());
                        list.add(parameter.name, Kind::Field, detail.trim());
                    }
                    for name in path_names(&request.operation) {
                        list.add(name, Kind::Field, "path, required");
                    }
                }
                if let Some(Act::Workflow(call)) = self.step(owner).map(|step| &step.act) {
                    let inputs = self.program.workflows.get(call.target).map(|target| &target.inputs);
                    for input in inputs.into_iter().flatten() {
                        let shape = input.schema.map(|schema| described(Shape::Schema(schema)));
                        list.add(input.name, Kind::Field, shape.unwrap_or_default());
                    }
                }
            }
            "contentType" => {
                let body = request.and_then(|request| request.operation.body.as_ref());
                for media in body.into_iter().flat_map(|body| &body.media) {
                    list.add(media.name, Kind::Word, "");
                }
            }
            _ => {}
        }
        list.found
    }

    /// The operations of all source descriptions, with the name of the description where there are several.
    fn operations(&self, owner: Owner, list: &mut List) {
        let Some(document) = self.document(owner) else { return };
        let apis = self.apis(document);
        for (name, api) in &apis {
            for found in api.operations() {
                let Some(id) = found.id() else { continue };
                let label = if document.sources.len() > 1 {
                    format!("$sourceDescriptions.{name}.{id}")
                } else {
                    id.to_owned()
                };
                let detail = format!("{} {}  {}", found.method.to_uppercase(), found.path, summary(&found));
                list.add(label, Kind::Operation, detail.trim_end());
            }
        }
    }

    /// The ids of workflows or steps.
    fn names(&self, key: &str, cursor: &Cursor, owner: Owner, list: &mut List) {
        let in_step = cursor.path.get(1).is_some_and(|key| key == "steps");
        let own = self.workflow(owner).map(|workflow| workflow.text);
        if key == "workflowId" || (key == "dependsOn" && !in_step) {
            let all = self.documents.iter().flatten().next().into_iter();
            for workflow in all.flat_map(|document| &document.workflows) {
                let summary = workflow.summary.map_or("", |summary| summary.value);
                list.add(workflow.id.value, Kind::Name, summary);
            }
            return;
        }
        for step in own.into_iter().flat_map(|workflow| &workflow.steps) {
            let target = step.targets.first().map_or("", |(_, text)| text.value);
            list.add(step.id.value, Kind::Name, target);
        }
    }

    fn expressions(&self, token: &str, offset: usize, owner: Owner) -> Vec<Completion> {
        if let Some((value, pointer)) = token.split_once('#') {
            return self.pointers(value, pointer, offset, owner);
        }
        let parts: Vec<&str> = token.split('.').collect();
        let (typed, before) = parts
            .split_last()
            .map_or(("", &[][..]), |(last, before)| (*last, before));
        let mut list = List::new(offset, typed);
        let workflow = self.workflow(owner);
        match before {
            [] => self.roots(owner, &mut list),
            ["$inputs"] => {
                for input in workflow.into_iter().flat_map(|workflow| &workflow.inputs) {
                    let shape = input.schema.map(|schema| described(Shape::Schema(schema)));
                    list.add(input.name, Kind::Value, shape.unwrap_or_default());
                }
            }
            ["$steps"] => {
                for step in workflow.into_iter().flat_map(|workflow| &workflow.steps) {
                    let target = step.text.targets.first().map_or("", |(_, text)| text.value);
                    list.add(step.text.id.value, Kind::Name, target);
                }
            }
            ["$steps", _] => list.add("outputs", Kind::Word, ""),
            ["$steps", id, "outputs"] => {
                let Some(workflow) = workflow else { return Vec::new() };
                let Some(index) = workflow.steps.iter().position(|step| step.text.id.value == *id) else {
                    return Vec::new();
                };
                let typing = self.typing(owner.workflow.unwrap_or_default());
                for (number, output) in workflow.steps[index].outputs.iter().enumerate() {
                    let known = typing.source(
                        &Source::StepOutput {
                            step: index,
                            output: number,
                        },
                        owner.step,
                    );
                    list.add(output.name.as_str(), Kind::Value, described(known.shape));
                }
            }
            ["$workflows"] => {
                for workflow in &self.program.workflows {
                    list.add(workflow.text.id.value, Kind::Name, "");
                }
            }
            ["$workflows", _] => ["inputs", "outputs"]
                .map(|word| list.add(word, Kind::Word, ""))
                .into_iter()
                .collect(),
            ["$workflows", id, part] => {
                let mut named = self.program.workflows.iter();
                let Some(target) = named.find(|workflow| workflow.text.id.value == *id) else {
                    return Vec::new();
                };
                if *part == "inputs" {
                    target
                        .inputs
                        .iter()
                        .for_each(|input| list.add(input.name, Kind::Value, ""));
                } else {
                    target
                        .outputs
                        .iter()
                        .for_each(|output| list.add(output.name.as_str(), Kind::Value, ""));
                }
            }
            ["$response"] => ["body", "header"]
                .map(|word| list.add(word, Kind::Word, ""))
                .into_iter()
                .collect(),
            ["$message"] => ["payload", "header"]
                .map(|word| list.add(word, Kind::Word, ""))
                .into_iter()
                .collect(),
            ["$request"] => ["body", "header", "path", "query"]
                .map(|word| list.add(word, Kind::Word, ""))
                .into_iter()
                .collect(),
            ["$response", "header"] => {
                let request = self.step(owner).and_then(|step| step.act.request());
                let responses = request.into_iter().flat_map(|request| &request.operation.responses);
                for (name, schema) in responses.flat_map(|response| &response.headers) {
                    let shape = schema.map(|schema| described(Shape::Schema(schema)));
                    list.add(*name, Kind::Value, shape.unwrap_or_default());
                }
            }
            ["$message", "header"] => {
                if let Some(Act::Channel(exchange)) = self.step(owner).map(|step| &step.act) {
                    for name in exchange
                        .messages
                        .iter()
                        .flat_map(crate::asyncapi::Message::header_names)
                    {
                        list.add(name, Kind::Value, "");
                    }
                }
            }
            ["$sourceDescriptions"] => {
                for source in self.document(owner).into_iter().flat_map(|document| &document.sources) {
                    list.add(source.name.value, Kind::Name, source.url.value);
                }
            }
            ["$sourceDescriptions", name] => {
                list.add("url", Kind::Word, "");
                let apis = self
                    .document(owner)
                    .map(|document| self.apis(document))
                    .unwrap_or_default();
                for (_, api) in apis.iter().filter(|(known, _)| known == name) {
                    for found in api.operations() {
                        if let Some(id) = found.id() {
                            list.add(id, Kind::Operation, summary(&found));
                        }
                    }
                }
            }
            ["$components"] => ["inputs", "parameters", "successActions", "failureActions"]
                .map(|word| list.add(word, Kind::Word, ""))
                .into_iter()
                .collect(),
            ["$components", part] => {
                if let Some(document) = self.document(owner) {
                    let part = document.root.get("components").and_then(|at| at.get(part));
                    for entry in part.into_iter().flat_map(crate::source::Cursor::members) {
                        list.add(entry.key, Kind::Name, "");
                    }
                }
            }
            _ => {}
        }
        list.found
    }

    fn roots(&self, owner: Owner, list: &mut List) {
        list.add("$inputs", Kind::Value, "the inputs of the workflow");
        list.add("$steps", Kind::Value, "the outputs of steps");
        if let Some(Act::Channel(_)) = self.step(owner).map(|step| &step.act) {
            list.add("$message", Kind::Value, "the message");
        } else {
            list.add("$response", Kind::Value, "the response");
            list.add("$request", Kind::Value, "the request");
            list.add("$statusCode", Kind::Value, "integer");
            list.add("$url", Kind::Value, "string");
            list.add("$method", Kind::Value, "string");
        }
        list.add("$workflows", Kind::Value, "inputs and outputs of workflows");
        list.add("$sourceDescriptions", Kind::Value, "the source descriptions");
        list.add("$components", Kind::Value, "shared parts of the document");
    }

    /// Members below a pointer, which is written up to the cursor.
    fn pointers(&self, value: &str, pointer: &str, offset: usize, owner: Owner) -> Vec<Completion> {
        let (before, typed) = pointer.rsplit_once('/').unwrap_or(("", pointer));
        let mut list = List::new(offset, typed);
        let path: Vec<String> = before.split('/').skip(1).filter_map(unescape).collect();
        for shape in self.shapes(value, owner) {
            if let Shape::Schema(schema) = shape {
                members(schema, &path, &mut list, Kind::Value);
            }
        }
        if !pointer.starts_with('/') {
            // The pointer begins with a slash.
            for known in &mut list.found {
                known.label.insert(0, '/');
            }
        }
        list.found
    }

    /// The shapes of the value of an expression without a pointer.
    fn shapes(&self, value: &str, owner: Owner) -> Vec<Shape<'a>> {
        let (Some(index), Some(workflow)) = (owner.workflow, self.workflow(owner)) else {
            return Vec::new();
        };
        let typing = self.typing(index);
        let source = match value.split('.').collect::<Vec<_>>().as_slice() {
            ["$response", "body"] => return typing.bodies(owner.step),
            ["$message", "payload"] => return typing.payloads(owner.step),
            ["$inputs", name] => workflow
                .inputs
                .iter()
                .position(|input| input.name == *name)
                .map(Source::Input),
            ["$steps", id, "outputs", name] => {
                let step = workflow.steps.iter().position(|step| step.text.id.value == *id);
                step.and_then(|step| {
                    let output = workflow.steps[step]
                        .outputs
                        .iter()
                        .position(|output| output.name == *name)?;
                    Some(Source::StepOutput { step, output })
                })
            }
            _ => None,
        };
        source
            .map(|source| typing.source(&source, owner.step).shape)
            .into_iter()
            .collect()
    }
}

/// Adds the members of what a path leads to in a schema.
fn members(schema: Schema<'_>, path: &[String], list: &mut List, kind: Kind) {
    let Walk::Found { schema, .. } = schema.walk(path.iter().map(String::as_str)) else {
        return;
    };
    if schema.types().single() == Some(Type::Array) && kind == Kind::Value {
        list.add("0", kind, "the first item");
        return;
    }
    let mut all = vec![schema];
    all.extend(schema.alternatives());
    for schema in all {
        for (name, ..) in schema.properties() {
            let shape = schema.property(name).map(|property| described(Shape::Schema(property)));
            let name = if kind == Kind::Value {
                escape(name)
            } else {
                name.to_owned()
            };
            list.add(name, kind, shape.unwrap_or_default());
        }
    }
}
