//! Conditions of actions.

use super::*;

// Spec, Success Action Object, criteria: "All criteria assertions MUST be satisfied for the action to be executed";
// semantics, Steps and control flow: "No success action: next step".
#[tokio::test]
async fn queries_choose_the_success_action() {
    let ended: &[&str] = &["GET /stock 200"];
    let told: &[&str] = &["GET /stock 200", "POST /report 204"];
    let filled: &[&str] = &["GET /stock 200", "POST /restock 204", "POST /report 204"];
    for (body, expected) in [
        (r#"{"state":{"done":true},"items":[{"open":true},{}]}"#, ended),
        (r#"[0,{"done":true}]"#, ended),
        (r#"{"done":true}"#, filled),
        (r#"{"items":[{"open":true},{}]}"#, told),
        (r#"{"items":[{"open":true}]}"#, filled),
        (r#"{"items":[{},{"open":"true"}]}"#, filled),
        ("null", filled),
    ] {
        let mut script = stock(body);
        for request in expected.iter().skip(1) {
            script = script.on(request.trim_end_matches(" 204")).reply_empty(204);
        }
        route(&script.client(), route::Inputs::new()).await.unwrap();
        script.assert_trace(expected);
    }
}

// Spec, Failure Action Object: `retry` and `goto`, chosen by their criteria in order.
#[tokio::test]
async fn queries_choose_the_failure_action() {
    let busy = json!({ "errors": [{ "code": "late" }, { "code": "busy" }], "cause": { "reason": "moving" } });
    let moved = json!({ "errors": [], "causes": [[{ "reason": "it moved away" }]] });
    let script = Script::new()
        .on("GET /stock")
        .reply(503, busy.clone())
        .on("GET /stock")
        .reply(503, busy.clone())
        .on("GET /stock")
        .reply(503, moved)
        .on("POST /report")
        .reply_empty(204);
    route(&script.client(), route::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /stock 503",
        "wait 2s",
        "GET /stock 503",
        "wait 2s",
        "GET /stock 503",
        "POST /report 204",
    ]);

    let script = Script::new()
        .on("GET /stock")
        .reply(503, busy)
        .on("GET /stock")
        .reply(503, json!({ "errors": { "a": { "code": "BUSY" } }, "reason": "moved" }));
    assert!(!passes!(script, route, route::Inputs::new()));
    script.assert_trace(&["GET /stock 503", "wait 2s", "GET /stock 503"]);
}
