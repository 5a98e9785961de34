//! Retries with a detour.

use super::*;

fn renewed_session() -> Script {
    Script::new()
        .on("POST /sessions")
        .json(json!({ "user": "ada" }))
        .reply(201, token("old"))
        .on("POST /books/7/loans")
        .header("X-Session", "old")
        .reply(401, problem("expired"))
        .on("POST /sessions")
        .json(json!({ "user": "ada" }))
        .reply(201, token("new"))
        .on("POST /books/7/loans")
        .header("X-Session", "new")
        .reply(201, loan())
}

const RENEWED_SESSION: [&str; 5] = [
    "POST /sessions 201",
    "POST /books/7/loans 401",
    "wait 2s",
    "POST /sessions 201",
    "POST /books/7/loans 201",
];

// Spec, Failure Action Object, `retry`: "If a `stepId` or `workflowId` are specified, then the reference is executed and
// the context is returned, after which the current step is retried." Semantics: "Order: wait, detour, attempt."
#[tokio::test]
async fn a_retry_may_run_another_step_first_whose_outputs_the_attempt_sees() {
    let script = renewed_session();
    let outputs = renew_by_step(&script.client(), renew_by_step::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&RENEWED_SESSION);
    assert_eq!(arazzo_tests::script::json_of(&outputs.loan_id), 31);
}

// The same, stored between any two attempts.
#[tokio::test]
async fn a_run_can_be_stored_in_the_middle_of_a_detour() {
    let script = renewed_session();
    let run = renew_by_step::Run::new(renew_by_step::PartialInputs::new());
    let outputs = in_pieces!(run, script.client(), script).unwrap();
    script.assert_trace(&RENEWED_SESSION);
    assert_eq!(arazzo_tests::script::json_of(&outputs.loan_id), 31);
}

// Semantics, Steps and control flow: "A detour to a step runs it once with its criteria and outputs but without its
// actions": its `onSuccess` would lead elsewhere.
#[tokio::test]
async fn the_success_actions_of_a_step_do_not_count_on_a_detour() {
    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("old"))
        .on("POST /books/7/loans")
        .header("X-Session", "old")
        .reply(401, problem("expired"))
        .on("POST /sessions")
        .reply(201, token("odd"))
        .on("POST /books/7/loans")
        .header("X-Session", "odd")
        .reply(201, loan());
    renew_by_step(&script.client(), renew_by_step::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&RENEWED_SESSION);

    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("odd"))
        .on("POST /log")
        .json(json!({ "event": "not lent" }))
        .reply_empty(204);
    renew_by_step(&script.client(), renew_by_step::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /log 204"]);
}

// Semantics, Steps and control flow: "a failing detour counts as a failed attempt", is not retried by its own actions,
// and leaves the earlier outputs.
#[tokio::test]
async fn a_detour_that_fails_counts_as_an_attempt() {
    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("old"))
        .on("POST /books/7/loans")
        .header("X-Session", "old")
        .reply(401, problem("expired"))
        .on("POST /sessions")
        .reply(503, problem("busy"))
        .on("POST /sessions")
        .reply(201, token("new"))
        .on("POST /books/7/loans")
        .header("X-Session", "new")
        .reply(201, loan());
    renew_by_step(&script.client(), renew_by_step::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /sessions 201",
        "POST /books/7/loans 401",
        "wait 2s",
        "POST /sessions 503",
        "wait 2s",
        "POST /sessions 201",
        "POST /books/7/loans 201",
    ]);
}

// Semantics, Steps and control flow: "After a failed detour, later actions still see the response of the step's own last
// attempt."
#[tokio::test]
async fn after_failed_detours_the_next_action_sees_the_answer_to_the_step_itself() {
    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("old"))
        .on("POST /books/7/loans")
        .reply(401, problem("expired"))
        .on("POST /sessions")
        .reply(503, problem("busy"))
        .on("POST /sessions")
        .fails("connection refused")
        .on("POST /log")
        .json(json!({ "event": "not lent" }))
        .reply_empty(204);
    let outputs = renew_by_step(&script.client(), renew_by_step::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /sessions 201",
        "POST /books/7/loans 401",
        "wait 2s",
        "POST /sessions 503",
        "wait 2s",
        "POST /sessions error",
        "POST /log 204",
    ]);
    exactly::<Option<i64>>(&outputs.loan_id);
    assert_eq!(outputs.loan_id, None);
}

fn reader() -> renew_by_workflow::Inputs {
    renew_by_workflow::Inputs::new(String::from("ada"), 7).secret("s3")
}

// Spec, Failure Action Object, workflowId: "When used with `retry`, context transfers back upon completion of the
// specified workflow." Semantics: "in 1.0 documents, which have none, the caller's inputs of the same name are passed".
#[tokio::test]
async fn a_retry_may_run_another_workflow_first_with_the_inputs_of_the_same_names() {
    let answers = || {
        Script::new()
            .on("POST /books/7/loans")
            .json(json!({ "reader": "ada", "secret": "s3" }))
            .reply(401, problem("expired"))
            .on("POST /sessions")
            .json(json!({ "user": "ada", "secret": "s3" }))
            .reply(201, token("t1"))
            .on("POST /log")
            .json(json!({ "token": "t1" }))
            .reply_empty(204)
            .on("POST /books/7/loans")
            .json(json!({ "reader": "ada", "secret": "s3" }))
            .reply(201, loan())
    };
    let trace = [
        "POST /books/7/loans 401",
        "wait 2.5s",
        "POST /sessions 201",
        "POST /log 204",
        "POST /books/7/loans 201",
    ];
    let straight = answers();
    renew_by_workflow(&straight.client(), reader()).await.unwrap();
    straight.assert_trace(&trace);

    let pieces = answers();
    in_pieces!(renew_by_workflow::Run::new(reader()), pieces.client(), pieces).unwrap();
    pieces.assert_trace(&trace);
}

// Semantics, Steps and control flow: "a detour to a workflow is a whole run", so that its own retries count.
#[tokio::test]
async fn a_workflow_on_a_detour_has_its_own_retries() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(401, problem("expired"))
        .on("POST /sessions")
        .reply(503, problem("busy"))
        .on("POST /sessions")
        .reply(201, token("t1"))
        .on("POST /log")
        .reply_empty(204)
        .on("POST /books/7/loans")
        .reply(201, loan());
    renew_by_workflow(&script.client(), reader()).await.unwrap();
    script.assert_trace(&[
        "POST /books/7/loans 401",
        "wait 2.5s",
        "POST /sessions 503",
        "wait 1s",
        "POST /sessions 201",
        "POST /log 204",
        "POST /books/7/loans 201",
    ]);
}

// Semantics, Steps and control flow: "a failing detour counts as a failed attempt", with the budget spent the next action
// follows; in pieces as well.
#[tokio::test]
async fn workflows_that_fail_on_a_detour_use_up_the_retries() {
    let answers = || {
        Script::new()
            .on("POST /books/7/loans")
            .reply(401, problem("expired"))
            .on("POST /sessions")
            .reply(401, problem("unknown"))
            .on("POST /sessions")
            .reply(201, token("t1"))
            .on("POST /log")
            .json(json!({ "token": "t1" }))
            .reply_empty(204)
            .on("POST /books/7/loans")
            .reply(401, problem("expired"))
            .on("POST /log")
            .json(json!({ "event": "not lent" }))
            .reply_empty(204)
    };
    let trace = [
        "POST /books/7/loans 401",
        "wait 2.5s",
        "POST /sessions 401",
        "wait 2.5s",
        "POST /sessions 201",
        "POST /log 204",
        "POST /books/7/loans 401",
        "POST /log 204",
    ];
    let straight = answers();
    renew_by_workflow(&straight.client(), reader()).await.unwrap();
    straight.assert_trace(&trace);

    let pieces = answers();
    in_pieces!(renew_by_workflow::Run::new(reader()), pieces.client(), pieces).unwrap();
    pieces.assert_trace(&trace);
}
