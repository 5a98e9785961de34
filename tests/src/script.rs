//! A scripted API: which requests are expected in which order, and what each is answered.
//!
//! ```ignore
//! let script = Script::new()
//!     .on("POST /books").json(json!({ "title": "Dune" })).reply(201, json!({ "id": 7 }))
//!     .on("GET /books/7").reply(200, json!({ "id": 7 }));
//! let outputs = add_book(&script.client(), add_book::Inputs::new(String::from("Dune"))).await.unwrap();
//! script.assert_trace(&["POST /books 201", "GET /books/7 200"]);
//! ```
//!
//! A request that is not the next expected one fails the test, and so does an answer that nobody has asked for. Waiting
//! takes no time: a wait is written into the trace between the requests.

use std::{
    collections::VecDeque,
    fmt::Write as _,
    future::Future,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use arazzo::{BoxError, Bytes, Client, ErrorKind, RunError, Transport, Workflow, http};
use serde_json::{Value, json};

/// Returns whether a workflow succeeded. The test fails if anything but a criterion failed it.
pub fn passed<T, W: Workflow>(result: &Result<T, RunError<W>>) -> bool {
    if let Err(error) = result {
        assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
    }
    result.is_ok()
}

/// The scripted API. A clone is another handle to the same script.
#[derive(Clone, Default)]
pub struct Script {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    expected: VecDeque<Exchange>,
    trace: Vec<String>,
    waits: Vec<Duration>,
    bodies: Vec<String>,
}

/// An answer that nobody has asked for fails the test, even one that looks at nothing else.
impl Drop for State {
    fn drop(&mut self) {
        let left: Vec<String> = mem::take(&mut self.expected)
            .into_iter()
            .map(|exchange| exchange.request)
            .collect();
        if !left.is_empty() && !std::thread::panicking() {
            panic!(
                "these requests were never sent: {left:?}\nwhat happened:\n{}",
                listed(&self.trace)
            );
        }
    }
}

struct Exchange {
    request: String,
    json: Option<Value>,
    headers: Vec<(String, String)>,
    absent_headers: Vec<String>,
    reply: Reply,
}

enum Reply {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    Failure(String),
    Silence,
}

impl Script {
    /// A script that expects nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The next expected request: the method, a space, the path with its query as it is sent.
    ///
    /// Query parameters with different names may come in any order.
    pub fn on(self, request: &str) -> Expected {
        assert!(request.contains(" /"), "`{request}` is not METHOD /path");
        Expected {
            script: self,
            exchange: Exchange {
                request: request.to_owned(),
                json: None,
                headers: Vec::new(),
                absent_headers: Vec::new(),
                reply: Reply::Silence,
            },
        }
    }

    /// A client that talks to this script as the source `shelf`, waits as long as it is told to, and gives up after 50
    /// step attempts.
    pub fn client(&self) -> Client<Self> {
        Client::builder()
            .transport(self.clone())
            .source("shelf", |api| api.base_url("http://shelf.test"))
            .max_steps(50)
            .max_retry_after(Duration::from_secs(86_400))
            .timeout(None)
            .build()
            .expect("the client is complete")
    }

    /// Everything that has happened: `GET /books/7 200`, `GET /books/7 error`, `GET /books/7 silence`, `wait 1.5s`.
    pub fn trace(&self) -> Vec<String> {
        self.state().trace.clone()
    }

    /// How long was waited, in order.
    pub fn waits(&self) -> Vec<Duration> {
        self.state().waits.clone()
    }

    /// The text of the body of the request at this place, counted from 0.
    #[track_caller]
    pub fn body(&self, index: usize) -> String {
        let body = self.state().bodies.get(index).cloned();
        body.expect("there was such a request")
    }

    /// Writes a wait into the trace, for a test that waits itself.
    pub fn waited(&self, duration: Duration) {
        if !duration.is_zero() {
            let mut state = self.state();
            state.trace.push(format!("wait {}s", duration.as_secs_f64()));
            state.waits.push(duration);
        }
    }

    /// Exactly this has happened, waits included, and no answer is left.
    #[track_caller]
    pub fn assert_trace(&self, expected: &[&str]) {
        self.assert_same(&self.trace(), expected);
    }

    /// Exactly these requests were sent, whatever was waited for between them, and no answer is left.
    #[track_caller]
    pub fn assert_requests(&self, expected: &[&str]) {
        let requests: Vec<String> = self
            .trace()
            .into_iter()
            .filter(|entry| !entry.starts_with("wait "))
            .collect();
        self.assert_same(&requests, expected);
    }

    #[track_caller]
    fn assert_same(&self, actual: &[String], expected: &[&str]) {
        let left = mem::take(&mut self.state().expected);
        let left: Vec<String> = left.into_iter().map(|exchange| exchange.request).collect();
        assert!(
            left.is_empty(),
            "these requests were never sent: {left:?}\nwhat happened:\n{}",
            listed(actual)
        );
        assert_eq!(actual, expected, "what happened:\n{}", listed(actual));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Checks a request against the script and takes its reply.
    fn next(&self, request: &http::Request<Bytes>) -> Reply {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let actual = format!("{} {path}", request.method());
        let body = String::from_utf8_lossy(request.body()).into_owned();

        let mut state = self.state();
        let Some(exchange) = state.expected.pop_front() else {
            let trace = listed(&state.trace);
            drop(state);
            panic!(
                "unexpected request `{actual}` with body `{body}`: the script is over\nwhat happened before:\n{trace}"
            );
        };
        let problem = exchange.mismatch(&actual, &body, request.headers());
        if let Some(problem) = problem {
            let trace = listed(&state.trace);
            state.expected.clear();
            drop(state);
            panic!("unexpected request `{actual}` with body `{body}`: {problem}\nwhat happened before:\n{trace}");
        }
        let outcome = match &exchange.reply {
            Reply::Answer { status, .. } => status.to_string(),
            Reply::Failure(_) => String::from("error"),
            Reply::Silence => String::from("silence"),
        };
        state.trace.push(format!("{} {outcome}", exchange.request));
        state.bodies.push(body);
        exchange.reply
    }
}

impl Transport for Script {
    fn send(
        &self,
        request: http::Request<Bytes>,
    ) -> impl Future<Output = Result<http::Response<Bytes>, BoxError>> + Send {
        let script = self.clone();
        async move {
            let reply = script.next(&request);
            match reply {
                Reply::Answer { status, headers, body } => {
                    let mut response = http::Response::builder().status(status);
                    for (name, value) in &headers {
                        response = response.header(name.as_str(), value.as_str());
                    }
                    Ok(response
                        .body(Bytes::from(body))
                        .expect("the scripted response is sound"))
                }
                Reply::Failure(reason) => Err(reason.into()),
                Reply::Silence => std::future::pending().await,
            }
        }
    }

    fn sleep(&self, duration: Duration) -> impl Future<Output = ()> + Send {
        let script = self.clone();
        async move {
            // An answer that is there already wins against the time limit that it was given.
            tokio::task::yield_now().await;
            script.waited(duration);
        }
    }
}

impl Exchange {
    /// What is wrong with this request, if anything.
    fn mismatch(&self, actual: &str, body: &str, headers: &http::HeaderMap) -> Option<String> {
        if normalised(actual) != normalised(&self.request) {
            return Some(format!("`{}` was expected", self.request));
        }
        if let Some(expected) = &self.json {
            let content_type = headers.get("content-type").and_then(|value| value.to_str().ok());
            if !content_type.is_some_and(|value| value.starts_with("application/json")) {
                return Some(format!(
                    "its content type is {content_type:?} instead of application/json"
                ));
            }
            match serde_json::from_str::<Value>(body) {
                Ok(value) if value == *expected => {}
                Ok(_) => return Some(format!("the body `{expected}` was expected")),
                Err(error) => return Some(format!("its body is not JSON ({error})")),
            }
        }
        for (name, expected) in &self.headers {
            let value = headers.get(name).and_then(|value| value.to_str().ok());
            if value != Some(expected.as_str()) {
                return Some(format!("the header `{name}: {expected}` was expected, it is {value:?}"));
            }
        }
        let unwanted = self
            .absent_headers
            .iter()
            .find(|name| headers.contains_key(name.as_str()))?;
        Some(format!("it has a header `{unwanted}`, which was not expected"))
    }
}

/// A request that is expected, before its reply is known.
#[must_use = "it is expected only once its reply is known"]
pub struct Expected {
    script: Script,
    exchange: Exchange,
}

impl Expected {
    /// The request has this JSON body.
    pub fn json(mut self, body: Value) -> Self {
        self.exchange.json = Some(body);
        self
    }

    /// The request has this header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.exchange.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The request does not have this header.
    pub fn without_header(mut self, name: &str) -> Self {
        self.exchange.absent_headers.push(name.to_owned());
        self
    }

    /// It is answered with a JSON body.
    pub fn reply(self, status: u16, body: Value) -> Script {
        self.reply_json_text(status, &body.to_string())
    }

    /// It is answered with a JSON body that is sent exactly as written here.
    pub fn reply_json_text(self, status: u16, body: &str) -> Script {
        self.reply_text(status, "application/json", body)
    }

    /// It is answered with a JSON body and further headers.
    pub fn reply_with(self, status: u16, headers: &[(&str, &str)], body: Value) -> Script {
        let mut all = vec![(String::from("content-type"), String::from("application/json"))];
        all.extend(
            headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
        );
        self.with(Reply::Answer {
            status,
            headers: all,
            body: body.to_string(),
        })
    }

    /// It is answered with a text of this content type.
    pub fn reply_text(self, status: u16, content_type: &str, body: &str) -> Script {
        let headers = vec![(String::from("content-type"), content_type.to_owned())];
        self.with(Reply::Answer {
            status,
            headers,
            body: body.to_owned(),
        })
    }

    /// It is answered without a body.
    pub fn reply_empty(self, status: u16) -> Script {
        self.with(Reply::Answer {
            status,
            headers: Vec::new(),
            body: String::new(),
        })
    }

    /// It never gets through.
    pub fn fails(self, reason: &str) -> Script {
        self.with(Reply::Failure(reason.to_owned()))
    }

    /// It gets through and is never answered.
    pub fn stays_silent(self) -> Script {
        self.with(Reply::Silence)
    }

    fn with(mut self, reply: Reply) -> Script {
        self.exchange.reply = reply;
        self.script.state().expected.push_back(self.exchange);
        self.script
    }
}

/// A request with its query parameters in the order of their names; those of the same name keep their order.
fn normalised(request: &str) -> (String, Vec<String>) {
    let (path, query) = request.split_once('?').unwrap_or((request, ""));
    let mut pairs: Vec<String> = query.split('&').map(str::to_owned).collect();
    pairs.sort_by(|left, right| left.split('=').next().cmp(&right.split('=').next()));
    (path.to_owned(), pairs)
}

fn listed(trace: &[String]) -> String {
    trace
        .iter()
        .enumerate()
        .fold(String::new(), |mut text, (index, entry)| {
            let _ = writeln!(text, "  {}. {entry}", index + 1);
            text
        })
}

/// A book with every member that the description of the API demands, and nothing else.
pub fn book() -> Value {
    json!({
        "id": 7,
        "title": "Dune",
        "price": 9.5,
        "inPrint": true,
        "format": "paperback",
        "pages": 412,
        "translator": null,
        "author": { "name": "Frank Herbert" },
        "tags": ["classic"],
        "stock": { "main": 2 },
    })
}

/// That book with some members changed or added; `overrides` is an object.
pub fn book_with(overrides: Value) -> Value {
    let mut book = book();
    for (name, value) in overrides.as_object().expect("the overrides are an object") {
        book[name.as_str()] = value.clone();
    }
    book
}

/// A value as JSON, to look at it whatever its Rust type is.
#[track_caller]
pub fn json_of<T: serde::Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("it can be written as JSON")
}

/// Fails to compile unless the value has exactly this type.
pub fn exactly<T>(_: &T) {}

/// Parks a run and brings it back.
#[track_caller]
pub fn reload<R: serde::Serialize + serde::de::DeserializeOwned>(run: &R) -> R {
    let parked = serde_json::to_string(run).expect("a run can be stored");
    serde_json::from_str(&parked).expect("a stored run can be brought back")
}

/// Carries out a run attempt by attempt; before each, it is stored and brought back. Gives a `Result`.
#[macro_export]
macro_rules! in_pieces {
    ($run:expr, $client:expr, $script:expr) => {{
        let mut run = $run;
        let mut rounds = 0;
        loop {
            rounds += 1;
            assert!(rounds < 100, "the run does not come to an end");
            run = $crate::script::reload(&run);
            match run.advance(&$client).await {
                Ok(arazzo::Progress::Advanced) => {}
                Ok(arazzo::Progress::Wait(duration)) => $script.waited(duration),
                Ok(arazzo::Progress::Done(outputs)) => break Ok(outputs),
                #[allow(unreachable_patterns)]
                Ok(_) => panic!("the run is blocked, though it has all its inputs"),
                Err(error) => break Err(error),
            }
        }
    }};
}
pub use crate::in_pieces;
