//! The compliance suite of RFC 9535 (jsonpath-standard/jsonpath-compliance-test-suite): every query of it as a Selector
//! Object, evaluated the way the expansion does.
//!
//! The suite is not part of this project: the environment variable `JSONPATH_SUITE` says where its `cts.json` is, and
//! `.ci/run` fetches it. Without it nothing is tested, which is said.

use std::fmt::Write as _;

use arazzo::__private::{Datum, JsonPath};
use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::plan::{Engine, Value as Planned, ValueKind};
use arazzo_compiler::source::Memory;
use serde_json::{Value, json};

/// What a query is compiled to; `None` where it is refused as no JSONPath.
fn planned(query: &str) -> Option<Planned> {
    let document = json!({
        "arazzo": "1.1.0",
        "info": { "title": "One query", "version": "1.0.0" },
        "sourceDescriptions": [{ "name": "api", "url": "api.json", "type": "openapi" }],
        "workflows": [{
            "workflowId": "ask",
            "steps": [{
                "stepId": "ask",
                "operationId": "ask",
                "outputs": { "found": { "context": "$response.body", "selector": query, "type": "jsonpath" } },
            }],
        }],
    });
    let api = json!({
        "openapi": "3.1.0",
        "info": { "title": "Anything", "version": "1.0.0" },
        "servers": [{ "url": "http://api.test" }],
        "paths": { "/": { "get": {
            "operationId": "ask",
            "responses": { "200": { "description": "Anything.", "content": { "application/json": {} } } },
        } } },
    });
    let library = Memory::default()
        .with("flow.json", document.to_string())
        .with("api.json", api.to_string());
    let options = Options {
        document: "flow.json".into(),
        ..Options::default()
    };
    let mut compilation = compile(&options, &library);
    if compilation.has_errors() {
        assert!(
            compilation
                .diagnostics
                .iter()
                .any(|problem| problem.rule.code == "jsonpath-syntax"),
            "{query}: {:#?}",
            compilation.diagnostics
        );
        return None;
    }
    let plan = compilation.plan.take().expect("there is a plan");
    let step = plan.workflows.into_iter().next()?.steps.into_iter().next()?;
    Some(step.outputs.into_iter().next()?.value)
}

/// The nodes that a compiled query selects.
fn nodes(planned: &Planned, document: &str) -> Vec<Value> {
    let value = Datum::from_json(document);
    match &planned.kind {
        // A singular query is a pointer.
        ValueKind::Reference(read) => {
            let tokens: Vec<&str> = read.pointer.iter().map(String::as_str).collect();
            let found = value.pointer(&tokens);
            found
                .map(|found| serde_json::from_str(&found.to_json()).expect("JSON"))
                .into_iter()
                .collect()
        }
        ValueKind::Selection(selection) if selection.engine == Engine::JsonPath => {
            let found = JsonPath::new(&selection.query)
                .select(Some(&value))
                .expect("the context is there");
            serde_json::from_str(&found.to_json()).expect("an array")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_query_of_the_suite_selects_what_it_should() {
    let Some(path) = std::env::var_os("JSONPATH_SUITE") else {
        println!("SKIPPED: JSONPATH_SUITE does not say where the compliance suite of RFC 9535 is");
        return;
    };
    let suite = std::fs::read_to_string(path).expect("the suite can be read");
    let suite: Value = serde_json::from_str(&suite).expect("the suite is JSON");
    let cases = suite["tests"].as_array().expect("the suite has tests");
    let mut failures = String::new();
    for case in cases {
        let (name, query) = (&case["name"], case["selector"].as_str().expect("a query"));
        let Some(planned) = planned(query) else {
            if case["invalid_selector"] != true {
                let _ = writeln!(failures, "{name}: `{query}` was refused");
            }
            continue;
        };
        if case["invalid_selector"] == true {
            let _ = writeln!(failures, "{name}: `{query}` was not refused");
            continue;
        }
        let found = Value::from(nodes(&planned, &case["document"].to_string()));
        let one_of = case["results"].as_array();
        if case["result"] != found && !one_of.is_some_and(|results| results.contains(&found)) {
            let _ = writeln!(failures, "{name}: `{query}` selects {found}");
        }
    }
    println!("{} queries of the compliance suite", cases.len());
    assert!(cases.len() > 600, "the suite has {} cases", cases.len());
    assert!(failures.is_empty(), "{failures}");
}
