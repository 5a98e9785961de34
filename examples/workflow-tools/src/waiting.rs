//! The calls that wait for a person between two requests of a client.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::call::Call;
use crate::question::Question;

/// How long a call waits for its person.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

/// How many calls wait at most. With one more, the oldest is forgotten.
const MOST: usize = 1_000;

/// The calls that wait, by a handle that nobody can guess.
///
/// The client only sees the handle: the run has secrets in it, and could be changed. To go on after a restart of the
/// server, store the runs, as `examples/enrolment-web` does.
#[derive(Default)]
pub(crate) struct Waiting(Mutex<HashMap<String, (Instant, Call, Question)>>);

impl Waiting {
    /// Keeps a call, and returns its handle.
    pub(crate) fn keep(&self, call: Call, question: Question) -> String {
        let handle = uuid::Uuid::new_v4().to_string();
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|_, (since, ..)| since.elapsed() < PATIENCE);
        if waiting.len() >= MOST
            && let Some((oldest, _)) = waiting.iter().min_by_key(|(_, (since, ..))| *since)
        {
            let oldest = oldest.clone();
            waiting.remove(&oldest);
        }
        waiting.insert(handle.clone(), (Instant::now(), call, question));
        handle
    }

    /// Takes a call of the tool `tool`. A handle is good for one answer.
    ///
    /// # Errors
    /// There is no such call, or it has waited for too long.
    pub(crate) fn take(&self, handle: &str, tool: &str) -> Result<(Call, Question), String> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match waiting.remove(handle) {
            Some((since, call, question)) if since.elapsed() < PATIENCE && call.workflow.id() == tool => {
                Ok((call, question))
            }
            _ => Err("this call is no longer waiting for an answer; call the tool again".to_owned()),
        }
    }
}
