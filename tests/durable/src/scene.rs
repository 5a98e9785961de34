//! An engine, the API and the worker of one test.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::api::{Api, Seen};
use crate::engine::{Engine, Worker};
use crate::until;
use crate::worker::Settings;

/// An engine, the API and the worker of one test.
pub struct Scene<E> {
    /// The engine.
    pub engine: E,
    /// The API.
    pub api: Api,
    /// What workers are started with.
    pub settings: Settings,
    /// The worker.
    pub worker: Worker,
}

impl<E: Engine> Scene<E> {
    /// Starts everything. Returns `None` if the engine is not installed.
    pub async fn set(settings: Settings) -> Option<Self> {
        let engine = E::start().await?;
        let api = Api::start().await.unwrap();
        let settings = Settings {
            api: api.url.clone(),
            ..settings
        };
        Some(Self::beside(engine, api, settings).await)
    }

    /// Starts a worker for an engine, with the API of another scene.
    pub async fn beside(engine: E, api: Api, settings: Settings) -> Self {
        let worker = engine.work(E::PLACE, &settings).await;
        engine.register(&worker).await;
        Self {
            engine,
            api,
            settings,
            worker,
        }
    }

    /// Starts another worker in the place of the one that was killed.
    pub async fn restart(&mut self) {
        self.worker = self.engine.work(&self.worker.place, &self.settings).await;
    }

    /// Starts an order.
    pub async fn start(&self, key: &str) {
        self.engine
            .send(&self.worker.place, key, json!({ "customer": key }))
            .await;
    }

    /// Waits until the status has this `state`.
    pub async fn reached(&self, key: &str, state: &str) -> Value {
        until(&format!("{key} to be {state}"), async || {
            let status = self.engine.status(key).await?;
            (status["state"] == state).then_some(status)
        })
        .await
    }

    /// Waits until inputs are asked for, after this number of earlier questions.
    pub async fn question(&self, key: &str, asked: u32) -> Value {
        until(&format!("{key} to ask"), async || {
            let status = self.engine.status(key).await?;
            (status["state"] == "awaiting" && status["asked"] == asked).then_some(status)
        })
        .await
    }

    /// Waits for the question of an order, and returns the code that the person reads off the slip.
    pub async fn code(&self, key: &str) -> String {
        let status = self.reached(key, "awaiting").await;
        assert_eq!(status["inputs"], json!(["code"]), "{status}");
        slip(&status)
    }

    /// Answers the question of an order.
    pub async fn approve(&self, key: &str) {
        let code = self.code(key).await;
        self.engine.provide(key, json!({ "code": code })).await.unwrap();
    }

    /// Waits for the end of an order, and checks its outputs.
    pub async fn end(&self, key: &str) {
        check(&self.engine.end(key).await.unwrap());
    }
}

/// The code on the slip of the order that a person is shown.
#[must_use]
pub fn slip(status: &Value) -> String {
    format!("code-of-{}", status["details"]["show"]["orderId"].as_str().unwrap())
}

/// Checks the outputs of an order: they are those without faults.
pub fn check(outputs: &Value) {
    let order = outputs["orderId"].as_str().unwrap();
    let expected = json!({
        "orderId": order, "paymentId": format!("payment-of-{order}"), "receipt": format!("receipt-of-{order}"),
    });
    assert_eq!(*outputs, expected);
}

/// Checks what the API has seen: each successful request once, or again with the same key in the one window that no
/// engine can close. Returns how many were repeated.
#[must_use]
pub fn repeated(log: &[Seen], orders: usize) -> usize {
    let mut succeeded: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for seen in log.iter().filter(|seen| seen.status < 300) {
        assert!(!seen.key.is_empty(), "{seen:?}");
        succeeded.entry((seen.operation, &seen.of)).or_default().push(&seen.key);
    }
    assert_eq!(succeeded.len(), 3 * orders, "place, pay and approve of each order");
    for (request, keys) in &succeeded {
        assert_eq!(
            keys.iter().collect::<BTreeSet<_>>().len(),
            1,
            "{request:?} had several keys"
        );
    }
    succeeded.values().map(|keys| keys.len() - 1).sum()
}
