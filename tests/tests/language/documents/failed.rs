//! Failures, retries, time limits.

use super::*;

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
