use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use crate::builder::{Clock, Observer};
use crate::credentials::Credentials;
use crate::exchange::Exchange;
use crate::project::Project;

/// What the handlers of one server share.
pub(crate) struct App {
    pub(crate) credentials: Credentials,
    clock: Clock,
    observer: Option<Observer>,
    project: Mutex<Project>,
    log: Mutex<Vec<Exchange>>,
}

impl App {
    pub(crate) fn new(credentials: Credentials, clock: Clock, observer: Option<Observer>) -> Self {
        let project = Project::new(credentials.project_id().to_owned());
        Self {
            credentials,
            clock,
            observer,
            project: Mutex::new(project),
            log: Mutex::default(),
        }
    }

    pub(crate) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    pub(crate) fn project(&self) -> MutexGuard<'_, Project> {
        lock(&self.project)
    }

    pub(crate) fn log(&self) -> Vec<Exchange> {
        lock(&self.log).clone()
    }

    pub(crate) fn record(&self, exchange: Exchange) {
        if let Some(observer) = &self.observer {
            observer(&exchange);
        }
        lock(&self.log).push(exchange);
    }
}

/// Locks through poisoning: a panic in one handler must not turn every later
/// request, and the test's own assertions, into a second failure.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
