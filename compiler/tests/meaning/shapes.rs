//! Parts of a description or a document that have another shape than they should, and expressions that
//! stand where they are text.

use arazzo_compiler::plan::PathPiece;

use crate::Case;

const CALL: &str = "{ stepId: s, operationId: x }";

fn operation(rest: &str) -> String {
    format!("paths: {{ /x: {{ get: {{ operationId: x, responses: {{}}, {rest} }} }} }}\n")
}

#[test]
fn malformed_parts_of_a_description_do_not_vanish() {
    for (part, place) in [
        ("parameters: { q: { in: query } }", "{ q: { in: query } }"),
        ("parameters: [{ name: q, in: Query, required: true }]", "Query"),
        (
            "parameters: [{ name: q, required: true }]",
            "{ name: q, required: true }",
        ),
        ("parameters: [{ $ref: 5 }]", "{ $ref: 5 }"),
        ("parameters: [{ name: q, in: query, required: 'true' }]", "'true'"),
        ("parameters: [{ name: q, in: query, style: foo, schema: {} }]", "foo"),
        ("security: { b: [] }", "{ b: [] }"),
        ("security: null", "null"),
    ] {
        let case = Case::steps(&[CALL], &operation(part));
        assert_eq!(case.errors(), [format!("malformed-description {place}")], "{part}");
    }
    let number = Case::steps(
        &[CALL],
        &operation("parameters: [{ name: 1, in: query, required: true }]"),
    );
    assert_eq!(number.errors(), ["parameter-required x"]);
    assert!(
        number.message().contains("{ name: '1', in: query, value: … }"),
        "{}",
        number.message()
    );
}

/// Members of every object on the way to a path item count.
#[test]
fn nothing_between_two_references_is_lost() {
    let chain = "paths: { /x: { $ref: '#/a' } }\na: { $ref: '#/b', parameters: [{ name: q, in: query, required: true }], \
                 servers: [{ url: 'https://mid.test' }] }\nb: { get: { operationId: x, responses: {} }, \
                 parameters: [{ name: r, in: query, required: true }] }\n";
    assert_eq!(Case::steps(&[CALL], chain).errors(), ["parameter-required x"; 2]);
    let step = "{ stepId: s, operationId: x, parameters: [{ name: q, in: query, value: 1 }, { name: r, in: query, value: 2 }] }";
    assert_eq!(Case::steps(&[step], chain).request().server, "https://mid.test");
}

fn swagger(operation: &str, step: &str) -> Case {
    Case::whole(
        &format!("{}workflows: [{{ workflowId: w, steps: [{step}] }}]\n", crate::HEAD),
        &format!(
            "swagger: '2.0'\ninfo: {{ title: t, version: '1' }}\nhost: api.test\nschemes: [https]\n\
             paths: {{ /x: {{ post: {{ operationId: x, responses: {{}}, {operation} }} }} }}\n"
        ),
    )
}

/// Swagger 2.0, "Operation Object" and "Parameter Object".
#[test]
fn operations_of_swagger_say_how_they_are_called() {
    assert_eq!(swagger("schemes: [http]", CALL).request().server, "http://api.test");
    let form = "parameters: [{ name: q, in: formData, type: integer, required: true }, { name: r, in: formData, type: string }]";
    for consumes in ["multipart/form-data; charset=utf-8", "Multipart/Form-Data"] {
        let operation = format!("consumes: ['{consumes}'], {form}");
        let step = "{ stepId: s, operationId: x, requestBody: { payload: { q: 1 } } }";
        let body = swagger(&operation, step).request().body.unwrap();
        assert_eq!(body.content_type, consumes);
    }
    let bad = "{ stepId: s, operationId: x, requestBody: { payload: { q: abc, z: 1 } } }";
    assert_eq!(swagger(form, bad).errors(), ["payload-type-mismatch abc"]);
    assert_eq!(swagger(form, bad).warnings(), ["unknown-payload-member z"]);
    let without = "{ stepId: s, operationId: x, requestBody: { payload: { r: a } } }";
    assert_eq!(swagger(form, without).errors(), ["payload-member-required { r: a }"]);
}

#[test]
fn media_types_may_differ_in_their_parameters() {
    let schema = |member: &str| {
        format!(
            "{{ schema: {{ type: object, required: [{member}], properties: {{ {member}: {{ type: string }} }} }} }}"
        )
    };
    let api = format!(
        "paths: {{ /x: {{ post: {{ operationId: x, responses: {{}}, requestBody: {{ content: {{ 'application/json; v=1': {}, \
         'application/json; v=2': {} }} }} }} }} }}\n",
        schema("a"),
        schema("b")
    );
    let second =
        "{ stepId: s, operationId: x, requestBody: { contentType: 'application/json;v=2', payload: { b: x } } }";
    assert_eq!(Case::steps(&[second], &api).errors(), [""; 0]);
    let unsaid = "{ stepId: s, operationId: x, requestBody: { payload: { b: x } } }";
    assert_eq!(
        Case::steps(&[unsaid], &api).errors(),
        ["content-type-ambiguous { payload: { b: x } }"]
    );
}

#[test]
fn a_response_may_be_json_of_several_types() {
    let member = |name: &str| {
        format!(
            "{{ schema: {{ type: object, additionalProperties: false, properties: {{ {name}: {{ type: string }} }} }} }}"
        )
    };
    let api = format!(
        "paths: {{ /x: {{ get: {{ operationId: x, responses: {{ '200': {{ description: ok, content: {{ \
         application/problem+json: {}, application/json: {} }} }} }} }} }} }}\n",
        member("title"),
        member("id")
    );
    for (name, errors) in [("id", 0), ("title", 0), ("other", 1)] {
        let step = format!("{{ stepId: s, operationId: x, outputs: {{ o: '$response.body#/{name}' }} }}");
        assert_eq!(Case::steps(&[&step], &api).errors().len(), errors, "{name}");
    }
}

const PARENT: &str = "workflows: [{ workflowId: w, inputs: { type: object, properties: { n: { type: integer } } }, steps: [{ stepId: s, workflowId: c, PART }] }, \
     { workflowId: c, inputs: { type: object, properties: { k: { type: string }, z: { type: integer } } }, \
     steps: [{ stepId: t, operationId: x, parameters: [{ name: q, in: query, value: '{$inputs.k}{$inputs.z}' }] }] }]\n";

/// Arazzo 1.1.0, "Step Object": the parameters of a step that calls a workflow map to its inputs.
#[test]
fn what_goes_into_a_workflow_has_the_type_of_its_input() {
    let api = operation("parameters: [{ name: q, in: query, schema: {} }]");
    let call = |part: &str| Case::new(&PARENT.replace("PART", part), &api);
    assert_eq!(
        call("parameters: [{ name: k, value: 5 }, { name: z, value: abc }]").errors(),
        ["type-mismatch 5", "type-mismatch abc"]
    );
    assert_eq!(
        call("parameters: [{ name: k, value: $inputs.n }, { name: z, value: '{$inputs.n}' }]").errors(),
        ["type-mismatch $inputs.n", "type-mismatch '{$inputs.n}'"]
    );
    assert_eq!(
        call("parameters: [{ name: k, value: '{$inputs.n}' }, { name: z, value: $inputs.n }]").errors(),
        [""; 0]
    );
}

#[test]
fn a_workflow_that_is_called_has_no_response() {
    let api = operation("parameters: [{ name: q, in: query, schema: {} }]");
    let call = |part: &str| Case::new(&PARENT.replace("PART", part), &api).errors();
    let criterion = "successCriteria: [{ condition: $statusCode == 200 }]";
    assert_eq!(call(criterion), ["called-workflow-status $statusCode == 200"]);
    let lenient = Case::new(&PARENT.replace("PART", criterion), &api).lenient();
    assert_eq!(lenient.errors(), [""; 0]);
    assert_eq!(lenient.plan().workflows[0].steps[0].criteria.len(), 1);
    assert_eq!(
        call("successCriteria: [{ condition: $statusCode == 404 }]"),
        ["expression-context $statusCode"]
    );
    assert_eq!(
        call("outputs: { a: '$response.body#/id' }"),
        ["expression-context $response.body#/id"]
    );
    // There it is the response that the workflow failed with.
    assert_eq!(
        call("onFailure: [{ name: a, type: end, criteria: [{ condition: $statusCode == 503 }] }]"),
        [""; 0]
    );
}

/// With the description's rules lowered, a parameter is sent in the only place that it can be meant for.
#[test]
fn a_path_parameter_with_a_similar_name_is_read_as_it_is_meant() {
    let api = "paths: { '/x/{petId}/{other}': { get: { operationId: x, responses: {}, parameters: [\
               { name: petId, in: path, required: true, schema: {} }, { name: other, in: path, required: true, schema: {} }] } } }\n";
    let step = "{ stepId: s, operationId: x, parameters: [{ name: pet_id, in: path, value: 1 }, { name: other, in: path, value: 2 }] }";
    assert_eq!(
        Case::steps(&[step], api).errors(),
        ["path-parameter-required x", "unknown-path-parameter pet_id"]
    );
    let lenient = Case::steps(&[step], api).lenient();
    assert_eq!(lenient.warnings(), ["unknown-path-parameter pet_id"]);
    let names = lenient.request().path.into_iter().filter_map(|piece| match piece {
        PathPiece::Value(name, ..) => Some(name),
        PathPiece::Text(_) => None,
    });
    assert_eq!(names.collect::<Vec<_>>(), ["petId", "other"]);
}

#[test]
fn expressions_that_are_text_are_warned_about() {
    let api = operation("parameters: [{ name: q, in: query, schema: { type: string } }]");
    let document = |q: &str, rest: &str| {
        format!(
            "workflows: [{{ workflowId: w, inputs: {{ type: object, properties: {{ k: {{ type: string }} }} }}, steps: [{{ stepId: s, operationId: x, \
             parameters: [{{ name: q, in: query, value: '{q}' }}], {rest} outputs: {{ k: $inputs.k }} }}], outputs: {{ k: $steps.s.outputs.k }} }}]\n"
        )
    };
    for (text, place) in [
        ("a ${inputs.k}", "${inputs.k}"),
        ("{inputs.k}", "{inputs.k}"),
        ("{{inputs.k}}", "{{inputs.k}}"),
        ("{{$inputs.k}}", "{{$inputs.k}}"),
        ("$(inputs.k)", "$(inputs.k)"),
    ] {
        let warnings = Case::new(&document(text, ""), &api).warnings();
        assert_eq!(warnings, [format!("lookalike-literal {place}")], "{text}");
    }
    for text in ["{$inputs.k}", "{id}", "{a: 1}", "$100", "a {$inputs.k} b", "{input}"] {
        assert_eq!(Case::new(&document(text, ""), &api).warnings(), [""; 0], "{text}");
    }
    let quoted = document("q", "successCriteria: [{ condition: \"$statusCode == '$inputs.k'\" }],");
    assert_eq!(Case::new(&quoted, &api).warnings(), ["lookalike-literal '$inputs.k'"]);
    if cfg!(feature = "regex") {
        let pattern = document(
            "q",
            "successCriteria: [{ context: $response.body, type: regex, condition: '^$inputs.k$' }],",
        );
        assert_eq!(Case::new(&pattern, &api).warnings(), ["lookalike-literal $inputs.k"]);
        let braced = pattern.replace("$inputs.k$", "{$inputs.k}$");
        assert_eq!(Case::new(&braced, &api).warnings(), [""; 0]);
    }
    let several = Case::new(&document("$inputs.k $inputs.k", ""), &api);
    assert_eq!(several.errors(), ["unbraced-expression $inputs.k"; 2]);
    assert!(
        several.message().contains("write `{$inputs.k} {$inputs.k}`"),
        "{}",
        several.message()
    );
    let lenient = Case::new(&document("$inputs.k $inputs.k", ""), &api).lenient();
    assert_eq!(lenient.errors(), [""; 0]);
}

/// A query alone asks whether it selects something, beside a comparison too (RFC 9535, section
/// 2.3.5.1).
#[test]
fn a_query_beside_a_comparison_asks_for_existence() {
    if !cfg!(feature = "jsonpath") {
        return;
    }
    let step = "{ stepId: s, operationId: x, successCriteria: [{ context: $response.body, type: jsonpath, \
                condition: '$.a && $.b == 1' }] }";
    let step = Case::steps(&[step], &operation("tags: []")).lenient().step();
    let shown = format!("{:?}", step.criteria);
    assert!(shown.contains("Present") && !shown.contains("Truthy"), "{shown}");
}
