//! The body of a request: its content type, its payload, and the replacements in it.

use super::value::Place;
use super::{Body, Engine, JsonPiece, ReplacementTarget, Scope, Segment, Value, ValueKind, unsupported};
use crate::diagnostic::{Diagnostic, rule};
use crate::document::{self, Location, Text};
use crate::media::{self, Format, essence, is_json};
use crate::openapi::Operation;
use crate::source::{Cursor, Span};
use crate::syntax::expression;

impl<'a> Scope<'a, '_> {
    pub(super) fn body(&mut self, step: &'a document::Step<'a>, operation: &Operation<'a>) -> Option<Body<'a>> {
        let request = step.request_body.as_ref()?;
        let place = Place {
            step: Some(step),
            response: false,
            failure: false,
        };
        let Some(payload_at) = request.payload else {
            self.without_payload(request);
            return None;
        };
        let Written {
            content_type,
            by_description,
        } = self.content_type(request, step, operation)?;
        let essence = essence(&content_type);
        let mut media = operation.body.as_ref().and_then(|body| {
            let whole = body.media.iter().find(|media| media::same(media.name, &content_type));
            let exact = whole.or_else(|| body.media.iter().find(|media| media::essence(media.name) == essence));
            exact.or_else(|| body.media.iter().find(|media| media::accepts(media.name, &essence)))
        });
        let payload = self.value(payload_at, &place);
        let mut content_type = content_type;
        let mut form = Format::of(&content_type);
        if by_description && let Some(found) = unfit(&payload, form) {
            self.payload_content_type(&payload, &essence, found, form);
            "application/json".clone_into(&mut content_type);
            form = Format::Json;
            media = None;
        }
        let payload = match form {
            Format::Json => self.json_text(payload_at, payload),
            _ => self.fitting(payload, form, &essence)?,
        };
        let payload = match form {
            Format::Form => form_text(payload),
            _ => payload,
        };
        let (payload, replacements) = self.replacements(request, payload, form, &place);
        Some(Body {
            span: request.at.span(),
            content_type,
            by_description,
            form,
            payload,
            replacements,
            schema: media.and_then(|media| media.schema),
            media: media.cloned(),
        })
    }

    /// Reports a request body that has other fields, but no payload.
    fn without_payload(&mut self, request: &document::RequestBody<'a>) {
        if let Some(replacement) = request.replacements.first() {
            let message = "`replacements` requires a `payload`";
            self.diagnostics.push(
                Diagnostic::new(&rule::REPLACEMENT_WITHOUT_PAYLOAD, replacement.target.span(), message)
                    .help("add the `payload` to apply the replacements to"),
            );
        } else if let Some(text) = request.content_type {
            let message = "`contentType` has no effect without a `payload`";
            self.diagnostics.push(
                Diagnostic::new(&rule::CONTENT_TYPE_UNUSED, text.span(), message)
                    .help("add a `payload`, or remove `requestBody`"),
            );
        }
    }

    /// Reports a payload that does not fit the type of body that the operation accepts.
    fn payload_content_type(&mut self, payload: &Value, essence: &str, found: &str, form: Format) {
        let expected = form.expected().unwrap_or("anything");
        let message = format!("the operation accepts `{essence}`, which requires {expected} as payload; found {found}");
        self.diagnostics.push(
            Diagnostic::new(&rule::PAYLOAD_CONTENT_TYPE, payload.span, message)
                .help("if the API takes JSON, write `contentType: application/json`"),
        );
    }

    /// Reports a payload that cannot be written in its format.
    fn fitting(&mut self, payload: Value, form: Format, essence: &str) -> Option<Value> {
        let Some((found, expected)) = unfit(&payload, form).zip(form.expected()) else {
            return Some(payload).filter(|payload| !matches!(payload.kind, ValueKind::Invalid));
        };
        let message = format!("a body of type `{essence}` must be {expected}, found {found}");
        self.diagnostics
            .push(Diagnostic::new(&rule::WRONG_TYPE, payload.span, message));
        None
    }

    /// A string with a JSON content type is sent as written if it is the text of an object or array. Expressions inside
    /// its string literals are escaped for them, so that no value can change the structure around it.
    fn json_text(&mut self, at: Cursor<'a>, payload: Value) -> Value {
        let segments = match payload.kind {
            ValueKind::Text(text) => vec![Segment::Text(text)],
            ValueKind::Template(segments) => segments,
            _ => return payload,
        };
        let starts = match segments.first() {
            Some(Segment::Text(text)) => text.trim_start().starts_with(['{', '[']),
            _ => false,
        };
        if !starts {
            let whole = match segments.as_slice() {
                [Segment::Text(text)] => ValueKind::Text(text.clone()),
                _ => ValueKind::Template(segments),
            };
            return Value {
                span: payload.span,
                kind: whole,
            };
        }
        let (mut quoted, mut escaped) = (false, false);
        let mut pieces = Vec::new();
        let mut sample = String::new();
        for segment in segments {
            match segment {
                Segment::Text(text) => {
                    for letter in text.chars() {
                        (quoted, escaped) = match letter {
                            _ if escaped => (quoted, false),
                            '\\' if quoted => (true, true),
                            '"' => (!quoted, false),
                            _ => (quoted, false),
                        };
                    }
                    sample.push_str(&text);
                    pieces.push(JsonPiece::Text(text));
                }
                Segment::Reference(reference) if quoted => pieces.push(JsonPiece::Quoted(reference)),
                Segment::Reference(reference) => {
                    sample.push_str("null");
                    pieces.push(JsonPiece::Bare(reference));
                }
            }
        }
        let path = std::path::Path::new("payload.json");
        let parsed = crate::source::File::parse(path, sample.clone().into_bytes());
        let mut errors = parsed
            .root
            .as_ref()
            .err()
            .into_iter()
            .flatten()
            .chain(&parsed.duplicates);
        if let Some(error) = errors.next() {
            let message = format!("the payload is not valid JSON: {}", error.message);
            let mut diagnostic = Diagnostic::new(&rule::PAYLOAD_NOT_JSON, at.span(), message);
            if pieces.len() == 1 {
                diagnostic.span = Some(at.part(error.range.start as usize, error.range.end as usize));
            }
            self.diagnostics.push(diagnostic);
            return Value {
                span: payload.span,
                kind: ValueKind::Invalid,
            };
        }
        Value {
            span: payload.span,
            kind: ValueKind::JsonText(pieces),
        }
    }

    /// Resolves payload replacements. If the document spells out the payload, they are applied here, and otherwise at
    /// run time.
    fn replacements(
        &mut self,
        request: &document::RequestBody<'a>,
        mut payload: Value,
        form: Format,
        place: &Place<'a>,
    ) -> (Value, Vec<(ReplacementTarget, Value)>) {
        let mut later = Vec::new();
        for replacement in &request.replacements {
            self.literal_braces(
                replacement.target.value,
                replacement.target.span(),
                "the target of a replacement",
            );
            let value = self.value(replacement.value, place);
            let target = replacement.target;
            let xpath = document::ExpressionType {
                name: Text {
                    value: "xpath",
                    at: target.at,
                },
                version: None,
            };
            let found = match &replacement.kind {
                Some(kind) => self.selector_target(target.value, target.at, kind),
                // In 1.0, the payload determines the language: "A JSON Pointer or XPath Expression".
                None if form == Format::Xml => self.selector_target(target.value, target.at, &xpath),
                None => self.pointer_target(target).map(ReplacementTarget::Pointer),
            };
            let Some(found) = found else { continue };
            let tokens = match (found, form) {
                (ReplacementTarget::Pointer(tokens), Format::Json | Format::Form | Format::Multipart) => tokens,
                (query @ ReplacementTarget::Query(Engine::JsonPath, _), Format::Json)
                | (query @ ReplacementTarget::Query(Engine::XPath | Engine::XPath31, _), Format::Xml) => {
                    later.push((query, value));
                    continue;
                }
                _ => {
                    self.replacement_target_kind(form, target);
                    continue;
                }
            };
            match spot(&mut payload, &tokens) {
                Spot::Found(found) => *found = value,
                Spot::Later if form != Format::Json => unsupported(
                    "replacements in a form that is a single expression",
                    target.span(),
                    self.diagnostics,
                ),
                Spot::Later => later.push((ReplacementTarget::Pointer(tokens), value)),
                Spot::Nowhere => {
                    let message = format!("`{}` does not exist in the payload", target.value);
                    self.diagnostics.push(
                        Diagnostic::new(&rule::REPLACEMENT_TARGET_UNRESOLVED, target.span(), message)
                            .related(payload.span, "the payload"),
                    );
                }
            }
        }
        (payload, later)
    }

    fn replacement_target_kind(&mut self, form: Format, target: Text<'a>) {
        let (message, help) = match form {
            Format::Json | Format::Form | Format::Multipart => (
                "an XPath expression cannot be used in a payload that is not XML",
                "write a JSON Pointer",
            ),
            Format::Xml => (
                "the target of a replacement in an XML payload must be an XPath expression",
                "write `targetSelectorType: xpath`",
            ),
            Format::JsonLines => (
                "a payload of several JSON values does not support replacements",
                "write the values into the payload",
            ),
            Format::Text => (
                "a plain text payload does not support replacements",
                "write the value into the text: `{$inputs.NAME}`",
            ),
        };
        self.diagnostics
            .push(Diagnostic::new(&rule::REPLACEMENT_TARGET_SYNTAX, target.span(), message).help(help));
    }

    fn pointer_target(&mut self, target: Text<'a>) -> Option<Vec<String>> {
        let tokens = match target.value.strip_prefix('/') {
            Some(body) => body.split('/').map(expression::unescape).collect::<Option<Vec<_>>>(),
            None => target.value.is_empty().then(Vec::new),
        };
        if tokens.is_none() {
            let message = format!("`{}` is not a valid JSON Pointer", target.value);
            let pointer = expression::dotted_to_pointer(target.value.trim_start_matches(['$', '#']));
            self.diagnostics.push(
                Diagnostic::new(&rule::REPLACEMENT_TARGET_SYNTAX, target.span(), message)
                    .help(format!("write `{pointer}`, or set `targetSelectorType` (Arazzo 1.1)")),
            );
        }
        tokens
    }

    /// Returns the content type that the document sets, or otherwise the one that the operation accepts.
    fn content_type(
        &mut self,
        request: &document::RequestBody<'a>,
        step: &'a document::Step<'a>,
        operation: &Operation<'a>,
    ) -> Option<Written> {
        let offered: Vec<&str> = operation
            .body
            .as_ref()
            .map(|body| body.media.iter().map(|media| media.name).collect())
            .unwrap_or_default();
        if let Some((text, at)) = self.written_content_type(request, step) {
            let essence = essence(&text);
            if !media::is_sendable(&text) {
                let message = if text.contains('*') {
                    format!("`{text}` is a media type range and cannot be sent")
                } else {
                    format!("`{text}` is not a media type")
                };
                self.diagnostics.push(
                    Diagnostic::new(&rule::CONTENT_TYPE_INVALID, at, message)
                        .help("write a type and a subtype, such as `application/json`"),
                );
                return None;
            }
            if Format::of(&text) == Format::Multipart && parameter(&text, "boundary") {
                let message = "cannot set the boundary of a multipart body: the client generates it";
                self.diagnostics
                    .push(Diagnostic::new(&rule::CONTENT_TYPE_INVALID, at, message).help(format!("write `{essence}`")));
                return None;
            }
            let known = offered
                .iter()
                .any(|media| media::essence(media) == essence || media::accepts(media, &essence));
            if !offered.is_empty() && !known {
                let message = format!("the operation does not accept `{essence}`");
                self.diagnostics.push(
                    Diagnostic::new(&rule::CONTENT_TYPE_UNSUPPORTED, at, message)
                        .help(format!("it accepts {}", super::listed(offered.iter().copied()))),
                );
            }
            return Some(Written {
                content_type: text,
                by_description: false,
            });
        }
        let chosen = choose(&offered, request.payload);
        if chosen.is_none() {
            let range = |media: &&&str| media.contains('*');
            let ranges = super::listed(offered.iter().filter(range).copied());
            let types = super::listed(offered.iter().filter(|media| !range(media)).copied());
            let help = match (types.as_str(), ranges.as_str()) {
                ("", ranges) => format!("add `contentType` with a media type in the range {ranges}"),
                (types, "") => format!("add `contentType` with one of {types}"),
                (types, ranges) => {
                    format!("add `contentType` with one of {types}, or a media type in the range {ranges}")
                }
            };
            let message = "the operation accepts several media types, and the request body does not set one";
            self.diagnostics
                .push(Diagnostic::new(&rule::CONTENT_TYPE_AMBIGUOUS, request.at.span(), message).help(help));
        }
        let mut chosen = chosen?;
        // A boundary in a description cannot be that of a body that it does not know.
        if Format::of(&chosen) == Format::Multipart && parameter(&chosen, "boundary") {
            chosen = essence(&chosen);
        }
        Some(Written {
            content_type: chosen,
            by_description: true,
        })
    }

    /// Returns `contentType`, or the value of an equivalent `Content-Type` header parameter.
    fn written_content_type(
        &mut self,
        request: &document::RequestBody<'a>,
        step: &'a document::Step<'a>,
    ) -> Option<(String, Span)> {
        let own = request.content_type.map(|text| (text.value.to_owned(), text.span()));
        let list = step.parameters.iter().chain(&self.workflow.parameters);
        let mut parameters = list.filter_map(|parameter| {
            let parameter = self.parameter_object(parameter)?;
            let header = parameter.location.map(|(location, _)| location) == Some(Location::Header);
            let named = parameter.name.value.eq_ignore_ascii_case("content-type");
            (header && named).then_some(parameter)
        });
        let Some(parameter) = parameters.next() else {
            return own;
        };
        let text = parameter.value.as_str().unwrap_or("");
        let literal = !text.is_empty() && !text.contains('$');
        let agrees = |own: &str| own.eq_ignore_ascii_case(text) || media::accepts(own, &essence(text));
        if literal && own.as_ref().is_none_or(|(own, _)| agrees(own)) {
            return Some((text.to_owned(), parameter.value.span()));
        }
        // A content type that is computed at run time is sent unchanged, and the body has the format that the operation
        // accepts.
        if !literal && own.as_ref().is_none_or(|(own, _)| own.contains('*')) {
            return None;
        }
        let message = "the header `Content-Type` of a request body is set by `contentType`";
        let mut diagnostic = Diagnostic::new(&rule::HEADER_RESERVED, parameter.name.span(), message);
        if let Some((_, span)) = &own {
            diagnostic = diagnostic.related(*span, "a different `contentType` is set here");
        }
        self.diagnostics
            .push(diagnostic.help("remove the parameter and write `contentType` in `requestBody`"));
        own
    }
}

/// The content type of a body.
struct Written {
    content_type: String,
    /// Whether the document leaves it to the description.
    by_description: bool,
}

/// Chooses the media type that is sent if the document does not set one: the only one in the list, or otherwise JSON if
/// it is in the list. A media range is never sent.
/// Returns whether a media type has a parameter of this name.
fn parameter(media: &str, name: &str) -> bool {
    let mut parameters = media.split(';').skip(1);
    parameters.any(|parameter| {
        parameter
            .split('=')
            .next()
            .is_some_and(|key| key.trim().eq_ignore_ascii_case(name))
    })
}

fn choose(offered: &[&str], payload: Option<Cursor<'_>>) -> Option<String> {
    let concrete: Vec<&str> = offered.iter().copied().filter(|media| !media.contains('*')).collect();
    let plain: Vec<&&str> = concrete
        .iter()
        .filter(|media| essence(media) == "application/json")
        .collect();
    // If several have parameters, the one without parameters is plain JSON.
    let plain = match plain.as_slice() {
        [only] => Some(*only),
        several => several.iter().copied().find(|media| !media.contains(';')),
    };
    let json: Vec<&str> = concrete.iter().copied().filter(|media| is_json(media)).collect();
    let chosen = match (offered, plain, json.as_slice()) {
        ([], ..) => "application/json",
        ([only], ..) if concrete.len() == 1 => only,
        (_, Some(plain), _) => plain,
        (_, None, [only]) if concrete.len() == offered.len() => only,
        _ => {
            // A payload that is spelled out and is not a string is sent as JSON if anything is accepted.
            let anything = offered.iter().any(|media| media::accepts(media, "application/json"));
            let spelt_out = payload.is_some_and(|payload| payload.as_str().is_none());
            if !(anything && spelt_out && concrete.is_empty()) {
                return None;
            }
            "application/json"
        }
    };
    Some(chosen.to_owned())
}

/// Describes a payload from which a form or a text cannot be made.
fn unfit(payload: &Value, form: Format) -> Option<&'static str> {
    match &payload.kind {
        _ if form == Format::Json => None,
        ValueKind::Array(_) if form == Format::JsonLines => None,
        ValueKind::Array(_) => Some("an array"),
        ValueKind::Null => Some("null"),
        ValueKind::Object(_) if !form.is_form() => Some("an object"),
        ValueKind::Bool(_) if form.is_form() || form == Format::JsonLines => Some("a boolean"),
        ValueKind::Number(_) if form.is_form() || form == Format::JsonLines => Some("a number"),
        ValueKind::Text(_) | ValueKind::Template(_) if form == Format::Multipart => Some("a string"),
        _ => None,
    }
}

/// In the text of a form, values are percent-encoded, so that none of them can add a parameter.
fn form_text(payload: Value) -> Value {
    match payload.kind {
        ValueKind::Template(segments) => Value {
            span: payload.span,
            kind: ValueKind::FormText(segments),
        },
        _ => payload,
    }
}

/// The result of a pointer into a payload that the document spells out.
enum Spot<'v> {
    Found(&'v mut Value),
    Later,
    Nowhere,
}

fn spot<'v>(value: &'v mut Value, tokens: &[String]) -> Spot<'v> {
    let Some((token, rest)) = tokens.split_first() else {
        return Spot::Found(value);
    };
    match &mut value.kind {
        ValueKind::Object(members) => match members.iter_mut().find(|(name, _)| name == token) {
            Some((_, member)) => spot(member, rest),
            None => Spot::Nowhere,
        },
        ValueKind::Array(items) => {
            let index = crate::syntax::jsonpath::position(token, items.len());
            let item = index.and_then(|index| items.get_mut(index));
            item.map_or(Spot::Nowhere, |item| spot(item, rest))
        }
        ValueKind::Reference(_)
        | ValueKind::Length(_)
        | ValueKind::Selection(_)
        | ValueKind::JsonText(_)
        | ValueKind::Invalid => Spot::Later,
        ValueKind::Null
        | ValueKind::Bool(_)
        | ValueKind::Number(_)
        | ValueKind::Text(_)
        | ValueKind::Template(_)
        | ValueKind::FormText(_) => Spot::Nowhere,
    }
}
