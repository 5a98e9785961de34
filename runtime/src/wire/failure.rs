//! Reasons why an attempt fails or has to wait.

use bytes::Bytes;

use crate::error::{ErrorKind, Place};

/// The failure of an attempt.
#[derive(Debug)]
pub struct Failure {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) place: Option<Place>,
    /// The condition that was not met.
    pub(crate) criterion: Option<Box<str>>,
    pub(crate) source: Option<crate::transport::BoxError>,
    /// The response with which a called workflow failed.
    pub(crate) response: Option<Box<http::Response<Bytes>>>,
    /// The start of its body, without the secrets of that workflow.
    pub(crate) excerpt: Option<String>,
    /// Whether the request may have reached the API even though no response was received.
    pub(crate) sent: bool,
    /// Whether the source is the error of a called workflow.
    pub(crate) nested: bool,
}

impl Failure {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            place: None,
            criterion: None,
            source: None,
            response: None,
            excerpt: None,
            sent: false,
            nested: false,
        }
    }

    /// Creates the failure for an absent value that the request needs.
    #[must_use]
    pub fn absent(what: &str, expression: &str, line: u32, column: u32) -> Self {
        let message = format!("{what} has no value: `{expression}` is missing");
        Self {
            place: Some(Place { line, column }),
            ..Self::new(ErrorKind::Request, message)
        }
    }
}

/// The reason why no run of a called workflow was started.
#[derive(Debug)]
pub enum Stop {
    /// The inputs with these indices are missing.
    Awaiting(Vec<usize>),
    /// The attempt failed.
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}
