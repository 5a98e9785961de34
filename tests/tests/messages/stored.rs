//! Runs that are stored while they wait.

use arazzo::testing::Script;
use arazzo::{Client, Progress, Run};
use serde_json::{Value, json};

use crate::orders::watch_shelf;

/// The stored form is version 1, with members that runs without messages do not have.
#[tokio::test]
async fn a_wait_is_stored() {
    let client = Client::builder().transport(Script::new()).build().unwrap();
    let mut run: watch_shelf::Run = Run::new(watch_shelf::Inputs::new("top", "m-1"));
    let fresh: Value = serde_json::to_value(&run).unwrap();
    assert_eq!(fresh.get("awaited"), None);
    assert!(matches!(
        run.advance(&client).await.unwrap(),
        Progress::AwaitingMessage(_)
    ));
    let message = arazzo::Message::new("", "{\"move\":{\"id\":\"m-1\"}}").with_header("x", b"\xff");
    run.deliver(message).unwrap();
    let stored: Value = serde_json::to_value(&run).unwrap();
    assert_eq!(stored["version"], 1);
    assert!(stored["awaited"]["since"].is_u64());
    assert_eq!(
        stored["awaited"]["message"],
        json!({
            "address": "",
            "headers": [["x", {"bytes": [255]}]],
            "payload": {"text": "{\"move\":{\"id\":\"m-1\"}}"},
        })
    );
    let mut read: watch_shelf::Run = serde_json::from_value(stored).unwrap();
    assert_eq!(read, run);
    assert!(matches!(read.advance(&client).await.unwrap(), Progress::Done(_)));
}
