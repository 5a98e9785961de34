//! What a workflow says about itself.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::attempt::{Attempt, Next};

/// The status of a workflow, as JSON: `{"state": "awaiting", "inputs": ["totp_code"], "asked": 0, …}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Status {
    /// The state, with what belongs to it.
    #[serde(flatten)]
    pub state: State,
    /// When the last attempt ended, in milliseconds since 1970-01-01T00:00:00Z; `None` before the first attempt.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub since: Option<u64>,
}

/// The state of a workflow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
#[non_exhaustive]
pub enum State {
    /// A step is being attempted, or the engine repeats an attempt.
    Running {
        /// The `stepId`.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        step: Option<String>,
    },
    /// The next attempt is due later.
    Waiting {
        /// The `stepId`.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        step: Option<String>,
        /// The whole time, in milliseconds.
        milliseconds: u64,
    },
    /// A person has to provide inputs.
    Awaiting {
        /// The `stepId`.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        step: Option<String>,
        /// The names of the inputs.
        inputs: Vec<String>,
        /// How many questions were asked before this one.
        asked: u32,
        /// See [`Question::details`](crate::Question::details).
        details: Value,
    },
    /// The workflow has ended; its outputs are its result.
    Done,
    /// The workflow has ended without outputs.
    Failed {
        /// The failure.
        message: String,
    },
}

impl Status {
    /// Returns the status before an attempt: the first one, or one after a wait or an answer. `since` is when the last
    /// attempt ended.
    #[must_use]
    pub fn running(step: Option<String>, since: Option<u64>) -> Self {
        let state = State::Running { step };
        Self { state, since }
    }

    /// Returns the status after an attempt. `asked` is the number of questions before it.
    #[must_use]
    pub fn after(attempt: &Attempt, asked: u32) -> Self {
        let step = attempt.step.clone();
        let state = match &attempt.next {
            Next::Advance => State::Running { step },
            Next::Wait { milliseconds } => State::Waiting {
                step,
                milliseconds: *milliseconds,
            },
            Next::Ask(question) => State::Awaiting {
                step,
                inputs: question.inputs.clone(),
                asked,
                details: serde_json::from_str(question.details.get()).unwrap_or_default(),
            },
            Next::Done(_) => State::Done,
        };
        Self {
            state,
            since: Some(attempt.at),
        }
    }

    /// Returns the status of a workflow that has failed.
    #[must_use]
    pub fn failed(message: impl Into<String>, since: Option<u64>) -> Self {
        let message = message.into();
        Self {
            state: State::Failed { message },
            since,
        }
    }
}
