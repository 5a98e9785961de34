//! Dependencies.

use super::*;

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
