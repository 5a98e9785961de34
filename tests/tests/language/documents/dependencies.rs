//! Dependencies.

use super::*;

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
