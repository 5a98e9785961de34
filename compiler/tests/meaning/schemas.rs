//! What schemas say beside references, in parts and for members without a name, of payloads and of
//! inputs.

use arazzo_compiler::plan::types::Ty;

use crate::Case;

fn api(schema: &str, schemas: &str) -> String {
    format!(
        "paths: {{ /x: {{ post: {{ operationId: x, requestBody: {{ content: {{ application/json: {{ schema: {schema} }} }} }}, \
         responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: {schema} }} }} }} }} }} }} }}\n\
         components: {{ schemas: {{ {schemas} }} }}\n"
    )
}

fn sends(payload: &str, schema: &str, schemas: &str) -> Case {
    let step = format!("{{ stepId: s, operationId: x, requestBody: {{ payload: {payload} }} }}");
    Case::steps(&[&step], &api(schema, schemas))
}

/// JSON Schema 2020-12 Core, section 8.2.3.1: keywords beside `$ref` apply too.
#[test]
fn keywords_beside_a_reference_apply() {
    let known = "A: { type: object, properties: { a: { type: string } } }, Id: { type: string }";
    let beside = "{ $ref: '#/components/schemas/A', required: [z], properties: { z: { type: integer } } }";
    assert_eq!(
        sends("{ a: x }", beside, known).errors(),
        ["payload-member-required { a: x }"]
    );
    assert_eq!(sends("{ a: x, z: 1 }", beside, known).warnings(), [""; 0]);
    let one_of = "{ type: object, properties: { a: { $ref: '#/components/schemas/Id', enum: [x] } } }";
    assert_eq!(sends("{ a: y }", one_of, known).errors(), ["payload-type-mismatch y"]);
    let read_only =
        "{ type: object, required: [id], properties: { id: { $ref: '#/components/schemas/Id', readOnly: true } } }";
    assert_eq!(sends("{}", read_only, known).errors(), [""; 0]);
    let reads = "{ stepId: s, operationId: x, requestBody: { payload: { z: 1 } }, outputs: { z: $response.body#/z } }";
    let step = Case::steps(&[reads], &api(beside, known)).step();
    assert_eq!((&step.outputs[0].ty, step.outputs[0].required), (&Ty::I64, true));
    // OpenAPI 3.0.3, "Reference Object": there they are ignored.
    let step = "{ stepId: s, operationId: x, requestBody: { payload: { a: x } } }";
    let old = Case::whole(
        &format!("{}workflows: [{{ workflowId: w, steps: [{step}] }}]\n", crate::HEAD),
        &format!("{}{}", crate::API.replace("3.1.0", "3.0.3"), api(beside, known)),
    );
    assert_eq!(old.errors(), [""; 0]);
}

#[test]
fn inputs_keep_what_stands_beside_a_reference() {
    let document = "workflows: [{ workflowId: w, inputs: { type: object, required: [a, n], \
                    properties: { a: { $ref: '#/$defs/S', format: password }, n: { $ref: '#/$defs/L', default: 10 } }, \
                    $defs: { S: { type: string }, L: { type: integer } } }, \
                    steps: [{ stepId: s, operationId: x, parameters: [{ name: a, in: query, value: $inputs.a }, \
                    { name: n, in: query, value: $inputs.n }] }] }]\n";
    let api = "paths: { /x: { get: { operationId: x, parameters: [{ name: a, in: query, schema: {} }, \
               { name: n, in: query, schema: {} }], responses: {} } } }\n";
    let inputs = Case::new(document, api).plan().workflows.remove(0).inputs;
    assert!(inputs[0].secret);
    assert_eq!((inputs[1].required, inputs[1].default.as_deref()), (false, Some("10")));
    assert_eq!(inputs[1].ty, Ty::I64);
    let shared = "components: { inputs: { I: { type: object, properties: { a: { type: string } } } } }\n\
                  workflows: [{ workflowId: w, inputs: { $ref: '#/components/inputs/I', required: [z], properties: { z: { type: string } } }, \
                  steps: [{ stepId: s, operationId: x, parameters: [{ name: a, in: query, value: $inputs.a }, \
                  { name: n, in: query, value: $inputs.z }] }] }]\n";
    let inputs = Case::new(shared, api).plan().workflows.remove(0).inputs;
    let mut names: Vec<(&str, bool)> = inputs
        .iter()
        .map(|input| (input.name.as_str(), input.required))
        .collect();
    names.sort_unstable();
    assert_eq!(names, [("a", false), ("z", true)]);
    let whole = "workflows: [{ workflowId: w, inputs: { type: object, minProperties: 1, properties: { a: { type: string } } }, \
                 steps: [{ stepId: s, operationId: x, parameters: [{ name: a, in: query, value: $inputs.a }] }] }]\n";
    assert_eq!(Case::new(whole, api).warnings(), ["constraint-unchecked minProperties"]);
}

#[test]
fn null_is_an_instance_of_a_choice_with_null() {
    for choice in [
        "anyOf: [{ type: string }, { type: 'null' }]",
        "oneOf: [{ type: string }, { type: 'null' }]",
        "type: [string, 'null']",
        "anyOf: [{ $ref: '#/components/schemas/S' }, { type: 'null' }]",
    ] {
        let schema = format!("{{ type: object, properties: {{ a: {{ {choice} }} }} }}");
        let known = "S: { type: string }";
        assert_eq!(sends("{ a: null }", &schema, known).errors(), [""; 0], "{choice}");
        assert_eq!(sends("{ a: x }", &schema, known).errors(), [""; 0], "{choice}");
        assert_eq!(
            sends("{ a: 5 }", &schema, known).errors(),
            ["payload-type-mismatch 5"],
            "{choice}"
        );
    }
    let never = "{ type: object, properties: { a: { type: string } } }";
    assert_eq!(sends("{ a: null }", never, "").errors(), ["payload-type-mismatch null"]);
}

/// JSON Schema 2020-12 Core, sections 10.3.2.2 and 10.3.2.3.
#[test]
fn members_without_a_name_have_schemas_too() {
    let pattern = "{ type: object, patternProperties: { '^x-': { type: integer } }, additionalProperties: false }";
    if cfg!(feature = "regex") {
        assert_eq!(sends("{ x-a: 1 }", pattern, "").warnings(), [""; 0]);
        assert_eq!(
            sends("{ x-a: text }", pattern, "").errors(),
            ["payload-type-mismatch text"]
        );
        assert_eq!(sends("{ b: 1 }", pattern, "").warnings(), ["unknown-payload-member b"]);
        let reads = "{ stepId: s, operationId: x, requestBody: { payload: {} }, outputs: { a: $response.body#/x-a } }";
        let step = Case::steps(&[reads], &api(pattern, "")).step();
        assert_eq!((&step.outputs[0].ty, step.outputs[0].required), (&Ty::I64, false));
    }
    let map = "{ type: object, additionalProperties: { type: integer } }";
    assert_eq!(sends("{ a: text }", map, "").errors(), ["payload-type-mismatch text"]);
    let closed = "{ type: object, additionalProperties: false }";
    assert_eq!(
        sends("{ a: text }", closed, "").warnings(),
        ["unknown-payload-member a"]
    );
}

#[test]
fn every_part_of_a_schema_is_asked() {
    let both =
        "{ allOf: [{ type: object, properties: { a: { type: string } } }, { properties: { a: { enum: [x, y] } } }] }";
    assert_eq!(sends("{ a: z }", both, "").errors(), ["payload-type-mismatch z"]);
    for (limits, good, bad) in [
        ("type: integer", "2", "1.5"),
        ("type: number, exclusiveMinimum: 5", "5.5", "5"),
        ("type: number, exclusiveMaximum: 5", "4.5", "5"),
        ("type: integer, format: int32", "2147483647", "2147483648"),
        (
            "allOf: [{ type: integer, minimum: 1 }, { type: integer, minimum: 10 }]",
            "10",
            "5",
        ),
        ("type: array, minItems: 2", "[a, b]", "[a]"),
        ("type: array, maxItems: 1", "[a]", "[a, b]"),
        // Values of a string without quotes.
        ("type: string, enum: [1, 2]", "'1'", "'3'"),
    ] {
        let schema = format!("{{ type: object, properties: {{ a: {{ {limits} }} }} }}");
        assert_eq!(
            sends(&format!("{{ a: {good} }}"), &schema, "").errors(),
            [""; 0],
            "{limits}"
        );
        assert_eq!(
            sends(&format!("{{ a: {bad} }}"), &schema, "").errors().len(),
            1,
            "{limits}"
        );
    }
}

/// What a response need not have is an option: a string has no members, and what is sent only is
/// not received (OpenAPI 3.0.4, "Schema Object").
#[test]
fn outputs_are_sure_only_where_the_schema_is() {
    let reads = "{ stepId: s, operationId: x, requestBody: { payload: { x: a } }, outputs: { x: $response.body#/x } }";
    for (schema, sure) in [
        (
            "{ type: object, required: [x], properties: { x: { type: string } } }",
            true,
        ),
        (
            "{ type: [object, string], required: [x], properties: { x: { type: string } } }",
            false,
        ),
        (
            "{ type: object, required: [x], properties: { x: { type: string, writeOnly: true } } }",
            false,
        ),
    ] {
        let step = Case::steps(&[reads], &api(schema, "")).step();
        assert_eq!(step.outputs[0].required, sure, "{schema}");
    }
}
