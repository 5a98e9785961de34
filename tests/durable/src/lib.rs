//! What the tests of durable engines share: an API, a key, the workflow that every engine runs, and the suite that every
//! engine passes.
#![allow(clippy::unwrap_used, reason = "a test ends at what it does not expect")]

mod api;
mod engine;
mod key;
#[path = "../../../examples/durable-restate/tests/support/patience.rs"]
mod patience;
/// Programs that end with a test.
#[path = "../../../examples/durable-restate/tests/support/process.rs"]
pub mod process;
mod scene;
pub mod suite;
mod worker;

pub use api::{Api, Seen};
pub use engine::{Engine, ORDER, Worker};
pub use key::Key;
pub use patience::until;
pub use scene::{Scene, check, repeated, slip};
pub use worker::{Settings, client, order, show};

/// The workflow: it pauses for a person, waits for a busy bank, and calls another workflow.
pub mod first {
    arazzo::arazzo_workflow!("workflows/order.arazzo.yml");
}

/// A newer version of it, in which a step has another name.
pub mod second {
    arazzo::arazzo_workflow!("workflows/order-2.arazzo.yml");
}
