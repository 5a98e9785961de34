//! What a person is asked for: the inputs that a run needs and that are missing.

use arazzo::{AnyRun, AnyWorkflow, Error};
use rmcp::model::{ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema};
use serde_json::{Map, Value, json};

/// The inputs that the person is asked for, and the text that is shown.
pub(crate) struct Question {
    /// The names of the inputs.
    pub(crate) inputs: Vec<&'static str>,
    message: String,
}

impl Question {
    /// Asks for inputs of a run. `refusal` is the error of the last answers.
    pub(crate) fn new(run: &AnyRun, inputs: Vec<&'static str>, refusal: Option<&Error>) -> Self {
        let mut message = String::new();
        if let Some(refusal) = refusal {
            message.push_str(&format!("{refusal}\n\n"));
        }
        message.push_str(&format!("{} needs {}.", run.workflow(), inputs.join(", ")));
        // The person needs what the API has returned, such as the secret for an authenticator app. Whatever is long,
        // such as a picture, is for programs.
        for (_, outputs) in run.steps() {
            for (name, value) in outputs.as_object().into_iter().flatten() {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                if text.len() <= 200 {
                    message.push_str(&format!("\n{name}: {text}"));
                }
            }
        }
        Self { inputs, message }
    }

    /// Returns the request of the protocol.
    ///
    /// # Errors
    /// An input is an object or an array; a person can only be asked for text, numbers and choices.
    pub(crate) fn request(&self, workflow: &AnyWorkflow) -> Result<ElicitRequestParams, String> {
        let schema: Value = serde_json::from_str(workflow.inputs_schema()).map_err(|error| error.to_string())?;
        let known = |name: &&'static str| ((*name).to_owned(), schema["properties"][*name].clone());
        let properties: Map<String, Value> = self.inputs.iter().map(known).collect();
        let form = json!({ "type": "object", "properties": properties, "required": self.inputs });
        let requested_schema = serde_json::from_value::<ElicitationSchema>(form)
            .map_err(|error| format!("a person cannot be asked for {}: {error}", self.inputs.join(", ")))?;
        Ok(ElicitRequestParams::FormElicitationParams {
            meta: None,
            message: self.message.clone(),
            requested_schema,
        })
    }

    /// Sets the inputs that the person has provided.
    ///
    /// # Errors
    /// The person has not answered, or a value has the wrong type.
    pub(crate) fn answer(&self, run: &mut AnyRun, answer: ElicitResult) -> Result<(), String> {
        let content = match (answer.action, answer.content) {
            (ElicitationAction::Accept, Some(Value::Object(content))) => content,
            (ElicitationAction::Accept, _) => return Err("the answer has no content".to_owned()),
            (ElicitationAction::Decline, _) => return Err("the person declined to answer".to_owned()),
            _ => return Err("the person cancelled the question".to_owned()),
        };
        for name in &self.inputs {
            if let Some(value) = content.get(*name) {
                run.set_input(name, value).map_err(|error| error.to_string())?;
            }
        }
        Ok(())
    }
}
