//! Stored values: JSON text in its original spelling, so that values are sent as they were received.

use std::fmt;

use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq, Serializer};
use serde::{Deserialize, Serialize};

use crate::json::datum::write_string;
use crate::json::scan::string;
use crate::json::view::View;

/// A JSON value as text without white space between its tokens.
///
/// It is serialised as the value itself. If a number would change (`1.10`, an integer of thirty digits), it is
/// serialised as `{"$json": "text"}` instead. Both forms preserve the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Slot {
    text: Box<str>,
}

/// The key that marks a value that is serialised as its text.
const ESCAPE: &str = "$json";

/// The prefix of keys with a special meaning for `serde_json`.
const PRIVATE: &str = "$serde_json::private";

/// Maximum nesting depth of a value that is serialised as itself. Called runs are nested in the stored run, and
/// `serde_json` reads at most 128 levels.
const DEPTH: usize = 32;

impl Slot {
    /// Stores a JSON text that is known to be valid.
    #[must_use]
    pub fn new(json: &str) -> Self {
        Self { text: compact(json) }
    }

    /// Stores a value that implements `Serialize`; `None` if it cannot be serialised.
    #[must_use]
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Option<Self> {
        Some(Self::new(&serde_json::to_string(value).ok()?))
    }

    /// Stores a value; `None` if it has no JSON form.
    #[must_use]
    pub(crate) fn seen(view: View<'_>) -> Option<Self> {
        Self::of(&view)
    }

    /// Returns the JSON text.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.text
    }

    /// Returns the nesting depth.
    pub(crate) fn depth(&self) -> usize {
        depth(&self.text)
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("..")
    }
}

/// Removes the white space between tokens.
fn compact(json: &str) -> Box<str> {
    if !json.starts_with(['{', '[']) {
        return json.into();
    }
    let mut text = String::with_capacity(json.len());
    let (mut from, mut at) = (0, 0);
    while let Some(byte) = json.as_bytes().get(at) {
        at = match byte {
            b'"' => string(json.as_bytes(), at + 1).unwrap_or(json.len()),
            b' ' | b'\t' | b'\n' | b'\r' => {
                text.push_str(&json[from..at]);
                from = at + 1;
                from
            }
            _ => at + 1,
        };
    }
    text.push_str(&json[from..]);
    text.into()
}

impl Serialize for Slot {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut again = Vec::new();
        let survives = !self.text.contains(ESCAPE)
            && !self.text.contains(PRIVATE)
            && self.depth() <= DEPTH
            && serde_json::to_writer(&mut again, &InOrder(&self.text)).is_ok()
            && again == self.text.as_bytes();
        if survives {
            return InOrder(&self.text).serialize(serializer);
        }
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(ESCAPE, &*self.text)?;
        map.end()
    }
}

/// Returns the nesting depth of a text.
fn depth(json: &str) -> usize {
    let (mut depth, mut deepest): (usize, usize) = (0, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in json.bytes() {
        if quoted {
            (quoted, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Serialises a JSON text as its value, with the members in order.
struct InOrder<'a>(&'a str);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let error = |error: serde_json::Error| serde::ser::Error::custom(error);
        match self.0.as_bytes().first() {
            Some(b'{') => {
                let members: Members<'_> = serde_json::from_str(self.0).map_err(error)?;
                let mut map = serializer.serialize_map(Some(members.0.len()))?;
                for (key, value) in &members.0 {
                    map.serialize_entry(key, &InOrder(value.get()))?;
                }
                map.end()
            }
            Some(b'[') => {
                let items: Vec<&serde_json::value::RawValue> = serde_json::from_str(self.0).map_err(error)?;
                let mut sequence = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    sequence.serialize_element(&InOrder(item.get()))?;
                }
                sequence.end()
            }
            _ => serde_json::from_str::<serde_json::Value>(self.0)
                .map_err(error)?
                .serialize(serializer),
        }
    }
}

/// The members of an object, in order.
#[derive(Default)]
pub(crate) struct Members<'a>(pub(crate) Vec<(String, &'a serde_json::value::RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    members.push(entry);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

impl<'de> Deserialize<'de> for Slot {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut text = Vec::new();
        let escaped = deserializer.deserialize_any(Transcribe {
            out: &mut text,
            top: true,
        })?;
        match escaped {
            Some(text) => checked(text),
            None => String::from_utf8(text)
                .map_err(serde::de::Error::custom)
                .map(|text| Self { text: text.into() }),
        }
    }
}

/// Returns whether a text is exactly one JSON number. It is written without further checks.
fn is_number(text: &str) -> bool {
    text.starts_with(|first: char| first == '-' || first.is_ascii_digit())
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
        && !text.ends_with(char::is_whitespace)
}

fn checked<E: serde::de::Error>(text: String) -> Result<Slot, E> {
    serde_json::from_str::<serde::de::IgnoredAny>(&text).map_err(E::custom)?;
    Ok(Slot { text: text.into() })
}

/// Writes the contents of a deserializer as JSON text; returns the text of an escaped value.
struct Transcribe<'o> {
    out: &'o mut Vec<u8>,
    top: bool,
}

impl<'de> serde::de::DeserializeSeed<'de> for Transcribe<'_> {
    type Value = Option<String>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Transcribe<'_> {
    type Value = Option<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        self.out.extend_from_slice(b"null");
        Ok(None)
    }

    fn visit_none<E: serde::de::Error>(self) -> Result<Self::Value, E> {
        self.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
        Ok(None)
    }

    fn visit_i64<E>(self, value: i64) -> Result<Self::Value, E> {
        self.out.extend_from_slice(value.to_string().as_bytes());
        Ok(None)
    }

    fn visit_u64<E>(self, value: u64) -> Result<Self::Value, E> {
        self.out.extend_from_slice(value.to_string().as_bytes());
        Ok(None)
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Self::Value, E> {
        if !value.is_finite() {
            return Err(E::custom("a number that JSON cannot represent"));
        }
        serde_json::to_writer(self.out, &value).map_err(E::custom)?;
        Ok(None)
    }

    fn visit_str<E>(self, value: &str) -> Result<Self::Value, E> {
        write_string(value, self.out);
        Ok(None)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
        self.out.push(b'[');
        let start = self.out.len();
        loop {
            let before = self.out.len();
            if before > start {
                self.out.push(b',');
            }
            if sequence
                .next_element_seed(Transcribe {
                    out: &mut *self.out,
                    top: false,
                })?
                .is_none()
            {
                self.out.truncate(before);
                self.out.push(b']');
                return Ok(None);
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        self.out.push(b'{');
        let mut first = true;
        while let Some(key) = map.next_key::<String>()? {
            // The form in which `serde_json` passes numbers if some crate of the build enables its feature
            // `arbitrary_precision`.
            if first && key == "$serde_json::private::Number" {
                let text = map.next_value::<String>()?;
                if !is_number(&text) {
                    return Err(serde::de::Error::custom("a number is none"));
                }
                self.out.truncate(self.out.len() - 1);
                self.out.extend_from_slice(text.as_bytes());
                return Ok(None);
            }
            if self.top && first && key == ESCAPE {
                let text = map.next_value::<String>()?;
                if map.next_key::<String>()?.is_some() {
                    return Err(serde::de::Error::custom("an escaped value has one member"));
                }
                return Ok(Some(text));
            }
            if !first {
                self.out.push(b',');
            }
            first = false;
            write_string(&key, self.out);
            self.out.push(b':');
            map.next_value_seed(Transcribe {
                out: &mut *self.out,
                top: false,
            })?;
        }
        self.out.push(b'}');
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_on_the_way_through_json() {
        for text in [
            "null",
            "true",
            "\"a\\\"b\"",
            "7",
            "-0",
            "1.10",
            "1e2",
            "123456789012345678901234567890",
            "{\"b\":1,\"a\":[{}]}",
            "{\"x\":1.10}",
            "{\"$json\":\"x\"}",
            "{\"$serde_json::private::Number\":\"5\"}",
            "{\"a\":{\"$serde_json::private::Number\":\"1}},\\\"doing\\\":1\"}}",
            "[{\"$serde_json::private::RawValue\":\"x y\"}]",
            "[]",
            "\"\\u00e9\"",
        ] {
            let slot = Slot::new(text);
            let stored = serde_json::to_string(&slot).unwrap();
            let again: Slot = serde_json::from_str(&stored).unwrap();
            assert_eq!(again.json(), text, "{stored}");
            let tree = serde_json::to_value(&slot).unwrap();
            let through = serde_json::from_value::<Slot>(tree).unwrap();
            if text.contains("\"b\":1") {
                // A `serde_json::Value` sorts its keys, which does not change the meaning.
                assert_eq!(through.json(), "{\"a\":[{}],\"b\":1}");
            } else {
                assert_eq!(through.json(), text, "through a tree");
            }
        }
        assert_eq!(
            serde_json::to_string(&Slot::new("{\"b\":1,\"a\":\"x\"}")).unwrap(),
            "{\"b\":1,\"a\":\"x\"}",
            "readable where it can be"
        );
    }

    #[test]
    fn a_value_that_is_nested_too_deep_to_be_read_is_kept_as_text() {
        for levels in [1, 31, 32, 33, 127, 128, 5000] {
            let text = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
            let stored = serde_json::to_string(&Slot::new(&text)).unwrap();
            assert_eq!(stored.contains("$json"), levels > 32, "{levels}");
            let again: Slot = serde_json::from_str(&stored).unwrap();
            assert_eq!(again.json(), text);
        }
    }

    /// Data from an API must not become a part of the run around it.
    #[test]
    fn no_text_gets_out_of_its_value() {
        let stored = r#"{"a":{"$serde_json::private::Number":"1}},\"b\":2,\"c\":{\"d\":{\"e\":3"}}"#;
        assert!(serde_json::from_str::<Slot>(stored).is_err());
        for bad in ["1 2", "x", "", "1}", "1,2", " 1", "1 "] {
            assert!(!is_number(bad), "{bad}");
        }
        for good in ["0", "-0", "1.10", "1e2", "123456789012345678901234567890"] {
            assert!(is_number(good), "{good}");
        }
    }

    #[test]
    fn white_space_between_tokens_goes() {
        assert_eq!(
            Slot::new("{ \"a b\" : [ 1 ,\n \"c \\\" d\" ] }").json(),
            "{\"a b\":[1,\"c \\\" d\"]}"
        );
        assert_eq!(Slot::new("\" x \"").json(), "\" x \"");
    }
}
