//! Runs work that cannot be interrupted on a thread of its own.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

/// The time limit of an evaluation.
const LIMIT: Duration = Duration::from_secs(2);

/// The stack size for an evaluation; the XPath 3.1 engine needs more than the default.
const STACK: usize = 64 * 1024 * 1024;

/// Maximum number of abandoned evaluations. A thread cannot be stopped: it ends when its work does.
const ABANDONED: usize = 4;

/// Number of abandoned evaluations in the process.
static RUNNING: AtomicUsize = AtomicUsize::new(0);

/// The reason why work has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Missed {
    /// The work took too long.
    Deadline,
    /// Too many abandoned evaluations are still running, or no thread could be started.
    Busy,
    /// The work panicked.
    Panicked,
}

/// Runs `work`, and waits for its result up to the time limit.
///
/// # Errors
/// The work took too long, could not start, or panicked.
pub(crate) fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Missed> {
    run_counted(&RUNNING, work)
}

/// Counts an abandoned thread until it ends.
struct Abandoned(&'static AtomicUsize);

impl Drop for Abandoned {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn run_counted<T: Send + 'static>(
    running: &'static AtomicUsize,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Missed> {
    if running.load(Ordering::Relaxed) >= ABANDONED {
        return Err(Missed::Busy);
    }
    let (sender, receiver) = mpsc::channel();
    let (mark, abandoned) = mpsc::channel::<Abandoned>();
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(move || {
        let result = work();
        // After the deadline nobody receives the result. A count that was sent is dropped with the channel.
        let _ = sender.send(result);
        drop(abandoned);
    });
    if thread.is_err() {
        return Err(Missed::Busy);
    }
    match receiver.recv_timeout(LIMIT) {
        Ok(result) => Ok(result),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(Missed::Panicked),
        Err(mpsc::RecvTimeoutError::Timeout) => {
            running.fetch_add(1, Ordering::Relaxed);
            // The thread owns the count from now on. If it has just ended, the count is returned and dropped here.
            let _ = mark.send(Abandoned(running));
            Err(Missed::Deadline)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_never_ends_is_left_behind_and_no_more_of_it_is_started() {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let (release, held) = mpsc::channel::<()>();
        let held = std::sync::Arc::new(std::sync::Mutex::new(held));
        assert_eq!(run_counted(&COUNT, || 7), Ok(7));
        for _ in 0..ABANDONED {
            let held = std::sync::Arc::clone(&held);
            let endless = move || held.lock().map(|held| held.recv().is_err()).is_ok();
            assert_eq!(run_counted(&COUNT, endless), Err(Missed::Deadline));
        }
        assert_eq!(run_counted(&COUNT, || 7), Err(Missed::Busy));
        drop(release);
        while COUNT.load(Ordering::Relaxed) > 0 {
            std::thread::yield_now();
        }
        assert_eq!(run_counted(&COUNT, || 7), Ok(7));
        assert_eq!(
            run_counted(&COUNT, || -> u8 { std::panic::resume_unwind(Box::new(())) }),
            Err(Missed::Panicked)
        );
    }
}
