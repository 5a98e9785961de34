use restate_sdk::prelude::TerminalError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Inputs as a user provides them: names from the document, and values.
pub type Given = Map<String, Value>;

/// Merges the inputs that are known with the inputs that were provided, which take precedence.
///
/// # Errors
/// Status 400: the workflow has no such input, or the input has a different type.
pub fn merge<I: Serialize + DeserializeOwned>(known: &I, given: Given) -> Result<I, TerminalError> {
    let wrong = |why: String| TerminalError::new_with_code(400, why);
    let Value::Object(mut all) = serde_json::to_value(known).map_err(|error| wrong(error.to_string()))? else {
        return Err(wrong("expected an object of inputs".to_owned()));
    };
    let names: Vec<String> = given.keys().cloned().collect();
    all.extend(given);
    let merged: I =
        serde_json::from_value(Value::Object(all)).map_err(|error| wrong(format!("invalid input: {error}")))?;
    let kept = serde_json::to_value(&merged).map_err(|error| wrong(error.to_string()))?;
    match names.iter().find(|name| kept.get(name).is_none()) {
        Some(name) => Err(wrong(format!("unknown input `{name}`, or it has no value"))),
        None => Ok(merged),
    }
}
