//! Places an order at a shop by a request, and waits for the message that confirms it. A second workflow is the warehouse:
//! it waits for the event of the order, and sends the confirmation.
//!
//! ```text
//! cargo run -p order-events
//! ```
//!
//! The shop is a server on loopback that is started here. Messages go through a broker in memory, or through NATS if
//! `NATS_URL` is set:
//!
//! ```text
//! NATS_URL=nats://localhost:4222 cargo run -p order-events
//! ```

mod shop;

use std::error::Error;

use arazzo::testing::InMemoryBroker;
use arazzo::{Broker, Client, Event, EventKind, Progress};
use arazzo_brokers::Nats;

arazzo::arazzo_workflow!("workflows/orders.arazzo.yml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    match std::env::var("NATS_URL") {
        Ok(url) => {
            println!("Messages go through NATS.");
            // Each party has a connection of its own.
            let (shop, buyer, warehouse) = (Nats::connect(&url), Nats::connect(&url), Nats::connect(&url));
            trade(shop.await?, buyer.await?, warehouse.await?).await
        }
        Err(_) => {
            println!("Messages stay in memory.");
            let broker = InMemoryBroker::new("shop");
            trade(broker.clone(), broker.group("buyer"), broker.group("warehouse")).await
        }
    }
}

/// Runs the shop, the warehouse and a buyer.
async fn trade<B: Broker + 'static>(shop: B, buyer: B, warehouse: B) -> Result<(), Box<dyn Error>> {
    let url = shop::start(shop).await?;

    let client = Client::builder()
        .source(pack::sources::EVENTS, |api| api.broker(warehouse))
        .build()?;
    let mut packing = pack::Run::new(pack::Inputs::new(3));
    // The warehouse listens before anything is ordered.
    if !matches!(packing.advance(&client).await?, Progress::AwaitingMessage(_)) {
        return Err("an order has come before it was placed".into());
    }
    let packing = tokio::spawn(async move { packing.finish(&client).await });

    let client = Client::builder()
        .source(buy::sources::SHOP, |api| api.base_url(url))
        .source(buy::sources::EVENTS, |api| api.broker(buyer))
        .observer(show)
        .build()?;
    let bought = buy(&client, buy::Inputs::new("a pen")).await?;
    println!(
        "Order {} comes as a {} in {} days.",
        bought.order_id,
        bought.parcel,
        bought.days.unwrap_or_default()
    );
    println!("The warehouse has packed {}.", packing.await??.item);
    Ok(())
}

/// Prints what a run does.
fn show(event: &Event<'_>) {
    match event.kind {
        EventKind::Response {
            method, path, status, ..
        } => println!("{method} {path}: {status}"),
        EventKind::MessageReceived { address, bytes, .. } => println!("{address}: a message of {bytes} bytes"),
        _ => {}
    }
}
