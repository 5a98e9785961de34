//! Takes a message and is killed before it acknowledges it: runs the step that waits for an answer, says so, and sleeps.
//!
//! Arguments: the kind of broker, its URL, the name of the consumer, the id of the request.

use std::time::Duration;

use arazzo::{Progress, Run};
use arazzo_broker_tests::server::{
    AmqpServer, JetStreamServer, KafkaServer, Mqtt5Server, MqttServer, RedisStreamsServer, Server,
};
use arazzo_broker_tests::workflows::order_plainly;

async fn consume<S: Server>(url: &str, name: &str, request: &str) {
    let client = arazzo_broker_tests::client(S::connect(url, name).await);
    let mut run: order_plainly::Run = Run::new(order_plainly::Inputs::new(request, "pen"));
    run.advance(&client).await.expect("the request is sent");
    println!("{}", serde_json::to_string(&run).expect("a run"));
    loop {
        match run.advance(&client).await.expect("no failure") {
            Progress::Done(outputs) => {
                println!("took {}", outputs.state.unwrap_or_default());
                break;
            }
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    std::future::pending::<()>().await;
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, kind, url, name, request] = &arguments[..] else {
        panic!("four arguments")
    };
    match kind.as_str() {
        AmqpServer::KIND => consume::<AmqpServer>(url, name, request).await,
        JetStreamServer::KIND => consume::<JetStreamServer>(url, name, request).await,
        KafkaServer::KIND => consume::<KafkaServer>(url, name, request).await,
        MqttServer::KIND => consume::<MqttServer>(url, name, request).await,
        Mqtt5Server::KIND => consume::<Mqtt5Server>(url, name, request).await,
        RedisStreamsServer::KIND => consume::<RedisStreamsServer>(url, name, request).await,
        other => panic!("no broker {other}"),
    }
}
