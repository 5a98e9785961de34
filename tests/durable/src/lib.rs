//! What the tests of durable engines share: an API, a key, and the workflow that every engine runs.

mod api;
mod key;
mod worker;

pub use api::{Api, Seen};
pub use key::Key;
pub use worker::{Settings, order};

/// The workflow: it pauses for a person, waits for a busy bank, and calls another workflow.
pub mod first {
    arazzo::arazzo_workflow!("workflows/order.arazzo.yml");
}

/// A newer version of it, in which a step has another name.
pub mod second {
    arazzo::arazzo_workflow!("workflows/order-2.arazzo.yml");
}
