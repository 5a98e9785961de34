//! Workflows tested with `arazzo::testing` alone, as its documentation says: the order workflows, without a shop.

use std::time::Duration;

use arazzo::testing::{Recorder, Recording, Script};
use arazzo::{Client, Credential, ErrorKind, Progress, Transport};
use serde_json::json;

mod scripted {
    arazzo::arazzo_workflow!("language/orders/orders.yml");
}

use scripted::{pay, place_order, place_order_or_release};

const SECRET: &str = "tok-4711";

fn client<T: Transport + Clone>(script: &T) -> Client<T> {
    Client::builder()
        .transport(script.clone())
        .source("shop", |api| api.credential(Credential::bearer(SECRET)))
        .build()
        .unwrap()
}

fn inputs() -> place_order::Inputs {
    place_order::Inputs::new("sku-1", 2, "visa", "Main St")
}

fn reserved(script: Script) -> Script {
    script
        .on(place_order::Step::Reserve)
        .reply(201, json!({ "reservationId": "r-1", "total": 40 }))
}

fn paid(script: Script) -> Script {
    script.on(pay::Step::Charge).reply(201, json!({ "paymentId": "p-1" }))
}

fn shipped(script: Script) -> Script {
    script
        .on(place_order::Step::Ship)
        .reply(201, json!({ "trackingCode": "t-1" }))
}

#[tokio::test]
async fn retries_after_the_documents_wait() {
    let script = Script::new().on(place_order::Step::Reserve).reply(503, json!({}));
    let script = shipped(paid(reserved(script)));
    let outputs = scripted::place_order(&client(&script), inputs()).await.unwrap();
    assert_eq!(outputs.tracking_code, "t-1");
    assert_eq!(script.elapsed(), Duration::from_secs(30));
    let requests = script.requests();
    assert_eq!(requests.iter().map(|r| r.attempt).collect::<Vec<_>>(), [1, 2, 1, 1]);
    assert_eq!(requests[1].at, Duration::from_secs(30));
    script.assert_done();
}

#[tokio::test]
async fn retries_after_the_servers_wait() {
    let script = Script::new()
        .on(place_order::Step::Reserve)
        .header("Retry-After", "7")
        .reply(429, json!({}));
    let script = shipped(paid(reserved(script)));
    scripted::place_order(&client(&script), inputs()).await.unwrap();
    assert_eq!(script.elapsed(), Duration::from_secs(7));
    assert_eq!(script.requests().len(), 4);
}

#[tokio::test]
async fn gives_up_after_three_retries() {
    let mut script = Script::new();
    for _ in 0..5 {
        script = script
            .on(place_order::Step::Reserve)
            .reply(503, json!({ "message": "busy" }));
    }
    let error = scripted::place_order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!(error.attempts(), 4);
    assert_eq!(error.status().unwrap(), 503);
    assert_eq!(error.step(), Some("reserve"));
    assert_eq!(script.left(), ["place-order/reserve"]);
    assert_eq!(script.elapsed(), Duration::from_secs(90));
}

#[tokio::test]
async fn pays_by_the_nested_workflow() {
    let script = shipped(paid(reserved(Script::new())));
    let outputs = scripted::place_order(&client(&script), inputs()).await.unwrap();
    assert_eq!(outputs.payment_id, "p-1");
    let charges = script.requests_of(pay::Step::Charge);
    assert_eq!(charges.len(), 1);
    assert_eq!(charges[0].json(), json!({ "amount": 40, "card": "visa" }));
}

#[tokio::test]
async fn a_called_workflow_without_a_response_may_succeed_later() {
    let script = reserved(Script::new()).on(pay::Step::Charge).fail("the bank is down");
    let error = scripted::place_order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Nested, None));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_declined_card_fails_the_order() {
    let script = reserved(Script::new())
        .on(pay::Step::Charge)
        .reply(402, json!({ "message": "declined" }));
    let error = scripted::place_order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Nested);
    assert_eq!(error.step(), Some("settle"));
    assert_eq!(error.status().unwrap(), 402);
    assert!(error.to_string().contains("declined"), "{error}");
}

#[tokio::test]
async fn a_declined_card_gives_the_stock_back() {
    let script = Script::new()
        .on(place_order_or_release::Step::Reserve)
        .reply(201, json!({ "reservationId": "r-9", "total": 1 }))
        .on(pay::Step::Charge)
        .reply(402, json!({}))
        .on(place_order_or_release::Step::Release)
        .reply(204, ());
    let inputs = place_order_or_release::Inputs::new("sku-1", 1, "visa");
    let outputs = scripted::place_order_or_release(&client(&script), inputs)
        .await
        .unwrap();
    assert_eq!(outputs.payment_id, None);
    let release = &script.requests()[2];
    assert_eq!(release.method, "DELETE");
    assert_eq!(release.uri.path(), "/v1/reservations/r-9");
    script.assert_done();
}

/// No failure action of the document hides that the test has forgotten an answer.
#[tokio::test]
async fn a_missing_answer_is_no_failure_of_the_step() {
    let script = Script::new()
        .on(place_order_or_release::Step::Reserve)
        .reply(201, json!({ "reservationId": "r-9", "total": 1 }))
        .on(place_order_or_release::Step::Release)
        .reply(204, ());
    let inputs = place_order_or_release::Inputs::new("sku-1", 1, "visa");
    let error = scripted::place_order_or_release(&client(&script), inputs)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains("no answer for step `pay/charge`"), "{error}");
    assert_eq!(script.left(), ["place-order-or-release/release"]);
}

#[tokio::test]
async fn a_broken_connection_is_a_transport_error() {
    let script = Script::new().on(place_order::Step::Reserve).fail("connection reset");
    let error = scripted::place_order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.status(), None);
    assert_eq!(error.attempts(), 1);
    assert!(format!("{error:#}").ends_with(": connection reset"), "{error:#}");
}

#[tokio::test]
async fn an_answer_that_never_comes_is_a_timeout() {
    let script = paid(reserved(Script::new())).on(place_order::Step::Ship).hang();
    let error = scripted::place_order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.step(), Some("ship"));
    assert_eq!(script.elapsed(), Duration::from_secs(5));
}

#[tokio::test]
async fn a_late_answer_within_the_timeout_is_taken() {
    let script = paid(reserved(Script::new()))
        .on(place_order::Step::Ship)
        .after(Duration::from_secs(4))
        .reply(201, json!({ "trackingCode": "late" }));
    let outputs = scripted::place_order(&client(&script), inputs()).await.unwrap();
    assert_eq!(outputs.tracking_code, "late");
    assert_eq!(script.elapsed(), Duration::from_secs(4));
}

#[tokio::test]
async fn a_later_answer_is_a_timeout() {
    let script = paid(reserved(Script::new()))
        .on(place_order::Step::Ship)
        .after(Duration::from_secs(6))
        .reply(201, json!({ "trackingCode": "late" }));
    let error = scripted::place_order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(script.elapsed(), Duration::from_secs(5));
}

#[tokio::test]
async fn step_by_step_with_a_pause_for_the_address() {
    let script = shipped(paid(reserved(Script::new())));
    let client = client(&script);
    let partial = place_order::PartialInputs::new().sku("sku-1").quantity(2).card("visa");
    let mut run = place_order::Run::new(partial);
    let progress = run.advance(&client).await.unwrap();
    assert_eq!(script.requests().len(), 1, "{progress:?}");
    let progress = run.advance(&client).await.unwrap();
    assert_eq!(script.requests().len(), 2, "{progress:?}");
    let progress = run.advance_until_blocked(&client).await.unwrap();
    assert!(
        matches!(&progress, Progress::Awaiting(inputs) if inputs[..] == [place_order::Input::Address]),
        "{progress:?}"
    );
    assert_eq!(run.steps().reserve().unwrap().reservation_id, "r-1");
    assert_eq!(script.left(), ["place-order/ship"]);

    let stored = serde_json::to_string(&run).unwrap();
    let mut run: place_order::Run = serde_json::from_str(&stored).unwrap();
    run.inputs_mut().address = Some("Main St".to_owned());
    let outputs = run.finish(&client).await.unwrap();
    assert_eq!(outputs.tracking_code, "t-1");
    assert_eq!(script.requests()[2].json()["address"], "Main St");
}

#[tokio::test]
async fn what_was_sent() {
    let script = shipped(paid(reserved(Script::new())));
    scripted::place_order(&client(&script), inputs()).await.unwrap();
    let requests = script.requests();
    let reserve = &requests[0];
    assert_eq!(reserve.method, "POST");
    assert_eq!(reserve.uri, "https://shop.example/v1/stock/sku-1/reservations");
    assert_eq!(reserve.header("idempotency-key"), Some("order-sku-1"));
    assert_eq!(reserve.header("content-type"), Some("application/json"));
    assert_eq!(reserve.header("authorization"), Some("Bearer tok-4711"));
    assert_eq!(reserve.json(), json!({ "quantity": 2 }));
    assert_eq!(
        requests[2].json(),
        json!({ "reservationId": "r-1", "paymentId": "p-1", "address": "Main St" })
    );
}

#[tokio::test]
async fn answers_left_over() {
    let script = shipped(paid(paid(reserved(Script::new()))));
    scripted::place_order(&client(&script), inputs()).await.unwrap();
    assert_eq!(script.left(), ["pay/charge"]);
}

#[tokio::test]
async fn a_missing_answer() {
    let script = paid(reserved(Script::new()));
    let error = scripted::place_order(&client(&script), inputs()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.step(), Some("ship"));
    assert!(
        error.to_string().contains("no answer for step `place-order/ship`"),
        "{error}"
    );
}

/// What a redaction removes is not in the recording, and the run does not notice. A replay takes what was put in place.
#[tokio::test]
async fn recordings_are_redacted() {
    let recorder = Recorder::new(shipped(paid(reserved(Script::new()))))
        .redact_requests(|request| {
            let text = String::from_utf8(request.body().to_vec()).unwrap();
            *request.body_mut() = text.replace("Main St", "Some St").into();
        })
        .redact_responses(|response| {
            response.headers_mut().insert("x-redacted", "yes".parse().unwrap());
        })
        .redact_responses(|response| {
            let text = String::from_utf8(response.body().to_vec()).unwrap();
            *response.body_mut() = text.replace("t-1", "t-0").into();
        });
    let first = scripted::place_order(&client(&recorder), inputs()).await.unwrap();
    assert_eq!(first.tracking_code, "t-1");
    let text = serde_json::to_string(&recorder.recording()).unwrap();
    assert!(
        !text.contains("Main St") && !text.contains("t-1") && text.contains("x-redacted"),
        "{text}"
    );
    let replay = recorder.recording().script();
    let inputs = place_order::Inputs::new("sku-1", 2, "visa", "Some St");
    let second = scripted::place_order(&client(&replay), inputs).await.unwrap();
    assert_eq!(second.tracking_code, "t-0");
    replay.assert_done();
}

#[tokio::test]
async fn record_and_replay() {
    let script = Script::new().on(place_order::Step::Reserve).reply(503, json!({}));
    let script = shipped(paid(reserved(script)));
    let recorder = Recorder::new(script.clone());
    let recording_client = Client::builder()
        .transport(recorder.clone())
        .source("shop", |api| api.credential(Credential::bearer(SECRET)))
        .build()
        .unwrap();
    let begun = std::time::Instant::now();
    let first = scripted::place_order(&recording_client, inputs()).await.unwrap();
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "real time: {:?}",
        begun.elapsed()
    );
    assert_eq!(script.elapsed(), Duration::from_secs(30));
    assert_eq!(recorder.recording().len(), 4);

    let path = std::env::temp_dir().join(format!("orders-{}.json", std::process::id()));
    recorder.recording().save(&path).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let recording = Recording::load(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert!(!text.contains(SECRET), "{text}");

    let replay = recording.script();
    let second = scripted::place_order(&client(&replay), inputs()).await.unwrap();
    assert_eq!(first.tracking_code, second.tracking_code);
    assert_eq!(replay.elapsed(), Duration::from_secs(30));
    replay.assert_done();

    let replay = recording.script();
    let other = place_order::Inputs::new("sku-1", 3, "visa", "Main St");
    let error = scripted::place_order(&client(&replay), other).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(error.step(), Some("reserve"));
    assert!(
        error
            .to_string()
            .contains(r#"sends the body {"quantity":3} instead of the recorded body {"quantity":2}"#),
        "{error}"
    );
}
