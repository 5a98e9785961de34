//! The result of an attempt, in the form that an engine stores.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A run before its first attempt on an engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Started {
    /// The stored run, sealed if the workflow has a key.
    pub run: Box<RawValue>,
    /// The `stepId` of the next step; `None` if the run has ended.
    pub step: Option<String>,
}

/// The result of an attempt of a step.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Attempt {
    /// The stored run after the attempt, sealed if the workflow has a key. It is kept as text, so that numbers do not
    /// change.
    pub run: Box<RawValue>,
    /// The `stepId` of the next step; `None` if the run has ended.
    pub step: Option<String>,
    /// What comes next.
    pub next: Next,
    /// When the attempt ended, in milliseconds since 1970-01-01T00:00:00Z.
    pub at: u64,
}

/// What comes after an attempt.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Next {
    /// Another attempt, at once.
    Advance,
    /// Another attempt after this time.
    Wait {
        /// The time in milliseconds.
        milliseconds: u64,
    },
    /// Another attempt when a person has provided inputs.
    Ask(Question),
    /// The end: the outputs of the workflow as an object, sealed if the workflow has a key.
    Done(Box<RawValue>),
}

/// Inputs that a person has to provide.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Question {
    /// The names of the inputs in the document.
    pub inputs: Vec<String>,
    /// What the person needs to know, sealed if the workflow has a key: an object with `refusal`, the reason why the
    /// values of the last answer were refused, and `show`, what the workflow shows. Both can be absent.
    pub details: Box<RawValue>,
}
