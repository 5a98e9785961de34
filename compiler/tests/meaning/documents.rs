//! What an Arazzo document says.

use arazzo_compiler::diagnostic::Level;
use arazzo_compiler::plan::ValueKind;

use crate::Case;

/// An operation of every kind that the documents below call.
const API: &str = "paths:\n  \
    /list:\n    get:\n      operationId: list\n      parameters: [{ name: q, in: query, schema: { type: string } }]\n      \
    responses: { '200': { description: ok, content: { application/json: { schema: { type: object, properties: { data: { type: array, items: { type: object, properties: { id: { type: string } } } }, n: { type: integer } } } } } } }\n  \
    /use:\n    post: { operationId: use, responses: { '200': { description: ok } } }\n  \
    /make:\n    post: { operationId: make, requestBody: { content: { application/json: { schema: { type: object } } } }, responses: { '200': { description: ok } } }\n  \
    /things/{id}:\n    get: { operationId: thing, parameters: [{ name: id, in: path, required: true, schema: { type: string } }], responses: { '200': { description: ok } } }\n";

const INPUTS: &str =
    "inputs: { type: object, required: [a, b], properties: { a: { type: string }, b: { type: integer } } }";

pub(crate) fn case(steps: &str) -> Case {
    Case::new(
        &format!("workflows: [{{ workflowId: w, {INPUTS}, steps: [{steps}] }}]\n"),
        API,
    )
}

/// A lenient reading has the obvious meaning, or stays an error.
#[cfg(feature = "jsonpath")]
#[test]
fn a_lenient_reading_drops_no_criterion() {
    let with = |condition: &str| {
        case(&format!(
            "{{ stepId: s, operationId: list, parameters: [{{ name: q, in: query, value: $inputs.a }}], \
             successCriteria: [{{ condition: $statusCode == 200 }}, {{ context: $response.body, type: jsonpath, condition: \"{condition}\" }}], \
             onSuccess: [{{ name: e, type: end, criteria: [{{ context: $response.body, type: jsonpath, condition: \"{condition}\" }}] }}], \
             outputs: {{ b: $inputs.b }} }}"
        ))
        .lenient()
    };
    for refused in [
        "$.data[?(@.id == '$inputs.a')].length == 0",
        "$.data[?(@.id == $inputs.a)].length > 0",
        "$.data.length == 0 &&",
        "$.n == 1 and $.n == 2",
    ] {
        let errors = with(refused).errors();
        assert!(
            errors.len() == 2 && errors.iter().all(|error| error.starts_with("jsonpath-syntax")),
            "{refused}: {errors:?}"
        );
    }
    for read in [
        "$.data[?(@.id == '$inputs.a')]",
        "$.data[?@.id == 'x-$inputs.a']",
        "$.data[?@.id == $inputs.a]",
        "$.n > $inputs.b",
        "$.n == 5 && $.data.length > 0",
        "$.n > $inputs.b || $.n == $steps.s.outputs.b",
        "$",
    ] {
        let case = with(read);
        let step = case.step();
        assert_eq!((step.criteria.len(), step.on_success.len()), (2, 1), "{read}");
        assert_eq!(step.on_success[0].criteria.len(), 1, "{read}");
        assert!(matches!(
            step.on_success[0].kind,
            arazzo_compiler::plan::ActionKind::End
        ));
    }
}

#[test]
fn every_part_of_a_text_is_looked_at() {
    let with = |value: &str| {
        case(&format!(
            "{{ stepId: s, operationId: list, parameters: [{{ name: q, in: query, value: \"{value}\" }}], outputs: {{ a: $inputs.a, b: $inputs.b }} }}"
        ))
    };
    let mixed = with("{$inputs.a} = '$inputs.b' and $inputs.a");
    assert_eq!(
        mixed.errors(),
        ["unbraced-expression $inputs.b", "unbraced-expression $inputs.a"]
    );
    let request = mixed.lenient().request();
    let ValueKind::Template(pieces) = &request.parameters[0].value.kind else {
        panic!()
    };
    assert_eq!(pieces.len(), 5, "{pieces:?}");
    for open in ["{$inputs.a", "{$inputs.a} {$inputs.b", "x {$statusCode"] {
        let errors = with(open).errors();
        assert!(
            errors.len() == 1 && errors[0].starts_with("expression-syntax {$"),
            "{open}: {errors:?}"
        );
    }
    for text in ["{$", "{", "}", "{$5", "{$unknown", "$", "a $5 b", "{inputs.a}"] {
        assert_eq!(with(text).errors(), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn braces_that_are_text_are_warned_about() {
    let warned = |steps: &str| case(steps).warnings();
    let key = "{ stepId: s, operationId: make, requestBody: { payload: { list: [{ '{$inputs.a}': 1 }], $inputs.b: 2, n: '{$inputs.a}{$inputs.b}' } } }";
    assert_eq!(
        warned(key),
        ["literal-braces '{$inputs.a}'", "literal-braces $inputs.b"]
    );
    let condition = "{ stepId: s, operationId: list, parameters: [{ name: '{$inputs.a}', in: query, value: $inputs.a }], \
                     successCriteria: [{ condition: \"$response.body#/n == '{$inputs.b}'\" }, { condition: $response.body#/n == $inputs.b }] }";
    assert_eq!(
        warned(condition),
        [
            "literal-braces '{$inputs.a}'",
            "unknown-parameter '{$inputs.a}'",
            "literal-braces '{$inputs.b}'"
        ]
    );
    for part in ["a$inputs.b", "${inputs.b}", "x {inputs.b}"] {
        let condition = format!(
            "{{ stepId: s, operationId: list, parameters: [{{ name: q, in: query, value: '{{$inputs.a}}{{$inputs.b}}' }}], \
             successCriteria: [{{ condition: \"$response.body#/n == '{part}'\" }}] }}"
        );
        assert_eq!(warned(&condition), [format!("lookalike-literal '{part}'")]);
    }
    let target = "{ stepId: s, operationId: make, requestBody: { payload: { x: 1, y: $inputs.a }, replacements: [{ target: '/{$inputs.b}', value: $inputs.b }] } }";
    assert_eq!(warned(target), ["literal-braces '/{$inputs.b}'"]);
}

#[test]
fn what_says_nothing_by_itself_is_not_dropped() {
    for (step, found) in [
        (
            "{ stepId: s, operationId: make, requestBody: { replacements: [{ target: /x, value: $inputs.a }] } }",
            "replacement-without-payload /x",
        ),
        (
            "{ stepId: s, operationId: make, requestBody: { contentType: application/json } }",
            "content-type-unused application/json",
        ),
        (
            "{ stepId: s, workflowId: other, action: send }",
            "action-unexpected send",
        ),
        (
            "{ stepId: s, workflowId: other, correlationId: $inputs.a }",
            "correlation-id-unexpected $inputs.a",
        ),
        (
            "{ stepId: s, operationId: list, action: receive }",
            "action-unexpected receive",
        ),
        (
            "{ stepId: s, operationId: list, parameters: [{ name: id, in: path, value: $inputs.a }] }",
            "unknown-path-parameter id",
        ),
        (
            "{ stepId: s, operationId: list, outputs: { x: $resp.body } }",
            "unknown-root $resp",
        ),
        (
            "{ stepId: s, operationId: list, outputs: { x: $env.HOME } }",
            "unknown-root $env",
        ),
        (
            "{ stepId: s, operationId: list, successCriteria: [{ condition: $resp.body == 1 }] }",
            "unknown-root $resp",
        ),
    ] {
        let document = format!(
            "workflows: [{{ workflowId: w, {INPUTS}, steps: [{step}] }}, {{ workflowId: other, steps: [{{ stepId: o, operationId: use }}] }}]\n"
        );
        let case = Case::new(&document, API);
        let mut all = case.errors();
        all.extend(case.warnings());
        assert!(all.iter().any(|one| one == found), "{found} is not in {all:?}");
    }
}

/// A source description of type `arazzo` has workflows and no operations.
#[test]
fn a_step_needs_an_operation() {
    let other = "arazzo: 1.0.1\ninfo: { title: b, version: '1' }\nsourceDescriptions: [{ name: api, url: api.yaml, type: openapi }]\n\
                 workflows: [{ workflowId: wb, steps: [{ stepId: sb, operationId: use }] }]\n";
    let document = |sources: &str, target: &str| {
        format!(
            "arazzo: 1.0.1\ninfo: {{ title: a, version: '1' }}\nsourceDescriptions: [{sources}]\n\
             workflows: [{{ workflowId: w, steps: [{{ stepId: s, {target} }}] }}]\n"
        )
    };
    let api = format!("{}{API}", crate::API);
    let alone = "{ name: other, url: other.yaml, type: arazzo }";
    let beside = "{ name: other, url: other.yaml, type: arazzo }, { name: api, url: api.yaml, type: openapi }";
    for (sources, target, found) in [
        (
            alone,
            "operationId: noSuchOperation",
            "unknown-operation noSuchOperation",
        ),
        (alone, "operationId: wb", "unknown-operation wb"),
        (
            beside,
            "operationId: $sourceDescriptions.other.wb",
            "unknown-operation other",
        ),
        (
            beside,
            "operationPath: '{$sourceDescriptions.other.url}#/paths/~1use/post'",
            "unknown-operation other",
        ),
    ] {
        let case = Case::whole(&document(sources, target), &api).with("other.yaml", other);
        assert_eq!(case.errors(), [found], "{target}");
        if target.ends_with("wb") {
            assert!(
                case.message()
                    .contains("write `workflowId: $sourceDescriptions.other.wb`"),
                "{}",
                case.message()
            );
        }
    }
}

/// A workflow whose list never ends may still declare outputs: those that are assigned where it ends.
#[test]
fn outputs_of_what_is_left_or_skipped_are_absent() {
    for on_success in [
        "onSuccess: [{ name: go, type: goto, workflowId: notify }]",
        "onSuccess: [{ name: again, type: goto, stepId: two }]",
        "onSuccess: [{ name: skip, type: end }]",
    ] {
        let document = format!(
            "workflows:\n- workflowId: place\n  steps:\n  - {{ stepId: one, operationId: list, outputs: {{ n: $response.body#/n }} }}\n  \
             - {{ stepId: two, operationId: use, {on_success} }}\n  - {{ stepId: three, operationId: list, outputs: {{ n: $response.body#/n }} }}\n  \
             outputs: {{ n: $steps.one.outputs.n, m: $steps.three.outputs.n }}\n- workflowId: notify\n  steps: [{{ stepId: l, operationId: list }}]\n"
        );
        let case = Case::new(&document, API);
        let outputs = &case.plan().workflows[0].outputs;
        assert!(outputs.iter().all(|output| !output.required), "{on_success}");
        assert!(
            case.warnings().contains(&"unreachable-step three".to_owned()),
            "{on_success}"
        );
    }
}

/// `$workflows.w.outputs.x` wherever a step that calls `w` has certainly succeeded before.
#[test]
fn outputs_of_a_called_workflow_can_be_read() {
    let document = |call: &str, more: &str, read: &str| {
        format!(
            "workflows:\n- workflowId: parent\n  steps:\n  - {call}\n  {more}- {{ stepId: after, operationId: list, parameters: [{{ name: q, in: query, value: {read} }}] }}\n  \
             outputs: {{ n: {read} }}\n- workflowId: child\n  inputs: {{ type: object, properties: {{ k: {{ type: string }} }} }}\n  \
             steps: [{{ stepId: c, operationId: list, parameters: [{{ name: q, in: query, value: $inputs.k }}], outputs: {{ n: $response.body#/n }} }}]\n  \
             outputs: {{ n: $steps.c.outputs.n }}\n"
        )
    };
    let nested = "{ stepId: nested, workflowId: child }";
    let own = "{ stepId: nested, workflowId: child, outputs: { m: $outputs.n } }";
    for (call, read) in [
        (nested, "$workflows.child.outputs.n"),
        (own, "$workflows.child.outputs.n"),
        (nested, "$workflows.child.inputs.k"),
    ] {
        let plan = Case::new(&document(call, "", read), API).plan();
        let value = &plan.workflows[0].steps[1].request().unwrap().parameters[0].value;
        assert!(matches!(value.kind, ValueKind::Reference(_)), "{value:?}");
        assert_eq!(plan.workflows[0].outputs.len(), 1);
    }
    // Of two calls, one after the other, the second is the latest.
    let twice = document(
        nested,
        "- { stepId: again, workflowId: child }\n  ",
        "$workflows.child.outputs.n",
    );
    let plan = Case::new(&twice, API).plan();
    let value = &plan.workflows[0].steps[2].request().unwrap().parameters[0].value;
    let read = format!("{value:?}");
    assert!(read.contains("step: 1"), "{read}");
    // A call that need not have been, or two of which either can be the latest.
    for (call, more) in [
        (
            "{ stepId: first, operationId: list, onSuccess: [{ name: j, type: goto, stepId: after, criteria: [{ condition: $statusCode == 200 }] }] }",
            "- { stepId: nested, workflowId: child }\n  ",
        ),
        (
            nested,
            "- { stepId: pick, operationId: list, onSuccess: [{ name: j, type: goto, stepId: after, criteria: [{ condition: $statusCode == 200 }] }] }\n  \
             - { stepId: again, workflowId: child }\n  ",
        ),
    ] {
        let errors = Case::new(&document(call, more, "$workflows.child.outputs.n"), API).errors();
        assert!(
            errors.iter().all(|error| error.starts_with("expression-context")),
            "{errors:?}"
        );
        assert_eq!(errors.len(), 2);
    }
}

#[test]
fn valid_documents_compile() {
    // A parameter of the workflow that the path of one operation has no place for is for the others.
    let shared = "workflows: [{ workflowId: w, parameters: [{ name: id, in: path, value: x }, { name: q, in: query, value: y }], \
                  steps: [{ stepId: s, operationId: thing }, { stepId: t, operationId: list }] }]\n";
    let case = Case::new(shared, API);
    let plan = case.plan();
    let parameters = |step: usize| plan.workflows[0].steps[step].request().unwrap().parameters.len();
    assert_eq!((parameters(0), parameters(1)), (1, 1));
    assert_eq!(case.warnings(), ["unknown-parameter id", "unknown-parameter q"]);
    // Editors write `$schema` into JSON documents.
    let json = r#"{ "$schema": "https://example.com/arazzo.json", "arazzo": "1.0.1", "info": { "title": "t", "version": "1" },
        "sourceDescriptions": [{ "name": "api", "url": "api.yaml", "type": "openapi" }],
        "workflows": [{ "workflowId": "w", "steps": [{ "stepId": "s", "operationId": "use" }] }] }"#;
    Case::whole(json, &format!("{}{API}", crate::API)).plan();
    // Text that looks like an expression can be sent.
    let like = case_with_text("$input");
    assert_eq!(like.errors(), ["unknown-root $input"]);
    let allowed = like.level(Level::Allow, "unknown-root");
    let json = allowed.request().parameters[0].value.literal();
    assert_eq!(json.unwrap(), "\"$input\"");
    let inside = case_with_text("query {$input.x}")
        .level(Level::Allow, "unknown-root")
        .request();
    assert_eq!(inside.parameters[0].value.literal().unwrap(), "\"query {$input.x}\"");
    // `dialect = lenient` does not say that text is meant.
    assert_eq!(case_with_text("$input").lenient().errors(), ["unknown-root $input"]);
}

fn case_with_text(text: &str) -> Case {
    Case::steps(
        &[&format!(
            "{{ stepId: s, operationId: list, parameters: [{{ name: q, in: query, value: '{text}' }}] }}"
        )],
        API,
    )
}

#[test]
fn names_that_collide_can_be_told_apart() {
    let document = "workflows: [{ workflowId: w, inputs: { type: object, properties: { orderId: { type: string }, order_id: { type: string } } }, \
                    steps: [{ stepId: oneStep, operationId: list, parameters: [{ name: q, in: query, value: '{$inputs.orderId}{$inputs.order_id}' }], \
                    outputs: { theId: $response.body#/n, the_id: $response.body#/n } }, { stepId: one_step, operationId: use }], \
                    outputs: { aB: $steps.oneStep.outputs.theId, a_b: $steps.oneStep.outputs.the_id } }]\n";
    let case = || Case::new(document, API);
    let errors = case().errors();
    assert!(
        errors.len() == 4 && errors.iter().all(|error| error.starts_with("name-collision")),
        "{errors:?}"
    );
    let message = case().message();
    assert!(
        message.contains("inputs `orderId` and `order_id` both become `order_id` in Rust"),
        "{message}"
    );
    assert!(
        message.contains("rename = { \"w.inputs.order_id\" = order_id_2 }"),
        "{message}"
    );
    let renamed = case()
        .rename("w.inputs.order_id", "other_id")
        .rename("w.outputs.a_b", "other_b")
        .rename("w.steps.one_step", "second_step")
        .rename("w.steps.oneStep.outputs.the_id", "second_id");
    let plan = renamed.plan();
    let workflow = &plan.workflows[0];
    let idents: Vec<&str> = workflow.inputs.iter().map(|input| input.ident.as_str()).collect();
    assert_eq!(idents, ["order_id", "other_id"]);
    assert_eq!(
        (workflow.inputs[1].name.as_str(), workflow.inputs[1].variant.as_str()),
        ("order_id", "OtherId")
    );
    assert_eq!(
        (workflow.outputs[1].ident.as_str(), workflow.steps[1].ident.as_str()),
        ("other_b", "second_step")
    );
    assert_eq!(workflow.steps[0].outputs[1].ident, "second_id");
    // Lenient: a number tells the second one from the first.
    let lenient = case().lenient().plan();
    assert_eq!(lenient.workflows[0].inputs[1].ident, "order_id_2");
    // A name that nothing has is an option without effect.
    let wrong = case().lenient().rename("w.inputs.orderid", "x");
    assert_eq!(wrong.errors(), ["unused-option "]);
}
