//! Messages that the application receives itself.

use std::time::Duration;

use arazzo::testing::Script;
use arazzo::{Client, ErrorKind, Message, Progress, Run};

use crate::orders::{order, order_and_watch, watch_shelf};

fn answer(id: &str, payload: &'static str) -> Message {
    Message::new("orders.answered", payload).with_header("requestId", id)
}

/// Advances to the step that waits.
async fn waiting() -> (Client<Script>, order::Run) {
    let script = Script::new();
    let client = Client::builder()
        .transport(script.clone())
        .source("events", |api| api.broker(Outgoing))
        .build()
        .unwrap();
    let mut run: order::Run = Run::new(order::Inputs::new("r-1", "pen"));
    assert_eq!(run.advance(&client).await.unwrap(), Progress::Advanced);
    assert!(matches!(
        run.advance(&client).await.unwrap(),
        Progress::AwaitingMessage(_)
    ));
    (client, run)
}

/// A broker over which nothing arrives.
struct Outgoing;

struct Nothing;

impl arazzo::Broker for Outgoing {
    type Subscription = Nothing;

    async fn publish(&self, _: Message) -> Result<(), arazzo::BoxError> {
        Ok(())
    }

    async fn subscribe(&self, _: &str) -> Result<Nothing, arazzo::BoxError> {
        Ok(Nothing)
    }
}

impl arazzo::Subscription for Nothing {
    async fn next(&mut self) -> Result<arazzo::Delivery, arazzo::BoxError> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_run_takes_the_message_that_it_waits_for() {
    let (client, mut run) = waiting().await;
    for (message, reason) in [
        (answer("r-2", "{}"), "another correlation ID"),
        (Message::new("orders.answered", "{}"), "another correlation ID"),
        (Message::new("elsewhere", "{}"), "another address"),
    ] {
        let refused = run.deliver(message.clone()).unwrap_err();
        assert!(refused.to_string().contains(reason), "{refused}");
        assert_eq!(refused.into_message(), message);
    }
    run.deliver(answer("r-1", r#"{"state":"accepted","order":"o-1"}"#))
        .unwrap();
    // It has one already.
    run.deliver(answer("r-1", "{}")).unwrap_err();
    // The message is a part of the run.
    let stored = serde_json::to_string(&run).unwrap();
    let mut run: order::Run = serde_json::from_str(&stored).unwrap();
    let Progress::Done(outputs) = run.advance(&client).await.unwrap() else {
        panic!("the message was delivered")
    };
    assert_eq!(outputs.order.as_deref(), Some("o-1"));
    run.deliver(answer("r-1", "{}")).unwrap_err();
}

#[tokio::test]
async fn the_deadline_is_a_part_of_the_run() {
    let (client, run) = waiting().await;
    let stored = serde_json::to_string(&run).unwrap();
    let mut run: order::Run = serde_json::from_str(&stored).unwrap();
    let script = Script::new();
    script.pass(Duration::from_secs(61));
    let later = Client::builder()
        .transport(script.clone())
        .source("events", |api| api.broker(Outgoing))
        .build()
        .unwrap();
    let error = run.advance(&later).await.unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Timeout, Some("answer")));
    drop(client);
}

#[tokio::test]
async fn a_delivered_message_needs_no_broker() {
    let client = Client::builder().transport(Script::new()).build().unwrap();
    let mut run: watch_shelf::Run = Run::new(watch_shelf::Inputs::new("top", "m-1"));
    let Progress::AwaitingMessage(expected) = run.advance(&client).await.unwrap() else {
        panic!("no message has arrived")
    };
    assert_eq!(expected.address, "shelves.top.events");
    assert_eq!(expected.deadline, None);
    // `finish` would have to receive it.
    let error = run.clone().finish(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error.to_string().contains("source `events` has channels and no broker"),
        "{error}"
    );
    // A webhook does not know the address.
    run.deliver(Message::new("", r#"{"move":{"id":"m-1"}}"#)).unwrap();
    assert!(matches!(run.advance(&client).await.unwrap(), Progress::Done(_)));
}

#[tokio::test]
async fn a_step_that_sends_needs_a_broker() {
    let client = Client::builder().transport(Script::new()).build().unwrap();
    let mut run: order::Run = Run::new(order::Inputs::new("r-1", "pen"));
    let error = run.advance(&client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error
            .to_string()
            .contains("set one with `source(\"events\", |api| api.broker(…))`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_called_workflow_takes_the_message() {
    let script = Script::new();
    let client = Client::builder()
        .transport(script.clone())
        .source("events", |api| api.broker(Outgoing))
        .build()
        .unwrap();
    let mut run: order_and_watch::Run = Run::new(order_and_watch::Inputs::new("r-1", "pen"));
    assert!(matches!(
        run.advance_until_blocked(&client).await.unwrap(),
        Progress::AwaitingMessage(_)
    ));
    run.deliver(answer("r-1", r#"{"state":"accepted","order":"o-1"}"#))
        .unwrap();
    let Progress::Done(outputs) = run.advance_until_blocked(&client).await.unwrap() else {
        panic!("the message was delivered")
    };
    assert_eq!(outputs.order.as_deref(), Some("o-1"));
}
