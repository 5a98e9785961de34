//! Messages of a script, in its time.

use std::time::Duration;

use arazzo::testing::Script;
use arazzo::{Client, ErrorKind, Message, Progress, Run};
use serde_json::json;

use crate::orders::{self, order, order_by_http, watch_shelf};

pub(crate) fn client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .source("events", |api| api.broker(script.clone()))
        .build()
        .unwrap()
}

fn inputs() -> order::Inputs {
    order::Inputs::new("r-1", "pen")
}

#[tokio::test]
async fn a_request_carries_the_correlation_id_of_the_step_that_waits() {
    let script = Script::new()
        .on(order::Step::Answer)
        .header("weight", "12")
        .after(Duration::from_secs(50))
        .message(json!({"state": "accepted", "order": "o-7"}));
    let done = orders::order(&client(&script), inputs()).await.unwrap();
    assert_eq!(done.order.as_deref(), Some("o-7"));
    assert_eq!(done.state, "accepted");
    assert_eq!(done.weight, Some(12));
    let [sent] = &script.messages()[..] else {
        panic!("one message")
    };
    assert_eq!(sent.message.address, "orders.requested");
    assert_eq!(sent.message.header("requestId"), Some("r-1"));
    assert_eq!(sent.message.header("priority"), Some("3"));
    assert_eq!(sent.message.content_type.as_deref(), Some("application/json"));
    assert_eq!(sent.json(), json!({"item": "pen", "count": 2}));
    assert_eq!(script.elapsed(), Duration::from_secs(50));
    script.assert_done();
}

#[tokio::test]
async fn a_message_that_is_too_late_fails_the_step() {
    let script = Script::new()
        .on(order::Step::Answer)
        .after(Duration::from_secs(60))
        .message(json!({"state": "accepted"}));
    let error = orders::order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.step(), Some("answer"));
    assert!(
        error.to_string().contains("no message arrived within 60000 ms"),
        "{error}"
    );
    assert_eq!(script.elapsed(), Duration::from_secs(60));
}

#[tokio::test]
async fn criteria_and_actions_read_the_message() {
    let script = Script::new()
        .on(order::Step::Answer)
        .message(json!({"state": "busy"}))
        .on(order::Step::Answer)
        .message(json!({"state": "accepted", "order": "o-8"}));
    let done = orders::order(&client(&script), inputs()).await.unwrap();
    assert_eq!(done.order.as_deref(), Some("o-8"));
    assert_eq!(script.elapsed(), Duration::from_secs(5));

    let script = Script::new()
        .on(order::Step::Answer)
        .message(json!({"state": "refused"}));
    let error = orders::order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Criterion);
    let message = error.error().exchanged_message().unwrap();
    assert_eq!(&message.payload[..], br#"{"state":"refused"}"#);
    assert!(
        !format!("{error:?}").contains("refused\""),
        "no payloads in `Debug`: {error:?}"
    );
}

#[tokio::test]
async fn a_timeout_leads_to_the_action_on_failure() {
    let script = Script::new()
        .on(order_by_http::Step::Create)
        .reply(201, json!({"id": "o-1"}))
        .on(order_by_http::Step::Answer)
        .hang();
    let done = orders::order_by_http(&client(&script), order_by_http::Inputs::new("pen"))
        .await
        .unwrap();
    assert_eq!(done.state, None);
    let [sent] = &script.messages()[..] else {
        panic!("one message")
    };
    assert_eq!(sent.message.address, "shelves.late.events");
    assert_eq!(sent.json(), json!({"move": {"id": "o-1"}}));
}

#[tokio::test]
async fn a_broker_that_cannot_be_reached_fails_the_step() {
    let refused = || arazzo::ConnectError::new(std::io::Error::from(std::io::ErrorKind::ConnectionRefused));
    let script = Script::new().on(order::Step::Request).fail(refused());
    let error = orders::order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!((error.kind(), error.step()), (ErrorKind::Connect, Some("request")));
    assert!(!error.may_have_been_sent());
    // The run is before the step, and goes on from there.
    let script = Script::new()
        .on(order::Step::Answer)
        .message(json!({"state": "accepted"}));
    assert_eq!(
        error.into_run().finish(&client(&script)).await.unwrap().state,
        "accepted"
    );
}

#[tokio::test]
async fn a_mistake_of_the_test_ends_the_run() {
    let error = orders::order(&client(&Script::new()), inputs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(
        error.to_string().contains("no message for step `order/answer`"),
        "{error}"
    );
}

#[tokio::test]
async fn an_address_takes_the_values_of_its_parameters() {
    let watch = |shelf: &str| watch_shelf::Inputs::new(shelf, "m-1");
    let script = Script::new().on(watch_shelf::Step::Moved).message(json!({"move": {}}));
    let done = orders::watch_shelf(&client(&script), watch("top")).await.unwrap();
    // The script has set the correlation ID.
    assert_eq!(
        serde_json::to_value(&done.payload).unwrap(),
        json!({"move": {"id": "m-1"}})
    );
    for (shelf, problem) in [
        ("a.b", "contains `.`, which separates the parts of the address"),
        ("a b", "contains a space"),
        (">", "have a meaning in addresses"),
        ("..", "contains `.`"),
        ("", "is empty"),
    ] {
        let error = orders::watch_shelf(&client(&Script::new()), watch(shelf))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request);
        assert!(error.to_string().contains(problem), "{shelf}: {error}");
    }
}

#[tokio::test]
async fn advance_does_not_wait() {
    let script = Script::new()
        .on(order::Step::Answer)
        .after(Duration::from_secs(10))
        .message(json!({"state": "accepted"}));
    let client = client(&script);
    let mut run: order::Run = Run::new(inputs());
    assert_eq!(run.advance(&client).await.unwrap(), Progress::Advanced);
    let Progress::AwaitingMessage(expected) = run.advance(&client).await.unwrap() else {
        panic!("no message has arrived")
    };
    assert_eq!(expected.source, "events");
    assert_eq!(expected.channel, "answer");
    assert_eq!(expected.address, "orders.answered");
    assert_eq!(expected.correlation_id.as_deref(), Some("r-1"));
    assert!(expected.deadline.is_some());
    // The limit counts from the moment when the step was entered.
    script.pass(Duration::from_secs(9));
    let Progress::AwaitingMessage(again) = run.advance(&client).await.unwrap() else {
        panic!("no message has arrived")
    };
    assert_eq!(again, expected);
    script.pass(Duration::from_secs(1));
    let Progress::Done(outputs) = run.advance(&client).await.unwrap() else {
        panic!("the message has arrived")
    };
    assert_eq!(outputs.state, "accepted");
}

#[test]
fn a_message_hides_its_values() {
    let message = Message::new("orders", "secret")
        .with_header("token", "secret")
        .with_key("secret");
    assert_eq!(
        format!("{message:?}"),
        r#"Message { address: "orders", headers: ["token"], payload: 6 bytes, content_type: None, .. }"#
    );
}
