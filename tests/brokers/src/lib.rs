//! Workflows over real message brokers.
#![allow(missing_docs, reason = "of tests")]

mod kafka;
pub mod process;
pub mod secured;
pub mod server;
pub mod suite;
pub mod workflows {
    arazzo::arazzo_workflow!("workflows/orders.yml");
}

use std::time::Duration;

use arazzo::{BoxTransport, Broker, Bytes, Client, http};

/// A client whose only source is a broker.
pub fn client(broker: impl Broker + 'static) -> Client<BoxTransport> {
    let unreachable = |_: http::Request<Bytes>| async { Err::<http::Response<Bytes>, _>("no step sends a request") };
    let client = Client::builder()
        .transport(unreachable)
        .source("events", |api| api.broker(broker));
    client.build().expect("a client").boxed()
}

/// Tries until it succeeds, for half a minute.
pub async fn until<T>(what: &str, mut attempt: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..300 {
        if let Some(done) = attempt().await {
            return done;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("waited for {what} in vain");
}
