//! An enrolment on the real engine, by the commands of the example, with a wrong code first. (The test server leaves the
//! tasks of a killed worker where they are, unless workers keep nothing in their caches; so do those of the suite that
//! kills them, in `tests/durable`.)
//!
//! The environment variable `TEMPORAL_SERVER` is the path of the program `temporal-test-server`; the documentation of the
//! example explains how to install it. Without it the test is skipped, with a message.

#![allow(clippy::unwrap_used, reason = "a test ends at what it does not expect")]

use std::net::TcpListener;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;
use stytch_stand_in::{Server, totp_code};

/// A program that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The example, with its environment.
struct Example {
    temporal: String,
    stytch: Server,
}

impl Example {
    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_durable-temporal"));
        command
            .args(arguments)
            .env_clear()
            .env("TEMPORAL_ADDRESS", &self.temporal)
            .env("STYTCH_BASE_URL", self.stytch.url())
            .env("STYTCH_PROJECT_ID", self.stytch.project_id())
            .env("STYTCH_SECRET", self.stytch.secret());
        command
    }

    fn worker(&self) -> Process {
        Process(self.command(&["work"]).spawn().unwrap())
    }

    fn call(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Waits until a code is asked for, after this number of earlier questions.
    async fn question(&self, name: &str, asked: u32) -> Value {
        until("the question", async || {
            let status: Value = serde_json::from_slice(&self.call(&["status", name]).stdout).ok()?;
            (status["state"] == "awaiting" && status["asked"] == asked).then_some(status)
        })
        .await
    }

    async fn provide(&self, name: &str, code: &str) {
        let provided = self.call(&["provide", name, &format!(r#"{{"totp_code": "{code}"}}"#)]);
        assert!(provided.status.success(), "{provided:?}");
    }
}

/// Waits until the probe finds something, for at most half a minute.
async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(Instant::now() < deadline, "timed out waiting for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_enrolment_asks_again_after_a_wrong_code() {
    let Some(program) = std::env::var_os("TEMPORAL_SERVER") else {
        println!("SKIPPED: TEMPORAL_SERVER is not set to the path of temporal-test-server; nothing was run on it");
        return;
    };
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut server = Command::new(program);
    let _server = Process(server.arg(port.to_string()).stdout(Stdio::null()).spawn().unwrap());
    let example = Example {
        temporal: format!("http://127.0.0.1:{port}"),
        stytch: Server::builder().start().await.unwrap(),
    };
    let inputs = r#"{"email": "ada@example.com", "session_duration_minutes": 60}"#;
    until("the server", async || {
        example.call(&["start", "ada", inputs]).status.success().then_some(())
    })
    .await;
    let _worker = example.worker();
    let status = example.question("ada", 0).await;
    assert_eq!(status["inputs"], serde_json::json!(["totp_code"]));
    let show = &status["details"]["show"];
    assert!(show["qrCode"].as_str().unwrap().len() > 100, "{show}");
    let secret = show["secret"].as_str().unwrap();
    let code = totp_code(secret, SystemTime::now()).unwrap();
    let wrong = if code == "000000" { "000001" } else { "000000" };
    example.provide("ada", wrong).await;
    let again = example.question("ada", 1).await;
    let refusal = again["details"]["refusal"].as_str().unwrap();
    assert!(refusal.contains("unable_to_authenticate_totp"), "{refusal}");
    example
        .provide("ada", &totp_code(secret, SystemTime::now()).unwrap())
        .await;

    let result = example.call(&["result", "ada"]);
    let outputs: Value = serde_json::from_slice(&result.stdout).unwrap();
    assert!(!outputs["sessionToken"].as_str().unwrap().is_empty(), "{result:?}");
    let calls: Vec<(String, u16)> = example
        .stytch
        .log()
        .into_iter()
        .map(|call| (call.path, call.status))
        .collect();
    let expected = [
        ("/v1/users", 200),
        ("/v1/totps", 200),
        ("/v1/totps/authenticate", 401),
        ("/v1/totps/authenticate", 200),
    ];
    assert_eq!(calls, expected.map(|(path, status)| (path.to_owned(), status)));
}
