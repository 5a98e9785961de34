//! Requests and answers on the wire, files, credentials, and servers that misbehave.

mod client;
mod faults;
mod files;
mod hostile;
mod oauth;
mod wire;
