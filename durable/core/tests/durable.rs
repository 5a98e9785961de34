//! Attempts, failures and sealed values, without an engine.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test ends at what it does not expect"
)]

use std::io;
use std::sync::{Arc, Mutex};

use arazzo::{BoxError, Bytes, Client, Seal, http};
use arazzo_durable::{Durable, Failure, Next, State, Status};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

arazzo::arazzo_workflow! { "tests/lend.arazzo.yml", lints = { allow(insecure_server) } }

const WHO: &str = "ada";

/// Answers every request with this; 0 is no response.
fn library(status: u16, body: &str) -> Durable {
    let body = body.to_owned();
    let transport = move |_: http::Request<Bytes>| {
        let body = Bytes::from(body.clone());
        async move {
            let response = http::Response::builder().header("content-type", "application/json");
            let response = response.status(if status == 0 { 600 } else { status });
            if status == 0 {
                return Err(io::Error::other("nobody is there"));
            }
            response.body(body).map_err(io::Error::other)
        }
    };
    Durable::new::<lend::Workflow>(Client::builder().transport(transport).build().unwrap())
}

fn raw(value: &Value) -> Box<RawValue> {
    to_raw_value(value).unwrap()
}

fn started(durable: &Durable) -> Box<RawValue> {
    durable.start(WHO, &raw(&json!({ "card": "ADA" }))).unwrap().run
}

async fn failure(status: u16, body: &str, answered: &[&str]) -> String {
    let durable = library(status, body);
    let answered: Vec<String> = answered.iter().map(|name| (*name).to_owned()).collect();
    match durable.attempt(WHO, &started(&durable), &answered).await {
        Ok(attempt) => match attempt.next {
            Next::Ask(question) => format!("ask for {}", question.inputs.join(", ")),
            next => panic!("{next:?}"),
        },
        Err(Failure::Retry(_)) => "retry".to_owned(),
        Err(Failure::Terminal { code, .. }) => code.to_string(),
        Err(other) => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_row_of_the_table() {
    for (status, body, alone, answered) in [
        (0, "", "retry", "retry"),
        (408, "{}", "retry", "retry"),
        (429, "{}", "retry", "retry"),
        (500, "{}", "retry", "retry"),
        (503, "{}", "retry", "retry"),
        (400, "{}", "502", "ask for card"),
        (401, "{}", "502", "ask for card"),
        (422, "{}", "502", "ask for card"),
        (302, "{}", "502", "502"),
        // A response that the description does not allow.
        (201, "{}", "500", "500"),
    ] {
        assert_eq!(failure(status, body, &[]).await, alone, "{status}");
        assert_eq!(failure(status, body, &["card"]).await, answered, "{status}");
    }
}

#[tokio::test]
async fn an_answer_that_violates_its_schema_is_asked_for_again() {
    let durable = library(201, r#"{"number": 1}"#);
    let run = durable.start(WHO, &raw(&json!({}))).unwrap().run;
    let asked = durable.attempt(WHO, &run, &[]).await.unwrap();
    let Next::Ask(question) = asked.next else {
        panic!("{asked:?}")
    };
    assert_eq!(question.inputs, ["card"]);
    let run = durable.provide(WHO, &asked.run, &raw(&json!({ "card": "A" }))).unwrap();
    let again = durable.attempt(WHO, &run, &question.inputs).await.unwrap();
    let Next::Ask(question) = again.next else {
        panic!("{again:?}")
    };
    let details = durable.open_details(WHO, &question.details).unwrap();
    assert!(details["refusal"].as_str().unwrap().contains("`card`"), "{details}");
    // The same, if nobody has just answered.
    let Err(Failure::Terminal { code: 400, .. }) = durable.attempt(WHO, &run, &[]).await else {
        panic!("an input that nobody can correct");
    };
}

#[tokio::test]
async fn numbers_stay_as_they_are() {
    const NUMBER: &str = "123456789012345678901234567890.10";
    let durable = library(201, &format!(r#"{{"number": {NUMBER}}}"#));
    let attempt = durable.attempt(WHO, &started(&durable), &[]).await.unwrap();
    assert!(matches!(attempt.next, Next::Advance));
    assert_eq!(attempt.step.as_deref(), Some("second"));
    // Also through the form in which an engine stores the attempt.
    let stored = serde_json::to_string(&attempt).unwrap();
    let attempt: arazzo_durable::Attempt = serde_json::from_str(&stored).unwrap();
    assert!(attempt.run.get().contains(NUMBER), "{}", attempt.run.get());
    let answered = durable
        .provide(WHO, &attempt.run, &raw(&json!({ "again": "BOB" })))
        .unwrap();
    assert!(answered.get().contains(NUMBER), "{}", answered.get());
}

#[tokio::test]
async fn a_run_that_is_too_large_names_the_step() {
    let note = "x".repeat(10_000);
    let durable = library(201, &json!({ "number": 1, "note": note }).to_string()).limit(4_000);
    let Err(Failure::Terminal { code, message }) = durable.attempt(WHO, &started(&durable), &[]).await else {
        panic!("a large run");
    };
    assert_eq!(code, 413);
    assert!(
        message.contains("stores at most 4000: step `first` has outputs of 10"),
        "{message}"
    );
}

#[tokio::test]
async fn a_run_goes_on_elsewhere_and_only_a_run_of_the_workflow_does() {
    let durable = library(201, r#"{"number": 1}"#);
    let attempt = durable.attempt(WHO, &started(&durable), &[]).await.unwrap();
    let sent = Durable::transfer(&attempt.run).unwrap();
    let there = library(201, r#"{"number": 2}"#).start("bob", &sent).unwrap();
    assert_eq!(
        (there.step.as_deref(), there.run.get()),
        (Some("second"), attempt.run.get())
    );
    for sent in [
        json!({ "$run": {} }),
        json!({ "$run": 7 }),
        json!([]),
        json!({ "cart": "ADA" }),
    ] {
        let Err(Failure::Terminal { code, .. }) = durable.start(WHO, &raw(&sent)) else {
            panic!("{sent}")
        };
        assert!(code == 400 || code == 409, "{sent}: {code}");
    }
}

#[test]
fn answers_are_checked_before_they_are_passed_on() {
    let durable = library(201, "{}");
    let question = ["card".to_owned()];
    let said = |sent: Value| match durable.check(WHO, &question, &raw(&sent)) {
        Ok(()) => String::new(),
        Err(Failure::Terminal { code: 400, message }) => message,
        Err(other) => panic!("{other:?}"),
    };
    assert_eq!(said(json!({ "card": "ADA" })), "");
    assert_eq!(said(json!({})), "input `card` is required");
    assert_eq!(said(json!({ "card": null })), "input `card` is required");
    assert_eq!(
        said(json!({ "card": 7 })),
        "expected a string at `/card`, found a number"
    );
    assert!(said(json!({ "card": "ADA", "cart": 1 })).starts_with("unknown input `cart`"));
}

/// Adds the length of what is authenticated, and turns every byte.
struct Turned(Arc<Mutex<Vec<Vec<u8>>>>);

impl Seal for Turned {
    fn seal(&self, plain: Vec<u8>, associated: &[u8]) -> Result<Vec<u8>, BoxError> {
        self.0.lock().unwrap().push(associated.to_vec());
        let turned = plain.iter().map(|byte| !byte);
        Ok(associated.iter().copied().chain(turned).collect())
    }

    fn open(&self, sealed: &[u8], associated: &[u8]) -> Result<Vec<u8>, BoxError> {
        let turned = sealed.strip_prefix(associated).ok_or("sealed for something else")?;
        Ok(turned.iter().map(|byte| !byte).collect())
    }
}

#[tokio::test]
async fn sealed_values_belong_where_they_were_sealed() {
    let secret = r#"{"number": 1, "note": "hush"}"#;
    let bound = Arc::default();
    let durable = library(201, secret).sealed(Turned(Arc::clone(&bound)));
    let inputs = durable.seal_inputs(WHO, &json!({ "card": "HUSHHUSH" })).unwrap();
    assert!(!inputs.get().contains("HUSH"));
    let run = durable.start(WHO, &inputs).unwrap().run;
    let attempt = durable.attempt(WHO, &run, &[]).await.unwrap();
    let stored = serde_json::to_string(&attempt).unwrap();
    assert!(!stored.contains("hush") && !stored.contains("HUSH"), "{stored}");
    // Inputs are not a run, and those of another execution are not inputs.
    assert!(durable.start("bob", &inputs).is_err());
    assert!(durable.attempt(WHO, &inputs, &[]).await.is_err());
    assert!(durable.provide("bob", &run, &inputs).is_err());
    assert!(durable.start(WHO, &raw(&json!({ "card": "ADA" }))).is_err());
    assert!(library(201, secret).start(WHO, &inputs).is_err());
    let mut all = bound.lock().unwrap().clone();
    all.dedup();
    assert!(all.len() >= 2, "a binding for each kind");

    // Failures do not repeat what the API returns.
    let refusing = library(400, r#"{"reason": "hush"}"#).sealed(Turned(Arc::default()));
    let run = refusing.start(WHO, &inputs).unwrap().run;
    let Err(Failure::Terminal { message, .. }) = refusing.attempt(WHO, &run, &[]).await else {
        panic!("a refusal");
    };
    let expected =
        "workflow `lend` failed at step `first` (tests/lend.arazzo.yml:19:24); the API returned 400 Bad Request";
    assert_eq!(message, expected);
}

#[tokio::test]
async fn a_status_is_json_that_a_page_can_show() {
    let durable = library(201, r#"{"number": 1}"#).show(|run| json!({ "steps": run.steps().len() }));
    let started = durable.start(WHO, &raw(&json!({}))).unwrap();
    let status = serde_json::to_value(Status::started(&started)).unwrap();
    assert_eq!(status, json!({ "state": "running", "step": "first" }));
    let attempt = durable.attempt(WHO, &started.run, &[]).await.unwrap();
    let status = serde_json::to_value(Status::after(&attempt, 2)).unwrap();
    let expected = json!({
        "state": "awaiting", "step": "first", "inputs": ["card"], "asked": 2, "details": { "show": { "steps": 0 } },
        "since": attempt.at,
    });
    assert_eq!(status, expected);
    let status: Status = serde_json::from_value(status).unwrap();
    assert!(matches!(status.state, State::Awaiting { .. }));
    let Next::Ask(question) = attempt.next else {
        panic!("a question")
    };
    assert!(durable.may_ask(9, &question).is_ok());
    let Err(Failure::Terminal { code: 400, message }) = durable.may_ask(10, &question) else {
        panic!("too many questions");
    };
    assert_eq!(message, "asked 10 times for card");
}
