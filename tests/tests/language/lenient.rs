//! `dialect = lenient`: what contradicts the specification and has one obvious meaning is a warning, and that meaning
//! runs; `lints` decides code by code.

use arazzo_tests::script::{Script, book_with};
use serde_json::json;

mod lenient {
    #![allow(deprecated)]
    arazzo::arazzo_workflow! { "language/lenient.yml", dialect = lenient }
}
mod allowed {
    arazzo::arazzo_workflow! {
        "language/lenient.yml",
        lints = {
            allow(
                unqualified_operation, unbraced_expression, bracket_index, jsonpath_comparison, double_quoted_string,
                body_needs_pointer, headers_plural, operation_id_prefix, output_path_dotted,
            ),
            allow(
                operation_path_source, operation_id_case, jsonpath_unbraced_expression, unused_source,
                unknown_response_pointer, nested_name, optional_into_required,
            ),
        },
    }
}

fn script() -> Script {
    let items = json!([
        book_with(json!({ "id": 1, "title": "Emma" })),
        book_with(json!({ "id": 2 }))
    ]);
    Script::new()
        .on("GET /books?genre=the%20sea%20and%20sea&limit=5")
        .reply(200, json!({ "items": items, "total": 2, "next": "p2" }))
        .on("GET /books/2")
        .reply(200, book_with(json!({ "title": "Dune" })))
        // `page.total` is `page#/total`.
        .on("GET /books/2")
        .reply(200, book_with(json!({})))
        .on("POST /echo")
        .json(json!({ "first": "Emma", "kind": "application/json", "next": "p2" }))
        .reply(200, json!({ "names": ["sea", "land"] }))
}

#[tokio::test]
async fn obvious_meanings_run() {
    let script = script();
    let inputs = lenient::read_leniently::Inputs::new("sea").page_size(5);
    let outputs = lenient::read_leniently(&script.client(), inputs).await.unwrap();
    assert_eq!(outputs.title, "Dune");
    assert_eq!(script.trace().len(), 4);
}

#[tokio::test]
async fn what_is_allowed_means_the_same() {
    let script = script();
    let inputs = allowed::read_leniently::Inputs::new("sea").page_size(5);
    let outputs = allowed::read_leniently(&script.client(), inputs).await.unwrap();
    assert_eq!(outputs.title, "Dune");
}

/// A comparison that is written as JSONPath is one: an array of one item is not longer than one.
#[tokio::test]
async fn comparisons_compare() {
    let item = book_with(json!({ "id": 1 }));
    for body in [
        json!({ "items": [item], "total": 2, "next": "p2" }),
        json!({ "items": [item, item], "total": 3, "next": "p2" }),
        json!({ "items": [item, item], "total": 2, "next": "p3" }),
    ] {
        let script = Script::new()
            .on("GET /books?genre=the%20sea%20and%20sea")
            .reply(200, body.clone());
        let inputs = lenient::read_leniently::Inputs::new("sea");
        let error = lenient::read_leniently(&script.client(), inputs).await.unwrap_err();
        assert!(matches!(error.kind(), arazzo::ErrorKind::Criterion), "{body}: {error}");
    }
}

/// The value is compared as it is, whatever it says.
#[tokio::test]
async fn a_value_in_a_query_is_a_literal() {
    let items = json!([
        book_with(json!({ "id": 1, "title": "Emma" })),
        book_with(json!({ "id": 2 }))
    ]);
    let script = Script::new()
        .on("GET /books?genre=the%20x%27%20%7C%7C%20%27%20and%20x%27%20%7C%7C%20%27")
        .reply(200, json!({ "items": items, "total": 2, "next": "p2" }))
        .on("GET /books/2")
        .reply(200, book_with(json!({})))
        .on("GET /books/2")
        .reply(200, book_with(json!({})))
        .on("POST /echo")
        .reply(200, json!({ "names": ["sea"] }));
    let inputs = lenient::read_leniently::Inputs::new("x' || '");
    let error = lenient::read_leniently(&script.client(), inputs).await.unwrap_err();
    assert!(matches!(error.kind(), arazzo::ErrorKind::Criterion), "{error}");
}
