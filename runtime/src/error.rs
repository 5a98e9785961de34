//! What can go wrong while a workflow runs.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use bytes::Bytes;
use http::{Response, StatusCode};

use crate::transport::BoxError;

/// A place in a document, line and column counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// What kind of thing went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client was built wrong.
    Configuration,
    /// An input that the next step needs was not given.
    MissingInput,
    /// An input does not keep to its schema.
    InvalidInput,
    /// No credential was given for a security scheme that the operation requires.
    MissingCredential,
    /// A request could not be made from the values of the run.
    Request,
    /// The request could not be sent, or no response came.
    Transport,
    /// No response came in time.
    Timeout,
    /// A criterion was not met.
    Criterion,
    /// A workflow that the step has called failed.
    Nested,
    /// A response cannot be read: it is larger than the client allows, no JSON although it says so, or does not
    /// hold what its schema promises where an output needs it.
    Response,
    /// A query or pattern of the document needs more work on a value than is allowed; what is bounded is said in the
    /// documentation of [the crate](crate#limits).
    Budget,
    /// The document ended the workflow after a failed step.
    Ended,
    /// The run took more steps than the client allows.
    TooManySteps,
    /// A stored run does not fit the workflow.
    Stored,
}

/// Why a workflow did not get on, with everything that is known about it.
///
/// `Display` is one line without the text of its [`source`](StdError::source); `{:#}` adds that, and
/// the source of the source, and so on. It and `Debug` show the beginning of the body of a response with a status of 400 or more, which says why, and never
/// that of another, which may hold what was asked for in confidence.
pub struct Error {
    inner: Box<Inner>,
}

pub(crate) struct Inner {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) workflow: &'static str,
    pub(crate) file: &'static str,
    pub(crate) step: Option<&'static str>,
    pub(crate) place: Option<Place>,
    pub(crate) response: Option<Response<Bytes>>,
    pub(crate) attempts: u32,
    pub(crate) source: Option<BoxError>,
}

/// Characters of a response's body that a message shows.
const SHOWN: usize = 600;

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            inner: Box::new(Inner {
                kind,
                message: message.into(),
                workflow: "",
                file: "",
                step: None,
                place: None,
                response: None,
                attempts: 0,
                source: None,
            }),
        }
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(&mut self.inner);
        self
    }

    /// Takes the response out of the error.
    pub(crate) fn without_response(mut self) -> (Self, Option<Response<Bytes>>) {
        let response = self.inner.response.take();
        (self, response)
    }

    /// What kind of thing went wrong.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// The `workflowId`; empty for an error outside any workflow.
    #[must_use]
    pub fn workflow(&self) -> &str {
        self.inner.workflow
    }

    /// The `stepId` of the step that failed.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        self.inner.step
    }

    /// The document's path, relative to the package that was compiled.
    #[must_use]
    pub fn file(&self) -> &str {
        self.inner.file
    }

    /// The place in the document, such as the criterion that was not met.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.inner.place
    }

    /// The status of the response, if one came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(Response::status)
    }

    /// The whole response, if one came.
    #[must_use]
    pub fn response(&self) -> Option<&Response<Bytes>> {
        self.inner.response.as_ref()
    }

    /// How many attempts of the failed step were made since it was entered.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Whether the same run may succeed later without anything being changed: no response came,
    /// or the server said 408, 425, 429, 502, 503 or 504.
    ///
    /// The request may have had its effect all the same. Where doing it twice does harm, let
    /// [`idempotency_key`](crate::SourceBuilder::idempotency_key) tell the API that it is the same one.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.inner.kind {
            ErrorKind::Transport | ErrorKind::Timeout => true,
            ErrorKind::Criterion | ErrorKind::Ended | ErrorKind::Nested => self
                .status()
                .is_some_and(|status| matches!(status.as_u16(), 408 | 425 | 429 | 502 | 503 | 504)),
            _ => false,
        }
    }
}

/// Whether a character would not be seen as itself: a control character, a line separator, or a format character, such
/// as those that turn the direction of the text (Unicode, general categories Cc, Zl, Zp and Cf).
pub(crate) fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'..='\u{e007f}')
}

/// The beginning of a body on one line: what a server sends must not steer a terminal.
fn shown(response: &Response<Bytes>) -> String {
    let text = String::from_utf8_lossy(response.body());
    let mut line = String::new();
    let mut letters = text.trim().chars();
    for letter in letters.by_ref().take(SHOWN) {
        match letter {
            '\n' | '\r' | '\t' => line.push(' '),
            hidden if is_hidden(hidden) => line.extend(hidden.escape_unicode()),
            other => line.push(other),
        }
    }
    if letters.next().is_some() {
        line.push('…');
    }
    line
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        if let Some(step) = inner.step {
            write!(formatter, "step `{step}` failed: ")?;
        }
        // What a server or a stored run says may be part of it.
        for letter in inner.message.chars() {
            if is_hidden(letter) {
                write!(formatter, "{}", letter.escape_unicode())?;
            } else {
                formatter.write_char(letter)?;
            }
        }
        if let Some(place) = inner.place {
            write!(formatter, " ({}:{}:{})", inner.file, place.line, place.column)?;
        }
        if let Some(response) = &inner.response {
            write!(formatter, ", got {}", response.status())?;
            // The body of a success may hold what was asked for in confidence; that of an error says why.
            if response.status().is_client_error() || response.status().is_server_error() {
                let text = shown(response);
                let text = text.trim();
                if !text.is_empty() {
                    write!(formatter, ": {text}")?;
                }
            }
        }
        if formatter.alternate() {
            let mut cause = self.source();
            while let Some(error) = cause {
                // The message of a called workflow's error is in that of its caller already.
                if !error.is::<Self>() {
                    write!(formatter, ": {error}")?;
                }
                cause = error.source();
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        let failed = self
            .response()
            .filter(|response| response.status().is_client_error() || response.status().is_server_error());
        formatter
            .debug_struct("Error")
            .field("kind", &inner.kind)
            .field("workflow", &inner.workflow)
            .field("step", &inner.step)
            .field("message", &inner.message)
            .field(
                "place",
                &inner
                    .place
                    .map(|place| format!("{}:{}:{}", inner.file, place.line, place.column)),
            )
            .field("status", &self.status())
            .field("body", &failed.map(shown))
            .field("attempts", &inner.attempts)
            .field("source", &inner.source)
            .finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.inner
            .source
            .as_deref()
            .map(|source| source as &(dyn StdError + 'static))
    }
}

/// An [`Error`] and the run that it stopped.
///
/// It dereferences to the error. The run stands where it was before the failed attempt: mend what
/// was wrong and call `finish` again.
pub struct RunError<R> {
    error: Error,
    run: Box<R>,
}

impl<R> RunError<R> {
    /// Joins an error and the run that it stopped.
    #[must_use]
    pub fn new(error: Error, run: R) -> Self {
        Self {
            error,
            run: Box::new(run),
        }
    }

    /// The error alone.
    #[must_use]
    pub fn error(&self) -> &Error {
        &self.error
    }

    /// The run.
    #[must_use]
    pub fn run(&self) -> &R {
        &self.run
    }

    /// The error, without the run.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }

    /// The run, to be mended and finished.
    #[must_use]
    pub fn into_run(self) -> R {
        *self.run
    }
}

impl<R> From<RunError<R>> for Error {
    fn from(error: RunError<R>) -> Self {
        error.error
    }
}

impl<R> std::ops::Deref for RunError<R> {
    type Target = Error;

    fn deref(&self) -> &Error {
        &self.error
    }
}

impl<R> fmt::Display for RunError<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl<R> fmt::Debug for RunError<R> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.error.fmt(formatter)
    }
}

impl<R> StdError for RunError<R> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error.source()
    }
}
