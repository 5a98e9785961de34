//! Binary data in a workflow: files that are sent, and bodies that are not text.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::datum::Datum;

/// Bytes, optionally with a file name and a media type.
///
/// Inputs with `format: binary` have this type, and so do outputs that are a whole body of a media type that is neither
/// JSON nor text. A stored run contains the bytes in Base64.
///
/// ```
/// use arazzo::Blob;
///
/// let photo = Blob::new(vec![0xFF, 0xD8, 0xFF]).named("photo.jpg").of_type("image/jpeg");
///
/// assert_eq!(photo.bytes().len(), 3);
/// assert_eq!(photo.name(), Some("photo.jpg"));
/// ```
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Blob {
    bytes: Bytes,
    name: Option<String>,
    media_type: Option<String>,
}

impl Blob {
    /// Creates a blob without a name and media type.
    #[must_use]
    pub fn new(bytes: impl Into<Bytes>) -> Self {
        Self {
            bytes: bytes.into(),
            ..Self::default()
        }
    }

    /// Sets the file name, which is sent with a part of a form.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the media type, which is sent with a part of a form.
    #[must_use]
    pub fn of_type(mut self, media_type: impl Into<String>) -> Self {
        self.media_type = Some(media_type.into());
        self
    }

    /// Returns the bytes.
    #[must_use]
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Returns the file name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the media type.
    #[must_use]
    pub fn media_type(&self) -> Option<&str> {
        self.media_type.as_deref()
    }

    /// Reads a stored blob; `None` if the value is not one.
    pub(crate) fn from_datum(value: &Datum<'_>) -> Option<Self> {
        match value {
            Datum::Json(json) if json.starts_with("{\"$base64\":") => serde_json::from_str(json).ok(),
            _ => None,
        }
    }
}

/// The member that marks a stored blob.
const MARK: &str = "$base64";

/// A member with a special meaning for `serde_json`, which would parse its value as JSON again and could overflow the
/// stack.
const PRIVATE: &str = "$serde_json::private::RawValue";

/// Returns whether a JSON text from an API has a reserved member: one that marks a blob, with which a response could
/// choose the name and type of a file, or one that has a special meaning for `serde_json`.
pub(crate) fn is_imitated(json: &str) -> bool {
    let marks = marks(json);
    marks.blob || marks.private
}

/// Returns whether a JSON text has a member that has a special meaning for `serde_json`.
pub(crate) fn is_private(json: &str) -> bool {
    marks(json).private
}

fn marks(json: &str) -> Marked {
    // Most values are scalars, which have no members: skip them whatever their length.
    if !json.starts_with(['{', '[']) {
        return Marked::default();
    }
    let suspicious = Marked {
        blob: json.contains("base64"),
        private: json.contains("private:"),
    };
    // The names may also be written with escapes.
    if !(suspicious.blob || suspicious.private || json.contains("\\u")) {
        return suspicious;
    }
    // A text that this parser rejects, such as one with a number out of range, is judged by the search in the text.
    serde_json::from_str(json).unwrap_or(suspicious)
}

/// Parses a JSON text including the contents of every string, and returns the error, if any.
pub(crate) fn strict_error(json: &[u8]) -> Option<serde_json::Error> {
    serde_json::from_slice::<Marked>(json).err()
}

/// The reserved members of a value, at any depth.
#[derive(Clone, Copy, Debug, Default)]
struct Marked {
    blob: bool,
    private: bool,
}

impl Marked {
    fn add(&mut self, other: Self) {
        self.blob |= other.blob;
        self.private |= other.private;
    }
}

impl<'de> Deserialize<'de> for Marked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Search;
        impl<'de> Visitor<'de> for Search {
            type Value = Marked;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a value")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Marked, A::Error> {
                let mut marked = Marked::default();
                while let Some(key) = map.next_key::<String>()? {
                    marked.blob |= key == MARK;
                    marked.private |= key == PRIVATE;
                    marked.add(map.next_value()?);
                }
                Ok(marked)
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Marked, A::Error> {
                let mut marked = Marked::default();
                while let Some(item) = items.next_element()? {
                    marked.add(item);
                }
                Ok(marked)
            }

            fn visit_bool<E>(self, _: bool) -> Result<Marked, E> {
                Ok(Marked::default())
            }

            fn visit_i64<E>(self, _: i64) -> Result<Marked, E> {
                Ok(Marked::default())
            }

            fn visit_u64<E>(self, _: u64) -> Result<Marked, E> {
                Ok(Marked::default())
            }

            fn visit_f64<E>(self, _: f64) -> Result<Marked, E> {
                Ok(Marked::default())
            }

            fn visit_str<E>(self, _: &str) -> Result<Marked, E> {
                Ok(Marked::default())
            }

            fn visit_unit<E>(self) -> Result<Marked, E> {
                Ok(Marked::default())
            }
        }
        deserializer.deserialize_any(Search)
    }
}

impl<B: Into<Bytes>> From<B> for Blob {
    fn from(bytes: B) -> Self {
        Self::new(bytes)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Blob")
            .field("name", &self.name)
            .field("media_type", &self.media_type)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}

/// The stored form of a blob. A text body from an API is a string instead.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(rename = "$base64")]
    base64: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let stored = Stored {
            base64: STANDARD.encode(&self.bytes),
            name: self.name.clone(),
            media_type: self.media_type.clone(),
        };
        stored.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Text(String),
            Stored(Stored),
        }
        match Either::deserialize(deserializer)? {
            Either::Text(text) => Ok(Self::new(text)),
            Either::Stored(stored) => Ok(Self {
                bytes: STANDARD.decode(stored.base64).map_err(D::Error::custom)?.into(),
                name: stored.name,
                media_type: stored.media_type,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imitations_are_found() {
        for json in [
            r#"{"$base64":"AA=="}"#,
            r#"[1,{"a":[{"name":"x","$base64":1}]}]"#,
            r#"{"\u0024base64":""}"#,
            r#"{"$b\u0061se64":""}"#,
            r#"[{"$serde_json::private::RawValue":"1"}]"#,
        ] {
            assert!(is_imitated(json), "{json}");
        }
        assert!(is_private(
            r#"{"$base64":"","$serde_json::priv\u0061te::RawValue":"1"}"#
        ));
        assert!(!is_private(r#"{"$base64":"","x":"\u0024"}"#));
        for json in [
            r#"{"base64":"AA=="}"#,
            r#"["$base64"]"#,
            r#""$base64""#,
            r#"{"a":"\u00e9 1e5","b":[null,true,1,-1,1.5]}"#,
        ] {
            assert!(!is_imitated(json), "{json}");
        }
    }

    #[test]
    fn bytes_survive_storing() {
        let blob = Blob::new(vec![0, 159, 146, 150]).named("a.bin").of_type("image/png");
        let stored = serde_json::to_string(&blob).unwrap();
        assert_eq!(stored, r#"{"$base64":"AJ+Slg==","name":"a.bin","type":"image/png"}"#);
        assert_eq!(serde_json::from_str::<Blob>(&stored).unwrap(), blob);
        assert_eq!(serde_json::from_str::<Blob>("\"text\"").unwrap(), Blob::from("text"));
        assert!(serde_json::from_str::<Blob>(r#"{"$base64":"?"}"#).is_err());
        assert_eq!(Blob::from_datum(&Datum::from_json(&stored)), Some(blob));
        assert_eq!(Blob::from_datum(&Datum::from_json("{\"a\":1}")), None);
    }
}
