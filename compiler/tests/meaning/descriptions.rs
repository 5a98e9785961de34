//! What a description says behind references, merge keys and the fields of OpenAPI 3.2.

use arazzo_compiler::diagnostic::Level;
use arazzo_compiler::plan::types::{Ty, TypeKind};

use crate::Case;

const OK: &str = "responses: { '200': { description: ok } }";

/// The names of the types of the outputs of the first step, `?` for those that need not be there.
fn outputs(case: &Case) -> Vec<String> {
    let step = case.step();
    let shown = step.outputs.iter().map(|output| {
        let mark = if output.required { "" } else { "?" };
        format!("{}: {:?}{mark}", output.name, output.ty)
    });
    shown.collect()
}

/// OpenAPI 3.0.3: a Reference Object may stand for a parameter, a request body, a response, a header, a security
/// scheme, a path item; published descriptions write one for operations, lists and maps as well.
#[test]
fn references_are_followed_wherever_one_is_written() {
    let operation = "operationId: getA\n  parameters: { $ref: '#/q' }\n  requestBody: { $ref: '#/body' }\n  \
                     responses: { $ref: '#/responses' }\n  security: { $ref: '#/demands' }\n  servers: { $ref: '#/hosts' }\n";
    let parts = "q: [{ $ref: '#/one' }]\none: { name: q, in: query, required: true, content: { $ref: '#/content' } }\n\
                 content: { text/csv: { $ref: '#/media' } }\nmedia: { schema: { type: string } }\n\
                 body: { required: true, content: { $ref: '#/json' } }\njson: { application/json: { $ref: '#/object' } }\n\
                 object: { schema: { $ref: '#/schema' } }\nschema: { type: object, required: [name], properties: { name: { type: string } } }\n\
                 responses: { '200': { $ref: '#/ok' } }\nok: { description: ok, headers: { $ref: '#/headers' }, content: { $ref: '#/json' } }\n\
                 headers: { X-Count: { $ref: '#/count' } }\ncount: { schema: { type: integer } }\n\
                 demands: [{ $ref: '#/needed' }]\nneeded: { key: [] }\nhosts: [{ $ref: '#/server' }]\nserver: { url: 'https://other.test' }\n\
                 keys: { key: { $ref: '#/scheme' } }\nscheme: { type: apiKey, in: header, name: X-Key }\n";
    let step = "{ stepId: a, operationId: getA, parameters: [{ name: q, in: query, value: x }], \
                requestBody: { payload: { name: n } }, \
                outputs: { n: $response.body#/name, c: $response.header.X-Count } }";
    for (item, others) in [
        ("{ post: { $ref: '#/operation' } }", String::new()),
        (
            "{ $ref: '#/item' }",
            "item: { post: { $ref: '#/operation' } }\n".to_owned(),
        ),
        ("{ $ref: 'other.yaml#/item' }", String::new()),
    ] {
        let api = format!(
            "paths: {{ /a: {item} }}\ncomponents: {{ securitySchemes: {{ $ref: '#/keys' }} }}\n{others}operation:\n  {operation}{parts}"
        );
        let other = "item: { post: { $ref: 'api.yaml#/operation' } }\n";
        let case = Case::steps(&[step], &api).with("other.yaml", other);
        let request = case.request();
        assert_eq!(
            (request.method.as_str(), request.server.as_str()),
            ("POST", "https://other.test"),
            "{item}"
        );
        assert_eq!(request.parameters[0].style.form, "Text", "the media type of `content`");
        assert_eq!(
            format!("{:?}", request.security),
            "[[(\"key\", HeaderKey(\"X-Key\"), false)]]"
        );
        assert_eq!(request.responses, [("200".to_owned(), true)]);
        assert_eq!(outputs(&case), ["n: String", "c: I64?"], "{item}");
        // The body and the parameter are demanded: the operation is never an empty one.
        let bare = Case::steps(&["{ stepId: a, operationId: getA }"], &api).with("other.yaml", other);
        assert_eq!(
            bare.errors(),
            ["body-required getA", "parameter-required getA"],
            "{item}"
        );
    }
}

/// OpenAPI 3.1.1, "Path Item Object": fields may stand beside its `$ref`.
#[test]
fn members_beside_a_reference_stay() {
    let api = format!(
        "paths: {{ /a: {{ $ref: '#/item', parameters: [{{ name: t, in: query, required: true, schema: {{}} }}] }} }}\n\
         item: {{ get: {{ $ref: '#/get', operationId: mine }} }}\nget: {{ operationId: theirs, {OK} }}\n"
    );
    let case = Case::steps(&["{ stepId: a, operationId: mine }"], &api);
    assert_eq!(case.errors(), ["parameter-required mine"]);
}

#[test]
fn an_operation_behind_a_broken_reference_is_never_an_empty_one() {
    let api = "paths: { /a: { get: { $ref: '#/missing' } } }\n";
    let by_id = Case::steps(&["{ stepId: a, operationId: getA }"], api);
    assert_eq!(
        by_id.errors(),
        ["unknown-operation getA", "source-ref-unresolved '#/missing'"]
    );
    let path = "{ stepId: a, operationPath: '{$sourceDescriptions.api.url}#/paths/~1a/get' }";
    let by_path = Case::steps(&[path], api);
    assert_eq!(by_path.errors(), ["source-ref-unresolved '#/missing'"]);
    assert_eq!(by_path.lenient().request().method, "GET");
}

/// <https://yaml.org/type/merge.html>: explicit keys win; of a list the first.
#[test]
fn merge_keys_are_merged_in_descriptions_and_documents() {
    let api = "x-op: &op\n  security: [{ key: [] }]\n  parameters: [{ name: tenant, in: header, required: true, schema: { type: string } }]\n\
               x-errors: &errors\n  '200': { description: ok, content: { application/json: { schema: { type: object, required: [id], properties: { id: { type: string } } } } } }\n\
               paths:\n  /x:\n    get:\n      <<: *op\n      operationId: getIt\n      responses:\n        <<: *errors\n        '404': { description: none }\n\
               components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Key } } }\n";
    let without = Case::steps(&["{ stepId: a, operationId: getIt }"], api);
    assert_eq!(without.errors(), ["parameter-required getIt"]);
    assert!(
        without.message().contains("declared here"),
        "the place of the merged member"
    );
    let document = "x-step: &step { parameters: [{ name: tenant, in: header, value: acme }], outputs: { id: $response.body#/id } }\n\
                    workflows: [{ workflowId: w, steps: [{ stepId: a, operationId: getIt, <<: *step }] }]\n";
    let case = Case::new(document, api);
    let request = case.request();
    assert_eq!(request.parameters.len(), 1);
    assert_eq!(
        format!("{:?}", request.security),
        "[[(\"key\", HeaderKey(\"X-Key\"), false)]]"
    );
    assert_eq!(outputs(&case), ["id: String"]);
}

/// RFC 6901, section 6: in a URI fragment, characters of a pointer are percent-encoded.
#[test]
fn the_pointer_of_an_operation_path_may_be_percent_encoded() {
    let api = format!(
        "paths:\n  /accounts/{{id}}: {{ parameters: [{{ name: id, in: path, required: true, schema: {{}} }}], get: {{ {OK} }} }}\n  \
         /a%20b: {{ get: {{ {OK} }} }}\n"
    );
    let step = |pointer: &str, parameters: &str| {
        format!("{{ stepId: a, operationPath: '{{$sourceDescriptions.api.url}}#/paths/{pointer}/get'{parameters} }}")
    };
    let id = ", parameters: [{ name: id, in: path, value: x }]";
    for pointer in ["~1accounts~1{id}", "~1accounts~1%7Bid%7D", "~1accounts%7E1%7bid%7d"] {
        assert_eq!(
            Case::steps(&[&step(pointer, id)], &api).request().template(),
            "/accounts/{id}",
            "{pointer}"
        );
    }
    assert_eq!(
        Case::steps(&[&step("~1a%20b", "")], &api).request().template(),
        "/a%20b"
    );
}

/// OpenAPI 3.2.0, "Path Item Object": the key is the method "with the same capitalization that is to be sent".
#[test]
fn additional_operations_are_operations() {
    let api = |version: &str| {
        format!(
            "openapi: {version}\ninfo: {{ title: t, version: '1' }}\nservers: [{{ url: 'https://api.test' }}]\n\
             paths: {{ /a: {{ additionalOperations: {{ COPY: {{ operationId: copyA, {OK} }} }} }} }}\n"
        )
    };
    let document = |target: &str| {
        format!(
            "{}workflows: [{{ workflowId: w, steps: [{{ stepId: a, {target} }}] }}]\n",
            crate::HEAD
        )
    };
    let path = "operationPath: '{$sourceDescriptions.api.url}#/paths/~1a/additionalOperations/COPY'";
    for target in ["operationId: copyA", path] {
        assert_eq!(
            Case::whole(&document(target), &api("3.2.0")).request().method,
            "COPY",
            "{target}"
        );
    }
    let earlier = Case::whole(&document("operationId: copyA"), &api("3.1.1"));
    assert_eq!(earlier.errors(), ["unknown-operation copyA"]);
}

/// OpenAPI 3.0.3 counts `nullable` beside `type` only; generators write it beside a reference.
#[test]
fn nullable_references_are_read_in_every_spelling() {
    let reference = "{ $ref: '#/components/schemas/S' }";
    let spellings = [
        ("a", format!("{{ allOf: [{reference}], nullable: true }}"), true),
        (
            "b",
            "{ $ref: '#/components/schemas/S', nullable: true }".to_owned(),
            true,
        ),
        ("c", format!("{{ allOf: [{reference}, {{ nullable: true }}] }}"), true),
        ("d", format!("{{ oneOf: [{reference}], nullable: true }}"), true),
        ("e", format!("{{ anyOf: [{reference}, {{ type: 'null' }}] }}"), true),
        ("f", format!("{{ allOf: [{reference}, {{ description: d }}] }}"), false),
        (
            "g",
            "{ type: object, nullable: true, properties: { x: { type: string } } }".to_owned(),
            true,
        ),
        (
            "h",
            "{ type: array, items: { $ref: '#/components/schemas/S', nullable: true } }".to_owned(),
            false,
        ),
        ("i", "{ $ref: '#/components/schemas/N' }".to_owned(), true),
        (
            "j",
            "{ allOf: [{ $ref: '#/components/schemas/N' }, { type: object }] }".to_owned(),
            false,
        ),
    ];
    let names: Vec<&str> = spellings.iter().map(|(name, ..)| *name).collect();
    let properties: Vec<String> = spellings
        .iter()
        .map(|(name, schema, _)| format!("{name}: {schema}"))
        .collect();
    let api = format!(
        "paths: {{ /a: {{ get: {{ operationId: a, responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: \
         {{ type: object, required: [{}], properties: {{ {} }} }} }} }} }} }} }} }} }}\n\
         components: {{ schemas: {{ S: {{ type: object, required: [q], properties: {{ q: {{ type: string }} }} }}, \
         N: {{ type: object, nullable: true, properties: {{ q: {{ type: string }} }} }} }} }}\n",
        names.join(", "),
        properties.join(", ")
    );
    let wanted: Vec<String> = names
        .iter()
        .map(|name| format!("{name}: $response.body#/{name}"))
        .collect();
    let step = format!("{{ stepId: a, operationId: a, outputs: {{ {} }} }}", wanted.join(", "));
    let case = Case::steps(&[&step], &api);
    for (output, (name, schema, nullable)) in case.step().outputs.iter().zip(&spellings) {
        assert_eq!((output.name.as_str(), !output.required), (*name, *nullable), "{schema}");
    }
    let items = &case.step().outputs[7].ty;
    assert!(
        matches!(items, Ty::Vec(inner) if matches!(**inner, Ty::Option(_))),
        "{items:?}"
    );
}

/// Every way into a type that contains itself is broken by a `Box`, whatever the order.
#[test]
fn types_that_contain_themselves_have_boxes() {
    let ways = [
        (
            "lead: { $ref: '#/components/schemas/Person' }, members: { type: array, items: { $ref: '#/components/schemas/Person' } }",
            1,
        ),
        (
            "members: { type: array, items: { $ref: '#/components/schemas/Person' } }, lead: { $ref: '#/components/schemas/Person' }",
            1,
        ),
        (
            "by_name: { type: object, additionalProperties: { $ref: '#/components/schemas/Person' } }, lead: { $ref: '#/components/schemas/Person' }",
            1,
        ),
        ("lead: { allOf: [{ $ref: '#/components/schemas/Person' }] }", 1),
        (
            "lead: { oneOf: [{ $ref: '#/components/schemas/Person' }, { type: 'null' }] }",
            1,
        ),
        (
            "up: { $ref: '#/components/schemas/Team' }, lead: { $ref: '#/components/schemas/Person' }",
            2,
        ),
        (
            "members: { type: array, items: { $ref: '#/components/schemas/Person' } }",
            0,
        ),
    ];
    for (properties, boxes) in ways {
        let api = format!(
            "paths: {{ /a: {{ get: {{ operationId: a, responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: \
             {{ $ref: '#/components/schemas/Team' }} }} }} }} }} }} }} }}\n\
             components: {{ schemas: {{ Team: {{ type: object, properties: {{ {properties} }} }}, \
             Person: {{ type: object, properties: {{ team: {{ $ref: '#/components/schemas/Team' }} }} }} }} }}\n"
        );
        let plan = Case::steps(&["{ stepId: a, operationId: a, outputs: { t: $response.body } }"], &api).plan();
        let fields = plan.types.iter().flat_map(|def| match &def.kind {
            TypeKind::Struct(fields) => fields.clone(),
            TypeKind::Enum { .. } => Vec::new(),
        });
        let boxed = fields
            .filter(|field| format!("{:?}", field.ty).contains("Boxed"))
            .count();
        assert_eq!(boxed, boxes, "{properties}");
    }
}

/// A pointer that passes a reference which cannot be resolved: the right code, and soon.
#[test]
fn a_dangling_reference_of_a_property_is_reported_as_one() {
    let many: Vec<String> = (0..400)
        .map(|index| format!("p{index}: {{ $ref: '#/components/schemas/some_long_name_{index}' }}"))
        .collect();
    let schemas: Vec<String> = (0..400)
        .map(|index| format!("another_long_name_{index}: {{}}"))
        .collect();
    let api = format!(
        "paths: {{ /m: {{ post: {{ operationId: m, responses: {{ '200': {{ description: ok, content: {{ application/json: {{ schema: \
         {{ type: object, required: [ok], properties: {{ ok: {{ $ref: '#/components/schemas/ok_true' }}, {} }} }} }} }} }} }} }} }} }}\n\
         components: {{ schemas: {{ {} }} }}\n",
        many.join(", "),
        schemas.join(", ")
    );
    let case = Case::steps(
        &["{ stepId: s, operationId: m, outputs: { ok: $response.body#/ok } }"],
        &api,
    );
    assert_eq!(case.errors(), ["source-ref-unresolved '#/components/schemas/ok_true'"]);
    // Lowered, the value is of any type.
    let lowered = case.level(Level::Warn, "source-ref-unresolved");
    assert_eq!(outputs(&lowered), ["ok: Json?"]);
}

/// Semantics, "Types of generated values": a pointer is judged against the responses that can be meant where it
/// stands.
#[test]
fn pointers_are_judged_by_the_responses_that_can_be_meant() {
    let body = |properties: &str| {
        format!(
            "{{ description: d, content: {{ application/json: {{ schema: {{ type: object, required: [id], additionalProperties: false, properties: {{ id: {{ type: string }}, {properties} }} }} }} }} }}"
        )
    };
    let api = format!(
        "paths: {{ /jobs: {{ post: {{ operationId: start, responses: {{ '200': {}, '409': {}, 5XX: {}, default: {} }} }} }} }}\n",
        body("state: { type: string, enum: [on, off] }"),
        body("error: { type: object, additionalProperties: false, properties: { code: { type: string } } }"),
        body("server: { type: string }"),
        body("other: { type: string }")
    );
    let failure = |criteria: &[&str]| {
        let criteria: Vec<String> = criteria
            .iter()
            .map(|condition| format!("{{ condition: \"{condition}\" }}"))
            .collect();
        Case::steps(
            &[&format!(
                "{{ stepId: s, operationId: start, successCriteria: [{{ condition: $statusCode == 200 }}], \
                 onFailure: [{{ name: f, type: end, criteria: [{}] }}], outputs: {{ id: $response.body#/id }} }}",
                criteria.join(", ")
            )],
            &api,
        )
    };
    for accepted in [
        &["$statusCode == 409", "$response.body#/error/code == 'x'"][..],
        &["$statusCode == 409 && $response.body#/error/code == 'x'"],
        &["($statusCode == 409 && $response.body#/error/code == 'x') || $response.body#/state == 'on'"],
        &["$response.body#/error/code == 'x'"],
        &["$statusCode >= 500", "$response.body#/server == 'x'"],
        &[
            "$statusCode == 503 || $statusCode == 409",
            "$response.body#/server == 'x'",
        ],
        &["$statusCode == 404", "$response.body#/other == 'x'"],
        &["!($statusCode == 409)", "$response.body#/server == 'x'"],
    ] {
        let case = failure(accepted);
        assert_eq!((case.errors(), case.warnings()), (vec![], vec![]), "{accepted:?}");
    }
    for (refused, member) in [
        (&["$statusCode == 409", "$response.body#/server == 'x'"][..], "server"),
        (&["$statusCode >= 500", "$response.body#/error/code == 'x'"], "error"),
        (&["$statusCode == 409 && $response.body#/other == 'x'"], "other"),
        (&["$response.body#/nothing == 'x'"], "nothing"),
        (
            &["$statusCode == 409 || $statusCode == 200 && $response.body#/error/code == 'x'"],
            "error",
        ),
    ] {
        assert_eq!(
            failure(refused).errors(),
            [format!("impossible-response-pointer {member}")],
            "{refused:?}"
        );
    }
    // Success criteria and outputs see the success response alone.
    let success = "{ stepId: s, operationId: start, successCriteria: [{ condition: $statusCode == 200 }, \
                   { condition: \"$response.body#/error/code == 'x'\" }], outputs: { e: $response.body#/other } }";
    let errors = Case::steps(&[success], &api).errors();
    assert_eq!(
        errors,
        ["impossible-response-pointer error", "impossible-response-pointer other"]
    );
}

/// A parameter that a security scheme of the operation carries is the client's; so are the headers of the transmission.
#[test]
fn credentials_are_not_demanded_as_parameters() {
    let parameter = |name: &str, place: &str| {
        format!("{{ name: {name}, in: {place}, required: true, schema: {{ type: string }} }}")
    };
    let api = format!(
        "paths: {{ /x: {{ get: {{ operationId: x, parameters: [{}, {}, {}, {}, {}, {}], security: [{{ k: [] }}, {{ q: [] }}, {{ c: [] }}], {OK} }} }} }}\n\
         components: {{ securitySchemes: {{ k: {{ type: apiKey, in: header, name: X-Api-Key }}, q: {{ type: apiKey, in: query, name: api_key }}, \
         c: {{ type: apiKey, in: cookie, name: sid }} }} }}\n",
        parameter("Authorization", "header"),
        parameter("x-api-key", "header"),
        parameter("Host", "header"),
        parameter("api_key", "query"),
        parameter("sid", "cookie"),
        parameter("v", "query")
    );
    let case = Case::steps(&["{ stepId: a, operationId: x }"], &api);
    assert_eq!(case.errors(), ["parameter-required x"]);
    assert!(case.message().contains("the parameter `v`"), "{}", case.message());
}
