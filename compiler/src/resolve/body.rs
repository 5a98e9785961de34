//! The body of a request: its content type, its payload, and the replacements in it.

use super::value::Place;
use super::{Engine, JsonPiece, Scope, Segment, Value, ValueKind, unsupported};
use crate::diagnostic::{Diagnostic, rule};
use crate::document::{self, Text};
use crate::expression;
use crate::openapi::{Media, Operation, is_json};
use crate::schema::Schema;
use crate::source::Span;

/// A body of a request.
#[derive(Clone, Debug)]
pub struct Body<'a> {
    /// Where it stands.
    pub span: Span,
    /// The content type that is sent.
    pub content_type: String,
    /// How the payload is written.
    pub form: Payload,
    /// The payload.
    pub payload: Value,
    /// Values that are set in it once it is made, and where.
    pub replacements: Vec<(ReplacementTarget, Value)>,
    /// The schema that the operation has for it.
    pub schema: Option<Schema<'a>>,
    /// What the operation says of the media type.
    pub media: Option<Media<'a>>,
}

/// How a payload is written, which its content type decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// As JSON.
    Json,
    /// As XML, which is a string.
    Xml,
    /// As `application/x-www-form-urlencoded`.
    Form,
    /// As `multipart/form-data`.
    Multipart,
    /// As any other text.
    Text,
}

/// Where a replacement is made or a selector leads.
#[derive(Clone, Debug)]
pub enum ReplacementTarget {
    /// The tokens of a pointer.
    Pointer(Vec<String>),
    /// Everything that a query selects.
    Query(Engine, String),
}

impl<'a> Scope<'a, '_> {
    pub(super) fn body(&mut self, step: &'a document::Step<'a>, operation: &Operation<'a>) -> Option<Body<'a>> {
        let request = step.request_body.as_ref()?;
        let place = Place {
            step: Some(step),
            response: false,
        };
        let content_type = self.content_type(request, operation)?;
        let essence = content_type.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
        let media = operation.body.as_ref().and_then(|body| {
            body.media.iter().find(|media| {
                media
                    .name
                    .split(';')
                    .next()
                    .unwrap_or("")
                    .trim()
                    .eq_ignore_ascii_case(&essence)
            })
        });
        let payload_at = request.payload?;
        let payload = self.value(payload_at, &place);
        let form = if is_json(&content_type) {
            Payload::Json
        } else if essence.ends_with("/xml") || essence.ends_with("+xml") {
            Payload::Xml
        } else if essence == "application/x-www-form-urlencoded" {
            Payload::Form
        } else if essence.starts_with("multipart/") {
            Payload::Multipart
        } else {
            Payload::Text
        };
        let payload = match form {
            Payload::Json => self.json_text(payload_at, payload),
            Payload::Form | Payload::Multipart => self.payload_fields(payload, form, &essence)?,
            Payload::Xml | Payload::Text => self.payload_text(payload, &essence)?,
        };
        let (payload, replacements) = self.replacements(request, payload, form, &place);
        Some(Body {
            span: request.at.span(),
            content_type,
            form,
            payload,
            replacements,
            schema: media.and_then(|media| media.schema),
            media: media.cloned(),
        })
    }

    /// A form is an object; one that is sent as pairs may also be a string that is ready.
    fn payload_fields(&mut self, payload: Value, form: Payload, essence: &str) -> Option<Value> {
        let found = match &payload.kind {
            ValueKind::Array(_) => "an array",
            ValueKind::Null => "null",
            ValueKind::Bool(_) => "a boolean",
            ValueKind::Number(_) => "a number",
            ValueKind::Text(_) | ValueKind::Template(_) if form == Payload::Multipart => "a string",
            ValueKind::Invalid => return None,
            _ => return Some(payload),
        };
        let message = format!("a body of type `{essence}` is written as an object, found {found}");
        self.diagnostics
            .push(Diagnostic::new(&rule::WRONG_TYPE, payload.span, message));
        None
    }

    /// A body that is neither JSON nor a form is a string.
    fn payload_text(&mut self, payload: Value, essence: &str) -> Option<Value> {
        let found = match &payload.kind {
            ValueKind::Array(_) => "an array",
            ValueKind::Object(_) => "an object",
            ValueKind::Null => "null",
            ValueKind::Invalid => return None,
            _ => return Some(payload),
        };
        let message = format!("a body of type `{essence}` is written as a string, found {found}");
        self.diagnostics
            .push(Diagnostic::new(&rule::WRONG_TYPE, payload.span, message));
        None
    }

    /// A string with a JSON content type is sent as written when it is the text of an object or
    /// array. Expressions inside its string literals are escaped for them, so that no value can
    /// change the structure around it.
    fn json_text(&mut self, at: crate::source::Cursor<'a>, payload: Value) -> Value {
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
            let message = format!("the payload is the text of no JSON value: {}", error.message);
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

    /// Payload replacements: into a payload that the document spells out they are made here, into
    /// any other when it is there.
    fn replacements(
        &mut self,
        request: &document::RequestBody<'a>,
        mut payload: Value,
        form: Payload,
        place: &Place<'a>,
    ) -> (Value, Vec<(ReplacementTarget, Value)>) {
        let mut later = Vec::new();
        for replacement in &request.replacements {
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
                // In 1.0 the payload says which language it is: "A JSON Pointer or XPath Expression".
                None if form == Payload::Xml => self.selector_target(target.value, target.at, &xpath),
                None => self.pointer_target(target).map(ReplacementTarget::Pointer),
            };
            let Some(found) = found else { continue };
            let tokens = match (found, form) {
                (ReplacementTarget::Pointer(tokens), Payload::Json | Payload::Form | Payload::Multipart) => tokens,
                (query @ ReplacementTarget::Query(Engine::JsonPath, _), Payload::Json)
                | (query @ ReplacementTarget::Query(Engine::XPath | Engine::XPath31, _), Payload::Xml) => {
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
                Spot::Later if form != Payload::Json => unsupported(
                    "replacements in a form that is one expression",
                    target.span(),
                    self.diagnostics,
                ),
                Spot::Later => later.push((ReplacementTarget::Pointer(tokens), value)),
                Spot::Nowhere => {
                    let message = format!("`{}` leads nowhere in the payload", target.value);
                    self.diagnostics.push(
                        Diagnostic::new(&rule::REPLACEMENT_TARGET_UNRESOLVED, target.span(), message)
                            .related(payload.span, "the payload"),
                    );
                }
            }
        }
        (payload, later)
    }

    fn replacement_target_kind(&mut self, form: Payload, target: Text<'a>) {
        let (message, help) = match form {
            Payload::Json | Payload::Form | Payload::Multipart => (
                "an XPath expression finds nothing in this payload",
                "write a JSON Pointer",
            ),
            Payload::Xml => (
                "nothing but an XPath expression finds something in an XML payload",
                "write `targetSelectorType: xpath`",
            ),
            Payload::Text => (
                "a payload that is plain text has no places to replace",
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
            let message = format!("`{}` is no JSON Pointer", target.value);
            let pointer = expression::dotted_to_pointer(target.value.trim_start_matches(['$', '#']));
            self.diagnostics.push(
                Diagnostic::new(&rule::REPLACEMENT_TARGET_SYNTAX, target.span(), message).help(format!(
                    "write `{pointer}`, or say by `targetSelectorType` which language it is (1.1)"
                )),
            );
        }
        tokens
    }

    fn content_type(&mut self, request: &document::RequestBody<'a>, operation: &Operation<'a>) -> Option<String> {
        let offered: Vec<&str> = operation
            .body
            .as_ref()
            .map(|body| body.media.iter().map(|media| media.name).collect())
            .unwrap_or_default();
        if let Some(text) = request.content_type {
            if !is_media_type(text.value) {
                let message = format!("`{}` is no media type", text.value);
                self.diagnostics.push(
                    Diagnostic::new(&rule::CONTENT_TYPE_INVALID, text.span(), message)
                        .help("write a type and a subtype, such as `application/json`"),
                );
                return None;
            }
            let essence = text.value.split(';').next().unwrap_or("").trim();
            let known = offered.iter().any(|media| {
                media.eq_ignore_ascii_case(essence)
                    || media
                        .split(';')
                        .next()
                        .is_some_and(|media| media.trim().eq_ignore_ascii_case(essence))
                    || accepts(media, essence)
            });
            if !offered.is_empty() && !known {
                let message = format!("the operation does not accept `{essence}`");
                self.diagnostics.push(
                    Diagnostic::new(&rule::CONTENT_TYPE_UNSUPPORTED, text.span(), message).help(format!(
                        "it accepts {}",
                        offered
                            .iter()
                            .map(|name| format!("`{name}`"))
                            .collect::<Vec<_>>()
                            .join(", ")
                    )),
                );
            }
            return Some(text.value.to_owned());
        }
        match offered.as_slice() {
            [only] if !only.contains('*') => Some((*only).to_owned()),
            [] => Some("application/json".to_owned()),
            _ => offered
                .iter()
                .find(|name| is_json(name))
                .map(|name| (*name).to_owned())
                .or_else(|| {
                    let message = "the operation accepts several media types; the body does not say which it is";
                    self.diagnostics.push(
                        Diagnostic::new(&rule::CONTENT_TYPE_AMBIGUOUS, request.at.span(), message).help(format!(
                            "add `contentType` with one of {}",
                            offered
                                .iter()
                                .map(|name| format!("`{name}`"))
                                .collect::<Vec<_>>()
                                .join(", ")
                        )),
                    );
                    None
                }),
        }
    }
}

/// What a pointer finds in a payload that the document spells out.
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
            match crate::jsonpath::position(token, items.len()).and_then(|index| items.get_mut(index)) {
                Some(item) => spot(item, rest),
                None => Spot::Nowhere,
            }
        }
        ValueKind::Reference(_)
        | ValueKind::Length(_)
        | ValueKind::Selection(_)
        | ValueKind::JsonText(_)
        | ValueKind::Invalid => Spot::Later,
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Number(_) | ValueKind::Text(_) | ValueKind::Template(_) => {
            Spot::Nowhere
        }
    }
}

/// Whether a range such as `text/*` accepts a media type.
fn accepts(range: &str, essence: &str) -> bool {
    let kind = |text: &str| text.split('/').next().unwrap_or("").to_ascii_lowercase();
    range == "*/*" || (range.ends_with("/*") && kind(range) == kind(essence))
}

fn is_media_type(text: &str) -> bool {
    let essence = text.split(';').next().unwrap_or("").trim();
    let is_token = |part: &str| !part.is_empty() && part.chars().all(expression::is_token_char);
    let sent = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    sent && essence
        .split_once('/')
        .is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
