use std::time::Duration;

use arazzo::{Client, Progress, Run, Workflow};
use restate_sdk::prelude::{HandlerError, TerminalError};
use serde::{Deserialize, Serialize};

use crate::failure::{Failure, judge};

/// The result of one attempt, which is what the journal stores.
///
/// The run contains everything that the API has returned, including the secret of the authenticator app. If the journal
/// must not contain it in plain text, use `Run::seal` and `Run::open` here.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
pub struct Attempt<W: Workflow> {
    /// The run after the attempt.
    pub run: Run<W>,
    /// What comes next.
    pub next: Next<W::Outputs>,
}

/// [`arazzo::Progress`] in a form that can be stored, plus the one failure after which the workflow continues.
#[derive(Serialize, Deserialize)]
pub enum Next<O> {
    /// Make another attempt at once.
    Advance,
    /// Make another attempt after this time.
    Wait(Duration),
    /// Make another attempt when these inputs are provided.
    Ask {
        /// The names of the inputs in the document.
        inputs: Vec<String>,
        /// Why the previous values were refused.
        refusal: Option<String>,
    },
    /// The workflow has ended with these outputs.
    Done(O),
}

impl<O> Next<O> {
    /// Asks for these inputs.
    pub fn ask(inputs: impl IntoIterator<Item = impl ToString>, refusal: Option<String>) -> Self {
        Self::Ask {
            inputs: inputs.into_iter().map(|input| input.to_string()).collect(),
            refusal,
        }
    }
}

impl<I: ToString, O> From<Progress<I, O>> for Next<O> {
    fn from(progress: Progress<I, O>) -> Self {
        match progress {
            Progress::Wait(duration) => Self::Wait(duration),
            Progress::Awaiting(inputs) => Self::ask(inputs, None),
            Progress::Done(outputs) => Self::Done(outputs),
            // `Advanced`, and any other variant that only means to advance again.
            _ => Self::Advance,
        }
    }
}

/// Makes one attempt of one step. An error of this function leaves nothing in the journal if it can be retried, and
/// otherwise ends the workflow.
pub async fn attempt<W: Workflow>(mut run: Run<W>, client: &Client) -> Result<Attempt<W>, HandlerError> {
    let next = match run.advance(client).await {
        Ok(progress) => progress.into(),
        Err(error) => match judge(&error) {
            Failure::Ask(input) => Next::ask([input], Some(error.to_string())),
            Failure::Retry => return Err(chain(&error).into()),
            Failure::Terminal(code) => return Err(TerminalError::new_with_code(code, chain(&error)).into()),
        },
    };
    Ok(Attempt { run, next })
}

/// The error and its causes, on one line.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
