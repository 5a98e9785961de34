//! What happens when the network, the server or an input does what it should not: real sockets on the loopback
//! interface, bytes as they are, and the transport that everybody gets who asks for none.
//!
//! Either the run goes on rightly, or it fails with an error that says what kind of failure it is and at which step,
//! shows no secret, and leaves a run that goes on once the server is well again. "Semantics" is the page that decides
//! where the specification is silent.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use arazzo::{Client, Credential, ErrorKind, Progress, ResponseTooLarge};
use serde_json::{Value, json};

mod faults {
    arazzo::arazzo_workflow!("language/faults/faults.yml");
}

#[macro_use]
mod server;

mod connections;
mod deep;
mod escapes;
mod headers;
mod late;
mod lengths;
mod malformed;
mod redirects;
mod retry_after;

use server::*;
