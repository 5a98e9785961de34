use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The status of a workflow, as its handler `status` returns it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Status {
    /// A step is being attempted, or Restate retries it.
    Running {
        /// The name of the step in the document.
        step: String,
    },
    /// The next attempt is due later.
    Waiting {
        /// The step that is attempted again.
        step: String,
        /// The total length of the wait.
        seconds: f64,
    },
    /// The handler `provide` must be called.
    Awaiting {
        /// The inputs that it requires.
        inputs: Vec<String>,
        /// How many times inputs were asked for before.
        asked: u32,
        /// Why the previous values were refused.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        refusal: Option<String>,
        /// What the user needs to know to provide the inputs.
        #[serde(skip_serializing_if = "Value::is_null", default)]
        show: Value,
    },
    /// The workflow has ended; its outputs are its result.
    Done,
    /// The workflow has ended without outputs.
    Failed {
        /// The error.
        message: String,
    },
}
