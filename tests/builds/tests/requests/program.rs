//! Makes single attempts of steps from forged runs, and tells what was sent and what came of it. Part of the crate that
//! the test generates; the expansions and the table of workflows are added to it.

use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use arazzo::http::{Request, Response};
use arazzo::{BoxError, Bytes, Client, Credential, Event, EventKind, Transport};
use serde_json::{Value, json};

/// Answers every request with one response and keeps what was sent.
#[derive(Clone)]
pub struct Wire {
    answer: Arc<Value>,
    seen: Arc<Mutex<Vec<Value>>>,
}

impl Transport for Wire {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| json!([name.as_str(), String::from_utf8_lossy(value.as_bytes())]));
        self.seen.lock().unwrap().push(json!({
            "method": request.method().as_str(),
            "url": request.uri().to_string(),
            "headers": headers.collect::<Vec<_>>(),
            "body": String::from_utf8_lossy(request.body()),
        }));
        let status = self.answer["status"].as_u64().unwrap_or(500);
        let mut response = Response::builder().status(u16::try_from(status)?);
        for header in self.answer["headers"].as_array().into_iter().flatten() {
            response = response.header(header[0].as_str().unwrap_or(""), header[1].as_str().unwrap_or(""));
        }
        let body = self.answer["body"].as_str().unwrap_or("").to_owned();
        Ok(response.body(Bytes::from(body))?)
    }

    async fn sleep(&self, _: Duration) {
        std::future::pending().await
    }

    fn now(&self) -> Instant {
        Instant::now()
    }
}

/// What the generated table has for a workflow.
pub struct Workflow {
    /// A run that has these inputs and dependencies and has done nothing.
    pub fresh: fn(&str, &str) -> Result<String, String>,
    /// One attempt: an error, how it went on, and the run.
    pub step: fn(&str, &Client<Wire>) -> Result<(Value, String), String>,
    /// What a run that has ended returns.
    pub outputs: fn(&str) -> Result<Value, String>,
}

pub fn done<P>(result: Result<P, arazzo::Error>) -> Value {
    match result {
        Ok(_) => Value::Null,
        Err(error) => json!({ "kind": format!("{:?}", error.kind()), "text": format!("{error:#}") }),
    }
}

/// Polls a future that never waits.
pub fn now<F: Future>(future: F) -> Result<F::Output, String> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => Ok(output),
        Poll::Pending => Err("the attempt waits".to_owned()),
    }
}

pub fn told<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}

macro_rules! workflow {
    ($run:path, $($start:tt)*) => {{
        fn step(run: &str, client: &arazzo::Client<crate::Wire>) -> Result<(serde_json::Value, String), String> {
            let mut run: $run = crate::told(serde_json::from_str(run))?;
            let result = crate::done(crate::now(run.advance(client))?);
            Ok((result, crate::told(serde_json::to_string(&run))?))
        }
        fn outputs(run: &str) -> Result<serde_json::Value, String> {
            let run: $run = crate::told(serde_json::from_str(run))?;
            crate::told(serde_json::to_value(run.outputs()))
        }
        crate::Workflow { fresh: $($start)*, step, outputs }
    }};
}
pub(crate) use workflow;

fn client(case: &Value, events: &Arc<Mutex<Vec<Value>>>) -> Result<(Client<Wire>, Wire), String> {
    let wire = Wire {
        answer: Arc::new(case["answer"].clone()),
        seen: Arc::default(),
    };
    let mut builder = Client::builder().transport(wire.clone()).timeout(None);
    for source in case["sources"].as_array().into_iter().flatten() {
        builder = builder.source(source["name"].as_str().unwrap_or(""), |mut api| {
            if let Some(base) = source["base"].as_str() {
                api = api.base_url(base);
            }
            for scheme in source["schemes"].as_array().into_iter().flatten() {
                let text = |key: &str| scheme[key].as_str().unwrap_or("");
                let credential = match text("kind") {
                    "basic" => Credential::basic("user", text("value")),
                    "bearer" => Credential::bearer(text("value")),
                    _ => Credential::api_key(text("value")),
                };
                api = api.scheme(text("name"), credential);
            }
            api
        });
    }
    let told = events.clone();
    let builder = builder.observer(move |event: &Event<'_>| {
        let event = match event.kind {
            EventKind::Criterion {
                condition, place, met, ..
            } => json!(["criterion", condition, met, place.line]),
            EventKind::Action { name, action, .. } => json!(["action", name, format!("{action:?}")]),
            _ => return,
        };
        told.lock().unwrap().push(event);
    });
    Ok((told_client(builder.build())?, wire))
}

fn told_client(client: Result<Client<Wire>, arazzo::Error>) -> Result<Client<Wire>, String> {
    client.map_err(|error| format!("the client cannot be built: {error}"))
}

fn observe(workflows: &[Workflow], case: &Value) -> Result<Value, String> {
    let index = usize::try_from(case["workflow"].as_u64().unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    let workflow = workflows.get(index).ok_or("no such workflow")?;
    let fresh = (workflow.fresh)(&case["inputs"].to_string(), &case["dependencies"].to_string())?;
    let mut run: Value = told(serde_json::from_str(&fresh))?;
    run["next"] = case["next"].clone();
    run["steps"] = case["steps"].clone();
    let run = run.to_string();
    let Some(step) = case["next"].as_str() else {
        return Ok(json!({ "outputs": (workflow.outputs)(&run)? }));
    };
    let events: Arc<Mutex<Vec<Value>>> = Arc::default();
    let (client, wire) = client(case, &events)?;
    let (error, after) = (workflow.step)(&run, &client)?;
    let after: Value = told(serde_json::from_str(&after))?;
    let requests = wire.seen.lock().unwrap().clone();
    let events = events.lock().unwrap().clone();
    Ok(json!({ "error": error, "requests": requests, "events": events, "outputs": after["steps"][step] }))
}

/// Reads cases from the file that the first argument names, one a line; writes to the second.
pub fn run(workflows: &[Workflow]) {
    let mut arguments = std::env::args().skip(1);
    let (from, to) = (arguments.next().unwrap(), arguments.next().unwrap());
    let cases = std::fs::read_to_string(from).unwrap();
    let mut out = String::new();
    for case in cases.lines() {
        let case: Value = serde_json::from_str(case).unwrap();
        let seen = observe(workflows, &case).unwrap_or_else(|problem| json!({ "refused": problem }));
        out.push_str(&seen.to_string());
        out.push('\n');
    }
    std::fs::write(to, out).unwrap();
}
