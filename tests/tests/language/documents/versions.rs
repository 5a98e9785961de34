//! Versions.

use super::*;

// Semantics, Values: "A Selector Object is recognised in 1.1 documents […] every such object in a 1.0 document, is a
// literal"; the version is that of the document in which it stands.
#[tokio::test]
async fn an_object_is_a_selector_or_not_by_the_version_of_its_own_document() {
    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({ "probe": { "context": "somewhere", "selector": "/a", "type": "jsonpointer" } }))
        .reply_empty(204)
        .on("POST /shop/notes")
        .json(json!({ "probe": 1.5 }))
        .reply_empty(204);
    let inputs = mixed_new::probe_both::Inputs::new(json!({ "a": 1.5, "b": 2 }));
    mixed_new::probe_both(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["POST /shop/notes 204", "POST /shop/notes 204"]);
}

// Semantics, Steps and control flow: "Actions that name a workflow pass their `parameters` (1.1)"; without any, nothing,
// although the target of version 1.0 has an input of the caller's name.
#[tokio::test]
async fn an_action_of_version_1_1_passes_only_its_parameters_to_version_1_0() {
    let script = Script::new()
        .on("POST /shop/orders")
        .json(json!({ "account": "ada" }))
        .reply(409, problem("taken"))
        .on("POST /shop/notes")
        .json(json!({ "remind": "nobody" }))
        .reply_empty(204)
        .on("POST /shop/orders")
        .json(json!({ "account": "ada" }))
        .reply(201, order());
    let inputs = mixed_new::remind_without_parameters::Inputs::new("ada");
    mixed_new::remind_without_parameters(&client(&script), inputs)
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/orders 409", "POST /shop/notes 204", "POST /shop/orders 201"]);
}

// The same: "in 1.0 documents, which have none, the caller's inputs of the same name are passed", also where the document
// is called from one of version 1.1.
#[tokio::test]
async fn an_action_in_a_called_document_of_version_1_0_passes_inputs_of_the_same_names() {
    let script = Script::new()
        .on("POST /shop/orders")
        .json(json!({ "account": "eva" }))
        .reply(409, problem("taken"))
        .on("POST /shop/notes")
        .json(json!({ "remind": "eva" }))
        .reply_empty(204)
        .on("POST /shop/orders")
        .json(json!({ "account": "eva" }))
        .reply(201, order());
    mixed_new::call_the_old(&client(&script), mixed_new::call_the_old::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/orders 409", "POST /shop/notes 204", "POST /shop/orders 201"]);
}

// The same: a document of version 1.0 leaves for one of version 1.1, which has time limits and parameters of actions.
#[tokio::test]
async fn an_action_of_version_1_0_passes_inputs_of_the_same_names_to_version_1_1() {
    let script = Script::new()
        .on("POST /shop/orders")
        .json(json!({ "count": 2 }))
        .reply(503, problem("busy"))
        .on("POST /shop/notes")
        .json(json!({ "remind": "ada", "reason": "busy" }))
        .reply_empty(204)
        .on("POST /shop/orders")
        .json(json!({ "count": 2 }))
        .reply(409, problem("taken"))
        .on("POST /shop/orders")
        .json(json!({ "account": "ada", "count": 2 }))
        .stays_silent()
        .on("POST /shop/notes")
        .json(json!({ "remind": "ada, again", "reason": "silence" }))
        .reply_empty(204)
        .on("POST /shop/orders")
        .json(json!({ "account": "ada", "count": 2 }))
        .reply(201, order());
    let inputs = mixed_old::order_or_wait::Inputs::new("ada", 2);
    match mixed_old::order_or_wait(&client(&script), inputs).await.unwrap() {
        mixed_old::order_or_wait::Outcome::NewerWait(outputs) => assert_eq!(outputs.wait_id, 31),
        mixed_old::order_or_wait::Outcome::Completed(_) => panic!("the workflow has left"),
    }
    script.assert_requests(&[
        "POST /shop/orders 503",
        "POST /shop/notes 204",
        "POST /shop/orders 409",
        "POST /shop/orders silence",
        "POST /shop/notes 204",
        "POST /shop/orders 201",
    ]);
}
