//! Retries.

use super::*;

// Spec, Failure Action Object, retryLimit: "If not specified then a single retry SHALL be attempted."
#[tokio::test]
async fn a_retry_without_a_limit_is_made_once() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"));
    let error = once_more(&script.client(), once_more::Inputs::new()).await.unwrap_err();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 503"]);
    assert_eq!(error.attempts(), 2);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
}

// The same sentence: that single retry can save the step.
#[tokio::test]
async fn a_retry_that_succeeds_saves_the_step() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    once_more(&script.client(), once_more::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 200"]);
}

// Spec, Failure Action Object, retryLimit: it "MUST be exhausted prior to executing subsequent failure actions".
#[tokio::test]
async fn the_next_failure_action_follows_when_the_retries_are_used_up() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /shelves/spare")
        .reply(200, json!({ "name": "spare" }));
    twice_more(&script.client(), twice_more::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "GET /books/7 503",
        "GET /books/7 503",
        "GET /shelves/spare 200",
    ]);
}

// The same sentence: a failure that the retry does not match goes to the next action at once.
#[tokio::test]
async fn a_failure_that_the_retry_does_not_match_is_not_retried() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(404, problem("no such book"))
        .on("GET /shelves/spare")
        .reply(200, json!({ "name": "spare" }));
    twice_more(&script.client(), twice_more::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 404", "GET /shelves/spare 200"]);
}

// Spec, Failure Action Object, retryLimit: "A non-negative integer", so that none at all can be asked for.
#[tokio::test]
async fn a_limit_of_zero_makes_no_retry() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /shelves/spare")
        .reply(200, json!({ "name": "spare" }));
    not_again(&script.client(), not_again::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "GET /shelves/spare 200"]);
}

// Semantics, Steps and control flow: "the budget belongs to the action".
#[tokio::test]
async fn each_retry_action_has_a_limit_of_its_own() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(429, problem("too fast"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(429, problem("too fast"))
        .on("GET /books/7")
        .reply(503, problem("busy"));
    let error = two_budgets(&script.client(), two_budgets::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&[
        "GET /books/7 429",
        "wait 4s",
        "GET /books/7 503",
        "GET /books/7 429",
        "wait 4s",
        "GET /books/7 503",
    ]);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
}

// Semantics, Steps and control flow: the budget "starts anew when the step is entered anew".
#[tokio::test]
async fn a_step_that_is_entered_again_has_its_retries_again() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /facts")
        .reply(200, json!({ "again": true }))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /facts")
        .reply(200, json!({ "again": false }));
    read_twice(&script.client(), read_twice::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "GET /books/7 200",
        "GET /facts 200",
        "GET /books/7 503",
        "GET /books/7 200",
        "GET /facts 200",
    ]);
}

// Semantics, Steps and control flow: "A `goto` to the step itself enters it anew."
#[tokio::test]
async fn a_step_that_goes_to_itself_has_its_retries_again() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(429, problem("too fast"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    start_over(&script.client(), start_over::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "GET /books/7 429",
        "GET /books/7 503",
        "GET /books/7 200",
    ]);
}

// Without that goto the budget stays spent.
#[tokio::test]
async fn a_retry_does_not_give_back_the_retries() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"));
    let error = start_over(&script.client(), start_over::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 503"]);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
}
