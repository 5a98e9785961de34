//! Actions.

use super::*;

// 1.0.1 and 1.1.0, Success Action Object, example: a `goto` with a criterion that is a JSONPath query. By RFC 9535 the
// query looks at the children of the body, and counts nodes, not elements.
#[tokio::test]
async fn a_success_action_is_taken_where_its_query_finds_something() {
    in_both_versions!({
        use actions::queue_for_cake;

        for (body, found) in [
            (json!([{ "cakes": ["rye"] }]), true),
            (json!([{ "pies": 1 }, { "cakes": [] }]), true),
            (json!({ "today": { "cakes": 3 } }), true),
            (json!([{ "pies": ["rye"] }]), false),
            (json!([]), false),
            (json!({ "cakes": ["rye"] }), false),
        ] {
            let script = Script::new().on("GET /counter").reply(200, body.clone());
            let script = if found {
                script.on("POST /queue").reply(201, json!({ "place": 4 }))
            } else {
                script
                    .on("POST /notes")
                    .json(json!({ "task": "bake" }))
                    .reply_empty(204)
            };
            let outputs = queue_for_cake(&client(&script), queue_for_cake::Inputs::new())
                .await
                .unwrap();
            let second = if found { "POST /queue 201" } else { "POST /notes 204" };
            script.assert_trace(&["GET /counter 200", second]);
            let place = if found { json!(4) } else { Value::Null };
            assert_eq!(json_of(&outputs.place), place, "{body}");
        }
    });
}

// 1.0.1 and 1.1.0, Failure Action Object, example: a second between the attempts, five more of them, only where the
// service is unavailable.
#[tokio::test]
async fn a_failure_action_tries_again() {
    in_both_versions!({
        use actions::look_again;

        let script = Script::new()
            .on("GET /counter")
            .reply(503, problem())
            .on("GET /counter")
            .reply(503, problem())
            .on("GET /counter")
            .reply(200, json!({}));
        look_again(&client(&script), look_again::Inputs::new()).await.unwrap();
        script.assert_trace(&[
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 200",
        ]);

        let mut script = Script::new();
        for _ in 0..6 {
            script = script.on("GET /counter").reply(503, problem());
        }
        let error = look_again(&client(&script), look_again::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&[
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
            "wait 1s",
            "GET /counter 503",
        ]);
        assert_eq!(error.attempts(), 6);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(503));

        let script = Script::new().on("GET /counter").reply(500, problem());
        look_again(&client(&script), look_again::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&["GET /counter 500"]);
    });
}
