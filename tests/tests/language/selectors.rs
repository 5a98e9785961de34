//! Selector Objects, and conditions that are JSONPath queries; only queries that select at most one value.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

use arazzo::ErrorKind;
use arazzo_tests::script::{Script, book_with, json_of};
use serde_json::{Value, json};

mod queries {
    arazzo::arazzo_workflow!("language/queries.yml");
}
mod selector_lookalikes {
    arazzo::arazzo_workflow!("language/selector-lookalikes.yml");
}
mod selectors {
    arazzo::arazzo_workflow!("language/selectors.yml");
}

use queries::{has_name_in_context, has_second_name};
use selector_lookalikes::send_lookalike;
use selectors::{select_outputs, select_values};

// Spec, Step Object, outputs: "defined using a Runtime Expression or Selector Object"; Expression Type Object.
#[tokio::test]
async fn an_output_may_be_selected_by_pointer_or_query() {
    let items = json!([
        book_with(json!({ "title": "Dune" })),
        book_with(json!({ "author": { "name": "Jane Austen" } })),
    ]);
    let script = Script::new()
        .on("GET /books")
        .reply(200, json!({ "items": items, "total": 2, "next": "p2" }));
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books 200"]);
    assert_eq!(json_of(&outputs.first_title), "Dune");
    assert_eq!(json_of(&outputs.total), 2);
    assert_eq!(json_of(&outputs.second_author), "Jane Austen");
    assert_eq!(json_of(&outputs.next), "p2");
}

// Semantics, Values: "JSON Pointer: the value or absent. […] a singular query (RFC 9535) gives its value or is absent".
#[tokio::test]
async fn an_output_that_nothing_is_selected_for_is_none() {
    let script = Script::new()
        .on("GET /books")
        .reply(200, json!({ "items": [], "total": 0 }));
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books 200"]);
    assert_eq!(json_of(&outputs.first_title), Value::Null);
    assert_eq!(json_of(&outputs.second_author), Value::Null);
    assert_eq!(json_of(&outputs.next), Value::Null);
}

// Spec, Parameter Object, value and Request Body Object, payload: both may hold Selector Objects. Semantics, Values: "an
// object whose keys are `context`, `selector`, `type`; anything else […] is a literal"; what is absent is left out of
// objects and null in arrays.
#[tokio::test]
async fn parameters_and_payloads_may_be_selected() {
    let facts = json!({ "limits": [5], "names": ["a", "b", "c"], "nothing": null });
    let script = Script::new()
        .on("GET /facts")
        .reply(200, facts.clone())
        .on("GET /books?genre=sf&limit=5")
        .reply(200, json!({ "items": [], "total": 0 }))
        .on("POST /echo")
        .json(json!({
            "slash": 1.5,
            "list": ["b", null],
            "nothing": null,
            "last": "c",
            "whole": facts,
            "almost": { "context": "here", "selector": "/a", "type": "jsonpointer", "more": true },
        }))
        .reply(200, json!({}));
    let order = json!({ "lines": [{ "genre": "sf" }], "a/b": 1.5 });
    let outputs = select_values(&script.client(), select_values::Inputs::new(order))
        .await
        .unwrap();
    script.assert_requests(&["GET /facts 200", "GET /books?genre=sf&limit=5 200", "POST /echo 200"]);
    assert_eq!(json_of(&outputs.limit), 5);
}

// Semantics, Values: "An absent context makes the result absent", and an absent optional parameter is left out.
#[tokio::test]
async fn a_parameter_that_nothing_is_selected_for_is_left_out() {
    let script = Script::new()
        .on("GET /facts")
        .reply(200, json!("just a text"))
        .on("GET /books")
        .reply(200, json!({ "items": [], "total": 0 }))
        .on("POST /echo")
        .json(json!({
            "list": [null, null],
            "whole": "just a text",
            "almost": { "context": "here", "selector": "/a", "type": "jsonpointer", "more": true },
        }))
        .reply(200, json!({}));
    let outputs = select_values(&script.client(), select_values::Inputs::new(json!({})))
        .await
        .unwrap();
    script.assert_requests(&["GET /facts 200", "GET /books 200", "POST /echo 200"]);
    assert_eq!(json_of(&outputs.limit), Value::Null);
}

// Semantics, Values: "every such object in a 1.0 document, is a literal".
#[tokio::test]
async fn version_1_0_knows_no_selectors() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "probe": { "context": "here", "selector": "/a", "type": "jsonpointer" } }))
        .reply(200, json!({}));
    send_lookalike(&script.client(), send_lookalike::Inputs::new(String::from("here")))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Spec, JSONPath Conditions: "A condition passes (truthy) when the JSONPath expression returns a non-empty nodelist";
// `null` is a node.
#[tokio::test]
async fn a_query_passes_when_it_selects_something() {
    for (body, expected) in [
        (json!({ "items": [{}, { "name": "b" }] }), true),
        (json!({ "items": [{}, { "name": null }] }), true),
        (json!({ "items": [{}, { "name": false }] }), true),
        (json!({ "items": [{ "name": "a" }, {}] }), false),
        (json!({ "items": [{ "name": "a" }] }), false),
        (json!({ "items": "ab" }), false),
        (json!([]), false),
        (json!(null), false),
    ] {
        let script = Script::new().on("GET /facts").reply(200, body.clone());
        let result = has_second_name(&script.client(), has_second_name::Inputs::new()).await;
        script.assert_trace(&["GET /facts 200"]);
        assert_eq!(result.is_ok(), expected, "{body}");
        if let Err(error) = result {
            assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
        }
    }
}

// Spec, Criterion Object, context: it "set[s] the context for the condition to be applied on"; JSONPath Conditions: if it
// "evaluates to `null` or `undefined` […] the condition MUST evaluate to fail".
#[tokio::test]
async fn a_query_is_applied_to_its_context() {
    for (body, expected) in [
        (json!({ "items": [{ "name": "a" }] }), true),
        (json!({ "items": [{}, { "name": "b" }] }), false),
        (json!({ "items": null }), false),
        (json!([{ "name": "a" }]), false),
        (json!({}), false),
    ] {
        let script = Script::new().on("GET /facts").reply(200, body.clone());
        let result = has_name_in_context(&script.client(), has_name_in_context::Inputs::new()).await;
        assert_eq!(result.is_ok(), expected, "{body}");
    }
}
