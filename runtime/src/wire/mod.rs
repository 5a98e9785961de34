//! Requests and responses: building and encoding requests, and reading responses.

pub(crate) mod auth;
pub(crate) mod base;
pub(crate) mod body;
pub(crate) mod call;
pub(crate) mod exchange;
pub(crate) mod failure;
pub(crate) mod form;
pub(crate) mod kept;
pub(crate) mod obtained;
pub(crate) mod operation;
pub(crate) mod outgoing;
pub(crate) mod received;
#[cfg(feature = "reqwest")]
mod reqwest;
pub(crate) mod security;
pub(crate) mod sent;
pub(crate) mod style;
pub(crate) mod token;
#[cfg(feature = "reqwest")]
pub(crate) mod urls;
