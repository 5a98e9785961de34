//! Constraints of inputs (JSON Schema 2020-12): all are checked before the first request, and all violations are listed.

use arazzo::ErrorKind;
use arazzo_tests::script::Script;
use serde_json::json;

mod constraints {
    arazzo::arazzo_workflow!("language/constraints.yml");
}
use constraints::send_demanding;

#[tokio::test]
async fn everything_that_is_demanded_is_checked() {
    for (good, bad) in [
        (json!({ "code": "AB7" }), json!({ "code": "AB77" })),
        (json!({ "choice": "abc" }), json!({ "choice": "abcd" })),
        (json!({ "choice": 21 }), json!({ "choice": 15 })),
        (json!({ "choice": 9 }), json!({ "choice": 1.5 })),
        (json!({ "pair": ["a", 1] }), json!({ "pair": [1, 1] })),
        (json!({ "pair": [] }), json!({ "pair": ["a", 1, 2] })),
        (
            json!({ "card": { "kind": "x", "n": 1 } }),
            json!({ "card": { "kind": "x", "n": "1" } }),
        ),
        (
            json!({ "card": { "kind": "long", "length": 1 } }),
            json!({ "card": { "kind": "long" } }),
        ),
        (json!({ "short": "ab" }), json!({ "short": "abc" })),
        (json!({ "short": "a" }), json!({ "short": "" })),
    ] {
        let script = Script::new().on("POST /echo").json(good.clone()).reply(200, json!({}));
        let inputs: send_demanding::Inputs = serde_json::from_value(good.clone()).expect("the inputs have their types");
        send_demanding(&script.client(), inputs)
            .await
            .unwrap_or_else(|error| panic!("{good}: {error}"));
        script.assert_trace(&["POST /echo 200"]);
        let inputs: send_demanding::Inputs = serde_json::from_value(bad.clone()).expect("the inputs have their types");
        let script = Script::new();
        let error = send_demanding(&script.client(), inputs)
            .await
            .expect_err(&bad.to_string());
        assert!(matches!(error.kind(), ErrorKind::InvalidInput), "{bad}: {error}");
        script.assert_trace(&[]);
    }
}

#[tokio::test]
async fn every_violation_is_listed() {
    let inputs = json!({ "code": "x", "choice": 12, "pair": [1, "a"], "short": "" });
    let script = Script::new();
    let inputs: send_demanding::Inputs = serde_json::from_value(inputs).expect("the inputs have their types");
    let error = send_demanding(&script.client(), inputs)
        .await
        .expect_err("four inputs are wrong");
    let text = error.to_string();
    for part in [
        "`code` must match",
        "`choice` must match exactly one",
        "`pair/0` must be string",
        "`pair/1` must be integer",
        "`short` must have at least 1",
    ] {
        assert!(text.contains(part), "`{part}` in {text}");
    }
}
