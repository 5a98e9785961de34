//! Workflows that call each other: steps, retries on their way, departures, dependencies.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use arazzo::http::{Request, Response};
use arazzo::{BoxError, Bytes, Client, ErrorKind, Progress, Transport};

arazzo::arazzo_workflow!("language/calls.yml");

/// Answers in order; what was asked and waited for is one trace.
#[derive(Clone, Default)]
struct Script {
    answers: Arc<Mutex<Vec<(u16, &'static str)>>>,
    trace: Arc<Mutex<Vec<String>>>,
}

impl Script {
    fn new(answers: &[(u16, &'static str)]) -> Self {
        Self {
            answers: Arc::new(Mutex::new(answers.iter().rev().copied().collect())),
            trace: Arc::default(),
        }
    }

    fn client(&self) -> Client<Self> {
        Client::builder().transport(self.clone()).timeout(None).build().unwrap()
    }

    fn trace(&self) -> Vec<String> {
        self.trace.lock().unwrap().clone()
    }
}

impl Transport for Script {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let body = String::from_utf8_lossy(request.body()).into_owned();
        let token = request
            .headers()
            .get("token")
            .map_or("", |token| token.to_str().unwrap());
        self.trace
            .lock()
            .unwrap()
            .push(format!("{} {} {body}{token}", request.method(), request.uri().path()));
        let (status, body) = self.answers.lock().unwrap().pop().ok_or("nothing more was expected")?;
        Ok(Response::builder()
            .status(status)
            .header("content-type", "application/json")
            .body(Bytes::from_static(body.as_bytes()))?)
    }

    async fn sleep(&self, duration: Duration) {
        self.trace.lock().unwrap().push(format!("wait {duration:?}"));
    }
}

/// A retry waits, takes its way by the workflow, and tries again: "Order: wait, detour, attempt".
#[tokio::test]
async fn a_step_calls_a_workflow_and_a_retry_goes_by_one() {
    let script = Script::new(&[
        (200, r#"{"token":"t1"}"#),
        (401, "{}"),
        (200, r#"{"token":"t2"}"#),
        (201, r#"{"id":7}"#),
    ]);
    let outputs = send(&script.client(), send::Inputs::new("ada", "bob")).await.unwrap();
    assert_eq!(
        outputs,
        send::Outputs {
            id: 7,
            token: "t1".into()
        }
    );
    assert_eq!(
        script.trace(),
        [
            r#"POST /tokens {"user":"ada"}"#,
            r#"POST /parcels {"to":"bob"}t1"#,
            "wait 2s",
            r#"POST /tokens {"user":"again"}"#,
            r#"POST /parcels {"to":"bob"}t1"#,
        ],
    );
}

/// The same with the run stored and read back between all attempts.
#[tokio::test]
async fn a_run_that_calls_is_a_value_at_every_attempt() {
    let script = Script::new(&[
        (200, r#"{"token":"t1"}"#),
        (401, "{}"),
        (200, r#"{"token":"t2"}"#),
        (201, r#"{"id":7}"#),
    ]);
    let client = script.client();
    let mut run = send::Run::new(send::Inputs::new("ada", "bob"));
    let mut waits = Vec::new();
    let outputs = loop {
        let stored = serde_json::to_string(&run).unwrap();
        run = serde_json::from_str(&stored).unwrap();
        assert_eq!(serde_json::to_string(&run).unwrap(), stored);
        match run.advance(&client).await.unwrap() {
            Progress::Done(outputs) => break outputs,
            Progress::Wait(duration) => waits.push(duration),
            other => assert_eq!(other, Progress::Advanced),
        }
    };
    assert_eq!(outputs.id, 7);
    assert_eq!(waits, [Duration::from_secs(2)]);
    assert_eq!(script.trace().len(), 4);
}

/// A failing detour counts as a failed attempt; the response of the step's own last attempt is
/// what later actions see.
#[tokio::test]
async fn a_detour_that_fails_uses_up_a_retry() {
    let script = Script::new(&[(200, r#"{"token":"t1"}"#), (401, "{}"), (500, "{}"), (500, "{}")]);
    let error = send(&script.client(), send::Inputs::new("ada", "bob"))
        .await
        .unwrap_err();
    assert_eq!((error.step(), error.kind()), (Some("post"), ErrorKind::Nested));
    let waits = script.trace().iter().filter(|line| line.starts_with("wait")).count();
    assert_eq!((waits, script.trace().len()), (2, 6), "{:?}", script.trace());
}

fn dependencies() -> follow::Dependencies {
    follow::Dependencies {
        send: send::Outputs {
            id: 7,
            token: "t".into(),
        },
        send_inputs: send::Inputs::new("ada", "bob"),
    }
}

#[tokio::test]
async fn what_ran_before_is_an_argument() {
    let script = Script::new(&[(200, r#"{"place":"home"}"#)]);
    let outcome = follow(&script.client(), follow::Inputs::new(), dependencies())
        .await
        .unwrap();
    assert_eq!(
        outcome,
        follow::Outcome::Completed(follow::Outputs {
            place: "home".into(),
            to: "bob".into()
        })
    );
    assert_eq!(script.trace(), ["GET /parcels/7 "]);
}

#[tokio::test]
async fn a_workflow_that_leaves_ends_where_it_went() {
    let script = Script::new(&[(200, r#"{"place":"lost"}"#), (200, r#"{"token":"t9"}"#)]);
    let client = script.client();
    let mut run = follow::Run::with_dependencies(follow::Inputs::new(), dependencies());
    assert_eq!(run.advance(&client).await.unwrap(), Progress::Advanced);
    run = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
    let outcome = run.finish(&client).await.unwrap();
    assert_eq!(outcome, follow::Outcome::LogIn(log_in::Outputs { token: "t9".into() }));
    assert_eq!(run.outputs(), Some(outcome));
    assert_eq!(script.trace(), ["GET /parcels/7 ", r#"POST /tokens {"user":"lost"}"#]);
}

#[tokio::test]
async fn the_failure_of_a_called_workflow_is_handled_by_its_caller() {
    let script = Script::new(&[(503, "{}"), (201, r#"{"id":1}"#)]);
    let outputs = guarded(&script.client(), guarded::Inputs::new("ada")).await.unwrap();
    assert_eq!(outputs.token, None);
    assert_eq!(
        script.trace(),
        [r#"POST /tokens {"user":"ada"}"#, "POST /parcels {}"],
        "an absent member is left out"
    );
}

/// The error of a called workflow says what happened inside.
#[tokio::test]
async fn an_unhandled_failure_of_a_called_workflow_names_both() {
    let script = Script::new(&[(503, r#"{"why":"tired"}"#)]);
    let error = send(&script.client(), send::Inputs::new("ada", "bob"))
        .await
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("step `logIn` failed: workflow `log-in` failed: step `issue` failed: "),
        "{text}"
    );
    assert!(
        text.ends_with(r#"the API returned 503 Service Unavailable: {"why":"tired"}"#),
        "{text}"
    );
    assert!(error.is_retryable());
}

#[tokio::test]
async fn depends_on_puts_a_step_behind_another() {
    let script = Script::new(&[(200, r#"{"token":"t"}"#), (201, r#"{"id":1}"#)]);
    reordered(&script.client(), reordered::Inputs::new()).await.unwrap();
    assert_eq!(
        script.trace(),
        [r#"POST /tokens {"user":"first"}"#, r#"POST /parcels {"to":"second"}"#]
    );
}
