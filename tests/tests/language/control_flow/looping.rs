//! Loops.

use super::*;

// Semantics, Steps and control flow: "Every run is bounded by `max_steps` of the client".
#[tokio::test]
async fn a_loop_without_an_end_is_stopped() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /books/7")
        .reply(200, book());
    let client = Client::builder()
        .transport(script.clone())
        .source("shelf", |api| api.base_url("http://shelf.test"))
        .max_steps(3)
        .timeout(None)
        .build()
        .unwrap();
    let error = until_sold_out(&client, until_sold_out::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /books/7 200", "GET /books/7 200", "GET /books/7 200"]);
    assert!(matches!(error.kind(), ErrorKind::TooManySteps), "{error}");
}

// The same line: a run that needs exactly as many attempts as it may make is not stopped.
#[tokio::test]
async fn a_loop_that_ends_in_time_is_not_stopped() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /books/7")
        .reply(200, book_with(json!({ "inPrint": false })));
    let client = Client::builder()
        .transport(script.clone())
        .source("shelf", |api| api.base_url("http://shelf.test"))
        .max_steps(3)
        .timeout(None)
        .build()
        .unwrap();
    until_sold_out(&client, until_sold_out::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 200", "GET /books/7 200", "GET /books/7 200"]);
}

// Semantics, Steps and control flow: "re-executed steps overwrite their outputs when they succeed".
#[tokio::test]
async fn a_step_that_succeeds_again_replaces_its_outputs() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book_with(json!({ "price": 5.5 })))
        .on("GET /facts")
        .reply(200, json!({ "again": true }))
        .on("GET /books/7")
        .reply(200, book_with(json!({ "price": 6.5 })))
        .on("GET /facts")
        .reply(200, json!({ "again": false }))
        .on("POST /log")
        .json(json!({ "event": "price", "price": 6.5 }))
        .reply_empty(204);
    watch_price(&script.client(), watch_price::Inputs::new()).await.unwrap();
    script.assert_requests(&[
        "GET /books/7 200",
        "GET /facts 200",
        "GET /books/7 200",
        "GET /facts 200",
        "POST /log 204",
    ]);
}

// Semantics, Steps and control flow: they "leave the earlier ones when they fail".
#[tokio::test]
async fn a_step_that_fails_the_second_time_keeps_its_first_outputs() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book_with(json!({ "price": 5.5 })))
        .on("GET /facts")
        .reply(200, json!({ "again": true }))
        .on("GET /books/7")
        .reply(404, json!({ "message": "gone", "price": 1 }))
        .on("POST /log")
        .json(json!({ "event": "price", "price": 5.5 }))
        .reply_empty(204);
    watch_price(&script.client(), watch_price::Inputs::new()).await.unwrap();
    script.assert_requests(&[
        "GET /books/7 200",
        "GET /facts 200",
        "GET /books/7 404",
        "POST /log 204",
    ]);
}

// Semantics, Steps and control flow: "A failed step records no outputs"; Values: an absent member of a payload object
// is left out.
#[tokio::test]
async fn a_step_that_fails_the_first_time_has_no_outputs() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(404, json!({ "message": "gone", "price": 1 }))
        .on("POST /log")
        .json(json!({ "event": "price" }))
        .reply_empty(204);
    watch_price(&script.client(), watch_price::Inputs::new()).await.unwrap();
    script.assert_requests(&["GET /books/7 404", "POST /log 204"]);
}
