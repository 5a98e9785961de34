//! The asynchronous examples of the specification (1.1.0, "Arazzo Specification Object" and "Step Object"), against Kafka.

use arazzo::{BoxTransport, Broker as _, Bytes, Client, Message, Subscription as _, http};
use arazzo_broker_tests::server::{KafkaServer, Server as _};
use serde_json::{Value, json};

mod pets {
    // The text of the specification has `$message.payload.orderId`, which its grammar does not.
    arazzo::arazzo_workflow! {
        "workflows/pets.yml",
        lints = { allow(body_needs_pointer) },
    }
}

/// The pet store, with these pets.
fn store(broker: arazzo_brokers::Kafka, pets: &'static str) -> Client<BoxTransport> {
    let transport = move |request: http::Request<Bytes>| async move {
        let body = if request.uri().path() == "/user/login" {
            assert_eq!(request.uri().query(), Some("username=ada&password=secret"));
            r#""session-1""#
        } else {
            assert_eq!(request.headers()["authorization"], "session-1");
            pets
        };
        let response = http::Response::builder().header("content-type", "application/json");
        response.body(Bytes::from_static(body.as_bytes()))
    };
    let client = Client::builder()
        .transport(transport)
        .source("orders", |api| api.broker(broker));
    client.build().unwrap().boxed()
}

/// Confirms one order, after two confirmations of other orders; only matching messages count.
async fn confirm(broker: &arazzo_brokers::Kafka, pet: i64) -> impl Future<Output = ()> + use<> {
    let mut orders = broker.subscribe("orders.requested").await.unwrap();
    let broker = broker.clone();
    async move {
        let order = orders.next().await.unwrap().acknowledge().await.unwrap();
        assert_eq!(order.header("orderCorrelationId"), Some("c-1"));
        let payload: Value = serde_json::from_slice(&order.payload).unwrap();
        assert_eq!(payload, json!({ "petId": pet }));
        for (id, number) in [("c-0", "o-0"), ("c-2", "o-2"), ("c-1", "o-1")] {
            let confirmation = Message::new("orders.answered", json!({ "orderId": number }).to_string());
            broker
                .publish(confirmation.with_header("orderCorrelationId", id))
                .await
                .unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pet_is_purchased_and_its_purchase_is_confirmed() {
    let Some(server) = KafkaServer::start().await else {
        return;
    };
    let client = store(
        KafkaServer::connect(&server.url(), "buyer").await,
        r#"[{"id":7},{"id":8}]"#,
    );
    let confirmed = confirm(&KafkaServer::connect(&server.url(), "seller").await, 7).await;
    let inputs = pets::purchase_pet::Inputs::new("ada", "secret", "c-1");
    let (outputs, ()) = tokio::join!(pets::purchase_pet(&client, inputs), confirmed);
    assert_eq!(outputs.unwrap().order_id.as_deref(), Some("o-1"));
}

/// Without a pet the workflow ends, and no message is sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_ordered_if_no_pet_is_left() {
    let Some(server) = KafkaServer::start().await else {
        return;
    };
    let client = store(KafkaServer::connect(&server.url(), "buyer").await, "[]");
    let inputs = pets::purchase_pet::Inputs::new("ada", "secret", "c-1");
    assert_eq!(pets::purchase_pet(&client, inputs).await.unwrap().order_id, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_by_channel_is_confirmed() {
    let Some(server) = KafkaServer::start().await else {
        return;
    };
    let client = store(KafkaServer::connect(&server.url(), "buyer").await, "[]");
    let confirmed = confirm(&KafkaServer::connect(&server.url(), "seller").await, 3).await;
    let inputs = pets::order_by_channel::Inputs::new("c-1", 3);
    let (outputs, ()) = tokio::join!(pets::order_by_channel(&client, inputs), confirmed);
    assert_eq!(outputs.unwrap().order_id, "o-1");
}
