use restate_sdk::prelude::TerminalError;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Inputs as a user gives them: names of the document and values.
pub type Given = Map<String, Value>;

/// The inputs that are known, and over them those that were given.
///
/// # Errors
/// One that the workflow does not have, or of another type: status 400.
pub fn merge<I: Serialize + DeserializeOwned>(known: &I, given: Given) -> Result<I, TerminalError> {
    let wrong = |why: String| TerminalError::new_with_code(400, why);
    let Value::Object(mut all) = serde_json::to_value(known).map_err(|error| wrong(error.to_string()))? else {
        return Err(wrong("inputs are an object".to_owned()));
    };
    let names: Vec<String> = given.keys().cloned().collect();
    all.extend(given);
    let merged: I = serde_json::from_value(Value::Object(all))
        .map_err(|error| wrong(format!("an input is of the wrong type: {error}")))?;
    let kept = serde_json::to_value(&merged).map_err(|error| wrong(error.to_string()))?;
    match names.iter().find(|name| kept.get(name).is_none()) {
        Some(name) => Err(wrong(format!("there is no input `{name}`, or it has no value"))),
        None => Ok(merged),
    }
}
