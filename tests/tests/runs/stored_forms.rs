//! Runs that earlier versions of the runtime stored: they are read, they go on, and what is written of them is the same.
//!
//! `tests/stored/version-1.json` holds every state of some runs, as version 1 of the stored form wrote them before runs
//! became generic. It is not written again: another form gets a file of its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, Progress, Transport};
use serde_json::{Map, Value, json};

mod depends {
    arazzo::arazzo_workflow!("language/depends.yml");
}
mod detours {
    arazzo::arazzo_workflow!("language/detours.yml");
}
mod files {
    arazzo::arazzo_workflow!("language/files.yml");
}
mod handover {
    arazzo::arazzo_workflow!("language/handover.yml");
}
mod nested {
    arazzo::arazzo_workflow!("language/nested.yml");
}
mod anything {
    arazzo::arazzo_workflow!("language/stored/anything.yml");
}
mod first {
    arazzo::arazzo_workflow!("language/stored/first.yml");
}

use anything::keep_anything;
use detours::{renew_by_step, renew_by_workflow};
use files::upload;
use first::review;
use handover::lend_or_queue;
use nested::borrow;

/// What the API answers, in the order of the requests.
type Answers = &'static [(u16, &'static str)];

const BORROW: Answers = &[(201, r#"{"token":"t1","expiresIn":60}"#), (201, r#"{"loanId":31}"#)];
const RENEW_BY_STEP: Answers = &[
    (201, r#"{"token":"t1"}"#),
    (401, r#"{"message":"expired"}"#),
    (201, r#"{"token":"t2"}"#),
    (201, r#"{"loanId":1.0}"#),
];
const RENEW_BY_WORKFLOW: Answers = &[
    (401, r#"{"message":"expired"}"#),
    (503, r#"{"message":"busy"}"#),
    (201, r#"{"token":"t2"}"#),
    (200, "{}"),
    (201, r#"{"loanId":1}"#),
];
const LEND_OR_QUEUE: Answers = &[
    (409, r#"{"message":"taken"}"#),
    (503, r#"{"message":"closed"}"#),
    (200, r#"{"name":"notes"}"#),
];
const DEPENDS: Answers = &[(409, r#"{"message":"taken"}"#), (201, r#"{"loanId":31}"#)];
const UPLOAD: Answers = &[(200, "{}"), (200, "{}"), (200, "{}")];
const ANYTHING: Answers = &[
    (
        200,
        r#"{"value":{"$json":"x","n":1.10,"big":123456789012345678901234567890,"deep":[[[[1e2]]]],"a":null,"é":"\u00e9"}}"#,
    ),
    (200, "{}"),
];
const REVIEW: Answers = &[(200, r#"{"id":7,"title":"Dune","available":true}"#), (200, "{}")];

fn api(answers: Answers, next: &Arc<AtomicUsize>) -> Client<impl Transport + use<>> {
    let next = Arc::clone(next);
    Client::builder()
        .transport(move |_: Request<Bytes>| {
            let answer = answers.get(next.fetch_add(1, Ordering::Relaxed)).copied();
            async move {
                let (status, body) = answer.ok_or("no further answer")?;
                let response = Response::builder()
                    .status(status)
                    .header("content-type", "application/json");
                Ok::<_, arazzo::BoxError>(response.body(Bytes::from_static(body.as_bytes()))?)
            }
        })
        .build()
        .expect("a client")
}

const STORED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/stored/version-1.json");

/// The states of a run: how many answers it has had, and what was stored.
fn stored(name: &str) -> Vec<(usize, Value)> {
    let text = std::fs::read_to_string(STORED).expect("the stored runs");
    let all: Map<String, Value> = serde_json::from_str(&text).expect("JSON");
    let states = all.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    assert!(states.len() > 2, "the states of `{name}`");
    let state = |state: Value| {
        let answered = state["answered"].as_u64().expect("a number");
        (usize::try_from(answered).expect("a number"), state["run"].clone())
    };
    states.into_iter().map(state).collect()
}

/// Every state is read and written unchanged, and the run goes on from it to the same end.
macro_rules! goes_on {
    ($name:literal, $run:ty, $answers:expr, $outputs:expr) => {{
        for (answered, state) in stored($name) {
            let text = state.to_string();
            let run: $run = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", $name));
            assert_eq!(serde_json::to_value(&run).expect("a run"), state, "{}", $name);
            let sealed = postcard::to_stdvec(&run).expect("bytes");
            let mut run: $run = postcard::from_bytes(&sealed).expect("a run");
            let outputs = run.finish(&api($answers, &Arc::new(AtomicUsize::new(answered)))).await;
            let outputs = outputs.unwrap_or_else(|error| panic!("{}, after {answered} answers: {error}", $name));
            assert_eq!(serde_json::to_value(outputs).expect("outputs"), $outputs, "{}", $name);
        }
    }};
}

#[tokio::test]
async fn version_1_is_read() {
    let lent = json!({ "loanId": 31, "pass": "t1", "seconds": 60 });
    goes_on!("borrow", borrow::Run, BORROW, lent);
    goes_on!(
        "renew-by-step",
        renew_by_step::Run,
        RENEW_BY_STEP,
        json!({ "loanId": 1 })
    );
    goes_on!(
        "renew-by-workflow",
        renew_by_workflow::Run,
        RENEW_BY_WORKFLOW,
        json!({})
    );
    let noted = json!({ "LeaveNote": { "shelf": "notes" } });
    goes_on!("lend-or-queue", lend_or_queue::Run, LEND_OR_QUEUE, noted);
    goes_on!("depends", depends::borrow::Run, DEPENDS, json!({ "loanId": 31 }));
    goes_on!("upload", upload::Run, UPLOAD, json!({}));
    goes_on!("anything", keep_anything::Run, ANYTHING, json!({}));
}

/// A run that waits for a person.
#[tokio::test]
async fn a_run_of_version_1_goes_on_with_an_input() {
    for (answered, state) in stored("review") {
        let mut run: review::Run = serde_json::from_value(state).expect("a run");
        let client = api(REVIEW, &Arc::new(AtomicUsize::new(answered)));
        let progress = run.advance_until_blocked(&client).await.expect("no failure");
        assert_eq!(progress, Progress::Awaiting(vec![review::Input::Opinion]));
        run.inputs_mut().opinion = Some("good".to_owned());
        assert_eq!(run.finish(&client).await.expect("the end").title, "Dune");
    }
}
