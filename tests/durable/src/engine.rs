//! What the suite wants from an engine.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::process::Process;
use crate::worker::Settings;

/// The name of the workflow.
pub const ORDER: &str = "order";

/// An engine with its server on loopback, and an empty journal.
#[allow(async_fn_in_trait, reason = "the suite does not need these futures to be Send")]
pub trait Engine: Sized {
    /// Where workers of the workflow are: a network address, or a queue.
    const PLACE: &'static str;
    /// Where workers of another version are.
    const OTHER: &'static str;

    /// Starts the server. Returns `None`, with a message, if it is not installed.
    async fn start() -> Option<Self>;
    /// A directory for the output of workers.
    fn directory(&self) -> &Path;
    /// Starts a worker at a place.
    async fn work(&self, place: &str, settings: &Settings) -> Worker;
    /// Tells the engine about a worker.
    async fn register(&self, worker: &Worker);
    /// Starts a workflow for a worker at this place.
    async fn send(&self, place: &str, key: &str, inputs: Value);
    /// Returns the status, or `None` if the engine does not respond within a second.
    async fn status(&self, key: &str) -> Option<Value>;
    /// Provides inputs. Returns why they are refused.
    async fn provide(&self, key: &str, inputs: Value) -> Result<(), String>;
    /// Provides inputs, and does not wait for the result.
    async fn post(&self, key: &str, inputs: Value);
    /// Returns the stored run of a workflow that awaits inputs.
    async fn stored(&self, key: &str) -> Value;
    /// Waits for the end of a workflow. Returns its outputs, or status and message of its failure.
    async fn end(&self, key: &str) -> Result<Value, (u16, String)>;
    /// Returns everything that the engine has stored of these workflows, with names for the parts.
    async fn journal(&mut self, keys: &[&str]) -> Vec<(String, Vec<u8>)>;
}

/// A worker in a process. Clones are the same one.
#[derive(Clone)]
pub struct Worker {
    process: Arc<Mutex<Process>>,
    /// Its place.
    pub place: String,
}

impl Worker {
    /// Starts a program with settings, and with the variables of its engine. It prints its place when it works.
    pub async fn start(
        program: &str,
        directory: &Path,
        place: &str,
        settings: &Settings,
        variables: &[(&str, &str)],
    ) -> Self {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let output = directory.join(format!("worker-{number}.log"));
        let process = Process::start(program, output, |command| {
            command.arg(place);
            command.envs(settings.variables()).envs(variables.iter().copied());
        });
        let process = Mutex::new(process);
        let place = crate::until("the worker", async || locked(&process).lines().into_iter().next()).await;
        Self {
            process: Arc::new(process),
            place,
        }
    }

    /// Ends it by SIGKILL.
    pub fn kill(&self) {
        locked(&self.process).kill();
    }
}

fn locked(process: &Mutex<Process>) -> MutexGuard<'_, Process> {
    process.lock().unwrap_or_else(PoisonError::into_inner)
}
