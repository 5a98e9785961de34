use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use super::builder::{Clock, Observer};
use super::credentials::Credentials;
use super::exchange::Exchange;
use super::project::Project;

/// What the handlers of one server share.
pub(super) struct App {
    pub(super) credentials: Credentials,
    clock: Clock,
    observer: Option<Observer>,
    project: Mutex<Project>,
    log: Mutex<Vec<Exchange>>,
}

impl App {
    pub(super) fn new(credentials: Credentials, clock: Clock, observer: Option<Observer>) -> Self {
        let project = Project::new(credentials.project_id().to_owned());
        Self {
            credentials,
            clock,
            observer,
            project: Mutex::new(project),
            log: Mutex::default(),
        }
    }

    pub(super) fn now(&self) -> SystemTime {
        (self.clock)()
    }

    pub(super) fn project(&self) -> MutexGuard<'_, Project> {
        lock(&self.project)
    }

    pub(super) fn log(&self) -> Vec<Exchange> {
        lock(&self.log).clone()
    }

    pub(super) fn record(&self, exchange: Exchange) {
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
