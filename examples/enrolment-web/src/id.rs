//! The ids of enrolments.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// The secret that gives a browser access to its enrolment: 256 random bits.
///
/// It does not implement `Debug`, so that it is never logged.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Id([u8; 32]);

impl Id {
    /// Generates a new id.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Parses the output of `Display`.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// Returns the id of the row. The secret cannot be computed from it.
    pub fn row(&self) -> [u8; 32] {
        Sha256::digest(self.0).into()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_written_is_read() {
        let id = Id::random().unwrap();
        let text = id.to_string();
        assert_eq!(text.len(), 43, "256 bits in base64");
        assert!(Id::parse(&text) == Some(id));
        for other in ["", "x", &text[1..], &format!("{text}A"), &format!("{text}=")] {
            assert!(Id::parse(other).is_none(), "{other}");
        }
    }
}
