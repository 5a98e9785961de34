//! Runs that send each other messages over a broker in memory.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use arazzo::testing::{InMemoryBroker, Script};
use arazzo::{
    BoxTransport, Broker as _, Bytes, Client, Event, EventKind, Message, Progress, Run, Subscription as _, http,
};

use crate::orders::{self, audit, clerk, order, order_and_watch, order_with_own_id};

/// A client whose time is real.
fn client(broker: &InMemoryBroker) -> Client<BoxTransport> {
    let unreachable = |_: http::Request<Bytes>| async { Err::<http::Response<Bytes>, _>("no step sends a request") };
    let client = Client::builder().transport(unreachable);
    client
        .source("events", |api| api.broker(broker.clone()))
        .build()
        .unwrap()
        .boxed()
}

/// The requests that wait at the broker.
async fn requests(broker: &InMemoryBroker) -> arazzo::testing::InMemorySubscription {
    broker.subscribe("orders.requested").await.unwrap()
}

#[tokio::test]
async fn two_workflows_talk_to_each_other() {
    let broker = InMemoryBroker::new("shop");
    let (shop, office) = (client(&broker), client(&broker.group("office")));
    // The office listens before the shop sends.
    let mut clerk: clerk::Run = Run::new(clerk::Inputs::new("accepted"));
    assert!(matches!(
        clerk.advance(&office).await.unwrap(),
        Progress::AwaitingMessage(_)
    ));
    let (order, clerk) = tokio::join!(
        orders::order(&shop, order::Inputs::new("r-1", "pen")),
        clerk.finish(&office)
    );
    assert_eq!(order.unwrap().order.as_deref(), Some("pen"));
    assert_eq!(clerk.unwrap().item, "pen");
}

/// Each of 1,000 conversations gets its own answer, whatever their order.
#[tokio::test]
async fn conversations_are_not_mixed_up() {
    const COUNT: usize = 1000;
    let broker = InMemoryBroker::new("shop");
    let shop = client(&broker);
    let office = broker.group("office");
    let mut incoming = requests(&office).await;
    let answering = async {
        let mut all = Vec::new();
        for _ in 0..COUNT {
            all.push(incoming.next().await.unwrap().acknowledge().await.unwrap());
        }
        all.reverse();
        for request in all {
            let id = request.header("requestId").unwrap().to_owned();
            let payload = format!(r#"{{"state":"accepted","order":"of {id}"}}"#);
            let answer = Message::new("orders.answered", payload).with_header("requestId", id);
            office.publish(answer).await.unwrap();
        }
    };
    let running: Vec<_> = (0..COUNT)
        .map(|number| {
            let shop = shop.clone();
            tokio::spawn(async move {
                let id = format!("r-{number}");
                orders::order(&shop, order::Inputs::new(id, "pen"))
                    .await
                    .map(|outputs| outputs.order)
            })
        })
        .collect();
    answering.await;
    for (number, run) in running.into_iter().enumerate() {
        assert_eq!(run.await.unwrap().unwrap(), Some(format!("of r-{number}")));
    }
}

/// The answer is there before the step that waits for it is entered.
#[tokio::test]
async fn an_early_answer_is_kept() {
    let broker = InMemoryBroker::new("shop");
    let shop = client(&broker);
    for called in [false, true] {
        let mut run = arazzo::AnyRun::from(Run::<order::Workflow>::new(order::Inputs::new("r-1", "pen")));
        if called {
            run = Run::<order_and_watch::Workflow>::new(order_and_watch::Inputs::new("r-1", "pen")).into();
        }
        // Sends the request.
        assert_eq!(run.advance(&shop).await.unwrap(), Progress::Advanced);
        broker
            .publish(
                Message::new("orders.answered", r#"{"state":"accepted","order":"o-1"}"#)
                    .with_header("requestId", "r-1"),
            )
            .await
            .unwrap();
        let Progress::Done(outputs) = run.advance_until_blocked(&shop).await.unwrap() else {
            panic!("the answer is there")
        };
        assert_eq!(outputs["order"], "o-1", "called: {called}");
        run.acknowledge(&shop).await.unwrap();
    }
}

/// A message is acknowledged after the caller has stored the run. Until then, another process can take it.
#[tokio::test]
async fn a_message_is_acknowledged_after_the_run_was_stored() {
    let broker = InMemoryBroker::new("shop");
    let answered = || Message::new("orders.answered", r#"{"state":"accepted"}"#).with_header("requestId", "r-1");
    for stored in [false, true] {
        let mut run: order::Run = Run::new(order::Inputs::new("r-1", "pen"));
        let first = client(&broker);
        run.advance(&first).await.unwrap();
        let before = serde_json::to_string(&run).unwrap();
        broker.publish(answered()).await.unwrap();
        assert!(matches!(run.advance(&first).await.unwrap(), Progress::Done(_)));
        if stored {
            run.acknowledge(&first).await.unwrap();
        }
        // The process dies.
        drop(first);
        let second = client(&broker);
        let mut run: order::Run = serde_json::from_str(&before).unwrap();
        let progress = run.advance(&second).await.unwrap();
        assert_eq!(matches!(progress, Progress::Done(_)), !stored, "{progress:?}");
        run.acknowledge(&second).await.unwrap();
    }
}

#[tokio::test]
async fn a_run_that_is_dropped_leaves_its_message_to_others() {
    let broker = InMemoryBroker::new("shop");
    let shop = client(&broker);
    let request = order::Inputs::new("r-1", "pen");
    {
        let waiting = orders::order(&shop, request.clone());
        tokio::pin!(waiting);
        // It has sent the request and waits.
        let waited = tokio::time::timeout(Duration::from_millis(50), waiting.as_mut()).await;
        assert!(waited.is_err());
        let answer = Message::new("orders.answered", r#"{"state":"accepted"}"#).with_header("requestId", "r-1");
        broker.publish(answer).await.unwrap();
    }
    assert_eq!(orders::order(&shop, request).await.unwrap().state, "accepted");
}

/// Messages for which there is no room are dropped, the oldest first, and the observer is told.
#[tokio::test]
async fn messages_that_no_run_waits_for_are_limited() {
    let broker = InMemoryBroker::new("shop");
    let dropped = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&dropped);
    let shop = Client::builder()
        .transport(Script::new())
        .source("events", |api| api.broker(broker.clone()))
        .max_pending_messages(2)
        .observer(move |event: &Event<'_>| {
            if let EventKind::MessagesDropped { address, count, .. } = event.kind {
                assert_eq!(address, "orders.answered");
                *counted.lock().unwrap() += count;
            }
        })
        .build()
        .unwrap();
    let mut run: order::Run = Run::new(order::Inputs::new("r-9", "pen"));
    run.advance(&shop).await.unwrap();
    for id in ["r-1", "r-2", "r-3", "r-4", "r-9"] {
        let answer = Message::new("orders.answered", r#"{"state":"accepted"}"#).with_header("requestId", id);
        broker.publish(answer).await.unwrap();
    }
    assert_eq!(run.finish(&shop).await.unwrap().state, "accepted");
    assert_eq!(*dropped.lock().unwrap(), 2);
    for (id, is_kept) in [("r-1", false), ("r-2", false), ("r-3", true), ("r-4", true)] {
        let mut run: order::Run = Run::new(order::Inputs::new(id, "pen"));
        run.advance(&shop).await.unwrap();
        let progress = run.advance(&shop).await.unwrap();
        assert_eq!(matches!(progress, Progress::Done(_)), is_kept, "{id}: {progress:?}");
    }
}

#[tokio::test]
async fn observers_see_messages_without_their_values() {
    let broker = InMemoryBroker::new("shop");
    let seen = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&seen);
    let shop = Client::builder()
        .transport(Script::new())
        .source("events", |api| api.broker(broker.clone()))
        .observer(move |event: &Event<'_>| {
            let text = match event.kind {
                EventKind::MessageSent {
                    operation,
                    address,
                    system,
                    bytes,
                    ..
                } => {
                    format!("sent {operation} {address} {system} {bytes}")
                }
                EventKind::MessageReceived {
                    operation,
                    address,
                    system,
                    bytes,
                    ..
                } => {
                    format!("received {operation} {address} {system} {bytes}")
                }
                _ => return,
            };
            told.lock().unwrap().push(text);
        })
        .build()
        .unwrap();
    let mut run: order::Run = Run::new(order::Inputs::new("r-1", "pen"));
    run.advance(&shop).await.unwrap();
    let answer = Message::new("orders.answered", r#"{"state":"accepted"}"#).with_header("requestId", "r-1");
    broker.publish(answer).await.unwrap();
    run.finish(&shop).await.unwrap();
    // {"item":"pen","count":2} has 24 bytes, {"state":"accepted"} has 20.
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "sent takeRequest orders.requested in_memory 24",
            "received answer orders.answered in_memory 20"
        ]
    );
}

#[tokio::test]
async fn a_message_has_an_id_if_idempotency_is_turned_on() {
    let broker = InMemoryBroker::new("shop");
    let mut incoming = requests(&broker.group("office")).await;
    let mut ids = Vec::new();
    for _ in 0..2 {
        let shop = Client::builder()
            .transport(Script::new())
            .source("events", |api| api.broker(broker.clone()).idempotency_key())
            .build()
            .unwrap();
        let run: order::Run = Run::new(order::Inputs::new("r-1", "pen"));
        // The process dies after it has sent the message, and the run is continued from before.
        for mut run in [run.clone(), run] {
            run.advance(&shop).await.unwrap();
            ids.push(incoming.next().await.unwrap().message().id.clone().unwrap());
        }
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[2], ids[3]);
    assert_ne!(ids[0], ids[2]);
}

fn answer(id: &str, payload: &'static str) -> Message {
    Message::new("orders.answered", payload).with_header("requestId", id)
}

#[tokio::test]
async fn a_step_that_sends_can_set_the_correlation_id_itself() {
    let broker = InMemoryBroker::new("shop");
    let shop = client(&broker);
    let mut incoming = requests(&broker.group("office")).await;
    let mut run: order_with_own_id::Run = Run::new(order_with_own_id::Inputs::new("r-5"));
    run.advance(&shop).await.unwrap();
    let sent = incoming.next().await.unwrap().acknowledge().await.unwrap();
    assert_eq!(sent.headers.len(), 1, "{sent:?}");
    assert_eq!(sent.header("requestId"), Some("r-5"));
    broker
        .publish(answer("r-5", r#"{"state":"accepted","order":"o-5"}"#))
        .await
        .unwrap();
    assert_eq!(run.finish(&shop).await.unwrap().order.as_deref(), Some("o-5"));
}

/// The row of the database could not be written: the run is read as it was before, and gets the message again.
#[tokio::test]
async fn a_run_that_was_not_stored_gets_its_message_again() {
    let broker = InMemoryBroker::new("shop");
    let shop = client(&broker);
    let mut run: order::Run = Run::new(order::Inputs::new("r-1", "pen"));
    run.advance(&shop).await.unwrap();
    for waited in [false, true] {
        if waited {
            assert!(matches!(
                run.advance(&shop).await.unwrap(),
                Progress::AwaitingMessage(_)
            ));
        }
        let before = serde_json::to_string(&run).unwrap();
        if !waited {
            continue;
        }
        broker.publish(answer("r-1", r#"{"state":"busy"}"#)).await.unwrap();
        broker.publish(answer("r-1", r#"{"state":"accepted"}"#)).await.unwrap();
        for _ in 0..3 {
            let mut run: order::Run = serde_json::from_str(&before).unwrap();
            assert_eq!(
                run.advance(&shop).await.unwrap(),
                Progress::Wait(Duration::from_secs(5))
            );
        }
        // Now it is stored. The retry gets the second message, and not the first one again.
        run.advance(&shop).await.unwrap();
        let after = serde_json::to_string(&run).unwrap();
        let mut run: order::Run = serde_json::from_str(&after).unwrap();
        let Progress::Done(outputs) = run.advance(&shop).await.unwrap() else {
            panic!("the second message is there")
        };
        assert_eq!(outputs.state, "accepted");
        run.acknowledge(&shop).await.unwrap();
    }
}

/// Looking for a message is not an attempt, also in a called workflow.
#[tokio::test]
async fn looking_for_a_message_does_not_use_up_the_steps() {
    let shop = client(&InMemoryBroker::new("shop"));
    let mut run: order_and_watch::Run = Run::new(order_and_watch::Inputs::new("r-1", "pen"));
    run.advance_until_blocked(&shop).await.unwrap();
    for _ in 0..1500 {
        assert!(matches!(
            run.advance(&shop).await.unwrap(),
            Progress::AwaitingMessage(_)
        ));
    }
}

/// One run that is not polled any more does not stop the others.
#[tokio::test]
async fn a_run_that_sleeps_does_not_stop_others() {
    let broker = InMemoryBroker::new("shop");
    let shop = client(&broker);
    let sleeping = orders::order(&shop, order::Inputs::new("r-1", "pen"));
    tokio::pin!(sleeping);
    assert!(
        tokio::time::timeout(Duration::from_millis(20), sleeping.as_mut())
            .await
            .is_err()
    );
    let mut run: order::Run = Run::new(order::Inputs::new("r-2", "pen"));
    run.advance(&shop).await.unwrap();
    broker.publish(answer("r-2", r#"{"state":"accepted"}"#)).await.unwrap();
    let finished = tokio::time::timeout(Duration::from_secs(5), run.finish(&shop)).await;
    assert_eq!(finished.unwrap().unwrap().state, "accepted");
    // Its own message is not lost either.
    broker.publish(answer("r-1", r#"{"state":"accepted"}"#)).await.unwrap();
    assert_eq!(sleeping.await.unwrap().state, "accepted");
}

/// A run that takes any message does not take one that another run waits for.
#[tokio::test]
async fn a_message_goes_to_the_run_that_waits_for_its_id() {
    let broker = InMemoryBroker::new("shop");
    let shop = client(&broker);
    let any = orders::audit(&shop, audit::Inputs::new());
    let own = orders::order(&shop, order::Inputs::new("r-1", "pen"));
    let publish = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        broker.publish(answer("r-1", r#"{"state":"accepted"}"#)).await.unwrap();
        broker.publish(answer("r-2", r#"{"state":"other"}"#)).await.unwrap();
    };
    let (any, own, ()) = tokio::join!(any, own, publish);
    assert_eq!(own.unwrap().state, "accepted");
    let audit::Outcome::Completed(any) = any.unwrap() else {
        panic!("it does not follow")
    };
    assert_eq!(any.state, "other");
}

/// A broker whose first subscription ends after one message.
struct Ending(InMemoryBroker, std::sync::atomic::AtomicUsize);

/// With the number of messages until the end.
struct EndingMessages(arazzo::testing::InMemorySubscription, usize);

impl arazzo::Broker for Ending {
    type Subscription = EndingMessages;

    async fn publish(&self, message: Message) -> Result<(), arazzo::BoxError> {
        self.0.publish(message).await
    }

    async fn subscribe(&self, address: &str) -> Result<EndingMessages, arazzo::BoxError> {
        let earlier = self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let left = if earlier == 0 { 1 } else { usize::MAX };
        Ok(EndingMessages(self.0.subscribe(address).await?, left))
    }
}

impl arazzo::Subscription for EndingMessages {
    async fn next(&mut self) -> Result<arazzo::Delivery, arazzo::BoxError> {
        let Some(left) = self.1.checked_sub(1) else {
            return Err("the queue was deleted".into());
        };
        self.1 = left;
        self.0.next().await
    }
}

#[tokio::test]
async fn a_subscription_that_ends_is_renewed_by_the_next_attempt() {
    let broker = InMemoryBroker::new("shop");
    let ending = Arc::new(Ending(broker.clone(), std::sync::atomic::AtomicUsize::default()));
    let shop = Client::builder()
        .transport(Script::new())
        .source("events", |api| api.broker(Arc::clone(&ending)))
        .build()
        .unwrap();
    let mut run: order::Run = Run::new(order::Inputs::new("r-1", "pen"));
    run.advance(&shop).await.unwrap();
    // The first message is kept for another run; then the subscription ends.
    broker.publish(answer("r-2", r#"{"state":"accepted"}"#)).await.unwrap();
    let error = run.advance(&shop).await.unwrap_err();
    assert_eq!(error.kind(), arazzo::ErrorKind::Transport);
    assert!(format!("{error:#}").contains("the queue was deleted"), "{error:#}");
    assert!(error.is_retryable());
    broker.publish(answer("r-1", r#"{"state":"accepted"}"#)).await.unwrap();
    assert!(matches!(run.advance(&shop).await.unwrap(), Progress::Done(_)));
    let mut other: order::Run = Run::new(order::Inputs::new("r-2", "pen"));
    other.advance(&shop).await.unwrap();
    assert!(
        matches!(other.advance(&shop).await.unwrap(), Progress::Done(_)),
        "it was kept"
    );
    assert_eq!(ending.1.load(std::sync::atomic::Ordering::Relaxed), 2);
}
