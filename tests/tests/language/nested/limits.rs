//! Time limits.

use super::*;

// Spec, Step Object, timeout: "The maximum number of milli-seconds to wait for the step to complete before aborting and
// failing the step. Consequently this will fail the workflow unless `onFailure` actions are defined."
#[tokio::test]
async fn a_step_that_takes_too_long_fails_the_workflow() {
    use timeouts::look_briefly;

    let script = Script::new().on("GET /books/7").stays_silent();
    let error = look_briefly(&script.client(), look_briefly::Inputs::new())
        .await
        .unwrap_err();
    script.assert_requests(&["GET /books/7 silence"]);
    assert!(matches!(error.kind(), ErrorKind::Timeout), "{error}");
    assert_eq!(error.status(), None);

    let script = Script::new().on("GET /books/7").reply(200, book());
    look_briefly(&script.client(), look_briefly::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books/7 200"]);
}

// Semantics, Steps and control flow: "`timeout` […] are step failures and go to `onFailure`; `$statusCode` and
// `$response` are absent there".
#[tokio::test]
async fn a_step_that_takes_too_long_is_a_failure_without_a_status() {
    use timeouts::look_or_excuse;

    let script = Script::new()
        .on("GET /books/7")
        .stays_silent()
        .on("POST /log")
        .json(json!({ "event": "silence" }))
        .reply_empty(204);
    look_or_excuse(&script.client(), look_or_excuse::Inputs::new())
        .await
        .unwrap();
    script.assert_requests(&["GET /books/7 silence", "POST /log 204"]);
}

// Semantics, Steps and control flow: `timeout` is "per attempt".
#[tokio::test]
async fn each_attempt_has_the_whole_time() {
    use timeouts::look_again;

    let script = Script::new()
        .on("GET /books/7")
        .stays_silent()
        .on("GET /books/7")
        .stays_silent()
        .on("GET /books/7")
        .reply(200, book());
    look_again(&script.client(), look_again::Inputs::new()).await.unwrap();
    script.assert_requests(&["GET /books/7 silence", "GET /books/7 silence", "GET /books/7 200"]);
}

// Semantics, Steps and control flow: "for a nested workflow the whole nested run".
#[tokio::test]
async fn a_called_workflow_has_one_time_limit_as_a_whole() {
    use timeouts::visit;

    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("t1"))
        .on("GET /facts")
        .stays_silent()
        .on("POST /log")
        .json(json!({ "event": "silence" }))
        .reply_empty(204);
    visit(&script.client(), visit::Inputs::new()).await.unwrap();
    script.assert_requests(&["POST /sessions 201", "GET /facts silence", "POST /log 204"]);

    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("t1"))
        .on("GET /facts")
        .reply(200, json!({}));
    visit(&script.client(), visit::Inputs::new()).await.unwrap();
    script.assert_requests(&["POST /sessions 201", "GET /facts 200"]);
}
