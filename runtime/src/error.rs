//! Errors of a running workflow.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::message::envelope::Message;
use crate::transport::BoxError;

/// A position in a document. Line and column are counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The line, counted from 1.
    pub line: u32,
    /// The column in characters, counted from 1.
    pub column: u32,
}

/// The kind of an [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client is misconfigured.
    Configuration,
    /// An input that the next step needs is missing.
    MissingInput,
    /// An input violates its schema.
    InvalidInput,
    /// The client has no credential for a security scheme that the operation requires, or could not obtain it.
    MissingCredential,
    /// The request cannot be made from the values of the run.
    Request,
    /// The server could not be reached.
    Connect,
    /// The request may have been sent, but no response was received; or an authorization server returned no token.
    Transport,
    /// No response was received within the time limit.
    Timeout,
    /// A criterion was not met.
    Criterion,
    /// A workflow that the step called has failed.
    Nested,
    /// A response cannot be read: it is larger than the client allows, it is not JSON although its content type says
    /// so, or it violates its schema where an output needs a value.
    Response,
    /// A query or pattern of the document needs more work on a value than its budget allows; see
    /// [Limits](crate#limits).
    Budget,
    /// The document ended the workflow after a failed step.
    Ended,
    /// The run made more step attempts than the client allows.
    TooManySteps,
    /// A stored run does not fit the workflow.
    Stored,
}

/// The error that stopped a workflow, with all known details.
///
/// `Display` is one line without the text of the [`source`](StdError::source). `{:#}` appends the sources, from the
/// direct source to the innermost one. `Display` and `Debug` show the beginning of the body of a response with a status
/// of 400 or more, which usually describes the problem. They never show the body of any other response, which may
/// contain confidential data.
///
/// ```
/// use arazzo::{Error, ErrorKind};
///
/// fn report(error: &Error) {
///     match (error.kind(), error.status()) {
///         (ErrorKind::Timeout, _) => println!("step {:?} timed out, try again later", error.step()),
///         (_, Some(status)) => println!("the API returned {status}"),
///         _ => println!("{error:#}"),
///     }
/// }
/// ```
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
    pub(crate) criterion: Option<Box<str>>,
    pub(crate) response: Option<Response<Bytes>>,
    pub(crate) exchanged_message: Option<Box<Message>>,
    /// The start of the body of a response that describes the problem, without secrets.
    pub(crate) excerpt: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) action: Option<&'static str>,
    pub(crate) source: Option<BoxError>,
    pub(crate) sent: bool,
    /// Whether the source is the error of a called workflow, whose text is part of the message.
    pub(crate) nested: bool,
    /// Whether there was a warning for the error.
    #[cfg(feature = "tracing")]
    pub(crate) told: std::sync::atomic::AtomicBool,
}

/// The error responses that an API description declares for a step; see [`Error::declared`].
///
/// Only expansions implement it.
pub trait ErrorResponse: Sized {
    #[doc(hidden)]
    const WORKFLOW: &'static str;
    #[doc(hidden)]
    const STEP: &'static str;
    #[doc(hidden)]
    const STATUSES: &'static [&'static str];

    #[doc(hidden)]
    fn read(status: &str, body: &str) -> Option<Self>;
}

/// Maximum number of characters of a response body that a message shows.
const SHOWN: usize = 600;

/// Maximum number of bytes of a response body that are searched for secrets.
const READ: usize = 64 * 1024;

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
                criterion: None,
                response: None,
                exchanged_message: None,
                excerpt: None,
                attempts: 0,
                action: None,
                source: None,
                sent: false,
                nested: false,
                #[cfg(feature = "tracing")]
                told: std::sync::atomic::AtomicBool::new(false),
            }),
        }
    }

    /// Creates the error with which a transport or a broker says that the user has to fix its configuration. It ends the
    /// attempt; the failure actions of the document do not apply.
    pub fn configuration(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Configuration, message)
    }

    pub(crate) fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(&mut self.inner);
        self
    }

    /// Records that there is a warning for the error, and returns whether there was one before.
    #[cfg(feature = "tracing")]
    pub(crate) fn tell(&self) -> bool {
        self.inner.told.swap(true, std::sync::atomic::Ordering::Relaxed)
    }

    /// Returns whether the source is the error of a called workflow.
    #[cfg(feature = "tracing")]
    pub(crate) fn is_nested(&self) -> bool {
        self.inner.nested
    }

    /// Takes the response and its excerpt out of the error.
    pub(crate) fn without_response(mut self) -> (Self, Option<Response<Bytes>>, Option<String>) {
        let (response, excerpt) = (self.inner.response.take(), self.inner.excerpt.take());
        (self, response, excerpt)
    }

    /// Returns the kind of the error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Returns the `workflowId`; empty if the error does not belong to a workflow.
    #[must_use]
    pub fn workflow(&self) -> &str {
        self.inner.workflow
    }

    /// Returns the `stepId` of the step that failed.
    #[must_use]
    pub fn step(&self) -> Option<&str> {
        self.inner.step
    }

    /// Returns the path of the document, relative to the package that was compiled.
    #[must_use]
    pub fn file(&self) -> &str {
        self.inner.file
    }

    /// Returns the position in the document, such as that of the criterion that was not met.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        self.inner.place
    }

    /// Returns the criterion that was not met, as it is written in the document; `None` if there was none, as in a step
    /// without criteria.
    #[must_use]
    pub fn criterion(&self) -> Option<&str> {
        self.inner.criterion.as_deref()
    }

    /// Returns the status of the response, if one was received.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(Response::status)
    }

    /// Returns the whole response, if one was received.
    #[must_use]
    pub fn response(&self) -> Option<&Response<Bytes>> {
        self.inner.response.as_ref()
    }

    /// Returns the message that the step has received, or has sent, if it failed after that.
    ///
    /// It is not received again. To evaluate it once more, give a clone to [`Run::deliver`](crate::Run::deliver).
    #[must_use]
    pub fn exchanged_message(&self) -> Option<&Message> {
        self.inner.exchanged_message.as_deref()
    }

    /// Deserialises the body of the response, for example as a type of the error responses that the description
    /// declares. Returns `None` if there is no response, or if its body is not JSON of this type.
    ///
    /// ```
    /// # fn show(error: &arazzo::Error) {
    /// #[derive(serde::Deserialize)]
    /// struct Problem {
    ///     error_type: String,
    /// }
    /// if let Some(problem) = error.json::<Problem>() {
    ///     eprintln!("the API refused the request: {}", problem.error_type);
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn json<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_slice(self.response()?.body()).ok()
    }

    /// Reads the response as one of the error responses that the description declares for the step. The module `errors`
    /// of a workflow has an enum for each step that declares error responses with a JSON body. Returns `None` if the
    /// description does not declare the response, or if the body violates its schema.
    ///
    /// ```ignore
    /// use totp_enrollment::errors::AuthenticateTotp;
    ///
    /// match error.declared() {
    ///     Some(AuthenticateTotp::Status401(problem)) => println!("wrong code: {}", problem.error_message),
    ///     Some(AuthenticateTotp::Status429(_)) => println!("too many codes"),
    ///     _ => return Err(error.into()),
    /// }
    /// ```
    #[must_use]
    pub fn declared<E: ErrorResponse>(&self) -> Option<E> {
        let response = self.response()?;
        if self.workflow() != E::WORKFLOW || self.step() != Some(E::STEP) {
            return None;
        }
        let status = crate::run::descriptor::declared(E::STATUSES, response.status().as_u16())?;
        E::read(status, std::str::from_utf8(response.body()).ok()?)
    }

    /// Returns the name of the failure action that ended the workflow ([`ErrorKind::Ended`]); `None` if no action
    /// applied.
    #[must_use]
    pub fn action(&self) -> Option<&str> {
        self.inner.action
    }

    /// Returns how many attempts of the failed step were made since it was entered.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.inner.attempts
    }

    /// Returns whether a request of the step that failed may have reached the API, and so may have had its effect.
    ///
    /// It is `false` only if the step was attempted once since the run entered it, and its request was not made at all, or
    /// the transport reports that it could not connect ([`ErrorKind::Connect`]). After a second attempt, a detour, or a
    /// request of a called workflow, it is `true`. It is also `true` if your own `reqwest::Client` could not connect, because that client may
    /// have followed a redirect of an API that had received the request.
    ///
    /// ```
    /// # fn decide(error: &arazzo::Error) {
    /// if error.is_retryable() && !error.may_have_been_sent() {
    ///     println!("it is safe to continue the run");
    /// }
    /// # }
    /// ```
    #[must_use]
    pub fn may_have_been_sent(&self) -> bool {
        self.inner.sent
    }

    /// Returns whether the same run may succeed later without any change: no response was received, or its status is
    /// 408, 425, 429, 502, 503 or 504.
    ///
    /// The request may have had its effect all the same; see [`may_have_been_sent`](Self::may_have_been_sent). If
    /// repeating it does harm, set [`idempotency_key`](crate::SourceBuilder::idempotency_key), so that the API can
    /// recognise it.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.inner.kind {
            ErrorKind::Connect | ErrorKind::Transport | ErrorKind::Timeout => true,
            ErrorKind::Criterion | ErrorKind::Ended | ErrorKind::Nested => match self.status() {
                Some(status) => matches!(status.as_u16(), 408 | 425 | 429 | 502 | 503 | 504),
                // A called workflow received no response.
                None => self
                    .source()
                    .and_then(|cause| cause.downcast_ref::<Self>())
                    .is_some_and(Self::is_retryable),
            },
            _ => false,
        }
    }
}

/// Creates the error for a message that could not be acknowledged.
pub(crate) fn unacknowledged(cause: BoxError, workflow: &'static str, file: &'static str) -> Error {
    Error::new(ErrorKind::Transport, "a message could not be acknowledged").with(|inner| {
        inner.workflow = workflow;
        inner.file = file;
        inner.source = Some(cause);
    })
}

/// Returns whether a character is invisible or changes the text around it: a control character, a line separator, or a
/// format character, such as those that change the direction of the text (Unicode, general categories Cc, Zl, Zp and
/// Cf).
pub(crate) fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0001}'..='\u{e007f}')
}

/// Returns the beginning of a body on one line if the status says that it describes the problem; the body of a success
/// may contain confidential data. Control characters from a server must not reach a terminal. `redact` removes secrets.
pub(crate) fn excerpt(response: &Response<Bytes>, redact: impl FnOnce(String) -> String) -> Option<String> {
    if !response.status().is_client_error() && !response.status().is_server_error() {
        return None;
    }
    // A secret can begin before the end of what is shown.
    let start = &response.body()[..response.body().len().min(READ)];
    let text = redact(String::from_utf8_lossy(start).into_owned());
    let mut line = String::new();
    let mut letters = text.trim().chars();
    for letter in letters.by_ref().take(SHOWN) {
        match letter {
            '\n' | '\r' | '\t' => line.push(' '),
            hidden if is_hidden(hidden) => line.extend(hidden.escape_unicode()),
            other => line.push(other),
        }
    }
    if letters.next().is_some() || response.body().len() > READ {
        line.push('…');
    }
    Some(line).filter(|line| !line.is_empty())
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
        if let Some(step) = inner.step {
            write!(formatter, "step `{step}` failed: ")?;
        }
        // The message may contain text from a server or a stored run.
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
            write!(formatter, "; the API returned {}", response.status())?;
            if let Some(text) = &inner.excerpt {
                write!(formatter, ": {text}")?;
            }
        }
        if formatter.alternate() {
            let (mut cause, mut contained) = (self.source(), inner.nested);
            while let Some(error) = cause {
                if !contained {
                    write!(formatter, ": {error}")?;
                }
                contained = error.downcast_ref::<Self>().is_some_and(|error| error.inner.nested);
                cause = error.source();
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.inner;
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
            .field("body", &inner.excerpt)
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
