//! Workflows that call workflows, detours of retries, hand-overs, dependencies, and time limits.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

mod script;

use arazzo::{ErrorKind, Progress};
use script::{Script, book, exactly, in_pieces};
use serde_json::{Value, json};

mod depends {
    arazzo::arazzo_workflow!("../language/depends.yml");
}
mod detours {
    arazzo::arazzo_workflow!("../language/detours.yml");
}
mod handover {
    arazzo::arazzo_workflow!("../language/handover.yml");
}
mod handover_parameters {
    arazzo::arazzo_workflow!("../language/handover-parameters.yml");
}
mod nested {
    arazzo::arazzo_workflow!("../language/nested.yml");
}
mod nested_criteria {
    arazzo::arazzo_workflow!("../language/nested-criteria.yml");
}
mod order {
    arazzo::arazzo_workflow!("../language/order.yml");
}
mod timeouts {
    arazzo::arazzo_workflow!("../language/timeouts.yml");
}

use detours::{renew_by_step, renew_by_workflow};
use handover::{leave_note, lend_or_queue, queue_or_log, remove_or_note};
use nested::{borrow, borrow_in_common, borrow_or_visit, borrow_shortly, borrow_with_patience, report_reader};
use nested_criteria::choose_by_output;
use order::{jump_over, sort_steps};

fn problem(message: &str) -> Value {
    json!({ "message": message })
}

fn token(token: &str) -> Value {
    json!({ "token": token })
}

fn loan() -> Value {
    json!({ "loanId": 31 })
}

// ---------------------------------------------------------------------------------------------------------------------
// A workflow as a step
// ---------------------------------------------------------------------------------------------------------------------

fn borrowing() -> Script {
    Script::new()
        .on("POST /sessions")
        .json(json!({ "user": "ada", "secret": "s3", "colour": "blue" }))
        .reply(201, json!({ "token": "t1", "expiresIn": 60 }))
        .on("POST /books/7/loans")
        .header("X-Session", "t1")
        .json(json!({ "seconds": 60 }))
        .reply(201, loan())
}

// Spec, Parameter Object, in: "When the step […] specifies a `workflowId`, then all parameters map to workflow inputs."
// Semantics, Steps and control flow: "the step's `outputs` may read `$outputs.x` of the callee".
#[tokio::test]
async fn a_step_calls_a_workflow_with_its_parameters_and_reads_its_outputs() {
    let script = borrowing();
    let inputs = borrow::Inputs::new(String::from("ada"), String::from("s3"), 7);
    let outputs = borrow(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /books/7/loans 201"]);
    exactly::<String>(&outputs.pass);
    exactly::<Option<i64>>(&outputs.seconds);
    assert_eq!(
        (outputs.pass.as_str(), outputs.seconds, outputs.loan_id),
        ("t1", Some(60), 31)
    );
}

// The same: what the other workflow does not return is not there.
#[tokio::test]
async fn an_output_that_the_other_workflow_does_not_have_is_not_there() {
    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("t1"))
        .on("POST /books/7/loans")
        .header("X-Session", "t1")
        .json(json!({}))
        .reply(201, loan());
    let inputs = borrow::Inputs::new(String::from("ada"), String::from("s3"), 7);
    let outputs = borrow(&script.client(), inputs).await.unwrap();
    assert_eq!(outputs.seconds, None);
    script.assert_trace(&["POST /sessions 201", "POST /books/7/loans 201"]);
}

// Semantics, Steps and control flow: "a workflow step that declares no outputs has the callee's". An input of the callee
// that no parameter names is absent, one with a default has that.
#[tokio::test]
async fn a_step_without_outputs_has_those_of_the_workflow_it_calls() {
    let script = Script::new()
        .on("POST /sessions")
        .json(json!({ "user": "guest", "colour": "blue" }))
        .reply(201, token("t2"))
        .on("POST /books/7/loans")
        .header("X-Session", "t2")
        .reply(201, loan());
    let outputs = borrow_shortly(&script.client(), borrow_shortly::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /books/7/loans 201"]);
    exactly::<String>(&outputs.token);
    assert_eq!(outputs.token, "t2");
}

// Spec, Step Object, onFailure: "an array of failure action objects that specify what to do upon step failure"; the step
// is a call of a workflow here.
#[tokio::test]
async fn a_failure_in_the_called_workflow_is_a_failure_of_the_step() {
    let script = Script::new()
        .on("POST /sessions")
        .reply(401, problem("unknown"))
        .on("GET /shelves/reading-room")
        .reply(200, json!({ "name": "reading-room" }));
    borrow_or_visit(&script.client(), borrow_or_visit::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 401", "GET /shelves/reading-room 200"]);

    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("t1"))
        .on("POST /books/7/loans")
        .header("X-Session", "t1")
        .reply(201, loan());
    borrow_or_visit(&script.client(), borrow_or_visit::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /books/7/loans 201"]);
}

// The same, without an action: "the default behavior is to break and return".
#[tokio::test]
async fn a_failure_in_the_called_workflow_fails_the_caller_where_no_action_takes_it() {
    let refusing = Script::new().on("POST /sessions").reply(401, problem("unknown"));
    let unreachable = Script::new().on("POST /sessions").fails("connection refused");
    for (script, trace) in [(refusing, "POST /sessions 401"), (unreachable, "POST /sessions error")] {
        let inputs = borrow::Inputs::new(String::from("ada"), String::from("s3"), 7);
        let error = borrow(&script.client(), inputs).await.unwrap_err();
        script.assert_trace(&[trace]);
        assert!(!matches!(error.kind(), ErrorKind::Ended), "{error}");
    }
}

// Spec, Failure Action Object, `retry`: "The current step will be retried"; the step is a call of a workflow here.
#[tokio::test]
async fn a_call_of_a_workflow_can_be_retried() {
    let script = Script::new()
        .on("POST /sessions")
        .reply(503, problem("busy"))
        .on("POST /sessions")
        .fails("connection refused")
        .on("POST /sessions")
        .reply(201, token("t3"))
        .on("POST /books/7/loans")
        .header("X-Session", "t3")
        .reply(201, loan());
    borrow_with_patience(&script.client(), borrow_with_patience::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /sessions 503",
        "wait 3s",
        "POST /sessions error",
        "wait 3s",
        "POST /sessions 201",
        "POST /books/7/loans 201",
    ]);
}

// Spec, Success Action Object: `end`, "context returns to the caller with applicable outputs".
#[tokio::test]
async fn a_called_workflow_that_ends_early_returns_the_outputs_that_there_are() {
    let script = Script::new()
        .on("POST /sessions")
        .json(json!({ "user": "ada" }))
        .reply(201, token("known"))
        .on("POST /log")
        .json(json!({ "token": "known" }))
        .reply_empty(204);
    report_reader(&script.client(), report_reader::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /log 204"]);

    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("new"))
        .on("POST /queue")
        .json(json!({ "user": "ada" }))
        .reply(201, json!({ "place": 4 }))
        .on("POST /log")
        .json(json!({ "token": "new", "place": 4 }))
        .reply_empty(204);
    report_reader(&script.client(), report_reader::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /queue 201", "POST /log 204"]);
}

// Semantics, Steps and control flow: "`end` after failure: […] a calling step fails."
#[tokio::test]
async fn a_called_workflow_that_ends_in_failure_fails_the_step() {
    let script = Script::new()
        .on("POST /sessions")
        .reply(401, problem("unknown"))
        .on("POST /log")
        .json(json!({ "event": "unknown reader" }))
        .reply_empty(204);
    report_reader(&script.client(), report_reader::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 401", "POST /log 204"]);
}

// Spec, Runtime Expressions, Examples: `$outputs.bar`, a "Workflow output value"; here in criteria of the calling step.
#[tokio::test]
async fn criteria_can_look_at_the_outputs_of_the_called_workflow() {
    let script = Script::new().on("POST /sessions").reply(201, token("known"));
    choose_by_output(&script.client(), choose_by_output::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 201"]);

    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("new"))
        .on("POST /queue")
        .reply(201, json!({ "place": 4 }))
        .on("POST /log")
        .json(json!({ "place": 4 }))
        .reply_empty(204);
    choose_by_output(&script.client(), choose_by_output::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /queue 201", "POST /log 204"]);

    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("refused"))
        .on("POST /queue")
        .reply(201, json!({ "place": 4 }));
    let error = choose_by_output(&script.client(), choose_by_output::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["POST /sessions 201", "POST /queue 201"]);
    assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
}

// Semantics, Steps and control flow: "Workflow-level parameters reach a nested workflow where a name matches one of its
// inputs and are left out otherwise". Spec, Step Object, parameters: the step's definition overrides.
#[tokio::test]
async fn parameters_of_the_workflow_reach_the_called_workflow_where_it_has_such_inputs() {
    let script = Script::new()
        .on("POST /sessions")
        .json(json!({ "user": "ada", "colour": "green" }))
        .reply(201, token("t1"))
        .on("POST /sessions")
        .json(json!({ "user": "eva", "colour": "green" }))
        .reply(201, token("t2"));
    borrow_in_common(&script.client(), borrow_in_common::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /sessions 201"]);
}

// Design, What the user sees: a run holds its nested runs, so that it can be stored in the middle of one.
#[tokio::test]
async fn a_run_can_be_stored_in_the_middle_of_a_called_workflow() {
    let script = borrowing();
    let inputs = borrow::PartialInputs::new().reader("ada").password("s3").book_id(7);
    let outputs = in_pieces!(borrow::Run::new(inputs), script.client(), script).unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /books/7/loans 201"]);
    assert_eq!(
        (outputs.pass.as_str(), outputs.seconds, outputs.loan_id),
        ("t1", Some(60), 31)
    );

    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("new"))
        .on("POST /queue")
        .json(json!({ "user": "ada" }))
        .reply(201, json!({ "place": 4 }))
        .on("POST /log")
        .json(json!({ "token": "new", "place": 4 }))
        .reply_empty(204);
    let run = report_reader::Run::new(report_reader::PartialInputs::new());
    in_pieces!(run, script.client(), script).unwrap();
    script.assert_trace(&["POST /sessions 201", "POST /queue 201", "POST /log 204"]);

    let script = Script::new()
        .on("POST /sessions")
        .reply(503, problem("busy"))
        .on("POST /sessions")
        .reply(201, token("t3"))
        .on("POST /books/7/loans")
        .header("X-Session", "t3")
        .reply(201, loan());
    let run = borrow_with_patience::Run::new(borrow_with_patience::PartialInputs::new());
    in_pieces!(run, script.client(), script).unwrap();
    script.assert_trace(&[
        "POST /sessions 503",
        "wait 3s",
        "POST /sessions 201",
        "POST /books/7/loans 201",
    ]);
}

// Design, What the user sees: `advance` performs one step attempt, in a nested run as well.
#[tokio::test]
async fn one_advance_sends_at_most_one_request_of_a_called_workflow() {
    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("new"))
        .on("POST /queue")
        .reply(201, json!({ "place": 4 }))
        .on("POST /log")
        .reply_empty(204);
    let client = script.client();
    let mut run = report_reader::Run::new(report_reader::PartialInputs::new());
    for _ in 0..20 {
        let before = script.trace().len();
        let progress = run.advance(&client).await.unwrap();
        assert!(script.trace().len() <= before + 1, "{:?}", script.trace());
        if matches!(progress, Progress::Done(_)) {
            break;
        }
    }
    script.assert_trace(&["POST /sessions 201", "POST /queue 201", "POST /log 204"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Retries with a detour
// ---------------------------------------------------------------------------------------------------------------------

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
    assert_eq!(script::json_of(&outputs.loan_id), 31);
}

// The same, stored between any two attempts.
#[tokio::test]
async fn a_run_can_be_stored_in_the_middle_of_a_detour() {
    let script = renewed_session();
    let run = renew_by_step::Run::new(renew_by_step::PartialInputs::new());
    let outputs = in_pieces!(run, script.client(), script).unwrap();
    script.assert_trace(&RENEWED_SESSION);
    assert_eq!(script::json_of(&outputs.loan_id), 31);
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

// ---------------------------------------------------------------------------------------------------------------------
// Going on in another workflow
// ---------------------------------------------------------------------------------------------------------------------

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
            assert_eq!(script::json_of(&outputs.loan_id), 31);
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

// ---------------------------------------------------------------------------------------------------------------------
// Dependencies
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Workflow Object, dependsOn: "A list of workflows that MUST be completed before this workflow can be processed."
// Semantics: "The argument is a `Dependencies` struct with the outputs of each, and its inputs where
// `$workflows.w.inputs.x` reads them."
#[tokio::test]
async fn a_workflow_takes_what_the_workflows_before_it_have_returned() {
    use depends::{borrow, find_shelf, sign_in};

    let script = Script::new()
        .on("POST /sessions")
        .json(json!({ "user": "ada" }))
        .reply(201, token("t1"))
        .on("GET /shelves/front")
        .reply(200, json!({ "name": "A1" }))
        .on("POST /books/7/loans")
        .header("X-Session", "t1")
        .json(json!({ "reader": "ada", "shelf": "A1" }))
        .reply(201, loan());
    let client = script.client();
    let signed_in = sign_in(&client, sign_in::Inputs::new(String::from("ada")))
        .await
        .unwrap();
    let found = find_shelf(&client, find_shelf::Inputs::new()).await.unwrap();
    let dependencies = borrow::Dependencies {
        sign_in: signed_in,
        sign_in_inputs: sign_in::Inputs::new(String::from("ada")),
        find_shelf: found,
    };
    let outputs = borrow(&client, borrow::Inputs::new(7), dependencies).await.unwrap();
    assert_eq!(outputs.loan_id, 31);
    script.assert_trace(&[
        "POST /sessions 201",
        "GET /shelves/front 200",
        "POST /books/7/loans 201",
    ]);
}

// The same: a run holds them, also when it is stored.
#[tokio::test]
async fn a_stored_run_holds_what_the_workflows_before_it_have_returned() {
    use depends::{borrow, find_shelf, sign_in};

    let script = Script::new()
        .on("POST /sessions")
        .reply(201, token("t1"))
        .on("GET /shelves/front")
        .reply(200, json!({ "name": "A1" }))
        .on("POST /books/7/loans")
        .reply(503, problem("busy"))
        .on("POST /books/7/loans")
        .header("X-Session", "t1")
        .json(json!({ "reader": "ada", "shelf": "A1" }))
        .reply(201, loan());
    let client = script.client();
    let dependencies = borrow::Dependencies {
        sign_in: sign_in(&client, sign_in::Inputs::new(String::from("ada")))
            .await
            .unwrap(),
        sign_in_inputs: sign_in::Inputs::new(String::from("ada")),
        find_shelf: find_shelf(&client, find_shelf::Inputs::new()).await.unwrap(),
    };
    let run = borrow::Run::with_dependencies(borrow::PartialInputs::new().book_id(7), dependencies);
    let outputs = in_pieces!(run, client, script).unwrap();
    assert_eq!(outputs.loan_id, 31);
    assert_eq!(script.trace().len(), 4);
}

// Spec, Step Object, dependsOn: "A list of steps that MUST be completed before this step can be executed"; Tool Behavior:
// "Tools supporting only sequential execution MUST execute steps in an order that satisfies both explicit […] and implicit
// […] dependencies."
#[tokio::test]
async fn steps_run_after_the_steps_that_they_depend_on() {
    let script = Script::new()
        .on("GET /shelves/first")
        .reply(200, json!({ "name": "a" }))
        .on("GET /shelves/second")
        .reply(200, json!({ "name": "b" }))
        .on("GET /shelves/b")
        .reply(200, json!({ "name": "c" }))
        .on("GET /shelves/fourth")
        .reply(200, json!({ "name": "d" }));
    sort_steps(&script.client(), sort_steps::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /shelves/first 200",
        "GET /shelves/second 200",
        "GET /shelves/b 200",
        "GET /shelves/fourth 200",
    ]);
}

// Semantics, Steps and control flow: "a step whose dependency was jumped over fails as a local failure". Spec, Step
// Object: `dependsOn` "does not trigger execution of the referenced steps".
#[tokio::test]
async fn a_step_fails_where_a_step_that_it_depends_on_was_jumped_over() {
    let script = Script::new()
        .on("GET /shelves/first")
        .reply(200, json!({ "name": "skip" }));
    let error = jump_over(&script.client(), jump_over::Inputs::new()).await.unwrap_err();
    script.assert_trace(&["GET /shelves/first 200"]);
    assert!(error.to_string().contains("second"), "{error}");
    assert!(format!("{:?}", error.step()).contains("third"), "{:?}", error.step());

    let script = Script::new()
        .on("GET /shelves/first")
        .reply(200, json!({ "name": "a" }))
        .on("GET /shelves/second")
        .reply(200, json!({ "name": "b" }))
        .on("GET /shelves/third")
        .reply(200, json!({ "name": "c" }));
    jump_over(&script.client(), jump_over::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /shelves/first 200",
        "GET /shelves/second 200",
        "GET /shelves/third 200",
    ]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Time limits
// ---------------------------------------------------------------------------------------------------------------------

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
