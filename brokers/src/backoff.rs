//! Waits between attempts to connect.

use std::time::Duration;

/// Waits that double.
pub(crate) struct Backoff(Duration);

const SHORTEST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);

impl Backoff {
    pub(crate) const fn new() -> Self {
        Self(SHORTEST)
    }

    pub(crate) async fn wait(&mut self) {
        tokio::time::sleep(self.0).await;
        self.0 = (self.0 * 2).min(LONGEST);
    }

    pub(crate) fn reset(&mut self) {
        self.0 = SHORTEST;
    }
}
