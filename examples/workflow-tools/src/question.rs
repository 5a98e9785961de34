//! What a person is asked for: the inputs that a run needs and that are missing.

use arazzo::{AnyRun, AnyWorkflow};
use rmcp::model::{ElicitRequestParams, ElicitResult, ElicitationAction, ElicitationSchema, PrimitiveSchemaDefinition};
use serde_json::{Map, Value, json};

/// The inputs that the person is asked for, and the text that is shown.
#[derive(Clone)]
pub(crate) struct Question {
    inputs: Vec<&'static str>,
    message: String,
}

/// Why an answer set no inputs.
pub(crate) enum Unanswered {
    /// The person does not want to answer.
    Refused(&'static str),
    /// A value cannot be used; the person can be asked again.
    Unusable(String),
}

impl Question {
    /// Asks for inputs of a run. `refusal` says why the last answer was refused.
    pub(crate) fn new(run: &AnyRun, inputs: Vec<&'static str>, refusal: Option<&str>) -> Self {
        let mut message = String::new();
        if let Some(refusal) = refusal {
            message.push_str(&format!("{refusal}\n\n"));
        }
        message.push_str(&format!("{} needs {}.", run.workflow(), inputs.join(", ")));
        // The person needs what the API has returned, such as the secret for an authenticator app. Whatever is long,
        // such as a picture, is for programs. A workflow with outputs that its person must not see needs a choice here.
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

    /// Asks the same question again.
    pub(crate) fn again(&self, run: &AnyRun, refusal: &str) -> Self {
        Self::new(run, self.inputs.clone(), Some(refusal))
    }

    /// Returns the request of the protocol.
    ///
    /// # Errors
    /// The schema of the inputs cannot be read.
    pub(crate) fn request(&self, workflow: &AnyWorkflow) -> Result<ElicitRequestParams, String> {
        let schema: Value = serde_json::from_str(workflow.inputs_schema()).map_err(|error| error.to_string())?;
        let known = |name: &&'static str| ((*name).to_owned(), field(&schema["properties"][*name]));
        let properties: Map<String, Value> = self.inputs.iter().map(known).collect();
        let form = json!({ "type": "object", "properties": properties, "required": self.inputs });
        let form = serde_json::from_value::<ElicitationSchema>(form);
        Ok(ElicitRequestParams::FormElicitationParams {
            meta: None,
            message: self.message.clone(),
            requested_schema: form.map_err(|error| error.to_string())?,
        })
    }

    /// Sets the inputs that the person has provided, all or none.
    ///
    /// # Errors
    /// The person has not answered, or a value cannot be used.
    pub(crate) fn answer(&self, run: &mut AnyRun, answer: ElicitResult) -> Result<(), Unanswered> {
        let content = match (answer.action, answer.content) {
            (ElicitationAction::Accept, Some(Value::Object(content))) => content,
            (ElicitationAction::Accept, _) => Map::new(),
            (ElicitationAction::Decline, _) => return Err(Unanswered::Refused("the person declined to answer")),
            _ => return Err(Unanswered::Refused("the person cancelled the question")),
        };
        let mut answered = run.clone();
        for name in &self.inputs {
            let Some(value) = content.get(*name) else {
                return Err(Unanswered::Unusable(format!("`{name}` is missing")));
            };
            set(&mut answered, name, value).map_err(Unanswered::Unusable)?;
        }
        *run = answered;
        Ok(())
    }
}

/// Returns the field of a form. A form has texts, numbers, booleans and choices; everything else is asked for as text.
fn field(schema: &Value) -> Value {
    if serde_json::from_value::<PrimitiveSchemaDefinition>(schema.clone()).is_ok() {
        return schema.clone();
    }
    let description = schema["description"].as_str().unwrap_or_default();
    let description = match &schema["type"] {
        Value::String(text) if text == "string" => description.to_owned(),
        _ => format!("{description} (as JSON)").trim_start().to_owned(),
    };
    json!({ "type": "string", "description": description })
}

/// Sets an input to a value, or to the JSON that it is the text of.
fn set(run: &mut AnyRun, name: &str, value: &Value) -> Result<(), String> {
    let refused = match run.set_input(name, value) {
        Ok(()) => return Ok(()),
        Err(error) => error.to_string(),
    };
    let text = value.as_str().and_then(|text| serde_json::from_str(text).ok());
    let value: Value = text.ok_or_else(|| refused.clone())?;
    run.set_input(name, &value).map_err(|_| refused)
}

#[cfg(test)]
mod tests {
    use super::field;
    use serde_json::json;

    #[test]
    fn what_a_form_cannot_have_is_asked_for_as_text() {
        let code = json!({ "type": "string", "description": "The code." });
        assert_eq!(field(&code), code);
        let secret = json!({ "type": "string", "format": "password", "description": "The code." });
        assert_eq!(field(&secret), code);
        let list = json!({ "type": "array", "items": { "type": "integer" }, "description": "The numbers." });
        assert_eq!(
            field(&list),
            json!({ "type": "string", "description": "The numbers. (as JSON)" })
        );
        assert_eq!(
            field(&json!(null)),
            json!({ "type": "string", "description": "(as JSON)" })
        );
    }
}
