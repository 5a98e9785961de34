//! The error of a run, with the run.

use std::fmt;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, ErrorResponse, Place};
use crate::workflow::{Run, Workflow};

/// The error that stopped a run, together with the run.
///
/// The run is at the step that failed: fix the cause and call [`finish`](Run::finish) again.
///
/// ```
/// use arazzo::{Client, Error, RunError, Workflow};
///
/// /// Tries once more if a later attempt may succeed.
/// async fn again<W: Workflow>(error: RunError<W>, client: &Client) -> Result<W::Outputs, Error> {
///     if error.is_retryable() {
///         error.into_run().finish(client).await
///     } else {
///         Err(error.into_error())
///     }
/// }
/// ```
pub struct RunError<W: Workflow> {
    error: Error,
    run: Box<Run<W>>,
}

impl<W: Workflow> RunError<W> {
    /// Combines an error with the run that it stopped.
    #[must_use]
    pub fn new(error: Error, run: Run<W>) -> Self {
        Self {
            error,
            run: Box::new(run),
        }
    }

    /// Returns the error.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// Returns the run.
    #[must_use]
    pub fn run(&self) -> &Run<W> {
        &self.run
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.error.kind()
    }

    /// Returns the `workflowId`.
    #[must_use]
    pub fn workflow(&self) -> &str {
        self.error.workflow()
    }

    /// Returns the `stepId` of the step that failed.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        self.error.step()
    }

    /// Returns the path of the document, relative to the package that was compiled.
    #[must_use]
    pub fn file(&self) -> &str {
        self.error.file()
    }

    /// Returns the position in the document; see [`Error::place`].
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.error.place()
    }

    /// Returns the criterion that was not met, as it is written in the document.
    #[must_use]
    pub fn criterion(&self) -> Option<&str> {
        self.error.criterion()
    }

    /// Returns the status of the response, if one was received.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.error.status()
    }

    /// Returns the whole response, if one was received.
    #[must_use]
    pub fn response(&self) -> Option<&Response<Bytes>> {
        self.error.response()
    }

    /// Deserialises the body of the response; see [`Error::json`].
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        self.error.json()
    }

    /// Reads the response as one of the error responses that the description declares; see [`Error::declared`].
    #[must_use]
    pub fn declared<E: ErrorResponse>(&self) -> Option<E> {
        self.error.declared()
    }

    /// Returns the name of the failure action that ended the workflow; see [`Error::action`].
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.error.action()
    }

    /// Returns how many attempts of the failed step were made since it was entered.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.error.attempts()
    }

    /// Returns whether a request of the step that failed may have reached the API; see
    /// [`Error::may_have_been_sent`].
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        self.error.may_have_been_sent()
    }

    /// Returns whether the same run may succeed later without any change; see [`Error::is_retryable`].
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.error.is_retryable()
    }

    /// Returns the error and drops the run.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }

    /// Returns the run, for fixing and finishing it.
    #[must_use]
    pub fn into_run(self) -> Run<W> {
        *self.run
    }
}

impl<W: Workflow> From<RunError<W>> for Error {
    fn from(error: RunError<W>) -> Self {
        error.error
    }
}

impl<W: Workflow> AsRef<Error> for RunError<W> {
    fn as_ref(&self) -> &Error {
        &self.error
    }
}

impl<W: Workflow> fmt::Display for RunError<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl<W: Workflow> fmt::Debug for RunError<W> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl<W: Workflow> std::error::Error for RunError<W> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}
