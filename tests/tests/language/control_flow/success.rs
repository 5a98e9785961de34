//! Success.

use super::*;

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
