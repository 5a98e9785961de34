//! Compiles Arazzo workflow descriptions to diagnostics or to Rust tokens.
#![cfg_attr(not(test), warn(clippy::pedantic))]
#![allow(clippy::module_name_repetitions, clippy::too_many_lines)]

pub mod bundle;
mod check;
mod condition;
pub mod diagnostic;
mod document;
mod expression;
mod flow;
mod openapi;
mod resolve;
mod schema;
pub mod source;
mod typing;
