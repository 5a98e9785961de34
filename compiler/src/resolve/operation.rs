//! What a step calls, with which parameters and which body.

use super::invocation::Caller;
use super::value::Place;
use super::{Call, NamedApi, Request, Scope, Value};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document::{self, Location, OrReusable, Target, Text};
use crate::expression::{self, Root};
use crate::openapi::{Found, Operation, Parameter, template_names};
use crate::source::Span;

/// A parameter of a request with its value.
#[derive(Clone, Debug)]
pub struct Argument<'a> {
    /// Its name.
    pub name: String,
    /// Where its name stands.
    pub span: Span,
    /// Where it is sent.
    pub location: Location,
    /// What the operation says of it; `None` when it does not declare it.
    pub declared: Option<Parameter<'a>>,
    /// Its value.
    pub value: Value,
}

impl<'a> Scope<'a, '_> {
    pub(super) fn call(&mut self, step: &'a document::Step<'a>) -> Call<'a> {
        let (target, text) = match step.targets.as_slice() {
            [only] => *only,
            targets => {
                self.step_target(step, targets);
                return Call::Unresolved;
            }
        };
        let found = match target {
            Target::WorkflowId => return self.workflow_call(step, text),
            Target::ChannelPath => {
                self.asyncapi_unsupported(text.span());
                None
            }
            Target::OperationId => self.operation_by_id(text),
            Target::OperationPath => self.operation_by_path(text),
        };
        let Some((index, api, found)) = found else {
            self.visit_unbound(step);
            return Call::Unresolved;
        };
        for (field, span, rule) in [
            ("action", step.action, &rule::ACTION_UNEXPECTED),
            ("correlationId", step.correlation_id, &rule::CORRELATION_ID_UNEXPECTED),
        ] {
            if let Some(span) = span {
                let message = format!("`{field}` belongs to AsyncAPI steps; this one calls an HTTP operation");
                self.diagnostics
                    .push(Diagnostic::new(rule, span, message).help("remove the field"));
            }
        }
        if let (Target::OperationPath, Some(id)) = (target, found.id()) {
            self.prefer_operation_id(text, id, index);
        }
        let operation = api.read(found, self.diagnostics);
        let arguments = self.arguments(step, &operation);
        let body = self.body(step, &operation);
        Call::Operation(Box::new(Request {
            api: index,
            operation,
            arguments,
            body,
        }))
    }

    fn workflow_call(&mut self, step: &'a document::Step<'a>, id: Text<'a>) -> Call<'a> {
        if let Some(body) = &step.request_body {
            self.body_on_workflow_step(step, body.at.span());
        }
        let place = Place {
            step: Some(step),
            response: false,
        };
        match self.invocation(id, &step.parameters, Caller::Step, &place) {
            Some(invocation) => Call::Workflow(invocation),
            None => Call::Unresolved,
        }
    }

    fn body_on_workflow_step(&mut self, step: &document::Step<'a>, span: Span) {
        let message = format!(
            "step `{}` calls a workflow, which has inputs and no body",
            step.id.value
        );
        self.diagnostics.push(
            Diagnostic::new(&rule::BODY_ON_WORKFLOW_STEP, span, message).help("give its members as `parameters`"),
        );
    }

    /// Resolves the values of a step whose operation is unknown, so that their mistakes show too.
    fn visit_unbound(&mut self, step: &'a document::Step<'a>) {
        let place = Place {
            step: Some(step),
            response: false,
        };
        for parameter in &step.parameters {
            if let OrReusable::Here(parameter) = parameter {
                self.value(parameter.value, &place);
            }
        }
        if let Some(payload) = step.request_body.as_ref().and_then(|body| body.payload) {
            self.value(payload, &place);
        }
    }

    fn step_target(&mut self, step: &document::Step<'a>, targets: &[(Target, Text<'a>)]) {
        let id = step.id.value;
        let diagnostic = match targets {
            [] => Diagnostic::new(&rule::STEP_TARGET, step.id.span(), format!("step `{id}` calls nothing"))
                .help("a step has one of `operationId`, `operationPath`, `channelPath` and `workflowId`"),
            [first, second, ..] => Diagnostic::new(
                &rule::STEP_TARGET,
                second.1.span(),
                format!("step `{id}` names more than one thing to call"),
            )
            .related(first.1.span(), "the first one")
            .help("keep one of the two"),
            [_] => return,
        };
        self.diagnostics.push(diagnostic);
    }

    fn prefer_operation_id(&mut self, text: Text<'a>, id: &str, api: usize) {
        let name = self
            .apis
            .iter()
            .find(|named| named.index == api)
            .map_or("", |named| named.name);
        let written = if self.apis.len() > 1 {
            format!("$sourceDescriptions.{name}.{id}")
        } else {
            id.to_owned()
        };
        let message = "an operation that has an `operationId` is called by its path";
        self.diagnostics.push(
            Diagnostic::new(&rule::PREFER_OPERATION_ID, text.span(), message)
                .help(format!("write `operationId: {written}`")),
        );
    }

    fn asyncapi_unsupported(&mut self, span: Span) {
        let message = "steps on AsyncAPI channels are not supported; this compiler speaks HTTP";
        self.diagnostics.push(
            Diagnostic::new(&rule::ASYNCAPI_UNSUPPORTED, span, message)
                .help("expand the other workflows of the document with the option `workflows = [\"…\"]`"),
        );
    }

    fn operation_by_id(&mut self, text: Text<'a>) -> Option<(usize, crate::openapi::Api<'a>, Found<'a>)> {
        if text.value.starts_with("$sourceDescriptions.") {
            return self.qualified_operation(text);
        }
        let apis: Vec<NamedApi<'a>> = self.apis.to_vec();
        let mut matches: Vec<(NamedApi<'a>, Found<'a>)> = Vec::new();
        for named in &apis {
            let Some(api) = named.api else { continue };
            matches.extend(
                api.operations()
                    .filter(|found| found.id() == Some(text.value))
                    .map(|found| (*named, found)),
            );
        }
        if let Some((source, id)) = text.value.split_once('.')
            && matches.is_empty()
            && let Some(named) = apis.iter().find(|named| named.name == source)
            && let Some(api) = named.api
            && let Some(found) = api.operations().find(|found| found.id() == Some(id))
        {
            let message = format!("`{}` is no operationId; one `{id}` exists in `{source}`", text.value);
            self.diagnostics.push(
                Diagnostic::new(&rule::OPERATION_ID_PREFIX, text.span(), message)
                    .help(format!("write `operationId: $sourceDescriptions.{source}.{id}`")),
            );
            return Some((named.index, api, found));
        }
        let sources = self.document.sources.len() - self.units[self.unit].others.len();
        match matches.as_slice() {
            [] => {
                // What could not be read may have the operation; that it could not is reported.
                if apis.len() == sources && apis.iter().all(|named| named.api.is_some()) && !apis.is_empty() {
                    self.unknown_operation(text.value, text.span(), &apis)
                } else {
                    if self
                        .document
                        .sources
                        .iter()
                        .any(|source| matches!(source.kind, Some((document::SourceType::AsyncApi, _))))
                        && apis.iter().all(|named| named.api.is_some())
                    {
                        self.asyncapi_unsupported(text.span());
                    }
                    None
                }
            }
            [(named, found)] => {
                if sources > 1 {
                    self.unqualified_operation(text, named.name);
                }
                Some((named.index, named.api?, *found))
            }
            [first, second, ..] => {
                let message = format!("the operationId `{}` is ambiguous", text.value);
                let help = if first.0.index == second.0.index {
                    format!(
                        "write `operationPath: '{{$sourceDescriptions.{}.url}}#/paths/{}/{}'`",
                        first.0.name,
                        expression::escape(first.1.path),
                        first.1.method
                    )
                } else {
                    format!(
                        "write `operationId: $sourceDescriptions.{}.{}`",
                        first.0.name, text.value
                    )
                };
                self.diagnostics.push(
                    Diagnostic::new(&rule::AMBIGUOUS_OPERATION, text.span(), message)
                        .related(first.1.at.span(), "one operation of this id")
                        .related(second.1.at.span(), "another one")
                        .help(help),
                );
                Some((first.0.index, first.0.api?, first.1))
            }
        }
    }

    fn unqualified_operation(&mut self, text: Text<'a>, source: &str) {
        let message = format!(
            "the operationId `{}` does not say in which of the source descriptions it is",
            text.value
        );
        self.diagnostics.push(
            Diagnostic::new(&rule::UNQUALIFIED_OPERATION, text.span(), message).help(format!(
                "write `operationId: $sourceDescriptions.{source}.{}`",
                text.value
            )),
        );
    }

    fn unknown_operation(
        &mut self,
        id: &str,
        span: Span,
        apis: &[NamedApi<'a>],
    ) -> Option<(usize, crate::openapi::Api<'a>, Found<'a>)> {
        let all: Vec<(NamedApi<'a>, Found<'a>)> = apis
            .iter()
            .filter_map(|named| Some((named, named.api?)))
            .flat_map(|(named, api)| api.operations().map(move |found| (*named, found)))
            .collect();
        if let Some((named, found)) = all
            .iter()
            .find(|(_, found)| found.id().is_some_and(|known| known.eq_ignore_ascii_case(id)))
        {
            let known = found.id().unwrap_or("");
            let message = format!("no operation `{id}`; one that differs in case exists");
            self.diagnostics
                .push(Diagnostic::new(&rule::OPERATION_ID_CASE, span, message).help(format!("write `{known}`")));
            return Some((named.index, named.api?, *found));
        }
        let meant = similar(id, all.iter().filter_map(|(_, found)| found.id()));
        let names: Vec<String> = apis.iter().map(|named| format!("`{}`", named.name)).collect();
        let message = format!("no operation `{id}` in {}", names.join(", "));
        let help = match meant {
            Some(known) => format!("an operation with a similar name exists: `{known}`"),
            None => format!(
                "the description has {} operations, none of them with a similar name",
                all.len()
            ),
        };
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_OPERATION, span, message).help(help));
        let (named, found) = all.iter().find(|(_, found)| meant.is_some() && found.id() == meant)?;
        Some((named.index, named.api?, *found))
    }

    fn qualified_operation(&mut self, text: Text<'a>) -> Option<(usize, crate::openapi::Api<'a>, Found<'a>)> {
        let expression = match expression::parse(text.value) {
            Ok(expression) => expression,
            Err(error) => {
                self.expression_error(&error, text.at);
                return None;
            }
        };
        let Root::Source { source, reference } = &expression.root else {
            return None;
        };
        let Some(named) = self.apis.iter().copied().find(|named| named.name == source.text) else {
            if let Some(known) = self
                .document
                .sources
                .iter()
                .find(|known| known.name.value == source.text)
            {
                if matches!(known.kind, Some((document::SourceType::AsyncApi, _))) {
                    self.asyncapi_unsupported(text.span());
                }
            } else {
                self.unknown_source(&source.text, text.at.part(source.at.start, source.at.end));
            }
            return None;
        };
        let api = named.api?;
        let mut matches = api
            .operations()
            .filter(|found| found.id() == Some(reference.text.as_str()));
        let (first, second) = (matches.next(), matches.next());
        if let (Some(first), Some(second)) = (first, second) {
            let message = format!("the operationId `{}` stands twice in `{}`", reference.text, named.name);
            self.diagnostics.push(
                Diagnostic::new(&rule::AMBIGUOUS_OPERATION, text.span(), message)
                    .related(first.at.span(), "one operation of this id")
                    .related(second.at.span(), "another one")
                    .help(format!(
                        "write `operationPath: '{{$sourceDescriptions.{}.url}}#/paths/{}/{}'`",
                        named.name,
                        expression::escape(first.path),
                        first.method
                    )),
            );
        }
        match first {
            Some(found) => Some((named.index, api, found)),
            None => self.unknown_operation(
                &reference.text,
                text.at.part(reference.at.start, reference.at.end),
                &[named],
            ),
        }
    }

    /// `{$sourceDescriptions.NAME.url}#/paths/~1pets/get`
    fn operation_by_path(&mut self, text: Text<'a>) -> Option<(usize, crate::openapi::Api<'a>, Found<'a>)> {
        let value = text.value;
        let (named, pointer) = self.operation_path(text)?;
        let api = named.api?;
        let start = value.len() - pointer.len();
        let tokens: Vec<String> = pointer
            .strip_prefix('/')
            .unwrap_or("")
            .split('/')
            .map(|token| expression::unescape(token).unwrap_or_default())
            .collect();
        let found = match tokens.as_slice() {
            [paths, path, method] if paths == "paths" => api.operation_at(path, method),
            _ => None,
        };
        if found.is_none() {
            let message = format!("`{pointer}` leads to no operation in `{}`", named.name);
            let all: Vec<String> = api
                .operations()
                .map(|found| format!("/paths/{}/{}", expression::escape(found.path), found.method))
                .collect();
            let help = match similar(pointer, all.iter().map(String::as_str)) {
                Some(known) => format!("an operation with a similar path exists: `{known}`"),
                None => "a pointer to an operation reads `/paths/~1pets~1{id}/get`, with `~1` for each `/` of the path"
                    .to_owned(),
            };
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::OPERATION_PATH_UNRESOLVED,
                    text.at.part(start, value.len()),
                    message,
                )
                .help(help),
            );
        }
        Some((named.index, api, found?))
    }

    /// The source description and the pointer that an operation path consists of.
    fn operation_path(&mut self, text: Text<'a>) -> Option<(NamedApi<'a>, &'a str)> {
        let value = text.value;
        let inside = value.strip_prefix('{').and_then(|rest| rest.split_once('}'));
        let Some((expression, pointer)) = inside.and_then(|(inner, rest)| Some((inner, rest.strip_prefix('#')?)))
        else {
            return self.operation_path_source(text);
        };
        let parsed = match expression::parse_in(value, 1..1 + expression.len()) {
            Ok(parsed) => parsed,
            Err(error) => {
                self.expression_error(&error, text.at);
                return None;
            }
        };
        let Root::Source { source, reference } = &parsed.root else {
            self.operation_path_syntax(text);
            return None;
        };
        if reference.text != "url" {
            self.operation_path_syntax(text);
            return None;
        }
        let named = self.apis.iter().copied().find(|named| named.name == source.text);
        let known = |known: &document::SourceDescription<'a>| known.name.value == source.text;
        if named.is_none() && !self.document.sources.iter().any(known) {
            self.unknown_source(&source.text, text.at.part(source.at.start, source.at.end));
        }
        Some((named?, pointer))
    }

    /// `NAME#/paths/…` and its like, which name the source description without its URL.
    fn operation_path_source(&mut self, text: Text<'a>) -> Option<(NamedApi<'a>, &'a str)> {
        let written = text.value.split_once('#');
        let name = written.map_or("", |(source, _)| {
            let source = source.trim_matches(['{', '}']);
            let source = source.strip_prefix("$sourceDescriptions.").unwrap_or(source);
            source.strip_suffix(".url").unwrap_or(source)
        });
        let named = self.apis.iter().copied().find(|named| named.name == name);
        let (Some(named), Some((source, pointer))) = (named, written) else {
            self.operation_path_syntax(text);
            return None;
        };
        self.diagnostics.push(
            Diagnostic::new(
                &rule::OPERATION_PATH_SOURCE,
                text.span(),
                format!("`{source}` is no expression for the URL of a source description"),
            )
            .help(format!("write `'{{$sourceDescriptions.{name}.url}}#{pointer}'`")),
        );
        Some((named, pointer))
    }

    fn operation_path_syntax(&mut self, text: Text<'a>) {
        let message = format!("`{}` is no operation path", text.value);
        let name = self.apis.first().map_or("NAME", |named| named.name);
        self.diagnostics.push(
            Diagnostic::new(&rule::OPERATION_PATH_SYNTAX, text.span(), message).help(format!(
                "an operation path reads `'{{$sourceDescriptions.{name}.url}}#/paths/~1pets~1{{id}}/get'`"
            )),
        );
    }

    pub(super) fn parameter_object(
        &mut self,
        parameter: &OrReusable<'a, document::Parameter<'a>>,
    ) -> Option<document::Parameter<'a>> {
        let reusable = match parameter {
            OrReusable::Here(parameter) => return Some(parameter.clone()),
            OrReusable::Reusable(reusable) => reusable,
        };
        let name = self.component_name(reusable, "parameters")?;
        let list = &self.document.components.parameters;
        let Some((_, found)) = list.iter().find(|(entry, _)| entry.key == name) else {
            if !self.component_is_written("parameters", &name) {
                self.unknown_component(reusable, "parameters", &name, list.iter().map(|(entry, _)| entry.key));
            }
            return None;
        };
        let mut found = found.clone();
        if let Some(value) = reusable.value {
            found.value = value.value;
        }
        Some(found)
    }

    fn arguments(&mut self, step: &'a document::Step<'a>, operation: &Operation<'a>) -> Vec<Argument<'a>> {
        let place = Place {
            step: Some(step),
            response: false,
        };
        let mut arguments: Vec<Argument<'a>> = Vec::new();
        let mut own = 0;
        for (list, shared) in [(&step.parameters, false), (&self.workflow.parameters, true)] {
            for parameter in list {
                let Some(parameter) = self.parameter_object(parameter) else {
                    continue;
                };
                let Some(location) = self.location(&parameter, operation) else {
                    continue;
                };
                let same =
                    |known: &Argument<'a>| same_parameter(&known.name, known.location, parameter.name.value, location);
                if let Some(index) = arguments.iter().position(same) {
                    if !shared || index >= own {
                        let message = format!(
                            "the parameter `{}` in {} is given twice",
                            parameter.name.value,
                            location.word()
                        );
                        let first = arguments[index].span;
                        self.diagnostics.push(
                            Diagnostic::new(&rule::DUPLICATE_PARAMETER, parameter.name.span(), message)
                                .related(first, "first given here"),
                        );
                    }
                    continue;
                }
                let declared = operation
                    .parameters
                    .iter()
                    .find(|known| same_parameter(known.name, known.location, parameter.name.value, location))
                    .cloned();
                let value = self.value(parameter.value, &place);
                arguments.push(Argument {
                    name: parameter.name.value.to_owned(),
                    span: parameter.name.span(),
                    location,
                    declared,
                    value,
                });
            }
            own = arguments.len();
        }
        arguments
    }

    fn location(&mut self, parameter: &document::Parameter<'a>, operation: &Operation<'a>) -> Option<Location> {
        if let Some((location, _)) = parameter.location {
            return Some(location);
        }
        let name = parameter.name.value;
        let declared: Vec<Location> = operation
            .parameters
            .iter()
            .filter(|known| known.name == name)
            .map(|known| known.location)
            .collect();
        let message = format!("the parameter `{name}` does not say where it is sent");
        let help = match declared.first() {
            Some(location) => format!("add `in: {}`", location.word()),
            None => "add `in: path`, `in: query`, `in: header` or `in: cookie`".to_owned(),
        };
        self.diagnostics
            .push(Diagnostic::new(&rule::PARAMETER_IN_MISSING, parameter.name.span(), message).help(help));
        declared.first().copied()
    }
}

/// Header names ignore case (RFC 9110, section 5.1), all others do not.
pub(crate) fn same_parameter(left: &str, left_in: Location, right: &str, right_in: Location) -> bool {
    left_in == right_in && (left == right || (left_in == Location::Header && left.eq_ignore_ascii_case(right)))
}

/// The names that the path of an operation has in braces.
#[must_use]
pub fn path_names<'o>(operation: &'o Operation<'_>) -> Vec<&'o str> {
    template_names(operation.path)
}
