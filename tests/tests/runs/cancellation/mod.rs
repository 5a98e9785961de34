//! Futures that are dropped before they are done: by a timeout, by a `select!`, by a task that is aborted. The run that
//! they were carrying on must be where it was, or further, but never in between.
//!
//! Docs: "No answer is in the run until `advance` returns: a future that is dropped in between has perhaps called the API
//! and left no trace of it." So what was cut off is asked again in the same words, with the same key, and nothing else is
//! asked twice or not at all.

use std::fmt::Debug;
use std::future::{Future, poll_fn};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use arazzo::http::{Request, Response, header};
use arazzo::{Attempt, BoxError, Bytes, Client, ClientCredentials, ErrorKind, Progress, Transport};
use rand::{RngExt as _, SeedableRng as _, rngs::SmallRng};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

mod flows {
    arazzo::arazzo_workflow!("language/faults/flows.yml");
}

/// Where nobody says otherwise by `CANCELLATION_SEED`, these many seeds are tried, beginning with the first.
const SEEDS: std::ops::Range<u64> = 20_261_123..20_261_131;

/// Runs with several cuts, for each seed, workflow and way to carry on.
const RUNS: usize = 60;

fn seeds() -> Vec<u64> {
    match std::env::var("CANCELLATION_SEED") {
        Ok(seed) => vec![seed.parse().expect("a number")],
        Err(_) => SEEDS.collect(),
    }
}

#[macro_use]
mod api;
#[macro_use]
mod drivers;

mod awaits;
mod sockets;

use api::*;
use drivers::*;
