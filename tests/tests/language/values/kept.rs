//! What travels on.

use super::*;

// Semantics, Values: "Numbers embedded or compared keep the spelling they came with (`2.0` stays `2.0`, integers keep
// every digit)".
#[tokio::test]
async fn numbers_keep_their_spelling_on_the_way() {
    let facts = r#"{"numbers":{"float":2.0,"large":123456789012345678901234567890,"money":1.50}}"#;
    let dune = book().to_string().replace("9.5", "2.50");
    let script = Script::new()
        .on("GET /facts")
        .reply_json_text(200, facts)
        .on("GET /books/7")
        .reply_json_text(200, &dune)
        .on("POST /echo")
        .reply(200, json!({}));
    keep_numbers(&script.client(), keep_numbers::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /facts 200", "GET /books/7 200", "POST /echo 200"]);

    let body = dense(&script.body(2));
    assert_eq!(body.matches(r#""float":2.0"#).count(), 2, "{body}");
    assert_eq!(
        body.matches(r#""large":123456789012345678901234567890"#).count(),
        2,
        "{body}"
    );
    assert!(body.contains(r#""money":1.50"#), "{body}");
    assert!(body.contains(r#""price":2.50"#), "{body}");
    assert!(body.contains(r#""id":7"#), "{body}");
    assert!(
        body.contains(r#""text":"2.0/123456789012345678901234567890/2.50""#),
        "{body}"
    );
}

// Semantics, Types of generated values: "Objects that travel on […] are never narrowed by their type: what came from the
// API goes out again […], unknown members included."
#[tokio::test]
async fn objects_travel_on_with_members_that_nobody_has_declared() {
    let came = book_with(json!({
        "shelfMark": { "row": [1, null, { "side": "left" }] },
        "author": { "name": "Frank Herbert", "aliases": ["F. H."], "homeTown": null },
    }));
    let author = came["author"].clone();
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, came.clone())
        .on("PUT /books/8")
        .json(came)
        .reply(200, book())
        .on("POST /echo")
        .json(json!({ "author": author }))
        .reply(200, json!({}));
    put_back(&script.client(), put_back::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 200", "PUT /books/8 200", "POST /echo 200"]);
}
