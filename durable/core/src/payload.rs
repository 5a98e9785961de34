//! Values in an engine's journal, sealed if there is a key.

use arazzo::{BoxError, Seal};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;

/// The member of a sealed value.
const SEALED: &str = "$sealed";

/// What a value is. A value that was sealed as one thing cannot be opened as another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    Run,
    Inputs,
    Details,
    Outputs,
}

/// Where a value belongs. It can be opened only there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) kind: Kind,
    pub(crate) workflow: &'a str,
    /// The engine's name for this execution of the workflow.
    pub(crate) instance: &'a str,
}

impl Place<'_> {
    /// Returns what is authenticated with a value. Every part is preceded by its length.
    fn associated(self) -> Vec<u8> {
        let kind = format!("{:?}", self.kind);
        let mut bytes = b"arazzo durable 1\0".to_vec();
        for part in [&kind, self.workflow, self.instance] {
            bytes.extend((part.len() as u64).to_be_bytes());
            bytes.extend(part.as_bytes());
        }
        bytes
    }

    /// Seals a JSON text, if there is a key.
    pub(crate) fn close(self, key: Option<&dyn Seal>, text: String) -> Result<Box<RawValue>, BoxError> {
        let text = match key {
            None => text,
            Some(key) => {
                let sealed = key.seal(text.into_bytes(), &self.associated())?;
                json!({ SEALED: STANDARD.encode(sealed) }).to_string()
            }
        };
        Ok(RawValue::from_string(text)?)
    }

    /// Opens a JSON text. With a key, a value that is not sealed is refused: it could be anybody's.
    pub(crate) fn open(self, key: Option<&dyn Seal>, value: &RawValue) -> Result<String, BoxError> {
        let sealed: Option<Sealed> = serde_json::from_str(value.get()).ok();
        match (key, sealed) {
            (None, None) => Ok(value.get().to_owned()),
            (None, Some(_)) => Err("it is sealed, and this workflow has no key".into()),
            (Some(_), None) => Err("it is not sealed, and this workflow has a key".into()),
            (Some(key), Some(Sealed { sealed })) => {
                let sealed = STANDARD.decode(sealed).map_err(|error| error.to_string())?;
                let plain = key.open(&sealed, &self.associated())?;
                Ok(String::from_utf8(plain)?)
            }
        }
    }
}

/// A sealed value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sealed {
    #[serde(rename = "$sealed")]
    sealed: String,
}
