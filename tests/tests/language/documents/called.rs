//! A workflow of another document as a step.

use super::*;

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
