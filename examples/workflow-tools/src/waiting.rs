//! The calls that wait for a person between two requests of a client.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::call::Call;
use crate::question::Question;

/// How long a call waits for its person.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How many calls wait at most.
const MOST: usize = 1_000;

/// The calls that wait, by a handle that nobody can guess.
///
/// The client only sees the handle: the run has secrets in it, and could be changed. To go on after a restart of the
/// server, store the runs, as `examples/enrolment-web` does.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<HashMap<String, (Instant, Call, Question)>>);

impl Waiting {
    fn calls(&self) -> MutexGuard<'_, HashMap<String, (Instant, Call, Question)>> {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.retain(|_, (since, ..)| since.elapsed() < PATIENCE);
        calls
    }

    /// Returns whether another call can wait.
    pub(crate) fn has_room(&self) -> bool {
        self.calls().len() < MOST
    }

    /// Keeps a call, and returns its handle.
    pub(crate) fn keep(&self, call: Call, question: Question) -> String {
        let handle = uuid::Uuid::new_v4().to_string();
        self.calls().insert(handle.clone(), (Instant::now(), call, question));
        handle
    }

    /// Takes a call of the tool `tool` that its person has answered.
    ///
    /// # Errors
    /// The call is unknown, has expired, or is being continued by another request.
    pub(crate) fn take(&self, handle: &str, tool: &str) -> Result<Taken<'_>, String> {
        let mut calls = self.calls();
        if calls.get(handle).is_none_or(|(_, call, _)| call.workflow.id() != tool) {
            return Err("this call is not waiting for an answer; call the tool again".to_owned());
        }
        let handle = handle.to_owned();
        let kept = calls.remove(&handle);
        Ok(Taken {
            waiting: self,
            handle,
            kept,
        })
    }
}

/// A call that a request goes on with. If the request is cancelled, the call waits again.
pub(crate) struct Taken<'w> {
    waiting: &'w Waiting,
    handle: String,
    kept: Option<(Instant, Call, Question)>,
}

impl Taken<'_> {
    /// Returns the call and its question.
    pub(crate) fn call(&self) -> Option<(Call, Question)> {
        self.kept
            .as_ref()
            .map(|(_, call, question)| (call.clone(), question.clone()))
    }

    /// Forgets the call: it has ended, or waits under another handle.
    pub(crate) fn answered(mut self) {
        self.kept = None;
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        if let Some(kept) = self.kept.take() {
            self.waiting.calls().insert(std::mem::take(&mut self.handle), kept);
        }
    }
}
