//! Workflows of other Arazzo documents: what follows from the rules without being said, one document for each.
//!
//! Nothing here depends on the Rust names of workflows that can be reached by two ways.

use arazzo::Client;
use arazzo_tests::script::{Script, in_pieces};
use serde_json::{Value, json};

mod circle {
    arazzo::arazzo_workflow!("language/documents/edge-circle-left.yml");
}
mod depends {
    arazzo::arazzo_workflow!("language/documents/edge-depends.yml");
}
mod only {
    arazzo::arazzo_workflow! {
        "language/documents/plain.yml",
        workflows = ["buy-plainly"],
    }

    /// The name that `session` of the other document would have; the only workflow here does not call it.
    pub mod billing_session {}
}
mod remote {
    arazzo::arazzo_workflow! {
        "language/documents/edge-remote.yml",
        sources = { billing = "language/documents/billing.yml" },
    }
}
mod twice {
    arazzo::arazzo_workflow!("language/documents/edge-twice.yml");
}

fn client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .source("shop", |api| api.base_url("http://shop.test/shop"))
        .source("bank", |api| api.base_url("http://bank.test/bank"))
        .max_steps(50)
        .timeout(None)
        .build()
        .expect("the client is complete")
}

fn item(name: &str, price: i64) -> Value {
    json!({ "name": name, "price": price })
}

fn paying() -> Script {
    Script::new()
        .on("POST /bank/sessions")
        .reply(201, json!({ "token": "t1" }))
        .on("POST /bank/charges")
        .header("X-Session", "t1")
        .json(json!({ "amount": 3, "currency": "EUR" }))
        .reply(201, json!({ "chargeId": 5 }))
}

// README, Paths: "a source with an `http` URL needs a local copy and the option `sources`"; what the copy names is looked
// for from the copy.
#[tokio::test]
async fn a_document_of_the_network_is_read_from_its_local_copy() {
    let script = paying();
    let outputs = remote::pay(&client(&script), remote::pay::Inputs::new()).await.unwrap();
    script.assert_trace(&["POST /bank/sessions 201", "POST /bank/charges 201"]);
    assert_eq!(outputs.charge, 5);
}

// README, Options: `workflows` expands only these, and what they call, in other documents as well.
#[tokio::test]
async fn the_option_workflows_brings_what_they_call() {
    let script = paying();
    let outputs = only::billing_charge(&client(&script), only::billing_charge::Inputs::new("ada", 3))
        .await
        .unwrap();
    script.assert_trace(&["POST /bank/sessions 201", "POST /bank/charges 201"]);
    assert_eq!(outputs.charge_id, 5);
    let _ = only::buy_plainly::Inputs::new();
}

// One document may be reached by two names and over a third document; it is the same workflow each time.
#[tokio::test]
async fn a_document_may_be_reached_by_three_ways() {
    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({ "remind": "one" }))
        .reply_empty(204)
        .on("POST /shop/notes")
        .json(json!({ "remind": "nobody" }))
        .reply_empty(204)
        .on("POST /shop/notes")
        .json(json!({ "remind": "(three)" }))
        .reply_empty(204);
    twice::remind_thrice(&client(&script), twice::remind_thrice::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/notes 204", "POST /shop/notes 204", "POST /shop/notes 204"]);
}

// Semantics, Steps and control flow: a call of a workflow whose `dependsOn` has not run by then is a compile error; here
// it has run, as a step before. Both stand in the other document.
#[tokio::test]
async fn a_workflow_may_be_called_after_the_one_that_it_depends_on() {
    let script = Script::new()
        .on("GET /shop/items/7")
        .reply(200, item("Dune", 12))
        .on("POST /shop/notes")
        .json(json!({ "name": "Dune" }))
        .reply_empty(204);
    depends::both(&client(&script), depends::both::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /shop/items/7 200", "POST /shop/notes 204"]);
}

// Semantics, Steps and control flow: `Dependencies` has the inputs of a workflow "where `$workflows.w.inputs.x` reads
// them", beside its outputs.
#[tokio::test]
async fn inputs_of_a_workflow_of_another_document_that_has_run_can_be_read() {
    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({ "itemId": 7, "name": "Dune" }))
        .reply_empty(204);
    let dependencies = depends::read_inputs::Dependencies {
        flows_prepare: depends::flows_prepare::Outputs {
            name: String::from("Dune"),
        },
        flows_prepare_inputs: depends::flows_prepare::Inputs::new(7),
    };
    let inputs = depends::read_inputs::Inputs::new();
    depends::read_inputs(&client(&script), inputs, dependencies)
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/notes 204"]);
}

// Spec, Success Action Object, `goto`: "A one-way transfer"; two documents may pass control to and fro until a criterion
// ends it. Only recursion without an exit is an error.
#[tokio::test]
async fn two_documents_may_leave_for_each_other_until_they_are_done() {
    let answers = || {
        Script::new()
            .on("GET /shop/items/1")
            .reply(200, item("a", 2))
            .on("POST /shop/notes")
            .json(json!({ "event": "pong" }))
            .reply_empty(204)
            .on("GET /shop/items/1")
            .reply(200, item("a", 1))
            .on("POST /shop/notes")
            .json(json!({ "event": "pong" }))
            .reply_empty(204)
            .on("GET /shop/items/1")
            .reply(200, item("a", 0))
    };
    let trace = [
        "GET /shop/items/1 200",
        "POST /shop/notes 204",
        "GET /shop/items/1 200",
        "POST /shop/notes 204",
        "GET /shop/items/1 200",
    ];
    let straight = answers();
    circle::ping(&client(&straight), circle::ping::Inputs::new())
        .await
        .unwrap();
    straight.assert_trace(&trace);

    let pieces = answers();
    let run = circle::ping::Run::new(circle::ping::PartialInputs::new());
    in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
}

// Semantics, Steps and control flow: "Recursion without an exit is a compile error"; this one has an exit, and each call
// goes on where the inner one has come back.
#[tokio::test]
async fn two_documents_may_call_each_other_until_they_are_done() {
    let answers = || {
        Script::new()
            .on("GET /shop/items/2")
            .reply(200, item("b", 1))
            .on("POST /shop/notes")
            .json(json!({ "event": "further" }))
            .reply_empty(204)
            .on("GET /shop/items/2")
            .reply(200, item("b", 0))
            .on("POST /shop/notes")
            .json(json!({ "event": "back" }))
            .reply_empty(204)
    };
    let trace = [
        "GET /shop/items/2 200",
        "POST /shop/notes 204",
        "GET /shop/items/2 200",
        "POST /shop/notes 204",
    ];
    let straight = answers();
    circle::countdown(&client(&straight), circle::countdown::Inputs::new())
        .await
        .unwrap();
    straight.assert_trace(&trace);

    let pieces = answers();
    let run = circle::countdown::Run::new(circle::countdown::PartialInputs::new());
    in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
}
