//! What a step calls, with which parameters and which body.

use super::invocation::Caller;
use super::value::Place;
use super::{Act, Argument, NamedApi, Request, Scope, same_parameter};
use crate::diagnostic::{Diagnostic, Diagnostics, rule, similar};
use crate::document::{self, Location, OrReusable, Target, Text};
use crate::expression::{self, Root};
use crate::openapi::{Api, Found, Operation};
use crate::program::path_names;
use crate::schema::BrokenReference;
use crate::source::{Span, percent_decode};

/// How many references to operations that cannot be resolved are reported where an operation is not
/// found.
const BROKEN: usize = 3;

impl<'a> Scope<'a, '_> {
    pub(super) fn act(&mut self, step: &'a document::Step<'a>) -> Act<'a> {
        let (target, text) = match step.targets.as_slice() {
            [only] => *only,
            targets => {
                self.step_target(step, targets);
                return Act::Unresolved;
            }
        };
        let found = match target {
            Target::WorkflowId => {
                self.channel_fields(step, "a workflow");
                return self.workflow_call(step, text);
            }
            Target::ChannelPath => {
                self.asyncapi_unsupported(text.span());
                None
            }
            Target::OperationId => self.operation_by_id(text),
            Target::OperationPath => self.operation_by_path(text),
        };
        let Some((index, api, found)) = found else {
            self.visit_unbound(step);
            return Act::Unresolved;
        };
        self.channel_fields(step, "an HTTP operation");
        if let (Target::OperationPath, Some(id)) = (target, found.id()) {
            self.prefer_operation_id(text, id, index);
        }
        let operation = api.read(found, self.diagnostics);
        let (arguments, complete) = self.arguments(step, &operation);
        let body = self.body(step, &operation);
        Act::Http(Box::new(Request {
            api: index,
            operation,
            arguments,
            complete,
            body,
        }))
    }

    /// Fields that belong to a step on a channel, on a step that calls something else.
    fn channel_fields(&mut self, step: &document::Step<'a>, calls: &str) {
        for (field, span, rule) in [
            ("action", step.action, &rule::ACTION_UNEXPECTED),
            ("correlationId", step.correlation_id, &rule::CORRELATION_ID_UNEXPECTED),
        ] {
            if let Some(span) = span {
                let message = format!("`{field}` belongs to AsyncAPI steps; this one calls {calls}");
                self.diagnostics
                    .push(Diagnostic::new(rule, span, message).help("remove the field"));
            }
        }
    }

    fn workflow_call(&mut self, step: &'a document::Step<'a>, id: Text<'a>) -> Act<'a> {
        if let Some(body) = &step.request_body {
            self.body_on_workflow_step(step, body.at.span());
        }
        let place = Place {
            step: Some(step),
            response: false,
            failure: false,
        };
        match self.invocation(id, &step.parameters, Caller::Step, &place) {
            Some(invocation) => Act::Workflow(invocation),
            None => Act::Unresolved,
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
            failure: false,
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
                format!("step `{id}` has both `{}` and `{}`", first.0.field(), second.0.field()),
            )
            .related(first.1.span(), format!("the `{}`", first.0.field()))
            .help(format!("keep `{}` or `{}`", first.0.field(), second.0.field())),
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

    fn operation_by_id(&mut self, text: Text<'a>) -> Option<(usize, Api<'a>, Found<'a>)> {
        if text.value.starts_with("$sourceDescriptions.") {
            return self.qualified_operation(text);
        }
        let apis: Vec<NamedApi<'a>> = self.apis.to_vec();
        let mut matches: Vec<(NamedApi<'a>, Found<'a>)> = Vec::new();
        for named in &apis {
            matches.extend(named.operations_of(text.value).map(|found| (named.clone(), found)));
        }
        if let Some((source, id)) = text.value.split_once('.')
            && matches.is_empty()
            && let Some(named) = apis.iter().find(|named| named.name == source)
            && let Some(api) = named.api
            && let Some(found) = named.operations_of(id).next()
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
                let channels = |source: &document::SourceDescription<'_>| {
                    matches!(source.kind, Some((document::SourceType::AsyncApi, _)))
                };
                // What could not be read may have the operation; that it could not is reported.
                if apis.iter().any(|named| named.api.is_none()) {
                    None
                } else if self.document.sources.iter().any(channels) {
                    self.asyncapi_unsupported(text.span());
                    None
                } else if apis.is_empty() {
                    self.no_operations(text, text.value, text.span());
                    None
                } else {
                    self.unknown_operation(text.value, text.span(), &apis)
                }
            }
            [(named, found)] => {
                if sources > 1 {
                    self.unqualified_operation(text, named.name);
                }
                Some((named.index, named.api?, *found))
            }
            [first, second, ..] => {
                let same = first.0.index == second.0.index;
                let (rule, message) = if same {
                    let message = format!("the operationId `{}` appears twice in `{}`", text.value, first.0.name);
                    (&rule::DUPLICATE_OPERATION_ID, message)
                } else {
                    let message = format!("the operationId `{}` is ambiguous", text.value);
                    (&rule::AMBIGUOUS_OPERATION, message)
                };
                let help = if same {
                    format!(
                        "write `operationPath: '{{$sourceDescriptions.{}.url}}#{}'`",
                        first.0.name,
                        first.1.pointer()
                    )
                } else {
                    format!(
                        "write `operationId: $sourceDescriptions.{}.{}`",
                        first.0.name, text.value
                    )
                };
                self.diagnostics.push(
                    Diagnostic::new(rule, text.span(), message)
                        .related(first.1.at.span(), "one operation of this id")
                        .related(second.1.at.span(), "another one")
                        .help(help),
                );
                Some((first.0.index, first.0.api?, first.1))
            }
        }
    }

    /// The source descriptions that are meant are Arazzo documents. One that could not be read has been
    /// reported.
    fn no_operations(&mut self, text: Text<'a>, id: &str, span: Span) {
        let others = &self.units[self.unit].others;
        if others.iter().any(|(_, document)| document.is_none()) {
            return;
        }
        let workflow = others.iter().find_map(|(name, document)| {
            let mut workflows = self.units[(*document)?].document.workflows.iter();
            workflows.find(|workflow| workflow.id.value == id).map(|_| *name)
        });
        let message = format!(
            "no operation `{}`: Arazzo documents have workflows, not operations",
            text.value
        );
        let help = match workflow {
            Some(name) => format!("write `workflowId: $sourceDescriptions.{name}.{id}`"),
            None => "add the source description of the API that has the operation".to_owned(),
        };
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_OPERATION, span, message).help(help));
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

    fn unknown_operation<'n>(
        &mut self,
        id: &str,
        span: Span,
        apis: &'n [NamedApi<'a>],
    ) -> Option<(usize, Api<'a>, Found<'a>)> {
        let of_api = |named: &'n NamedApi<'a>| named.operations().iter().map(move |(id, found)| (named, *id, *found));
        let all: Vec<(&NamedApi<'a>, Option<&'a str>, Found<'a>)> = apis.iter().flat_map(of_api).collect();
        if let Some((named, Some(known), found)) = all
            .iter()
            .find(|(_, known, _)| known.is_some_and(|known| known.eq_ignore_ascii_case(id)))
        {
            let message = format!("no operation `{id}`; one that differs in case exists");
            self.diagnostics
                .push(Diagnostic::new(&rule::OPERATION_ID_CASE, span, message).help(format!("write `{known}`")));
            return Some((named.index, named.api?, *found));
        }
        let meant = similar(id, all.iter().filter_map(|(_, known, _)| *known));
        let broken = apis.iter().filter_map(|named| named.api).flat_map(Api::broken);
        for broken in broken.take(BROKEN) {
            self.diagnostics.push(broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED));
        }
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
        let (named, _, found) = all.iter().find(|(_, known, _)| meant.is_some() && *known == meant)?;
        Some((named.index, named.api?, *found))
    }

    fn qualified_operation(&mut self, text: Text<'a>) -> Option<(usize, Api<'a>, Found<'a>)> {
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
        let Some(named) = self.apis.iter().find(|named| named.name == source.text).cloned() else {
            if let Some(known) = self
                .document
                .sources
                .iter()
                .find(|known| known.name.value == source.text)
            {
                if matches!(known.kind, Some((document::SourceType::AsyncApi, _))) {
                    self.asyncapi_unsupported(text.span());
                } else {
                    let span = text.at.part(source.at.start, source.at.end);
                    self.no_operations(text, &reference.text, span);
                }
            } else {
                self.unknown_source(&source.text, text.at.part(source.at.start, source.at.end));
            }
            return None;
        };
        let api = named.api?;
        let mut matches = named.operations_of(&reference.text);
        let (first, second) = (matches.next(), matches.next());
        if let (Some(first), Some(second)) = (first, second) {
            let message = format!("the operationId `{}` appears twice in `{}`", reference.text, named.name);
            self.diagnostics.push(
                Diagnostic::new(&rule::DUPLICATE_OPERATION_ID, text.span(), message)
                    .related(first.at.span(), "one operation of this id")
                    .related(second.at.span(), "another one")
                    .help(format!(
                        "write `operationPath: '{{$sourceDescriptions.{}.url}}#{}'`",
                        named.name,
                        first.pointer()
                    )),
            );
        }
        match first {
            Some(found) => Some((named.index, api, found)),
            None => self.unknown_operation(
                &reference.text,
                text.at.part(reference.at.start, reference.at.end),
                std::slice::from_ref(&named),
            ),
        }
    }

    /// `{$sourceDescriptions.NAME.url}#/paths/~1pets/get`
    fn operation_by_path(&mut self, text: Text<'a>) -> Option<(usize, Api<'a>, Found<'a>)> {
        let value = text.value;
        let (named, pointer) = self.operation_path(text)?;
        let api = named.api?;
        let start = value.len() - pointer.len();
        // Behind `#` a JSON Pointer is percent-encoded (RFC 6901, section 6); a path that has such
        // triplets itself is found as it is written.
        let mut found = operation_by_pointer(api, pointer, self.diagnostics);
        if matches!(found, Ok(None)) && pointer.contains('%') {
            found = operation_by_pointer(api, &percent_decode(pointer), self.diagnostics);
        }
        let found = match found {
            Ok(found) => found,
            Err(broken) => {
                self.diagnostics.push(
                    broken
                        .diagnostic(&rule::OPERATION_PATH_UNRESOLVED)
                        .related(text.span(), "the operation path that needs it"),
                );
                return None;
            }
        };
        if found.is_none() {
            let message = format!("`{pointer}` leads to no operation in `{}`", named.name);
            let all: Vec<String> = named.operations().iter().map(|(_, found)| found.pointer()).collect();
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
        let named = self.apis.iter().find(|named| named.name == source.text).cloned();
        let known = |known: &document::SourceDescription<'a>| known.name.value == source.text;
        if named.is_none() {
            let span = text.at.part(source.at.start, source.at.end);
            match self.document.sources.iter().find(|source| known(source)) {
                None => self.unknown_source(&source.text, span),
                Some(known) if matches!(known.kind, Some((document::SourceType::AsyncApi, _))) => {
                    self.asyncapi_unsupported(text.span());
                }
                Some(_) => self.no_operations(text, pointer, span),
            }
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
        let named = self.apis.iter().find(|named| named.name == name).cloned();
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

    /// The values of the parameters, and whether all could be read.
    fn arguments(&mut self, step: &'a document::Step<'a>, operation: &Operation<'a>) -> (Vec<Argument<'a>>, bool) {
        let place = Place {
            step: Some(step),
            response: false,
            failure: false,
        };
        let mut arguments: Vec<Argument<'a>> = Vec::new();
        let mut own = 0;
        let mut complete = true;
        for (list, shared) in [(&step.parameters, false), (&self.workflow.parameters, true)] {
            for parameter in list {
                let Some(parameter) = self.parameter_object(parameter) else {
                    complete = false;
                    continue;
                };
                self.literal_braces(parameter.name.value, parameter.name.span(), "the name of a parameter");
                let Some(location) = self.location(&parameter, operation) else {
                    complete = false;
                    continue;
                };
                let name = parameter.name.value;
                let is_content_type = location == Location::Header && name.eq_ignore_ascii_case("content-type");
                let has_payload = step.request_body.as_ref().is_some_and(|body| body.payload.is_some());
                // With a body it is the content type of the body, unless it is computed.
                let literal = parameter.value.as_str().is_some_and(|text| !text.contains('$'));
                if is_content_type && has_payload && literal {
                    continue;
                }
                if location == Location::Path && shared && !path_names(operation).contains(&name) {
                    self.shared_parameter_without_place(parameter.name, step, operation);
                    continue;
                }
                let meant = self.path_name_meant(parameter.name, location, step, operation);
                let name = meant.unwrap_or(name);
                let same = |known: &Argument<'a>| same_parameter(&known.name, known.location, name, location);
                if let Some(index) = arguments.iter().position(same) {
                    if !shared || index >= own {
                        let message = format!("the parameter `{name}` in {} is given twice", location.word());
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
                    .find(|known| same_parameter(known.name, known.location, name, location))
                    .cloned();
                let value = self.value(parameter.value, &place);
                arguments.push(Argument {
                    name: name.to_owned(),
                    span: parameter.name.span(),
                    location,
                    declared,
                    value,
                });
            }
            own = arguments.len();
        }
        (arguments, complete)
    }

    /// The place in the path that a parameter was meant for whose name has none: the one with a similar
    /// name that nothing else is given for, where the user says to read it so.
    fn path_name_meant<'o>(
        &mut self,
        name: Text<'a>,
        location: Location,
        step: &document::Step<'a>,
        operation: &Operation<'o>,
    ) -> Option<&'o str> {
        let names = crate::path_template::names(operation.path);
        if location != Location::Path
            || names.contains(&name.value)
            || self.diagnostics.denies(&rule::UNKNOWN_PATH_PARAMETER)
        {
            return None;
        }
        let given: Vec<&str> = step
            .parameters
            .iter()
            .filter_map(|parameter| Some(self.parameter_object(parameter)?.name.value))
            .collect();
        let is_letter = |letter: char| letter.is_alphanumeric() || "_-.".contains(letter);
        let open = names
            .into_iter()
            .filter(|wanted| !given.contains(wanted) && wanted.chars().all(is_letter));
        let meant = similar(name.value, open)?;
        let message = format!("unknown path parameter `{}`; it is sent as `{meant}`", name.value);
        self.diagnostics.push(
            Diagnostic::new(&rule::UNKNOWN_PATH_PARAMETER, name.span(), message).help(format!("write `{meant}`")),
        );
        Some(meant)
    }

    /// A parameter of the workflow that the path of an operation has no place for: it is for others.
    fn shared_parameter_without_place(&mut self, name: Text<'a>, step: &document::Step<'a>, operation: &Operation<'a>) {
        let message = format!(
            "the path parameter `{}` is left out in step `{}`: `{}` has no place for it",
            name.value, step.id.value, operation.path
        );
        self.diagnostics.push(
            Diagnostic::new(&rule::UNKNOWN_PARAMETER, name.span(), message)
                .help("give the parameter in the steps that need it"),
        );
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
        if parameter.says_location {
            return declared.first().copied();
        }
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

fn operation_by_pointer<'a>(
    api: Api<'a>,
    pointer: &str,
    diagnostics: &mut Diagnostics,
) -> Result<Option<Found<'a>>, BrokenReference<'a>> {
    let tokens = pointer.strip_prefix('/').unwrap_or("").split('/');
    let tokens: Vec<String> = tokens
        .map(|token| expression::unescape(token).unwrap_or_default())
        .collect();
    match tokens.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["paths", path, "additionalOperations", method] => api.operation_at(path, method, true, diagnostics),
        ["paths", path, method] => api.operation_at(path, method, false, diagnostics),
        _ => Ok(None),
    }
}
