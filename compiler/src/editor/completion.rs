//! What can be written at a place.

use super::cursor::{Cursor, Writing};
use super::hover::described;
use super::{Owner, View, fields, summary};
use crate::program::{Act, path_names};
use crate::schema::{Schema, Type, Walk};
use crate::source::FileId;
use crate::syntax::expression::escape;
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
pub(super) struct List {
    start: usize,
    typed: String,
    pub(super) found: Vec<Completion>,
}

impl List {
    pub(super) fn new(offset: usize, typed: &str) -> Self {
        Self {
            start: offset - typed.len(),
            typed: typed.to_owned(),
            found: Vec::new(),
        }
    }

    /// Adds what begins with what is typed, whatever its case.
    pub(super) fn add(&mut self, label: impl Into<String>, kind: Kind, detail: impl Into<String>) {
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

    /// Adds words of the grammar.
    pub(super) fn words(&mut self, words: &[&str]) {
        for word in words {
            self.add(*word, Kind::Word, "");
        }
    }
}

impl View<'_, '_> {
    /// Returns what can be written at a byte offset of a document's text, which may be newer than the one that was compiled.
    #[must_use]
    pub fn complete(&self, file: FileId, text: &str, offset: usize) -> Vec<Completion> {
        let cursor = Cursor::at(text, offset);
        let owner = self.owner(file, offset);
        match &cursor.writing {
            Writing::Expression(token) => {
                let mut found = self.expressions(token, offset, owner);
                // The response is not there when the request is built.
                let early = cursor
                    .path
                    .iter()
                    .any(|key| key == "parameters" || key == "requestBody");
                found.retain(|known| !(early && known.label == "$response"));
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
        list.words(fields::words(&cursor.path, key));
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
}

/// Adds the members of what a path leads to in a schema.
pub(super) fn members(schema: Schema<'_>, path: &[String], list: &mut List, kind: Kind) {
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
