//! Retries that go by another document.

use super::*;

// Spec, Failure Action Object, workflowId: "When used with `retry`, context transfers back upon completion of the
// specified workflow." Semantics: "Order: wait, detour, attempt"; "a detour to a workflow is a whole run", with its own
// retries. The action is a reusable one of the caller.
#[tokio::test]
async fn a_retry_may_go_by_a_workflow_of_another_document() {
    let answers = || {
        Script::new()
            .on("POST /shop/orders")
            .json(json!({ "reader": "ada" }))
            .reply(409, problem("expired"))
            .on("POST /bank/sessions")
            .json(json!({ "account": "ada@409" }))
            .reply(503, problem("busy"))
            .on("POST /bank/sessions")
            .json(json!({ "account": "ada@409" }))
            .reply(201, token("t1"))
            .on("POST /bank/audits")
            .json(json!({ "token": "t1" }))
            .reply_empty(204)
            .on("POST /shop/orders")
            .json(json!({ "reader": "ada" }))
            .reply(201, order())
    };
    let trace = [
        "POST /shop/orders 409",
        "wait 2.5s",
        "POST /bank/sessions 503",
        "wait 1s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 201",
    ];
    let straight = answers();
    let inputs = detours::order_by_workflow::Inputs::new("ada");
    let outputs = detours::order_by_workflow(&client(&straight), inputs).await.unwrap();
    straight.assert_trace(&trace);
    assert_eq!(json_of(&outputs.order_id), 31);

    let pieces = answers();
    let run = detours::order_by_workflow::Run::new(detours::order_by_workflow::PartialInputs::new().reader("ada"));
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!(json_of(&outputs.order_id), 31);
}

// Semantics, Steps and control flow: "a failing detour counts as a failed attempt"; "After a failed detour, later actions
// still see the response of the step's own last attempt."
#[tokio::test]
async fn failures_in_another_document_on_a_detour_use_up_the_retries() {
    let script = Script::new()
        .on("POST /shop/orders")
        .reply(409, problem("expired"))
        .on("POST /bank/sessions")
        .reply(401, problem("unknown"))
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/audits")
        .fails("connection refused")
        .on("POST /shop/notes")
        .json(json!({ "event": "not ordered" }))
        .reply_empty(204);
    let inputs = detours::order_by_workflow::Inputs::new("ada");
    let outputs = detours::order_by_workflow(&client(&script), inputs).await.unwrap();
    script.assert_trace(&[
        "POST /shop/orders 409",
        "wait 2.5s",
        "POST /bank/sessions 401",
        "wait 2.5s",
        "POST /bank/sessions 201",
        "POST /bank/audits error",
        "POST /shop/notes 204",
    ]);
    assert_eq!(json_of(&outputs.order_id), Value::Null);
}

/// A session that is opened: two requests.
fn session(script: Script, pass: &str) -> Script {
    script
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token(pass))
        .on("POST /bank/audits")
        .json(json!({ "token": pass }))
        .reply_empty(204)
}

/// An attempt to order with what the session has given.
fn attempt(script: Script, pass: &str, status: u16) -> Script {
    let answer = if status == 201 { order() } else { problem("expired") };
    script
        .on("POST /shop/orders")
        .json(json!({ "pass": pass }))
        .reply(status, answer)
}

async fn order_by_step(script: &Script) -> Value {
    let inputs = detours::order_by_step::Inputs::new();
    let outputs = detours::order_by_step(&client(script), inputs).await.unwrap();
    json_of(&outputs.order_id)
}

// Spec, Failure Action Object, `retry`: "If a `stepId` or `workflowId` are specified, then the reference is executed and
// the context is returned"; the step calls a workflow of another document, whose two requests are sent again, and its
// outputs are overwritten.
#[tokio::test]
async fn a_retry_may_go_by_a_step_that_calls_another_document() {
    let answers = || {
        attempt(
            session(attempt(session(Script::new(), "old"), "old", 409), "new"),
            "new",
            201,
        )
    };
    let trace = [
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 409",
        "wait 2s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 201",
    ];
    let straight = answers();
    assert_eq!(order_by_step(&straight).await, 31);
    straight.assert_trace(&trace);

    let pieces = answers();
    let run = detours::order_by_step::Run::new(detours::order_by_step::PartialInputs::new());
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!(json_of(&outputs.order_id), 31);
}

// Semantics, Steps and control flow: "A detour to a step runs it once with its criteria and outputs but without its
// actions": its `onSuccess` would lead elsewhere, as it does where the step is not a detour.
#[tokio::test]
async fn the_actions_of_a_calling_step_do_not_count_on_a_detour() {
    let script = attempt(
        session(attempt(session(Script::new(), "old"), "old", 409), "odd"),
        "odd",
        201,
    );
    assert_eq!(order_by_step(&script).await, 31);
    assert_eq!(script.trace().len(), 7);

    let script = session(Script::new(), "odd")
        .on("POST /shop/notes")
        .json(json!({ "event": "not ordered", "pass": "odd" }))
        .reply_empty(204);
    assert_eq!(order_by_step(&script).await, Value::Null);
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/notes 204",
    ]);
}

// The same: its criteria do count, and its outputs stay as they were where they are not met.
#[tokio::test]
async fn the_criteria_of_a_calling_step_count_on_a_detour() {
    let first = attempt(session(Script::new(), "old"), "old", 409);
    let script = attempt(session(session(first, "refused"), "new"), "new", 201);
    assert_eq!(order_by_step(&script).await, 31);
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 409",
        "wait 2s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "wait 2s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 201",
    ]);
}

// The same: a failure of the called workflow is not retried by the step's own actions on a detour, but the retries inside
// of the called workflow count. In pieces as well.
#[tokio::test]
async fn a_failure_of_a_calling_step_counts_as_an_attempt_on_a_detour() {
    let answers = || {
        let failing = attempt(session(Script::new(), "old"), "old", 409)
            .on("POST /bank/sessions")
            .reply(401, problem("unknown"))
            .on("POST /bank/sessions")
            .reply(503, problem("busy"));
        attempt(session(failing, "new"), "new", 201)
    };
    let trace = [
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 409",
        "wait 2s",
        "POST /bank/sessions 401",
        "wait 2s",
        "POST /bank/sessions 503",
        "wait 1s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 201",
    ];
    let straight = answers();
    assert_eq!(order_by_step(&straight).await, 31);
    straight.assert_trace(&trace);

    let pieces = answers();
    let run = detours::order_by_step::Run::new(detours::order_by_step::PartialInputs::new());
    in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
}

// The same: with the retries used up, the next action sees the answer to the step itself, and the outputs of the calling
// step are those of its last success.
#[tokio::test]
async fn after_failed_detours_of_a_calling_step_the_next_action_follows() {
    let first = attempt(session(Script::new(), "old"), "old", 409)
        .on("POST /bank/sessions")
        .reply(401, problem("unknown"));
    let script = session(first, "refused")
        .on("POST /shop/notes")
        .json(json!({ "event": "not ordered", "pass": "old" }))
        .reply_empty(204);
    assert_eq!(order_by_step(&script).await, Value::Null);
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 409",
        "wait 2s",
        "POST /bank/sessions 401",
        "wait 2s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/notes 204",
    ]);
}

// The same within one document, where the step has the outputs of the workflow that it calls.
#[tokio::test]
async fn a_retry_may_go_by_a_step_that_calls_a_workflow_of_its_own_document() {
    let answers = || {
        Script::new()
            .on("GET /shop/items/7")
            .reply(200, item("old", 1))
            .on("POST /shop/notes")
            .json(json!({ "read": "old" }))
            .reply_empty(204)
            .on("POST /shop/orders")
            .json(json!({ "label": "old" }))
            .reply(409, problem("taken"))
            .on("GET /shop/items/7")
            .reply(200, item("new", 1))
            .on("POST /shop/notes")
            .json(json!({ "read": "new" }))
            .reply_empty(204)
            .on("POST /shop/orders")
            .json(json!({ "label": "new" }))
            .reply(201, order())
    };
    let trace = [
        "GET /shop/items/7 200",
        "POST /shop/notes 204",
        "POST /shop/orders 409",
        "wait 4s",
        "GET /shop/items/7 200",
        "POST /shop/notes 204",
        "POST /shop/orders 201",
    ];
    let straight = answers();
    let inputs = detours::order_by_local_step::Inputs::new();
    let outputs = detours::order_by_local_step(&client(&straight), inputs).await.unwrap();
    straight.assert_trace(&trace);
    assert_eq!((outputs.order_id, outputs.label.as_str()), (31, "new"));

    let pieces = answers();
    let run = detours::order_by_local_step::Run::new(detours::order_by_local_step::PartialInputs::new());
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!((outputs.order_id, outputs.label.as_str()), (31, "new"));
}
