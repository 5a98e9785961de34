//! JSON values, and the Rust types that they are read as.

pub(crate) mod collections;
pub(crate) mod data;
pub(crate) mod datum;
pub(crate) mod fault;
mod macros;
pub(crate) mod members;
pub(crate) mod pointer;
pub(crate) mod reading;
pub(crate) mod scan;
pub(crate) mod slot;
pub(crate) mod view;
