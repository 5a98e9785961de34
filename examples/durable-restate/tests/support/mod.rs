//! Helpers for the tests.

mod busy;
mod clock;
mod patience;
mod process;
mod restate;
mod service;

pub use busy::Busy;
pub use clock::Clock;
pub use patience::until;
pub use restate::Restate;
pub use service::Service;
