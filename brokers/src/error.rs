//! The error of a broker that cannot be used.

use std::fmt;

use arazzo::BoxError;

/// A broker cannot be reached, or its options are not valid.
#[derive(Debug)]
pub struct Error(BoxError);

impl Error {
    #[allow(dead_code, reason = "each broker is a feature")]
    pub(crate) fn new(cause: impl Into<BoxError>) -> Self {
        Self(cause.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the broker cannot be used")
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&*self.0)
    }
}
