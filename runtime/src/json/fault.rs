//! Why a value cannot be read.

use std::borrow::Cow;
use std::fmt;

use crate::json::datum::Datum;

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
