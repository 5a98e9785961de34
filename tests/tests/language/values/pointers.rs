//! Pointers.

use super::*;

// Spec, Runtime Expressions: `json-pointer`, with `~0` for `~` and `~1` for `/`; Examples: array elements by their index.
#[tokio::test]
async fn a_pointer_leads_into_an_output() {
    let script = Script::new()
        .on("GET /facts")
        .reply(
            200,
            json!({
                "a/b": "slash",
                "m~n": "tilde",
                "~1": "escaped",
                "list": ["zero", { "name": "one", "tags": ["x", "y"] }],
                "map": { "0": "key" },
            }),
        )
        .on("POST /echo")
        .json(json!({
            "slash": "slash",
            "tilde": "tilde",
            "escaped": "escaped",
            "name": "one",
            "deeper": "x",
            "number-as-key": "key",
            "embedded": "<one>",
        }))
        .reply(200, json!({}));
    follow_pointers(&script.client(), follow_pointers::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /facts 200", "POST /echo 200"]);
}

// Spec, Runtime Expressions: `inputs-reference = input-name [ "#" json-pointer ]`.
#[tokio::test]
async fn a_pointer_leads_into_an_input() {
    let order = json!({
        "lines": [{ "title": "Dune" }, { "copies": 2 }],
        "a/b": 1.5,
        "m~n": [true],
    });
    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "first": "Dune", "slash": 1.5, "tilde": [true], "text": "<Dune>" }))
        .reply(200, json!({}));
    send_parts(&script.client(), send_parts::Inputs::new(order))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}
