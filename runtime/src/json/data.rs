//! Rust values from JSON, and as JSON: what is the same for every type is here, compiled once.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::Deserializer;
use serde::ser::{SerializeMap as _, SerializeSeq as _, Serializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::members::{Fields, items, members};
use crate::blob::Blob;
use crate::json::datum::Datum;
use crate::json::reading::integer;
use crate::json::scan::is_of_plain_strings;
use crate::json::slot::Slot;

/// How deep a value may be nested, as in `serde_json`.
pub const LEVELS: usize = 127;

/// A type of inputs, outputs and their members.
pub trait Data: fmt::Debug {
    /// Reads a value that is nested at most `levels` deep.
    ///
    /// # Errors
    /// It is not of this type.
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault>
    where
        Self: Sized;

    /// Makes sure that a value can be read.
    ///
    /// # Errors
    /// It cannot.
    fn check(value: &Datum<'_>, levels: usize) -> Result<(), Fault>
    where
        Self: Sized,
    {
        Self::read(value, levels).map(drop)
    }

    /// Whether it is a string of any kind.
    #[must_use]
    fn is_text() -> bool
    where
        Self: Sized,
    {
        false
    }

    /// What an absent member is, if it may be absent.
    #[must_use]
    fn absent() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// What null is within an option, if it is not the same as absence.
    #[must_use]
    fn null() -> Option<Self>
    where
        Self: Sized,
    {
        None
    }

    /// The value to be written.
    fn view(&self) -> View<'_>;
}

/// A value while it is written.
#[derive(Clone, Copy)]
pub enum View<'a> {
    /// No value: null, or a member that is left out.
    Absent,
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer.
    I64(i64),
    /// An integer.
    U64(u64),
    /// A number.
    F64(f64),
    /// A string.
    Text(&'a str),
    /// Any value.
    Value(&'a Value),
    /// Bytes.
    Blob(&'a Blob),
    /// An array.
    List(&'a dyn List),
    /// An object with any members.
    Map(&'a dyn Map),
    /// An object with the members of a struct.
    Record(&'a dyn Fields),
    /// An object with one member.
    Tagged(&'static str, &'a dyn Data),
}

/// An array while it is written.
pub trait List {
    /// How many items it has.
    fn length(&self) -> usize;
    /// An item.
    fn item(&self, index: usize) -> View<'_>;
}

/// An object with any members while it is written.
pub trait Map {
    /// The members.
    fn entries(&self) -> Vec<(&str, View<'_>)>;
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Self::Absent | Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(value),
            Self::I64(value) => serializer.serialize_i64(value),
            Self::U64(value) => serializer.serialize_u64(value),
            Self::F64(value) => serializer.serialize_f64(value),
            Self::Text(value) => serializer.serialize_str(value),
            Self::Value(value) => value.serialize(serializer),
            Self::Blob(value) => value.serialize(serializer),
            Self::List(list) => {
                let mut sequence = serializer.serialize_seq(Some(list.length()))?;
                for index in 0..list.length() {
                    sequence.serialize_element(&list.item(index))?;
                }
                sequence.end()
            }
            Self::Map(map) => serializer.collect_map(map.entries()),
            Self::Record(fields) => {
                let mut result = None;
                let mut serializer = Some(serializer);
                fields.views(&mut |views, additional| {
                    if let Some(serializer) = serializer.take() {
                        result = Some(write_record(fields, views, additional, serializer));
                    }
                });
                result.unwrap_or_else(|| Err(serde::ser::Error::custom("a struct without members")))
            }
            Self::Tagged(tag, value) => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(tag, &value.view())?;
                map.end()
            }
        }
    }
}

fn write_record<S: Serializer>(
    fields: &dyn Fields,
    views: &[View<'_>],
    additional: Option<&BTreeMap<String, Value>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(None)?;
    for (member, view) in fields.table().members.iter().zip(views) {
        if member.always || !matches!(view, View::Absent) {
            map.serialize_entry(member.name, view)?;
        }
    }
    for (name, value) in additional.into_iter().flatten() {
        map.serialize_entry(name, value)?;
    }
    map.end()
}

/// Writes a value. A format that is not for people holds its JSON text.
///
/// # Errors
/// What the serializer says.
pub fn serialize<S: Serializer>(value: &dyn Data, serializer: S) -> Result<S::Ok, S::Error> {
    let view = value.view();
    if serializer.is_human_readable() {
        return view.serialize(serializer);
    }
    let text = serde_json::to_string(&view).map_err(serde::ser::Error::custom)?;
    serializer.serialize_str(&text)
}

/// The JSON text that a deserializer holds.
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
/// It is not of the type.
pub fn deserialize<'de, D: Deserializer<'de>, T: Data>(deserializer: D) -> Result<T, D::Error> {
    let text = text(deserializer)?;
    read(&text).map_err(serde::de::Error::custom)
}

/// Reads JSON text; `None` where it is none, or not of the type.
#[must_use]
pub fn read_text<T: Data>(json: &str) -> Option<T> {
    serde_json::from_str::<serde::de::IgnoredAny>(json).ok()?;
    read(json.trim()).ok()
}

/// Reads a JSON text that is known to be valid.
pub(crate) fn read<T: Data>(json: &str) -> Result<T, Fault> {
    T::read(&datum(json)?, LEVELS)
}

/// A JSON text that is known to be valid, as a value.
pub(crate) fn datum(json: &str) -> Result<Datum<'_>, Fault> {
    let Some(inner) = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else {
        return Ok(Datum::from_json(json));
    };
    if !inner.contains('\\') {
        return Ok(Datum::Text(Cow::Borrowed(inner)));
    }
    // A string can be valid JSON without being one of characters.
    match serde_json::from_str(json) {
        Ok(text) => Ok(Datum::Text(Cow::Owned(text))),
        Err(_) => Err(Fault::new("a string of characters", "a string with a lone surrogate")),
    }
}

/// What is wrong with a value that is not of the type it should be.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The JSON Pointer to the place; empty for the whole value.
    pub(crate) pointer: String,
    /// What should be there.
    pub(crate) expected: Cow<'static, str>,
    /// What is there, without its value, which may be a secret.
    pub(crate) found: &'static str,
}

impl Fault {
    pub(crate) fn new(expected: impl Into<Cow<'static, str>>, found: &'static str) -> Self {
        Self {
            pointer: String::new(),
            expected: expected.into(),
            found,
        }
    }

    /// A value is not what it should be.
    #[must_use]
    pub fn expected(expected: &'static str, value: &Datum<'_>) -> Self {
        Self::new(expected, value.kind())
    }

    pub(crate) fn within(self, token: &str) -> Self {
        let token = token.replace('~', "~0").replace('/', "~1");
        Self {
            pointer: format!("/{token}{}", self.pointer),
            ..self
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "expected {}", self.expected)?;
        if !self.pointer.is_empty() {
            let pointer: String = self.pointer.chars().take(80).flat_map(char::escape_debug).collect();
            write!(formatter, " at `{pointer}`")?;
        }
        write!(formatter, ", found {}", self.found)
    }
}

/// The text of a string with known values.
///
/// # Errors
/// It is no string.
pub fn choice<'v>(value: &'v Datum<'_>) -> Result<&'v str, Fault> {
    match value {
        Datum::Text(text) => Ok(text),
        other => Err(Fault::expected("a string", other)),
    }
}

/// The name and the value of the only member of an object.
///
/// # Errors
/// It is no object, or has no or more members.
pub fn tagged<'v>(value: &'v Datum<'_>) -> Result<(Cow<'v, str>, Datum<'v>), Fault> {
    let mut members = object(value).into_iter().flat_map(members);
    match (members.next(), members.next()) {
        (Some((key, text)), None) => Ok((super::members::name(key)?, datum(text)?)),
        _ => Err(Fault::expected("an object with one member", value)),
    }
}

/// A string is not one of the known values.
#[must_use]
pub fn no_choice(known: &[&str]) -> Fault {
    let known: Vec<String> = known.iter().map(|known| format!("`{known}`")).collect();
    Fault::new(format!("one of {}", known.join(", ")), "another string")
}

/// One level less.
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

/// An integer, however it is spelled: `1.0` and `1e3` are integers (JSON Schema 2020-12, Validation, section 6.1.1).
fn whole<T: std::str::FromStr>(value: &Datum<'_>, fitting: &'static str) -> Result<T, Fault> {
    let Datum::Number(text) = value else {
        return Err(Fault::expected("an integer", value));
    };
    // A negative zero is an integer.
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
    u64, U64, "an integer from 0 that fits 64 bits (`u64`)";
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
        let unreadable = |_| Fault::expected("a value with numbers in range and at most 127 levels", value);
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

impl<T: Data> Data for Option<T> {
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault> {
        match value {
            Datum::Null => Ok(T::null()),
            other => T::read(other, levels).map(Some),
        }
    }

    fn check(value: &Datum<'_>, levels: usize) -> Result<(), Fault> {
        match value {
            Datum::Null => Ok(()),
            other => T::check(other, levels),
        }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }

    fn null() -> Option<Self> {
        Some(None)
    }

    fn view(&self) -> View<'_> {
        match self {
            None => View::Absent,
            // Null and absence of a nullable value are two things.
            Some(value) => match value.view() {
                View::Absent => View::Null,
                view => view,
            },
        }
    }
}

impl<T: Data> Data for Box<T> {
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault> {
        T::read(value, levels).map(Self::new)
    }

    fn check(value: &Datum<'_>, levels: usize) -> Result<(), Fault> {
        T::check(value, levels)
    }

    fn view(&self) -> View<'_> {
        (**self).view()
    }
}

/// Reads the items of an array.
fn each<'v>(
    value: &'v Datum<'_>,
    levels: usize,
    read: &mut dyn FnMut(&Datum<'v>, usize) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let Datum::Json(json) = value else {
        return Err(Fault::expected("an array", value));
    };
    if !json.starts_with('[') {
        return Err(Fault::expected("an array", value));
    }
    let levels = deeper(levels, value)?;
    for (index, item) in items(json).enumerate() {
        let item = datum(item).and_then(|item| read(&item, levels));
        item.map_err(|fault| fault.within(&index.to_string()))?;
    }
    Ok(())
}

impl<T: Data> Data for Vec<T> {
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault> {
        let mut all = Self::new();
        each(value, levels, &mut |item, levels| {
            all.push(T::read(item, levels)?);
            Ok(())
        })?;
        Ok(all)
    }

    fn check(value: &Datum<'_>, levels: usize) -> Result<(), Fault> {
        // Strings without escapes are some without being read.
        if T::is_text() && matches!(value, Datum::Json(json) if is_of_plain_strings(json)) {
            return Ok(());
        }
        each(value, levels, &mut |item, levels| T::check(item, levels))
    }

    fn view(&self) -> View<'_> {
        View::List(self)
    }
}

impl<T: Data> List for Vec<T> {
    fn length(&self) -> usize {
        self.len()
    }

    fn item(&self, index: usize) -> View<'_> {
        self.get(index).map_or(View::Null, Data::view)
    }
}

impl<T: Data> Data for BTreeMap<String, T> {
    fn read(value: &Datum<'_>, levels: usize) -> Result<Self, Fault> {
        let Some(json) = object(value) else {
            return Err(Fault::expected("an object", value));
        };
        let levels = deeper(levels, value)?;
        let mut all = Self::new();
        entries(json, &mut |key, member| {
            all.insert(key, T::read(member, levels)?);
            Ok(())
        })?;
        Ok(all)
    }

    fn view(&self) -> View<'_> {
        View::Map(self)
    }
}

/// Reads the members of an object.
fn entries(json: &str, read: &mut dyn FnMut(String, &Datum<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
    for (key, member) in members(json) {
        let key = super::members::name(key)?;
        let read = datum(member).and_then(|member| read(key.clone().into_owned(), &member));
        read.map_err(|fault| fault.within(&key))?;
    }
    Ok(())
}

/// The text of an object.
pub(crate) fn object<'v>(value: &'v Datum<'_>) -> Option<&'v str> {
    match value {
        Datum::Json(json) if json.starts_with('{') => Some(json),
        _ => None,
    }
}

impl<T: Data> Map for BTreeMap<String, T> {
    fn entries(&self) -> Vec<(&str, View<'_>)> {
        self.iter().map(|(key, value)| (key.as_str(), value.view())).collect()
    }
}

#[cfg(test)]
mod tests {
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

    #[derive(PartialEq)]
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

    #[derive(PartialEq)]
    struct Address {
        city: String,
        zip: Option<String>,
    }
    crate::__record!(Address {
        city: "city",
        zip: "zip"
    });

    #[derive(PartialEq)]
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
                "/more/a~1b an integer from 0 that fits 64 bits (`u64`), a number",
            ),
            ("[]".to_owned(), " an object (`User`), an array"),
        ] {
            assert_eq!(said(&text), expected, "{text}");
        }
        let big = read::<i64>("18446744073709551615").unwrap_err();
        assert_eq!(big.expected, "an integer that fits 64 bits (`i64`)");
    }
}
