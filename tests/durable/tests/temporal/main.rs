//! The workflow on Temporal, and runs that move between the engines.
//!
//! `TEMPORAL_SERVER` is the path of the program `temporal-test-server`, and `RESTATE_SERVER` that of `restate-server`.
//! Without them the tests are skipped, with a message.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test ends at what it does not expect")]

mod engine;
#[path = "../../../../examples/durable-restate/tests/support/restate.rs"]
#[allow(dead_code, reason = "the tests of the example use the rest")]
mod restate;
#[path = "../restate/engine.rs"]
mod restate_engine;

use arazzo_durable_tests::{Engine, Scene, Settings, process, repeated, suite};
use engine::{Order, Temporal};
use restate::Restate;
use serde_json::json;
use temporalio_client::errors::WorkflowGetResultError;

/// As `restate` imports it.
mod patience {
    pub(crate) use arazzo_durable_tests::until;
}

suite!(Temporal);

#[tokio::test]
async fn a_run_moves_from_restate_to_temporal() {
    a_run_moves::<Restate, Temporal>().await;
}

#[tokio::test]
async fn a_run_moves_from_temporal_to_restate() {
    a_run_moves::<Temporal, Restate>().await;
}

async fn a_run_moves<From: Engine, To: Engine>() {
    let (Some(from), Some(engine)) = (Scene::<From>::set(Settings::default()).await, To::start().await) else {
        return;
    };
    from.start("ada").await;
    let code = from.code("ada").await;
    let stored = from.engine.stored("ada").await;
    let to = Scene::beside(engine, from.api.clone(), from.settings.clone()).await;
    to.engine.send(&to.worker.place, "ada", stored).await;
    assert_eq!(to.code("ada").await, code);
    to.approve("ada").await;
    to.end("ada").await;
    assert_eq!(repeated(&from.api.log(), 1), 0, "nothing was sent twice");
}

#[tokio::test]
async fn a_long_execution_continues_as_a_new_one() {
    let settings = Settings {
        longest: 6,
        ..Settings::default()
    };
    let Some(mut scene) = Scene::<Temporal>::set(settings).await else {
        return;
    };
    scene.start("ada").await;
    let code = scene.code("ada").await;
    scene.engine.provide("ada", json!({ "code": "guess" })).await.unwrap();
    let again = scene.question("ada", 1).await;
    assert!(again["details"]["refusal"].is_string(), "{again}");
    scene.worker.kill();
    scene.restart().await;
    scene.engine.provide("ada", json!({ "code": code })).await.unwrap();
    scene.end("ada").await;
    assert_eq!(repeated(&scene.api.log(), 1), 0);
    assert_eq!(scene.api.log().len(), 5, "one answer was refused");
    // The last of several executions has a short history.
    let last = scene.engine.handle("ada").describe(Default::default()).await.unwrap();
    assert!(last.history_length() < 25, "{}", last.history_length());
    let events = scene.engine.journal(&["ada"]).await;
    let continued = String::from_utf8_lossy(&events[0].1).contains("$position");
    assert!(continued, "the execution was not continued");
}

#[tokio::test]
async fn a_position_that_a_caller_has_sent_is_not_believed() {
    let Some(scene) = Scene::<Temporal>::set(Settings::default()).await else {
        return;
    };
    let position = json!({ "given": { "run": {}, "answered": [], "asked": 0 }, "step": null, "since": null });
    let sent = json!({ "$position": position });
    scene.engine.send(&scene.worker.place, "ada", sent).await;
    let (status, message) = scene.engine.end("ada").await.unwrap_err();
    assert_eq!(status, 400, "{message}");
    assert!(message.contains("$position"), "{message}");
}

#[tokio::test]
async fn a_cancelled_workflow_ends() {
    let Some(scene) = Scene::<Temporal>::set(Settings::default()).await else {
        return;
    };
    // While it waits, and while it asks.
    for (key, state) in [("ada", "waiting"), ("eve", "awaiting")] {
        scene.start(key).await;
        scene.reached(key, state).await;
        let handle = scene.engine.handle(key);
        handle.cancel(Default::default()).await.unwrap();
        let ended = handle.get_result(Default::default()).await;
        assert!(
            matches!(ended, Err(WorkflowGetResultError::Cancelled { .. })),
            "{ended:?}"
        );
        let status = handle.query(Order::STATUS, (), Default::default()).await.unwrap();
        let status = serde_json::to_value(status).unwrap();
        assert_eq!(status["message"], "the execution was cancelled", "{status}");
    }
}

#[tokio::test]
async fn two_workers_share_the_runs_of_a_queue() {
    let Some(mut scene) = Scene::<Temporal>::set(Settings::default()).await else {
        return;
    };
    let other = scene.engine.work(Temporal::PLACE, &scene.settings).await;
    let keys: Vec<String> = (0..20).map(|number| format!("run-{number}")).collect();
    for key in &keys {
        scene.start(key).await;
    }
    scene.worker.kill();
    for key in &keys {
        scene.approve(key).await;
    }
    scene.worker = other;
    for key in &keys {
        scene.end(key).await;
    }
    println!("{} requests were repeated", repeated(&scene.api.log(), keys.len()));
}

#[tokio::test]
async fn what_is_too_large_for_temporal_names_its_step() {
    let Some(scene) = Scene::<Temporal>::set(Settings::default()).await else {
        return;
    };
    scene.start("large").await;
    let (status, message) = scene.engine.end("large").await.unwrap_err();
    assert_eq!(status, 413, "{message}");
    assert!(message.contains("step `place` has outputs of 31457"), "{message}");
    // Inputs that have no room beside the run are refused, and the question stays.
    scene.start("ada").await;
    let code = scene.code("ada").await;
    // The largest input of an attempt has 2,080,768 bytes.
    let refusal = scene
        .engine
        .provide("ada", json!({ "code": "!".repeat(2_080_500) }))
        .await
        .unwrap_err();
    assert!(refusal.contains("more than Temporal stores"), "{refusal}");
    scene.engine.provide("ada", json!({ "code": code })).await.unwrap();
    scene.end("ada").await;
}

#[tokio::test]
async fn an_execution_without_inputs_asks_for_them() {
    let Some(scene) = Scene::<Temporal>::set(Settings::default()).await else {
        return;
    };
    scene.engine.send(&scene.worker.place, "ada", json!(null)).await;
    let first = scene.question("ada", 0).await;
    assert_eq!(first["inputs"], json!(["customer"]), "{first}");
    scene.engine.provide("ada", json!({ "customer": "ada" })).await.unwrap();
    let second = scene.question("ada", 1).await;
    assert_eq!(second["inputs"], json!(["code"]), "{second}");
    scene.approve("ada").await;
    scene.end("ada").await;
}

#[tokio::test]
async fn a_workflow_is_cancelled_while_its_attempts_fail() {
    let Some(mut scene) = Scene::<Temporal>::set(Settings::default()).await else {
        return;
    };
    scene.worker.kill();
    // Nothing listens there.
    scene.settings.api = "http://127.0.0.1:9".to_owned();
    scene.restart().await;
    scene.start("ada").await;
    scene.reached("ada", "running").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let handle = scene.engine.handle("ada");
    handle.cancel(Default::default()).await.unwrap();
    let ended = handle.get_result(Default::default()).await;
    assert!(
        matches!(ended, Err(WorkflowGetResultError::Cancelled { .. })),
        "{ended:?}"
    );
}

#[tokio::test]
async fn a_worker_with_a_cache_refuses_what_is_not_an_answer() {
    let settings = Settings {
        cached: true,
        ..Settings::default()
    };
    let Some(mut scene) = Scene::<Temporal>::set(settings).await else {
        return;
    };
    scene.start("ada").await;
    let code = scene.code("ada").await;
    let refusal = scene.engine.provide("ada", json!({ "cod": code })).await.unwrap_err();
    assert!(refusal.contains("input `code` is required"), "{refusal}");
    scene.engine.provide("ada", json!({ "code": "guess" })).await.unwrap();
    scene.question("ada", 1).await;
    scene.engine.provide("ada", json!({ "code": code })).await.unwrap();
    scene.end("ada").await;
    // What was refused is not stored, and answers leave no timers.
    let events = scene.engine.journal(&["ada"]).await;
    let stored = |text: &str| {
        events
            .iter()
            .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(text))
            .count()
    };
    assert_eq!(stored("\"cod\""), 0);
    let timers = events
        .iter()
        .filter(|(name, _)| name.ends_with("TIMER_STARTED"))
        .count();
    assert_eq!(timers, 1, "of the busy bank");
}
