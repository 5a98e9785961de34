//! JSON: values, and the Rust types that they are read as.

pub(crate) mod data;
mod macros;
pub(crate) mod members;
