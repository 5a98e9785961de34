//! Mistakes that are found, and what is said of them.

use crate::Case;

const API: &str = "paths:\n  /x:\n    post:\n      operationId: x\n      parameters: [{ name: q, in: query, schema: { type: string } }]\n      \
    requestBody: { content: { application/json: { schema: { type: object } } } }\n      \
    responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { status: { type: string, enum: [shipped, Lost] }, code: { type: integer, enum: [1, 2] }, text: { type: string }, maybe: { anyOf: [{ type: string, enum: [one, two] }, { type: 'null' }] } } } } } } }\n";

/// JSON Schema 2020-12: what each keyword holds.
#[test]
fn malformed_schemas_of_inputs_are_refused_with_their_place() {
    let case = |schema: &str| {
        Case::new(
            &format!("workflows: [{{ workflowId: w, inputs: {schema}, steps: [{{ stepId: s, operationId: x }}] }}]\n"),
            API,
        )
    };
    let property = |schema: &str| format!("{{ type: object, properties: {{ a: {schema} }} }}");
    for (schema, text) in [
        (property("{ type: strng }"), "strng"),
        (property("{ type: [string, nul] }"), "nul"),
        (property("{ type: file }"), "file"),
        ("{ type: object, required: a, properties: { a: {} } }".to_owned(), "a"),
        ("{ type: object, required: [1] }".to_owned(), "1"),
        (property("{ type: string, required: true }"), "true"),
        (property("{ type: string, maxLength: x }"), "x"),
        (property("{ type: string, minLength: -1 }"), "-1"),
        (property("{ type: string, minLength: 1.5 }"), "1.5"),
        (property("{ type: integer, minimum: '1' }"), "'1'"),
        (property("{ type: integer, exclusiveMinimum: true }"), "true"),
        (property("{ type: integer, multipleOf: 0 }"), "0"),
        (property("{ enum: x }"), "x"),
        (property("{ type: array, items: string }"), "string"),
        (
            property("{ type: array, items: [{ type: string }] }"),
            "[{ type: string }]",
        ),
        (property("{ type: array, uniqueItems: 'yes' }"), "'yes'"),
        (property("{ type: object, properties: [] }"), "[]"),
        (property("{ type: object, properties: { b: string } }"), "string"),
        (property("{ type: object, additionalProperties: string }"), "string"),
        (property("{ allOf: {} }"), "{}"),
        (property("{ anyOf: [] }"), "[]"),
        (property("{ oneOf: [string] }"), "string"),
        (property("{ type: string, pattern: 5 }"), "5"),
        (property("{ dependentRequired: { a: b } }"), "b"),
    ] {
        let errors = case(&schema).errors();
        assert!(
            errors.contains(&format!("invalid-inputs-schema {text}")),
            "{schema}: {errors:?}"
        );
    }
    // Wherever schemas are: in components, in definitions, below other keywords.
    let deep = "workflows: [{ workflowId: w, inputs: { $ref: '#/components/inputs/i' }, steps: [{ stepId: s, operationId: x }] }]\n\
                components: { inputs: { i: { type: object, properties: { a: { not: { anyOf: [{ items: { type: nmber } }] } } } } } }\n";
    assert_eq!(Case::new(deep, API).errors(), ["invalid-inputs-schema nmber"]);
    let fine = "{ type: object, required: [a], properties: { a: { type: [string, 'null'], minLength: 0, maxLength: 1.0, enum: [b], x-note: 5, examples: [1] }, type: { type: string }, required: true } }";
    assert_eq!(
        case(fine).errors(),
        Vec::<String>::new(),
        "properties may have the names of keywords"
    );
}

/// `payload-type-mismatch`, `payload-member-required` and `unknown-payload-member` at every depth.
/// What is said of a payload for a schema.
fn said_of(schema: &str, payload: &str) -> Vec<String> {
    let api = format!(
        "paths: {{ /y: {{ post: {{ operationId: y, requestBody: {{ content: {{ application/json: {{ schema: {schema} }} }} }}, responses: {{ '200': {{ description: ok }} }} }} }} }}\n"
    );
    let case = Case::steps(
        &[&format!(
            "{{ stepId: s, operationId: y, requestBody: {{ payload: {payload} }} }}"
        )],
        &api,
    );
    let mut found = case.errors();
    found.extend(case.warnings());
    found
}

/// An object with a property of a schema.
fn property(schema: &str) -> String {
    format!("{{ type: object, properties: {{ a: {schema} }} }}")
}

#[test]
fn literals_are_compared_with_their_schemas() {
    for (schema, payload, found) in [
        (
            property("{ type: string, enum: [b, c] }"),
            "{ a: d }",
            "payload-type-mismatch d",
        ),
        (property("{ enum: [1, 2] }"), "{ a: 3 }", "payload-type-mismatch 3"),
        (property("{ const: x }"), "{ a: y }", "payload-type-mismatch y"),
        (
            property("{ type: string, format: date-time }"),
            "{ a: now }",
            "payload-type-mismatch now",
        ),
        (
            property("{ type: string, format: date }"),
            "{ a: '1.2.2026' }",
            "payload-type-mismatch '1.2.2026'",
        ),
        (
            property("{ type: string, format: uuid }"),
            "{ a: '12' }",
            "payload-type-mismatch '12'",
        ),
        (
            property("{ type: string, maxLength: 2 }"),
            "{ a: xyz }",
            "payload-type-mismatch xyz",
        ),
        (
            property("{ type: integer, minimum: 5 }"),
            "{ a: 4 }",
            "payload-type-mismatch 4",
        ),
        (
            property("{ type: array, items: { type: string, enum: [b] } }"),
            "{ a: [b, c] }",
            "payload-type-mismatch c",
        ),
        (
            property("{ anyOf: [{ type: string, enum: [b] }, { type: 'null' }] }"),
            "{ a: c }",
            "payload-type-mismatch c",
        ),
        (
            property("{ type: object, required: [q] }"),
            "{ a: { w: 1 } }",
            "payload-member-required { w: 1 }",
        ),
        (
            "{ type: array, items: { type: object, required: [q], properties: { q: { type: string } } } }".to_owned(),
            "[{ q: x }, { q: x, w: 1 }]",
            "unknown-payload-member w",
        ),
        (
            "{ type: array, items: { type: object, required: [q], properties: { q: { type: string } } } }".to_owned(),
            "[{ w: 1 }]",
            "payload-member-required { w: 1 }",
        ),
    ] {
        let all = said_of(&schema, payload);
        assert!(all.iter().any(|one| one == found), "{schema} {payload}: {all:?}");
    }
}

#[test]
fn literals_that_fit_their_schemas_are_let_through() {
    for (schema, payload) in [
        (property("{ type: string, enum: [b, c] }"), "{ a: c }"),
        (property("{ type: number, enum: [1, 2] }"), "{ a: 1.0 }"),
        (
            property("{ type: string, format: date-time }"),
            "{ a: '2026-11-26T10:00:00Z' }",
        ),
        (
            property("{ type: string, format: date-time }"),
            "{ a: '{$statusCode}' }",
        ),
        (property("{ oneOf: [{ enum: [b] }, { enum: [c] }] }"), "{ a: d }"),
        (property("{ type: string, nullable: true, enum: [b] }"), "{ a: b }"),
        (
            property("{ type: object, required: [id], properties: { id: { type: string, readOnly: true } } }"),
            "{ a: {} }",
        ),
    ] {
        let all = said_of(&schema, payload);
        let wrong = |one: &&String| one.starts_with("payload") || one.starts_with("unknown-payload");
        assert_eq!(all.iter().find(wrong), None, "{schema} {payload}");
    }
}

#[test]
fn literals_of_parameters_are_compared_with_their_schemas() {
    let found = |schema: &str, value: &str| {
        let api = format!(
            "paths: {{ /y: {{ get: {{ operationId: y, parameters: [{{ name: q, in: query, schema: {schema} }}], responses: {{ '200': {{ description: ok }} }} }} }} }}\n"
        );
        let step = format!("{{ stepId: s, operationId: y, parameters: [{{ name: q, in: query, value: {value} }}] }}");
        Case::steps(&[&step], &api).errors()
    };
    for (schema, value) in [
        ("{ type: string, enum: [asc, desc] }", "up"),
        ("{ type: integer }", "many"),
        ("{ type: boolean }", "'yes'"),
        ("{ type: integer, maximum: 100 }", "101"),
        ("{ type: array, items: { type: string, enum: [a] } }", "[b]"),
        ("{ type: string, format: uuid }", "'1'"),
    ] {
        let text = value.trim_matches(['[', ']']);
        assert_eq!(found(schema, value), [format!("type-mismatch {text}")], "{schema}");
    }
    for (schema, value) in [
        ("{ type: string, enum: ['1'] }", "1"),
        ("{ type: integer }", "'5'"),
        ("{ type: integer, enum: [5] }", "'5'"),
        ("{ type: boolean }", "'true'"),
        ("{ type: string, enum: [asc] }", "asc"),
    ] {
        assert_eq!(found(schema, value), Vec::<String>::new(), "{schema} {value}");
    }
}

#[test]
fn a_comparison_with_a_value_that_cannot_be_is_warned_about() {
    let warnings = |condition: &str| {
        Case::steps(
            &[&format!(
                "{{ stepId: s, operationId: x, successCriteria: [{{ condition: \"{condition}\" }}] }}"
            )],
            API,
        )
        .warnings()
    };
    for condition in [
        "$response.body#/status == 'shiped'",
        "$response.body#/status != 'shiped'",
        "'shiped' == $response.body#/status",
        "$response.body#/code == 3",
        "$response.body#/status == 5",
        "$response.body#/maybe == 'three'",
    ] {
        assert_eq!(warnings(condition).len(), 1, "{condition}");
    }
    for condition in [
        "$response.body#/status == 'SHIPPED'",
        "$response.body#/status == 'lost'",
        "$response.body#/code == '2'",
        "$response.body#/status == null",
        "$response.body#/text == 'any'",
        "$response.body#/maybe == 'two'",
        "$response.body#/maybe == null",
    ] {
        assert_eq!(warnings(condition), Vec::<String>::new(), "{condition}");
    }
}

#[test]
fn self_is_a_uri_reference() {
    let errors = |uri: &str| {
        let document = format!(
            "arazzo: 1.1.0\n$self: '{uri}'\ninfo: {{ title: t, version: '1' }}\nsourceDescriptions: [{{ name: api, url: api.yaml, type: openapi }}]\n\
             workflows: [{{ workflowId: w, steps: [{{ stepId: s, operationId: x }}] }}]\n"
        );
        Case::whole(&document, &format!("{}{API}", crate::API)).errors()
    };
    for uri in ["a b", "https://exa mple.com", "1http://x", ":x", "a%zz", "<x>", ""] {
        assert!(errors(uri)[0].starts_with("self-syntax"), "{uri}");
    }
    for uri in [
        "https://example.com/flow.yaml",
        "flows/a.yaml",
        "urn:example:a",
        "/a%20b",
        "./a:b",
    ] {
        assert!(
            !errors(uri).iter().any(|error| error.starts_with("self-syntax")),
            "{uri}: {:?}",
            errors(uri)
        );
    }
}

#[test]
fn a_circle_of_calls_names_every_workflow_on_it() {
    let workflow =
        |id: &str, calls: &str| format!("{{ workflowId: {id}, steps: [{{ stepId: s, workflowId: {calls} }}] }}");
    let document = format!(
        "workflows: [{}, {}, {}]\n",
        workflow("a", "b"),
        workflow("b", "c"),
        workflow("c", "a")
    );
    let case = Case::new(&document, API);
    assert_eq!(case.errors(), ["workflow-cycle a"]);
    let message = case.message();
    for part in ["through `b`, `c`", "`a` calls `b`", "`b` calls `c`", "`c` calls `a`"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    let own = Case::new(&format!("workflows: [{}]\n", workflow("a", "a")), API);
    assert!(
        own.message().contains("workflow `a` calls itself unconditionally"),
        "{}",
        own.message()
    );
}

#[test]
fn one_mistake_is_one_error_that_names_its_parties() {
    let step = |rest: &str| Case::steps(&[&format!("{{ stepId: s, {rest} }}")], API);
    let both = step("operationId: x, workflowId: w");
    assert_eq!(both.errors(), ["step-target w"]);
    assert!(
        both.message().contains("has both `operationId` and `workflowId`"),
        "{}",
        both.message()
    );
    let reference = step("operationId: x, parameters: [{ reference: $components.parameters.page }]");
    assert_eq!(reference.errors(), ["unknown-component page"]);
    let shared = Case::new(
        "workflows: [{ workflowId: w, parameters: [{ reference: $components.parameters.page }], \
         steps: [{ stepId: s, operationId: x }, { stepId: t, operationId: x }] }]\n",
        API,
    );
    assert_eq!(shared.errors(), ["unknown-component page"]);
    let path = "paths: { '/y/{id}': { get: { operationId: y, parameters: [{ name: id, in: path, required: true, schema: {} }], responses: {} } } }\n";
    let required = Case::steps(
        &["{ stepId: s, operationId: y, parameters: [{ reference: $components.parameters.id }] }"],
        path,
    );
    assert_eq!(required.errors(), ["unknown-component id"]);
    let body = step("operationId: x, parameters: [{ name: q, in: body, value: { a: 1 } }]");
    assert_eq!(body.errors(), ["invalid-enum-value body"]);
    assert!(body.message().contains("write `requestBody:"), "{}", body.message());
}

/// What the helps say, and those of their neighbours.
#[test]
fn helps_say_what_to_write() {
    let payload = |text: &str| {
        Case::steps(
            &[&format!(
                "{{ stepId: check, operationId: x, requestBody: {{ payload: {{ a: '{text}' }} }} }}"
            )],
            API,
        )
    };
    for (text, help) in [
        ("$steps.check.outputs", "name an output: `$steps.check.outputs.NAME`"),
        ("$steps.check", "name an output: `$steps.check.outputs.NAME`"),
        ("$steps.check.outputs.", "expected a name"),
        ("$steps.check.id", "write `$steps.check.outputs.id`"),
        ("$steps.check.output.id", "write `$steps.check.outputs.id`"),
    ] {
        let message = payload(text).message();
        assert!(message.contains(help), "{text}: {message}");
    }
    let blank = "workflows: [{ workflowId: w, summary: , steps: [{ stepId: s, operationId: x, description: }] }]\n";
    let message = Case::new(blank, API).message();
    assert!(message.contains("remove `summary`, or add a value"), "{message}");
    assert!(message.contains("remove `description`, or add a value"), "{message}");
    let version = "arazzo: 1.0.1\ninfo: { title: t, version: 1.0 }\nsourceDescriptions: [{ name: api, url: api.yaml, type: openapi }]\n\
                   workflows: [{ workflowId: w, steps: [{ stepId: s, operationId: x }] }]\n";
    let case = Case::whole(version, &format!("{}{API}", crate::API));
    assert_eq!(case.errors(), ["unquoted-string 1.0"]);
    assert!(case.message().contains("add quotes: `version: \"1.0\"`"));
    assert_eq!(case.lenient().errors(), Vec::<String>::new());
    let bare = Case::steps(
        &["{ stepId: s, operationId: x, successCriteria: [{ condition: $statusCode == 200 || 201 }] }"],
        API,
    );
    let shown = bare
        .compile()
        .render(arazzo_compiler::diagnostic::Header::Full)
        .join("\n");
    assert!(shown.contains("such as `$statusCode == 201`"), "{shown}");
}

/// JSON Schema 2020-12, Core, section 6.4: patterns are built with the flag `u`; constructs of other dialects are
/// refused.
#[cfg(feature = "regex")]
#[test]
fn patterns_of_other_dialects_are_refused() {
    let input = |pattern: &str| {
        Case::new(
            &format!(
                "workflows: [{{ workflowId: w, inputs: {{ type: object, properties: {{ a: {{ type: string, pattern: '{pattern}' }} }} }}, \
                 steps: [{{ stepId: s, operationId: x, parameters: [{{ name: q, in: query, value: $inputs.a }}], \
                 successCriteria: [{{ context: $response.body#/text, type: regex, condition: '{pattern}' }}] }}] }}]\n"
            ),
            API,
        )
        .errors()
    };
    for pattern in [
        r"\Aabc\z",
        "[[:alpha:]]+",
        r"\Qa\E",
        r"\h",
        r"\R",
        "/abc/i",
        "[a-z&&[^b]]",
        r"\p{Nope}",
    ] {
        let errors = input(pattern);
        assert!(
            errors.len() == 2 && errors.iter().all(|error| error.starts_with("regex-syntax")),
            "{pattern}: {errors:?}"
        );
    }
    for pattern in [
        r"^\p{L}+$",
        r"^\p{Lu}{2}\d{2,3}$",
        r"^[\w.\-]+\@x$",
        r"^[\w-.]+$",
        "(?i)^a$",
        r"^\u{1F600}$",
    ] {
        assert_eq!(input(pattern), Vec::<String>::new(), "{pattern}");
    }
}

/// `serde_json_path` finds nothing there, so that the criterion would never hold.
#[cfg(feature = "jsonpath")]
#[test]
fn an_index_from_the_end_is_not_compared() {
    let errors = |condition: &str| {
        let step = format!(
            "{{ stepId: s, operationId: a, successCriteria: [{{ type: jsonpath, context: $response.body, condition: \"{condition}\" }}] }}"
        );
        let api = "paths: { /a: { get: { operationId: a, responses: { '200': { description: ok } } } } }\n";
        Case::steps(&[&step], api).errors().len()
    };
    for condition in ["$[?@.a == $[-1].a]", "$[?@[-1] > 1]", "$[?@.a && 1 != @['x'][ -2 ]]"] {
        assert_eq!(errors(condition), 1, "{condition}");
    }
    for condition in [
        "$[?@.a == '[-1]']",
        "$[-1][?@.a == 1]",
        "$[?@[-2:] && @.a > 1]",
        "$[?@[-1]]",
        "$[?@.a == -1]",
    ] {
        assert_eq!(errors(condition), 0, "{condition}");
    }
}
