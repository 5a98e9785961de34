use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Where a workflow stands, as its handler `status` tells it.
#[derive(Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Status {
    /// A step is being attempted, or Restate tries it again.
    Running {
        /// Its name in the document.
        step: String,
    },
    /// The next attempt is due later.
    Waiting {
        /// The step that is attempted again.
        step: String,
        /// How long the wait is as a whole.
        seconds: f64,
    },
    /// The handler `provide` has to be called.
    Awaiting {
        /// The inputs that it needs.
        inputs: Vec<String>,
        /// How many times inputs were asked for before.
        asked: u32,
        /// Why those that were there did not do.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        refusal: Option<String>,
        /// What the user needs to know for it.
        #[serde(skip_serializing_if = "Value::is_null", default)]
        show: Value,
    },
    /// The outputs are the result of the workflow.
    Done,
    /// The workflow has ended without outputs.
    Failed {
        /// Why.
        message: String,
    },
}
