//! Runs as values: their state, and their stored form.

pub(crate) mod any;
pub(crate) mod descriptor;
pub(crate) mod last_exchange;
pub(crate) mod state;
pub(crate) mod stored;
mod stored_steps;
mod stored_wait;
