//! Rules about what a step sends and expects.

use super::literal;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::{Location, OrReusable};
use crate::media::Format;
use crate::openapi::{Operation, SchemeKind};
use crate::program::{Act, ActionKind, Argument, Body, Source, Step, Test, Value, ValueKind};
use crate::schema::{Schema, Type, Types};
use crate::syntax::condition::Operator;
use crate::typing::{Shape, Typing};

/// Checks every rule about what a step sends and expects.
pub(super) fn check(step: &Step<'_>, index: usize, typing: &Typing<'_, '_>, diagnostics: &mut Diagnostics) {
    header_reserved(step, diagnostics);
    parameter_required(step, diagnostics);
    unknown_parameter(step, diagnostics);
    querystring_with_query(step, diagnostics);
    body_required(step, diagnostics);
    body_not_accepted(step, diagnostics);
    parameter_type_mismatch(step, index, typing, diagnostics);
    status_undeclared(step, diagnostics);
    retry_not_idempotent(step, diagnostics);
    insecure_server(step, diagnostics);
}

pub(super) fn parts<'s, 'a>(
    step: &'s Step<'a>,
) -> Option<(&'s Operation<'a>, &'s [Argument<'a>], Option<&'s Body<'a>>)> {
    let request = step.act.request()?;
    Some((&request.operation, &request.arguments, request.body.as_ref()))
}

pub(super) fn name(operation: &Operation<'_>) -> String {
    match operation.id {
        Some(id) => format!("`{id}`"),
        None => format!("`{} {}`", operation.method, operation.path),
    }
}

/// Headers that a description may list, but that OpenAPI says to ignore (Parameter Object, `name`).
fn is_reserved_header(parameter: &str) -> bool {
    ["accept", "content-type", "authorization"]
        .iter()
        .any(|reserved| parameter.eq_ignore_ascii_case(reserved))
}

/// Headers that say how a request is transmitted (RFC 9110, sections 7.2, 7.6.1 and 8.6; RFC 9112, section 6.1). The
/// HTTP client writes them.
fn is_transmission_header(parameter: &str) -> bool {
    [
        "connection",
        "content-length",
        "host",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    ]
    .iter()
    .any(|header| parameter.eq_ignore_ascii_case(header))
}

/// Returns whether a security scheme of the operation sends the parameter.
fn is_credential(operation: &Operation<'_>, name: &str, location: Location) -> bool {
    operation.security.iter().flatten().any(|scheme| match &scheme.kind {
        SchemeKind::HeaderKey(header) => location == Location::Header && header.eq_ignore_ascii_case(name),
        SchemeKind::QueryKey(parameter) => location == Location::Query && parameter == name,
        SchemeKind::CookieKey(cookie) => location == Location::Cookie && cookie == name,
        SchemeKind::Basic
        | SchemeKind::Bearer
        | SchemeKind::OAuth { .. }
        | SchemeKind::Transport
        | SchemeKind::Undefined
        | SchemeKind::Other => false,
    })
}

fn header_reserved(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let (Act::Http(_), Some((_, arguments, body))) = (&step.act, parts(step)) else {
        return;
    };
    let multipart = body.is_some_and(|body| body.form == Format::Multipart);
    for argument in arguments {
        // A literal header sets the media type of the body.
        let computed = !matches!(argument.value.kind, ValueKind::Text(_));
        if multipart
            && computed
            && argument.location == Location::Header
            && argument.name.eq_ignore_ascii_case("content-type")
        {
            let message = "cannot compute the header `Content-Type` of a multipart body: it contains the boundary";
            diagnostics.push(
                Diagnostic::new(&rule::HEADER_RESERVED, argument.span, message)
                    .help("remove the parameter; set the media type with `contentType`"),
            );
        }
        if argument.location == Location::Header && is_transmission_header(&argument.name) {
            let message = format!("cannot set the header `{}`: the HTTP client sets it", argument.name);
            let help = if argument.name.eq_ignore_ascii_case("host") {
                "remove the parameter; set the address of the API with `base_url` in the client"
            } else {
                "remove the parameter"
            };
            diagnostics.push(Diagnostic::new(&rule::HEADER_RESERVED, argument.span, message).help(help));
        }
    }
}

fn parameter_required(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, arguments, _)) = parts(step) else {
        return;
    };
    if step.act.request().is_some_and(|request| !request.complete) {
        return;
    }
    let is_same = crate::program::same(operation.on_channel);
    let given = |wanted: &str, location| {
        arguments
            .iter()
            .any(|argument| is_same(&argument.name, argument.location, wanted, location))
    };
    let names = crate::program::path_names(operation);
    let report = |wanted: &str, location: Location, declared, diagnostics: &mut Diagnostics| {
        let message = format!(
            "step `{}` is missing the parameter `{wanted}`, which {} requires in its {}",
            step.text.id.value,
            name(operation),
            location.word()
        );
        let at = step
            .text
            .targets
            .first()
            .map_or(step.text.id.span(), |(_, text)| text.span());
        // Nothing can be sent in place of a missing part of the path, even if the description may be wrong.
        let rule = if location == Location::Path {
            &rule::PATH_PARAMETER_REQUIRED
        } else {
            &rule::PARAMETER_REQUIRED
        };
        let mut diagnostic = Diagnostic::new(rule, at, message);
        if let Some(span) = declared {
            diagnostic = diagnostic.related(span, "declared here");
        }
        diagnostics.push(diagnostic.help(format!(
            "add to `parameters`: `{{ name: {}, in: {}, value: … }}`",
            super::yaml_word(wanted),
            location.word()
        )));
    };
    for parameter in operation.parameters.iter().filter(|parameter| parameter.required) {
        let header = parameter.location == Location::Header && matches!(&step.act, Act::Http(_));
        let by_client = (header && (is_reserved_header(parameter.name) || is_transmission_header(parameter.name)))
            || is_credential(operation, parameter.name, parameter.location)
            || (parameter.location == Location::Path && !names.contains(&parameter.name));
        if !by_client && !given(parameter.name, parameter.location) {
            report(parameter.name, parameter.location, Some(parameter.span), diagnostics);
        }
    }
    for wanted in names.iter().copied() {
        let declared = operation
            .parameters
            .iter()
            .any(|parameter| parameter.location == Location::Path && parameter.name == wanted);
        if !declared && !given(wanted, Location::Path) {
            report(wanted, Location::Path, None, diagnostics);
        }
    }
}

fn unknown_parameter(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, arguments, _)) = parts(step) else {
        return;
    };
    let names = crate::program::path_names(operation);
    for argument in arguments {
        let without_place = argument.location == Location::Path && !names.contains(&argument.name.as_str());
        if without_place && argument.declared.is_some() {
            let message = format!(
                "the path `{}` has no placeholder for the parameter `{}`, which is not sent",
                operation.path, argument.name
            );
            let declared = argument
                .declared
                .as_ref()
                .map_or(argument.span, |declared| declared.span);
            diagnostics.push(
                Diagnostic::new(&rule::UNKNOWN_PATH_PARAMETER, argument.span, message)
                    .related(declared, "declared here")
                    .help("remove the parameter, or correct the path of the description"),
            );
            continue;
        }
        let in_template = argument.location == Location::Path && !without_place;
        let header = argument.location == Location::Header;
        let reserved = header && (is_reserved_header(&argument.name) || is_transmission_header(&argument.name));
        let credential = is_credential(operation, &argument.name, argument.location);
        // Most descriptions of messages do not mention headers.
        let headers = || {
            operation
                .parameters
                .iter()
                .any(|known| known.location == Location::Header)
        };
        let free = matches!(&step.act, Act::Channel(_)) && header && !headers();
        if argument.declared.is_some()
            || free
            || in_template
            || reserved
            || credential
            || argument.location == Location::Cookie && operation.parameters.is_empty()
        {
            continue;
        }
        let elsewhere = operation.parameters.iter().find(|known| known.name == argument.name);
        let similar = crate::diagnostic::similar(&argument.name, operation.parameters.iter().map(|known| known.name));
        let message = format!(
            "{} has no parameter `{}` in its {}",
            name(operation),
            argument.name,
            argument.location.word()
        );
        let help = match (elsewhere, similar) {
            (Some(known), _) => Some(format!(
                "it has one in its {}: write `in: {}`",
                known.location.word(),
                known.location.word()
            )),
            (None, Some(known)) => Some(format!("a parameter with a similar name exists: `{known}`")),
            (None, None) => None,
        };
        // A path parameter without a placeholder in the template cannot be sent at all.
        let rule = if argument.location == Location::Path {
            &rule::UNKNOWN_PATH_PARAMETER
        } else {
            &rule::UNKNOWN_PARAMETER
        };
        diagnostics.push(Diagnostic::new(rule, argument.span, message).help_if(help));
    }
}

fn querystring_with_query(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((_, arguments, _)) = parts(step) else { return };
    let of = |location| arguments.iter().find(move |argument| argument.location == location);
    if let (Some(whole), Some(part)) = (of(Location::QueryString), of(Location::Query)) {
        let message = "a step sets either the whole query string or single query parameters, not both";
        diagnostics.push(
            Diagnostic::new(&rule::QUERYSTRING_WITH_QUERY, part.span, message)
                .related(whole.span, "the whole query string"),
        );
    }
}

fn body_required(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, _, _)) = parts(step) else { return };
    if operation.body.as_ref().is_some_and(|body| body.required)
        && step
            .text
            .request_body
            .as_ref()
            .is_none_or(|body| body.payload.is_none())
    {
        let message = format!(
            "step `{}` has no request body, but operation {} requires one",
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

fn body_not_accepted(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, _, _)) = parts(step) else { return };
    let Some(body) = &step.text.request_body else { return };
    if operation.body.is_none()
        && matches!(
            operation.method.as_str(),
            "GET" | "HEAD" | "DELETE" | "OPTIONS" | "TRACE"
        )
    {
        let message = format!(
            "{} does not define a request body, and a body has no meaning in a {} request",
            name(operation),
            operation.method
        );
        diagnostics.push(
            Diagnostic::new(&rule::BODY_NOT_ACCEPTED, body.at.span(), message)
                .help("remove `requestBody`, or pass the fields of its `payload` as `parameters`"),
        );
    }
}

fn parameter_type_mismatch(step: &Step<'_>, index: usize, typing: &Typing<'_, '_>, diagnostics: &mut Diagnostics) {
    let Some((operation, arguments, _)) = parts(step) else {
        return;
    };
    for argument in arguments {
        let Some(schema) = argument.declared.as_ref().and_then(|declared| declared.schema) else {
            continue;
        };
        let known = typing.value(&argument.value, Some(index));
        let (wanted, found) = (schema.types(), known.shape.types());
        // In a URL or a header, every scalar becomes text. Only structures cannot be scalars.
        let structure = |types: Types| [Type::Array, Type::Object].iter().any(|&kind| types.allows(kind));
        // A single item is written like an array with that one item.
        let item = schema.item(None).map_or(Types::default(), Schema::types);
        let alone = wanted.allows(Type::Array)
            && !structure(found)
            && !item.excludes(found)
            && argument
                .declared
                .as_ref()
                .is_some_and(|declared| declared.content.is_none());
        let clash = wanted.excludes(found)
            && !alone
            && (structure(wanted) || structure(found))
            && !(structure(wanted) && matches!(known.shape, Shape::Types(_)));
        if !clash
            && argument
                .declared
                .as_ref()
                .is_some_and(|declared| declared.content.is_none())
        {
            literal_mismatch(argument, schema, &name(operation), diagnostics);
        }
        // Where text is expected, a value may be JSON text; a structure that the document spells out is not. A
        // parameter whose `in` was refused may be meant for another location.
        let misplaced = step.text.parameters.iter().any(|parameter| match parameter {
            OrReusable::Here(parameter) => {
                parameter.name.value == argument.name && parameter.says_location && parameter.location.is_none()
            }
            OrReusable::Reusable(_) => false,
        });
        let spelt_out = !misplaced && matches!(argument.value.kind, ValueKind::Object(_));
        if clash && (spelt_out || !wanted.allows(Type::String)) {
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

/// A literal that is not valid for the schema of its parameter. In a request, every scalar is text.
fn literal_mismatch(argument: &Argument<'_>, schema: Schema<'_>, operation: &str, diagnostics: &mut Diagnostics) {
    let values: Vec<(&Value, Schema<'_>)> = match &argument.value.kind {
        ValueKind::Array(items) => {
            let items = items.iter().enumerate();
            items
                .filter_map(|(position, item)| Some((item, schema.item(Some(position))?)))
                .collect()
        }
        _ => vec![(&argument.value, schema)],
    };
    for (value, schema) in values {
        let Some(problem) = literal::problem(value, schema, true) else {
            continue;
        };
        let message = format!("the parameter `{}` of {operation} {problem}", argument.name);
        diagnostics.push(
            Diagnostic::new(&rule::TYPE_MISMATCH, value.span, message).related(schema.at.span(), "by this schema"),
        );
    }
}

fn status_undeclared(step: &Step<'_>, diagnostics: &mut Diagnostics) {
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
                    let message = format!("{} has no response `{status}`", name(operation));
                    diagnostics.push(
                        Diagnostic::new(&rule::STATUS_UNDECLARED, right.span, message)
                            .help(format!("its responses are {}", declared.join(", "))),
                    );
                }
            }
            _ => {}
        }
    }
}

/// A retry repeats the request. For some methods, the server may then carry it out twice (RFC 9110, section 9.2.2).
fn retry_not_idempotent(step: &Step<'_>, diagnostics: &mut Diagnostics) {
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
                "the action `{}` retries a {} request, which the server may process twice",
                action.name, operation.method
            );
            diagnostics.push(
                Diagnostic::new(&rule::RETRY_NOT_IDEMPOTENT, action.span, message)
                    .help("send an idempotency key if the API accepts one, or retry only if the request was not processed: `$statusCode == 429`"),
            );
        }
    }
}

/// A credential is sent unencrypted to the server in the description.
fn insecure_server(step: &Step<'_>, diagnostics: &mut Diagnostics) {
    let Some((operation, ..)) = parts(step) else { return };
    let Some(rest) = operation.server.strip_prefix("http://") else {
        return;
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let name = host
        .strip_prefix('[')
        .map_or_else(|| host.split(':').next(), |rest| rest.split(']').next());
    let name = name.unwrap_or_default();
    let local = name == "localhost" || name == "::1" || name.starts_with("127.");
    let reserved = [".localhost", ".test", ".example", ".invalid"]
        .iter()
        .any(|end| name.ends_with(end));
    // If one alternative requires no credential, none has to be sent.
    let mut alternatives = operation.security.iter();
    let secret = alternatives.all(|all| all.iter().any(|scheme| scheme.kind != SchemeKind::Transport));
    let needed = secret && !operation.security.is_empty();
    if local || reserved || !needed {
        return;
    }
    let Some((_, target)) = step.text.targets.first() else {
        return;
    };
    let message = format!(
        "{} sends a credential to `{}` without encryption",
        self::name(operation),
        operation.server
    );
    diagnostics.push(Diagnostic::new(&rule::INSECURE_SERVER, target.span(), message).help(
        "write `https://` in the description; if the client sets another `base_url`, allow it: `lints = { allow(insecure_server) }`",
    ));
}
