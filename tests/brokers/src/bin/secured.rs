//! Sends a message to itself through a server that demands TLS and a password, and says what became of it. It trusts the
//! authority that `SSL_CERT_FILE` names, as any program does.
//!
//! Arguments: the kind of broker, the port, the password, and for how many seconds to try.

use std::time::Duration;

use arazzo::{Broker, Message, Subscription as _};
use arazzo_brokers::rumqttc::{MqttOptions, Transport, v5};
use arazzo_brokers::{Amqp, Mqtt, Mqtt5, Nats, RedisStreams, WebSocket, async_nats, tokio_tungstenite};

async fn exchange(broker: impl Broker + Clone + 'static) -> Result<Vec<u8>, String> {
    let text = |error: Box<dyn std::error::Error + Send + Sync>| error.to_string();
    let mut subscription = broker.subscribe("secured").await.map_err(text)?;
    let message = || Message::new("secured", "hello");
    let other = tokio::spawn(async move {
        // A relay has nothing for a subscriber that comes later.
        loop {
            let _ = broker.publish(message()).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let received = subscription.next().await.map_err(|error| error.to_string())?;
    let message = received.acknowledge().await.map_err(text)?;
    // The other task has the client, without which nothing can be acknowledged.
    other.abort();
    Ok(message.payload.to_vec())
}

async fn attempt(kind: &str, port: u16, password: &str) -> Result<Vec<u8>, String> {
    match kind {
        "amqp" => {
            exchange(Amqp::new(
                format!("amqps://user:{password}@localhost:{port}/%2f"),
                "secured",
            ))
            .await
        }
        "nats" => {
            let options = async_nats::ConnectOptions::new()
                .user_and_password("user".to_owned(), password.to_owned())
                .require_tls(true);
            let nats = Nats::connect_with(options, format!("tls://localhost:{port}")).await;
            exchange(nats.map_err(|error| error.to_string())?).await
        }
        "mqtt" => {
            let mut options = MqttOptions::new("secured", "localhost", port);
            options
                .set_credentials("user", password)
                .set_transport(Transport::tls_with_default_config());
            exchange(Mqtt::new(options)).await
        }
        "mqtt5" => {
            let mut options = v5::MqttOptions::new("secured", "localhost", port);
            options
                .set_credentials("user", password)
                .set_transport(Transport::tls_with_default_config());
            exchange(Mqtt5::new(options)).await
        }
        "redis" => {
            let redis = RedisStreams::new(format!("rediss://:{password}@localhost:{port}"), "secured");
            exchange(redis.map_err(|error| error.to_string())?).await
        }
        _ => {
            use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
            let value = HeaderValue::from_str(&format!("Bearer {password}")).expect("a header");
            let relay = |name| WebSocket::new(format!("wss://localhost:{port}")).header(name, value.clone());
            let sender = relay(HeaderName::from_static("authorization"));
            let receiver = relay(HeaderName::from_static("authorization"));
            let mut subscription = receiver.subscribe("secured").await.map_err(|error| error.to_string())?;
            tokio::spawn(async move {
                loop {
                    let _ = sender.publish(Message::new("secured", "hello")).await;
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            });
            let received = subscription.next().await.map_err(|error| error.to_string())?;
            Ok(received.message().payload.to_vec())
        }
    }
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, kind, port, password, seconds] = &arguments[..] else {
        panic!("four arguments")
    };
    let port = port.parse().expect("a port");
    let limit = Duration::from_secs(seconds.parse().expect("seconds"));
    match tokio::time::timeout(limit, attempt(kind, port, password)).await {
        Ok(Ok(payload)) => println!("received {}", String::from_utf8_lossy(&payload)),
        Ok(Err(error)) => println!("failed: {error}"),
        Err(_) => println!("failed: nothing was received in time"),
    }
}
