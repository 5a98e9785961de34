//! Requests and answers on the wire, files, credentials, and servers that misbehave.
#![allow(clippy::module_inception, reason = "a workflow often has the name of what it tests")]

mod client;
mod faults;
mod files;
mod hostile;
mod oauth;
mod providers;
mod services;
mod wire;
