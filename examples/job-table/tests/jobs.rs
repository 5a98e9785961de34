//! The program with a real table, against a shop on loopback.

#![allow(clippy::expect_used, reason = "a test")]

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::http::StatusCode;
use axum::routing::{get, post};
use serde_json::{Value, json};

/// The shop: it is busy at the first order, and every order is sent.
async fn shop() -> String {
    let orders = Arc::new(AtomicUsize::new(0));
    let order = move || {
        let first = orders.fetch_add(1, Ordering::Relaxed) == 0;
        async move {
            if first {
                return (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "message": "busy" })));
            }
            (StatusCode::CREATED, Json(json!({ "orderId": "o1", "state": "open" })))
        }
    };
    let app = axum::Router::new()
        .route("/books/7", get(|| async { Json(json!({ "title": "Dune" })) }))
        .route("/orders", post(order))
        .route(
            "/orders/o1",
            get(|| async { Json(json!({ "orderId": "o1", "state": "sent" })) }),
        )
        .route(
            "/reviews",
            post(|| async { (StatusCode::CREATED, Json(json!({ "reviewId": "r1" }))) }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    format!("http://{address}")
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_three_workflows_are_stored_listed_and_resumed() {
    let directory = tempfile::tempdir().expect("a directory");
    let url = shop().await;
    let program = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_job-table"))
            .args(arguments)
            .env("JOBS", directory.path().join("jobs.sqlite"))
            .env("SHOP_URL", &url)
            .output()
            .expect("the program");
        let said = [output.stdout, output.stderr].concat();
        String::from_utf8(said).expect("text").trim().to_owned()
    };
    assert_eq!(program(&["add", "order-book", r#"{"bookId": 7}"#]), "1");
    assert_eq!(
        program(&["add", "review-book", r#"{"bookId": 7, "text": "long"}"#]),
        "2"
    );
    assert_eq!(program(&["add", "track-order", r#"{"orderId": "o1"}"#]), "3");
    assert_eq!(program(&["resume", "1", "{}"]), "needs address");
    assert_eq!(
        program(&["resume", "1", r#"{"address": "Long Lane 3"}"#]),
        "resume in 60 s"
    );
    let listed = "1 order-book at order: resume in 60 s\n2 review-book at look: new\n3 track-order at poll: new";
    assert_eq!(program(&["list"]), listed);
    let done = |job: &str| -> Value {
        let said = program(&["resume", job, "{}"]);
        let outputs = said.strip_prefix("done: ").unwrap_or_else(|| panic!("{said}"));
        serde_json::from_str(outputs).expect("JSON")
    };
    assert_eq!(
        done("1"),
        json!({ "title": "Dune", "order": { "orderId": "o1", "state": "open" } })
    );
    assert_eq!(done("2"), json!({ "book": { "title": "Dune" }, "reviewId": "r1" }));
    assert_eq!(done("3"), json!({ "order": { "orderId": "o1", "state": "sent" } }));
    let wrong = program(&["add", "order-book", r#"{"bookId": "7"}"#]);
    assert!(
        wrong.contains("expected an integer at `/bookId`, found a string"),
        "{wrong}"
    );
}
