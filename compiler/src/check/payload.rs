//! Rules about the payload of a request, at every level.

use super::literal;
use super::step::{name, parts};
use crate::asyncapi::{self, Part};
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Direction;
use crate::media::Format;
use crate::program::{Act, Body, Step, Value, ValueKind};
use crate::schema::{Schema, Type};
use crate::source::Cursor;
use crate::typing::Typing;

/// Maximum depth to which a payload is compared with its schema.
const DEPTH: usize = 32;

struct Checker<'c, 'p, 'a> {
    index: usize,
    typing: &'c Typing<'p, 'a>,
    operation: String,
    /// Whether the payload is JSON. In a form, every value is sent as text.
    json: bool,
    /// The path of the value that is checked.
    path: Vec<String>,
    /// The paths of what the run sets: the correlation ID of a message.
    set: Vec<Vec<String>>,
    diagnostics: &'c mut Diagnostics,
}

/// Checks `payload-member-required`, `unknown-payload-member`, `payload-type-mismatch` and `braces-make-a-string`.
pub(super) fn payload(step: &Step<'_>, index: usize, typing: &Typing<'_, '_>, diagnostics: &mut Diagnostics) {
    let Some((operation, _, Some(body))) = parts(step) else {
        return;
    };
    if let Some(found) = typing.not_text(body, index) {
        let message = format!(
            "a payload of type `{}` must be a string, found {}",
            body.content_type,
            found.words()
        );
        let help = if body.by_description {
            "if the API takes JSON, write `contentType: application/json`"
        } else {
            "write `contentType: application/json`, or a value that is a string"
        };
        diagnostics.push(Diagnostic::new(&rule::PAYLOAD_CONTENT_TYPE, body.payload.span, message).help(help));
    }
    swagger_form(step, body, &name(operation), diagnostics);
    let Some(schema) = body.schema.filter(|_| !body.form.is_text()) else {
        return;
    };
    let request = step.text.request_body.as_ref();
    let mut checker = Checker {
        index,
        typing,
        operation: name(operation),
        json: body.form == Format::Json,
        path: Vec::new(),
        set: set_by_run(step),
        diagnostics,
    };
    let written = request.and_then(|body| body.payload);
    // Values that replacements add are not in the payload yet.
    let replaced = request.is_some_and(|body| !body.replacements.is_empty());
    checker.value(&body.payload, written, schema, replaced, 0);
}

/// Returns the paths of the correlation ID in the payload of a message, if the run sets it.
fn set_by_run(step: &Step<'_>) -> Vec<Vec<String>> {
    let Act::Channel(exchange) = &step.act else {
        return Vec::new();
    };
    if exchange.direction == Direction::Receive || exchange.correlation.is_none() {
        return Vec::new();
    }
    let locations = exchange
        .messages
        .iter()
        .filter_map(|message| asyncapi::location(message.correlation()?.0));
    locations
        .filter(|location| location.part == Part::Payload)
        .map(|location| location.tokens)
        .collect()
}

/// Checks the fields of a Swagger 2.0 form, each of which is a parameter.
fn swagger_form(step: &Step<'_>, body: &Body<'_>, operation: &str, diagnostics: &mut Diagnostics) {
    let (Some(media), ValueKind::Object(members)) = (&body.media, &body.payload.kind) else {
        return;
    };
    if media.fields.is_empty() {
        return;
    }
    let request = step.text.request_body.as_ref();
    let replaced = request.is_some_and(|body| !body.replacements.is_empty());
    let named = |field: &Cursor<'_>| field.get("name").and_then(Cursor::scalar_text).map(str::to_owned);
    for field in &media.fields {
        let Some(wanted) = named(field) else { continue };
        let required = field.get("required").and_then(Cursor::as_bool) == Some(true);
        let given = members.iter().find(|(member, _)| *member == wanted);
        if given.is_none() && required && !replaced {
            let message = format!("missing member `{wanted}`, which {operation} requires");
            diagnostics.push(
                Diagnostic::new(&rule::PAYLOAD_MEMBER_REQUIRED, body.payload.span, message)
                    .related(field.span(), "required here")
                    .help(format!("add `{}: …`", super::yaml_word(&wanted))),
            );
        }
        if let Some((_, value)) = given
            && let Ok(schema) = Schema::new(*field)
            && let Some(problem) = literal::problem(value, schema, true)
        {
            diagnostics.push(
                Diagnostic::new(
                    &rule::PAYLOAD_TYPE_MISMATCH,
                    value.span,
                    format!("{operation} {problem}"),
                )
                .related(field.span(), "by this parameter"),
            );
        }
    }
    let written = request.and_then(|body| body.payload);
    for (member, value) in members {
        if media
            .fields
            .iter()
            .any(|field| named(field).as_deref() == Some(member.as_str()))
        {
            continue;
        }
        let span = written.and_then(|at| at.entry(member));
        let message = format!("unknown member `{member}` in the request body of {operation}");
        diagnostics.push(Diagnostic::new(
            &rule::UNKNOWN_PAYLOAD_MEMBER,
            span.map_or(value.span, |entry| entry.key_span),
            message,
        ));
    }
}

impl Checker<'_, '_, '_> {
    fn value(&mut self, value: &Value, at: Option<Cursor<'_>>, schema: Schema<'_>, replaced: bool, depth: usize) {
        if depth > DEPTH {
            return;
        }
        // `sole` leaves out the alternative null.
        if matches!(value.kind, ValueKind::Null) && schema.nullable() {
            return;
        }
        let nullable = schema.nullable();
        let schema = sole(schema);
        if self.json && self.type_mismatch(value, schema, nullable) {
            return;
        }
        match &value.kind {
            ValueKind::Object(members) => {
                if !replaced {
                    self.members_required(members, value, schema);
                }
                self.unknown_members(members, at, schema);
                for (member, value) in members {
                    let mut all = schema.all_of_property(member);
                    if all.is_empty() {
                        all.extend(schema.pattern_property(member).ok().flatten());
                    }
                    if all.is_empty() && schema.alternatives().is_empty() {
                        all.extend(schema.additional().ok().flatten());
                    }
                    let at = at.and_then(|at| at.get(member));
                    self.path.push(member.clone());
                    for schema in all {
                        self.value(value, at, schema, replaced, depth + 1);
                    }
                    self.path.pop();
                }
            }
            ValueKind::Array(items) => {
                let limit = |key: &str| schema.number(key)?.parse::<usize>().ok();
                let least = limit("minItems").filter(|least| items.len() < *least);
                let most = limit("maxItems").filter(|most| items.len() > *most);
                let problem = least
                    .map(|least| format!("expects at least {least} items"))
                    .or_else(|| most.map(|most| format!("expects at most {most} items")));
                if let Some(problem) = problem.filter(|_| !replaced) {
                    let message = format!("{} {problem}, found {}", self.operation, items.len());
                    self.diagnostics.push(
                        Diagnostic::new(&rule::PAYLOAD_TYPE_MISMATCH, value.span, message)
                            .related(schema.at.span(), "by this schema"),
                    );
                }
                for (position, value) in items.iter().enumerate() {
                    if let Some(schema) = schema.item(Some(position)) {
                        let at = at.and_then(|at| at.items().nth(position));
                        self.path.push(position.to_string());
                        self.value(value, at, schema, replaced, depth + 1);
                        self.path.pop();
                    }
                }
            }
            _ => {
                if let Some(problem) = literal::problem(value, schema, !self.json) {
                    let message = format!("{} {problem}", self.operation);
                    self.diagnostics.push(
                        Diagnostic::new(&rule::PAYLOAD_TYPE_MISMATCH, value.span, message)
                            .related(schema.at.span(), "by this schema"),
                    );
                }
            }
        }
    }

    fn type_mismatch(&mut self, value: &Value, schema: Schema<'_>, nullable: bool) -> bool {
        let known = self.typing.value(value, Some(self.index));
        let (mut wanted, found) = (schema.types(), known.shape.types());
        if nullable && !wanted.is_empty() {
            wanted = wanted.with(Type::Null);
        }
        if !wanted.excludes(found) {
            return false;
        }
        let message = format!(
            "{} expects {} here, found {}",
            self.operation,
            wanted.words(),
            found.words()
        );
        // A single expression in braces was probably meant to keep its type.
        let lone = matches!(&value.kind, ValueKind::Template(segments) if segments.len() == 1);
        let diagnostic = if lone {
            Diagnostic::new(
                &rule::BRACES_MAKE_A_STRING,
                value.span,
                "an expression in braces is always a string",
            )
            .related(schema.at.span(), format!("type {} expected here", wanted.words()))
            .help("remove the braces to keep the type of the value")
        } else {
            Diagnostic::new(&rule::PAYLOAD_TYPE_MISMATCH, value.span, message)
                .related(schema.at.span(), "by this schema")
        };
        self.diagnostics.push(diagnostic);
        true
    }

    fn members_required(&mut self, members: &[(String, Value)], payload: &Value, schema: Schema<'_>) {
        for required in schema.required() {
            let Some(wanted) = required.as_str() else { continue };
            let property = schema.property(wanted);
            let read_only = property.is_some_and(|property| property.flag("readOnly"));
            if !read_only && !members.iter().any(|(name, _)| name == wanted) && !self.is_set(wanted) {
                let message = format!("missing member `{wanted}`, which {} requires", self.operation);
                self.diagnostics.push(
                    Diagnostic::new(&rule::PAYLOAD_MEMBER_REQUIRED, payload.span, message)
                        .related(required.span(), "required here")
                        .help(format!("add `{}: …`", super::yaml_word(wanted))),
                );
            }
        }
    }

    /// Returns whether the run sets a member of the value that is checked.
    fn is_set(&self, member: &str) -> bool {
        let is_member = |path: &Vec<String>| {
            path.split_last()
                .is_some_and(|(last, of)| last == member && of == self.path)
        };
        self.set.iter().any(is_member)
    }

    fn unknown_members(&mut self, members: &[(String, Value)], at: Option<Cursor<'_>>, schema: Schema<'_>) {
        let properties = schema.properties();
        let open = schema.additional().is_ok();
        if (properties.is_empty() && open)
            || !schema.alternatives().is_empty()
            || matches!(schema.additional(), Ok(Some(_)))
            || schema.flag("additionalProperties")
        {
            return;
        }
        for (member, value) in members
            .iter()
            .filter(|(member, _)| properties.iter().all(|(known, ..)| known != member))
            .filter(|(member, _)| matches!(schema.pattern_property(member), Ok(None)))
        {
            let message = format!("unknown member `{member}` in the request body of {}", self.operation);
            let similar = crate::diagnostic::similar(member, properties.iter().map(|(known, ..)| *known));
            let written = at.and_then(|at| at.entry(member));
            let span = written.map_or(value.span, |entry| entry.key_span);
            self.diagnostics.push(
                Diagnostic::new(&rule::UNKNOWN_PAYLOAD_MEMBER, span, message)
                    .help_if(similar.map(|known| format!("a member with a similar name exists: `{known}`"))),
            );
        }
    }
}

/// Returns the only alternative of a schema other than null, such as `T` in `anyOf: [T, null]`.
fn sole(schema: Schema<'_>) -> Schema<'_> {
    let alternatives = schema.alternatives();
    let mut others = alternatives
        .iter()
        .filter(|part| part.types().is_empty() || !part.types().without(Type::Null).is_empty());
    match (others.next(), others.next()) {
        (Some(only), None) if schema.properties().is_empty() && alternatives.len() == 2 => *only,
        _ => schema,
    }
}
