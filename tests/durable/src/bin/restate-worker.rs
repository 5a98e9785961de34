//! Runs the workflow on Restate, at the address that is the first argument.

use arazzo_durable_tests::{Settings, order};
use restate_sdk::prelude::{Endpoint, HttpServer};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let listener = arazzo_restate::listen(address.parse()?)?;
    println!("{}", listener.local_addr()?);
    let service = arazzo_restate::Service::from(order(&Settings::read())?);
    HttpServer::new(Endpoint::builder().bind(service).build())
        .serve(listener)
        .await;
    Ok(())
}
