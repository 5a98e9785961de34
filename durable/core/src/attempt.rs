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

/// What an attempt has to know besides the run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Turn<'t> {
    pub(crate) answered: &'t [String],
    pub(crate) sent: Option<&'t RawValue>,
    pub(crate) asked: u32,
}

impl<'t> Turn<'t> {
    /// Sets the inputs that a person has provided for the step of the run. Keep them until the run is at another step: if
    /// the API refuses them, the person is asked again.
    #[must_use]
    pub fn answered(self, inputs: &'t [String]) -> Self {
        let answered = inputs;
        Self { answered, ..self }
    }

    /// Sets the values of these inputs, as the person has sent them. They are part of the run after the attempt.
    #[must_use]
    pub fn sent(self, sent: &'t RawValue) -> Self {
        let sent = Some(sent);
        Self { sent, ..self }
    }

    /// Sets how many questions the execution has asked. The default is 0.
    #[must_use]
    pub fn asked(self, asked: u32) -> Self {
        Self { asked, ..self }
    }
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
