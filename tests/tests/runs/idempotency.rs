//! Keys by which an API recognises a request that it has had already.

use std::collections::BTreeSet;
use std::time::Duration;

use arazzo::testing::Script;
use arazzo::{Client, ErrorKind, Progress};
use serde_json::json;

mod nested {
    arazzo::arazzo_workflow!("language/nested.yml");
}
mod stored {
    arazzo::arazzo_workflow!("language/stored/first.yml");
}
mod keyed {
    arazzo::arazzo_workflow!("language/stored/keyed.yml");
}
mod loops {
    arazzo::arazzo_workflow!("language/loops.yml");
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

/// The keys of `write`: three attempts that end as said, and one after the user may have corrected the input.
async fn keys_of_write(answers: [Option<u16>; 3], corrected: bool) -> Vec<Option<String>> {
    let mut script = Script::new().on(Step::Look).reply(200, book());
    for answer in answers {
        let on = script.on(Step::Write);
        script = match answer {
            Some(status) => on.reply(status, json!({})),
            None => on.hang(),
        };
    }
    let script = script.on(Step::Write).reply(200, json!({}));
    let client = client(&script);
    let mut run = review();
    let error = run.finish(&client).await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), answers[2]);
    let mut run: Run = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
    if corrected {
        run.inputs_mut().opinion = Some("better".to_owned());
    }
    run.finish(&client).await.unwrap();
    script.assert_done();
    let keys = keys(&script).split_off(1);
    assert!(keys.iter().all(Option::is_some));
    assert_eq!((&keys[0], &keys[1]), (&keys[1], &keys[2]), "one visit, one request");
    keys
}

/// A mistyped code, a wrong amount: the API has refused it, and what the user sends then is another request. After
/// anything else the first may have had its effect.
#[tokio::test]
async fn another_request_has_another_key_if_the_first_was_refused_for_sure() {
    for status in [400, 401, 403, 404, 422] {
        let keys = keys_of_write([Some(status); 3], true).await;
        assert_ne!(keys[2], keys[3], "{status}, corrected");
        let keys = keys_of_write([Some(status); 3], false).await;
        assert_eq!(keys[2], keys[3], "{status}, the same again");
    }
    for unsure in [Some(408), Some(409), Some(425), Some(429), Some(500), Some(503), None] {
        let keys = keys_of_write([unsure; 3], true).await;
        assert_eq!(keys[2], keys[3], "{unsure:?}");
        // A refusal after that says nothing of the first.
        let keys = keys_of_write([unsure, Some(401), Some(422)], true).await;
        assert_eq!(keys[2], keys[3], "{unsure:?}, then refused");
    }
}

#[tokio::test]
async fn a_timeout_takes_its_time_and_keeps_the_key() {
    let script = Script::new()
        .on(Step::Look)
        .reply(200, book())
        .on(Step::Write)
        .hang()
        .on(Step::Write)
        .hang()
        .on(Step::Write)
        .hang();
    let mut run = review();
    assert_eq!(
        run.finish(&client(&script)).await.unwrap_err().kind(),
        ErrorKind::Timeout
    );
    assert_eq!(
        script.elapsed(),
        Duration::from_secs(90),
        "three times the client's 30 seconds"
    );
}

/// The second step of a called workflow is refused: the call is made again from its first step, which the API has
/// done already and must be able to recognise.
#[tokio::test]
async fn a_called_workflow_that_is_made_again_has_the_keys_of_before() {
    use keyed::{outer, pay};
    let first = Script::new()
        .on(pay::Step::Charge)
        .reply(200, json!({"id": 1}))
        .on(pay::Step::Note)
        .reply(422, json!({}));
    let mut run = outer::Run::new(outer::Inputs::new("a"));
    let error = run.finish(&client(&first)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Nested);
    run.inputs_mut().text = Some("b".to_owned());
    let second = Script::new()
        .on(pay::Step::Charge)
        .reply(200, json!({"id": 1}))
        .on(pay::Step::Note)
        .reply(200, json!({}));
    run.finish(&client(&second)).await.unwrap();
    let (first, second) = (keys(&first), keys(&second));
    assert!(first.iter().all(Option::is_some));
    assert_eq!(first[0], second[0], "the charge says the same");
    assert_ne!(first[1], second[1], "the note says something else");
}

/// Every detour is another request, also after the run has failed for good in between; the step itself keeps its key.
#[tokio::test]
async fn every_detour_has_a_key_of_its_own() {
    use keyed::detour::{Inputs, Run, Step};
    let mut script = Script::new();
    for _ in 0..4 {
        script = script.on(Step::Work).reply(503, json!({}));
        script = script.on(Step::Prepare).reply(200, json!({}));
    }
    let script = script.on(Step::Work).reply(200, json!({}));
    let mut run = Run::new(Inputs::new());
    // One retry each: 503, detour, 503, given up; and again; then 200.
    run.finish(&client(&script)).await.unwrap_err();
    let mut run: Run = serde_json::from_str(&serde_json::to_string(&run).unwrap()).unwrap();
    run.finish(&client(&script)).await.unwrap_err();
    run.finish(&client(&script)).await.unwrap();
    let of = |step: Step| -> Vec<String> {
        let requests = script.requests_of(step);
        requests
            .iter()
            .map(|request| request.header("idempotency-key").unwrap().to_owned())
            .collect()
    };
    let (work, prepare) = (of(Step::Work), of(Step::Prepare));
    assert_eq!(work.iter().collect::<BTreeSet<_>>().len(), 1, "{work:?}");
    assert!(prepare.len() >= 2);
    assert_eq!(
        prepare.iter().collect::<BTreeSet<_>>().len(),
        prepare.len(),
        "{prepare:?}"
    );
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
