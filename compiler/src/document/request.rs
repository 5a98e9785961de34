//! Reads parameters and request bodies.

use super::components::read_reusable;
use super::criterion::read_expression_type;
use super::fields::{Fields, field_needs_1_1};
use super::{Location, OrReusable, Parameter, Replacement, RequestBody, Version};
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::source::Cursor;

pub(super) fn read_parameters<'a>(
    items: Vec<Cursor<'a>>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Vec<OrReusable<'a, Parameter<'a>>> {
    items
        .into_iter()
        .filter_map(|at| {
            if at.get("reference").is_some() {
                read_reusable(at, version, diagnostics).map(OrReusable::Reusable)
            } else {
                read_parameter(at, version, diagnostics).map(OrReusable::Here)
            }
        })
        .collect()
}

pub(super) fn read_parameter<'a>(
    at: Cursor<'a>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<Parameter<'a>> {
    let mut fields = Fields::new(at, "Parameter Object", version, diagnostics)?;
    let name = fields.required_text("name");
    let says_location = at.get("in").is_some();
    let in_body = at.get("in").and_then(Cursor::as_str);
    let location = if let Some(word @ ("body" | "formData")) = in_body {
        fields.known("in");
        let span = at.get("in").map_or(at.span(), Cursor::span);
        let message = format!("`in: {word}` is not valid: a parameter is not sent in the body");
        fields.report(
            Diagnostic::new(&rule::INVALID_ENUM_VALUE, span, message)
                .help("write `requestBody: { payload: … }` in the step"),
        );
        None
    } else {
        fields.word(
            "in",
            &[
                ("path", Location::Path),
                ("query", Location::Query),
                ("header", Location::Header),
                ("cookie", Location::Cookie),
                ("querystring", Location::QueryString),
            ],
        )
    };
    let value = fields.optional("value");
    fields.finish();
    if let (Some((Location::QueryString, span)), Version::V1_0) = (location, version) {
        diagnostics.push(field_needs_1_1("the location `querystring`", span));
    }
    let name = name?;
    let Some(value) = value else {
        let message = format!("missing `value` of the parameter `{}`", name.value);
        diagnostics.push(Diagnostic::new(&rule::PARAMETER_VALUE_MISSING, name.span(), message).help("add `value: …`"));
        return None;
    };
    Some(Parameter {
        name,
        location,
        says_location,
        value: value.value,
    })
}

pub(super) fn read_request_body<'a>(
    at: Cursor<'a>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<RequestBody<'a>> {
    let mut fields = Fields::new(at, "Request Body Object", version, diagnostics)?;
    let content_type = fields.text("contentType");
    let payload = fields.optional("payload").map(|entry| entry.value);
    let replacements = fields.list("replacements");
    fields.finish();
    Some(RequestBody {
        at,
        content_type,
        payload,
        replacements: replacements
            .into_iter()
            .filter_map(|at| read_replacement(at, version, diagnostics))
            .collect(),
    })
}

pub(super) fn read_replacement<'a>(
    at: Cursor<'a>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<Replacement<'a>> {
    let mut fields = Fields::new(at, "Payload Replacement Object", version, diagnostics)?;
    let target = fields.required_text("target");
    let kind = fields.since_1_1("targetSelectorType");
    let value = fields.required("value");
    fields.finish();
    let kind = kind.and_then(|entry| read_expression_type(entry.value, version, diagnostics));
    Some(Replacement {
        target: target?,
        kind,
        value: value?.value,
    })
}
