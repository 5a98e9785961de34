//! What a step can say about its own request.

use super::*;

// Spec, Runtime Expressions: `$url`, `$method`, `$statusCode`, `$request.path`, `$request.query`, `$request.header`,
// `$response.header`; semantics, Values: "`$url` is the request's final URL, query included; `$method` is upper case;
// `$request.*` are the values as given; […] a header has the type its schema declares".
#[tokio::test]
async fn outputs_may_hold_the_request_and_the_headers_of_the_response() {
    let script = Script::new()
        .on("GET /books/7?edition=2")
        .header("X-Reader", "ada")
        .reply_with(200, &[("ETag", "\"v1\""), ("X-Copies", "12")], book());
    let inputs = describe_read::Inputs::new(7, String::from("ada")).edition(2);
    let outputs = describe_read(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["GET /books/7?edition=2 200"]);
    assert_eq!(json_of(&outputs.url), "http://shelf.test/books/7?edition=2");
    assert_eq!(json_of(&outputs.method), "GET");
    assert_eq!(json_of(&outputs.status), 200);
    assert_eq!(json_of(&outputs.sent_id), 7);
    assert_eq!(json_of(&outputs.sent_edition), 2);
    assert_eq!(json_of(&outputs.sent_reader), "ada");
    assert_eq!(json_of(&outputs.tag), "\"v1\"");
    assert_eq!(json_of(&outputs.copies), 12);
}

// Semantics, Values: "as an output it is `None`": a parameter that was left out and headers that were not sent.
#[tokio::test]
async fn outputs_are_none_where_the_request_or_the_response_has_nothing_to_say() {
    let script = Script::new().on("GET /books/7").reply(200, book());
    let inputs = describe_read::Inputs::new(7, String::from("ada"));
    let outputs = describe_read(&script.client(), inputs).await.unwrap();
    script.assert_trace(&["GET /books/7 200"]);
    assert_eq!(json_of(&outputs.url), "http://shelf.test/books/7");
    assert_eq!(json_of(&outputs.sent_edition), Value::Null);
    assert_eq!(json_of(&outputs.tag), Value::Null);
    assert_eq!(json_of(&outputs.copies), Value::Null);
}

// Spec, Runtime Expressions, Examples: `$request.body#/user/uuid`. An output may be called like a keyword of Rust:
// semantics, Names.
#[tokio::test]
async fn outputs_may_hold_the_body_that_was_sent() {
    let script = Script::new()
        .on("POST /books")
        .json(json!({ "title": "Dune", "price": 9.5 }))
        .reply_with(201, &[("Location", "/books/7")], book());
    let outputs = describe_write(&script.client(), describe_write::Inputs::new(String::from("Dune")))
        .await
        .unwrap();
    script.assert_trace(&["POST /books 201"]);
    assert_eq!(json_of(&outputs.method), "POST");
    assert_eq!(json_of(&outputs.sent), json!({ "title": "Dune", "price": 9.5 }));
    assert_eq!(json_of(&outputs.sent_title), "Dune");
    assert_eq!(json_of(&outputs.r#where), "/books/7");
}
