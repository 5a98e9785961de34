//! Rules about what a step sends and expects.

use crate::condition::Operator;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Location;
use crate::openapi::Operation;
use crate::resolve::{ActionKind, Argument, Body, Call, Payload, Source, Step, Test, Value, ValueKind};
use crate::schema::{Schema, Type, Types};
use crate::typing::{Shape, Typing};

fn parts<'s, 'a>(step: &'s Step<'a>) -> Option<(&'s Operation<'a>, &'s [Argument<'a>], Option<&'s Body<'a>>)> {
    match &step.call {
        Call::Operation(request) => Some((&request.operation, &request.arguments, request.body.as_ref())),
        Call::Workflow(_) | Call::Unresolved => None,
    }
}

fn name(operation: &Operation<'_>) -> String {
    match operation.id {
        Some(id) => format!("`{id}`"),
        None => format!("`{} {}`", operation.method, operation.path),
    }
}

/// Headers that a description may list but that OpenAPI says to ignore (Parameter Object, `name`).
fn is_reserved_header(parameter: &str) -> bool {
    ["accept", "content-type", "authorization"]
        .iter()
        .any(|reserved| parameter.eq_ignore_ascii_case(reserved))
}

pub(super) fn parameter_required(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, arguments, _)) = parts(step) else {
        return;
    };
    let given = |wanted: &str, location| {
        arguments
            .iter()
            .any(|argument| crate::resolve::same_parameter(&argument.name, argument.location, wanted, location))
    };
    let report = |wanted: &str, location: Location, declared, diagnostics: &mut Diagnostics| {
        let message = format!(
            "step `{}` does not give the parameter `{wanted}` that {} requires in its {}",
            step.text.id.value,
            name(operation),
            location.word()
        );
        let at = step
            .text
            .targets
            .first()
            .map_or(step.text.id.span(), |(_, text)| text.span());
        let mut diagnostic = Diagnostic::new(&rule::PARAMETER_REQUIRED, at, message);
        if let Some(span) = declared {
            diagnostic = diagnostic.related(span, "declared here");
        }
        diagnostics.push(diagnostic.help(format!(
            "add to `parameters`: `{{ name: {wanted}, in: {}, value: … }}`",
            location.word()
        )));
    };
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        let reserved = parameter.location == Location::Header && is_reserved_header(parameter.name);
        if !reserved && !given(parameter.name, parameter.location) {
            report(parameter.name, parameter.location, Some(parameter.span), diagnostics);
        }
    }
    for wanted in crate::resolve::path_names(operation) {
        let declared = operation
            .parameters
            .iter()
            .any(|parameter| parameter.location == Location::Path && parameter.name == wanted);
        if !declared && !given(wanted, Location::Path) {
            report(wanted, Location::Path, None, diagnostics);
        }
    }
}

pub(super) fn unknown_parameter(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, arguments, _)) = parts(step) else {
        return;
    };
    for argument in arguments.iter().filter(|argument| argument.declared.is_none()) {
        let in_template = argument.location == Location::Path
            && crate::resolve::path_names(operation).contains(&argument.name.as_str());
        let reserved = argument.location == Location::Header && is_reserved_header(&argument.name);
        if in_template || reserved || argument.location == Location::Cookie && operation.parameters.is_empty() {
            continue;
        }
        let elsewhere = operation.parameters.iter().find(|known| known.name == argument.name);
        let similar = crate::diagnostic::similar(&argument.name, operation.parameters.iter().map(|known| known.name));
        let message = format!(
            "{} declares no parameter `{}` in its {}",
            name(operation),
            argument.name,
            argument.location.word()
        );
        let help = match (elsewhere, similar) {
            (Some(known), _) => Some(format!(
                "it declares one in its {}: write `in: {}`",
                known.location.word(),
                known.location.word()
            )),
            (None, Some(known)) => Some(format!("a parameter with a similar name exists: `{known}`")),
            (None, None) => None,
        };
        // A path parameter that the template has no place for cannot be sent at all.
        let rule = if argument.location == Location::Path {
            &rule::UNKNOWN_PATH_PARAMETER
        } else {
            &rule::UNKNOWN_PARAMETER
        };
        diagnostics.push(Diagnostic::new(rule, argument.span, message).help_if(help));
    }
}

pub(super) fn querystring_with_query(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((_, arguments, _)) = parts(step) else { return };
    let of = |location| arguments.iter().find(move |argument| argument.location == location);
    if let (Some(whole), Some(part)) = (of(Location::QueryString), of(Location::Query)) {
        let message = "a step gives either the whole query or its parameters, not both";
        diagnostics.push(
            Diagnostic::new(&rule::QUERYSTRING_WITH_QUERY, part.span, message).related(whole.span, "the whole query"),
        );
    }
}

pub(super) fn body_required(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, _, _)) = parts(step) else { return };
    if operation.body.as_ref().is_some_and(|body| body.required)
        && step
            .text
            .request_body
            .as_ref()
            .is_none_or(|body| body.payload.is_none())
    {
        let message = format!(
            "step `{}` sends no body, but {} requires one",
            step.text.id.value,
            name(operation)
        );
        let at = step
            .text
            .targets
            .first()
            .map_or(step.text.id.span(), |(_, text)| text.span());
        diagnostics.push(Diagnostic::new(&rule::BODY_REQUIRED, at, message).help("add `requestBody: { payload: … }`"));
    }
}

pub(super) fn body_not_accepted(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, _, _)) = parts(step) else { return };
    let Some(body) = &step.text.request_body else { return };
    if operation.body.is_none()
        && matches!(
            operation.method.as_str(),
            "GET" | "HEAD" | "DELETE" | "OPTIONS" | "TRACE"
        )
    {
        let message = format!(
            "{} declares no body, and a {} request has none by its meaning",
            name(operation),
            operation.method
        );
        diagnostics.push(
            Diagnostic::new(&rule::BODY_NOT_ACCEPTED, body.at.span(), message)
                .help("remove `requestBody`, or send its members as parameters"),
        );
    }
}

fn members(payload: &Value) -> Option<&[(String, Value)]> {
    match &payload.kind {
        ValueKind::Object(members) => Some(members),
        _ => None,
    }
}

pub(super) fn payload_member_required(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, _, Some(body))) = parts(step) else {
        return;
    };
    let (Some(schema), Some(members)) = (body.schema, members(&body.payload)) else {
        return;
    };
    if step
        .text
        .request_body
        .as_ref()
        .is_some_and(|body| !body.replacements.is_empty())
    {
        return;
    }
    for required in schema.required() {
        let Some(wanted) = required.as_str() else { continue };
        let read_only = schema
            .property(wanted)
            .is_some_and(|property| property.flag("readOnly"));
        if !read_only && !members.iter().any(|(name, _)| name == wanted) {
            let message = format!(
                "the payload has no member `{wanted}`, which {} requires",
                name(operation)
            );
            diagnostics.push(
                Diagnostic::new(&rule::PAYLOAD_MEMBER_REQUIRED, body.payload.span, message)
                    .related(required.span(), "required here")
                    .help(format!("add `{wanted}: …`")),
            );
        }
    }
}

pub(super) fn unknown_payload_member(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, _, Some(body))) = parts(step) else {
        return;
    };
    let (Some(schema), Some(members)) = (body.schema, members(&body.payload)) else {
        return;
    };
    let properties = schema.properties();
    if properties.is_empty()
        || !schema.alternatives().is_empty()
        || matches!(schema.additional(), Ok(Some(_)))
        || schema.flag("additionalProperties")
    {
        return;
    }
    for (member, value) in members
        .iter()
        .filter(|(member, _)| properties.iter().all(|(known, ..)| known != member))
    {
        let message = format!("{} declares no member `{member}` in its body", name(operation));
        let similar = crate::diagnostic::similar(member, properties.iter().map(|(known, ..)| *known));
        let written = step
            .text
            .request_body
            .as_ref()
            .and_then(|body| body.payload?.entry(member));
        let span = written.map_or(value.span, |entry| entry.key_span);
        diagnostics.push(
            Diagnostic::new(&rule::UNKNOWN_PAYLOAD_MEMBER, span, message)
                .help_if(similar.map(|known| format!("a member with a similar name exists: `{known}`"))),
        );
    }
}

/// Whether no instance of the one is an instance of the other.
fn excludes(wanted: Types, found: Types) -> bool {
    if wanted.is_empty() || found.is_empty() {
        return false;
    }
    [
        Type::Boolean,
        Type::Integer,
        Type::Number,
        Type::String,
        Type::Array,
        Type::Object,
        Type::Null,
    ]
    .into_iter()
    .filter(|&kind| found.allows(kind))
    .all(|kind| !(wanted.allows(kind) || (kind == Type::Number && wanted.allows(Type::Integer))))
}

pub(super) fn payload_type_mismatch(
    step: &Step<'_>,
    index: usize,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    let Some((operation, _, Some(body))) = parts(step) else {
        return;
    };
    // Whatever is sent as text has a text.
    let Some(schema) = body.schema.filter(|_| body.form == Payload::Json) else {
        return;
    };
    payload_against(&body.payload, schema, index, typing, &name(operation), 0, diagnostics);
}

fn payload_against(
    value: &Value,
    schema: Schema<'_>,
    index: usize,
    typing: &Typing<'_, '_>,
    operation: &str,
    depth: usize,
    diagnostics: &mut Diagnostics,
) {
    let known = typing.value(value, Some(index));
    let (wanted, found) = (schema.types(), known.shape.types());
    if depth > 32 {
        return;
    }
    if excludes(wanted, found) {
        let message = format!("{operation} expects {} here, found {}", wanted.words(), found.words());
        // One expression in braces was probably meant to keep its type.
        let lone = matches!(&value.kind, ValueKind::Template(segments) if segments.len() == 1);
        let diagnostic = if lone {
            Diagnostic::new(
                &rule::BRACES_MAKE_A_STRING,
                value.span,
                "an expression in braces is always a string",
            )
            .related(schema.at.span(), format!("the type {} is wanted", wanted.words()))
            .help("drop the braces to keep the value's type")
        } else {
            Diagnostic::new(&rule::PAYLOAD_TYPE_MISMATCH, value.span, message)
                .related(schema.at.span(), "by this schema")
        };
        diagnostics.push(diagnostic);
        return;
    }
    match &value.kind {
        ValueKind::Object(members) => {
            for (member, value) in members {
                if let Some(schema) = schema.property(member) {
                    payload_against(value, schema, index, typing, operation, depth + 1, diagnostics);
                }
            }
        }
        ValueKind::Array(items) => {
            for (position, value) in items.iter().enumerate() {
                if let Some(schema) = schema.item(Some(position)) {
                    payload_against(value, schema, index, typing, operation, depth + 1, diagnostics);
                }
            }
        }
        _ => {}
    }
}

pub(super) fn parameter_type_mismatch(
    step: &Step<'_>,
    index: usize,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    let Some((operation, arguments, _)) = parts(step) else {
        return;
    };
    for argument in arguments {
        let Some(schema) = argument.declared.as_ref().and_then(|declared| declared.schema) else {
            continue;
        };
        let known = typing.value(&argument.value, Some(index));
        let (wanted, found) = (schema.types(), known.shape.types());
        // In a URL or header every scalar is text in the end; only structures cannot be scalars.
        let structure = |types: Types| [Type::Array, Type::Object].iter().any(|&kind| types.allows(kind));
        // One item alone is written as an array of one is.
        let item = schema.item(None).map_or(Types::default(), Schema::types);
        let alone = wanted.allows(Type::Array)
            && !structure(found)
            && !excludes(item, found)
            && argument
                .declared
                .as_ref()
                .is_some_and(|declared| declared.content.is_none());
        let clash = excludes(wanted, found)
            && !alone
            && (structure(wanted) || structure(found))
            && !(structure(wanted) && matches!(known.shape, Shape::Types(_)));
        if clash && !wanted.allows(Type::String) {
            let message = format!(
                "the parameter `{}` of {} expects {}, found {}",
                argument.name,
                name(operation),
                wanted.words(),
                found.words()
            );
            diagnostics.push(
                Diagnostic::new(&rule::TYPE_MISMATCH, argument.value.span, message)
                    .related(schema.at.span(), "by this schema"),
            );
        }
    }
}

pub(super) fn status_undeclared(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, _, _)) = parts(step) else { return };
    if operation.responses.is_empty() {
        return;
    }
    let mut stack: Vec<&Test> = step.criteria.iter().map(|criterion| &criterion.test).collect();
    while let Some(test) = stack.pop() {
        match test {
            Test::And(inner) => stack.extend(inner),
            Test::Compare(left, Operator::Equal, right) => {
                let (ValueKind::Reference(reference), ValueKind::Number(number)) = (&left.kind, &right.kind) else {
                    continue;
                };
                let Ok(status) = number.parse::<u16>() else { continue };
                if reference.source == Source::StatusCode
                    && (100..600).contains(&status)
                    && operation.response(status).is_none()
                {
                    let declared: Vec<String> = operation
                        .responses
                        .iter()
                        .map(|response| format!("`{}`", response.status))
                        .collect();
                    let message = format!("{} declares no response `{status}`", name(operation));
                    diagnostics.push(
                        Diagnostic::new(&rule::STATUS_UNDECLARED, right.span, message)
                            .help(format!("it declares {}", declared.join(", "))),
                    );
                }
            }
            _ => {}
        }
    }
}

/// A retry repeats the request; of some methods a server may carry it out twice (RFC 9110, section
/// 9.2.2).
pub(super) fn retry_not_idempotent(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, arguments, _)) = parts(step) else {
        return;
    };
    let repeatable = !matches!(operation.method.as_str(), "POST" | "PATCH")
        || arguments
            .iter()
            .any(|argument| argument.name.to_ascii_lowercase().contains("idempotency"));
    if repeatable {
        return;
    }
    for action in &step.on_failure {
        if matches!(action.kind, ActionKind::Retry { .. }) {
            let message = format!(
                "the action `{}` repeats a {} request, which the server may carry out twice",
                action.name, operation.method
            );
            diagnostics.push(
                Diagnostic::new(&rule::RETRY_NOT_IDEMPOTENT, action.span, message)
                    .help("send an idempotency key if the API takes one, or retry only where nothing was done: `$statusCode == 429`"),
            );
        }
    }
}
