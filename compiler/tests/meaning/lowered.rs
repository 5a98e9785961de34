//! Every error that comes from the description of an API can be lowered.

use crate::Case;

/// Documents that a description rules out, and the code of each.
/// An operation with these fields.
fn operation(rest: &str) -> String {
    format!("paths: {{ /x: {{ post: {{ operationId: x, {rest} }} }} }}\n")
}

/// A step that calls it, with further fields.
fn step(rest: &str) -> String {
    format!("{{ stepId: s, operationId: x{rest} }}")
}

const OK: &str = "responses: { '200': { description: ok } }";

/// Codes, each with a step and a description that break its rule.
fn ruled_out() -> Vec<(&'static str, String, String)> {
    let ok = OK;
    let json = |schema: &str| format!("content: {{ application/json: {{ schema: {schema} }} }}");
    vec![
        (
            "parameter-required",
            step(""),
            operation(&format!(
                "parameters: [{{ name: q, in: query, required: true, schema: {{}} }}], {ok}"
            )),
        ),
        (
            "body-not-accepted",
            step(", requestBody: { payload: { a: 1 } }"),
            format!("paths: {{ /x: {{ delete: {{ operationId: x, {ok} }} }} }}\n"),
        ),
        (
            "source-cycle",
            step(", outputs: { a: $response.body#/a }"),
            operation(&format!(
                "responses: {{ '200': {{ description: ok, {} }} }}",
                json("{ $ref: '#/components/schemas/A' }")
            )) + "components: { schemas: { A: { $ref: '#/components/schemas/B' }, B: { $ref: '#/components/schemas/A' } } }\n",
        ),
        (
            "body-required",
            step(""),
            operation(&format!("requestBody: {{ required: true, {} }}, {ok}", json("{}"))),
        ),
        (
            "source-ref-unresolved",
            step(", outputs: { a: $response.body#/a }"),
            operation(&format!(
                "responses: {{ '200': {{ description: ok, {} }} }}",
                json("{ $ref: '#/none' }")
            )),
        ),
        (
            "source-ref-unresolved",
            step(", outputs: { a: $response.body#/a/b }"),
            operation(&format!(
                "responses: {{ '200': {{ description: ok, {} }} }}",
                json("{ type: object, properties: { a: { $ref: '#/none' } } }")
            )),
        ),
        (
            "source-ref-unresolved",
            step(""),
            operation(&format!("parameters: [{{ $ref: '#/none' }}], {ok}")),
        ),
        (
            "payload-content-type",
            step(", requestBody: { payload: { a: 1 } }"),
            operation(&format!(
                "requestBody: {{ content: {{ application/xml: {{ schema: {{ type: object }} }} }} }}, {ok}"
            )),
        ),
        (
            "payload-content-type",
            step(", requestBody: { payload: [1] }"),
            operation(&format!(
                "requestBody: {{ content: {{ multipart/form-data: {{ schema: {{ type: object }} }} }} }}, {ok}"
            )),
        ),
    ]
}

/// More of them.
fn ruled_out_elsewhere() -> Vec<(&'static str, String, String)> {
    let ok = OK;
    let json = |schema: &str| format!("content: {{ application/json: {{ schema: {schema} }} }}");
    vec![
        (
            "output-without-body",
            step(", outputs: { a: $response.body }"),
            operation("responses: { '204': { description: none } }"),
        ),
        (
            "unknown-path-parameter",
            step(", parameters: [{ name: p, in: path, value: x }]"),
            operation(&format!(
                "parameters: [{{ name: p, in: path, required: true, schema: {{}} }}], {ok}"
            )),
        ),
        (
            "payload-type-mismatch",
            step(", requestBody: { payload: { a: x } }"),
            operation(&format!(
                "requestBody: {{ {} }}, {ok}",
                json("{ type: object, properties: { a: { type: string, enum: [b] } } }")
            )),
        ),
        (
            "payload-member-required",
            step(", requestBody: { payload: { a: { } } }"),
            operation(&format!(
                "requestBody: {{ {} }}, {ok}",
                json("{ type: object, properties: { a: { type: object, required: [b] } } }")
            )),
        ),
        (
            "type-mismatch",
            step(", parameters: [{ name: q, in: query, value: x }]"),
            operation(&format!(
                "parameters: [{{ name: q, in: query, schema: {{ type: integer }} }}], {ok}"
            )),
        ),
        (
            "duplicate-operation-id",
            step(""),
            format!("paths: {{ /x: {{ post: {{ operationId: x, {ok} }}, put: {{ operationId: x, {ok} }} }} }}\n"),
        ),
        (
            "invalid-path",
            step(""),
            format!("paths: {{ x: {{ post: {{ operationId: x, {ok} }} }} }}\n"),
        ),
    ]
}

#[test]
fn what_only_a_description_rules_out_can_be_lowered() {
    for (code, step, api) in ruled_out().into_iter().chain(ruled_out_elsewhere()) {
        let case = Case::steps(&[&step], &api);
        let errors = case.errors();
        assert!(
            !errors.is_empty() && errors.iter().all(|error| error.starts_with(code)),
            "{code}: {errors:?}"
        );
        let lenient = case.lenient();
        assert_eq!(lenient.errors(), Vec::<String>::new(), "{code}");
        assert!(
            lenient.warnings().iter().any(|warning| warning.starts_with(code)),
            "{code}"
        );
        assert_eq!(lenient.plan().workflows[0].steps.len(), 1);
    }
}

#[test]
fn what_is_lowered_is_sent_all_the_same() {
    let ok = OK;
    let xml = operation(&format!(
        "requestBody: {{ content: {{ application/xml: {{ schema: {{ type: object }} }} }} }}, {ok}"
    ));
    let sent = Case::steps(&[&step(", requestBody: { payload: { a: 1 } }")], &xml)
        .lenient()
        .request();
    assert_eq!(sent.body.unwrap().content_type, "application/json");
    let delete = format!("paths: {{ /x: {{ delete: {{ operationId: x, {ok} }} }} }}\n");
    let sent = Case::steps(&[&step(", requestBody: { payload: { a: 1 } }")], &delete)
        .lenient()
        .request();
    assert_eq!(sent.body.unwrap().content_type, "application/json");
    // Nothing can be sent for a part of the path.
    let path = format!(
        "paths: {{ '/x/{{id}}': {{ post: {{ operationId: x, parameters: [{{ name: id, in: path, required: true, schema: {{}} }}], {ok} }} }} }}\n"
    );
    assert_eq!(
        Case::steps(&[&step("")], &path).lenient().errors(),
        ["path-parameter-required x"]
    );
    // The document itself says XML: its own contradiction.
    let own = step(", requestBody: { contentType: application/xml, payload: { a: 1 } }");
    assert_eq!(Case::steps(&[&own], &xml).lenient().errors(), ["wrong-type { a: 1 }"]);
}
