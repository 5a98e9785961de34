//! What an expression can go on with.

use super::completion::{Completion, Kind, List, members};
use super::hover::described;
use super::{Owner, View, summary};
use crate::asyncapi::Message;
use crate::program::{Act, Source};
use crate::source::Cursor;
use crate::syntax::expression::unescape;
use crate::typing::Shape;

impl<'a> View<'_, 'a> {
    /// Returns what can follow an expression that is written up to the cursor.
    pub(super) fn expressions(&self, token: &str, offset: usize, owner: Owner) -> Vec<Completion> {
        if let Some((value, pointer)) = token.split_once('#') {
            return self.pointers(value, pointer, offset, owner);
        }
        let parts: Vec<&str> = token.split('.').collect();
        let (typed, before) = parts
            .split_last()
            .map_or(("", &[][..]), |(last, before)| (*last, before));
        let mut list = List::new(offset, typed);
        match before {
            [] => self.roots(owner, &mut list),
            ["$inputs"] => self.inputs(owner, &mut list),
            ["$steps"] => self.steps(owner, &mut list),
            ["$steps", _] => list.words(&["outputs"]),
            ["$steps", id, "outputs"] => self.outputs(id, owner, &mut list),
            ["$workflows"] => {
                for workflow in &self.program.workflows {
                    list.add(workflow.text.id.value, Kind::Name, "");
                }
            }
            ["$workflows", _] => list.words(&["inputs", "outputs"]),
            ["$workflows", id, part] => self.of_workflow(id, part, &mut list),
            ["$response"] => list.words(&["body", "header"]),
            ["$message"] => list.words(&["payload", "header"]),
            ["$request"] => list.words(&["body", "header", "path", "query"]),
            ["$response" | "$message", "header"] => self.headers(owner, &mut list),
            ["$sourceDescriptions"] => {
                for source in self.document(owner).into_iter().flat_map(|document| &document.sources) {
                    list.add(source.name.value, Kind::Name, source.url.value);
                }
            }
            ["$sourceDescriptions", name] => self.of_source(name, owner, &mut list),
            ["$components"] => list.words(&["inputs", "parameters", "successActions", "failureActions"]),
            ["$components", part] => {
                let components = self
                    .document(owner)
                    .and_then(|document| document.root.get("components"));
                let part = components.and_then(|at| at.get(part));
                for entry in part.into_iter().flat_map(Cursor::members) {
                    list.add(entry.key, Kind::Name, "");
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

    fn inputs(&self, owner: Owner, list: &mut List) {
        for input in self.workflow(owner).into_iter().flat_map(|workflow| &workflow.inputs) {
            let shape = input.schema.map(|schema| described(Shape::Schema(schema)));
            list.add(input.name, Kind::Value, shape.unwrap_or_default());
        }
    }

    fn steps(&self, owner: Owner, list: &mut List) {
        for step in self.workflow(owner).into_iter().flat_map(|workflow| &workflow.steps) {
            let target = step.text.targets.first().map_or("", |(_, text)| text.value);
            list.add(step.text.id.value, Kind::Name, target);
        }
    }

    fn outputs(&self, id: &str, owner: Owner, list: &mut List) {
        let (Some(index), Some(workflow)) = (owner.workflow, self.workflow(owner)) else {
            return;
        };
        let mut steps = workflow.steps.iter().enumerate();
        let Some((step, named)) = steps.find(|(_, step)| step.text.id.value == id) else {
            return;
        };
        let typing = self.typing(index);
        for (output, known) in named.outputs.iter().enumerate() {
            let shape = typing.source(&Source::StepOutput { step, output }, owner.step).shape;
            list.add(known.name.as_str(), Kind::Value, described(shape));
        }
    }

    fn of_workflow(&self, id: &str, part: &str, list: &mut List) {
        let mut named = self.program.workflows.iter();
        let Some(target) = named.find(|workflow| workflow.text.id.value == id) else {
            return;
        };
        if part == "inputs" {
            target
                .inputs
                .iter()
                .for_each(|input| list.add(input.name, Kind::Value, ""));
        } else {
            let outputs = target.outputs.iter();
            outputs.for_each(|output| list.add(output.name.as_str(), Kind::Value, ""));
        }
    }

    /// The headers of the responses or messages of a step.
    fn headers(&self, owner: Owner, list: &mut List) {
        let act = self.step(owner).map(|step| &step.act);
        if let Some(Act::Channel(exchange)) = act {
            for name in exchange.messages.iter().flat_map(Message::header_names) {
                list.add(name, Kind::Value, "");
            }
            return;
        }
        let responses = act
            .and_then(Act::request)
            .into_iter()
            .flat_map(|request| &request.operation.responses);
        for (name, schema) in responses.flat_map(|response| &response.headers) {
            let shape = schema.map(|schema| described(Shape::Schema(schema)));
            list.add(*name, Kind::Value, shape.unwrap_or_default());
        }
    }

    fn of_source(&self, name: &str, owner: Owner, list: &mut List) {
        list.words(&["url"]);
        let apis = self.document(owner).map(|document| self.apis(document));
        let named = apis.unwrap_or_default().into_iter().filter(|(known, _)| *known == name);
        for found in named.flat_map(|(_, api)| api.operations()) {
            if let Some(id) = found.id() {
                list.add(id, Kind::Operation, summary(&found));
            }
        }
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
            ["$inputs", name] => {
                let mut inputs = workflow.inputs.iter();
                inputs.position(|input| input.name == *name).map(Source::Input)
            }
            ["$steps", id, "outputs", name] => {
                let step = workflow.steps.iter().position(|step| step.text.id.value == *id);
                step.and_then(|step| {
                    let mut outputs = workflow.steps[step].outputs.iter();
                    let output = outputs.position(|output| output.name == *name)?;
                    Some(Source::StepOutput { step, output })
                })
            }
            _ => None,
        };
        let shape = source.map(|source| typing.source(&source, owner.step).shape);
        shape.into_iter().collect()
    }
}
