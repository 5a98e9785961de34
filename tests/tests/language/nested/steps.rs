//! A workflow as a step.

use super::*;

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
