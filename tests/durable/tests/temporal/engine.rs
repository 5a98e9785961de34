//! Temporal's test server.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use arazzo_durable_tests::process::Process;
use arazzo_durable_tests::{Engine, Settings, Worker, first, until};
use arazzo_temporal::{Execution, Input};
use prost::Message as _;
use serde_json::Value;
use temporalio_client::errors::{WorkflowGetResultError, WorkflowUpdateError};
use temporalio_client::{
    Client, ClientOptions, Connection, ConnectionOptions, Url, WorkflowHandle, WorkflowStartOptions,
};

/// Both versions of the workflow have the same name and messages.
pub type Order = Execution<first::order::Workflow>;

/// A server on loopback.
pub struct Temporal {
    // Ends before its directory does.
    _process: Process,
    directory: tempfile::TempDir,
    pub client: Client,
    url: String,
}

impl Temporal {
    pub fn handle(&self, key: &str) -> WorkflowHandle<Client, Order> {
        self.client.get_workflow_handle::<Order>(key)
    }
}

impl Engine for Temporal {
    const PLACE: &'static str = "orders";
    const OTHER: &'static str = "orders-2";

    async fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("TEMPORAL_SERVER") else {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| {
                println!(
                    "SKIPPED: TEMPORAL_SERVER is not set to the path of temporal-test-server; nothing was run on it"
                );
            });
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        // The server does not choose a port itself.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let log = directory.path().join("temporal.log");
        let mut process = Process::start(PathBuf::from(program), log, |command| {
            command.arg(port.to_string());
        });
        let url = format!("http://127.0.0.1:{port}");
        let connection = until("the server", async || {
            // Fails if another program has taken the port in the meantime.
            process.lines();
            let options = ConnectionOptions::new(url.parse::<Url>().unwrap()).build();
            Connection::connect(options).await.ok()
        })
        .await;
        Some(Self {
            _process: process,
            directory,
            client: Client::new(connection, ClientOptions::new("default").build()).unwrap(),
            url,
        })
    }

    fn directory(&self) -> &Path {
        self.directory.path()
    }

    async fn work(&self, place: &str, settings: &Settings) -> Worker {
        let program = env!("CARGO_BIN_EXE_temporal-worker");
        let variables = [("TEMPORAL_ADDRESS", self.url.as_str())];
        Worker::start(program, self.directory(), place, settings, &variables).await
    }

    async fn register(&self, _: &Worker) {}

    async fn send(&self, place: &str, key: &str, inputs: Value) {
        // So that a killed worker is noticed soon.
        let options = WorkflowStartOptions::new(place, key).task_timeout(Duration::from_secs(2));
        let inputs = Input::new(&inputs).unwrap();
        let started = self.client.start_workflow(Order::RUN, inputs, options.build());
        started.await.unwrap();
    }

    async fn status(&self, key: &str) -> Option<Value> {
        let handle = self.handle(key);
        let status = handle.query(Order::STATUS, (), Default::default());
        let status = tokio::time::timeout(Duration::from_secs(1), status).await.ok()?;
        Some(serde_json::to_value(status.ok()?).unwrap())
    }

    async fn provide(&self, key: &str, inputs: Value) -> Result<(), String> {
        let inputs = Input::new(&inputs).unwrap();
        match self
            .handle(key)
            .execute_update(Order::PROVIDE, inputs, Default::default())
            .await
        {
            Ok(()) => Ok(()),
            Err(WorkflowUpdateError::Failed(failure)) => Err(failure.message),
            // The execution had ended before this update was looked at.
            Err(WorkflowUpdateError::NotFound(status)) => Err(status.to_string()),
            Err(other) => panic!("{other:?}"),
        }
    }

    async fn post(&self, key: &str, inputs: Value) {
        let (handle, inputs) = (self.handle(key), Input::new(&inputs).unwrap());
        tokio::spawn(async move { handle.execute_update(Order::PROVIDE, inputs, Default::default()).await });
    }

    async fn stored(&self, key: &str) -> Value {
        let stored = self.handle(key).query(Order::STORED, (), Default::default()).await;
        serde_json::from_str(stored.unwrap().get()).unwrap()
    }

    async fn end(&self, key: &str) -> Result<Value, (u16, String)> {
        let handle = self.handle(key);
        let result = tokio::time::timeout(Duration::from_secs(30), handle.get_result(Default::default()));
        match result.await.unwrap() {
            Ok(outputs) => Ok(serde_json::from_str(outputs.get()).unwrap()),
            Err(WorkflowGetResultError::Failed(error)) => {
                let failure = error.failure();
                let status = &failure.maybe_application_failure().unwrap().r#type;
                Err((status.parse().unwrap(), failure.message.clone()))
            }
            Err(other) => panic!("{other:?}"),
        }
    }

    /// The events of the history, with everything that Temporal stores.
    async fn journal(&mut self, keys: &[&str]) -> Vec<(String, Vec<u8>)> {
        let mut parts = Vec::new();
        for key in keys {
            let events = self.handle(key).fetch_history(Default::default()).into_events().await;
            for event in events.unwrap() {
                let name = format!("{key}, {}, {}", event.event_id, event.event_type().as_str_name());
                parts.push((name, event.encode_to_vec()));
            }
        }
        parts
    }
}
