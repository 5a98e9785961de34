//! What a workflow does next: success and failure actions, retries, loops, and runs that are carried out in pieces.
//!
//! "Spec" is the Arazzo Specification 1.1.0, "semantics" the page that decides where it is silent.

mod script;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arazzo::{Client, ErrorKind, Progress};
use script::{Script, book, book_with, exactly, in_pieces};
use serde_json::json;

mod choices {
    arazzo::arazzo_workflow!("../language/choices.yml");
}
mod failures {
    arazzo::arazzo_workflow!("../language/failures.yml");
}
mod loops {
    arazzo::arazzo_workflow!("../language/loops.yml");
}
mod paused {
    arazzo::arazzo_workflow!("../language/paused.yml");
}
mod polling {
    arazzo::arazzo_workflow!("../language/polling.yml");
}
mod retries {
    arazzo::arazzo_workflow!("../language/retries.yml");
}
mod workflow_actions {
    arazzo::arazzo_workflow!("../language/workflow-actions.yml");
}

use choices::{choose_shelf, find_first};
use failures::{just_look, lend_or_queue, lend_or_stop, look_or_excuse, remove_book};
use loops::{start_over, until_sold_out, watch_price};
use paused::review_book;
use polling::import_books;
use retries::{hasty, not_again, once_more, patient, read_twice, twice_more, two_budgets};
use workflow_actions::{retry_when_busy, skip_when_gone, stop_when_gone, stop_when_told};

/// A page of books that only says how many there are.
fn page(total: u32) -> serde_json::Value {
    json!({ "items": [], "total": total })
}

fn problem(message: &str) -> serde_json::Value {
    json!({ "message": message })
}

// ---------------------------------------------------------------------------------------------------------------------
// Success
// ---------------------------------------------------------------------------------------------------------------------

fn import_that_takes_a_while() -> Script {
    Script::new()
        .on("POST /imports")
        .reply(202, json!({ "id": "im-1" }))
        .on("POST /imports/im-1/nudge")
        .reply_empty(204)
        .on("GET /imports/im-1")
        .reply(202, json!({ "state": "running", "percent": 10 }))
        .on("POST /imports/im-1/nudge")
        .reply_empty(204)
        .on("GET /imports/im-1")
        .reply(202, json!({ "state": "running", "percent": 60 }))
        .on("POST /imports/im-1/nudge")
        .reply_empty(204)
        .on("GET /imports/im-1")
        .reply(200, json!({ "state": "finished" }))
        .on("GET /imports/im-1/result")
        .reply(200, json!({ "bookId": 7 }))
}

const IMPORT: [&str; 8] = [
    "POST /imports 202",
    "POST /imports/im-1/nudge 204",
    "GET /imports/im-1 202",
    "POST /imports/im-1/nudge 204",
    "GET /imports/im-1 202",
    "POST /imports/im-1/nudge 204",
    "GET /imports/im-1 200",
    "GET /imports/im-1/result 200",
];

// Spec, Success Action Object: `goto` transfers control to the step with the label, and the steps after it follow again.
#[tokio::test]
async fn a_goto_to_an_earlier_step_polls_until_its_criteria_fail() {
    let script = import_that_takes_a_while();
    let outputs = import_books(&script.client(), import_books::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&IMPORT);
    assert_eq!(outputs.book_id, 7);
}

// Spec, Success Action Object: `end` ends the workflow, "and context returns to the caller with applicable outputs".
#[tokio::test]
async fn an_end_after_success_returns_the_outputs_that_there_are() {
    let script = Script::new().on("GET /books").reply(200, page(0));
    let outputs = find_first(&script.client(), find_first::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books 200"]);
    assert_eq!(outputs.total, 0);
    assert_eq!(outputs.title, None);
}

// Spec, Success Action Object: "All criteria assertions MUST be satisfied for the action to be executed."
#[tokio::test]
async fn an_end_whose_criteria_are_not_all_met_does_not_end() {
    let script = Script::new()
        .on("GET /books")
        .reply(200, page(3))
        .on("GET /books/7")
        .reply(200, book());
    let outputs = find_first(&script.client(), find_first::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books 200", "GET /books/7 200"]);
    assert_eq!(outputs.total, 3);
    assert_eq!(outputs.title.as_deref(), Some("Dune"));
}

// Spec, Step Object, onSuccess: "the first sequential action matching the criteria SHALL be the action executed".
#[tokio::test]
async fn the_first_success_action_that_matches_is_taken() {
    let script = Script::new()
        .on("GET /books")
        .reply(200, page(20))
        .on("GET /shelves/large")
        .reply(200, json!({ "name": "large" }));
    choose_shelf(&script.client(), choose_shelf::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books 200", "GET /shelves/large 200"]);
}

// The same sentence: the first action does not match here.
#[tokio::test]
async fn a_later_success_action_is_taken_when_the_first_does_not_match() {
    let script = Script::new()
        .on("GET /books")
        .reply(200, page(7))
        .on("GET /shelves/middle")
        .reply(200, json!({ "name": "middle" }));
    choose_shelf(&script.client(), choose_shelf::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books 200", "GET /shelves/middle 200"]);
}

// Semantics, Steps and control flow: "No success action: next step."
#[tokio::test]
async fn the_next_step_follows_when_no_success_action_matches() {
    let script = Script::new()
        .on("GET /books")
        .reply(200, page(5))
        .on("GET /shelves/small")
        .reply(200, json!({ "name": "small" }));
    choose_shelf(&script.client(), choose_shelf::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books 200", "GET /shelves/small 200"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Failure
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Step Object, onFailure: "If omitted, the default behavior is to break and return."
#[tokio::test]
async fn a_failure_without_an_action_fails_the_workflow() {
    let script = Script::new().on("GET /books/7").reply(404, problem("no such book"));
    let error = just_look(&script.client(), just_look::Inputs::new()).await.unwrap_err();
    script.assert_trace(&["GET /books/7 404"]);
    assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(404));
    assert!(format!("{:?}", error.step()).contains("look"), "{:?}", error.step());
    let message = error.to_string();
    assert!(message.contains("look") && message.contains("404"), "{message}");
    assert!(message.contains("$statusCode == 200"), "{message}");
}

// Semantics, Criteria: "No `successCriteria`: the step succeeds on 2xx".
#[tokio::test]
async fn without_success_criteria_every_2xx_is_a_success() {
    for status in [200, 204] {
        let script = Script::new().on("DELETE /books/7").reply_empty(status);
        let result = remove_book(&script.client(), remove_book::Inputs::new()).await;
        assert!(result.is_ok(), "{status}");
    }
}

// The same line.
#[tokio::test]
async fn without_success_criteria_everything_else_is_a_failure() {
    for status in [302, 404, 503] {
        let script = Script::new().on("DELETE /books/7").reply_empty(status);
        let error = remove_book(&script.client(), remove_book::Inputs::new())
            .await
            .unwrap_err();
        assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
    }
}

// Semantics, Steps and control flow: "`end` after failure: `Err`, kind `Ended`, because the step failed"; the outputs of
// the steps before it are handed over.
#[tokio::test]
async fn an_end_after_failure_is_an_error_that_keeps_the_earlier_outputs() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("POST /books/7/loans")
        .reply(409, problem("taken"));
    let error = lend_or_stop(&script.client(), lend_or_stop::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /books/7 200", "POST /books/7/loans 409"]);
    assert!(matches!(error.kind(), ErrorKind::Ended), "{error}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(409));
    assert!(format!("{:?}", error.step()).contains("lend"), "{:?}", error.step());
    let run = error.into_run();
    assert_eq!(run.steps().look().expect("the first step has succeeded").title, "Dune");
    assert!(run.steps().lend().is_none());
}

// Spec, Failure Action Object, criteria: "A list of assertions to determine if this action SHALL be executed."
#[tokio::test]
async fn a_failure_action_whose_criteria_are_not_met_is_not_taken() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("POST /books/7/loans")
        .reply(503, problem("busy"));
    let error = lend_or_stop(&script.client(), lend_or_stop::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /books/7 200", "POST /books/7/loans 503"]);
    assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
}

// Spec, Failure Action Object: `goto` transfers control to the step with the label.
#[tokio::test]
async fn a_goto_after_failure_goes_on_at_the_other_step() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(409, problem("taken"))
        .on("POST /log")
        .json(json!({ "event": "queued" }))
        .reply_empty(204);
    lend_or_queue(&script.client(), lend_or_queue::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /books/7/loans 409", "POST /log 204"]);
}

// Spec, Step Object: the actions of `onFailure` are for step failure only.
#[tokio::test]
async fn failure_actions_are_not_looked_at_after_a_success() {
    let script = Script::new()
        .on("POST /books/7/loans")
        .reply(201, json!({ "loanId": 1 }))
        .on("POST /log")
        .json(json!({ "event": "lent" }))
        .reply_empty(204);
    lend_or_queue(&script.client(), lend_or_queue::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["POST /books/7/loans 201", "POST /log 204"]);
}

// Semantics, Steps and control flow: "Transport errors […] are step failures and go to `onFailure`; `$statusCode` and
// `$response` are absent there"; Criteria: "`null` equals only `null` and absence".
#[tokio::test]
async fn a_request_that_does_not_get_through_is_a_failure_without_a_status() {
    let script = Script::new()
        .on("GET /books/7")
        .fails("connection refused")
        .on("POST /log")
        .json(json!({ "event": "down" }))
        .reply_empty(204);
    look_or_excuse(&script.client(), look_or_excuse::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books/7 error", "POST /log 204"]);
}

// The same lines: a status that is there is not null.
#[tokio::test]
async fn a_request_that_is_answered_with_an_error_has_a_status() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("POST /log")
        .json(json!({ "event": "busy" }))
        .reply_empty(204);
    look_or_excuse(&script.client(), look_or_excuse::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["GET /books/7 503", "POST /log 204"]);
}

// The same lines, without an action.
#[tokio::test]
async fn a_request_that_does_not_get_through_fails_the_workflow_where_no_action_takes_it() {
    let script = Script::new().on("GET /books/7").fails("connection refused");
    let error = just_look(&script.client(), just_look::Inputs::new()).await.unwrap_err();
    script.assert_trace(&["GET /books/7 error"]);
    assert!(matches!(error.kind(), ErrorKind::Transport), "{error}");
    assert_eq!(error.status(), None);
}

// ---------------------------------------------------------------------------------------------------------------------
// Retries
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Failure Action Object, retryLimit: "If not specified then a single retry SHALL be attempted."
#[tokio::test]
async fn a_retry_without_a_limit_is_made_once() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"));
    let error = once_more(&script.client(), once_more::Inputs::new()).await.unwrap_err();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 503"]);
    assert_eq!(error.attempts(), 2);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
}

// The same sentence: that single retry can save the step.
#[tokio::test]
async fn a_retry_that_succeeds_saves_the_step() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    once_more(&script.client(), once_more::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 200"]);
}

// Spec, Failure Action Object, retryLimit: it "MUST be exhausted prior to executing subsequent failure actions".
#[tokio::test]
async fn the_next_failure_action_follows_when_the_retries_are_used_up() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /shelves/spare")
        .reply(200, json!({ "name": "spare" }));
    twice_more(&script.client(), twice_more::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "GET /books/7 503",
        "GET /books/7 503",
        "GET /shelves/spare 200",
    ]);
}

// The same sentence: a failure that the retry does not match goes to the next action at once.
#[tokio::test]
async fn a_failure_that_the_retry_does_not_match_is_not_retried() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(404, problem("no such book"))
        .on("GET /shelves/spare")
        .reply(200, json!({ "name": "spare" }));
    twice_more(&script.client(), twice_more::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 404", "GET /shelves/spare 200"]);
}

// Spec, Failure Action Object, retryLimit: "A non-negative integer", so that none at all can be asked for.
#[tokio::test]
async fn a_limit_of_zero_makes_no_retry() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /shelves/spare")
        .reply(200, json!({ "name": "spare" }));
    not_again(&script.client(), not_again::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "GET /shelves/spare 200"]);
}

// Semantics, Steps and control flow: "the budget belongs to the action".
#[tokio::test]
async fn each_retry_action_has_a_limit_of_its_own() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(429, problem("too fast"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(429, problem("too fast"))
        .on("GET /books/7")
        .reply(503, problem("busy"));
    let error = two_budgets(&script.client(), two_budgets::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&[
        "GET /books/7 429",
        "wait 4s",
        "GET /books/7 503",
        "GET /books/7 429",
        "wait 4s",
        "GET /books/7 503",
    ]);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
}

// Semantics, Steps and control flow: the budget "starts anew when the step is entered anew".
#[tokio::test]
async fn a_step_that_is_entered_again_has_its_retries_again() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /facts")
        .reply(200, json!({ "again": true }))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /facts")
        .reply(200, json!({ "again": false }));
    read_twice(&script.client(), read_twice::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "GET /books/7 200",
        "GET /facts 200",
        "GET /books/7 503",
        "GET /books/7 200",
        "GET /facts 200",
    ]);
}

// Semantics, Steps and control flow: "A `goto` to the step itself enters it anew."
#[tokio::test]
async fn a_step_that_goes_to_itself_has_its_retries_again() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(429, problem("too fast"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    start_over(&script.client(), start_over::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "GET /books/7 429",
        "GET /books/7 503",
        "GET /books/7 200",
    ]);
}

// Without that goto the budget stays spent.
#[tokio::test]
async fn a_retry_does_not_give_back_the_retries() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"));
    let error = start_over(&script.client(), start_over::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 503"]);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
}

// ---------------------------------------------------------------------------------------------------------------------
// Waiting
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Failure Action Object, retryAfter: "A non-negative decimal indicating the seconds to delay after the step
// failure before another attempt".
#[tokio::test]
async fn retry_after_is_waited_for_before_each_retry() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    patient(&script.client(), patient::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "wait 1.5s",
        "GET /books/7 503",
        "wait 1.5s",
        "GET /books/7 200",
    ]);
}

// Spec, Failure Action Object, retryAfter: a `Retry-After` response header "SHOULD overrule this particular field value".
#[tokio::test]
async fn the_retry_after_header_overrules_the_document() {
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", "7")], problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply_with(503, &[("retry-after", "0")], problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    patient(&script.client(), patient::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "wait 7s",
        "GET /books/7 503",
        "wait 1.5s",
        "GET /books/7 503",
        "GET /books/7 200",
    ]);
}

// Semantics, Steps and control flow: "The wait of a retry is the header's if there is one, else `retryAfter`, else none."
#[tokio::test]
async fn the_retry_after_header_holds_where_the_document_names_no_delay() {
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", "3")], problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    hasty(&script.client(), hasty::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "wait 3s", "GET /books/7 503", "GET /books/7 200"]);
}

/// A time as the HTTP headers spell it.
fn http_date(time: SystemTime) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs();
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let leap = |year: u64| (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400);
    let (mut year, mut day) = (1970, days);
    while day >= if leap(year) { 366 } else { 365 } {
        day -= if leap(year) { 366 } else { 365 };
        year += 1;
    }
    let lengths = [
        31,
        if leap(year) { 29 } else { 28 },
        31,
        30,
        31,
        30,
        31,
        31,
        30,
        31,
        30,
        31,
    ];
    let mut month = 0;
    while day >= lengths[month] {
        day -= lengths[month];
        month += 1;
    }
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    format!(
        "{}, {:02} {} {year} {:02}:{:02}:{:02} GMT",
        weekdays[usize::try_from(days % 7).expect("a small number")],
        day + 1,
        names[month],
        second / 3600,
        second / 60 % 60,
        second % 60,
    )
}

#[test]
fn the_dates_of_these_tests_are_spelled_as_http_demands() {
    let time = UNIX_EPOCH + Duration::from_secs(784_111_777);
    assert_eq!(http_date(time), "Sun, 06 Nov 1994 08:49:37 GMT");
    let time = UNIX_EPOCH + Duration::from_secs(1_709_210_096);
    assert_eq!(http_date(time), "Thu, 29 Feb 2024 12:34:56 GMT");
}

// Semantics, Steps and control flow: "`Retry-After` (seconds or HTTP date) overrules `retryAfter`".
#[tokio::test]
async fn the_retry_after_header_may_be_a_date() {
    let date = http_date(SystemTime::now() + Duration::from_secs(40));
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", date.as_str())], problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    patient(&script.client(), patient::Inputs::new()).await.unwrap();
    script.assert_requests(&["GET /books/7 503", "GET /books/7 200"]);
    let waits = script.waits();
    assert_eq!(waits.len(), 1, "{waits:?}");
    assert!(
        (Duration::from_secs(30)..=Duration::from_secs(40)).contains(&waits[0]),
        "{waits:?}"
    );
}

// The same line: a date that has passed leaves nothing to wait for.
#[tokio::test]
async fn a_retry_after_date_that_has_passed_means_now() {
    let date = http_date(SystemTime::now() - Duration::from_secs(600));
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", date.as_str())], problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    patient(&script.client(), patient::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 503", "GET /books/7 200"]);
}

// Semantics, Steps and control flow: `Retry-After` is "bounded by the client's `max_retry_after`".
#[tokio::test]
async fn a_client_bounds_what_the_retry_after_header_may_ask_for() {
    let far = http_date(SystemTime::now() + Duration::from_secs(86_400));
    let script = Script::new()
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", "3600")], problem("busy"))
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", far.as_str())], problem("busy"))
        .on("GET /books/7")
        .reply_with(503, &[("Retry-After", "9")], problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    let client = Client::builder()
        .transport(script.clone())
        .source("shelf", |api| api.base_url("http://shelf.test"))
        .max_retry_after(Duration::from_secs(10))
        .timeout(None)
        .build()
        .unwrap();
    patient(&client, patient::Inputs::new()).await.unwrap();
    script.assert_trace(&[
        "GET /books/7 503",
        "wait 10s",
        "GET /books/7 503",
        "wait 10s",
        "GET /books/7 503",
        "wait 9s",
        "GET /books/7 200",
    ]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Loops
// ---------------------------------------------------------------------------------------------------------------------

// Semantics, Steps and control flow: "Every run is bounded by `max_steps` of the client".
#[tokio::test]
async fn a_loop_without_an_end_is_stopped() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /books/7")
        .reply(200, book());
    let client = Client::builder()
        .transport(script.clone())
        .source("shelf", |api| api.base_url("http://shelf.test"))
        .max_steps(3)
        .timeout(None)
        .build()
        .unwrap();
    let error = until_sold_out(&client, until_sold_out::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["GET /books/7 200", "GET /books/7 200", "GET /books/7 200"]);
    assert!(matches!(error.kind(), ErrorKind::TooManySteps), "{error}");
}

// The same line: a run that needs exactly as many attempts as it may make is not stopped.
#[tokio::test]
async fn a_loop_that_ends_in_time_is_not_stopped() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /books/7")
        .reply(200, book())
        .on("GET /books/7")
        .reply(200, book_with(json!({ "inPrint": false })));
    let client = Client::builder()
        .transport(script.clone())
        .source("shelf", |api| api.base_url("http://shelf.test"))
        .max_steps(3)
        .timeout(None)
        .build()
        .unwrap();
    until_sold_out(&client, until_sold_out::Inputs::new()).await.unwrap();
    script.assert_trace(&["GET /books/7 200", "GET /books/7 200", "GET /books/7 200"]);
}

// Semantics, Steps and control flow: "re-executed steps overwrite their outputs when they succeed".
#[tokio::test]
async fn a_step_that_succeeds_again_replaces_its_outputs() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book_with(json!({ "price": 5.5 })))
        .on("GET /facts")
        .reply(200, json!({ "again": true }))
        .on("GET /books/7")
        .reply(200, book_with(json!({ "price": 6.5 })))
        .on("GET /facts")
        .reply(200, json!({ "again": false }))
        .on("POST /log")
        .json(json!({ "event": "price", "price": 6.5 }))
        .reply_empty(204);
    watch_price(&script.client(), watch_price::Inputs::new()).await.unwrap();
    script.assert_requests(&[
        "GET /books/7 200",
        "GET /facts 200",
        "GET /books/7 200",
        "GET /facts 200",
        "POST /log 204",
    ]);
}

// Semantics, Steps and control flow: they "leave the earlier ones when they fail".
#[tokio::test]
async fn a_step_that_fails_the_second_time_keeps_its_first_outputs() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book_with(json!({ "price": 5.5 })))
        .on("GET /facts")
        .reply(200, json!({ "again": true }))
        .on("GET /books/7")
        .reply(404, json!({ "message": "gone", "price": 1 }))
        .on("POST /log")
        .json(json!({ "event": "price", "price": 5.5 }))
        .reply_empty(204);
    watch_price(&script.client(), watch_price::Inputs::new()).await.unwrap();
    script.assert_requests(&[
        "GET /books/7 200",
        "GET /facts 200",
        "GET /books/7 404",
        "POST /log 204",
    ]);
}

// Semantics, Steps and control flow: "A failed step records no outputs"; Values: an absent member of a payload object
// is left out.
#[tokio::test]
async fn a_step_that_fails_the_first_time_has_no_outputs() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(404, json!({ "message": "gone", "price": 1 }))
        .on("POST /log")
        .json(json!({ "event": "price" }))
        .reply_empty(204);
    watch_price(&script.client(), watch_price::Inputs::new()).await.unwrap();
    script.assert_requests(&["GET /books/7 404", "POST /log 204"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Actions of the workflow
// ---------------------------------------------------------------------------------------------------------------------

// Spec, Workflow Object, successActions: "applicable for all steps described under this workflow".
#[tokio::test]
async fn a_success_action_of_the_workflow_holds_for_every_step() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(200)
        .on("DELETE /books/2")
        .reply_empty(204);
    stop_when_gone(&script.client(), stop_when_gone::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 200", "DELETE /books/2 204"]);
}

// Spec, Step Object, onSuccess: "If a success action is already defined at the Workflow, the new definition will
// override it"; semantics: by its name.
#[tokio::test]
async fn a_success_action_of_a_step_replaces_the_one_of_the_workflow_with_its_name() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/2")
        .reply_empty(204);
    stop_when_told(&script.client(), stop_when_told::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 204", "DELETE /books/2 204"]);
}

// The same sentence: the new definition is in force.
#[tokio::test]
async fn the_success_action_that_replaces_another_is_taken_on_its_own_criteria() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_with(200, &[("X-Stop", "yes")], json!({}));
    stop_when_told(&script.client(), stop_when_told::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 200"]);
}

// Semantics, Steps and control flow: "Actions of a step are its own list first, then the workflow's actions".
#[tokio::test]
async fn the_actions_of_a_step_come_before_those_of_the_workflow() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/3")
        .reply_empty(200);
    skip_when_gone(&script.client(), skip_when_gone::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 204", "DELETE /books/3 200"]);
}

// Spec, Workflow Object, failureActions: "applicable for all steps described under this workflow". Semantics: they
// follow those of the step, which do not match in the third step.
#[tokio::test]
async fn a_failure_action_of_the_workflow_holds_for_every_step() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply(503, problem("busy"))
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/2")
        .reply_empty(204)
        .on("DELETE /books/3")
        .reply(503, problem("busy"))
        .on("DELETE /books/3")
        .reply_empty(204);
    retry_when_busy(&script.client(), retry_when_busy::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&[
        "DELETE /books/1 503",
        "wait 2s",
        "DELETE /books/1 204",
        "DELETE /books/2 204",
        "DELETE /books/3 503",
        "wait 2s",
        "DELETE /books/3 204",
    ]);
}

// Spec, Step Object, onFailure: "If a failure action is already defined at the Workflow, the new definition will
// override it".
#[tokio::test]
async fn a_failure_action_of_a_step_replaces_the_one_of_the_workflow_with_its_name() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/2")
        .reply(503, problem("busy"));
    let error = retry_when_busy(&script.client(), retry_when_busy::Inputs::new())
        .await
        .unwrap_err();
    script.assert_trace(&["DELETE /books/1 204", "DELETE /books/2 503"]);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
    assert!(matches!(error.kind(), ErrorKind::Criterion), "{error}");
}

// The same sentence: the new definition is in force.
#[tokio::test]
async fn the_failure_action_that_replaces_another_is_taken_on_its_own_criteria() {
    let script = Script::new()
        .on("DELETE /books/1")
        .reply_empty(204)
        .on("DELETE /books/2")
        .reply(404, problem("no such book"))
        .on("DELETE /books/3")
        .reply_empty(204);
    retry_when_busy(&script.client(), retry_when_busy::Inputs::new())
        .await
        .unwrap();
    script.assert_trace(&["DELETE /books/1 204", "DELETE /books/2 404", "DELETE /books/3 204"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Runs in pieces
// ---------------------------------------------------------------------------------------------------------------------

// Design, What the user sees: a run is a plain value, so that it can be stored and resumed between any two attempts.
#[tokio::test]
async fn a_loop_can_be_stored_and_resumed_between_any_two_attempts() {
    let script = import_that_takes_a_while();
    let run = import_books::Run::new(import_books::PartialInputs::new());
    let outputs = in_pieces!(run, script.client(), script).unwrap();
    script.assert_trace(&IMPORT);
    assert_eq!(outputs.book_id, 7);
}

// The same, with what is left of the retries and the outputs of two rounds.
#[tokio::test]
async fn retries_can_be_stored_and_resumed_between_any_two_attempts() {
    let answers = || {
        Script::new()
            .on("GET /books/7")
            .reply(429, problem("too fast"))
            .on("GET /books/7")
            .reply(503, problem("busy"))
            .on("GET /books/7")
            .reply_with(429, &[("Retry-After", "11")], problem("too fast"))
            .on("GET /books/7")
            .reply(503, problem("busy"))
    };
    let straight = answers();
    let straight_error = two_budgets(&straight.client(), two_budgets::Inputs::new())
        .await
        .unwrap_err();
    let pieces = answers();
    let run = two_budgets::Run::new(two_budgets::PartialInputs::new());
    let error = in_pieces!(run, pieces.client(), pieces).unwrap_err();
    let trace = [
        "GET /books/7 429",
        "wait 4s",
        "GET /books/7 503",
        "GET /books/7 429",
        "wait 11s",
        "GET /books/7 503",
    ];
    straight.assert_trace(&trace);
    pieces.assert_trace(&trace);
    assert_eq!(error.status(), straight_error.status());
    assert_eq!(error.attempts(), straight_error.attempts());
}

// The same: outputs of an earlier round are still there after the run has been brought back.
#[tokio::test]
async fn outputs_outlive_the_storing_of_a_run() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book_with(json!({ "price": 5.5 })))
        .on("GET /facts")
        .reply(200, json!({ "again": true }))
        .on("GET /books/7")
        .reply(404, problem("gone"))
        .on("POST /log")
        .json(json!({ "event": "price", "price": 5.5 }))
        .reply_empty(204);
    let run = watch_price::Run::new(watch_price::PartialInputs::new());
    in_pieces!(run, script.client(), script).unwrap();
    script.assert_trace(&[
        "GET /books/7 200",
        "GET /facts 200",
        "GET /books/7 404",
        "POST /log 204",
    ]);
}

// The same: whether the step was entered anew outlives the storing.
#[tokio::test]
async fn retries_that_were_given_back_outlive_the_storing_of_a_run() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(429, problem("too fast"))
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(503, problem("busy"));
    let run = start_over::Run::new(start_over::PartialInputs::new());
    let error = in_pieces!(run, script.client(), script).unwrap_err();
    script.assert_trace(&[
        "GET /books/7 503",
        "GET /books/7 429",
        "GET /books/7 503",
        "GET /books/7 503",
    ]);
    assert_eq!(error.status().map(|status| status.as_u16()), Some(503));
}

// Design, What the user sees: `advance` performs one step attempt and never sleeps; it reports a wait.
#[tokio::test]
async fn one_advance_sends_one_request_and_reports_the_wait() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(503, problem("busy"))
        .on("GET /books/7")
        .reply(200, book());
    let client = script.client();
    let mut run = patient::Run::new(patient::PartialInputs::new());
    let mut waits = Vec::new();
    for _ in 0..20 {
        let before = script.trace().len();
        let progress = run.advance(&client).await.unwrap();
        assert!(script.trace().len() <= before + 1, "{:?}", script.trace());
        match progress {
            Progress::Wait(duration) => waits.push(duration),
            Progress::Done(_) => break,
            _ => {}
        }
    }
    assert_eq!(waits, [Duration::from_millis(1500)]);
    script.assert_trace(&["GET /books/7 503", "GET /books/7 200"]);
}

// Design, What the user sees: a run stops for an input that is not there yet, and goes on once it is set.
#[tokio::test]
async fn a_run_stops_where_an_input_is_missing_and_goes_on_once_it_is_there() {
    let script = Script::new()
        .on("GET /books/7")
        .reply(200, book())
        .on("POST /echo")
        .json(json!({ "title": "Dune", "opinion": "long" }))
        .reply(200, json!(null));
    let client = script.client();
    let mut run = review_book::Run::new(review_book::PartialInputs::new().book_id(7));
    let progress = run.advance_until_blocked(&client).await.unwrap();
    assert!(matches!(progress, Progress::Awaiting(missing) if missing == [review_book::Input::Opinion]));
    assert_eq!(script.trace(), ["GET /books/7 200"]);
    assert_eq!(run.steps().look().expect("the first step has run").title, "Dune");

    let mut run = script::reload(&run);
    run.inputs_mut().opinion = Some(String::from("long"));
    let outputs = run.finish(&client).await.unwrap();
    exactly::<String>(&outputs.title);
    assert_eq!(outputs.title, "Dune");
    script.assert_trace(&["GET /books/7 200", "POST /echo 200"]);
}

// Design, Per workflow: `finish` on a run that still lacks an input is an error that names it; nothing is sent.
#[tokio::test]
async fn a_run_cannot_finish_without_an_input_that_it_needs() {
    let script = Script::new();
    let mut run = review_book::Run::new(review_book::PartialInputs::new().opinion("long"));
    let error = run.finish(&script.client()).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::MissingInput), "{error}");
    let message = error.to_string();
    assert!(message.contains("bookId") || message.contains("book_id"), "{message}");
    script.assert_trace(&[]);
}

// Design, Per workflow: "`error.into_run()` resumes where it stopped".
#[tokio::test]
async fn a_run_that_failed_goes_on_at_the_failed_step_once_the_input_is_mended() {
    let script = Script::new()
        .on("GET /books/8")
        .reply(404, problem("no such book"))
        .on("GET /books/7")
        .reply(200, book())
        .on("POST /echo")
        .json(json!({ "title": "Dune", "opinion": "long" }))
        .reply(200, json!(null));
    let client = script.client();
    let inputs = review_book::Inputs::new(8, String::from("long"));
    let error = review_book(&client, inputs).await.unwrap_err();
    let mut run = error.into_run();
    run.inputs_mut().book_id = Some(7);
    let outputs = run.finish(&client).await.unwrap();
    assert_eq!(outputs.title, "Dune");
    script.assert_trace(&["GET /books/8 404", "GET /books/7 200", "POST /echo 200"]);
}
