//! Stand-ins for the services that example workflows call.
//!
//! A stand-in is a real HTTP server on the loopback interface: it speaks the
//! protocol of the service, keeps its own state and judges what it receives, so
//! that a client can be run against it exactly as it would be run against the
//! service.

#![forbid(unsafe_code)]

pub mod stytch;
