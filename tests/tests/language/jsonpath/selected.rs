//! Selector Objects.

use super::*;

// Semantics, Values: "a singular query (RFC 9535) gives its value or is absent, any other gives the array of what it
// selects". RFC 2.5.1: a node that several selectors select is there several times.
#[tokio::test]
async fn an_output_may_be_all_that_a_query_selects() {
    let script = stocked(&json!({
        "items": [
            { "sku": "a", "price": 9.5, "note": "x", "code": 1 },
            { "sku": "b", "price": 10, "parts": [{ "code": 2 }, { "code": 3 }] },
            { "sku": "c", "price": 0.5, "note": null },
            { "sku": "d", "price": "9", "note": false },
        ],
        "part": [1, [2]],
    }));
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /stock 200"]);
    assert_eq!(json_of(&outputs.all), json!(["a", "b", "c", "d"]));
    assert_eq!(json_of(&outputs.middle), json!(["b", "c"]));
    assert_eq!(json_of(&outputs.backwards), json!(["d", "c", "b", "a"]));
    assert_eq!(json_of(&outputs.every_other), json!(["a", "c"]));
    assert_eq!(json_of(&outputs.last_two), json!(["c", "d"]));
    assert_eq!(json_of(&outputs.twice), json!(["c", "a", "a"]));
    assert_eq!(json_of(&outputs.pair), json!(["a", 9.5]));
    assert_eq!(json_of(&outputs.cheap), json!(["a", "c"]));
    assert_eq!(json_of(&outputs.dear), json!([]));
    assert_eq!(json_of(&outputs.nowhere), json!([]));
    assert_eq!(json_of(&outputs.notes), json!(["x", null, false]));
    assert_eq!(sorted(json_of(&outputs.deep)), json!([1, 2, 3]));
    assert_eq!(json_of(&outputs.last), "d");
    assert_eq!(json_of(&outputs.tenth), Value::Null);
    assert_eq!(json_of(&outputs.part), json!([1, [2]]));
}

// Semantics, Values: "empty included"; "An absent context makes the result absent."
#[tokio::test]
async fn nothing_selected_is_an_empty_array_and_no_context_is_no_value() {
    let script = stock(r#"{"items":[]}"#);
    let outputs = select_outputs(&script.client(), select_outputs::Inputs::new())
        .await
        .unwrap();
    for empty in [
        json_of(&outputs.all),
        json_of(&outputs.middle),
        json_of(&outputs.twice),
        json_of(&outputs.pair),
        json_of(&outputs.notes),
        json_of(&outputs.deep),
        json_of(&outputs.nowhere),
    ] {
        assert_eq!(empty, json!([]));
    }
    assert_eq!(json_of(&outputs.last), Value::Null);
    assert_eq!(json_of(&outputs.part), Value::Null);
}

// Spec, Workflow Object, outputs: "a Runtime Expression or Selector Object". RFC 2.4: the functions.
#[tokio::test]
async fn outputs_of_a_workflow_may_be_selected_by_functions() {
    let script = stocked(&json!([
        { "name": "Emma", "tags": ["x", "y"], "a": { "colour": "red" } },
        { "name": "Dune", "tags": ["x"], "colour": "red", "b": { "colour": "red" } },
        { "name": "Ulysses", "tags": { "a": 1, "b": 2 }, "colour": "blue" },
        { "tags": "xy", "colour": "red" },
    ]));
    let outputs = select_by_functions(&script.client(), select_by_functions::Inputs::new())
        .await
        .unwrap();
    assert_eq!(json_of(&outputs.by_length), json!(["Emma", "Dune"]));
    assert_eq!(json_of(&outputs.by_count), json!(["Emma", "Ulysses"]));
    assert_eq!(json_of(&outputs.by_match), json!(["Emma"]));
    assert_eq!(json_of(&outputs.by_search), json!(["Dune", "Ulysses"]));
    assert_eq!(json_of(&outputs.by_value), json!(["Emma"]));
}

// The same lines, where the description of the API says what is selected. Semantics, Types of generated values: what
// travels on is "never narrowed by [its] type".
#[tokio::test]
async fn what_is_selected_may_have_a_known_type() {
    let basket = json!({ "lines": [{ "sku": "s1" }, { "sku": "s2", "gift": true }] });
    let first = json!({ "id": 1, "total": 2.5, "status": "open", "wrap": { "colour": [null, "red"] } });
    let last = json!({ "id": 3, "total": 10, "status": "open", "lines": [{ "sku": "a", "extra": 1 }] });
    let script = Script::new()
        .on("GET /orders")
        .reply(
            200,
            json!({
                "orders": [first, { "id": 2, "total": 1.5, "status": "paid" }, last],
                "archive": { "orders": [{ "id": 0, "total": 7.25, "status": "cancelled" }] },
            }),
        )
        .on("POST /echo")
        .json(json!({ "orders": [first, last], "gifts": ["s2"] }))
        .reply(200, json!({}));
    let outputs = select_orders(&script.client(), select_orders::Inputs::new(basket.clone()))
        .await
        .unwrap();
    script.assert_trace(&["GET /orders 200", "POST /echo 200"]);
    assert_eq!(json_of(&outputs.ids), json!([1, 2, 3]));
    assert_eq!(json_of(&outputs.archived), json!([7.25]));
    assert_eq!(json_of(&outputs.first_status), "open");
    assert_eq!(json_of(&outputs.skus), json!(["s1", "s2"]));

    let script = Script::new()
        .on("GET /orders")
        .reply(200, json!({ "orders": [] }))
        .on("POST /echo")
        .json(json!({ "orders": [], "gifts": ["s2"] }))
        .reply(200, json!({}));
    let outputs = select_orders(&script.client(), select_orders::Inputs::new(basket))
        .await
        .unwrap();
    assert_eq!(json_of(&outputs.ids), json!([]));
    assert_eq!(json_of(&outputs.archived), Value::Null);
    assert_eq!(json_of(&outputs.first_status), Value::Null);
}

// Spec, Parameter Object, value: "a constant, a Runtime Expression, or a Selector Object". Semantics, Values: what is
// absent is left out of optional parameters.
#[tokio::test]
async fn parameters_may_be_all_that_a_query_selects() {
    let items = json!([{ "sku": "a", "open": true }, { "sku": "b" }, { "sku": "c", "open": true }]);
    let script = stocked(&json!({ "items": items, "limits": [1, 25] }))
        .on("GET /items?sku=a&sku=c&limit=25")
        .header("X-Skus", "a,b")
        .reply(200, json!({}))
        .on("GET /items/a")
        .reply(200, json!({}));
    select_parameters(&script.client(), select_parameters::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "GET /stock 200",
        "GET /items?sku=a&sku=c&limit=25 200",
        "GET /items/a 200",
    ]);

    let script = stocked(&json!({ "items": items, "limits": [] }))
        .on("GET /items?sku=a&sku=c")
        .header("X-Skus", "a,b")
        .reply(200, json!({}))
        .on("GET /items/a")
        .reply(200, json!({}));
    select_parameters(&script.client(), select_parameters::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /stock 200", "GET /items?sku=a&sku=c 200", "GET /items/a 200"]);
}

// Spec, Request Body Object, payload: "can contain […] Selector Objects". Semantics, Values: numbers "keep the spelling
// they came with"; an absent member is left out, an absent element is null.
#[tokio::test]
async fn payloads_may_hold_all_that_a_query_selects() {
    let script = stock(
        r#"{"items":[
            {"price":2.0,"more":{"x":[1,null]}},
            {"price":12345678901234567890},
            {"price":1.50},
            {"price":123456789012345678901234567890}
        ]}"#,
    )
    .on("POST /echo")
    .header("content-type", "application/json")
    .reply(200, json!({}));
    select_payload(&script.client(), select_payload::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /stock 200", "POST /echo 200"]);

    let text = script.body(1);
    let sent: Value = serde_json::from_str(&text).unwrap();
    let text = dense(&text);
    assert_eq!(sent.as_object().unwrap().len(), 4, "{text}");
    assert_eq!(sent["all"].as_array().unwrap().len(), 4, "{text}");
    assert_eq!(sent["all"][0]["more"], json!({ "x": [1, null] }), "{text}");
    for part in [
        r#""empty":[]"#,
        r#""one":2.0"#,
        r#""list":[null,[2.0,12345678901234567890,1.50,123456789012345678901234567890]]"#,
        r#""price":2.0"#,
        r#""price":12345678901234567890"#,
        r#""price":1.50"#,
        r#""price":123456789012345678901234567890"#,
    ] {
        assert!(text.contains(part), "`{part}` in {text}");
    }
}

// The same line of the specification: the payload itself is the Selector Object.
#[tokio::test]
async fn a_payload_may_be_what_a_query_selects() {
    for (items, expected) in [
        (
            json!([{ "price": 9, "x": null }, { "price": 11 }, { "price": 0.5 }]),
            json!([{ "price": 9, "x": null }, { "price": 0.5 }]),
        ),
        (json!([]), json!([])),
    ] {
        let script = stocked(&json!({ "items": items }))
            .on("POST /echo")
            .json(expected)
            .reply(200, json!({}));
        select_whole_payload(&script.client(), select_whole_payload::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /stock 200", "POST /echo 200"]);
    }
}
