//! The result of an attempt.

use std::time::Duration;

/// The state of a run after [`advance`](crate#runs).
///
/// `I` is the workflow's enum of inputs, `O` the type of its outputs.
///
/// ```
/// use arazzo::{Client, Error, Progress, Run, Workflow};
///
/// async fn attempt<W: Workflow>(run: &mut Run<W>, client: &Client) -> Result<Option<W::Outputs>, Error> {
///     match run.advance(client).await? {
///         Progress::Wait(delay) => tokio::time::sleep(delay).await,
///         Progress::Awaiting(inputs) => println!("set {} inputs, then advance", inputs.len()),
///         Progress::Done(outputs) => return Ok(Some(outputs)),
///         _ => {}
///     }
///     Ok(None)
/// }
/// ```
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
