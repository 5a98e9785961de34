//! The expansions in `tests/golden` compile and run.

use arazzo_tests::script::Script;
use serde_json::json;

#[allow(dead_code)]
mod import {
    include!("../../golden/import.rs");
}
#[allow(dead_code)]
mod stytch {
    include!("../../golden/stytch.rs");
}

#[tokio::test]
async fn the_golden_expansion_runs() {
    use import::import_books;

    let script = Script::new()
        .on("POST /imports")
        .reply(503, json!({}))
        .on("POST /imports")
        .reply(202, json!({ "id": "i1" }))
        .on("GET /imports/i1")
        .reply(202, json!({ "status": "running" }))
        .on("GET /imports/i1")
        .reply(200, json!({ "status": "done" }))
        .on("GET /imports/i1/result")
        .reply(200, json!({ "bookId": 7 }));
    let outputs = import_books(&script.client(), import_books::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /imports 503",
        "wait 2.5s",
        "POST /imports 202",
        "GET /imports/i1 202",
        "GET /imports/i1 200",
        "GET /imports/i1/result 200",
    ]);
    assert_eq!(outputs.book_id, Some(7));
}

#[test]
fn the_first_document_has_its_names() {
    let run = stytch::totp_enrollment::Run::new(stytch::totp_enrollment::PartialInputs::new());
    assert_eq!(run.step(), Some(stytch::totp_enrollment::Step::CreateUser));
}
