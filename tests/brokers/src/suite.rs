//! The tests that every broker passes.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use arazzo::{AnyRun, Broker as _, Delivery, Message, Progress, Run, Subscription as _};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};

use crate::process::own;
use crate::server::Server;
use crate::workflows::{give_up, order, order_plainly};
use crate::{client, until};

/// Makes tests of the suite for a broker.
#[macro_export]
macro_rules! suite {
    ($server:ident durable) => {
        $crate::suite!($server transient);
        $crate::suite!($server: a_consumer_that_is_killed_before_the_acknowledgement_loses_nothing);
    };
    ($server:ident transient) => {
        $crate::suite!($server:
            a_message_is_sent_and_received
            a_thousand_conversations_are_not_mixed_up
            an_answer_can_come_before_its_step
            a_timeout_leads_to_the_action_on_failure
            a_broker_that_is_killed_and_restarted_loses_nothing
            headers_are_sent_or_refused
            a_large_message_is_carried
        );
    };
    ($server:ident: $($test:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::suite::$test::<$crate::server::$server>().await;
            }
        )*
    };
}

/// The other side of the conversations.
struct Office<S: Server> {
    broker: S::Broker,
    requests: <S::Broker as arazzo::Broker>::Subscription,
}

impl<S: Server> Office<S> {
    async fn open(server: &S) -> Self {
        let broker = S::connect(&server.url(), "office").await;
        let requests = broker.subscribe("orders.requested").await.expect("a subscription");
        Self { broker, requests }
    }

    /// Waits for a request, and returns its id.
    async fn request(&mut self) -> (String, Delivery) {
        let delivery = tokio::time::timeout(Duration::from_secs(90), self.requests.next()).await;
        let delivery = delivery.expect("a request in time").expect("a request");
        (id(delivery.message()), delivery)
    }

    /// Answers on a broker that may have to come back first.
    async fn answer(&self, id: &str) {
        let answer = answer::<S>(id);
        until("the answer to be sent", async || {
            self.broker.publish(answer.clone()).await.ok()
        })
        .await;
    }
}

fn id(message: &Message) -> String {
    let payload: Value = serde_json::from_slice(&message.payload).expect("JSON");
    let of_header = message.header("requestId").map(str::to_owned);
    of_header
        .or_else(|| Some(payload["id"].as_str()?.to_owned()))
        .expect("a correlation ID")
}

fn answer<S: Server>(id: &str) -> Message {
    let message = Message::new(
        "orders.answered",
        json!({ "state": format!("of {id}"), "id": id }).to_string(),
    );
    if S::HEADERS {
        message.with_header("requestId", id)
    } else {
        message
    }
}

/// A run that asks, with its correlation ID where the broker has a place for it.
fn asking<S: Server>(id: &str) -> AnyRun {
    if S::HEADERS {
        Run::<order::Workflow>::new(order::Inputs::new(id, "pen")).into()
    } else {
        Run::<order_plainly::Workflow>::new(order_plainly::Inputs::new(id, "pen")).into()
    }
}

pub async fn a_message_is_sent_and_received<S: Server>() {
    let Some(server) = S::start().await else { return };
    let mut office = Office::<S>::open(&server).await;
    let shop = client(S::connect(&server.url(), "shop").await);
    let answering = async {
        let (id, request) = office.request().await;
        let request = request.acknowledge().await.expect("an acknowledgement");
        assert_eq!(request.address, "orders.requested");
        let payload: Value = serde_json::from_slice(&request.payload).unwrap();
        assert_eq!(payload["item"], "pen");
        if S::HEADERS {
            assert_eq!(request.header("priority"), Some("3"));
            assert_eq!(request.header("requestId"), Some("r-1"));
            assert_eq!(request.content_type.as_deref(), Some("application/json"));
        }
        office.answer(&id).await;
    };
    let mut run = asking::<S>("r-1");
    let (outputs, ()) = tokio::join!(run.finish(&shop), answering);
    assert_eq!(outputs.unwrap()["state"], "of r-1");
}

pub async fn a_thousand_conversations_are_not_mixed_up<S: Server>() {
    const COUNT: usize = 1000;
    let Some(server) = S::start().await else { return };
    let mut office = Office::<S>::open(&server).await;
    let shop = client(S::connect(&server.url(), "shop").await);
    let running: Vec<_> = (0..COUNT)
        .map(|number| {
            let shop = shop.clone();
            tokio::spawn(async move { asking::<S>(&format!("r-{number}")).finish(&shop).await })
        })
        .collect();
    // The requests come in any order, and are answered backwards.
    let mut requests = BTreeSet::new();
    while requests.len() < COUNT {
        let (id, request) = office.request().await;
        requests.insert(id);
        request.acknowledge().await.expect("an acknowledgement");
    }
    for id in requests.iter().rev() {
        office.answer(id).await;
    }
    for (number, run) in running.into_iter().enumerate() {
        assert_eq!(run.await.unwrap().unwrap()["state"], format!("of r-{number}"));
    }
}

pub async fn an_answer_can_come_before_its_step<S: Server>() {
    let Some(server) = S::start().await else { return };
    let mut office = Office::<S>::open(&server).await;
    let shop = client(S::connect(&server.url(), "shop").await);
    let mut run = asking::<S>("r-1");
    assert_eq!(run.advance(&shop).await.unwrap(), Progress::Advanced);
    let (id, _request) = office.request().await;
    office.answer("another").await;
    office.answer(&id).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(run.step(), Some("answer"));
    assert_eq!(run.finish(&shop).await.unwrap()["state"], "of r-1");
}

pub async fn a_timeout_leads_to_the_action_on_failure<S: Server>() {
    let Some(server) = S::start().await else { return };
    let mut office = Office::<S>::open(&server).await;
    let shop = client(S::connect(&server.url(), "shop").await);
    office.answer("another").await;
    let mut run: give_up::Run = Run::new(give_up::Inputs::new("r-1"));
    assert_eq!(run.finish(&shop).await.unwrap().state, None);
    let (id, complaint) = office.request().await;
    let payload: Value = serde_json::from_slice(&complaint.message().payload).unwrap();
    assert_eq!((id.as_str(), &payload["item"]), ("r-1", &json!("complaint")));
}

/// A durable broker still has what was sent before; with any, the runs go on.
pub async fn a_broker_that_is_killed_and_restarted_loses_nothing<S: Server>() {
    const COUNT: usize = 10;
    let Some(mut server) = S::start().await else { return };
    let mut office = Office::<S>::open(&server).await;
    let shop = client(S::connect(&server.url(), "shop").await);
    let running: Vec<_> = (0..COUNT)
        .map(|number| {
            let shop = shop.clone();
            tokio::spawn(async move { asking::<S>(&format!("r-{number}")).finish(&shop).await })
        })
        .collect();
    let mut requests = BTreeSet::new();
    while requests.len() < COUNT {
        let (id, request) = office.request().await;
        requests.insert(id);
        request.acknowledge().await.expect("an acknowledgement");
    }
    let before = if S::DURABLE { COUNT / 2 } else { 0 };
    for id in requests.iter().take(before) {
        office.answer(id).await;
    }
    // Mosquitto confirms a message before it has written it.
    tokio::time::sleep(Duration::from_secs(2)).await;
    server.kill();
    tokio::time::sleep(Duration::from_millis(500)).await;
    server.restart().await;
    let rest = async {
        for id in requests.iter().skip(before) {
            office.answer(id).await;
            if !S::DURABLE {
                // Nothing is kept for a subscriber that has not come back.
                let place = requests.iter().position(|known| known == id).unwrap_or_default();
                until("the subscriber", async || {
                    office.answer(id).await;
                    (running.iter().filter(|run| run.is_finished()).count() > place).then_some(())
                })
                .await;
            }
        }
    };
    rest.await;
    for (number, run) in running.into_iter().enumerate() {
        assert_eq!(run.await.unwrap().unwrap()["state"], format!("of r-{number}"));
    }
}

/// The program that has taken the message dies, and another one of its name gets it for the run as it was stored.
pub async fn a_consumer_that_is_killed_before_the_acknowledgement_loses_nothing<S: Server>() {
    let Some(server) = S::start().await else { return };
    // Without headers, so that one program works with every broker.
    let mut office = Office::<S>::open(&server).await;
    let mut consumer = tokio::process::Command::new(own("consumer"))
        .args([S::KIND, &server.url(), "shop", "r-1"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the consumer");
    let mut lines = BufReader::new(consumer.stdout.take().expect("its output")).lines();
    let stored = lines.next_line().await.unwrap().expect("the run that waits");
    let (id, request) = office.request().await;
    request.acknowledge().await.expect("an acknowledgement");
    office.answer(&id).await;
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("took of r-1"));
    consumer.kill().await.expect("a kill");
    let shop = client(S::connect(&server.url(), "shop").await);
    let mut run: order_plainly::Run = serde_json::from_str(&stored).unwrap();
    assert_eq!(run.finish(&shop).await.unwrap().state.as_deref(), Some("of r-1"));
}

/// 300 kB: more than what clients allow by default.
pub async fn a_large_message_is_carried<S: Server>() {
    let Some(server) = S::start().await else { return };
    let mut office = Office::<S>::open(&server).await;
    let shop = client(S::connect(&server.url(), "shop").await);
    let state = "x".repeat(300_000);
    let answering = async {
        let (id, request) = office.request().await;
        request.acknowledge().await.expect("an acknowledgement");
        let mut answer = answer::<S>(&id);
        answer.payload = json!({ "state": state, "id": id }).to_string().into();
        office.broker.publish(answer).await.expect("the answer is sent");
    };
    let mut run = asking::<S>("r-1");
    let (outputs, ()) = tokio::join!(run.finish(&shop), answering);
    assert_eq!(outputs.unwrap()["state"].as_str().map(str::len), Some(300_000));
}

/// A broker without headers says so instead of dropping them.
pub async fn headers_are_sent_or_refused<S: Server>() {
    let Some(server) = S::start().await else { return };
    let shop = client(S::connect(&server.url(), "shop").await);
    let mut run: order::Run = Run::new(order::Inputs::new("r-1", "pen"));
    let sent = run.advance(&shop).await;
    if S::HEADERS {
        assert_eq!(sent.unwrap(), Progress::Advanced);
    } else {
        let error = sent.unwrap_err();
        assert_eq!(error.kind(), arazzo::ErrorKind::Configuration);
        assert!(error.to_string().contains("has no headers"), "{error}");
    }
}
