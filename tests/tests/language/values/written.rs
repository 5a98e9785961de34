//! Payloads.

use super::*;

// Spec, Request Body Object: the payload "can contain Runtime Expressions"; Runtime Expressions: they "preserve the type
// of the referenced value". Semantics, Values: an absent member of an object is left out, an absent element of an array
// is null, "JSON `null` is a value, not an absence".
#[tokio::test]
async fn a_payload_keeps_types_and_literals_and_leaves_out_what_is_not_there() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "title": "Dune",
            "copies": 3,
            "price": 9.5,
            "gift": true,
            "author": { "born": 1920, "name": "Frank" },
            "tags": [null, null, "sf", 1984],
            "nested": {
                "deeper": [{ "title": "Dune" }],
                "fixed": 12,
                "share": 0.5,
                "sold": false,
                "nothing": null,
            },
            "label": r#"Dune: 3 for 9.5, gift: true, by {"born":1920,"name":"Frank"}!"#,
            "only": "3",
        }))
        .reply(200, json!({}));
    send_inputs(&script.client(), dune()).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// The same lines, with everything there.
#[tokio::test]
async fn a_payload_holds_what_is_there() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "title": "Dune",
            "copies": 3,
            "price": 9.5,
            "gift": true,
            "author": { "born": 1920, "name": "Frank" },
            "tags": ["classic", "long", "sf", 1984],
            "nested": {
                "note": "a \"note\"",
                "deeper": [{ "note": "a \"note\"", "title": "Dune" }],
                "fixed": 12,
                "share": 0.5,
                "sold": false,
                "nothing": null,
            },
            "label": r#"Dune: 3 for 9.5, gift: true, by {"born":1920,"name":"Frank"}!"#,
            "only": "3",
        }))
        .reply(200, json!({}));
    let inputs = dune().first_tag("classic").last_tag("long").note("a \"note\"");
    send_inputs(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Values: an absent value "inside an embedding the step fails with an error that names it".
#[tokio::test]
async fn an_embedding_of_something_that_is_not_there_is_an_error_that_names_it() {
    let script = Script::new();
    let error = embed_note(&script.client(), embed_note::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&[]);
    assert!(error.to_string().contains("note"), "{error}");
    assert!(format!("{:?}", error.step()).contains("send"), "{:?}", error.step());
    assert_eq!(error.status(), None);

    let script = Script::new()
        .on("POST /echo")
        .json(json!({ "text": "Note: " }))
        .reply(200, json!({}));
    embed_note(&script.client(), embed_note::Inputs::new().note(""))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Values: null and absence stay apart; spec, Runtime Expressions: null, arrays and objects in embeddings.
#[tokio::test]
async fn a_null_travels_on_and_what_is_not_there_does_not() {
    let script = Script::new()
        .on("GET /facts")
        .reply(200, json!({ "nothing": null, "list": [1, "b", null, { "c": true }] }))
        .on("POST /echo")
        .json(json!({
            "nothing": null,
            "both": [null, null],
            "list": [1, "b", null, { "c": true }],
            "text": r#"null|[1,"b",null,{"c":true}]"#,
        }))
        .reply(200, json!({}));
    pass_values(&script.client(), pass_values::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /facts 200", "POST /echo 200"]);
}

// Spec, Runtime Expressions: "If the value is already a string […], it is embedded as-is"; "Scalar values (string,
// number, boolean, null) are converted to their string representation".
#[tokio::test]
async fn strings_and_booleans_are_embedded_as_they_are() {
    let script = Script::new()
        .on("GET /facts")
        .reply(200, json!({ "nothing": "a \"b\" \\ c", "missing": 1, "list": false }))
        .on("POST /echo")
        .json(json!({
            "nothing": "a \"b\" \\ c",
            "missing": 1,
            "both": ["a \"b\" \\ c", 1],
            "list": false,
            "text": "a \"b\" \\ c|false",
        }))
        .reply(200, json!({}));
    pass_values(&script.client(), pass_values::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /facts 200", "POST /echo 200"]);
}

// Semantics, Values: "A string that starts with `$` but is not an expression by the grammar […] is a literal";
// "`$sourceDescriptions.x.url` is the text of the document".
#[tokio::test]
async fn strings_that_only_look_like_expressions_are_sent_as_they_are() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!({
            "price": "$5",
            "query": "$.items",
            "filter": "$.items[*]",
            "dollar": "$",
            "change": "5 $",
            "empty": "",
            "source": "./api.yml",
            "link": "see ./api.yml",
        }))
        .reply(200, json!({}));
    send_literals(&script.client(), send_literals::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Requests: "A string with a JSON content type is sent […] as a JSON string otherwise".
#[tokio::test]
async fn a_text_as_the_whole_payload_is_a_json_string() {
    let script = Script::new()
        .on("POST /echo")
        .json(json!("Hello \"Ada\""))
        .reply(200, json!({}));
    send_text(&script.client(), send_text::Inputs::new(String::from("\"Ada\"")))
        .await
        .unwrap();
    script.assert_trace(&["POST /echo 200"]);
}

// Semantics, Requests: "a payload that is one expression keeps its type, so a string is sent quoted".
#[tokio::test]
async fn one_expression_as_the_whole_payload_keeps_its_type() {
    for value in [
        json!({ "b": [1, null], "a": {} }),
        json!([]),
        json!(12),
        json!(true),
        json!(null),
        json!("plain"),
        json!("{\"a\":1}"),
        json!("[1]"),
        json!("12"),
    ] {
        let script = Script::new().on("POST /echo").json(value.clone()).reply(200, json!({}));
        send_one_value(&script.client(), send_one_value::Inputs::new(value))
            .await
            .unwrap();
        script.assert_trace(&["POST /echo 200"]);
    }
}
