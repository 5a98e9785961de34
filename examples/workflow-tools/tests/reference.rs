//! The server with the reference SDK's client, over standard input and output and over HTTP.
//!
//! `MCP_SDK` is the directory in which npm has installed `@modelcontextprotocol/sdk`.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

const SERVER: &str = env!("CARGO_BIN_EXE_workflow-tools");

/// Runs the client, which checks everything itself.
async fn person(kind: &str, target: &str) {
    if std::env::var_os("MCP_SDK").is_none() {
        println!("SKIPPED: MCP_SDK is not set; the reference SDK has not called the tools over {kind}");
        return;
    }
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/person.mjs");
    let client = Command::new("node").args([script, kind, target]).output().await;
    let client = client.expect("node runs");
    let printed = String::from_utf8_lossy(&client.stdout);
    assert!(
        client.status.success(),
        "{printed}\n{}",
        String::from_utf8_lossy(&client.stderr)
    );
    assert_eq!(printed.trim(), format!("enrolled over {kind}"));
}

#[tokio::test]
async fn an_assistant_enrols_a_user_over_standard_input_and_output() {
    person("stdio", SERVER).await;
}

#[tokio::test]
async fn an_assistant_enrols_a_user_over_http() {
    let server = Command::new(SERVER)
        .args(["--http", "127.0.0.1:0"])
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn();
    let mut server = server.expect("the server starts");
    let mut lines = BufReader::new(server.stderr.take().expect("a pipe")).lines();
    let url = loop {
        let line = lines.next_line().await.expect("text").expect("the server is running");
        if let Some(url) = line.strip_prefix("listening on ") {
            break url.to_owned();
        }
    };
    person("http", &url).await;
}
