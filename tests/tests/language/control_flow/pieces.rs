//! Runs in pieces.

use super::*;

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

    let mut run = arazzo_tests::script::reload(&run);
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
async fn a_run_that_failed_goes_on_at_the_failed_step_once_the_input_is_corrected() {
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
