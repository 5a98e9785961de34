//! Media types (RFC 9110, section 8.3.1), and how a payload of each type is written.

use crate::syntax::expression::is_token_char;

/// The format in which a payload is written. It is determined by the content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// As JSON.
    Json,
    /// As XML, which is a string.
    Xml,
    /// As `application/x-www-form-urlencoded`.
    Form,
    /// As `multipart/form-data`.
    Multipart,
    /// As JSON values, one per line (OpenAPI 3.2, "Sequential JSON").
    JsonLines,
    /// As any other text, or bytes.
    Text,
}

impl Format {
    /// The format of a content type.
    #[must_use]
    pub fn of(content_type: &str) -> Self {
        let essence = essence(content_type);
        if is_json(&essence) {
            Self::Json
        } else if is_xml(&essence) {
            Self::Xml
        } else if essence == "application/x-www-form-urlencoded" {
            Self::Form
        } else if essence.starts_with("multipart/") {
            Self::Multipart
        } else if matches!(
            &*essence,
            "application/jsonl" | "application/x-ndjson" | "application/ndjson"
        ) {
            Self::JsonLines
        } else {
            Self::Text
        }
    }

    /// Returns whether a payload consists of named values.
    #[must_use]
    pub fn is_form(self) -> bool {
        matches!(self, Self::Form | Self::Multipart)
    }

    /// Returns whether the document writes the payload itself, as text.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Xml | Self::Text)
    }

    /// Describes what a payload must be, for messages; `None` if any payload is allowed.
    #[must_use]
    pub fn expected(self) -> Option<&'static str> {
        match self {
            Self::Json => None,
            Self::Form | Self::Multipart => Some("an object"),
            Self::JsonLines => Some("an array"),
            Self::Xml | Self::Text => Some("a string"),
        }
    }
}

/// Returns a media type without its parameters, in lower case.
#[must_use]
pub fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

/// Returns whether a media type is `*/json` or `*+json`.
#[must_use]
pub fn is_json(media: &str) -> bool {
    has_suffix(&essence(media), "json")
}

/// Returns whether a media type is `*/xml` or `*+xml`.
#[must_use]
pub fn is_xml(media: &str) -> bool {
    has_suffix(&essence(media), "xml")
}

fn has_suffix(essence: &str, suffix: &str) -> bool {
    let rest = essence.strip_suffix(suffix);
    rest.is_some_and(|rest| rest.ends_with(['/', '+']))
}

/// Returns whether a body of a media type is text.
#[must_use]
pub fn is_text(media: &str) -> bool {
    is_xml(media) || essence(media).starts_with("text/")
}

/// Returns whether two media types and their parameters are equal.
#[must_use]
pub fn same(left: &str, right: &str) -> bool {
    let folded = |text: &str| {
        let letters = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '"');
        letters.collect::<String>().to_ascii_lowercase()
    };
    folded(left) == folded(right)
}

/// Returns whether a range such as `text/*` or `application/*+json` accepts a media type, given by its essence.
#[must_use]
pub fn accepts(range: &str, essence: &str) -> bool {
    let range = self::essence(range);
    let Some((kind, subtype)) = range.split_once('/') else {
        return range == "*";
    };
    let (Some((own, rest)), Some(suffix)) = (essence.split_once('/'), subtype.strip_prefix('*')) else {
        return false;
    };
    (kind == "*" || kind == own) && rest.ends_with(suffix)
}

/// Returns whether a text is a media type that can be sent. A range says what is accepted and is never sent.
#[must_use]
pub fn is_sendable(text: &str) -> bool {
    let is_token = |part: &str| !part.is_empty() && part.chars().all(|letter| letter != '*' && is_token_char(letter));
    let plain = text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    let parts = text.split(';').next().unwrap_or("").trim().split_once('/');
    plain && parts.is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}
