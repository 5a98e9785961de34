//! Conditions of actions.

use super::*;

// Spec, Success Action Object, criteria. A body that is no XML meets none.
#[tokio::test]
async fn expressions_choose_the_success_action() {
    let ended: &[&str] = &["GET /catalogue 200"];
    let told: &[&str] = &["GET /catalogue 200", "POST /report 204"];
    let filled: &[&str] = &["GET /catalogue 200", "POST /restock 204", "POST /report 204"];
    for (body, expected) in [
        ("<catalogue/>", ended),
        (r#"<catalogue open=""><book/><book/></catalogue>"#, told),
        (r#"<catalogue><book/><book/></catalogue>"#, filled),
        (r#"<catalogue open="yes"><book/></catalogue>"#, filled),
        ("<other/>", filled),
        ("<catalogue>", filled),
        ("", filled),
    ] {
        let mut script = catalogue(body);
        for request in expected.iter().skip(1) {
            script = script.on(request.trim_end_matches(" 204")).reply_empty(204);
        }
        route(&script.client(), route::Inputs::new()).await.unwrap();
        script.assert_trace(expected);
    }
}

// Spec, Failure Action Object: `retry` and `goto`, chosen by their criteria in order.
#[tokio::test]
async fn expressions_choose_the_failure_action() {
    let busy = r#"<problem reason="work"><code>late</code><code>busy</code></problem>"#;
    let known = r#"<problem reason="moved"><code>BUSY</code></problem>"#;
    let unknown = r#"<problem reason=""><code>gone</code></problem>"#;
    let xml = "application/xml";
    let script = Script::new()
        .on("GET /catalogue")
        .reply_text(503, xml, busy)
        .on("GET /catalogue")
        .reply_text(503, xml, known)
        .on("POST /report")
        .reply_empty(204);
    route(&script.client(), route::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /catalogue 503",
        "wait 2s",
        "GET /catalogue 503",
        "POST /report 204",
    ]);

    for last in [unknown, "busy"] {
        let script = Script::new()
            .on("GET /catalogue")
            .reply_text(503, xml, busy)
            .on("GET /catalogue")
            .reply_text(503, xml, busy)
            .on("GET /catalogue")
            .reply_text(503, xml, last);
        assert!(!passes!(script, route, route::Inputs::new()));
        script.assert_trace(&[
            "GET /catalogue 503",
            "wait 2s",
            "GET /catalogue 503",
            "wait 2s",
            "GET /catalogue 503",
        ]);
    }
}
