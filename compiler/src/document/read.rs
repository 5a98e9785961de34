//! Reads a document, its sources, workflows and steps.

use super::Direction;
use super::action::read_actions;
use super::components::{is_key, read_components};
use super::criterion::read_criteria;
use super::fields::Fields;
use super::request::{read_parameters, read_request_body};
use super::{Document, SourceDescription, SourceType, Step, Target, Text, Version, Workflow};
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::source::{Cursor, Data, Entry};

/// Reads the document; `None` if it is not an Arazzo document at all.
pub fn read<'a>(root: Cursor<'a>, diagnostics: &mut Diagnostics) -> Option<Document<'a>> {
    let version = version(root, diagnostics)?;
    let mut fields = Fields::new(root, "Arazzo Specification Object", version, diagnostics)?;
    fields.known("arazzo");
    // Editors use it to find the schema of the file; it has no effect on the workflows.
    fields.known("$schema");
    let self_uri = fields.since_1_1("$self").and_then(|entry| fields.as_text(entry));
    let info = fields.required("info");
    let sources = fields.required_list("sourceDescriptions");
    let workflows = fields.required_list("workflows");
    let components = fields.optional("components");
    fields.finish();

    if let Some(uri) = self_uri {
        self_syntax(uri, diagnostics);
        self_with_fragment(uri, diagnostics);
    }
    if let Some(info) = info {
        read_info(info.value, version, diagnostics);
    }
    let sources = sources
        .into_iter()
        .filter_map(|at| read_source(at, version, diagnostics))
        .collect();
    let components = components
        .map(|entry| read_components(entry.value, version, diagnostics))
        .unwrap_or_default();
    let workflows = workflows
        .into_iter()
        .filter_map(|at| read_workflow(at, version, diagnostics))
        .collect();
    Some(Document {
        version,
        self_uri,
        sources,
        workflows,
        components,
        root,
    })
}

/// Reads the version. In a document of an unknown version, nothing else is checked.
pub(super) fn version(root: Cursor<'_>, diagnostics: &mut Diagnostics) -> Option<Version> {
    if !root.is_object() {
        let message = format!("an Arazzo document must be an object, found {}", root.kind());
        diagnostics.push(Diagnostic::new(&rule::NOT_AN_OBJECT, root.span(), message));
        return None;
    }
    let Some(entry) = root.entry("arazzo") else {
        let hint = root
            .members()
            .find(|entry| matches!(entry.key, "openapi" | "swagger" | "asyncapi"));
        let span = hint.map_or(root.span(), |entry| entry.key_span);
        let mut diagnostic = Diagnostic::new(&rule::MISSING_FIELD, span, "missing field `arazzo` in the document");
        diagnostic = match hint {
            Some(entry) => diagnostic.help(format!(
                "this is an `{}` description; use the path of the Arazzo document that refers to it",
                entry.key
            )),
            None => diagnostic.help("start the document with `arazzo: 1.0.1`"),
        };
        diagnostics.push(diagnostic);
        return None;
    };
    let text = entry.value.scalar_text().unwrap_or("");
    let mut parts = text.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("1"), Some("0"), Some(_), None) => Some(Version::V1_0),
        (Some("1"), Some("1"), Some(_), None) => Some(Version::V1_1),
        _ => {
            let message = format!("Arazzo version `{text}` is not supported");
            diagnostics.push(
                Diagnostic::new(&rule::UNSUPPORTED_VERSION, entry.value.span(), message)
                    .help("supported versions are 1.0.x and 1.1.x, such as `arazzo: 1.0.1`"),
            );
            None
        }
    }
}

/// Checks the syntax of `$self` (RFC 3986, section 4.1).
pub(super) fn self_syntax(uri: Text<'_>, diagnostics: &mut Diagnostics) {
    let text = uri.value;
    let bytes = text.as_bytes();
    let mut reason = None;
    for (at, letter) in text.char_indices() {
        let triplet = || {
            let digits = bytes.get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        let allowed = letter.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=".contains(letter);
        let encoded = letter == '%' && triplet();
        if !allowed && !encoded {
            reason = Some((
                at..at + letter.len_utf8(),
                format!("`{letter}` is not allowed in a URI"),
            ));
            break;
        }
    }
    // The text before the first colon is a scheme, unless it contains a slash (section 4.2).
    let scheme = text
        .split(['/', '?', '#'])
        .next()
        .and_then(|first| first.split_once(':'));
    if let (None, Some((scheme, _))) = (&reason, scheme) {
        let mut letters = scheme.chars();
        let fits = letters.next().is_some_and(|first| first.is_ascii_alphabetic())
            && letters.all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
        if !fits {
            reason = Some((0..scheme.len(), format!("`{scheme}` is not a URI scheme")));
        }
    }
    if text.is_empty() {
        reason = Some((0..0, "it is empty".to_owned()));
    }
    if let Some((at, reason)) = reason {
        let message = format!("`$self` is not a valid URI reference (RFC 3986): {reason}");
        diagnostics.push(
            Diagnostic::new(&rule::SELF_SYNTAX, uri.at.part(at.start, at.end), message)
                .help("write a URI, such as `https://example.com/flows.arazzo.yaml`"),
        );
    }
}

pub(super) fn self_with_fragment(uri: Text<'_>, diagnostics: &mut Diagnostics) {
    if let Some(hash) = uri.value.find('#') {
        let message = "`$self` must not have a fragment: it identifies the whole document";
        diagnostics.push(
            Diagnostic::new(&rule::SELF_WITH_FRAGMENT, uri.at.part(hash, uri.value.len()), message)
                .help(format!("write `{}`", &uri.value[..hash])),
        );
    }
}

pub(super) fn read_info(at: Cursor<'_>, version: Version, diagnostics: &mut Diagnostics) {
    let Some(mut fields) = Fields::new(at, "Info Object", version, diagnostics) else {
        return;
    };
    fields.required_text("title");
    fields.text("summary");
    fields.text("description");
    fields.required_text("version");
    fields.finish();
}

pub(super) fn read_source<'a>(
    at: Cursor<'a>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<SourceDescription<'a>> {
    let mut fields = Fields::new(at, "Source Description Object", version, diagnostics)?;
    let name = fields.required_text("name");
    let url = fields.required_text("url");
    let kind = fields.word(
        "type",
        &[
            ("openapi", SourceType::OpenApi),
            ("arazzo", SourceType::Arazzo),
            ("asyncapi", SourceType::AsyncApi),
        ],
    );
    fields.finish();
    Some(SourceDescription {
        name: name?,
        url: url?,
        kind,
    })
}

pub(super) fn read_workflow<'a>(
    at: Cursor<'a>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<Workflow<'a>> {
    let mut fields = Fields::new(at, "Workflow Object", version, diagnostics)?;
    let id = fields.required_text("workflowId");
    let summary = fields.text("summary");
    let description = fields.text("description");
    let inputs = fields.optional("inputs").map(|entry| entry.value);
    let depends_on = fields.texts("dependsOn");
    let steps = fields.required_list("steps");
    let success_actions = fields.list("successActions");
    let failure_actions = fields.list("failureActions");
    let outputs = fields.map("outputs");
    let parameters = fields.list("parameters");
    fields.finish();
    invalid_output_key(&outputs, diagnostics);
    Some(Workflow {
        summary,
        description,
        inputs,
        depends_on,
        steps: steps
            .into_iter()
            .filter_map(|at| read_step(at, version, diagnostics))
            .collect(),
        success_actions: read_actions(success_actions, true, version, diagnostics),
        failure_actions: read_actions(failure_actions, false, version, diagnostics),
        outputs,
        parameters: read_parameters(parameters, version, diagnostics),
        id: id?,
    })
}

pub(super) fn invalid_output_key(outputs: &[Entry<'_>], diagnostics: &mut Diagnostics) {
    for entry in outputs.iter().filter(|entry| !is_key(entry.key)) {
        let message = format!(
            "the output name `{}` has characters other than letters, digits, `.`, `-` and `_`",
            entry.key
        );
        diagnostics.push(Diagnostic::new(&rule::INVALID_OUTPUT_KEY, entry.key_span, message));
    }
}

pub(super) fn read_step<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Option<Step<'a>> {
    let mut fields = Fields::new(at, "Step Object", version, diagnostics)?;
    let id = fields.required_text("stepId");
    let description = fields.text("description");
    let mut targets = Vec::new();
    for (key, target) in [
        ("operationId", Target::OperationId),
        ("operationPath", Target::OperationPath),
        ("workflowId", Target::WorkflowId),
    ] {
        targets.extend(fields.text(key).map(|text| (target, text)));
    }
    if let Some(entry) = fields.since_1_1("channelPath") {
        targets.extend(fields.as_text(entry).map(|text| (Target::ChannelPath, text)));
    }
    let parameters = fields.list("parameters");
    let request_body = fields.optional("requestBody");
    let success_criteria = fields.non_empty_list("successCriteria");
    let on_success = fields.list("onSuccess");
    let on_failure = fields.list("onFailure");
    let outputs = fields.map("outputs");
    let timeout = fields
        .since_1_1("timeout")
        .and_then(|entry| fields.integer(entry, &rule::TIMEOUT_NEGATIVE));
    let depends_on = match fields.since_1_1("dependsOn") {
        Some(_) => fields.texts("dependsOn"),
        None => Vec::new(),
    };
    let correlation_id = fields.since_1_1("correlationId").and_then(|entry| {
        let scalar = entry.value.scalar_text().is_some() && !matches!(entry.value.node().data, Data::Null);
        if !scalar {
            fields.wrong_type(entry, "a string");
        }
        scalar.then_some(entry.value)
    });
    let directions = [Direction::Send, Direction::Receive].map(|direction| (direction.word(), direction));
    let action = fields
        .since_1_1("action")
        .and_then(|_| fields.word("action", &directions));
    fields.finish();
    invalid_output_key(&outputs, diagnostics);
    Some(Step {
        at,
        description,
        targets,
        parameters: read_parameters(parameters, version, diagnostics),
        request_body: request_body.and_then(|entry| read_request_body(entry.value, version, diagnostics)),
        success_criteria: read_criteria(success_criteria, version, diagnostics),
        on_success: read_actions(on_success, true, version, diagnostics),
        on_failure: read_actions(on_failure, false, version, diagnostics),
        outputs,
        timeout,
        depends_on,
        correlation_id,
        action,
        id: id?,
    })
}
