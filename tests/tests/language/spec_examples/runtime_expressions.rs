//! Runtime expressions.

use super::*;

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the rows HTTP Method, Requested media type, Request parameter,
// Request body property, Request URL, Response value, Response header.
#[tokio::test]
async fn expressions_of_a_request_and_its_response() {
    in_both_versions!({
        use expressions::describe_label;

        let script = Script::new()
            .on("PUT /loaves/rye-1/label")
            .header("accept", "application/json;v=2")
            .json(json!({ "owner": { "badge": "b-9" } }))
            .reply_with(200, &[("Server", "oven/2")], json!({ "stage": "done" }));
        let inputs = describe_label::Inputs::new(String::from("rye-1"), String::from("b-9"));
        let outputs = describe_label(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["PUT /loaves/rye-1/label 200"]);
        assert_eq!(json_of(&outputs.method), "PUT");
        assert_eq!(json_of(&outputs.media), "application/json;v=2");
        assert_eq!(json_of(&outputs.loaf), "rye-1");
        assert_eq!(json_of(&outputs.badge), "b-9");
        assert_eq!(json_of(&outputs.sent), json!({ "owner": { "badge": "b-9" } }));
        assert_eq!(json_of(&outputs.url), "http://bakery.test/loaves/rye-1/label");
        assert_eq!(json_of(&outputs.stage), "done");
        assert_eq!(json_of(&outputs.whole), json!({ "stage": "done" }));
        assert_eq!(json_of(&outputs.server), "oven/2");
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the row Workflow input, `$inputs.…`.
#[tokio::test]
async fn expressions_of_inputs() {
    in_both_versions!({
        use expressions::note_baker;

        let script = Script::new()
            .on("POST /notes")
            .json(json!({ "baker": "ada" }))
            .reply_empty(204);
        note_baker(&client(&script), note_baker::Inputs::new(String::from("ada")))
            .await
            .unwrap();
        script.assert_trace(&["POST /notes 204"]);
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the row Step output value, the whole and the part `#/0/id` of it.
#[tokio::test]
async fn expressions_of_outputs_of_steps() {
    in_both_versions!({
        use expressions::pick_loaf;

        let loaves = json!([rye(), { "id": "oat", "kind": "flat" }]);
        let script = Script::new()
            .on("GET /loaves")
            .reply(200, loaves.clone())
            .on("GET /loaves/rye")
            .reply(200, rye())
            .on("POST /notes")
            .json(json!({ "all": loaves, "kind": "sourdough" }))
            .reply_empty(204);
        pick_loaf(&client(&script), pick_loaf::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves 200", "GET /loaves/rye 200", "POST /notes 204"]);
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the rows Workflow input, `$workflows.….inputs.…`, and Workflow output
// value, `$workflows.….outputs.…` and the part `#/name` of one. Workflow Object, dependsOn; semantics: "The argument is
// a `Dependencies` struct".
#[tokio::test]
async fn expressions_of_a_workflow_that_was_completed_before() {
    in_both_versions!({
        use expressions::{bake_dough, knead};

        let script = Script::new()
            .on("POST /doughs")
            .json(json!({ "baker": "ada" }))
            .reply(201, json!({ "name": "spelt", "weight": 900 }))
            .on("POST /notes")
            .json(json!({
                "baker": "ada",
                "weight": 900,
                "dough": { "name": "spelt", "weight": 900 },
                "name": "spelt",
            }))
            .reply_empty(204);
        let client = client(&script);
        let kneaded = knead(&client, knead::Inputs::new(String::from("ada"))).await.unwrap();
        let dependencies = bake_dough::Dependencies {
            knead: kneaded,
            knead_inputs: knead::Inputs::new(String::from("ada")),
        };
        bake_dough(&client, bake_dough::Inputs::new(), dependencies)
            .await
            .unwrap();
        script.assert_trace(&["POST /doughs 201", "POST /notes 204"]);
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the row Workflow output value, `$outputs.…`.
#[tokio::test]
async fn expressions_of_outputs_of_a_workflow() {
    in_both_versions!({
        use expressions::weigh_dough;

        let script = Script::new()
            .on("POST /doughs")
            .json(json!({ "baker": "ada" }))
            .reply(201, json!({ "name": "spelt", "weight": 900 }));
        let outputs = weigh_dough(&client(&script), weigh_dough::Inputs::new()).await.unwrap();
        script.assert_trace(&["POST /doughs 201"]);
        assert_eq!(json_of(&outputs.mass), 900);
        assert_eq!(json_of(&outputs.name), "spelt");
    });
}

// 1.0.1 and 1.1.0, Runtime Expressions, Examples: the row Components parameter.
#[tokio::test]
async fn expressions_of_parameters_of_the_components() {
    in_both_versions!({
        use expressions::list_season;

        let script = Script::new().on("GET /loaves?season=summer").reply(200, json!([]));
        list_season(&client(&script), list_season::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /loaves?season=summer 200"]);
    });
}

// 1.1.0, Runtime Expressions, Examples: the row Response array element.
#[tokio::test]
async fn expressions_of_elements_of_arrays() {
    use expressions_1_1::read_first;

    for (body, first) in [
        (json!({ "items": [{ "id": "i-1" }, { "id": "i-2" }] }), json!("i-1")),
        (json!({ "items": [{ "id": 7 }] }), json!(7)),
        (json!({ "items": [] }), Value::Null),
    ] {
        let script = Script::new().on("GET /counter").reply(200, body);
        let outputs = read_first(&client(&script), read_first::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /counter 200"]);
        assert_eq!(json_of(&outputs.first), first);
    }
}

// 1.1.0, Runtime Expressions, Examples: the row Self URI.
#[tokio::test]
async fn expressions_of_the_document() {
    use expressions_1_1::note_self;

    let script = Script::new()
        .on("POST /notes")
        .json(json!({ "document": "https://bakery.example/spec/expressions-1.1.yml" }))
        .reply_empty(204);
    note_self(&client(&script), note_self::Inputs::new()).await.unwrap();
    script.assert_trace(&["POST /notes 204"]);
}

// 1.1.0, Runtime Expressions, Examples: the row Embedded expressions.
#[tokio::test]
async fn several_expressions_in_one_string() {
    use expressions_1_1::note_link;

    let script = Script::new()
        .on("POST /orders")
        .reply(201, ordered())
        .on("POST /notes")
        .json(json!({ "link": "https://bread.example/orders/41/stage" }))
        .reply_empty(204);
    let inputs = note_link::Inputs::new(String::from("bread.example"));
    note_link(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["POST /orders 201", "POST /notes 204"]);
}

// 1.1.0, Runtime Expressions, grammar: `inputs-reference = input-name [ "#" json-pointer ]`.
#[tokio::test]
async fn expressions_of_parts_of_inputs() {
    use expressions_1_1::note_parts;

    let script = Script::new()
        .on("POST /notes")
        .json(json!({ "second": "oat" }))
        .reply_empty(204);
    let inputs = note_parts::Inputs::new(json!({ "cakes": ["rye", "oat"] }));
    note_parts(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["POST /notes 204"]);
}

// 1.1.0, Runtime Expressions, after the examples: "Runtime expressions preserve the type of the referenced value"; in
// strings, scalars have "their string representation", XML "is embedded as-is", and a structure is "serialized as
// JSON".
#[tokio::test]
async fn expressions_keep_their_type_except_in_strings() {
    use expressions_1_1::note_everything;

    let script = Script::new()
        .on("GET /counter")
        .reply(
            200,
            json!({
                "text": "rye",
                "number": 2.5,
                "truth": true,
                "nothing": null,
                "object": { "a": 1 },
                "array": [1, "b"],
            }),
        )
        .on("GET /mill")
        .reply_text(200, "application/xml", EMPTY_MILL)
        .on("POST /notes")
        .json(json!({
            "text": "rye",
            "number": 2.5,
            "truth": true,
            "nothing": null,
            "object": { "a": 1 },
            "array": [1, "b"],
            "xml": EMPTY_MILL,
            "textInside": "<rye>",
            "numberInside": "<2.5>",
            "truthInside": "<true>",
            "nothingInside": "<null>",
            "objectInside": r#"<{"a":1}>"#,
            "arrayInside": r#"<[1,"b"]>"#,
            "xmlInside": format!("<{EMPTY_MILL}>"),
        }))
        .reply_empty(204);
    note_everything(&client(&script), note_everything::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /counter 200", "GET /mill 200", "POST /notes 204"]);
}

// 1.1.0, Runtime Expressions, Examples: the rows Source description reference and Source description field; Source
// Description Expression Resolution, its three examples.
#[tokio::test]
async fn expressions_of_source_descriptions() {
    use expressions_1_1::note_sources;

    let script = Script::new()
        .on("GET /loaves/rye")
        .reply(200, rye())
        .on("POST /notes")
        .json(json!({ "url": "./bakery-api.yml", "type": "openapi" }))
        .reply_empty(204);
    note_sources(&client(&script), note_sources::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /loaves/rye 200", "POST /notes 204"]);
}

// 1.1.0, Source Description Expression Resolution, after the examples: an operation whose `operationId` is `url` "takes
// precedence" over the field.
#[tokio::test]
async fn an_operation_may_be_called_like_a_field_of_its_source() {
    use expressions_1_1::read_oddly;

    let script = Script::new().on("GET /addresses").reply(200, json!("everywhere"));
    let outputs = read_oddly(&client(&script), read_oddly::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /addresses 200"]);
    assert_eq!(json_of(&outputs.answer), "everywhere");
}

// 1.1.0, Runtime Expressions, Examples: the row Components action, one for success and one for failure.
#[tokio::test]
async fn expressions_of_actions_of_the_components() {
    use expressions_1_1::note_actions;

    let script = Script::new()
        .on("GET /counter")
        .reply(503, problem())
        .on("GET /counter")
        .reply(200, json!({}))
        .on("POST /notes")
        .json(json!({ "task": "sweep" }))
        .reply_empty(204);
    note_actions(&client(&script), note_actions::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /counter 503", "wait 3s", "GET /counter 200", "POST /notes 204"]);
}
