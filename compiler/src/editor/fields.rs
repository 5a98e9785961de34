//! The fields of each object of the specification (Arazzo 1.1.0, "Schema"), for completion.

/// The fields of an object, each with what it is for.
type Fields = &'static [(&'static str, &'static str)];

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
pub(super) fn fields(path: &[String]) -> impl Iterator<Item = (&'static str, &'static str)> {
    // What is defined in `components` does not refer to another part of it.
    let defines = path.first().is_some_and(|key| key == "components");
    let all = fields_of(path).iter().copied();
    all.filter(move |(name, _)| !(defines && *name == "reference"))
}

fn fields_of(path: &[String]) -> Fields {
    let keys: Vec<&str> = path.iter().map(String::as_str).collect();
    let parent = keys.len().checked_sub(2).map_or("", |at| keys[at]);
    match (
        keys.first().copied().unwrap_or(""),
        parent,
        keys.last().copied().unwrap_or(""),
    ) {
        ("", ..) => ROOT,
        ("info", "", _) => INFO,
        ("sourceDescriptions", "", _) => SOURCE,
        ("workflows", "", _) => WORKFLOW,
        ("components", "", _) => COMPONENTS,
        ("components", "successActions", name) if name != "criteria" => SUCCESS,
        ("components", "failureActions", name) if name != "criteria" => FAILURE,
        ("workflows", "workflows", "steps") => STEP,
        ("workflows", "steps", "requestBody") => BODY,
        ("workflows", "requestBody", "replacements") => REPLACEMENT,
        ("workflows", "workflows", "successActions") | ("workflows", "steps", "onSuccess") => SUCCESS,
        ("workflows", "workflows", "failureActions") | ("workflows", "steps", "onFailure") => FAILURE,
        ("components", "parameters", _) | ("workflows", "workflows" | "steps", "parameters") => PARAMETER,
        ("workflows", of, "parameters") if is_action(of) => PARAMETER,
        ("workflows", "steps", "successCriteria") => CRITERION,
        ("workflows" | "components", of, "criteria") if is_action(of) || keys.len() == 4 => CRITERION,
        _ => &[],
    }
}

fn is_action(key: &str) -> bool {
    ["onSuccess", "onFailure", "successActions", "failureActions"].contains(&key)
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

#[cfg(test)]
mod tests {
    use super::fields;
    use crate::bundle::Options;
    use crate::compile;
    use crate::source::Memory;

    /// Every field that is offered is one that the reader of documents knows at this place.
    #[test]
    fn the_fields_are_those_that_a_document_can_have() {
        for path in [
            "",
            "info",
            "sourceDescriptions",
            "workflows",
            "workflows/steps",
            "workflows/parameters",
            "workflows/steps/parameters",
            "workflows/steps/requestBody",
            "workflows/steps/requestBody/replacements",
            "workflows/steps/successCriteria",
            "workflows/steps/onSuccess",
            "workflows/steps/onFailure",
            "workflows/steps/onFailure/criteria",
            "workflows/steps/onFailure/parameters",
            "workflows/successActions",
            "workflows/failureActions",
            "workflows/failureActions/criteria",
            "components",
            "components/parameters/p",
            "components/successActions/p",
            "components/failureActions/p",
            "components/failureActions/p/criteria",
        ] {
            let keys: Vec<String> = path
                .split('/')
                .filter(|key| !key.is_empty())
                .map(str::to_owned)
                .collect();
            let found: Vec<&str> = fields(&keys).map(|(name, _)| name).collect();
            assert!(!found.is_empty(), "{path}");
            // An object with one more field at the place, in lists where lists are.
            for field in found.iter().copied().chain(["notAField"]) {
                let mut text = format!("{{{field}: 0}}");
                for (at, key) in keys.iter().enumerate().rev() {
                    let listed = [
                        "sourceDescriptions",
                        "workflows",
                        "steps",
                        "parameters",
                        "replacements",
                        "criteria",
                        "successCriteria",
                    ]
                    .contains(&key.as_str())
                        || super::is_action(key);
                    let listed = listed && !(at == 1 && keys[0] == "components");
                    text = if listed {
                        format!("{{{key}: [{text}]}}")
                    } else {
                        format!("{{{key}: {text}}}")
                    };
                }
                let rest = text.strip_prefix('{').unwrap();
                let version = if field == "arazzo" { "" } else { "arazzo: 1.1.0, " };
                let options = Options {
                    document: "d.yaml".into(),
                    ..Options::default()
                };
                let compilation = compile(
                    &options,
                    &Memory::default().with("d.yaml", format!("{{{version}{rest}\n")),
                );
                let unknown = compilation
                    .diagnostics
                    .iter()
                    .any(|problem| problem.rule.code == "unknown-field");
                assert_eq!(
                    unknown,
                    field == "notAField",
                    "{path} {field}: {:?}",
                    compilation.diagnostics
                );
            }
        }
    }
}
