//! The result of an attempt.

use std::time::Duration;

/// The state of a run after [`advance`](crate#runs).
///
/// `I` is the workflow's enum of inputs, `O` the type of its outputs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress<I, O> {
    /// One step was attempted, and the run is not finished.
    Advanced,
    /// The next attempt is due after this time. `advance` never sleeps: wait, then advance.
    Wait(Duration),
    /// The next step needs these inputs, which are missing. The list is complete, in the order of the document, without
    /// duplicates.
    Awaiting(Vec<I>),
    /// The workflow has ended with these outputs.
    Done(O),
}
