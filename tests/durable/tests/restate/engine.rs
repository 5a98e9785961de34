//! Restate.

use std::path::Path;
use std::time::Duration;

use arazzo_durable_tests::{Engine, ORDER, Settings, Worker};
use serde_json::Value;

use crate::restate::Restate;

impl Engine for Restate {
    const PLACE: &'static str = "127.0.0.1:0";
    const OTHER: &'static str = "127.0.0.2:0";

    async fn start() -> Option<Self> {
        Restate::start().await
    }

    fn directory(&self) -> &Path {
        Restate::directory(self)
    }

    async fn work(&self, place: &str, settings: &Settings) -> Worker {
        let program = env!("CARGO_BIN_EXE_restate-worker");
        Worker::start(program, Restate::directory(self), place, settings, &[]).await
    }

    async fn register(&self, worker: &Worker) {
        Restate::register(self, &format!("http://{}", worker.place)).await;
    }

    /// New runs go to the service that was registered last.
    async fn send(&self, _: &str, key: &str, inputs: Value) {
        let (status, body) = Restate::send(self, ORDER, key, inputs).await;
        assert_eq!(status, 202, "{body}");
    }

    async fn status(&self, key: &str) -> Option<Value> {
        let (status, body) = self.status_in(ORDER, key, Duration::from_secs(1)).await?;
        (status == 200).then_some(body)
    }

    async fn provide(&self, key: &str, inputs: Value) -> Result<(), String> {
        match Restate::provide(self, ORDER, key, inputs).await {
            (200, _) => Ok(()),
            (400 | 409, body) => Err(body["message"].as_str().unwrap().to_owned()),
            other => panic!("{other:?}"),
        }
    }

    async fn post(&self, key: &str, inputs: Value) {
        self.send_to(ORDER, key, "provide", inputs).await;
    }

    async fn stored(&self, key: &str) -> Value {
        let (status, stored) = self.call(ORDER, key, "stored").await;
        assert_eq!(status, 200, "{stored}");
        stored
    }

    async fn end(&self, key: &str) -> Result<Value, (u16, String)> {
        match Restate::end(self, ORDER, key).await {
            (200, outputs) => Ok(outputs),
            (status, body) => Err((status, body["message"].as_str().unwrap().to_owned())),
        }
    }

    /// The files of the stopped server.
    async fn journal(&mut self, _: &[&str]) -> Vec<(String, Vec<u8>)> {
        self.stop();
        let mut files = Vec::new();
        read(Restate::directory(self), &mut files);
        files
    }
}

fn read(directory: &Path, files: &mut Vec<(String, Vec<u8>)>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, files);
        } else if path.is_file() {
            files.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
}
