//! The exchanges of a run, as a value and as a file.

use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::{fmt, fs, io};

use base64::Engine as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, header};
use serde::{Deserialize, Serialize};

use super::script::Script;
use crate::transport::{Attempt, BoxError, ConnectError};
use crate::wire::operation::SchemeKind;
use crate::wire::style::encoded;

/// The exchanges of a run; see the [module](super).
///
/// It implements `Serialize`; [`save`](Self::save) writes it as indented JSON.
///
/// ```no_run
/// use arazzo::Client;
/// use arazzo::testing::Recording;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let recording = Recording::load("tests/enrolment.json")?;
/// let client = Client::builder().transport(recording.script()).build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recording {
    version: u32,
    exchanges: Vec<Exchange>,
}

/// The version of the format.
const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Exchange {
    workflow: String,
    step: String,
    request: Request,
    #[serde(flatten)]
    answer: Answer,
}

/// A request without its credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Request {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Body,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Response {
        status: u16,
        headers: Vec<(String, String)>,
        body: Body,
    },
    Error(String),
    /// The transport could not connect.
    Connect(String),
    /// The caller stopped waiting before a response was received.
    Nothing(()),
}

/// A body: text if it is UTF-8, otherwise Base64.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Body {
    Text(String),
    Bytes { base64: String },
}

impl Body {
    fn of(bytes: &Bytes) -> Self {
        match std::str::from_utf8(bytes) {
            Ok(text) => Self::Text(text.to_owned()),
            Err(_) => Self::Bytes {
                base64: base64::engine::general_purpose::STANDARD.encode(bytes),
            },
        }
    }

    /// Returns the beginning of the body, for messages.
    fn beginning(&self) -> String {
        match self {
            Self::Text(text) if text.is_empty() => "nothing".to_owned(),
            Self::Text(text) => text.chars().take(400).collect(),
            Self::Bytes { base64 } => format!("of base64 {}", base64.chars().take(400).collect::<String>()),
        }
    }

    fn bytes(&self) -> Result<Bytes, BoxError> {
        Ok(match self {
            Self::Text(text) => Bytes::from(text.clone()),
            Self::Bytes { base64 } => base64::engine::general_purpose::STANDARD.decode(base64)?.into(),
        })
    }
}

fn pairs(headers: &HeaderMap, secret: impl Fn(&HeaderName) -> bool) -> Vec<(String, String)> {
    let open = headers
        .iter()
        .filter(|(name, value)| !value.is_sensitive() && !secret(name));
    open.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

impl Request {
    pub(super) fn of(attempt: &Attempt, request: &http::Request<Bytes>) -> Self {
        let schemes = || attempt.operation.security.iter().flat_map(|all| all.iter());
        let carries = |name: &HeaderName| {
            schemes().any(|scheme| match scheme.kind {
                SchemeKind::Header(header) => name.as_str().eq_ignore_ascii_case(header),
                SchemeKind::Cookie(_) => *name == header::COOKIE,
                _ => *name == header::AUTHORIZATION,
            })
        };
        let key = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            schemes().any(|scheme| matches!(scheme.kind, SchemeKind::Query(key) if encoded(key, false) == name))
        };
        let uri = request.uri().to_string();
        let url = match uri.split_once('?') {
            None => uri,
            Some((path, query)) => {
                let open: Vec<&str> = query.split('&').filter(|pair| !key(pair)).collect();
                if open.is_empty() {
                    path.to_owned()
                } else {
                    format!("{path}?{}", open.join("&"))
                }
            }
        };
        Self {
            method: request.method().to_string(),
            url,
            headers: pairs(request.headers(), carries),
            body: Body::of(request.body()),
        }
    }

    fn header(&self, name: &HeaderName) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| name == known.as_str());
        found.map(|(_, value)| value.as_str())
    }

    /// Returns the body for comparisons: JSON as a value, and multipart bodies independent of their boundary.
    fn content(&self) -> Content {
        let Body::Text(text) = &self.body else {
            return Content::Other(self.body.clone());
        };
        let media = self.header(&header::CONTENT_TYPE).unwrap_or_default();
        if crate::wire::exchange::is_json(media)
            && let Ok(value) = serde_json::from_str(text)
        {
            return Content::Json(value);
        }
        let boundary = media.split_once("boundary=").map(|(_, boundary)| boundary);
        let text = boundary.map_or_else(|| text.clone(), |boundary| text.replace(boundary, "boundary"));
        Content::Other(Body::Text(text))
    }
}

#[derive(PartialEq)]
enum Content {
    Json(serde_json::Value),
    Other(Body),
}

/// The recorded request with which a script compares the current one.
pub(super) struct Expected(Request);

impl Expected {
    /// Compares the method, path, query and body of a request with the recorded ones. The base URL and the headers may
    /// differ.
    pub(super) fn compare(&self, attempt: &Attempt, request: &http::Request<Bytes>) -> Result<(), String> {
        let (was, is) = (&self.0, Request::of(attempt, request));
        let place = |url: &str| {
            let uri = url.parse::<Uri>().ok();
            let place = uri.as_ref().and_then(Uri::path_and_query).map(ToString::to_string);
            place.unwrap_or_else(|| url.to_owned())
        };
        let (before, now) = (place(&was.url), place(&is.url));
        if was.method != is.method || before != now {
            return Err(format!(
                "step `{}` was recorded with `{} {before}` but sends `{} {now}`",
                attempt.step, was.method, is.method
            ));
        }
        if was.content() != is.content() {
            return Err(format!(
                "step `{}` sends the body {} instead of the recorded body {}",
                attempt.step,
                is.body.beginning(),
                was.body.beginning()
            ));
        }
        Ok(())
    }
}

impl Default for Recording {
    fn default() -> Self {
        Self {
            version: VERSION,
            exchanges: Vec::new(),
        }
    }
}

impl Recording {
    /// Adds a request before it is sent, and returns its index.
    pub(super) fn begin(&mut self, attempt: &Attempt, request: Request) -> usize {
        self.exchanges.push(Exchange {
            workflow: attempt.step.workflow.to_owned(),
            step: attempt.step.step.to_owned(),
            request,
            answer: Answer::Nothing(()),
        });
        self.exchanges.len() - 1
    }

    /// Adds the result of a request.
    pub(super) fn end(&mut self, place: usize, result: Result<&Response<Bytes>, &BoxError>) {
        let Some(exchange) = self.exchanges.get_mut(place) else {
            return;
        };
        exchange.answer = match result {
            Ok(response) => Answer::Response {
                status: response.status().as_u16(),
                headers: pairs(response.headers(), |_| false),
                body: Body::of(response.body()),
            },
            Err(error) => match error.downcast_ref::<ConnectError>().and_then(StdError::source) {
                Some(cause) => Answer::Connect(cause.to_string()),
                None => Answer::Error(error.to_string()),
            },
        };
    }

    /// Returns the number of exchanges.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// Returns whether there are no exchanges.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exchanges.is_empty()
    }

    /// Creates a script that replays the recorded answers, step by step. It ends a run with
    /// [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) if the run sends another method, path, query or
    /// body than the recorded one. The host and the request headers do not matter. An attempt that was cut off by a
    /// timeout hangs.
    #[must_use]
    pub fn script(&self) -> Script {
        self.exchanges.iter().fold(Script::new(), |script, exchange| {
            let Exchange {
                workflow,
                step,
                request,
                answer,
            } = exchange.clone();
            let on = script.on_recorded(workflow, step, Expected(request));
            match answer {
                Answer::Error(message) => on.fail(message),
                Answer::Connect(message) => on.fail(ConnectError::new(message)),
                Answer::Nothing(()) => on.hang(),
                Answer::Response { status, headers, body } => match response(status, headers, &body) {
                    Ok(response) => on.respond(response),
                    Err(problem) => on.fail(problem),
                },
            }
        })
    }

    /// Writes the recording to a file, as JSON.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<(), RecordingError> {
        let path = path.as_ref();
        let problem = |problem: io::Error| RecordingError {
            path: path.to_owned(),
            problem,
        };
        let mut text = serde_json::to_string_pretty(self).map_err(|error| problem(error.into()))?;
        text.push('\n');
        fs::write(path, text).map_err(problem)
    }

    /// Reads a recording from a file.
    ///
    /// # Errors
    /// The file cannot be read, or is not a recording of this version.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, RecordingError> {
        let path = path.as_ref();
        let problem = |problem: io::Error| RecordingError {
            path: path.to_owned(),
            problem,
        };
        let text = fs::read_to_string(path).map_err(problem)?;
        let recording: Self = serde_json::from_str(&text).map_err(|error| problem(error.into()))?;
        if recording.version != VERSION {
            let message = format!("it has version {}; this is version {VERSION}", recording.version);
            return Err(problem(io::Error::new(io::ErrorKind::InvalidData, message)));
        }
        Ok(recording)
    }
}

fn response(status: u16, headers: Vec<(String, String)>, body: &Body) -> Result<Response<Bytes>, BoxError> {
    let mut response = Response::new(body.bytes()?);
    *response.status_mut() = StatusCode::from_u16(status)?;
    for (name, value) in headers {
        response
            .headers_mut()
            .append(HeaderName::try_from(name)?, HeaderValue::try_from(value)?);
    }
    Ok(response)
}

/// The error for a recording that cannot be written or read.
#[derive(Debug)]
pub struct RecordingError {
    path: PathBuf,
    problem: io::Error,
}

impl fmt::Display for RecordingError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the recording `{}`: {}", self.path.display(), self.problem)
    }
}

impl StdError for RecordingError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.problem)
    }
}
