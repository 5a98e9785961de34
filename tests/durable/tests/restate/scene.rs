//! An engine, the API and the service of one test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use arazzo_durable_tests::{Api, Seen, Settings};
use serde_json::{Value, json};

use crate::patience::until;
use crate::process::Process;
use crate::restate::Restate;

/// The name of the workflow.
pub const ORDER: &str = "order";

/// The service in a process. Clones are the same one.
#[derive(Clone)]
pub struct Worker {
    pub process: Arc<Mutex<Process>>,
    pub url: String,
}

impl Worker {
    pub async fn start(directory: &Path, address: &str, settings: &Settings) -> Self {
        let output = directory.join(format!("worker-{}.log", address.replace(':', "-")));
        let process = Process::start(env!("CARGO_BIN_EXE_restate-worker"), output, |command| {
            command.arg(address).env("API", &settings.api);
            for (name, set) in [("SEALED", settings.sealed), ("NEWER", settings.newer)] {
                if set {
                    command.env(name, "1");
                }
            }
        });
        let process = Mutex::new(process);
        let url = until("the service", async || {
            process.lock().unwrap().lines().into_iter().next()
        })
        .await;
        Self {
            process: Arc::new(process),
            url,
        }
    }

    pub fn kill(&self) {
        self.process.lock().unwrap().kill();
    }

    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }
}

/// An engine, the API, and the service of one test.
pub struct Scene {
    pub restate: Restate,
    pub api: Api,
    pub settings: Settings,
    pub worker: Worker,
}

impl Scene {
    pub async fn set(sealed: bool) -> Option<Self> {
        let restate = Restate::start().await?;
        let api = Api::start().await.unwrap();
        let settings = Settings {
            api: api.url.clone(),
            sealed,
            newer: false,
        };
        let worker = Worker::start(restate.directory(), "127.0.0.1:0", &settings).await;
        restate.register(&worker.url).await;
        Some(Self {
            restate,
            api,
            settings,
            worker,
        })
    }

    pub async fn restart(&mut self) {
        self.worker = Worker::start(self.restate.directory(), self.worker.address(), &self.settings).await;
    }

    pub async fn start(&self, key: &str) {
        let (status, body) = self.restate.send(ORDER, key, json!({ "customer": key })).await;
        assert_eq!(status, 202, "{body}");
    }

    /// Waits for the question of an order, and returns the code that the person reads off the slip.
    pub async fn code(&self, key: &str) -> String {
        let status = self.restate.until(ORDER, key, "awaiting").await;
        assert_eq!(status["inputs"], json!(["code"]), "{status}");
        format!("code-of-{}", status["details"]["show"]["orderId"].as_str().unwrap())
    }

    pub async fn approve(&self, key: &str) {
        let code = self.code(key).await;
        let (status, body) = self.restate.provide(ORDER, key, json!({ "code": code })).await;
        assert_eq!(status, 200, "{body}");
    }

    pub async fn end(&self, key: &str) {
        let (status, outputs) = self.restate.end(ORDER, key).await;
        assert_eq!(status, 200, "{outputs}");
        check(&outputs);
    }
}

/// The outputs of an order, as they are without faults.
pub fn check(outputs: &Value) {
    let order = outputs["orderId"].as_str().unwrap();
    let expected = json!({
        "orderId": order, "paymentId": format!("payment-of-{order}"), "receipt": format!("receipt-of-{order}"),
    });
    assert_eq!(*outputs, expected);
}

/// Checks what the API has seen: each successful request once, or again with the same key in the one window that no
/// engine can close. Returns how many were repeated.
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
