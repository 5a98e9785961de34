//! The fields of each object of the specification (Arazzo 1.1.0, "Schema"), for completion.

/// The fields of an object, each with what it is for.
pub(super) type Fields = &'static [(&'static str, &'static str)];

const ROOT: Fields = &[
    ("arazzo", "The version of the specification"),
    ("$self", "The URI of this document (1.1)"),
    ("info", "Metadata about the workflows"),
    ("sourceDescriptions", "The descriptions of the APIs"),
    ("workflows", "The workflows"),
    ("components", "Parts that are referred to from several places"),
];
const INFO: Fields = &[
    ("title", "The title"),
    ("summary", "A short summary"),
    ("description", "A description, in CommonMark"),
    ("version", "The version of this document"),
];
const SOURCE: Fields = &[
    ("name", "The name by which expressions refer to it"),
    ("url", "Where the description is"),
    ("type", "`openapi`, `asyncapi` or `arazzo`"),
];
const WORKFLOW: Fields = &[
    ("workflowId", "The id of the workflow"),
    ("summary", "A short summary"),
    ("description", "A description, in CommonMark"),
    ("inputs", "A JSON Schema of the inputs"),
    ("dependsOn", "Workflows that must have run before"),
    ("steps", "The steps"),
    (
        "successActions",
        "What happens after a step that succeeds, unless the step says it",
    ),
    (
        "failureActions",
        "What happens after a step that fails, unless the step says it",
    ),
    ("outputs", "The outputs, each with its expression"),
    ("parameters", "Parameters of all steps"),
];
const STEP: Fields = &[
    ("stepId", "The id of the step"),
    ("description", "A description, in CommonMark"),
    ("operationId", "The operation, by its id"),
    ("operationPath", "The operation, by its place in the description"),
    ("channelPath", "The channel, by its place in the description (1.1)"),
    ("workflowId", "The workflow that the step calls"),
    ("parameters", "Parameters of the request, or inputs of the workflow"),
    ("requestBody", "The body of the request"),
    ("successCriteria", "What must hold for the step to succeed"),
    ("onSuccess", "What happens after the step has succeeded"),
    ("onFailure", "What happens after the step has failed"),
    ("outputs", "The outputs, each with its expression"),
    ("timeout", "Milliseconds that the step may take (1.1)"),
    ("dependsOn", "Steps that must have succeeded before (1.1)"),
    ("correlationId", "Which message the step waits for (1.1)"),
    ("action", "`send` or `receive` (1.1)"),
];
const PARAMETER: Fields = &[
    ("name", "The name of the parameter"),
    ("in", "`path`, `query`, `querystring`, `header` or `cookie`"),
    ("value", "The value, or an expression"),
    ("reference", "A parameter of `components`"),
];
const BODY: Fields = &[
    ("contentType", "The media type"),
    ("payload", "The content"),
    ("replacements", "Values that replace parts of the payload"),
];
const REPLACEMENT: Fields = &[
    ("target", "The part that is replaced, as a pointer or query"),
    ("targetSelectorType", "`jsonpointer`, `jsonpath` or `xpath` (1.1)"),
    ("value", "The value, or an expression"),
];
const CRITERION: Fields = &[
    ("condition", "The condition"),
    ("context", "What the condition is applied to"),
    ("type", "`simple`, `regex`, `jsonpath` or `xpath`"),
];
const SUCCESS: Fields = &[
    ("name", "The name of the action"),
    ("type", "`end` or `goto`"),
    ("workflowId", "The workflow to go to"),
    ("stepId", "The step to go to"),
    ("parameters", "Inputs of the workflow to go to (1.1)"),
    ("criteria", "When the action applies"),
    ("reference", "An action of `components`"),
];
const FAILURE: Fields = &[
    ("name", "The name of the action"),
    ("type", "`end`, `goto` or `retry`"),
    ("workflowId", "The workflow to go to, or to run before another attempt"),
    ("stepId", "The step to go to, or to run before another attempt"),
    ("parameters", "Inputs of the workflow (1.1)"),
    ("retryAfter", "Seconds to wait before another attempt"),
    ("retryLimit", "Maximum number of further attempts"),
    ("criteria", "When the action applies"),
    ("reference", "An action of `components`"),
];
const COMPONENTS: Fields = &[
    ("inputs", "JSON Schemas"),
    ("parameters", "Parameters"),
    ("successActions", "Actions after a success"),
    ("failureActions", "Actions after a failure"),
];

/// Returns the fields of the object at a path of keys, as in a document.
pub(super) fn fields(path: &[String]) -> Fields {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    match keys.as_slice() {
        [] => ROOT,
        ["info"] => INFO,
        ["sourceDescriptions"] => SOURCE,
        ["workflows"] => WORKFLOW,
        ["workflows", "steps"] => STEP,
        ["components"] => COMPONENTS,
        ["components", "parameters", _] | ["workflows", "parameters"] | ["workflows", "steps", "parameters"] => {
            PARAMETER
        }
        [
            "workflows",
            ..,
            "onSuccess" | "onFailure" | "successActions" | "failureActions",
            "parameters",
        ] => PARAMETER,
        ["workflows", "steps", "requestBody"] => BODY,
        ["workflows", "steps", "requestBody", "replacements"] => REPLACEMENT,
        ["workflows", "steps", "successCriteria"] => CRITERION,
        [
            ..,
            "onSuccess" | "onFailure" | "successActions" | "failureActions",
            "criteria",
        ]
        | ["components", "successActions" | "failureActions", _, "criteria"] => CRITERION,
        ["workflows", "successActions"] | ["workflows", "steps", "onSuccess"] | ["components", "successActions", _] => {
            SUCCESS
        }
        ["workflows", "failureActions"] | ["workflows", "steps", "onFailure"] | ["components", "failureActions", _] => {
            FAILURE
        }
        _ => &[],
    }
}

/// Returns the words that a field can have.
pub(super) fn words(path: &[String], key: &str) -> &'static [&'static str] {
    let last = path.last().map_or("", String::as_str);
    match (key, last) {
        ("arazzo", "") => &["1.1.0", "1.0.1"],
        ("in", _) => &["path", "query", "querystring", "header", "cookie"],
        ("action", "steps") => &["send", "receive"],
        ("type", "sourceDescriptions") => &["openapi", "asyncapi", "arazzo"],
        ("type", "successCriteria" | "criteria") => &["simple", "regex", "jsonpath", "xpath"],
        ("type", "onSuccess" | "successActions") => &["end", "goto"],
        ("type", "onFailure" | "failureActions") => &["end", "goto", "retry"],
        ("targetSelectorType", _) => &["jsonpointer", "jsonpath", "xpath"],
        _ => &[],
    }
}
