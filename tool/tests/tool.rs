//! Tests of the program through its command line.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const API: &str = "openapi: 3.1.0
info: {title: Shelf, version: 1.0.0}
servers: [{url: http://shelf.test}]
paths:
  /books:
    post: {operationId: addBook, responses: {'201': {description: Added.}}}
";

const FLOW: &str = "arazzo: 1.0.1
info: {title: Add, version: 1.0.0}
sourceDescriptions:
  - {name: shelf, url: ./api.yaml, type: openapi}
workflows:
  - workflowId: add
    steps:
      - stepId: addBook
        operationId: addBook
        onFailure:
          - {name: again, type: retry, retryLimit: 3}
";

fn directory() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    write("api.yaml", API);
    write("good.arazzo.yaml", FLOW);
    write(
        "bad.arazzo.yaml",
        &FLOW.replace("operationId: addBook", "operationId: addBok"),
    );
    directory
}

fn arazzo(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-arazzo"))
        .arg("arazzo")
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn check_says_what_is_wrong_with_all_documents() {
    let directory = directory();
    let output = arazzo(directory.path(), &["check"]);
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output);
    assert!(
        text.starts_with(
            "error[unknown-operation]: unknown operation `addBok` in `shelf`\n --> bad.arazzo.yaml:9:22\n"
        ),
        "{text}"
    );
    assert!(
        text.contains("addBook") && text.ends_with("2 documents: 1 error, 0 warnings\n"),
        "{text}"
    );
    let output = arazzo(directory.path(), &["check", "good.arazzo.yaml"]);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn check_can_be_read_by_programs() {
    let directory = directory();
    let lines = text(&arazzo(directory.path(), &["check", "--format", "json"]));
    let problem: Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(
        (&problem["code"], &problem["severity"]),
        (&"unknown-operation".into(), &"error".into())
    );
    let place = &problem["place"];
    // `        operationId: addBok`: the id starts at column 22 and has six letters.
    assert_eq!(
        (
            place["line"].as_u64(),
            place["column"].as_u64(),
            place["endColumn"].as_u64()
        ),
        (Some(9), Some(22), Some(28))
    );

    let log: Value = serde_json::from_str(&text(&arazzo(directory.path(), &["check", "--format", "sarif"]))).unwrap();
    assert_eq!(log["version"], "2.1.0");
    let result = &log["runs"][0]["results"][0];
    assert_eq!(result["ruleId"], "unknown-operation");
    assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["id"], "unknown-operation");
    let location = &result["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "bad.arazzo.yaml");
    assert_eq!(location["region"]["startLine"], 9);
}

#[test]
fn levels_are_those_of_the_macro() {
    let directory = directory();
    let output = arazzo(
        directory.path(),
        &[
            "check",
            "good.arazzo.yaml",
            "--deny",
            "missing-summary",
            "--warn=retry_not_idempotent",
        ],
    );
    assert_eq!(output.status.code(), Some(1));
    let text = text(&output);
    assert!(
        text.contains("error[missing-summary]") && text.contains("warning[retry-not-idempotent]"),
        "{text}"
    );
}

#[test]
fn expand_prints_rust() {
    let directory = directory();
    let output = arazzo(directory.path(), &["expand", "good.arazzo.yaml"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output).contains("pub async fn add<T: add::__rt::Transport>("));
    let output = arazzo(directory.path(), &["expand", "bad.arazzo.yaml"]);
    assert_eq!((output.status.code(), text(&output).as_str()), (Some(1), ""));
}

#[test]
fn graph_draws_the_flow() {
    let directory = directory();
    let output = arazzo(directory.path(), &["graph", "good.arazzo.yaml"]);
    let expected = "flowchart TD
  subgraph w0 [\"add\"]
    w0end(((end)))
    w0s0[\"addBook<br/>POST /books\"]
    w0start((start)) --> w0s0
    w0s0 -. \"again: retry, at most 3\" .-> w0s0
    w0s0 --> w0end
  end
";
    assert_eq!(text(&output), expected);
}

#[test]
fn graph_draws_steps_on_channels() {
    let directory = directory();
    let events = "asyncapi: 3.0.0
info: {title: Events, version: 1.0.0}
channels: {added: {address: books.added}}
operations: {announce: {action: send, channel: {$ref: '#/channels/added'}}}
";
    let flow = "arazzo: 1.1.0
info: {title: Wait, version: 1.0.0}
sourceDescriptions: [{name: events, url: ./events.yaml, type: asyncapi}]
workflows: [{workflowId: wait, steps: [{stepId: bookAdded, operationId: announce}]}]
";
    std::fs::write(directory.path().join("events.yaml"), events).unwrap();
    std::fs::write(directory.path().join("wait.arazzo.yaml"), flow).unwrap();
    let output = arazzo(directory.path(), &["graph", "wait.arazzo.yaml"]);
    assert!(output.status.success(), "{output:?}");
    assert!(
        text(&output).contains("w0s0[\"bookAdded<br/>receive added\"]"),
        "{output:?}"
    );
    let checked = arazzo(directory.path(), &["check", "wait.arazzo.yaml"]);
    assert!(checked.status.success(), "{checked:?}");
}

#[test]
fn a_wrong_question_is_told() {
    let directory = directory();
    for arguments in [
        &[][..],
        &["chek"],
        &["expand"],
        &["check", "--format", "xml"],
        &["check", "--colour"],
    ] {
        let output = arazzo(directory.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            String::from_utf8_lossy(&output.stderr).contains("Usage: cargo arazzo"),
            "{arguments:?}"
        );
    }
    let empty = tempfile::tempdir().unwrap();
    let output = arazzo(empty.path(), &["check"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(arazzo(empty.path(), &["--help"]).status.code(), Some(0));
}
