//! Payloads.

use super::*;

// 1.0.1, Request Body Object, "JSON Templated Example"; 1.1.0, Request Body Object, "A JSON templated example": what
// stands in quotes is a string.
#[tokio::test]
async fn a_payload_may_be_a_template() {
    in_both_versions!({
        use payloads::order_by_template;

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "cakeOrder": {
                "recipe": "12",
                "voucher": "SPRING",
                "count": "3",
                "stage": "asked",
                "paid": false,
            } }))
            .reply(201, ordered());
        let inputs = order_by_template::Inputs::new(12, String::from("SPRING"), 3);
        order_by_template(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /orders 201"]);
    });
}

// 1.0.1, Request Body Object, "JSON Object Example"; 1.1.0, Request Body Object, "A JSON object example": values keep
// their types.
#[tokio::test]
async fn a_payload_may_be_a_structure() {
    in_both_versions!({
        use payloads::order_by_object;

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "cakeOrder": {
                "recipe": 12,
                "voucher": "SPRING",
                "count": 3,
                "stage": "asked",
                "paid": false,
            } }))
            .reply(201, ordered());
        let inputs = order_by_object::Inputs::new(12, String::from("SPRING"), 3);
        order_by_object(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /orders 201"]);
    });
}

// 1.0.1, Request Body Object, "Complete Runtime Expression"; 1.1.0, "A complete Runtime Expression example".
#[tokio::test]
async fn a_payload_may_be_one_expression() {
    in_both_versions!({
        use payloads::order_by_expression;

        for order in [
            json!({ "recipe": 12, "extras": ["nuts", null], "paid": false }),
            json!(["rye", 2.5]),
            json!("rye"),
        ] {
            let script = Script::new()
                .on("POST /orders")
                .json(order.clone())
                .reply(201, ordered());
            let inputs = order_by_expression::Inputs::new(order);
            order_by_expression(&client(&script), inputs).await.unwrap();
            script.assert_trace(&["POST /orders 201"]);
        }
    });
}

// 1.0.1, Payload Replacement Object, "Runtime Expression Example" and "Literal Example"; 1.1.0, Payload Replacement
// Object, "A Runtime Expression example" and "A literal example".
#[tokio::test]
async fn a_payload_may_have_replacements() {
    in_both_versions!({
        use payloads::order_by_replacement;

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "recipe": 12, "count": 10, "stage": "asked" }))
            .reply(201, ordered());
        let inputs = order_by_replacement::Inputs::new(12);
        order_by_replacement(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /orders 201"]);
    });
}

// 1.1.0, Payload Replacement Object, "A JSONPath example": the target is a query with a filter, the value is selected.
// Semantics, Requests: "JSONPath (all matches)".
#[tokio::test]
async fn a_replacement_may_be_found_by_a_query() {
    use replacements::order_what_is_left;

    let script = Script::new()
        .on("GET /counter")
        .reply(200, json!({ "freshCount": 8, "old": 1 }))
        .on("POST /orders")
        .json(json!({ "lines": [
            { "code": "RYE-9", "count": 8 },
            { "code": "OAT-2", "count": 2 },
            { "code": "RYE-9", "count": 8 },
        ] }))
        .reply(201, ordered());
    order_what_is_left(&client(&script), order_what_is_left::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /counter 200", "POST /orders 201"]);
}
