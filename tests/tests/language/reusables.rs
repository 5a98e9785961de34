//! Parts that are written down once: parameters, actions and inputs of `components`, and parameters of a workflow.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

use arazzo::ErrorKind;
use arazzo_tests::script::{Script, exactly};
use serde_json::{Value, json};

mod input_references {
    arazzo::arazzo_workflow!("language/input-references.yml");
}
mod reusables {
    arazzo::arazzo_workflow!("language/reusables.yml");
}

use input_references::{by_anchor, by_definition, by_pointer};
use reusables::{common_parameters, follow_actions, follow_actions_everywhere, search_pages};

fn nothing_found() -> Value {
    json!({ "items": [], "total": 0 })
}

fn busy() -> Value {
    json!({ "message": "busy" })
}

// Spec, Reusable Object: `reference` leads to the object in `components`, and `value` "Sets a value of the referenced
// parameter". Components Object: inputs are referenced by `$ref`.
#[tokio::test]
async fn a_referenced_parameter_has_its_own_value_or_the_one_of_the_reference() {
    let script = Script::new()
        .on("GET /search?phrase=dune&page=1&pageSize=20")
        .reply(200, nothing_found())
        .on("GET /search?phrase=dune&page=2&pageSize=7")
        .reply(200, nothing_found())
        .on("GET /search?phrase=dune%20two")
        .reply(200, nothing_found());
    let inputs = search_pages::Inputs::new(String::from("dune")).size(7);
    search_pages(&script.client(), inputs).await.unwrap();
    script.assert_requests(&[
        "GET /search?phrase=dune&page=1&pageSize=20 200",
        "GET /search?phrase=dune&page=2&pageSize=7 200",
        "GET /search?phrase=dune%20two 200",
    ]);
}

// Spec, Reusable Object: "Input Objects MUST use standard JSON Schema referencing via the `$ref` keyword". The default
// comes from the referenced schema.
#[tokio::test]
async fn referenced_inputs_have_the_types_and_defaults_of_their_schemas() {
    let script = Script::new()
        .on("GET /search?phrase=dune&page=1&pageSize=20")
        .reply(200, nothing_found())
        .on("GET /search?phrase=dune&page=2&pageSize=10")
        .reply(200, nothing_found())
        .on("GET /search?phrase=dune%20two")
        .reply(200, nothing_found());
    let inputs = search_pages::Inputs::new(String::from("dune"));
    exactly::<String>(&inputs.phrase);
    search_pages(&script.client(), inputs).await.unwrap();
    assert_eq!(script.trace().len(), 3);
}

// Spec, Reusable Object: references to success and failure actions in a step.
#[tokio::test]
async fn referenced_actions_of_a_step_are_taken() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply(503, busy())
        .on("DELETE /books/1")
        .reply(503, busy())
        .on("DELETE /books/1")
        .reply_empty(204);
    follow_actions(&script.client(), follow_actions::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "DELETE /books/1 503",
        "wait 0.5s",
        "DELETE /books/1 503",
        "wait 0.5s",
        "DELETE /books/1 204",
    ]);
}

// The same: the second referenced action follows when the retries are used up, and at once where the first does not match.
#[tokio::test]
async fn referenced_actions_are_looked_at_in_order() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply(503, busy())
        .on("DELETE /books/1")
        .reply(503, busy())
        .on("DELETE /books/1")
        .reply(503, busy())
        .on("DELETE /books/3")
        .reply_empty(204);
    follow_actions(&script.client(), follow_actions::Inputs::new())
        .await
        .unwrap();
    script.assert_requests(&[
        "DELETE /books/1 503",
        "DELETE /books/1 503",
        "DELETE /books/1 503",
        "DELETE /books/3 204",
    ]);

    let script = Script::new()
        .on("DELETE /books/1")
        .reply(404, busy())
        .on("DELETE /books/3")
        .reply_empty(204);
    follow_actions(&script.client(), follow_actions::Inputs::new())
        .await
        .unwrap();
    script.assert_requests(&["DELETE /books/1 404", "DELETE /books/3 204"]);
}

// The same: a referenced action whose criteria are not met is not taken.
#[tokio::test]
async fn a_referenced_action_keeps_its_criteria() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(200)
        .on("DELETE /books/2")
        .reply_empty(204)
        .on("DELETE /books/3")
        .reply_empty(204);
    follow_actions(&script.client(), follow_actions::Inputs::new())
        .await
        .unwrap();
    script.assert_requests(&["DELETE /books/1 200", "DELETE /books/2 204", "DELETE /books/3 204"]);
}

// Spec, Workflow Object, successActions and failureActions: they may be Reusable Objects, and a step overrides them by
// the name of the referenced action.
#[tokio::test]
async fn referenced_actions_of_the_workflow_hold_for_every_step_and_can_be_replaced() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply(503, busy())
        .on("DELETE /books/1")
        .reply_empty(200)
        .on("DELETE /books/2")
        .reply(503, busy())
        .on("DELETE /books/2")
        .reply_empty(204)
        .on("DELETE /books/3")
        .reply_empty(200);
    follow_actions_everywhere(&script.client(), follow_actions_everywhere::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "DELETE /books/1 503",
        "wait 0.5s",
        "DELETE /books/1 200",
        "DELETE /books/2 503",
        "wait 0.5s",
        "DELETE /books/2 204",
        "DELETE /books/3 200",
    ]);

    let script = Script::new().on("DELETE /books/1").reply_empty(204);
    follow_actions_everywhere(&script.client(), follow_actions_everywhere::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 204"]);
}

// Spec, Workflow Object, parameters: "applicable for all steps described under this workflow. These parameters can be
// overridden at the step level but cannot be removed there."
#[tokio::test]
async fn a_parameter_of_the_workflow_is_sent_by_every_step_unless_the_step_replaces_it() {
    let script = Script::new()
        .on("GET /search?phrase=dune&page=1&pageSize=3")
        .reply(200, nothing_found())
        .on("GET /search?phrase=emma&page=9&pageSize=3")
        .reply(200, nothing_found())
        .on("GET /search?phrase=dune&page=1&pageSize=20")
        .reply(200, nothing_found());
    common_parameters(&script.client(), common_parameters::Inputs::new(3))
        .await
        .unwrap();
    script.assert_requests(&[
        "GET /search?phrase=dune&page=1&pageSize=3 200",
        "GET /search?phrase=emma&page=9&pageSize=3 200",
        "GET /search?phrase=dune&page=1&pageSize=20 200",
    ]);
}

// Spec, Workflow Object, inputs: a JSON Schema, in which `$ref` may lead anywhere in the document.
#[tokio::test]
async fn an_input_may_refer_to_a_part_of_a_component() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "size": 3, "owner": "ada" }))
        .reply(200, json!({}));
    let inputs = by_pointer::Inputs::new(3, String::from("ada"));
    exactly::<i32>(&inputs.size);
    exactly::<String>(&inputs.owner);
    by_pointer(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);

    let script = Script::new();
    let inputs = by_pointer::Inputs::new(3, String::from("a"));
    let error = by_pointer(&script.client(), inputs).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidInput), "{error}");
}

// The same, for `$defs` of the inputs themselves.
#[tokio::test]
async fn an_input_may_refer_to_a_definition() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "size": 3 }))
        .reply(200, json!({}));
    let inputs = by_definition::Inputs::new(3);
    exactly::<i32>(&inputs.size);
    by_definition(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);

    let script = Script::new();
    let error = by_definition(&script.client(), by_definition::Inputs::new(11))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidInput), "{error}");
}

// The same, for `$anchor`.
#[tokio::test]
async fn an_input_may_refer_to_an_anchor() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "size": 3 }))
        .reply(200, json!({}));
    let inputs = by_anchor::Inputs::new(3);
    exactly::<i32>(&inputs.size);
    by_anchor(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);

    let script = Script::new();
    let error = by_anchor(&script.client(), by_anchor::Inputs::new(11))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidInput), "{error}");
}
