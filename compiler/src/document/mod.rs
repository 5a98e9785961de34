//! Phase 2a: the Arazzo document as the specification models it, every field with its place.
//!
//! Input: the root [`Cursor`] of a file. Output: a [`Document`]. Only the shape is checked here:
//! which fields there are and of which type. What names mean is the matter of `resolve`.

mod fields;

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::source::{Cursor, Entry, Span};
use fields::{Fields, field_needs_1_1};

/// The minor version of the specification that a document is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Arazzo 1.0.x
    V1_0,
    /// Arazzo 1.1.x
    V1_1,
}

/// A string value of the document.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The string.
    pub value: &'a str,
    /// The node it is the value of.
    pub at: Cursor<'a>,
}

impl Text<'_> {
    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> Span {
        self.at.span()
    }
}

/// The Arazzo Specification Object.
#[derive(Debug)]
pub struct Document<'a> {
    /// `arazzo`
    pub version: Version,
    /// `$self` (1.1)
    pub self_uri: Option<Text<'a>>,
    /// `sourceDescriptions`
    pub sources: Vec<SourceDescription<'a>>,
    /// `workflows`
    pub workflows: Vec<Workflow<'a>>,
    /// `components`
    pub components: Components<'a>,
    /// The whole document.
    pub root: Cursor<'a>,
}

/// What a source description describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceType {
    /// An OpenAPI description.
    OpenApi,
    /// Another Arazzo document.
    Arazzo,
    /// An AsyncAPI description.
    AsyncApi,
}

/// The Source Description Object.
#[derive(Debug)]
pub struct SourceDescription<'a> {
    /// `name`
    pub name: Text<'a>,
    /// `url`
    pub url: Text<'a>,
    /// `type`; `None` where the document does not say.
    pub kind: Option<(SourceType, Span)>,
}

/// The Workflow Object.
#[derive(Debug)]
pub struct Workflow<'a> {
    /// `workflowId`
    pub id: Text<'a>,
    /// `summary`
    pub summary: Option<Text<'a>>,
    /// `description`
    pub description: Option<Text<'a>>,
    /// `inputs`, a JSON Schema.
    pub inputs: Option<Cursor<'a>>,
    /// `dependsOn`
    pub depends_on: Vec<Text<'a>>,
    /// `steps`
    pub steps: Vec<Step<'a>>,
    /// `successActions`
    pub success_actions: Vec<OrReusable<'a, Action<'a>>>,
    /// `failureActions`
    pub failure_actions: Vec<OrReusable<'a, Action<'a>>>,
    /// `outputs`
    pub outputs: Vec<Entry<'a>>,
    /// `parameters`
    pub parameters: Vec<OrReusable<'a, Parameter<'a>>>,
}

/// The Step Object.
#[derive(Debug)]
pub struct Step<'a> {
    /// The object.
    pub at: Cursor<'a>,
    /// `stepId`
    pub id: Text<'a>,
    /// `description`
    pub description: Option<Text<'a>>,
    /// `operationId`, `operationPath`, `channelPath` and `workflowId`, those that are there.
    pub targets: Vec<(Target, Text<'a>)>,
    /// `parameters`
    pub parameters: Vec<OrReusable<'a, Parameter<'a>>>,
    /// `requestBody`
    pub request_body: Option<RequestBody<'a>>,
    /// `successCriteria`
    pub success_criteria: Vec<Criterion<'a>>,
    /// `onSuccess`
    pub on_success: Vec<OrReusable<'a, Action<'a>>>,
    /// `onFailure`
    pub on_failure: Vec<OrReusable<'a, Action<'a>>>,
    /// `outputs`
    pub outputs: Vec<Entry<'a>>,
    /// `timeout` in milliseconds (1.1)
    pub timeout: Option<(u64, Span)>,
    /// `dependsOn` (1.1)
    pub depends_on: Vec<Text<'a>>,
    /// `correlationId` (1.1)
    pub correlation_id: Option<Span>,
    /// `action` (1.1)
    pub action: Option<Span>,
}

/// Which field names what a step calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `operationId`
    OperationId,
    /// `operationPath`
    OperationPath,
    /// `channelPath`
    ChannelPath,
    /// `workflowId`
    WorkflowId,
}

impl Target {
    /// The name of the field.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::OperationId => "operationId",
            Self::OperationPath => "operationPath",
            Self::ChannelPath => "channelPath",
            Self::WorkflowId => "workflowId",
        }
    }
}

/// The Parameter Object.
#[derive(Clone, Debug)]
pub struct Parameter<'a> {
    /// `name`
    pub name: Text<'a>,
    /// `in`
    pub location: Option<(Location, Span)>,
    /// Whether `in` is there, be it as something that was reported.
    pub says_location: bool,
    /// `value`
    pub value: Cursor<'a>,
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// A part of the path template.
    Path,
    /// `name=value` in the query.
    Query,
    /// The whole query (1.1, OpenAPI 3.2).
    QueryString,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
}

impl Location {
    /// The word of the `in` field.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::QueryString => "querystring",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }

    /// The location that a word of the `in` field names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "path" => Self::Path,
            "query" => Self::Query,
            "querystring" => Self::QueryString,
            "header" => Self::Header,
            "cookie" => Self::Cookie,
            _ => return None,
        })
    }
}

/// The Request Body Object.
#[derive(Debug)]
pub struct RequestBody<'a> {
    /// The object.
    pub at: Cursor<'a>,
    /// `contentType`
    pub content_type: Option<Text<'a>>,
    /// `payload`
    pub payload: Option<Cursor<'a>>,
    /// `replacements`
    pub replacements: Vec<Replacement<'a>>,
}

/// The Payload Replacement Object.
#[derive(Debug)]
pub struct Replacement<'a> {
    /// `target`
    pub target: Text<'a>,
    /// `targetSelectorType` (1.1)
    pub kind: Option<ExpressionType<'a>>,
    /// `value`
    pub value: Cursor<'a>,
}

/// The Criterion Object.
#[derive(Clone, Debug)]
pub struct Criterion<'a> {
    /// `context`
    pub context: Option<Text<'a>>,
    /// `condition`
    pub condition: Text<'a>,
    /// `type`; `None` where the document does not say, which means simple.
    pub kind: Option<ExpressionType<'a>>,
}

/// `type` of a criterion or selector: a word or an Expression Type Object.
#[derive(Clone, Debug)]
pub struct ExpressionType<'a> {
    /// `simple`, `regex`, `jsonpath`, `xpath` or `jsonpointer`.
    pub name: Text<'a>,
    /// `version`
    pub version: Option<Text<'a>>,
}

/// The type of a Success or Failure Action Object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionType {
    /// `end`
    End,
    /// `goto`
    Goto,
    /// `retry`
    Retry,
}

/// The Success Action Object and the Failure Action Object.
#[derive(Clone, Debug)]
pub struct Action<'a> {
    /// The object.
    pub at: Cursor<'a>,
    /// `name`
    pub name: Text<'a>,
    /// `type`
    pub kind: ActionType,
    /// `workflowId`
    pub workflow_id: Option<Text<'a>>,
    /// `stepId`
    pub step_id: Option<Text<'a>>,
    /// `parameters` (1.1)
    pub parameters: Vec<OrReusable<'a, Parameter<'a>>>,
    /// `retryAfter` in seconds
    pub retry_after: Option<(f64, Span)>,
    /// `retryLimit`
    pub retry_limit: Option<(u64, Span)>,
    /// `criteria`
    pub criteria: Vec<Criterion<'a>>,
}

/// An object, or a Reusable Object that stands for one.
#[derive(Clone, Debug)]
pub enum OrReusable<'a, T> {
    /// Written where it is used.
    Here(T),
    /// Defined in `components`.
    Reusable(Reusable<'a>),
}

/// The Reusable Object.
#[derive(Clone, Debug)]
pub struct Reusable<'a> {
    /// `reference`
    pub reference: Text<'a>,
    /// `value`
    pub value: Option<Entry<'a>>,
}

/// The Components Object.
#[derive(Debug, Default)]
pub struct Components<'a> {
    /// `inputs`
    pub inputs: Vec<Entry<'a>>,
    /// `parameters`
    pub parameters: Vec<(Entry<'a>, Parameter<'a>)>,
    /// `successActions`
    pub success_actions: Vec<(Entry<'a>, Action<'a>)>,
    /// `failureActions`
    pub failure_actions: Vec<(Entry<'a>, Action<'a>)>,
}

/// Reads the document; `None` when it is none at all.
pub fn read<'a>(root: Cursor<'a>, diagnostics: &mut Diagnostics) -> Option<Document<'a>> {
    let version = version(root, diagnostics)?;
    let mut fields = Fields::new(root, "Arazzo Specification Object", version, diagnostics)?;
    fields.known("arazzo");
    // Editors find the schema of a file by it; it says nothing about the workflows.
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

/// Nothing else is looked at in a document of a version that this compiler does not know.
fn version(root: Cursor<'_>, diagnostics: &mut Diagnostics) -> Option<Version> {
    if !root.is_object() {
        let message = format!("an Arazzo document is an object, found {}", root.kind());
        diagnostics.push(Diagnostic::new(&rule::NOT_AN_OBJECT, root.span(), message));
        return None;
    }
    let Some(entry) = root.entry("arazzo") else {
        let hint = root
            .members()
            .find(|entry| matches!(entry.key, "openapi" | "swagger" | "asyncapi"));
        let span = hint.map_or(root.span(), |entry| entry.key_span);
        let mut diagnostic = Diagnostic::new(
            &rule::MISSING_FIELD,
            span,
            "the field `arazzo` is missing from the document",
        );
        diagnostic = match hint {
            Some(entry) => diagnostic.help(format!(
                "this is an `{}` description; name the Arazzo document that uses it",
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

/// RFC 3986, section 4.1.
fn self_syntax(uri: Text<'_>, diagnostics: &mut Diagnostics) {
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
                format!("`{letter}` cannot be part of a URI"),
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
        let message = format!("`$self` is not a URI reference (RFC 3986): {reason}");
        diagnostics.push(
            Diagnostic::new(&rule::SELF_SYNTAX, uri.at.part(at.start, at.end), message)
                .help("write a URI, such as `https://example.com/flows.arazzo.yaml`"),
        );
    }
}

fn self_with_fragment(uri: Text<'_>, diagnostics: &mut Diagnostics) {
    if let Some(hash) = uri.value.find('#') {
        let message = "`$self` has a fragment; it names the whole document";
        diagnostics.push(
            Diagnostic::new(&rule::SELF_WITH_FRAGMENT, uri.at.part(hash, uri.value.len()), message)
                .help(format!("write `{}`", &uri.value[..hash])),
        );
    }
}

fn read_info(at: Cursor<'_>, version: Version, diagnostics: &mut Diagnostics) {
    let Some(mut fields) = Fields::new(at, "Info Object", version, diagnostics) else {
        return;
    };
    fields.required_text("title");
    fields.text("summary");
    fields.text("description");
    fields.required_text("version");
    fields.finish();
}

fn read_source<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Option<SourceDescription<'a>> {
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

fn read_components<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Components<'a> {
    let Some(mut fields) = Fields::new(at, "Components Object", version, diagnostics) else {
        return Components::default();
    };
    let inputs = fields.map("inputs");
    let parameters = fields.map("parameters");
    let success = fields.map("successActions");
    let failure = fields.map("failureActions");
    fields.finish();
    for entry in inputs.iter().chain(&parameters).chain(&success).chain(&failure) {
        if !is_key(entry.key) {
            let message = format!(
                "the component key `{}` has characters other than letters, digits, `.`, `-` and `_`",
                entry.key
            );
            diagnostics.push(Diagnostic::new(&rule::INVALID_COMPONENT_KEY, entry.key_span, message));
        }
    }
    Components {
        inputs,
        parameters: parameters
            .into_iter()
            .filter_map(|entry| Some((entry, read_parameter(entry.value, version, diagnostics)?)))
            .collect(),
        success_actions: success
            .into_iter()
            .filter_map(|entry| Some((entry, read_action(entry.value, true, version, diagnostics)?)))
            .collect(),
        failure_actions: failure
            .into_iter()
            .filter_map(|entry| Some((entry, read_action(entry.value, false, version, diagnostics)?)))
            .collect(),
    }
}

/// `^[a-zA-Z0-9\.\-_]+$`, the keys that the specification allows for components and outputs.
#[must_use]
pub fn is_key(key: &str) -> bool {
    !key.is_empty()
        && key
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn read_workflow<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Option<Workflow<'a>> {
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

fn invalid_output_key(outputs: &[Entry<'_>], diagnostics: &mut Diagnostics) {
    for entry in outputs.iter().filter(|entry| !is_key(entry.key)) {
        let message = format!(
            "the output name `{}` has characters other than letters, digits, `.`, `-` and `_`",
            entry.key
        );
        diagnostics.push(Diagnostic::new(&rule::INVALID_OUTPUT_KEY, entry.key_span, message));
    }
}

fn read_step<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Option<Step<'a>> {
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
    let correlation_id = fields.since_1_1("correlationId").map(|entry| entry.value.span());
    let action = fields.since_1_1("action").map(|entry| entry.value.span());
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

fn read_reusable<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Option<Reusable<'a>> {
    let mut fields = Fields::new(at, "Reusable Object", version, diagnostics)?;
    let reference = fields.required_text("reference");
    let value = fields.optional("value");
    fields.finish_with(&rule::REUSABLE_UNKNOWN_FIELD);
    Some(Reusable {
        reference: reference?,
        value,
    })
}

fn read_parameters<'a>(
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

fn read_parameter<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Option<Parameter<'a>> {
    let mut fields = Fields::new(at, "Parameter Object", version, diagnostics)?;
    let name = fields.required_text("name");
    let says_location = at.get("in").is_some();
    let in_body = at.get("in").and_then(Cursor::as_str);
    let location = if let Some(word @ ("body" | "formData")) = in_body {
        fields.known("in");
        let span = at.get("in").map_or(at.span(), Cursor::span);
        let message = format!("`in` is `{word}`: a parameter is not sent in the body");
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
        let message = format!("the parameter `{}` has no `value`", name.value);
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

fn read_request_body<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Option<RequestBody<'a>> {
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

fn read_replacement<'a>(at: Cursor<'a>, version: Version, diagnostics: &mut Diagnostics) -> Option<Replacement<'a>> {
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

/// Reads a list of Criterion Objects.
fn read_criteria<'a>(items: Vec<Cursor<'a>>, version: Version, diagnostics: &mut Diagnostics) -> Vec<Criterion<'a>> {
    items
        .into_iter()
        .filter_map(|at| {
            let mut fields = Fields::new(at, "Criterion Object", version, diagnostics)?;
            let context = fields.text("context");
            let condition = fields.required_text("condition");
            let kind = fields.optional("type");
            fields.finish();
            let kind = kind.and_then(|entry| read_expression_type(entry.value, version, diagnostics));
            Some(Criterion {
                context,
                condition: condition?,
                kind,
            })
        })
        .collect()
}

/// Reads the `type` of a criterion or a selector.
pub fn read_expression_type<'a>(
    at: Cursor<'a>,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<ExpressionType<'a>> {
    if let Some(value) = at.as_str() {
        return Some(ExpressionType {
            name: Text { value, at },
            version: None,
        });
    }
    let mut fields = Fields::new(at, "Expression Type Object", version, diagnostics)?;
    let name = fields.required_text("type");
    let number = fields.required_text("version");
    fields.finish();
    Some(ExpressionType {
        name: name?,
        version: number,
    })
}

fn read_actions<'a>(
    items: Vec<Cursor<'a>>,
    success: bool,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Vec<OrReusable<'a, Action<'a>>> {
    items
        .into_iter()
        .filter_map(|at| {
            if at.get("reference").is_some() {
                read_reusable(at, version, diagnostics).map(OrReusable::Reusable)
            } else {
                read_action(at, success, version, diagnostics).map(OrReusable::Here)
            }
        })
        .collect()
}

fn read_action<'a>(
    at: Cursor<'a>,
    success: bool,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<Action<'a>> {
    let what = if success {
        "Success Action Object"
    } else {
        "Failure Action Object"
    };
    let mut fields = Fields::new(at, what, version, diagnostics)?;
    let name = fields.required_text("name");
    let kinds = [
        ("end", ActionType::End),
        ("goto", ActionType::Goto),
        ("retry", ActionType::Retry),
    ];
    let kind = if success {
        fields.word("type", &kinds[..2])
    } else {
        fields.word("type", &kinds)
    };
    if at.get("type").is_none() {
        fields.missing("type");
    }
    let workflow_id = fields.text("workflowId");
    let step_id = fields.text("stepId");
    let parameters = match fields.since_1_1("parameters") {
        Some(_) => fields.list("parameters"),
        None => Vec::new(),
    };
    let criteria = fields.list("criteria");
    let (mut retry_after, mut retry_limit) = (None, None);
    if !success {
        retry_after = fields
            .optional("retryAfter")
            .and_then(|entry| fields.number(entry, &rule::RETRY_AFTER_NEGATIVE));
        retry_limit = fields
            .optional("retryLimit")
            .and_then(|entry| fields.integer(entry, &rule::RETRY_LIMIT_NEGATIVE));
    }
    fields.finish();
    let parameters = read_parameters(parameters, version, diagnostics);
    let criteria = read_criteria(criteria, version, diagnostics);
    let action = Action {
        at,
        name: name?,
        kind: kind?.0,
        workflow_id,
        step_id,
        parameters,
        retry_after,
        retry_limit,
        criteria,
    };
    action_target(&action, diagnostics);
    retry_field_unexpected(&action, diagnostics);
    Some(action)
}

fn action_target(action: &Action<'_>, diagnostics: &mut Diagnostics) {
    let name = action.name.value;
    match (action.kind, action.workflow_id, action.step_id) {
        (ActionType::Goto, None, None) => diagnostics.push(
            Diagnostic::new(
                &rule::ACTION_TARGET,
                action.at.span(),
                format!("the action `{name}` goes nowhere"),
            )
            .help("a `goto` needs a `stepId` or a `workflowId`"),
        ),
        (_, Some(workflow), Some(_)) => diagnostics.push(
            Diagnostic::new(
                &rule::ACTION_TARGET,
                workflow.span(),
                format!("the action `{name}` has both a `workflowId` and a `stepId`"),
            )
            .help("keep one of the two"),
        ),
        (ActionType::End, Some(target), None) | (ActionType::End, None, Some(target)) => diagnostics.push(
            Diagnostic::new(
                &rule::ACTION_TARGET,
                target.span(),
                format!("the action `{name}` of type `end` has a target"),
            )
            .help("remove the target, or write `type: goto`"),
        ),
        _ => {}
    }
}

fn retry_field_unexpected(action: &Action<'_>, diagnostics: &mut Diagnostics) {
    if action.kind == ActionType::Retry {
        return;
    }
    for (field, span) in [
        ("retryAfter", action.retry_after.map(|found| found.1)),
        ("retryLimit", action.retry_limit.map(|found| found.1)),
    ] {
        if let Some(span) = span {
            let message = format!("`{field}` on an action that does not retry");
            diagnostics.push(
                Diagnostic::new(&rule::RETRY_FIELD_UNEXPECTED, span, message)
                    .help(format!("remove `{field}`, or write `type: retry`")),
            );
        }
    }
}
