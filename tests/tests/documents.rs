//! Workflows of other Arazzo documents: calls, departures, detours and dependencies over source descriptions of type
//! `arazzo`.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent. Each source has a
//! path of its own (`/shop`, `/bank`, `/post`), so that a trace shows which of them the client was asked for.

mod script;

use std::time::Duration;

use arazzo::{Client, ErrorKind, Progress};
use script::{Script, exactly, in_pieces, json_of, reload};
use serde_json::{Value, json};

mod chain {
    arazzo::arazzo_workflow!("../language/documents/chain.yml");
}
mod components {
    arazzo::arazzo_workflow!("../language/documents/components.yml");
}
mod departure {
    arazzo::arazzo_workflow!("../language/documents/departure.yml");
}
mod depends {
    arazzo::arazzo_workflow!("../language/documents/depends.yml");
}
mod detours {
    arazzo::arazzo_workflow!("../language/documents/detours.yml");
}
mod mixed_new {
    arazzo::arazzo_workflow!("../language/documents/mixed-new.yml");
}
mod mixed_old {
    arazzo::arazzo_workflow!("../language/documents/mixed-old.yml");
}
mod mutual_left {
    arazzo::arazzo_workflow!("../language/documents/mutual-left.yml");
}
mod mutual_right {
    arazzo::arazzo_workflow!("../language/documents/mutual-right.yml");
}
mod plain {
    arazzo::arazzo_workflow!("../language/documents/plain.yml");

    /// The name that `audit-all` of the other document would have; nobody calls it, so that the name is free.
    pub mod billing_audit_all {}
}
mod self_named {
    arazzo::arazzo_workflow!("../language/documents/self-entry.yml");
}
mod twins {
    arazzo::arazzo_workflow!("../language/documents/twins/entry.yml");
}
mod untyped {
    arazzo::arazzo_workflow!("../language/documents/untyped.yml");
}

/// A client that knows the sources of all documents by their names.
fn client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .source("shop", |api| api.base_url("http://shop.test/shop"))
        .source("bank", |api| api.base_url("http://bank.test/bank"))
        .source("post", |api| api.base_url("http://post.test/post"))
        .max_steps(50)
        .max_retry_after(Duration::from_secs(86_400))
        .timeout(None)
        .build()
        .expect("the client is complete")
}

/// A client that knows nothing of any source.
fn unaware_client(script: &Script) -> Client<Script> {
    Client::builder()
        .transport(script.clone())
        .max_steps(50)
        .timeout(None)
        .build()
        .expect("the client is complete")
}

fn problem(message: &str) -> Value {
    json!({ "message": message })
}

fn item(name: &str, price: i64) -> Value {
    json!({ "name": name, "price": price })
}

fn token(token: &str) -> Value {
    json!({ "token": token })
}

fn charge() -> Value {
    json!({ "chargeId": 5, "receipt": "r5" })
}

fn order() -> Value {
    json!({ "orderId": 31 })
}

/// All parts stand in the text, in this order.
#[track_caller]
fn assert_in_order(text: &str, parts: &[&str]) {
    let mut rest = text;
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            panic!("`{part}` is not where it should be in: {text}");
        };
        rest = after;
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// A workflow of another document as a step
// ---------------------------------------------------------------------------------------------------------------------

fn buying() -> Script {
    Script::new()
        .on("GET /shop/items/7")
        .reply(200, item("Dune", 12))
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .header("X-Session", "t1")
        .json(json!({ "amount": 12, "currency": "EUR", "memo": "Dune for ada" }))
        .reply(201, charge())
        .on("POST /shop/orders")
        .json(json!({ "item": 7, "charge": 5, "slip": "r5" }))
        .reply(201, order())
}

const BUYING: [&str; 4] = [
    "GET /shop/items/7 200",
    "POST /bank/sessions 201",
    "POST /bank/charges 201",
    "POST /shop/orders 201",
];

// Spec, Step Object, workflowId: "If the referenced workflow is contained within an `arazzo` type `sourceDescription`,
// then the `workflowId` MUST be specified using a Runtime Expression"; operationId: only several "non `arazzo` type"
// sources make the name of the source necessary. Inputs that no parameter names have their default.
#[tokio::test]
async fn a_step_calls_a_workflow_of_another_document() {
    let script = buying();
    let outputs = plain::buy(&client(&script), plain::buy::Inputs::new("ada", 7))
        .await
        .unwrap();
    script.assert_trace(&BUYING);
    exactly::<i64>(&outputs.order_id);
    exactly::<i64>(&outputs.charge);
    exactly::<Option<String>>(&outputs.slip);
    assert_eq!(
        (outputs.order_id, outputs.charge, outputs.slip.as_deref()),
        (31, 5, Some("r5"))
    );
}

// Semantics, Values: what is absent is left out of an object, wherever it comes from.
#[tokio::test]
async fn an_output_that_the_other_document_does_not_have_is_not_there() {
    let script = Script::new()
        .on("GET /shop/items/8")
        .reply(200, item("Emma", 9))
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .reply(201, json!({ "chargeId": 6 }))
        .on("POST /shop/orders")
        .json(json!({ "item": 8, "charge": 6 }))
        .reply(201, order());
    let outputs = plain::buy(&client(&script), plain::buy::Inputs::new("eva", 8))
        .await
        .unwrap();
    assert_eq!(outputs.slip, None);
    assert_eq!(script.trace().len(), 4);
}

// Semantics, Steps and control flow: "a workflow step that declares no outputs has the callee's". A parameter takes the
// place of a default, an optional input without either is absent.
#[tokio::test]
async fn a_step_without_outputs_has_those_of_the_workflow_of_another_document() {
    let script = Script::new()
        .on("POST /bank/sessions")
        .json(json!({ "account": "guest" }))
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .json(json!({ "amount": 3, "currency": "CHF" }))
        .reply(201, charge())
        .on("POST /shop/orders")
        .json(json!({ "charge": 5, "slip": "r5" }))
        .reply(201, order());
    let outputs = plain::buy_plainly(&client(&script), plain::buy_plainly::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/charges 201",
        "POST /shop/orders 201",
    ]);
    exactly::<i64>(&outputs.charge);
    exactly::<Option<String>>(&outputs.slip);
    assert_eq!((outputs.charge, outputs.slip.as_deref()), (5, Some("r5")));
}

// Semantics, Requests: without the client's word, the base URL is the server of the description, in each document.
#[tokio::test]
async fn requests_go_to_the_servers_of_the_descriptions_where_the_client_says_nothing() {
    let script = Script::new()
        .on("POST /bank-server/sessions")
        .reply(201, token("t1"))
        .on("POST /bank-server/charges")
        .reply(201, charge())
        .on("POST /shop-server/orders")
        .reply(201, order());
    plain::buy_plainly(&unaware_client(&script), plain::buy_plainly::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /bank-server/sessions 201",
        "POST /bank-server/charges 201",
        "POST /shop-server/orders 201",
    ]);
}

// The workflow of the other document is a function beside the others, with its own inputs and defaults.
#[tokio::test]
async fn a_workflow_of_another_document_is_a_function_too() {
    let script = Script::new()
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .header("X-Session", "t1")
        .json(json!({ "amount": 2, "currency": "EUR", "memo": "tip" }))
        .reply(201, charge());
    let inputs = plain::billing_charge::Inputs::new("ada", 2).memo("tip");
    let outputs = plain::billing_charge(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["POST /bank/sessions 201", "POST /bank/charges 201"]);
    exactly::<plain::billing_charge::Outputs>(&outputs);
    assert_eq!((outputs.charge_id, outputs.receipt.as_deref()), (5, Some("r5")));
}

// Semantics, Steps and control flow: "Workflow-level parameters reach a nested workflow where a name matches one of its
// inputs and are left out otherwise". Spec, Step Object, parameters: the step's definition overrides.
#[tokio::test]
async fn parameters_of_the_workflow_reach_the_other_document() {
    let script = Script::new()
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .header("X-Session", "t1")
        .json(json!({ "amount": 3, "currency": "CHF" }))
        .reply(201, charge())
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token("t2"))
        .on("POST /bank/charges")
        .header("X-Session", "t2")
        .json(json!({ "amount": 4, "currency": "USD" }))
        .reply(201, charge());
    plain::buy_in_common(&client(&script), plain::buy_in_common::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/charges 201",
        "POST /bank/sessions 201",
        "POST /bank/charges 201",
    ]);
}

// Spec, Parameter Object, value: "a constant, a Runtime Expression, or a Selector Object"; the last in the caller, of
// version 1.1, for a callee of version 1.0. Semantics, Values: an absent optional parameter is left out.
#[tokio::test]
async fn a_parameter_for_another_document_may_be_selected() {
    for (order, body) in [
        (
            json!({ "lines": [{ "text": "one book" }] }),
            json!({ "amount": 3, "currency": "EUR", "memo": "one book" }),
        ),
        (json!({ "lines": [] }), json!({ "amount": 3, "currency": "EUR" })),
    ] {
        let script = Script::new()
            .on("POST /bank/sessions")
            .reply(201, token("t1"))
            .on("POST /bank/charges")
            .json(body)
            .reply(201, charge());
        plain::buy_selected(&client(&script), plain::buy_selected::Inputs::new(order))
            .await
            .unwrap();
        script.assert_trace(&["POST /bank/sessions 201", "POST /bank/charges 201"]);
    }
}

// Spec, Runtime Expressions, Examples: "references may be made to portions of the response body" of a workflow output.
// Semantics, Types: objects that travel on are never narrowed by their type.
#[tokio::test]
async fn a_pointer_leads_into_an_output_of_another_document() {
    let later = json!({ "state": "settled", "paidBy": { "account": "eva", "since": 1999 }, "more": [1, null] });
    let script = Script::new()
        .on("GET /bank/charges/5")
        .reply(200, json!({ "state": "open", "paidBy": { "account": "ada" } }))
        .on("GET /bank/charges/6")
        .reply(200, later.clone())
        .on("POST /shop/notes")
        .json(json!({ "state": "open", "payer": "ada", "later": "settled", "whole": later }))
        .reply_empty(204);
    let outputs = plain::read_charge(&client(&script), plain::read_charge::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "GET /bank/charges/5 200",
        "GET /bank/charges/6 200",
        "POST /shop/notes 204",
    ]);
    assert_eq!(json_of(&outputs.state), "open");
    assert_eq!(json_of(&outputs.payer), "ada");
}

// ---------------------------------------------------------------------------------------------------------------------
// Failures, retries, time limits
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Step Object, onFailure: "an array of failure action objects that specify what to do upon step failure"; the step
// is a call into another document here, which fails in its first or its second step, or not at all.
#[tokio::test]
async fn a_failure_in_another_document_is_a_failure_of_the_step() {
    let first = Script::new()
        .on("POST /bank/sessions")
        .reply(401, problem("unknown"))
        .on("POST /shop/notes")
        .json(json!({ "event": "tried" }))
        .reply_empty(204);
    let second = Script::new()
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .fails("connection refused")
        .on("POST /shop/notes")
        .json(json!({ "event": "tried" }))
        .reply_empty(204);
    let none = Script::new()
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .reply(201, charge())
        .on("POST /shop/notes")
        .json(json!({ "event": "tried", "charge": 5 }))
        .reply_empty(204);
    for (script, paid, trace) in [
        (first, None, &["POST /bank/sessions 401", "POST /shop/notes 204"][..]),
        (
            second,
            None,
            &[
                "POST /bank/sessions 201",
                "POST /bank/charges error",
                "POST /shop/notes 204",
            ],
        ),
        (
            none,
            Some(5),
            &[
                "POST /bank/sessions 201",
                "POST /bank/charges 201",
                "POST /shop/notes 204",
            ],
        ),
    ] {
        let outputs = plain::buy_or_note(&client(&script), plain::buy_or_note::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(trace);
        exactly::<Option<i64>>(&outputs.charge);
        assert_eq!(outputs.charge, paid);
    }
}

// The same, without an action: "the default behavior is to break and return". The error names the step of the caller and
// tells what happened inside, with the place in the other document.
#[tokio::test]
async fn an_unhandled_failure_in_another_document_names_both() {
    let script = Script::new().on("POST /bank/sessions").reply(401, problem("unknown"));
    let error = plain::buy_plainly(&client(&script), plain::buy_plainly::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["POST /bank/sessions 401"]);
    assert_eq!(
        (error.workflow(), error.step(), error.kind()),
        ("buy-plainly", Some("pay"), ErrorKind::Nested)
    );
    let text = error.to_string();
    assert_in_order(
        &text,
        &[
            "step `pay` failed",
            "charge",
            "step `enter` failed",
            "$statusCode == 201",
            "billing.yml:",
            "401 Unauthorized",
        ],
    );
}

// Design, Errors at run time: the error of the called workflow itself names its workflow, step, status and place.
#[tokio::test]
async fn an_error_names_the_document_that_it_comes_from() {
    let script = Script::new()
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .reply(402, problem("no money"));
    let inputs = plain::billing_charge::Inputs::new("ada", 1_000_000);
    let error = plain::billing_charge(&client(&script), inputs).await.unwrap_err();
    script.assert_trace(&["POST /bank/sessions 201", "POST /bank/charges 402"]);
    assert!(error.workflow().ends_with("charge"), "{}", error.workflow());
    assert_eq!((error.step(), error.kind()), (Some("pay"), ErrorKind::Criterion));
    assert_eq!(error.status().map(|status| status.as_u16()), Some(402));
    let text = error.to_string();
    assert!(text.contains("billing.yml:"), "{text}");
    assert!(!text.contains("plain.yml"), "{text}");
}

fn bought_at_the_third_attempt() -> Script {
    Script::new()
        .on("POST /bank/sessions")
        .reply(503, problem("busy"))
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .header("X-Session", "t1")
        .reply(503, problem("busy"))
        .on("POST /bank/sessions")
        .reply(201, token("t2"))
        .on("POST /bank/charges")
        .header("X-Session", "t2")
        .reply(201, charge())
}

const BOUGHT_AT_THE_THIRD_ATTEMPT: [&str; 7] = [
    "POST /bank/sessions 503",
    "wait 3s",
    "POST /bank/sessions 201",
    "POST /bank/charges 503",
    "wait 3s",
    "POST /bank/sessions 201",
    "POST /bank/charges 201",
];

// Spec, Failure Action Object, `retry`: "The current step will be retried", that is, the whole workflow that it calls;
// also where the run is stored in between.
#[tokio::test]
async fn a_call_into_another_document_can_be_retried() {
    let script = bought_at_the_third_attempt();
    let outputs = plain::buy_with_patience(&client(&script), plain::buy_with_patience::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&BOUGHT_AT_THE_THIRD_ATTEMPT);
    assert_eq!(outputs.charge, 5);

    let script = bought_at_the_third_attempt();
    let run = plain::buy_with_patience::Run::new(plain::buy_with_patience::PartialInputs::new());
    let outputs = in_pieces!(run, client(&script), script).unwrap();
    script.assert_trace(&BOUGHT_AT_THE_THIRD_ATTEMPT);
    assert_eq!(outputs.charge, 5);
}

// Semantics, Steps and control flow: `timeout` is "for a nested workflow the whole nested run"; the callee is of version
// 1.0, which has none.
#[tokio::test]
async fn a_call_into_another_document_has_one_time_limit_as_a_whole() {
    let script = Script::new()
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .stays_silent()
        .on("POST /shop/notes")
        .json(json!({ "event": "silence" }))
        .reply_empty(204);
    plain::buy_quickly(&client(&script), plain::buy_quickly::Inputs::new())
        .await
        .unwrap();
    script.assert_requests(&[
        "POST /bank/sessions 201",
        "POST /bank/charges silence",
        "POST /shop/notes 204",
    ]);

    let script = Script::new()
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .reply(201, charge());
    plain::buy_quickly(&client(&script), plain::buy_quickly::Inputs::new())
        .await
        .unwrap();
    script.assert_requests(&["POST /bank/sessions 201", "POST /bank/charges 201"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Parked runs
// ---------------------------------------------------------------------------------------------------------------------

// Design, What the user sees: a run holds its nested runs, so that it can be stored in the middle of one.
#[tokio::test]
async fn a_run_can_be_stored_in_the_middle_of_another_document() {
    let script = buying();
    let run = plain::buy::Run::new(plain::buy::PartialInputs::new().account("ada").item_id(7));
    let outputs = in_pieces!(run, client(&script), script).unwrap();
    script.assert_trace(&BUYING);
    assert_eq!(
        (outputs.order_id, outputs.charge, outputs.slip.as_deref()),
        (31, 5, Some("r5"))
    );
}

// Design, What the user sees: `advance` performs one step attempt, in a run of another document as well.
#[tokio::test]
async fn one_advance_sends_at_most_one_request_of_another_document() {
    let script = buying();
    let client = client(&script);
    let mut run = plain::buy::Run::new(plain::buy::PartialInputs::new().account("ada").item_id(7));
    for _ in 0..20 {
        let before = script.trace().len();
        let progress = run.advance(&client).await.unwrap();
        assert!(script.trace().len() <= before + 1, "{:?}", script.trace());
        if matches!(progress, Progress::Done(_)) {
            break;
        }
    }
    script.assert_trace(&BUYING);
}

// Design, What the user sees: a run stops for an input that is not there yet, here for a parameter of the second call.
#[tokio::test]
async fn a_run_stops_for_an_input_between_two_calls_into_another_document() {
    let script = Script::new()
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token("t1"))
        .on("POST /bank/audits")
        .json(json!({ "token": "t1" }))
        .reply_empty(204)
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token("t2"))
        .on("POST /bank/charges")
        .header("X-Session", "t2")
        .json(json!({ "amount": 3, "currency": "EUR", "memo": "t1/x9" }))
        .reply(201, charge());
    let client = client(&script);
    let mut run = plain::buy_with_code::Run::new(plain::buy_with_code::PartialInputs::new().account("ada"));
    let progress = run.advance_until_blocked(&client).await.unwrap();
    assert!(matches!(
        progress,
        Progress::Awaiting(missing) if missing == [plain::buy_with_code::Input::Code]
    ));
    assert_eq!(script.trace(), ["POST /bank/sessions 201", "POST /bank/audits 204"]);

    let mut run = reload(&run);
    run.inputs_mut().code = Some(String::from("x9"));
    let outputs = run.finish(&client).await.unwrap();
    assert_eq!(outputs.charge, 5);
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /bank/sessions 201",
        "POST /bank/charges 201",
    ]);
}

// ---------------------------------------------------------------------------------------------------------------------
// What a document keeps to itself
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Components Object: "if a step defined in Arazzo document "A" references a workflow defined in Arazzo document "B",
// the components in "A" are not considered when evaluating the workflow referenced in "B"". The same holds for inputs,
// steps and ids of workflows, which have the same names in both.
#[tokio::test]
async fn each_document_has_its_own_components_inputs_and_steps() {
    let answers = || {
        Script::new()
            .on("GET /shop/items/7?lang=en")
            .reply(503, problem("busy"))
            .on("GET /shop/items/7?lang=en")
            .reply(200, item("book", 1))
            .on("GET /shop/items/7?lang=de")
            .reply(503, problem("busy"))
            .on("GET /shop/items/7?lang=de")
            .reply(200, item("Buch", 1))
            .on("POST /shop/notes")
            .json(json!({ "label": "outside 7", "hint": "from inside" }))
            .reply_empty(204)
            .on("GET /shop/items/99?lang=outside%207")
            .reply(200, item("last", 1))
            .on("POST /shop/notes")
            .json(json!({ "outside": "book", "inside": "Buch", "hint": "from outside" }))
            .reply_empty(204)
    };
    let trace = [
        "GET /shop/items/7?lang=en 503",
        "wait 1s",
        "GET /shop/items/7?lang=en 200",
        "GET /shop/items/7?lang=de 503",
        "wait 7s",
        "GET /shop/items/7?lang=de 200",
        "POST /shop/notes 204",
        "GET /shop/items/99?lang=outside%207 200",
        "POST /shop/notes 204",
    ];
    let straight = answers();
    let outputs = components::run(&client(&straight), components::run::Inputs::new(7))
        .await
        .unwrap();
    straight.assert_trace(&trace);
    assert_eq!(outputs.found, "book");

    let pieces = answers();
    let run = components::run::Run::new(components::run::PartialInputs::new().number(7));
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!(outputs.found, "book");
}

// Spec, Arazzo Specification Object, $self, and Establishing the Base URI: both are those of the document that an
// expression stands in. The caller's reach the callee as values.
#[tokio::test]
async fn each_document_names_itself_and_its_sources() {
    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({
            "self": "https://flows.example/documents/self-entry.yml",
            "url": "./shop-api.yml",
            "innerUrl": "./self-inner.yml",
            "innerType": "arazzo",
            "innerName": "inner",
        }))
        .reply_empty(204)
        .on("POST /shop/notes")
        .json(json!({
            "self": "https://flows.example/documents/self-inner.yml",
            "url": "shop-api.yml",
            "caller": "https://flows.example/documents/self-entry.yml",
            "callerUrl": "<./shop-api.yml>",
        }))
        .reply_empty(204);
    self_named::name_both(&client(&script), self_named::name_both::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/notes 204", "POST /shop/notes 204"]);
}

// Spec, Relative References in Arazzo Description URIs: the base is the document itself, so that one name, url and
// operation lead to different files. The client names the inner one by the way to it.
#[tokio::test]
async fn one_source_name_may_mean_another_file_in_another_document() {
    let script = Script::new()
        .on("GET /outer/left")
        .reply(200, json!({ "left": "l" }))
        .on("GET /inner/right")
        .reply(200, json!({ "right": 2 }));
    let client = Client::builder()
        .transport(script.clone())
        .source("api", |api| api.base_url("http://twin.test/outer"))
        .source("inner.api", |api| api.base_url("http://twin.test/inner"))
        .timeout(None)
        .build()
        .unwrap();
    let outputs = twins::look_twice(&client, twins::look_twice::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /outer/left 200", "GET /inner/right 200"]);
    exactly::<String>(&outputs.left);
    exactly::<i64>(&outputs.right);
    assert_eq!((outputs.left.as_str(), outputs.right), ("l", 2));
}

// The same: what is said of the outer one does not hold for the inner one.
#[tokio::test]
async fn what_the_client_says_of_the_outer_source_does_not_hold_for_the_inner_one() {
    let script = Script::new()
        .on("GET /outer/left")
        .reply(200, json!({ "left": "l" }))
        .on("GET /right-server/right")
        .reply(200, json!({ "right": 2 }));
    let client = Client::builder()
        .transport(script.clone())
        .source("api", |api| api.base_url("http://twin.test/outer"))
        .timeout(None)
        .build()
        .unwrap();
    twins::look_twice(&client, twins::look_twice::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /outer/left 200", "GET /right-server/right 200"]);
}

// The same over three documents, each with its own server.
#[tokio::test]
async fn one_source_name_may_mean_three_files_in_three_documents() {
    let script = Script::new()
        .on("GET /right-server/right")
        .reply(200, json!({ "right": 2 }))
        .on("GET /deep-server/deep")
        .reply(200, json!({ "deep": true }))
        .on("GET /left-server/left")
        .reply(200, json!({ "left": "l" }));
    let outputs = twins::look_thrice(&unaware_client(&script), twins::look_thrice::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "GET /right-server/right 200",
        "GET /deep-server/deep 200",
        "GET /left-server/left 200",
    ]);
    exactly::<bool>(&outputs.deep);
    assert_eq!((outputs.left.as_str(), outputs.right, outputs.deep), ("l", 2, true));
}

// Spec, Source Description Object: `type` is not required; Format: a document "may be represented either in JSON or YAML".
#[tokio::test]
async fn a_source_says_itself_what_it_is_and_may_be_json() {
    let script = Script::new()
        .on("GET /shop/items/7?lang=fr")
        .reply(200, item("livre", 12))
        .on("POST /shop/orders")
        .json(json!({ "name": "livre", "price": 12 }))
        .reply(201, order());
    let outputs = untyped::order(&client(&script), untyped::order::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /shop/items/7?lang=fr 200", "POST /shop/orders 201"]);
    assert_eq!((outputs.order_id, outputs.price), (31, 12));

    let script = Script::new()
        .on("GET /shop/items/9?lang=it")
        .reply(200, item("libro", 3));
    let inputs = untyped::flows_look_up::Inputs::new(9).language("it");
    let outputs = untyped::flows_look_up(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["GET /shop/items/9?lang=it 200"]);
    assert_eq!((outputs.name.as_str(), outputs.price), ("libro", 3));
}

// ---------------------------------------------------------------------------------------------------------------------
// Versions
// ---------------------------------------------------------------------------------------------------------------------

// Semantics, Values: "A Selector Object is recognised in 1.1 documents […] every such object in a 1.0 document, is a
// literal"; the version is that of the document in which it stands.
#[tokio::test]
async fn an_object_is_a_selector_or_not_by_the_version_of_its_own_document() {
    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({ "probe": { "context": "somewhere", "selector": "/a", "type": "jsonpointer" } }))
        .reply_empty(204)
        .on("POST /shop/notes")
        .json(json!({ "probe": 1.5 }))
        .reply_empty(204);
    let inputs = mixed_new::probe_both::Inputs::new(json!({ "a": 1.5, "b": 2 }));
    mixed_new::probe_both(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["POST /shop/notes 204", "POST /shop/notes 204"]);
}

// Semantics, Steps and control flow: "Actions that name a workflow pass their `parameters` (1.1)"; without any, nothing,
// although the target of version 1.0 has an input of the caller's name.
#[tokio::test]
async fn an_action_of_version_1_1_passes_only_its_parameters_to_version_1_0() {
    let script = Script::new()
        .on("POST /shop/orders")
        .json(json!({ "account": "ada" }))
        .reply(409, problem("taken"))
        .on("POST /shop/notes")
        .json(json!({ "remind": "nobody" }))
        .reply_empty(204)
        .on("POST /shop/orders")
        .json(json!({ "account": "ada" }))
        .reply(201, order());
    let inputs = mixed_new::remind_without_parameters::Inputs::new("ada");
    mixed_new::remind_without_parameters(&client(&script), inputs)
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/orders 409", "POST /shop/notes 204", "POST /shop/orders 201"]);
}

// The same: "in 1.0 documents, which have none, the caller's inputs of the same name are passed", also where the document
// is called from one of version 1.1.
#[tokio::test]
async fn an_action_in_a_called_document_of_version_1_0_passes_inputs_of_the_same_names() {
    let script = Script::new()
        .on("POST /shop/orders")
        .json(json!({ "account": "eva" }))
        .reply(409, problem("taken"))
        .on("POST /shop/notes")
        .json(json!({ "remind": "eva" }))
        .reply_empty(204)
        .on("POST /shop/orders")
        .json(json!({ "account": "eva" }))
        .reply(201, order());
    mixed_new::call_the_old(&client(&script), mixed_new::call_the_old::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/orders 409", "POST /shop/notes 204", "POST /shop/orders 201"]);
}

// The same: a document of version 1.0 leaves for one of version 1.1, which has time limits and parameters of actions.
#[tokio::test]
async fn an_action_of_version_1_0_passes_inputs_of_the_same_names_to_version_1_1() {
    let script = Script::new()
        .on("POST /shop/orders")
        .json(json!({ "count": 2 }))
        .reply(503, problem("busy"))
        .on("POST /shop/notes")
        .json(json!({ "remind": "ada", "reason": "busy" }))
        .reply_empty(204)
        .on("POST /shop/orders")
        .json(json!({ "count": 2 }))
        .reply(409, problem("taken"))
        .on("POST /shop/orders")
        .json(json!({ "account": "ada", "count": 2 }))
        .stays_silent()
        .on("POST /shop/notes")
        .json(json!({ "remind": "ada, again", "reason": "silence" }))
        .reply_empty(204)
        .on("POST /shop/orders")
        .json(json!({ "account": "ada", "count": 2 }))
        .reply(201, order());
    let inputs = mixed_old::order_or_wait::Inputs::new("ada", 2);
    match mixed_old::order_or_wait(&client(&script), inputs).await.unwrap() {
        mixed_old::order_or_wait::Outcome::NewerWait(outputs) => assert_eq!(outputs.wait_id, 31),
        mixed_old::order_or_wait::Outcome::Completed(_) => panic!("the workflow has left"),
    }
    script.assert_requests(&[
        "POST /shop/orders 503",
        "POST /shop/notes 204",
        "POST /shop/orders 409",
        "POST /shop/orders silence",
        "POST /shop/notes 204",
        "POST /shop/orders 201",
    ]);
}

// ---------------------------------------------------------------------------------------------------------------------
// More than two documents, and back
// ---------------------------------------------------------------------------------------------------------------------

fn delivery() -> Script {
    Script::new()
        .on("GET /shop/items/7")
        .reply(200, item("Dune", 12))
        .on("POST /shop/notes")
        .json(json!({ "packed": "Dune" }))
        .reply_empty(204)
        .on("POST /post/parcels")
        .json(json!({ "content": "box of Dune" }))
        .reply(201, json!({ "parcelId": "p 1" }))
        .on("GET /post/parcels/p%201")
        .reply(200, json!({ "place": "harbour" }))
}

const DELIVERY: [&str; 4] = [
    "GET /shop/items/7 200",
    "POST /shop/notes 204",
    "POST /post/parcels 201",
    "GET /post/parcels/p%201 200",
];

// Spec, Source Description Object: any document names its sources, a called one too; outputs come back all the way.
#[tokio::test]
async fn a_called_document_may_call_a_third() {
    let script = delivery();
    let outputs = chain::deliver(&client(&script), chain::deliver::Inputs::new(7))
        .await
        .unwrap();
    script.assert_trace(&DELIVERY);
    exactly::<String>(&outputs.parcel);
    assert_eq!((outputs.parcel.as_str(), outputs.place.as_str()), ("p 1", "harbour"));

    let script = delivery();
    let run = chain::deliver::Run::new(chain::deliver::PartialInputs::new().item_id(7));
    let outputs = in_pieces!(run, client(&script), script).unwrap();
    script.assert_trace(&DELIVERY);
    assert_eq!((outputs.parcel.as_str(), outputs.place.as_str()), ("p 1", "harbour"));
}

// The workflow of the third document is a function that is named by the way to it.
#[tokio::test]
async fn a_workflow_of_a_third_document_is_a_function_too() {
    let script = Script::new()
        .on("POST /post/parcels")
        .json(json!({ "content": "nothing" }))
        .reply(201, json!({ "parcelId": "p2" }))
        .on("GET /post/parcels/p2")
        .reply(200, json!({ "place": "here" }));
    let inputs = chain::depot_carrier_send::Inputs::new("nothing");
    let outputs = chain::depot_carrier_send(&client(&script), inputs).await.unwrap();
    script.assert_trace(&["POST /post/parcels 201", "GET /post/parcels/p2 200"]);
    assert_eq!((outputs.parcel_id.as_str(), outputs.place.as_str()), ("p2", "here"));

    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({ "packed": "air" }))
        .reply_empty(204)
        .on("POST /post/parcels")
        .json(json!({ "content": "box of air" }))
        .reply(201, json!({ "parcelId": "p3" }))
        .on("GET /post/parcels/p3")
        .reply(200, json!({ "place": "there" }));
    let outputs = chain::depot_pack(&client(&script), chain::depot_pack::Inputs::new("air"))
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /shop/notes 204",
        "POST /post/parcels 201",
        "GET /post/parcels/p3 200",
    ]);
    assert_eq!(outputs.place, "there");
}

// Semantics, Steps and control flow: a failure of a called workflow fails the step, through all documents. Steps of all
// three have the same ids here.
#[tokio::test]
async fn a_failure_in_a_third_document_fails_the_first() {
    let script = Script::new()
        .on("GET /shop/items/7")
        .reply(200, item("Dune", 12))
        .on("POST /shop/notes")
        .reply_empty(204)
        .on("POST /post/parcels")
        .reply(503, problem("closed"));
    let error = chain::deliver(&client(&script), chain::deliver::Inputs::new(7))
        .await
        .unwrap_err();
    script.assert_trace(&[
        "GET /shop/items/7 200",
        "POST /shop/notes 204",
        "POST /post/parcels 503",
    ]);
    assert_eq!(
        (error.workflow(), error.step(), error.kind()),
        ("deliver", Some("ship"), ErrorKind::Nested)
    );
    assert_in_order(
        &error.to_string(),
        &[
            "step `ship` failed",
            "pack",
            "step `send` failed",
            "send",
            "step `look` failed",
            "carrier.yml:",
            "503 Service Unavailable",
        ],
    );
}

// Semantics, Steps and control flow: "a variant per reachable end", which may lie two documents away.
#[tokio::test]
async fn a_departure_may_lead_to_a_third_document() {
    use chain::hand_on::Outcome;

    let script = Script::new().on("POST /shop/orders").reply(201, order());
    match chain::hand_on(&client(&script), chain::hand_on::Inputs::new())
        .await
        .unwrap()
    {
        Outcome::Completed(outputs) => assert_eq!(json_of(&outputs.order_id), 31),
        _ => panic!("the workflow has stayed"),
    }
    script.assert_trace(&["POST /shop/orders 201"]);

    let script = Script::new()
        .on("POST /shop/orders")
        .reply(409, problem("taken"))
        .on("POST /shop/notes")
        .json(json!({ "stored": "status 409" }))
        .reply_empty(204);
    match chain::hand_on(&client(&script), chain::hand_on::Inputs::new())
        .await
        .unwrap()
    {
        Outcome::DepotStore(outputs) => assert_eq!(json_of(&outputs.label), "status 409"),
        _ => panic!("the second document has kept it"),
    }
    script.assert_trace(&["POST /shop/orders 409", "POST /shop/notes 204"]);

    let answers = || {
        Script::new()
            .on("POST /shop/orders")
            .reply(402, problem("unpaid"))
            .on("POST /shop/notes")
            .json(json!({ "stored": "status 402" }))
            .reply(503, problem("full"))
            .on("POST /post/parcels")
            .json(json!({ "content": "status 402" }))
            .reply(201, json!({ "parcelId": "p4" }))
            .on("GET /post/parcels/p4")
            .reply(200, json!({ "place": "attic" }))
    };
    let trace = [
        "POST /shop/orders 402",
        "POST /shop/notes 503",
        "POST /post/parcels 201",
        "GET /post/parcels/p4 200",
    ];
    let straight = answers();
    match chain::hand_on(&client(&straight), chain::hand_on::Inputs::new())
        .await
        .unwrap()
    {
        Outcome::DepotCarrierSend(outputs) => assert_eq!(outputs.place, "attic"),
        _ => panic!("the third document has it"),
    }
    straight.assert_trace(&trace);

    let pieces = answers();
    let run = chain::hand_on::Run::new(chain::hand_on::PartialInputs::new());
    match in_pieces!(run, client(&pieces), pieces).unwrap() {
        Outcome::DepotCarrierSend(outputs) => assert_eq!(outputs.place, "attic"),
        _ => panic!("the third document has it"),
    }
    pieces.assert_trace(&trace);
}

// Two documents may name each other, and either may be the one that is compiled.
#[tokio::test]
async fn two_documents_may_name_each_other() {
    let answers = || {
        Script::new()
            .on("GET /shop/items/7")
            .reply(200, item("Dune", 12))
            .on("POST /shop/notes")
            .json(json!({ "right": "Dune" }))
            .reply_empty(204)
            .on("POST /shop/notes")
            .json(json!({ "left": "<Dune>" }))
            .reply_empty(204)
            .on("GET /shop/items/8")
            .reply(200, item("Emma", 9))
    };
    let trace = [
        "GET /shop/items/7 200",
        "POST /shop/notes 204",
        "POST /shop/notes 204",
        "GET /shop/items/8 200",
    ];
    let straight = answers();
    let outputs = mutual_left::start(&client(&straight), mutual_left::start::Inputs::new())
        .await
        .unwrap();
    straight.assert_trace(&trace);
    assert_eq!(outputs.price, 9);

    let pieces = answers();
    let run = mutual_left::start::Run::new(mutual_left::start::PartialInputs::new());
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!(outputs.price, 9);

    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({ "right": "Emma" }))
        .reply_empty(204)
        .on("POST /shop/notes")
        .json(json!({ "left": "<Emma>" }))
        .reply_empty(204)
        .on("GET /shop/items/8")
        .reply(200, item("Emma", 9));
    let outputs = mutual_right::middle(&client(&script), mutual_right::middle::Inputs::new("Emma"))
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/notes 204", "POST /shop/notes 204", "GET /shop/items/8 200"]);
    assert_eq!(outputs.price, 9);
}

// ---------------------------------------------------------------------------------------------------------------------
// Going on in another document
// ---------------------------------------------------------------------------------------------------------------------

fn paid_for_later() -> Script {
    Script::new()
        .on("POST /shop/orders")
        .json(json!({ "account": "ada" }))
        .reply(402, problem("unpaid"))
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .header("X-Session", "t1")
        .json(json!({ "amount": 12, "currency": "EUR", "memo": "status 402" }))
        .reply(201, charge())
}

const PAID_FOR_LATER: [&str; 3] = [
    "POST /shop/orders 402",
    "POST /bank/sessions 201",
    "POST /bank/charges 201",
];

// Semantics, Steps and control flow: "`goto` workflow: one way; the result of the call is that of the target"; a variant of
// `Outcome` for each end.
#[tokio::test]
async fn a_workflow_may_leave_for_another_document() {
    use departure::order::{Inputs, Outcome, Outputs, PartialInputs, Run};

    let script = Script::new()
        .on("POST /shop/orders")
        .reply(201, order())
        .on("POST /shop/notes")
        .json(json!({ "order": 31 }))
        .reply_empty(204);
    match departure::order(&client(&script), Inputs::new("ada")).await.unwrap() {
        Outcome::Completed(outputs) => {
            exactly::<Outputs>(&outputs);
            assert_eq!(json_of(&outputs.order_id), 31);
        }
        _ => panic!("the workflow has stayed"),
    }
    script.assert_trace(&["POST /shop/orders 201", "POST /shop/notes 204"]);

    let script = paid_for_later();
    match departure::order(&client(&script), Inputs::new("ada")).await.unwrap() {
        Outcome::BillingCharge(outputs) => {
            exactly::<departure::billing_charge::Outputs>(&outputs);
            assert_eq!((outputs.charge_id, outputs.receipt.as_deref()), (5, Some("r5")));
        }
        _ => panic!("the workflow has left for the bank"),
    }
    script.assert_trace(&PAID_FOR_LATER);

    let script = paid_for_later();
    match in_pieces!(Run::new(PartialInputs::new().account("ada")), client(&script), script).unwrap() {
        Outcome::BillingCharge(outputs) => assert_eq!(outputs.charge_id, 5),
        _ => panic!("the workflow has left for the bank"),
    }
    script.assert_trace(&PAID_FOR_LATER);
}

// The same after a success, with a parameter from the response.
#[tokio::test]
async fn a_success_may_lead_to_another_document() {
    use departure::order::{Inputs, Outcome};

    let script = Script::new()
        .on("POST /shop/orders")
        .reply(201, json!({ "orderId": 31, "hint": "ask" }))
        .on("GET /bank/charges/31")
        .reply(200, json!({ "state": "open" }));
    match departure::order(&client(&script), Inputs::new("ada")).await.unwrap() {
        Outcome::BillingStatement(outputs) => assert_eq!(json_of(&outputs.charge)["state"], "open"),
        _ => panic!("the workflow has left for the bank"),
    }
    script.assert_trace(&["POST /shop/orders 201", "GET /bank/charges/31 200"]);
}

// The same: a failure after the departure is a failure of the call.
#[tokio::test]
async fn a_failure_after_leaving_for_another_document_is_the_failure_of_the_call() {
    let script = Script::new()
        .on("POST /shop/orders")
        .reply(402, problem("unpaid"))
        .on("POST /bank/sessions")
        .reply(401, problem("unknown"));
    let error = departure::order(&client(&script), departure::order::Inputs::new("ada"))
        .await
        .unwrap_err();
    script.assert_trace(&["POST /shop/orders 402", "POST /bank/sessions 401"]);
    let text = error.to_string();
    assert_in_order(&text, &["step `enter` failed", "billing.yml:", "401 Unauthorized"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Retries that go by another document
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Failure Action Object, workflowId: "When used with `retry`, context transfers back upon completion of the
// specified workflow." Semantics: "Order: wait, detour, attempt"; "a detour to a workflow is a whole run", with its own
// retries. The action is a reusable one of the caller.
#[tokio::test]
async fn a_retry_may_go_by_a_workflow_of_another_document() {
    let answers = || {
        Script::new()
            .on("POST /shop/orders")
            .json(json!({ "reader": "ada" }))
            .reply(409, problem("expired"))
            .on("POST /bank/sessions")
            .json(json!({ "account": "ada@409" }))
            .reply(503, problem("busy"))
            .on("POST /bank/sessions")
            .json(json!({ "account": "ada@409" }))
            .reply(201, token("t1"))
            .on("POST /bank/audits")
            .json(json!({ "token": "t1" }))
            .reply_empty(204)
            .on("POST /shop/orders")
            .json(json!({ "reader": "ada" }))
            .reply(201, order())
    };
    let trace = [
        "POST /shop/orders 409",
        "wait 2.5s",
        "POST /bank/sessions 503",
        "wait 1s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 201",
    ];
    let straight = answers();
    let inputs = detours::order_by_workflow::Inputs::new("ada");
    let outputs = detours::order_by_workflow(&client(&straight), inputs).await.unwrap();
    straight.assert_trace(&trace);
    assert_eq!(json_of(&outputs.order_id), 31);

    let pieces = answers();
    let run = detours::order_by_workflow::Run::new(detours::order_by_workflow::PartialInputs::new().reader("ada"));
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!(json_of(&outputs.order_id), 31);
}

// Semantics, Steps and control flow: "a failing detour counts as a failed attempt"; "After a failed detour, later actions
// still see the response of the step's own last attempt."
#[tokio::test]
async fn failures_in_another_document_on_a_detour_use_up_the_retries() {
    let script = Script::new()
        .on("POST /shop/orders")
        .reply(409, problem("expired"))
        .on("POST /bank/sessions")
        .reply(401, problem("unknown"))
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/audits")
        .fails("connection refused")
        .on("POST /shop/notes")
        .json(json!({ "event": "not ordered" }))
        .reply_empty(204);
    let inputs = detours::order_by_workflow::Inputs::new("ada");
    let outputs = detours::order_by_workflow(&client(&script), inputs).await.unwrap();
    script.assert_trace(&[
        "POST /shop/orders 409",
        "wait 2.5s",
        "POST /bank/sessions 401",
        "wait 2.5s",
        "POST /bank/sessions 201",
        "POST /bank/audits error",
        "POST /shop/notes 204",
    ]);
    assert_eq!(json_of(&outputs.order_id), Value::Null);
}

/// A session that is opened: two requests.
fn session(script: Script, pass: &str) -> Script {
    script
        .on("POST /bank/sessions")
        .json(json!({ "account": "ada" }))
        .reply(201, token(pass))
        .on("POST /bank/audits")
        .json(json!({ "token": pass }))
        .reply_empty(204)
}

/// An attempt to order with what the session has given.
fn attempt(script: Script, pass: &str, status: u16) -> Script {
    let answer = if status == 201 { order() } else { problem("expired") };
    script
        .on("POST /shop/orders")
        .json(json!({ "pass": pass }))
        .reply(status, answer)
}

async fn order_by_step(script: &Script) -> Value {
    let inputs = detours::order_by_step::Inputs::new();
    let outputs = detours::order_by_step(&client(script), inputs).await.unwrap();
    json_of(&outputs.order_id)
}

// Spec, Failure Action Object, `retry`: "If a `stepId` or `workflowId` are specified, then the reference is executed and
// the context is returned"; the step calls a workflow of another document, whose two requests are sent again, and its
// outputs are overwritten.
#[tokio::test]
async fn a_retry_may_go_by_a_step_that_calls_another_document() {
    let answers = || {
        attempt(
            session(attempt(session(Script::new(), "old"), "old", 409), "new"),
            "new",
            201,
        )
    };
    let trace = [
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 409",
        "wait 2s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 201",
    ];
    let straight = answers();
    assert_eq!(order_by_step(&straight).await, 31);
    straight.assert_trace(&trace);

    let pieces = answers();
    let run = detours::order_by_step::Run::new(detours::order_by_step::PartialInputs::new());
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!(json_of(&outputs.order_id), 31);
}

// Semantics, Steps and control flow: "A detour to a step runs it once with its criteria and outputs but without its
// actions": its `onSuccess` would lead elsewhere, as it does where the step is not a detour.
#[tokio::test]
async fn the_actions_of_a_calling_step_do_not_count_on_a_detour() {
    let script = attempt(
        session(attempt(session(Script::new(), "old"), "old", 409), "odd"),
        "odd",
        201,
    );
    assert_eq!(order_by_step(&script).await, 31);
    assert_eq!(script.trace().len(), 7);

    let script = session(Script::new(), "odd")
        .on("POST /shop/notes")
        .json(json!({ "event": "not ordered", "pass": "odd" }))
        .reply_empty(204);
    assert_eq!(order_by_step(&script).await, Value::Null);
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/notes 204",
    ]);
}

// The same: its criteria do count, and its outputs stay as they were where they are not met.
#[tokio::test]
async fn the_criteria_of_a_calling_step_count_on_a_detour() {
    let first = attempt(session(Script::new(), "old"), "old", 409);
    let script = attempt(session(session(first, "refused"), "new"), "new", 201);
    assert_eq!(order_by_step(&script).await, 31);
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 409",
        "wait 2s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "wait 2s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 201",
    ]);
}

// The same: a failure of the called workflow is not retried by the step's own actions on a detour, but the retries inside
// of the called workflow count. In pieces as well.
#[tokio::test]
async fn a_failure_of_a_calling_step_counts_as_an_attempt_on_a_detour() {
    let answers = || {
        let failing = attempt(session(Script::new(), "old"), "old", 409)
            .on("POST /bank/sessions")
            .reply(401, problem("unknown"))
            .on("POST /bank/sessions")
            .reply(503, problem("busy"));
        attempt(session(failing, "new"), "new", 201)
    };
    let trace = [
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 409",
        "wait 2s",
        "POST /bank/sessions 401",
        "wait 2s",
        "POST /bank/sessions 503",
        "wait 1s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 201",
    ];
    let straight = answers();
    assert_eq!(order_by_step(&straight).await, 31);
    straight.assert_trace(&trace);

    let pieces = answers();
    let run = detours::order_by_step::Run::new(detours::order_by_step::PartialInputs::new());
    in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
}

// The same: with the retries used up, the next action sees the answer to the step itself, and the outputs of the calling
// step are those of its last success.
#[tokio::test]
async fn after_failed_detours_of_a_calling_step_the_next_action_follows() {
    let first = attempt(session(Script::new(), "old"), "old", 409)
        .on("POST /bank/sessions")
        .reply(401, problem("unknown"));
    let script = session(first, "refused")
        .on("POST /shop/notes")
        .json(json!({ "event": "not ordered", "pass": "old" }))
        .reply_empty(204);
    assert_eq!(order_by_step(&script).await, Value::Null);
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/orders 409",
        "wait 2s",
        "POST /bank/sessions 401",
        "wait 2s",
        "POST /bank/sessions 201",
        "POST /bank/audits 204",
        "POST /shop/notes 204",
    ]);
}

// The same within one document, where the step has the outputs of the workflow that it calls.
#[tokio::test]
async fn a_retry_may_go_by_a_step_that_calls_a_workflow_of_its_own_document() {
    let answers = || {
        Script::new()
            .on("GET /shop/items/7")
            .reply(200, item("old", 1))
            .on("POST /shop/notes")
            .json(json!({ "read": "old" }))
            .reply_empty(204)
            .on("POST /shop/orders")
            .json(json!({ "label": "old" }))
            .reply(409, problem("taken"))
            .on("GET /shop/items/7")
            .reply(200, item("new", 1))
            .on("POST /shop/notes")
            .json(json!({ "read": "new" }))
            .reply_empty(204)
            .on("POST /shop/orders")
            .json(json!({ "label": "new" }))
            .reply(201, order())
    };
    let trace = [
        "GET /shop/items/7 200",
        "POST /shop/notes 204",
        "POST /shop/orders 409",
        "wait 4s",
        "GET /shop/items/7 200",
        "POST /shop/notes 204",
        "POST /shop/orders 201",
    ];
    let straight = answers();
    let inputs = detours::order_by_local_step::Inputs::new();
    let outputs = detours::order_by_local_step(&client(&straight), inputs).await.unwrap();
    straight.assert_trace(&trace);
    assert_eq!((outputs.order_id, outputs.label.as_str()), (31, "new"));

    let pieces = answers();
    let run = detours::order_by_local_step::Run::new(detours::order_by_local_step::PartialInputs::new());
    let outputs = in_pieces!(run, client(&pieces), pieces).unwrap();
    pieces.assert_trace(&trace);
    assert_eq!((outputs.order_id, outputs.label.as_str()), (31, "new"));
}

// ---------------------------------------------------------------------------------------------------------------------
// Dependencies
// ---------------------------------------------------------------------------------------------------------------------

/// What the two workflows have returned that have to run before.
fn charged() -> depends::billing_charge::Outputs {
    depends::billing_charge::Outputs {
        charge_id: 5,
        receipt: Some(String::from("r5")),
    }
}

fn prepared() -> depends::prepare::Outputs {
    depends::prepare::Outputs {
        name: String::from("Dune"),
    }
}

// Spec, Workflow Object, dependsOn: "If the workflow is defined in a separate Arazzo Document then […] the `workflowId`
// MUST be specified using a Runtime Expression". Semantics: the outputs of each are an argument.
#[tokio::test]
async fn a_workflow_takes_what_a_workflow_of_another_document_has_returned() {
    let script = Script::new()
        .on("POST /bank/sessions")
        .reply(201, token("t1"))
        .on("POST /bank/charges")
        .reply(201, json!({ "chargeId": 6 }))
        .on("GET /shop/items/7")
        .reply(200, item("Dune", 12))
        .on("POST /shop/orders")
        .json(json!({ "name": "Dune", "count": 2, "charge": 6 }))
        .reply(201, order());
    let client = client(&script);
    let dependencies = depends::order::Dependencies {
        billing_charge: depends::billing_charge(&client, depends::billing_charge::Inputs::new("ada", 3))
            .await
            .unwrap(),
        prepare: depends::prepare(&client, depends::prepare::Inputs::new())
            .await
            .unwrap(),
    };
    let outputs = depends::order(&client, depends::order::Inputs::new(2), dependencies)
        .await
        .unwrap();
    script.assert_trace(&[
        "POST /bank/sessions 201",
        "POST /bank/charges 201",
        "GET /shop/items/7 200",
        "POST /shop/orders 201",
    ]);
    assert_eq!((outputs.order_id, outputs.charge), (31, 6));
}

// The same: a run holds them, also when it is stored.
#[tokio::test]
async fn a_stored_run_holds_what_a_workflow_of_another_document_has_returned() {
    let script = Script::new()
        .on("POST /shop/orders")
        .reply(503, problem("busy"))
        .on("POST /shop/orders")
        .json(json!({ "name": "Dune", "count": 2, "charge": 5, "slip": "r5" }))
        .reply(201, order());
    let dependencies = depends::order::Dependencies {
        billing_charge: charged(),
        prepare: prepared(),
    };
    let run = depends::order::Run::with_dependencies(depends::order::PartialInputs::new().count(2), dependencies);
    let outputs = in_pieces!(run, client(&script), script).unwrap();
    script.assert_trace(&["POST /shop/orders 503", "POST /shop/orders 201"]);
    assert_eq!((outputs.order_id, outputs.charge), (31, 5));
}

// Spec, Step Object, dependsOn: steps of other workflows are named by `$workflows.<workflowId>.steps.<stepId>` and
// `$sourceDescriptions.<name>.<workflowId>.steps.<stepId>`; it "does not trigger execution of the referenced steps". Here
// they have run, since the workflows have; the dependency on the own step still puts the steps in order.
#[tokio::test]
async fn a_step_may_depend_on_a_step_of_a_workflow_that_has_run() {
    let script = Script::new()
        .on("POST /shop/notes")
        .json(json!({ "name": "Dune" }))
        .reply_empty(204)
        .on("POST /shop/notes")
        .json(json!({ "charge": 5 }))
        .reply_empty(204);
    let dependencies = depends::seal::Dependencies {
        billing_charge: charged(),
        prepare: prepared(),
    };
    depends::seal(&client(&script), depends::seal::Inputs::new(), dependencies)
        .await
        .unwrap();
    script.assert_trace(&["POST /shop/notes 204", "POST /shop/notes 204"]);
}
