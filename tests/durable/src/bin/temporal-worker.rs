//! Runs the workflow on the Temporal server `TEMPORAL_ADDRESS`, for the queue that is the first argument.

use std::time::Duration;

use arazzo::Workflow;
use arazzo_durable_tests::{Key, Settings, client, first, second, show};
use temporalio_client::{Client, ClientOptions, Connection, ConnectionOptions, Url};
use temporalio_sdk::{Runtime, Worker, WorkerOptions};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let settings = Settings::read();
    if settings.newer {
        work::<second::order::Workflow>(&settings).await
    } else {
        work::<first::order::Workflow>(&settings).await
    }
}

async fn work<W: Workflow<Dependencies = ()>>(settings: &Settings) -> Result<(), Box<dyn std::error::Error>> {
    let url: Url = std::env::var("TEMPORAL_ADDRESS")?.parse()?;
    let connection = Connection::connect(ConnectionOptions::new(url).build()).await?;
    let temporal = Client::new(connection, ClientOptions::new("default").build())?;
    let queue = std::env::args().nth(1).unwrap_or_default();
    let mut service = arazzo_temporal::workflow::<W>(client(settings)?)
        .show(show)
        // So that a killed worker is noticed soon.
        .heartbeat(Duration::from_secs(2));
    if settings.sealed {
        service = service.sealed(Key::default());
    }
    if settings.longest > 0 {
        service = service.longest_history(settings.longest);
    }
    let options = service.register(WorkerOptions::new(&queue))?;
    // The test server leaves tasks in the queue of a killed worker that had the execution in its cache.
    let options = options.max_cached_workflows(if settings.cached { 100 } else { 0 });
    let runtime = Runtime::from_current_tokio(Default::default())?;
    let mut worker = Worker::new(&runtime, temporal, options.build())?;
    println!("{queue}");
    worker.run().await?;
    Ok(())
}
