//! Workflows and steps.

use super::*;

// 1.0.1 and 1.1.0, Workflow Object, example.
#[tokio::test]
async fn a_workflow_by_itself() {
    in_both_versions!({
        use opening::open_till;

        let script = Script::new().on("GET /till?baker=ada&pin=4711").reply_with(
            200,
            &[("X-Closes-At", "2031-05-04T18:00:00Z"), ("X-Moves-Left", "12")],
            json!("key-9"),
        );
        let inputs = open_till::Inputs::new().baker("ada").pin("4711");
        let outputs = open_till(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["GET /till?baker=ada&pin=4711 200"]);
        assert_eq!(json_of(&outputs.closes_at), "2031-05-04T18:00:00Z");

        let script = Script::new().on("GET /till").reply(200, json!("key-9"));
        let outputs = open_till(&client(&script), open_till::Inputs::new()).await.unwrap();
        script.assert_trace(&["GET /till 200"]);
        assert_eq!(json_of(&outputs.closes_at), Value::Null);
    });
}

// 1.0.1, Step Object, example "Single step"; 1.1.0, Step Object, "A single step example".
#[tokio::test]
async fn a_single_step() {
    in_both_versions!({
        use opening::open_till_once;

        let script = Script::new().on("GET /till?baker=ada&pin=4711").reply_with(
            200,
            &[("X-Closes-At", "2031-05-04T18:00:00Z"), ("X-Moves-Left", "12")],
            json!("key-9"),
        );
        let inputs = open_till_once::PartialInputs::new().baker("ada").pin("4711");
        let mut run = open_till_once::Run::new(inputs);
        run.finish(&client(&script)).await.unwrap();
        script.assert_trace(&["GET /till?baker=ada&pin=4711 200"]);
        let opened = run.steps().open_step().expect("the step has succeeded");
        assert_eq!(json_of(&opened.closes_at), "2031-05-04T18:00:00Z");
        assert_eq!(json_of(&opened.moves_left), 12);

        // Another status of success is not the one that the step asks for.
        let script = Script::new().on("GET /till").reply_empty(204);
        let error = open_till_once(&client(&script), open_till_once::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&["GET /till 204"]);
        assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
    });
}

// 1.0.1, Step Object, example "Multiple steps"; 1.1.0, Step Object, "A multiple step example".
#[tokio::test]
async fn two_steps() {
    in_both_versions!({
        use opening::open_till_then_find;

        let script = Script::new()
            .on("GET /till?baker=ada&pin=4711")
            .reply_with(200, &[("X-Moves-Left", "0")], json!("key-9"))
            .on("GET /loaves/byState?state=fresh")
            .header("authorization", "key-9")
            .reply(200, json!([rye()]));
        let inputs = open_till_then_find::PartialInputs::new().baker("ada").pin("4711");
        let mut run = open_till_then_find::Run::new(inputs);
        run.finish(&client(&script)).await.unwrap();
        script.assert_trace(&[
            "GET /till?baker=ada&pin=4711 200",
            "GET /loaves/byState?state=fresh 200",
        ]);
        let opened = run.steps().open_step().expect("the first step has succeeded");
        assert_eq!(json_of(&opened.till_key), "key-9");
        assert_eq!(json_of(&opened.moves_left), 0);
        assert_eq!(json_of(&opened.closes_at), Value::Null);
        let found = run.steps().find_step().expect("the second step has succeeded");
        assert_eq!(json_of(&found.fresh_loaves), json!([rye()]));
    });
}

// 1.1.0, Step Object, dependsOn: "specify the `stepId` directly (e.g., `authStep`)"; Tool Behavior: "Tools MUST respect
// all declared `dependsOn` relationships." The asynchronous example has a `timeout` beside it.
#[tokio::test]
async fn a_step_comes_after_the_one_that_it_depends_on() {
    use order_of_steps::order_then_note;

    let script = Script::new()
        .on("POST /orders")
        .json(json!({ "cake": "rye" }))
        .reply(201, json!({ "orderId": 41, "price": 30 }))
        .on("POST /notes")
        .json(json!({ "orderId": 41 }))
        .reply_empty(204);
    order_then_note(&client(&script), order_then_note::Inputs::new())
        .await
        .unwrap();
    script.assert_requests(&["POST /orders 201", "POST /notes 204"]);

    let script = Script::new().on("POST /orders").reply(503, problem());
    let error = order_then_note(&client(&script), order_then_note::Inputs::new())
        .await
        .unwrap_err();
    script.assert_requests(&["POST /orders 503"]);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
}

// 1.0.1 and 1.1.0, Step Object, workflowId: `$sourceDescriptions.<name>.<workflowId>`; Source Description Object, type:
// `arazzo`. Components Object: "the components in "A" are not considered when evaluating the workflow referenced in
// "B"": both documents have a parameter of the same name, with different values.
#[tokio::test]
async fn a_step_may_call_a_workflow_of_another_document() {
    in_both_versions!({
        use ordering::order_and_charge;

        let script = Script::new()
            .on("POST /orders")
            .header("x-branch", "north")
            .json(json!({ "cake": "rye" }))
            .reply(201, json!({ "orderId": 41, "price": 30 }))
            .on("POST /charges")
            .header("x-branch", "south")
            .json(json!({ "amount": 30, "payer": "eva" }))
            .reply(201, json!({ "receipt": "r-1" }));
        let inputs = order_and_charge::Inputs::new(String::from("rye"), String::from("eva"));
        let outputs = order_and_charge(&client(&script), inputs).await.unwrap();
        script.assert_trace(&["POST /orders 201", "POST /charges 201"]);
        assert_eq!(json_of(&outputs.receipt), "r-1");

        let script = Script::new()
            .on("POST /orders")
            .reply(201, json!({ "orderId": 41, "price": 30 }))
            .on("POST /charges")
            .reply_empty(409);
        let inputs = order_and_charge::Inputs::new(String::from("rye"), String::from("eva"));
        let error = order_and_charge(&client(&script), inputs).await.unwrap_err();
        script.assert_trace(&["POST /orders 201", "POST /charges 409"]);
        assert!(!matches!(error.kind(), ErrorKind::Ended), "{error}");
    });
}

// The same: a workflow of another document can be called by itself.
#[tokio::test]
async fn a_workflow_of_another_document_has_a_function_as_well() {
    in_both_versions!({
        use ordering::billing_charge;

        let script = Script::new()
            .on("POST /charges")
            .header("x-branch", "south")
            .json(json!({ "amount": 12 }))
            .reply(201, json!({ "receipt": "r-2" }));
        let outputs = billing_charge(&client(&script), billing_charge::Inputs::new(12))
            .await
            .unwrap();
        script.assert_trace(&["POST /charges 201"]);
        assert_eq!(json_of(&outputs.receipt), "r-2");
    });
}

// 1.0.1 and 1.1.0, Failure Action Object, workflowId: `$sourceDescriptions.<name>.<workflowId>`; "When used with
// `retry`, context transfers back upon completion of the specified workflow."
#[tokio::test]
async fn a_retry_may_run_a_workflow_of_another_document_first() {
    in_both_versions!({
        use ordering::order_on_credit;

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "cake": "rye" }))
            .reply(402, problem())
            .on("POST /credits")
            .reply_empty(204)
            .on("POST /orders")
            .json(json!({ "cake": "rye" }))
            .reply(201, json!({ "orderId": 42, "price": 30 }));
        let outputs = order_on_credit(&client(&script), order_on_credit::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["POST /orders 402", "POST /credits 204", "POST /orders 201"]);
        assert_eq!(json_of(&outputs.order_id), 42);
    });
}

// 1.0.1 and 1.1.0, Success Action Object and Failure Action Object, workflowId:
// `$sourceDescriptions.<name>.<workflowId>` with a `goto`. Semantics: "the result of the call is that of the target".
#[tokio::test]
async fn an_action_may_go_on_in_a_workflow_of_another_document() {
    in_both_versions!({
        use ordering::{last_order, order_unless_broke};

        let script = Script::new()
            .on("POST /orders")
            .json(json!({ "cake": "oat" }))
            .reply(201, json!({ "orderId": 43, "price": 30 }))
            .on("POST /closings")
            .reply(201, json!({ "sum": 8128 }));
        let outcome = last_order(&client(&script), last_order::Inputs::new()).await.unwrap();
        script.assert_trace(&["POST /orders 201", "POST /closings 201"]);
        assert!(format!("{outcome:?}").contains("8128"), "{outcome:?}");

        let script = Script::new()
            .on("POST /orders")
            .reply(402, problem())
            .on("POST /closings")
            .reply(201, json!({ "sum": 496 }));
        let outcome = order_unless_broke(&client(&script), order_unless_broke::Inputs::new())
            .await
            .unwrap();
        script.assert_trace(&["POST /orders 402", "POST /closings 201"]);
        assert!(format!("{outcome:?}").contains("496"), "{outcome:?}");

        let script = Script::new().on("POST /orders").reply(503, problem());
        let error = order_unless_broke(&client(&script), order_unless_broke::Inputs::new())
            .await
            .unwrap_err();
        script.assert_trace(&["POST /orders 503"]);
        assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    });
}

// 1.1.0, Success Action Object, parameters: "A list of parameters that MUST be passed to a workflow as referenced by
// `workflowId`."
#[tokio::test]
async fn an_action_passes_parameters_to_a_workflow_of_another_document() {
    use action_parameters::order_and_leave;

    let script = Script::new()
        .on("POST /orders")
        .reply(201, json!({ "orderId": 44, "price": 35 }))
        .on("POST /charges")
        .header("x-branch", "south")
        .json(json!({ "amount": 35 }))
        .reply(201, json!({ "receipt": "r-35" }));
    let outcome = order_and_leave(&client(&script), order_and_leave::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /orders 201", "POST /charges 201"]);
    assert!(format!("{outcome:?}").contains("r-35"), "{outcome:?}");
}
