//! What a run says after an attempt.

use std::time::Duration;

/// Where a run stands after [`advance`](crate#runs).
///
/// `I` is the workflow's enum of inputs, `O` its outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress<I, O> {
    /// One step was attempted; there is more to do.
    Advanced,
    /// The next attempt is due after this time. A run never sleeps by itself: wait, then advance.
    Wait(Duration),
    /// The next step needs these inputs, which were not given yet: all of them, in the order of the
    /// document, each once.
    Awaiting(Vec<I>),
    /// The workflow has ended with these outputs.
    Done(O),
}
