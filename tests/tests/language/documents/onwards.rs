//! Going on in another document.

use super::*;

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
