//! Workflows with more steps, outputs and calls than one function of an expansion decides about.

use arazzo_tests::script::Script;
use serde_json::json;

#[deny(warnings)]
mod wf {
    arazzo::arazzo_workflow!("language/many.yml");
}
use wf::{calls, many};

const STEPS: usize = 70;

/// Step `37 k mod 70` is the one that runs after `k` others, so its item is `k`.
#[tokio::test]
async fn every_step_makes_its_own_request_and_goes_to_its_own_next_step() {
    let mut script = Script::new();
    let mut expected = Vec::new();
    for item in 0..STEPS {
        let place = format!("GET /items/{item}");
        if item % 9 == 4 {
            script = script.on(&place).reply(503, json!({}));
            expected.push(format!("{place} 503"));
        }
        script = script.on(&place).reply(200, json!({ "next": (item + 1).to_string() }));
        expected.push(format!("{place} 200"));
    }
    let client = arazzo::Client::builder().transport(script.clone()).build().unwrap();
    let outputs = many(&client, many::Inputs::new("0")).await.unwrap();
    script.assert_trace(&expected.iter().map(String::as_str).collect::<Vec<_>>());
    let outputs = serde_json::to_value(&outputs).unwrap();
    for item in 0..STEPS {
        let step = 37 * item % STEPS;
        assert_eq!(outputs[format!("o{step}")], (item + 1).to_string(), "step {step}");
    }
}

#[tokio::test]
async fn every_step_calls_with_its_own_inputs() {
    let mut script = Script::new();
    for item in 0..33 {
        let place = format!("GET /items/{item}");
        script = script.on(&place).reply(200, json!({ "next": (item + 1).to_string() }));
    }
    let client = arazzo::Client::builder().transport(script.clone()).build().unwrap();
    let outputs = calls(&client, calls::Inputs::new("0")).await.unwrap();
    assert_eq!(outputs.last, "33");
    assert_eq!(script.trace().len(), 33);
}
