//! Reasons why a value cannot be read.

use std::borrow::Cow;
use std::fmt;

use crate::json::datum::Datum;

/// Describes a value that does not have the expected type.
#[derive(Debug, PartialEq, Eq)]
pub struct Fault {
    /// The JSON Pointer to the wrong part; empty for the whole value.
    pub(crate) pointer: String,
    /// The expected type.
    pub(crate) expected: Cow<'static, str>,
    /// The kind of the value, without its contents, which may be a secret.
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

    /// Creates the fault for a value that does not have the expected type.
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
