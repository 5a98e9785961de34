//! Failure.

use super::*;

// Spec, Step Object, onFailure: "If omitted, the default behavior is to break and return."
#[tokio::test]
async fn a_failure_without_an_action_fails_the_workflow() {
    let script = Script::new().on("GET /books/7").reply(404, problem("no such book"));
    let error = just_look(&script.client(), just_look::Inputs::new()).await.unwrap_err();
    script.assert_trace(&["GET /books/7 404"]);
    assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    assert!(format!("{:?}", error.step()).contains("look"), "{:?}", error.step());
    let message = error.to_string();
    assert!(message.contains("look") && message.contains("404"), "{message}");
    assert!(message.contains("$statusCode == 200"), "{message}");
}

// Semantics, Criteria: "No `successCriteria`: the step succeeds on 2xx".
#[tokio::test]
async fn without_success_criteria_every_2xx_is_a_success() {
    for status in [200, 204] {
        let script = Script::new().on("DELETE /books/7").reply_empty(status);
        let result = remove_book(&script.client(), remove_book::Inputs::new()).await;
        assert!(result.is_ok(), "{status}");
    }
}

// The same line.
#[tokio::test]
async fn without_success_criteria_everything_else_is_a_failure() {
    for status in [302, 404, 503] {
        let script = Script::new().on("DELETE /books/7").reply_empty(status);
        let error = remove_book(&script.client(), remove_book::Inputs::new())
            .await
            .unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
}

// Semantics, Steps and control flow: "`end` after failure: `Err`, kind `Ended`, because the step failed"; the outputs of
// the steps before it are handed over.
#[tokio::test]
async fn an_end_after_failure_is_an_error_that_keeps_the_earlier_outputs() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("POST /books/7/loans")
        .reply(409, problem("taken"));
    let error = lend_or_stop(&script.client(), lend_or_stop::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /books/7 200", "POST /books/7/loans 409"]);
    assert!(matches!(error.kind(), ErrorKind::Ended), "{error}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(409));
    assert!(format!("{:?}", error.step()).contains("lend"), "{:?}", error.step());
    let run = error.into_run();
    assert_eq!(run.steps().look().expect("the first step has succeeded").title, "Dune");
    assert!(run.steps().lend().is_none());
}

// Spec, Failure Action Object, criteria: "A list of assertions to determine if this action SHALL be executed."
#[tokio::test]
async fn a_failure_action_whose_criteria_are_not_met_is_not_taken() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("POST /books/7/loans")
        .reply(503, problem("busy"));
    let error = lend_or_stop(&script.client(), lend_or_stop::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /books/7 200", "POST /books/7/loans 503"]);
    assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
}

// Spec, Failure Action Object: `goto` transfers control to the step with the label.
#[tokio::test]
async fn a_goto_after_failure_goes_on_at_the_other_step() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(409, problem("taken"))
        .on("POST /log")
        .json(json!({ "event": "queued" }))
        .reply_empty(204);
    lend_or_queue(&script.client(), lend_or_queue::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /books/7/loans 409", "POST /log 204"]);
}

// Spec, Step Object: the actions of `onFailure` are for step failure only.
#[tokio::test]
async fn failure_actions_are_not_looked_at_after_a_success() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(201, json!({ "loanId": 1 }))
        .on("POST /log")
        .json(json!({ "event": "lent" }))
        .reply_empty(204);
    lend_or_queue(&script.client(), lend_or_queue::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /books/7/loans 201", "POST /log 204"]);
}

// Semantics, Steps and control flow: "Transport errors […] are step failures and go to `onFailure`; `$statusCode` and
// `$response` are absent there"; Criteria: "`null` equals only `null` and absence".
#[tokio::test]
async fn a_request_that_does_not_get_through_is_a_failure_without_a_status() {
    let script = Script::new()
        .on("GET /books/7")
        .fails("connection refused")
        .on("POST /log")
        .json(json!({ "event": "down" }))
        .reply_empty(204);
    look_or_excuse(&script.client(), look_or_excuse::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books/7 error", "POST /log 204"]);
}

// The same lines: a status that is there is not null.
#[tokio::test]
async fn a_request_that_is_answered_with_an_error_has_a_status() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("POST /log")
        .json(json!({ "event": "busy" }))
        .reply_empty(204);
    look_or_excuse(&script.client(), look_or_excuse::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books/7 503", "POST /log 204"]);
}

// The same lines, without an action.
#[tokio::test]
async fn a_request_that_does_not_get_through_fails_the_workflow_where_no_action_takes_it() {
    let script = Script::new().on("GET /books/7").fails("connection refused");
    let error = just_look(&script.client(), just_look::Inputs::new()).await.unwrap_err();
    script.assert_trace(&["GET /books/7 error"]);
    assert!(matches!(error.kind(), ErrorKind::Transport), "{error}");
    assert_eq!(error.status(), None);
}
