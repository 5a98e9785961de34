//! Going on in another workflow.

use super::*;

// Semantics, Steps and control flow: "A workflow that can leave this way returns an enum `Outcome` with a variant per
// reachable end".
#[tokio::test]
async fn a_workflow_that_stays_returns_its_own_outputs() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(201, loan())
        .on("POST /log")
        .json(json!({ "reader": "ada" }))
        .reply_empty(204);
    let inputs = lend_or_queue::Inputs::new(7, String::from("ada"));
    match lend_or_queue(&script.client(), inputs).await.unwrap() {
        lend_or_queue::Outcome::Completed(outputs) => {
            exactly::<lend_or_queue::Outputs>(&outputs);
            assert_eq!(arazzo_tests::script::json_of(&outputs.loan_id), 31);
        }
        _ => panic!("the book was lent"),
    }
    script.assert_trace(&["POST /books/7/loans 201", "POST /log 204"]);
}

// Semantics, Steps and control flow: "`goto` workflow: one way; the result of the call is that of the target"; in 1.0
// documents "the caller's inputs of the same name are passed".
#[tokio::test]
async fn a_workflow_that_hands_over_returns_the_outputs_of_the_other() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(409, problem("taken"))
        .on("POST /queue")
        .json(json!({ "reader": "ada" }))
        .reply(201, json!({ "place": 4 }));
    let inputs = lend_or_queue::Inputs::new(7, String::from("ada"));
    match lend_or_queue(&script.client(), inputs).await.unwrap() {
        lend_or_queue::Outcome::QueueOrLog(outputs) => {
            exactly::<queue_or_log::Outputs>(&outputs);
            assert_eq!(outputs.place, 4);
        }
        _ => panic!("the reader has joined the queue"),
    }
    script.assert_trace(&["POST /books/7/loans 409", "POST /queue 201"]);
}

// The same: the end may lie two hand-overs away.
#[tokio::test]
async fn a_workflow_that_is_handed_over_to_may_hand_over_again() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(409, problem("taken"))
        .on("POST /queue")
        .reply(503, problem("closed"))
        .on("GET /shelves/notes")
        .reply(200, json!({ "name": "notes" }));
    let inputs = lend_or_queue::Inputs::new(7, String::from("ada"));
    match lend_or_queue(&script.client(), inputs).await.unwrap() {
        lend_or_queue::Outcome::LeaveNote(outputs) => {
            exactly::<leave_note::Outputs>(&outputs);
            assert_eq!(outputs.shelf, "notes");
        }
        _ => panic!("the reader can leave a note"),
    }
    script.assert_trace(&["POST /books/7/loans 409", "POST /queue 503", "GET /shelves/notes 200"]);

    let script = Script::new()
        .on("POST /queue")
        .reply(503, problem("closed"))
        .on("GET /shelves/notes")
        .reply(200, json!({ "name": "notes" }));
    match queue_or_log(&script.client(), queue_or_log::Inputs::new(String::from("ada")))
        .await
        .unwrap()
    {
        queue_or_log::Outcome::LeaveNote(outputs) => assert_eq!(outputs.shelf, "notes"),
        _ => panic!("the reader can leave a note"),
    }
    script.assert_trace(&["POST /queue 503", "GET /shelves/notes 200"]);
}

// The same: a failure after the hand-over is a failure of the call.
#[tokio::test]
async fn a_failure_after_a_hand_over_is_the_failure_of_the_call() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(409, problem("taken"))
        .on("POST /queue")
        .reply(401, problem("unknown"));
    let inputs = lend_or_queue::Inputs::new(7, String::from("ada"));
    let result = lend_or_queue(&script.client(), inputs).await;
    script.assert_trace(&["POST /books/7/loans 409", "POST /queue 401"]);
    assert!(result.is_err());
}

// Spec, Success Action Object, workflowId: "transfer to upon success of the step".
#[tokio::test]
async fn a_success_can_hand_over_as_well() {
    let script = Script::new()
        .on("DELETE /books/7")
        .reply_empty(200)
        .on("GET /shelves/notes")
        .reply(200, json!({ "name": "notes" }));
    match remove_or_note(&script.client(), remove_or_note::Inputs::new())
        .await
        .unwrap()
    {
        remove_or_note::Outcome::LeaveNote(outputs) => assert_eq!(outputs.shelf, "notes"),
        remove_or_note::Outcome::Completed(_) => panic!("the workflow has handed over"),
    }
    script.assert_trace(&["DELETE /books/7 200", "GET /shelves/notes 200"]);

    let script = Script::new()
        .on("DELETE /books/7")
        .reply_empty(204)
        .on("POST /log")
        .reply_empty(204);
    match remove_or_note(&script.client(), remove_or_note::Inputs::new())
        .await
        .unwrap()
    {
        remove_or_note::Outcome::Completed(_) => {}
        remove_or_note::Outcome::LeaveNote(_) => panic!("the workflow has stayed"),
    }
    script.assert_trace(&["DELETE /books/7 204", "POST /log 204"]);
}

// Design, What the user sees: the run can be stored after it has left its own workflow.
#[tokio::test]
async fn a_run_can_be_stored_after_a_hand_over() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(409, problem("taken"))
        .on("POST /queue")
        .json(json!({ "reader": "ada" }))
        .reply(503, problem("closed"))
        .on("GET /shelves/notes")
        .reply(200, json!({ "name": "notes" }));
    let run = lend_or_queue::Run::new(lend_or_queue::PartialInputs::new().book_id(7).reader("ada"));
    match in_pieces!(run, script.client(), script).unwrap() {
        lend_or_queue::Outcome::LeaveNote(outputs) => assert_eq!(outputs.shelf, "notes"),
        _ => panic!("the reader can leave a note"),
    }
    script.assert_trace(&["POST /books/7/loans 409", "POST /queue 503", "GET /shelves/notes 200"]);
}

// Spec, Failure Action Object, parameters: "A list of parameters that MUST be passed to a workflow as referenced by
// `workflowId`." They may be reusable.
#[tokio::test]
async fn an_action_passes_its_parameters() {
    use handover_parameters::lend;

    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("POST /books/7/loans")
        .reply(401, problem("expired"))
        .on("POST /sessions")
        .json(json!({ "user": "ada", "secret": "ada-401" }))
        .reply(201, token("t1"))
        .on("POST /books/7/loans")
        .reply(409, problem("taken"))
        .on("POST /queue")
        .json(json!({ "reader": "ada", "message": "status 409", "title": "Dune" }))
        .reply(201, json!({ "place": 2 }));
    let inputs = lend::Inputs::new(String::from("ada")).secret("not for others");
    match lend(&script.client(), inputs).await.unwrap() {
        lend::Outcome::Queue(outputs) => assert_eq!(outputs.place, 2),
        lend::Outcome::Completed(_) => panic!("the reader has joined the queue"),
    }
    script.assert_trace(&[
        "GET /books/7 200",
        "POST /books/7/loans 401",
        "POST /sessions 201",
        "POST /books/7/loans 409",
        "POST /queue 201",
    ]);
}
