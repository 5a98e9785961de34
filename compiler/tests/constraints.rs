//! Constraints of inputs: what is not checked is said.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::diagnostic::Severity;
use arazzo_compiler::source::Memory;

const API: &str = r#"{"openapi":"3.1.0","info":{"title":"x","version":"1"},"servers":[{"url":"http://x.test"}],
    "paths":{"/":{"post":{"operationId":"send","requestBody":{"content":{"application/json":{}}},
    "responses":{"204":{"description":"x"}}}}}}"#;

/// What is said of an input with this schema.
fn said(schema: &str) -> Vec<(Severity, &'static str)> {
    let document = format!(
        "arazzo: 1.0.1\ninfo: {{title: x, version: '1'}}\nsourceDescriptions: [{{name: api, url: api.json, type: openapi}}]\n\
         workflows:\n- workflowId: w\n  inputs: {{type: object, properties: {{i: {schema}}}}}\n  steps:\n  - stepId: s\n    \
         operationId: send\n    requestBody: {{payload: {{i: $inputs.i}}}}\n"
    );
    let library = Memory::default().with("flow.yml", document).with("api.json", API);
    let options = Options {
        document: "flow.yml".into(),
        ..Options::default()
    };
    let compilation = compile(&options, &library);
    compilation
        .diagnostics
        .iter()
        .map(|problem| (problem.severity, problem.rule.code))
        .collect()
}

#[test]
fn what_is_checked_needs_no_words() {
    for schema in [
        "{minLength: 2, type: string}",
        "{oneOf: [{type: string}, {type: integer, minimum: 3}]}",
        "{not: {const: 5}}",
        "{type: object, additionalProperties: false, properties: {a: false}}",
        "{if: {type: string}, then: {minLength: 1}, else: {minimum: 1}}",
        "{type: array, prefixItems: [{type: string}], contains: {const: x}, maxContains: 2, items: false}",
        "{propertyNames: {maxLength: 3}, dependentRequired: {a: [b]}, dependentSchemas: {a: {minProperties: 2}}}",
    ] {
        assert_eq!(said(schema), [], "{schema}");
    }
}

#[test]
fn what_is_not_checked_is_said() {
    for schema in [
        "{type: object, unevaluatedProperties: false}",
        "{type: array, unevaluatedItems: false}",
    ] {
        assert_eq!(said(schema), [(Severity::Warning, "constraint-unchecked")], "{schema}");
    }
}

#[test]
fn a_pattern_is_checked_where_there_is_an_engine() {
    let engine = cfg!(feature = "regex");
    let unchecked = [(Severity::Warning, "constraint-unchecked")];
    let nothing: &[(Severity, &str)] = &[];
    assert_eq!(
        said("{type: string, pattern: '^a+$'}"),
        if engine { nothing } else { &unchecked }
    );
    assert_eq!(
        said("{type: object, patternProperties: {'^a': {type: string}}}"),
        if engine { nothing } else { &unchecked }
    );
    let wrong = [(Severity::Error, "regex-syntax")];
    assert_eq!(
        said("{type: string, pattern: '('}"),
        if engine { &wrong } else { &unchecked }
    );
}

/// A schema of trees: every node has ten branches, each of which is a tree.
#[test]
fn a_schema_that_contains_itself_has_an_end() {
    let branches: Vec<String> = (0..10)
        .map(|index| format!("b{index}: {{$ref: '#/properties/i'}}"))
        .collect();
    let schema = format!("{{minProperties: 1, properties: {{{}}}}}", branches.join(", "));
    assert_eq!(said(&schema), [(Severity::Warning, "constraint-unchecked")]);
}
