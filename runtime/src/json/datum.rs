//! JSON values of expressions: borrowed if possible, with numbers in their original spelling.

use std::borrow::Cow;
use std::cmp::Ordering;

use crate::json::pointer::extract;
use crate::json::view::View;

/// A present value; absence is `Option::None`.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number in JSON spelling.
    Number(Cow<'a, str>),
    /// A string.
    Text(Cow<'a, str>),
    /// An array or object as JSON text.
    Json(Cow<'a, str>),
}

impl<'a> Datum<'a> {
    /// Reads JSON text that is known to be valid.
    #[must_use]
    pub fn from_json(text: &'a str) -> Self {
        match text.as_bytes().first() {
            Some(b'"') => match text.get(1..text.len().saturating_sub(1)) {
                Some(inner) if memchr::memchr(b'\\', inner.as_bytes()).is_none() => Self::Text(Cow::Borrowed(inner)),
                _ => Self::Text(Cow::Owned(serde_json::from_str(text).unwrap_or_default())),
            },
            Some(b't') => Self::Bool(true),
            Some(b'f') => Self::Bool(false),
            Some(b'n') | None => Self::Null,
            Some(b'{' | b'[') => Self::Json(Cow::Borrowed(text)),
            Some(_) => Self::Number(Cow::Borrowed(text)),
        }
    }

    /// Creates a string that borrows its text.
    #[must_use]
    pub fn borrowed(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }

    /// Creates a string that owns its text.
    #[must_use]
    pub fn owned(text: String) -> Datum<'static> {
        Datum::Text(Cow::Owned(text))
    }

    /// Returns the value of a field; `None` if it is absent.
    #[must_use]
    pub fn seen(view: View<'a>) -> Option<Self> {
        match view {
            View::Absent => None,
            View::Null => Some(Self::Null),
            View::Bool(value) => Some(Self::Bool(value)),
            View::Text(text) => Some(Self::borrowed(text)),
            other => Some(Datum::from_json(&serde_json::to_string(&other).ok()?).into_owned()),
        }
    }

    /// Returns the same value without borrowing.
    #[must_use]
    pub fn into_owned(self) -> Datum<'static> {
        match self {
            Self::Null => Datum::Null,
            Self::Bool(value) => Datum::Bool(value),
            Self::Number(text) => Datum::Number(Cow::Owned(text.into_owned())),
            Self::Text(text) => Datum::Text(Cow::Owned(text.into_owned())),
            Self::Json(text) => Datum::Json(Cow::Owned(text.into_owned())),
        }
    }

    /// Returns the value as JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = Vec::new();
        self.write_json(&mut out);
        String::from_utf8(out).unwrap_or_default()
    }

    /// Appends the value as JSON.
    pub fn write_json(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.extend_from_slice(b"null"),
            Self::Bool(true) => out.extend_from_slice(b"true"),
            Self::Bool(false) => out.extend_from_slice(b"false"),
            Self::Number(text) | Self::Json(text) => out.extend_from_slice(text.as_bytes()),
            Self::Text(text) => write_string(text, out),
        }
    }

    /// Returns the value as the text of an embedding: a string unchanged, any other value as JSON.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        match self {
            Self::Null => Cow::Borrowed("null"),
            Self::Bool(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
            Self::Number(text) | Self::Text(text) | Self::Json(text) => Cow::Borrowed(text),
        }
    }

    /// Returns the value at a JSON Pointer.
    #[must_use]
    pub fn pointer(self, tokens: &[&str]) -> Option<Datum<'a>> {
        match self {
            Self::Json(Cow::Borrowed(text)) => {
                let mut found = [None];
                extract(text.as_bytes(), &[tokens], &mut found).ok()?;
                found[0].map(Datum::from_json)
            }
            Self::Json(Cow::Owned(text)) => {
                let mut found = [None];
                extract(text.as_bytes(), &[tokens], &mut found).ok()?;
                found[0].map(|text| Datum::from_json(text).into_owned())
            }
            other => tokens.is_empty().then_some(other),
        }
    }

    /// Returns the number of items of an array, or the member `length` of an object.
    #[must_use]
    pub fn length(self) -> Option<Datum<'a>> {
        match &self {
            Self::Json(json) if json.starts_with('[') => {
                let items: Vec<serde::de::IgnoredAny> = serde_json::from_str(json).ok()?;
                Some(Datum::Number(Cow::Owned(items.len().to_string())))
            }
            _ => self.pointer(&["length"]),
        }
    }

    /// Returns the kind of the value, for messages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::Json(text) if text.starts_with('[') => "an array",
            Self::Json(_) => "an object",
        }
    }

    fn number(&self) -> Option<Number> {
        match self {
            Self::Number(text) => Number::parse(text),
            Self::Text(text) => Number::parse(text.trim()),
            _ => None,
        }
    }
}

/// Appends a JSON string.
pub(crate) fn write_string(text: &str, out: &mut Vec<u8>) {
    let plain = |byte: u8| byte >= b' ' && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.reserve(text.len() + 2);
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    // Writing to a `Vec` cannot fail.
    let _ = serde_json::to_writer(out, text);
}

/// A number that is compared exactly if both sides are integers.
#[derive(Clone, Copy)]
enum Number {
    Integer(i128),
    Float(f64),
}

impl Number {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(integer) = text.parse::<i128>() {
            return Some(Self::Integer(integer));
        }
        // Rust also parses `inf` and `nan`, which are not JSON.
        let numeric =
            text.bytes().any(|byte| byte.is_ascii_digit()) && !text.ends_with(|last: char| last.is_ascii_alphabetic());
        text.parse::<f64>()
            .ok()
            .filter(|float| numeric && float.is_finite())
            .map(Self::Float)
    }

    #[allow(
        clippy::cast_precision_loss,
        reason = "a float on the other side has no more precision"
    )]
    fn float(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Float(float) => float,
        }
    }

    fn compare(self, other: Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(left), Self::Integer(right)) => Some(left.cmp(&right)),
            _ => self.float().partial_cmp(&other.float()),
        }
    }
}

/// Compares two values as `==` of a simple condition does: strings ignore case, numeric strings equal numbers, null
/// equals only null and absence, and arrays and objects are compared by their contents.
#[must_use]
pub fn equal(left: Option<&Datum<'_>>, right: Option<&Datum<'_>>) -> bool {
    match (left, right) {
        (None | Some(Datum::Null), None | Some(Datum::Null)) => true,
        (Some(Datum::Bool(left)), Some(Datum::Bool(right))) => left == right,
        (Some(Datum::Text(left)), Some(Datum::Text(right))) => same_text(left, right),
        (Some(left @ (Datum::Number(_) | Datum::Text(_))), Some(right @ (Datum::Number(_) | Datum::Text(_)))) => {
            match (left.number(), right.number()) {
                (Some(left), Some(right)) => left.compare(right) == Some(Ordering::Equal),
                _ => false,
            }
        }
        (Some(Datum::Json(left)), Some(Datum::Json(right))) => {
            match (serde_json::from_str(left), serde_json::from_str(right)) {
                (Ok(left), Ok(right)) => deep_equal(&left, &right),
                _ => false,
            }
        }
        _ => false,
    }
}

/// Orders two values as a simple condition does: numbers and numeric strings by value, other strings by their
/// lower-case text. Other values have no order.
#[must_use]
pub fn order(left: Option<&Datum<'_>>, right: Option<&Datum<'_>>) -> Option<Ordering> {
    let (left, right) = (left?, right?);
    if let (Some(left), Some(right)) = (left.number(), right.number()) {
        return left.compare(right);
    }
    match (left, right) {
        (Datum::Text(left), Datum::Text(right)) => Some(left.to_lowercase().cmp(&right.to_lowercase())),
        _ => None,
    }
}

/// Returns whether an operand without an operator passes: only `true` does.
#[must_use]
pub fn truthy(value: Option<&Datum<'_>>) -> bool {
    matches!(value, Some(Datum::Bool(true)))
}

fn same_text(left: &str, right: &str) -> bool {
    left == right || left.to_lowercase() == right.to_lowercase()
}

fn deep_equal(left: &serde_json::Value, right: &serde_json::Value) -> bool {
    use serde_json::Value;
    match (left, right) {
        (Value::String(left), Value::String(right)) => same_text(left, right),
        (Value::Number(left), Value::Number(right)) => {
            match (Number::parse(&left.to_string()), Number::parse(&right.to_string())) {
                (Some(left), Some(right)) => left.compare(right) == Some(Ordering::Equal),
                _ => left == right,
            }
        }
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| deep_equal(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left
                    .iter()
                    .all(|(key, left)| right.get(key).is_some_and(|right| deep_equal(left, right)))
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Option<Datum<'_>> {
        (!text.is_empty()).then(|| Datum::from_json(text))
    }

    fn eq(left: &str, right: &str) -> bool {
        equal(json(left).as_ref(), json(right).as_ref())
    }

    /// Arazzo 1.1.0, "Condition Evaluation". An empty text is an absent value.
    #[test]
    fn equality_follows_the_specification() {
        assert!(eq("\"Available\"", "\"AVAILABLE\""), "string comparisons ignore case");
        assert!(eq("\"200\"", "200"), "numeric strings are coerced");
        assert!(eq("2.0", "2"));
        assert!(eq("null", "null") && eq("", "null"), "null equals itself and absence");
        assert!(!eq("null", "false") && !eq("null", "0") && !eq("null", "\"\""));
        assert!(!eq("true", "\"true\""), "a boolean equals no string");
        assert!(eq("{\"a\":[1,\"X\"]}", "{ \"a\": [1.0, \"x\"] }"));
        assert!(!eq("[1,2]", "[1]"));
        assert!(
            eq("9007199254740993", "9007199254740993") && !eq("9007199254740993", "9007199254740992"),
            "integers are exact"
        );
    }

    #[test]
    fn order_follows_the_specification() {
        let less = |left: &str, right: &str| order(json(left).as_ref(), json(right).as_ref()) == Some(Ordering::Less);
        assert!(less("2", "10") && less("\"2\"", "10") && less("\"2\"", "\"10\""));
        assert!(less("\"apple\"", "\"Banana\""));
        assert!(!less("null", "1") && !less("false", "true") && !less("", "1") && !less("\"x\"", "1"));
    }

    #[test]
    fn text_is_the_string_or_the_json() {
        assert_eq!(Datum::from_json("\"a\\u00e9\"").text(), "aé");
        assert_eq!(Datum::from_json("2.0").text(), "2.0");
        assert_eq!(Datum::from_json("{\"a\":1}").text(), "{\"a\":1}");
        assert_eq!(Datum::from_json("null").text(), "null");
    }

    #[test]
    fn pointers_lead_into_arrays_and_objects() {
        let value = || Datum::from_json("{\"a\":[{\"b/c\":7}]}");
        assert_eq!(value().pointer(&["a", "0", "b/c"]), Some(Datum::Number("7".into())));
        assert_eq!(value().pointer(&["a", "1"]), None);
        assert_eq!(value().pointer(&["a", "00"]), None);
        assert_eq!(Datum::from_json("\"x\"").pointer(&["a"]), None);
        assert_eq!(Datum::from_json("\"x\"").pointer(&[]), Some(Datum::Text("x".into())));
    }
}
