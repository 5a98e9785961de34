//! Parked runs.

use super::*;

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
