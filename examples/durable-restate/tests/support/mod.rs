//! Helpers for the tests.

mod busy;
mod clock;
mod patience;
#[allow(dead_code, reason = "the tests of the adapter use the rest")]
mod process;
#[allow(dead_code, reason = "the tests of the adapter use the rest")]
mod restate;
mod service;

pub use busy::Busy;
pub use clock::Clock;
pub use patience::until;
pub use restate::Restate;
pub use service::Service;
