//! What the adapters of durable engines share.
//!
//! A run is a value, so a durable engine can carry it on: each attempt of a step is one operation that the engine
//! journals, with the stored run as input and output. An adapter (`arazzo-restate`, `arazzo-temporal`) translates between
//! [`Durable`] and the operations, timers and promises of its engine. Use this crate to write an adapter, and the
//! adapter to run workflows.
//!
//! An adapter loops:
//!
//! 1. [`Durable::start`], as a journaled operation: it reads what the caller has sent, inputs or a run of another engine.
//! 2. [`Durable::attempt`], as a journaled operation. A [`Failure::Retry`] is left to the retry policy of the engine; a
//!    [`Failure::Terminal`] ends the workflow, and is journaled too.
//! 3. [`Next`] says what is next: another attempt, a durable timer, a question to a person, or the end. What the person
//!    sends is checked by [`Durable::check`] and passed to the next attempt.
#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod attempt;
mod durable;
mod failure;
mod payload;
mod policy;
mod status;

pub use attempt::{Attempt, Next, Question, Started, Turn};
pub use durable::Durable;
pub use failure::Failure;
pub use policy::Retries;
pub use status::{State, Status};
