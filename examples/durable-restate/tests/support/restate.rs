use std::path::{Path, PathBuf};
use std::sync::Once;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::patience::until;
use super::process::Process;

/// A Restate server with an empty journal, on ports that it chose itself.
pub struct Restate {
    // Ends before its directory does.
    process: Process,
    directory: TempDir,
    client: reqwest::Client,
    ingress: String,
    admin: String,
}

/// Status and body of a response; a body that is not JSON is a string.
pub type Answer = (u16, Value);

impl Restate {
    /// Starts the server. Returns `None` if `RESTATE_SERVER` is not set.
    pub async fn start() -> Option<Self> {
        let Some(program) = std::env::var_os("RESTATE_SERVER") else {
            static TOLD: Once = Once::new();
            TOLD.call_once(|| {
                println!("SKIPPED: RESTATE_SERVER is not set to the path of restate-server; nothing was run on it");
            });
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let mut process = Process::start(
            PathBuf::from(program),
            directory.path().join("restate.log"),
            |command| {
                command
                    .args([
                        "--bind-ip",
                        "127.0.0.1",
                        "--advertised-host",
                        "127.0.0.1",
                        "--use-random-ports",
                        "true",
                    ])
                    .args([
                        "--listen-mode",
                        "tcp",
                        "--node-name",
                        "test",
                        "--default-num-partitions",
                        "1",
                    ])
                    .args(["--no-logo", "--log-format", "json", "--log-filter", "warn,restate=info"])
                    .arg("--base-dir")
                    .arg(directory.path())
                    .env("RESTATE_DISABLE_TELEMETRY", "true")
                    .env("RESTATE_ROCKSDB_TOTAL_MEMORY_SIZE", "64MB");
            },
        );
        let mut address = async |server: &str| {
            until(server, async || {
                let lines = process.lines();
                let events = lines.iter().filter_map(|line| serde_json::from_str::<Value>(line).ok());
                let mut spans = events.filter_map(|event| event.get("span").cloned());
                let span = spans.find(|span| span["server_name"] == server)?;
                let host = span["server.address"].as_str()?;
                assert_eq!(host, "127.0.0.1", "{server} listens on loopback only");
                Some(format!("http://{host}:{}", span["server.port"].as_u64()?))
            })
            .await
        };
        let (ingress, admin) = (address("http-ingress-server").await, address("admin-api-server").await);
        address("message-fabric-server").await;
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        Some(Self {
            process,
            directory,
            client,
            ingress,
            admin,
        })
    }

    /// Ends the server, which writes everything to its files.
    pub fn stop(&mut self) {
        self.process.stop();
    }

    /// A directory where a service can write its output.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Registers a service with Restate.
    pub async fn register(&self, url: &str) {
        until("the registration", async || {
            let (status, _) = self
                .post(format!("{}/deployments", self.admin), &json!({ "uri": url }))
                .await?;
            (status == 201).then_some(())
        })
        .await;
    }

    /// Starts a workflow, and does not wait for its end.
    pub async fn send(&self, workflow: &str, key: &str, inputs: Value) -> Answer {
        self.send_to(workflow, key, "run", inputs).await
    }

    /// Calls a handler, and does not wait for its result.
    pub async fn send_to(&self, workflow: &str, key: &str, handler: &str, inputs: Value) -> Answer {
        let url = format!("{}/restate/send/{workflow}/{key}/{handler}", self.ingress);
        self.post(url, &inputs).await.unwrap()
    }

    /// Calls a handler without an input.
    pub async fn call(&self, workflow: &str, key: &str, handler: &str) -> Answer {
        let url = format!("{}/restate/call/{workflow}/{key}/{handler}", self.ingress);
        answer(self.client.post(url)).await.unwrap()
    }

    /// Calls the handler `provide`.
    pub async fn provide(&self, workflow: &str, key: &str, inputs: Value) -> Answer {
        let url = format!("{}/restate/call/{workflow}/{key}/provide", self.ingress);
        self.post(url, &inputs).await.unwrap()
    }

    /// Calls the handler `status`.
    pub async fn status(&self, workflow: &str, key: &str) -> Answer {
        self.call(workflow, key, "status").await
    }

    /// Calls the handler `status`. Returns `None` if it does not respond in time.
    pub async fn status_in(&self, workflow: &str, key: &str, time: std::time::Duration) -> Option<Answer> {
        tokio::time::timeout(time, self.status(workflow, key)).await.ok()
    }

    /// Waits until the status has this `state`.
    pub async fn until(&self, workflow: &str, key: &str, state: &str) -> Value {
        until(&format!("{workflow} to be {state}"), async || {
            let (_, status) = self.status(workflow, key).await;
            (status["state"] == state).then_some(status)
        })
        .await
    }

    /// Waits until inputs are asked for, after this number of earlier questions.
    pub async fn question(&self, workflow: &str, key: &str, asked: u32) -> Value {
        until(&format!("{workflow} to ask"), async || {
            let (_, status) = self.status(workflow, key).await;
            (status["state"] == "awaiting" && status["asked"] == asked).then_some(status)
        })
        .await
    }

    /// Waits until a workflow has ended.
    pub async fn end(&self, workflow: &str, key: &str) -> Answer {
        let url = format!("{}/restate/workflow/{workflow}/{key}/attach", self.ingress);
        let end = async || answer(self.client.get(&url)).await;
        until(&format!("the end of {workflow}"), end).await
    }

    /// Queries the table of invocations.
    pub async fn query(&self, query: &str) -> Value {
        let request = self
            .client
            .post(format!("{}/query", self.admin))
            .header("accept", "application/json");
        answer(request.json(&json!({ "query": query }))).await.unwrap().1["rows"].take()
    }

    async fn post(&self, url: String, body: &Value) -> Option<Answer> {
        answer(self.client.post(url).json(body)).await
    }
}

/// Sends a request. Returns `None` if no response arrives in time.
async fn answer(request: reqwest::RequestBuilder) -> Option<Answer> {
    let response = request.timeout(std::time::Duration::from_secs(20)).send().await.ok()?;
    let status = response.status().as_u16();
    let text = response.text().await.ok()?;
    Some((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
}
