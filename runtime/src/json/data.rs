//! Conversions between JSON and Rust values. The code that is the same for all types is compiled once, here.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::Deserializer;
use serde_json::Value;

use super::fault::Fault;
use super::members::members;
use super::view::View;
use crate::blob::Blob;
use crate::json::datum::Datum;
use crate::json::reading::integer;
use crate::json::slot::Slot;

/// Maximum nesting depth of a value, as in `serde_json`.
pub const LEVELS: usize = 127;

/// A type of inputs, outputs or their members.
pub trait Data: fmt::Debug {
    /// Reads a value that is nested at most `levels` levels deep.
    ///
    /// # Errors
    /// The value has a different type.
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault>
    where
        Self: Sized;

    /// Checks that a value can be read.
    ///
    /// # Errors
    /// The value cannot be read.
    fn check(value: &Datum<'_>, levels: usize) -> Result<(), Fault>
    where
        Self: Sized,
    {
        Self::read(value, levels).map(drop)
    }

    /// Returns whether the type is a string.
    #[must_use]
    fn is_text() -> bool
    where
        Self: Sized,
    {
        false
    }

    /// Returns the value of an absent member, if the member is optional.
    #[must_use]
    fn absent() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Returns the value of null inside an `Option`, if null is not the same as absence.
    #[must_use]
    fn null() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// Returns the value for writing.
    fn view(&self) -> View<'_>;
}

/// Returns the JSON text that a deserializer contains.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    if deserializer.is_human_readable() {
        return Ok(Slot::deserialize(deserializer)?.json().to_owned());
    }
    let text = String::deserialize(deserializer)?;
    serde_json::from_str::<serde::de::IgnoredAny>(&text).map_err(serde::de::Error::custom)?;
    Ok(text)
}

/// Reads a value.
///
/// # Errors
/// The value has a different type.
pub fn deserialize<'de, D: Deserializer<'de>, T: Data>(deserializer: D) -> Result<T, D::Error> {
    let text = text(deserializer)?;
    read(&text).map_err(serde::de::Error::custom)
}

/// Reads JSON text; `None` if it is not valid or has a different type.
#[must_use]
pub fn read_text<T: Data>(json: &str) -> Option<T> {
    serde_json::from_str::<serde::de::IgnoredAny>(json).ok()?;
    read(json.trim()).ok()
}

/// Reads a JSON text that is known to be valid.
pub(crate) fn read<T: Data>(json: &str) -> Result<T, Fault> {
    T::read(&datum(json)?, LEVELS)
}

/// Returns a JSON text that is known to be valid as a value.
pub(crate) fn datum(json: &str) -> Result<Datum<'_>, Fault> {
    let Some(inner) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Ok(Datum::from_json(json));
    };
    if !inner.contains('\\') {
        return Ok(Datum::Text(Cow::Borrowed(inner)));
    }
    // A JSON string may contain lone surrogates, which are not characters.
    match serde_json::from_str(json) {
        Ok(text) => Ok(Datum::Text(Cow::Owned(text))),
        Err(_) => Err(Fault::new("a valid Unicode string", "a string with a lone surrogate")),
    }
}

/// Returns the text of an enum value.
///
/// # Errors
/// The value is not a string.
pub fn choice<'v>(value: &'v Datum<'_>) -> Result<&'v str, Fault> {
    match value {
        Datum::Text(text) => Ok(text),
        other => Err(Fault::expected("a string", other)),
    }
}

/// Returns the name and the value of the only member of an object.
///
/// # Errors
/// The value is not an object with exactly one member.
pub fn tagged<'v>(value: &'v Datum<'_>) -> Result<(Cow<'v, str>, Datum<'v>), Fault> {
    let mut members = object(value).into_iter().flat_map(members);
    match (members.next(), members.next()) {
        (Some((key, text)), None) => Ok((super::members::name(key)?, datum(text)?)),
        _ => Err(Fault::expected("an object with one member", value)),
    }
}

/// Creates the fault for a string that is not one of the known values.
#[must_use]
pub fn no_choice(known: &[&str]) -> Fault {
    let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    Fault::new(format!("one of {}", known.join(", ")), "another string")
}

/// Returns the number of levels that are left inside a value.
pub(crate) fn deeper(levels: usize, value: &Datum<'_>) -> Result<usize, Fault> {
    let too_deep = || Fault::new("a value with at most 127 levels", value.kind());
    levels.checked_sub(1).ok_or_else(too_deep)
}

impl Data for String {
    fn read(value: &Datum<'_>, _: usize) -> Result<Self, Fault> {
        match value {
            Datum::Text(text) => Ok(text.as_ref().to_owned()),
            other => Err(Fault::expected("a string", other)),
        }
    }

    fn check(value: &Datum<'_>, _: usize) -> Result<(), Fault> {
        match value {
            Datum::Text(_) => Ok(()),
            other => Err(Fault::expected("a string", other)),
        }
    }

    fn is_text() -> bool {
        true
    }

    fn view(&self) -> View<'_> {
        View::Text(self)
    }
}

impl Data for bool {
    fn read(value: &Datum<'_>, _: usize) -> Result<Self, Fault> {
        match value {
            Datum::Bool(value) => Ok(*value),
            other => Err(Fault::expected("a boolean", other)),
        }
    }

    fn view(&self) -> View<'_> {
        View::Bool(*self)
    }
}

/// Reads an integer in any spelling: `1.0` and `1e3` are integers (JSON Schema 2020-12, Validation, section 6.1.1).
fn whole<T: std::str::FromStr>(value: &Datum<'_>, fitting: &'static str) -> Result<T, Fault> {
    let Datum::Number(text) = value else {
        return Err(Fault::expected("an integer", value));
    };
    // Negative zero is an integer.
    let plain = if text == "-0" { "0" } else { text };
    if let Ok(integer) = plain.parse() {
        return Ok(integer);
    }
    let spelled = integer(text);
    if let Some(Ok(integer)) = spelled.map(|text| text.parse()) {
        return Ok(integer);
    }
    let is_whole = text.parse::<f64>().is_ok_and(|number| number.fract() == 0.0);
    Err(Fault::expected(if is_whole { fitting } else { "an integer" }, value))
}

macro_rules! integers {
    ($($of:ty, $view:ident, $fitting:literal;)*) => {$(
        impl Data for $of {
            fn read(value: &Datum<'_>, _: usize) -> Result<Self, Fault> {
                whole(value, $fitting)
            }

            fn view(&self) -> View<'_> {
                View::$view((*self).into())
            }
        }
    )*};
}

integers! {
    i64, I64, "an integer that fits 64 bits (`i64`)";
    i32, I64, "an integer that fits 32 bits (`i32`)";
    u64, U64, "a non-negative integer that fits 64 bits (`u64`)";
}

impl Data for f64 {
    fn read(value: &Datum<'_>, _: usize) -> Result<Self, Fault> {
        match value {
            Datum::Number(text) => {
                serde_json::from_str(text).map_err(|_| Fault::expected("a number that fits 64 bits (`f64`)", value))
            }
            other => Err(Fault::expected("a number", other)),
        }
    }

    fn view(&self) -> View<'_> {
        View::F64(*self)
    }
}

impl Data for Value {
    fn read(value: &Datum<'_>, _: usize) -> Result<Self, Fault> {
        let unreadable = |_| Fault::expected("a value with at most 127 levels and numbers within range", value);
        match value {
            Datum::Null => Ok(Self::Null),
            Datum::Bool(value) => Ok(Self::Bool(*value)),
            Datum::Text(text) => Ok(Self::String(text.as_ref().to_owned())),
            Datum::Number(text) | Datum::Json(text) => serde_json::from_str(text).map_err(unreadable),
        }
    }

    fn view(&self) -> View<'_> {
        View::Value(self)
    }
}

impl Data for Blob {
    fn read(value: &Datum<'_>, _: usize) -> Result<Self, Fault> {
        let blob = serde_json::from_str(&value.to_json());
        blob.map_err(|_| Fault::expected("bytes", value))
    }

    fn view(&self) -> View<'_> {
        View::Blob(self)
    }
}

/// Returns the text of an object.
pub(crate) fn object<'v>(value: &'v Datum<'_>) -> Option<&'v str> {
    match value {
        Datum::Json(json) if json.starts_with('{') => Some(json),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn integers_are_read_however_they_are_written() {
        for (text, value) in [
            ("1.0", 1),
            ("1e3", 1000),
            ("-2.50e1", -25),
            ("1200e-2", 12),
            ("0.0", 0),
            ("-0e9", 0),
            ("9223372036854775807.0", i64::MAX),
        ] {
            assert_eq!(read::<i64>(text).ok(), Some(value), "{text}");
        }
        for text in ["1.5", "1e-1", "1e30", "\"1.0\"", "null", "12e-2"] {
            assert!(read::<i64>(text).is_err(), "{text}");
        }
        assert_eq!(read::<Vec<i64>>("[1.0,2]").ok(), Some(vec![1, 2]));
        assert_eq!(read::<String>("\"1.0\"").ok().as_deref(), Some("1.0"));
    }

    struct User {
        id: i64,
        small: Option<i32>,
        address: Address,
        tags: Vec<Tag>,
        more: Option<BTreeMap<String, u64>>,
    }
    crate::__record!(User {
        id: "id",
        small: "small",
        address: "address",
        tags: "tags",
        more: "more"
    });

    struct Address {
        city: String,
        zip: Option<String>,
    }
    crate::__record!(Address {
        city: "city",
        zip: "zip"
    });

    struct Tag {
        name: String,
    }
    crate::__record!(Tag { name: "name" });

    #[test]
    fn a_fault_is_named_with_its_place() {
        let said = |text: &str| {
            let fault = read::<User>(text).unwrap_err();
            format!("{} {}, {}", fault.pointer, fault.expected, fault.found)
        };
        let user = |address: &str, rest: &str| format!("{{\"id\":1,\"address\":{address},{rest}}}");
        let good = r#"{"city":"x"}"#;
        for (text, expected) in [
            (user(r#"{"city":null}"#, r#""tags":[]"#), "/address/city a string, null"),
            (
                user(r#"{"city":{}}"#, r#""tags":[]"#),
                "/address/city a string, an object",
            ),
            (
                user(r#"{"city": [1] }"#, r#""tags":[]"#),
                "/address/city a string, an array",
            ),
            (
                user(r#"{"city":"x","zip":12345}"#, r#""tags":[]"#),
                "/address/zip a string, a number",
            ),
            (
                user("{}", r#""tags":[]"#),
                "/address an object with the member `city`, an object",
            ),
            (user(good, r#""tags":null"#), "/tags an array, null"),
            (
                user(good, "\"tags\":[{\"name\":\"a\"},\n{\"name\":7}]"),
                "/tags/1/name a string, a number",
            ),
            (
                user(good, r#""tags":[{"name":"a"},5]"#),
                "/tags/1 an object (`Tag`), a number",
            ),
            (
                user(good, r#""tags":[],"small":4081050336"#),
                "/small an integer that fits 32 bits (`i32`), a number",
            ),
            (user(good, r#""tags":[],"small":1.5"#), "/small an integer, a number"),
            (
                user(good, r#""tags":[],"more":{"a/b":-1}"#),
                "/more/a~1b a non-negative integer that fits 64 bits (`u64`), a number",
            ),
            ("[]".to_owned(), " an object (`User`), an array"),
        ] {
            assert_eq!(said(&text), expected, "{text}");
        }
        let big = read::<i64>("18446744073709551615").unwrap_err();
        assert_eq!(big.expected, "an integer that fits 64 bits (`i64`)");
    }
}
