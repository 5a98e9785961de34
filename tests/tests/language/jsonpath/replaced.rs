//! Replacements.

use super::*;

// Spec, Payload Replacement Object: `targetSelectorType`; "A JSONPath example". Semantics, Requests: "JSONPath (all
// matches)".
#[tokio::test]
async fn every_match_of_a_target_is_replaced() {
    let amount = json!({ "amount": 4, "currency": "EUR" });
    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "items": [
                { "sku": "ABC123", "quantity": 3 },
                { "sku": "other", "quantity": 0 },
                { "sku": "ABC123", "quantity": 3 },
            ],
            "tags": ["a", "3x", "3x", "d"],
            "prices": { "price": amount, "deeper": [{ "price": amount }, { "price": amount, "kept": true }] },
            "list": [null, null],
            "skus": ["s1", "s3"],
        }))
        .reply(200, json!({}));
    let shelf = json!({ "items": [{ "sku": "s1", "open": true }, { "sku": "s2" }, { "sku": "s3", "open": true }] });
    replace_in_literal(&script.client(), replace_in_literal::Inputs::new(3, shelf))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Requests: "`replacements` apply after the payload is evaluated", here JSON that is written as text.
#[tokio::test]
async fn a_target_may_lie_in_json_that_is_written_as_text() {
    let name = r#"x", "n": 5, "y": ""#;
    let script = Script::new().on("POST /echo").reply(200, json!({}));
    replace_in_text(&script.client(), replace_in_text::Inputs::new(name))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
    let text = script.body(0);
    let sent: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        sent["lines"],
        json!([{ "name": name, "n": 7 }, { "name": "kept", "n": 7 }]),
        "{text}"
    );
    assert!(dense(&text).contains(r#""price":2.50"#), "{text}");
}

// Semantics, Requests: "a target that resolves to nothing is an error"; Steps and control flow: "a replacement without a
// target" is a local failure that goes to `onFailure`.
#[tokio::test]
async fn a_target_that_selects_nothing_fails_the_step() {
    for (order, expected) in [
        (
            json!({ "lines": [{ "open": true, "copies": 1, "x": [1] }, { "copies": 2 }, { "open": true, "copies": null }], "y": null }),
            json!({ "lines": [{ "open": true, "copies": 5, "x": [1] }, { "copies": 2 }, { "open": true, "copies": 5 }], "y": null }),
        ),
        (
            json!({ "lines": [{ "open": true }, { "open": true, "copies": 1 }] }),
            json!({ "lines": [{ "open": true }, { "open": true, "copies": 5 }] }),
        ),
    ] {
        let script = stocked(&order).on("POST /echo").json(expected).reply(200, json!({}));
        replace_in_output(&script.client(), replace_in_output::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /stock 200", "POST /echo 200"]);
    }

    for order in [
        json!({ "lines": [{ "open": true }, { "copies": 1 }] }),
        json!({ "lines": [] }),
        json!({ "lines": "none" }),
        json!([]),
    ] {
        let script = stocked(&order).on("POST /report").reply_empty(204);
        replace_in_output(&script.client(), replace_in_output::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["GET /stock 200", "POST /report 204"]);
    }
}

// The same lines without an action. A match within a match is gone with what it was in.
#[tokio::test]
async fn a_target_may_lie_at_any_level() {
    for (order, expected) in [
        (
            json!([{ "copies": 1 }, [{ "copies": {} }]]),
            json!([{ "copies": 5 }, [{ "copies": 5 }]]),
        ),
        (json!({ "copies": { "copies": 1 } }), json!({ "copies": 5 })),
    ] {
        let script = Script::new().on("POST /echo").json(expected).reply(200, json!({}));
        replace_or_fail(&script.client(), replace_or_fail::Inputs::new(order))
            .await
            .unwrap();
        script.assert_trace(&["POST /echo 200"]);
    }

    for order in [json!({ "Copies": 1 }), json!([["copies"]]), json!("copies")] {
        let script = Script::new();
        let error = replace_or_fail(&script.client(), replace_or_fail::Inputs::new(order))
            .await
            .unwrap_err();
        script.assert_trace(&[]);
        assert!(matches!(error.kind(), ErrorKind::Request), "{error}");
        assert_eq!(error.step(), Some("send"));
        assert_eq!(error.status(), None);
    }
}
