//! How often an engine repeats an attempt.

use std::time::Duration;

/// How an engine repeats attempts that failed with [`Failure::Retry`](crate::Failure::Retry).
///
/// The default: after 0.2 s, then twice as long each time and at most 30 s, 20 attempts. That is about six minutes.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Retries {
    /// The time before the second attempt.
    pub first: Duration,
    /// By how much each wait is longer than the one before.
    pub factor: f32,
    /// The longest wait.
    pub longest: Duration,
    /// The number of attempts, with the first. After the last one, the workflow fails with its error.
    pub attempts: u32,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(200),
            factor: 2.0,
            longest: Duration::from_secs(30),
            attempts: 20,
        }
    }
}

impl Retries {
    /// Sets the time before the second attempt.
    #[must_use]
    pub fn first(self, first: Duration) -> Self {
        Self { first, ..self }
    }

    /// Sets by how much each wait is longer than the one before.
    #[must_use]
    pub fn factor(self, factor: f32) -> Self {
        Self { factor, ..self }
    }

    /// Sets the longest wait.
    #[must_use]
    pub fn longest(self, longest: Duration) -> Self {
        Self { longest, ..self }
    }

    /// Sets the number of attempts, with the first.
    #[must_use]
    pub fn attempts(self, attempts: u32) -> Self {
        Self { attempts, ..self }
    }
}
