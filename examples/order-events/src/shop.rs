//! A shop that publishes an event for each order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arazzo::{Broker, Message};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

/// Starts the shop at a free port, and returns its URL.
pub async fn start<B: Broker + 'static>(broker: B) -> std::io::Result<String> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let (broker, numbers) = (Arc::new(broker), Arc::new(AtomicUsize::new(1)));
    let place = move |Json(order): Json<Value>| {
        let (broker, numbers) = (Arc::clone(&broker), Arc::clone(&numbers));
        async move { place(&*broker, &numbers, &order).await }
    };
    let app = Router::new().route("/orders", post(place));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(url)
}

async fn place<B: Broker>(broker: &B, numbers: &AtomicUsize, order: &Value) -> (StatusCode, Json<Value>) {
    let id = format!("order-{}", numbers.fetch_add(1, Ordering::Relaxed));
    let event = json!({ "orderId": id, "item": order["item"] });
    let message = Message::new("orders.placed", event.to_string())
        .with_content_type("application/json")
        .with_header("orderId", &id);
    match broker.publish(message).await {
        Ok(()) => (StatusCode::CREATED, Json(json!({ "orderId": id }))),
        Err(error) => (StatusCode::BAD_GATEWAY, Json(json!({ "error": error.to_string() }))),
    }
}
