//! A run as a value: where it stands, and how it is stored.

pub(crate) mod any;
pub(crate) mod descriptor;
pub(crate) mod last_exchange;
pub(crate) mod state;
pub(crate) mod stored;
