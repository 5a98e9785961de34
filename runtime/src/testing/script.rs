//! A transport that returns scripted answers.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use serde::Serialize;

use super::recording::Expected;
use super::scripted_broker::{SentMessage, Waiting};
use crate::error::{Error, ErrorKind};
use crate::message::envelope::Message;
use crate::run::descriptor::StepName;
use crate::transport::{Attempt, BoxError, Limits, Transport};

/// A transport that returns a scripted answer for each step; see the [module](super).
///
/// A clone is another handle to the same script.
///
/// ```
/// use arazzo::testing::Script;
/// use arazzo::{Client, Error, StepName};
///
/// /// Tests a step of any workflow: `step` is a value of the generated enum `Step`.
/// fn client(step: impl Into<StepName>) -> Result<(Script, Client<Script>), Error> {
///     let script = Script::new().on(step).reply(200, "created");
///     let client = Client::builder().transport(script.clone()).build()?;
///     Ok((script, client))
/// }
/// ```
#[derive(Clone)]
pub struct Script {
    state: Arc<Mutex<State>>,
}

pub(super) struct State {
    pub(super) steps: Vec<(Key, VecDeque<Answer>)>,
    requests: Vec<SentRequest>,
    /// The steps of attempts that had no answer.
    pub(super) missing: Vec<String>,
    start: Instant,
    pub(super) date: SystemTime,
    pub(super) elapsed: Duration,
    pub(super) messages: Vec<SentMessage>,
    pub(super) waiting: Vec<Waiting>,
    /// The step that sends the next message.
    pub(super) sending: Option<StepName>,
}

/// The step that an answer is for. Recordings do not contain the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Key {
    file: Option<&'static str>,
    workflow: String,
    step: String,
}

impl Key {
    pub(super) fn is(&self, name: StepName) -> bool {
        self.file.is_none_or(|file| file == name.file) && self.workflow == name.workflow && self.step == name.step
    }
}

impl fmt::Display for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.workflow, self.step)
    }
}

pub(super) struct Answer {
    pub(super) delay: Duration,
    expected: Option<Expected>,
    pub(super) what: What,
}

pub(super) enum What {
    Response(Response<Bytes>),
    Message(Box<Message>),
    Error(BoxError),
    Nothing,
}

/// A request that a script received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SentRequest {
    /// The step that sent it.
    pub step: StepName,
    /// The number of the attempt of the step, counted from 1.
    pub attempt: u32,
    /// The time at which it was sent, since the start of the script's clock.
    pub at: Duration,
    /// The HTTP method.
    pub method: Method,
    /// The whole URL.
    pub uri: Uri,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl SentRequest {
    /// Returns the body as JSON; null if it is not JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// Returns the body as text; empty if it is not UTF-8.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap_or_default()
    }

    /// Returns a header as text; `None` if it is absent or is not text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Default for Script {
    fn default() -> Self {
        Self::new()
    }
}

impl Script {
    /// Creates a script without answers.
    #[must_use]
    pub fn new() -> Self {
        Self {
            state: Arc::new(Mutex::new(State {
                steps: Vec::new(),
                requests: Vec::new(),
                missing: Vec::new(),
                start: Instant::now(),
                date: SystemTime::now(),
                elapsed: Duration::ZERO,
                messages: Vec::new(),
                waiting: Vec::new(),
                sending: None,
            })),
        }
    }

    /// Starts an answer for one attempt of a step, such as `place_order::Step::Reserve`.
    pub fn on(self, step: impl Into<StepName>) -> On {
        let step = step.into();
        self.on_key(Key {
            file: Some(step.file),
            workflow: step.workflow.to_owned(),
            step: step.step.to_owned(),
        })
    }

    pub(super) fn on_recorded(self, workflow: String, step: String, expected: Expected) -> On {
        On {
            expected: Some(expected),
            ..self.on_key(Key {
                file: None,
                workflow,
                step,
            })
        }
    }

    fn on_key(self, key: Key) -> On {
        On {
            script: self,
            key,
            delay: Duration::ZERO,
            headers: HeaderMap::new(),
            names: Vec::new(),
            problem: None,
            expected: None,
        }
    }

    /// Returns the requests that were sent, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<SentRequest> {
        self.state().requests.clone()
    }

    /// Returns the requests of one step, in order.
    #[must_use]
    pub fn requests_of(&self, step: impl Into<StepName>) -> Vec<SentRequest> {
        let step = step.into();
        let requests = self.requests();
        requests.into_iter().filter(|request| request.step == step).collect()
    }

    /// Lets time pass, as callers of `advance` do at a [`Progress::Wait`](crate::Progress::Wait).
    pub fn pass(&self, duration: Duration) {
        self.state().elapsed += duration;
    }

    /// Returns the time that has passed in the script: the waits of `finish`, late answers, timeouts and
    /// [`pass`](Self::pass).
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.state().elapsed
    }

    /// Returns the steps of the unused answers as `workflow/step`, once for each answer.
    #[must_use]
    pub fn left(&self) -> Vec<String> {
        let mut state = self.state();
        state.expire();
        let steps = state.steps.iter();
        steps
            .flat_map(|(key, answers)| answers.iter().map(|_| key.to_string()))
            .collect()
    }

    /// Checks that every answer was used and that no attempt was without one.
    ///
    /// # Panics
    /// Panics if an answer is unused or was missing; the message names the steps.
    #[track_caller]
    pub fn assert_done(&self) {
        let (left, missing) = (self.left(), self.state().missing.clone());
        assert!(
            left.is_empty() && missing.is_empty(),
            "unused answers: {left:?}; attempts without an answer: {missing:?}"
        );
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, attempt: Attempt, request: &Request<Bytes>) -> Result<Answer, Error> {
        let mut state = self.state();
        let at = state.elapsed;
        state.requests.push(SentRequest {
            step: attempt.step,
            attempt: attempt.number,
            at,
            method: request.method().clone(),
            uri: request.uri().clone(),
            headers: request.headers().clone(),
            body: request.body().clone(),
        });
        let mut of_step = state.steps.iter_mut().filter(|(key, _)| key.is(attempt.step));
        let Some(answer) = of_step.find_map(|(_, answers)| answers.pop_front()) else {
            state.missing.push(attempt.step.to_string());
            let (step, number) = (attempt.step, attempt.number);
            return Err(wrong(format!(
                "the script has no answer for step `{step}`, attempt {number}"
            )));
        };
        if let Some(expected) = &answer.expected {
            expected.compare(&attempt, request).map_err(wrong)?;
        }
        Ok(answer)
    }
}

impl fmt::Debug for Script {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state();
        formatter
            .debug_struct("Script")
            .field("requests", &state.requests.len())
            .field("elapsed", &state.elapsed)
            .finish_non_exhaustive()
    }
}

impl Transport for Script {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let Some(attempt) = request.extensions().get::<Attempt>().copied() else {
            return token();
        };
        let Answer { delay, what, .. } = self.answer(attempt, &request)?;
        let timeout = request.extensions().get::<Limits>().and_then(|limits| limits.timeout);
        if matches!(what, What::Nothing) || timeout.is_some_and(|timeout| delay >= timeout) {
            if timeout.is_none() {
                let message = format!(
                    "the answer for step `{}` never arrives, and there is no time limit",
                    attempt.step
                );
                return Err(wrong(message).into());
            }
            // The caller has a timer for the timeout, which expires at once in the time of the script.
            return std::future::pending().await;
        }
        self.state().elapsed += delay;
        match what {
            What::Response(response) => Ok(response),
            What::Error(error) => Err(error),
            What::Message(_) => {
                let step = attempt.step;
                Err(wrong(format!(
                    "the script has a message for step `{step}`, which sends a request; use `reply`"
                ))
                .into())
            }
            What::Nothing => std::future::pending().await,
        }
    }

    async fn sleep(&self, duration: Duration) {
        // Let concurrent work that does not wait itself run first.
        let mut waited = false;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
        self.state().elapsed += duration;
    }

    fn now(&self) -> Instant {
        let state = self.state();
        state.start.checked_add(state.elapsed).unwrap_or(state.start)
    }

    fn system_time(&self) -> SystemTime {
        let state = self.state();
        state.date.checked_add(state.elapsed).unwrap_or(state.date)
    }
}

/// An error of the test, not of the API.
pub(super) fn wrong(message: String) -> Error {
    Error::new(ErrorKind::Configuration, message)
}

/// Returns the response to a token request (RFC 6749, section 5.1).
fn token() -> Result<Response<Bytes>, BoxError> {
    let body = r#"{"access_token":"scripted","token_type":"Bearer","expires_in":3600}"#;
    let response = Response::builder().header(header::CONTENT_TYPE, "application/json");
    Ok(response.body(Bytes::from_static(body.as_bytes()))?)
}

/// An answer that is being built. `reply` and the other methods that return the [`Script`] complete it.
#[must_use = "an answer has no effect until `reply` or a similar method is called"]
pub struct On {
    script: Script,
    key: Key,
    delay: Duration,
    headers: HeaderMap,
    /// The same headers with their names as written, for messages.
    pub(super) names: Vec<(String, Bytes)>,
    problem: Option<String>,
    expected: Option<Expected>,
}

impl On {
    /// Delays the answer. If the delay is as long as the timeout or longer, the attempt fails with
    /// [`ErrorKind::Timeout`].
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Adds a header to the response or message.
    ///
    /// A header that cannot be sent ends the run with [`ErrorKind::Configuration`], and so does a status that is not
    /// valid.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        match (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            (Ok(known), Ok(value)) => {
                self.names
                    .push((name.to_owned(), Bytes::copy_from_slice(value.as_bytes())));
                self.headers.append(known, value);
            }
            _ => self.problem = Some(format!("`{name}: {value}` is not a valid header")),
        }
        self
    }

    /// Responds with a status and a JSON body; `()` and null are an empty body.
    #[must_use]
    pub fn reply(self, status: u16, body: impl Serialize) -> Script {
        let json = serde_json::to_vec(&body).map_err(|error| error.to_string());
        let made = json.and_then(|json| {
            let mut response = Response::new(Bytes::new());
            *response.status_mut() =
                StatusCode::from_u16(status).map_err(|_| format!("{status} is not a valid status code"))?;
            // The JSON form of `()`; a test has no reason to send null on purpose.
            if json != b"null" {
                *response.body_mut() = Bytes::from(json);
                let json = HeaderValue::from_static("application/json");
                response.headers_mut().insert(header::CONTENT_TYPE, json);
            }
            Ok(response)
        });
        match made {
            Ok(response) => self.respond(response),
            Err(problem) => self.fail(wrong(problem)),
        }
    }

    /// Responds with this response, an [`http::Response`] of `arazzo::http`.
    #[must_use]
    pub fn respond(self, response: Response<impl Into<Bytes>>) -> Script {
        let mut response = response.map(Into::into);
        for (name, value) in &self.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        self.end(What::Response(response))
    }

    /// Fails as a transport does if no response is received; with a [`ConnectError`](crate::ConnectError), as if nothing was
    /// sent.
    #[must_use]
    pub fn fail(self, error: impl Into<BoxError>) -> Script {
        self.end(What::Error(error.into()))
    }

    /// Never responds: the attempt fails with [`ErrorKind::Timeout`] after the timeout of the step, or else of the
    /// client (30 seconds by default). Without a timeout, the run ends with [`ErrorKind::Configuration`].
    #[must_use]
    pub fn hang(self) -> Script {
        self.end(What::Nothing)
    }

    pub(super) fn end(self, what: What) -> Script {
        let what = match self.problem {
            Some(problem) => What::Error(wrong(problem).into()),
            None => what,
        };
        let answer = Answer {
            delay: self.delay,
            expected: self.expected,
            what,
        };
        let mut state = self.script.state();
        match state.steps.iter_mut().find(|(key, _)| *key == self.key) {
            Some((_, answers)) => answers.push_back(answer),
            None => state.steps.push((self.key, VecDeque::from([answer]))),
        }
        drop(state);
        self.script
    }
}

impl fmt::Debug for On {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("On")
            .field("step", &self.key.to_string())
            .finish_non_exhaustive()
    }
}
