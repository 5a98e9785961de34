//! Actions of the workflow.

use super::*;

// Spec, Workflow Object, successActions: "applicable for all steps described under this workflow".
#[tokio::test]
async fn a_success_action_of_the_workflow_holds_for_every_step() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(200)
        .on("DELETE /books/2")
        .reply_empty(204);
    stop_when_gone(&script.client(), stop_when_gone::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 200", "DELETE /books/2 204"]);
}

// Spec, Step Object, onSuccess: "If a success action is already defined at the Workflow, the new definition will
// override it"; semantics: by its name.
#[tokio::test]
async fn a_success_action_of_a_step_replaces_the_one_of_the_workflow_with_its_name() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/2")
        .reply_empty(204);
    stop_when_told(&script.client(), stop_when_told::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 204", "DELETE /books/2 204"]);
}

// The same sentence: the new definition is in force.
#[tokio::test]
async fn the_success_action_that_replaces_another_is_taken_on_its_own_criteria() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_with(200, &[("X-Stop", "yes")], json!({}));
    stop_when_told(&script.client(), stop_when_told::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 200"]);
}

// Semantics, Steps and control flow: "Actions of a step are its own list first, then the workflow's actions".
#[tokio::test]
async fn the_actions_of_a_step_come_before_those_of_the_workflow() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/3")
        .reply_empty(200);
    skip_when_gone(&script.client(), skip_when_gone::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 204", "DELETE /books/3 200"]);
}

// Spec, Workflow Object, failureActions: "applicable for all steps described under this workflow". Semantics: they
// follow those of the step, which do not match in the third step.
#[tokio::test]
async fn a_failure_action_of_the_workflow_holds_for_every_step() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply(503, problem("busy"))
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/2")
        .reply_empty(204)
        .on("DELETE /books/3")
        .reply(503, problem("busy"))
        .on("DELETE /books/3")
        .reply_empty(204);
    retry_when_busy(&script.client(), retry_when_busy::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "DELETE /books/1 503",
        "wait 2s",
        "DELETE /books/1 204",
        "DELETE /books/2 204",
        "DELETE /books/3 503",
        "wait 2s",
        "DELETE /books/3 204",
    ]);
}

// Spec, Step Object, onFailure: "If a failure action is already defined at the Workflow, the new definition will
// override it".
#[tokio::test]
async fn a_failure_action_of_a_step_replaces_the_one_of_the_workflow_with_its_name() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/2")
        .reply(503, problem("busy"));
    let error = retry_when_busy(&script.client(), retry_when_busy::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["DELETE /books/1 204", "DELETE /books/2 503"]);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
}

// The same sentence: the new definition is in force.
#[tokio::test]
async fn the_failure_action_that_replaces_another_is_taken_on_its_own_criteria() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/2")
        .reply(404, problem("no such book"))
        .on("DELETE /books/3")
        .reply_empty(204);
    retry_when_busy(&script.client(), retry_when_busy::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 204", "DELETE /books/2 404", "DELETE /books/3 204"]);
}
