//! Expressions that read a request once it was sent: from criteria, actions and what actions hand over.
//!
//! A run keeps a request only where something reads it, so each of these workflows reads it in one place alone.

use arazzo_tests::script::{Script, book};
use serde_json::json;

mod recalled {
    arazzo::arazzo_workflow!("language/recalled.yml");
}

use recalled::{by_criteria, by_detour, by_hand_over, by_success};

/// Arazzo Specification 1.1.0, "Runtime Expressions": `$url`, `$method`, `$request.` and its sources.
#[tokio::test]
async fn criteria_see_each_part_of_the_request() {
    let script = Script::new().on("GET /books/7?edition=2").reply(200, book());
    by_criteria(&script.client(), by_criteria::Inputs::new()).await.unwrap();
}

#[tokio::test]
async fn an_action_after_success_sees_the_body_that_was_sent() {
    let script = Script::new().on("POST /books").reply(201, book());
    by_success(&script.client(), by_success::Inputs::new()).await.unwrap();
    script.assert_trace(&["POST /books 201"]);
}

#[tokio::test]
async fn a_workflow_that_takes_over_is_given_what_was_sent() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .header("X-Session", "s-1")
        .reply(201, json!({ "loanId": 1 }))
        .on("POST /sessions")
        .json(json!({ "user": "s-1" }))
        .reply(201, json!({ "token": "t" }));
    by_hand_over(&script.client(), by_hand_over::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /books/7/loans 201", "POST /sessions 201"]);
}

fn denied_then_not_signed_in() -> Script {
    Script::new()
        .on("POST /books/7/loans")
        .json(json!({ "reader": "ada" }))
        .reply(401, json!({ "message": "expired" }))
        .on("POST /sessions")
        .json(json!({ "user": "ada", "secret": "POST" }))
        .reply(503, json!({ "message": "busy" }))
        .on("POST /log")
        .json(json!({ "event": "not lent" }))
        .reply_empty(204)
}

const GIVEN_UP: [&str; 3] = ["POST /books/7/loans 401", "POST /sessions 503", "POST /log 204"];

#[tokio::test]
async fn a_retry_hands_over_what_was_sent_and_later_actions_see_it_still() {
    let script = denied_then_not_signed_in();
    by_detour(&script.client(), by_detour::Inputs::new()).await.unwrap();
    script.assert_trace(&GIVEN_UP);
}

/// The same where the run is stored and read back between all attempts.
#[tokio::test]
async fn a_stored_run_remembers_what_was_sent() {
    let script = denied_then_not_signed_in();
    let mut run = by_detour::Run::new(by_detour::PartialInputs::new());
    loop {
        let stored = serde_json::to_string(&run).unwrap();
        run = serde_json::from_str(&stored).unwrap();
        match run.advance(&script.client()).await.unwrap() {
            arazzo::Progress::Done(_) => break,
            arazzo::Progress::Awaiting(inputs) => panic!("{inputs:?}"),
            _ => {}
        }
    }
    script.assert_trace(&GIVEN_UP);
}
