//! The API that the workflow calls. It knows requests again by their idempotency keys.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Path, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::{Value, json};

/// How long the secret of the customer `large` is, in bytes.
const LARGE: usize = 3 << 20;

/// A request that the API has received.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// `place`, `pay` or `approve`.
    pub operation: &'static str,
    /// The order; the customer for `place`.
    pub of: String,
    /// The idempotency key.
    pub key: String,
    /// The status of the response.
    pub status: u16,
}

type Hook = Box<dyn FnMut(&Seen) + Send>;

#[derive(Default)]
struct Shop {
    orders: usize,
    answers: HashMap<String, (StatusCode, Value)>,
    busy: HashMap<String, bool>,
    log: Vec<Seen>,
    hook: Option<Hook>,
}

/// A server on loopback.
#[derive(Clone)]
pub struct Api {
    /// Its URL.
    pub url: String,
    shop: Arc<Mutex<Shop>>,
}

impl Api {
    /// Starts the server.
    ///
    /// # Errors
    /// No port is available.
    pub async fn start() -> std::io::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let api = Self {
            url,
            shop: Arc::default(),
        };
        let router = Router::new()
            .route("/orders", post(place))
            .route("/orders/{order}/payments", post(pay))
            .route("/orders/{order}/approval", post(approve))
            .with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok(api)
    }

    /// Calls a function after each request was processed and before the response is sent.
    pub fn watch(&self, hook: impl FnMut(&Seen) + Send + 'static) {
        self.shop().hook = Some(Box::new(hook));
    }

    /// Returns all requests so far.
    #[must_use]
    pub fn log(&self) -> Vec<Seen> {
        self.shop().log.clone()
    }

    fn shop(&self) -> MutexGuard<'_, Shop> {
        self.shop.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers a request, or repeats the answer to an equal one.
    fn answer(
        &self,
        operation: &'static str,
        of: String,
        headers: &HeaderMap,
        answer: impl FnOnce(&mut Shop) -> (StatusCode, Value),
    ) -> Response {
        let key = headers
            .get("idempotency-key")
            .and_then(|key| key.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let mut shop = self.shop();
        let known = shop.answers.get(&key).filter(|_| !key.is_empty()).cloned();
        let (status, body) = known.unwrap_or_else(|| answer(&mut shop));
        if status.is_success() {
            shop.answers.insert(key.clone(), (status, body.clone()));
        }
        let seen = Seen {
            operation,
            of,
            key,
            status: status.as_u16(),
        };
        shop.log.push(seen.clone());
        if let Some(hook) = &mut shop.hook {
            hook(&seen);
        }
        match status {
            StatusCode::TOO_MANY_REQUESTS => (status, [(RETRY_AFTER, "2")]).into_response(),
            _ => (status, Json(body)).into_response(),
        }
    }
}

async fn place(State(api): State<Api>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let customer = body["customer"].as_str().unwrap_or_default().to_owned();
    let of_large = customer == "large";
    api.answer("place", customer, &headers, |shop| {
        shop.orders += 1;
        let order = format!("order-{}", shop.orders);
        let length = if of_large { LARGE } else { 0 };
        let secret = format!("{order}-hush{}", "!".repeat(length));
        (StatusCode::CREATED, json!({ "secret": secret, "orderId": order }))
    })
}

async fn pay(State(api): State<Api>, Path(order): Path<String>, headers: HeaderMap) -> Response {
    api.answer("pay", order.clone(), &headers, |shop| {
        if !std::mem::replace(shop.busy.entry(order.clone()).or_default(), true) {
            return (StatusCode::TOO_MANY_REQUESTS, Value::Null);
        }
        (
            StatusCode::CREATED,
            json!({ "paymentId": format!("payment-of-{order}") }),
        )
    })
}

async fn approve(
    State(api): State<Api>,
    Path(order): Path<String>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    api.answer("approve", order.clone(), &headers, |_| {
        if body["code"] == format!("code-of-{order}") {
            (StatusCode::OK, json!({ "receipt": format!("receipt-of-{order}") }))
        } else {
            (
                StatusCode::UNPROCESSABLE_ENTITY,
                json!({ "reason": "not the code of the slip" }),
            )
        }
    })
}
