//! Attempts, failures and sealed values, without an engine.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a test ends at what it does not expect"
)]

use std::io;
use std::sync::{Arc, Mutex};

use arazzo::{BoxError, Bytes, Client, Seal, Workflow, http};
use arazzo_durable::{Durable, Failure, Next, State, Status, Turn};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};

arazzo::arazzo_workflow! { "tests/lend.arazzo.yml", lints = { allow(insecure_server) } }

const WHO: &str = "ada";

fn library(status: u16, body: &str) -> Durable {
    library_of::<lend::Workflow>(status, body)
}

/// Responds to every request with this status and body; 0 means no response.
fn library_of<W: Workflow<Dependencies = ()>>(status: u16, body: &str) -> Durable {
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
    Durable::new::<W>(Client::builder().transport(transport).build().unwrap())
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
    match durable
        .attempt(WHO, &started(&durable), Turn::default().answered(&answered))
        .await
    {
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
        (409, "{}", "502", "ask for card"),
        // Another answer would not help.
        (401, "{}", "502", "502"),
        (404, "{}", "502", "502"),
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
    let asked = durable.attempt(WHO, &run, Turn::default()).await.unwrap();
    let Next::Ask(question) = asked.next else {
        panic!("{asked:?}")
    };
    assert_eq!(question.inputs, ["card"]);
    // Too short, and of the wrong type.
    for (sent, why) in [
        (json!({ "card": "A" }), "`card`"),
        (json!({ "card": 7 }), "expected a string"),
    ] {
        let sent = raw(&sent);
        let turn = Turn::default().answered(&question.inputs).sent(&sent);
        let again = durable.attempt(WHO, &asked.run, turn).await.unwrap();
        let Next::Ask(question) = again.next else {
            panic!("{again:?}")
        };
        let details = durable.open_details(WHO, &question.details).unwrap();
        assert!(details["refusal"].as_str().unwrap().contains(why), "{details}");
    }
    // Nobody has provided it on the way.
    let run = durable.start(WHO, &raw(&json!({ "card": "A" }))).unwrap().run;
    let Err(Failure::Terminal { code: 400, .. }) = durable.attempt(WHO, &run, Turn::default()).await else {
        panic!("an input that nobody can correct");
    };
}

#[tokio::test]
async fn a_choice_of_the_program_goes_first() {
    let asks = |input: &'static str| library(404, "{}").judge(move |_| Some(Failure::Ask(vec![input.to_owned()])));
    let durable = asks("card");
    let attempt = durable.attempt(WHO, &started(&durable), Turn::default()).await.unwrap();
    assert!(matches!(attempt.next, Next::Ask(_)));
    // What nobody could answer is a mistake of the program.
    let durable = asks("cart");
    let Err(Failure::Terminal { code: 500, message }) = durable.attempt(WHO, &started(&durable), Turn::default()).await
    else {
        panic!("an unknown input");
    };
    assert_eq!(message, "the workflow has no input `cart` to ask for");
}

#[tokio::test]
async fn a_called_workflow_is_judged_by_its_own_failure() {
    for (status, answered, expected) in [
        (0, false, "retry"),
        (503, false, "retry"),
        (400, false, "502"),
        (422, true, "ask for card"),
        // The document ends the workflow.
        (410, true, "502"),
    ] {
        let durable = library_of::<lend_twice::Workflow>(status, "{}");
        let mut run = durable.start(WHO, &raw(&json!({ "card": "ADA" }))).unwrap().run;
        let names = if answered { vec!["card".to_owned()] } else { Vec::new() };
        let said = loop {
            match durable.attempt(WHO, &run, Turn::default().answered(&names)).await {
                Ok(attempt) => match attempt.next {
                    Next::Ask(question) => break format!("ask for {}", question.inputs.join(", ")),
                    _ => run = attempt.run,
                },
                Err(Failure::Retry(_)) => break "retry".to_owned(),
                Err(Failure::Terminal { code, .. }) => break code.to_string(),
                Err(other) => panic!("{other:?}"),
            }
        };
        assert_eq!(said, expected, "{status}");
    }
}

#[tokio::test]
async fn numbers_stay_as_they_are() {
    const NUMBER: &str = "123456789012345678901234567890.10";
    let durable = library(201, &format!(r#"{{"number": {NUMBER}}}"#));
    let attempt = durable.attempt(WHO, &started(&durable), Turn::default()).await.unwrap();
    assert!(matches!(attempt.next, Next::Advance));
    assert_eq!(attempt.step.as_deref(), Some("second"));
    // Also through the form in which an engine stores the attempt.
    let stored = serde_json::to_string(&attempt).unwrap();
    let attempt: arazzo_durable::Attempt = serde_json::from_str(&stored).unwrap();
    assert!(attempt.run.get().contains(NUMBER), "{}", attempt.run.get());
    let (names, sent) = (["again".to_owned()], raw(&json!({ "again": "BOB" })));
    let turn = Turn::default().answered(&names).sent(&sent);
    let attempt = durable.attempt(WHO, &attempt.run, turn).await.unwrap();
    assert!(attempt.run.get().contains(NUMBER), "{}", attempt.run.get());
}

#[tokio::test]
async fn a_run_that_is_too_large_names_the_step() {
    let note = "x".repeat(10_000);
    let durable = library(201, &json!({ "number": 1, "note": note }).to_string()).limit(4_000);
    let Err(Failure::Terminal { code, message }) = durable.attempt(WHO, &started(&durable), Turn::default()).await
    else {
        panic!("a large run");
    };
    assert_eq!(code, 413);
    assert!(
        message.contains("and at most 4000 are stored: step `first` has outputs of 10"),
        "{message}"
    );
}

#[tokio::test]
async fn a_run_goes_on_elsewhere_and_only_a_run_of_the_workflow_does() {
    let durable = library(201, r#"{"number": 1}"#);
    let attempt = durable.attempt(WHO, &started(&durable), Turn::default()).await.unwrap();
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
    assert_eq!(said(json!([])), "the inputs are not a JSON object");
    // Only what was asked for: the other inputs are the caller's.
    assert_eq!(
        said(json!({ "card": "ADA", "again": "BOB" })),
        "input `again` was not asked for"
    );
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
    let attempt = durable.attempt(WHO, &run, Turn::default()).await.unwrap();
    let stored = serde_json::to_string(&attempt).unwrap();
    assert!(!stored.contains("hush") && !stored.contains("HUSH"), "{stored}");
    // Inputs are not a run, and those of another execution are not inputs.
    assert!(durable.start("bob", &inputs).is_err());
    assert!(durable.attempt(WHO, &inputs, Turn::default()).await.is_err());
    assert!(durable.check("bob", &["card".to_owned()], &inputs).is_err());
    assert!(durable.start(WHO, &raw(&json!({ "card": "ADA" }))).is_err());
    assert!(library(201, secret).start(WHO, &inputs).is_err());
    let mut all = bound.lock().unwrap().clone();
    all.dedup();
    assert!(all.len() >= 2, "a binding for each kind");

    // Failures do not repeat what the API returns.
    let refusing = library(400, r#"{"reason": "hush"}"#).sealed(Turned(Arc::default()));
    let run = refusing.start(WHO, &inputs).unwrap().run;
    let Err(Failure::Terminal { message, .. }) = refusing.attempt(WHO, &run, Turn::default()).await else {
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
    let status = serde_json::to_value(Status::running(started.step.clone(), None)).unwrap();
    assert_eq!(status, json!({ "state": "running", "step": "first" }));
    let attempt = durable.attempt(WHO, &started.run, Turn::default()).await.unwrap();
    let status = serde_json::to_value(Status::after(&attempt, 2)).unwrap();
    let expected = json!({
        "state": "awaiting", "step": "first", "inputs": ["card"], "asked": 2, "details": { "show": { "steps": 0 } },
        "since": attempt.at,
    });
    assert_eq!(status, expected);
    let status: Status = serde_json::from_value(status).unwrap();
    assert!(matches!(status.state, State::Awaiting { .. }));
    // There are at most ten questions.
    assert!(
        durable
            .attempt(WHO, &started.run, Turn::default().asked(9))
            .await
            .is_ok()
    );
    let Err(Failure::Terminal { code: 400, message }) =
        durable.attempt(WHO, &started.run, Turn::default().asked(10)).await
    else {
        panic!("too many questions");
    };
    assert_eq!(message, "asked 10 times for card");
}
