//! Keys by which an API recognises a request that it has had already.

use std::collections::BTreeSet;
use std::time::Duration;

use arazzo::testing::Script;
use arazzo::{Client, ErrorKind, Progress};
use serde_json::json;

mod nested {
    arazzo::arazzo_workflow!("../language/nested.yml");
}
mod stored {
    arazzo::arazzo_workflow!("../language/stored/first.yml");
}
mod loops {
    arazzo::arazzo_workflow!("../language/loops.yml");
}

use stored::review::{Inputs, Run, Step};

fn client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .source("shelf", |api| api.idempotency_key())
        .build()
        .unwrap()
}

fn keys(script: &Script) -> Vec<Option<String>> {
    let requests = script.requests();
    let keys = requests
        .iter()
        .map(|request| request.header("idempotency-key").map(str::to_owned));
    keys.collect()
}

fn book() -> serde_json::Value {
    json!({"id": 7, "title": "Dune", "available": true})
}

fn review() -> Run {
    Run::new(Inputs::new(7, 5, "good"))
}

#[tokio::test]
async fn every_attempt_of_a_visit_has_the_same_key() {
    let script = Script::new()
        .on(Step::Look)
        .reply(200, book())
        .on(Step::Write)
        .reply(503, json!({}))
        .on(Step::Write)
        .fail("the cable is cut")
        .on(Step::Write)
        .reply(200, json!({}));
    let mut run = review();
    run.finish(&client(&script)).await.unwrap();
    let keys = keys(&script);
    assert_eq!(keys[0], None, "a GET needs none");
    let key = keys[1].clone().unwrap();
    assert_eq!(key.len(), 36, "{key}");
    assert_eq!(keys[2], Some(key.clone()));
    assert_eq!(keys[3], Some(key.clone()));
    assert_ne!(key, run.id().to_string());

    // Another run, another key.
    let script = Script::new()
        .on(Step::Look)
        .reply(200, book())
        .on(Step::Write)
        .reply(200, json!({}));
    review().finish(&client(&script)).await.unwrap();
    assert_ne!(self::keys(&script)[1], Some(key));
}

#[tokio::test]
async fn without_the_option_there_is_none() {
    let script = Script::new()
        .on(Step::Look)
        .reply(200, book())
        .on(Step::Write)
        .reply(200, json!({}));
    let client = Client::builder().transport(script.clone()).build().unwrap();
    review().finish(&client).await.unwrap();
    assert_eq!(keys(&script), [None, None]);
}

#[tokio::test]
async fn another_name_for_the_header() {
    let script = Script::new()
        .on(Step::Look)
        .reply(200, book())
        .on(Step::Write)
        .reply(200, json!({}));
    let client = Client::builder()
        .transport(script.clone())
        .source("shelf", |api| api.idempotency_header("PayPal-Request-Id"))
        .build()
        .unwrap();
    review().finish(&client).await.unwrap();
    assert!(script.requests()[1].header("paypal-request-id").is_some());
    let built = Client::builder()
        .source("shelf", |api| api.idempotency_header("no name"))
        .build();
    assert_eq!(built.unwrap_err().kind(), ErrorKind::Configuration);
}

/// The process ends after the request was sent and before the run was stored: what was stored before sends the same.
#[tokio::test]
async fn a_request_that_is_sent_again_after_a_crash_has_the_same_key() {
    let mut run = review();
    let before = Script::new()
        .on(Step::Look)
        .reply(200, book())
        .on(Step::Write)
        .reply(200, json!({}));
    let crashing = client(&before);
    assert_eq!(run.advance(&crashing).await.unwrap(), Progress::Advanced);
    let stored = serde_json::to_string(&run).unwrap();
    run.advance(&crashing).await.unwrap();
    drop(run);

    let after = Script::new().on(Step::Write).reply(200, json!({}));
    let mut run: Run = serde_json::from_str(&stored).unwrap();
    run.finish(&client(&after)).await.unwrap();
    assert_eq!(keys(&before)[1], keys(&after)[0]);
    assert!(keys(&after)[0].is_some());
}

/// After a refusal the user mends the input, and what is sent then is another request. After anything else the first
/// may have had its effect.
#[tokio::test]
async fn what_was_refused_gets_a_new_key_and_what_is_unsure_does_not() {
    for (status, anew) in [
        (400, true),
        (401, true),
        (422, true),
        (408, false),
        (409, false),
        (425, false),
        (429, false),
        (500, false),
        (503, false),
    ] {
        // Three answers: the first attempt and the two retries of the document.
        let script = Script::new()
            .on(Step::Look)
            .reply(200, book())
            .on(Step::Write)
            .reply(status, json!({}))
            .on(Step::Write)
            .reply(status, json!({}))
            .on(Step::Write)
            .reply(status, json!({}))
            .on(Step::Write)
            .reply(200, json!({}));
        let client = client(&script);
        let mut run = review();
        let error = run.finish(&client).await.unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
        let mut run: Run = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
        run.finish(&client).await.unwrap();
        let keys = keys(&script);
        assert_eq!(keys[1], keys[3]);
        assert_eq!(keys[3] != keys[4], anew, "{status}");
    }
    let script = Script::new()
        .on(Step::Look)
        .reply(200, book())
        .on(Step::Write)
        .hang()
        .on(Step::Write)
        .hang()
        .on(Step::Write)
        .hang()
        .on(Step::Write)
        .reply(200, json!({}));
    let client = client(&script);
    let mut run = review();
    assert_eq!(run.finish(&client).await.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(
        script.elapsed(),
        Duration::from_secs(90),
        "three times the client's 30 seconds"
    );
    run.finish(&client).await.unwrap();
    let keys = keys(&script);
    assert_eq!(keys[3], keys[4]);
}

/// The run of a called workflow is made anew when the call is, and still is the same run.
#[tokio::test]
async fn a_called_workflow_has_the_same_keys_after_a_crash_in_its_first_step() {
    use nested::borrow;
    use nested::sign_in::Step as SignIn;
    let token = json!({"token": "t", "expiresIn": 60});
    let mut run = borrow::Run::new(borrow::Inputs::new("ada", "hush", 7));
    let stored = serde_json::to_string(&run).unwrap();
    let before = Script::new().on(SignIn::Enter).reply(201, token.clone());
    run.advance(&client(&before)).await.unwrap();

    let after = Script::new()
        .on(SignIn::Enter)
        .reply(201, token)
        .on(borrow::Step::Lend)
        .reply(201, json!({"loanId": 1}));
    let mut run: borrow::Run = serde_json::from_str(&stored).unwrap();
    run.finish(&client(&after)).await.unwrap();
    let (before, after) = (keys(&before), keys(&after));
    assert!(before[0].is_some());
    assert_eq!(before[0], after[0]);
    assert_ne!(after[0], after[1], "another step of another run");
}

/// A step that is entered again is another visit.
#[tokio::test]
async fn every_visit_has_a_key_of_its_own() {
    use loops::say_again::{Inputs, Step};
    let script = Script::new()
        .on(Step::Say)
        .reply(200, json!({"again": true}))
        .on(Step::Say)
        .reply(200, json!({"again": true}))
        .on(Step::Say)
        .reply(200, json!({"again": false}));
    loops::say_again(&client(&script), Inputs::new()).await.unwrap();
    let keys: BTreeSet<String> = keys(&script).into_iter().flatten().collect();
    assert_eq!(keys.len(), 3);
}
