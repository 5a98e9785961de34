//! The workflow on Restate: the service is killed wherever it hurts, and the API tells what it has seen.
//!
//! `RESTATE_SERVER` is the path of the program `restate-server`. Without it the tests are skipped, with a message.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test ends at what it does not expect")]

#[path = "../../../../examples/durable-restate/tests/support/patience.rs"]
mod patience;
#[path = "../../../../examples/durable-restate/tests/support/process.rs"]
#[allow(dead_code, reason = "the tests of the example use the rest")]
mod process;
#[path = "../../../../examples/durable-restate/tests/support/restate.rs"]
#[allow(dead_code, reason = "the tests of the example use the rest")]
mod restate;
mod scene;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arazzo_durable_tests::{Settings, order};
use patience::until;
use restate::Restate;
use scene::{ORDER, Scene, Worker, check, repeated};
use serde_json::json;
use serde_json::value::to_raw_value;

#[tokio::test]
async fn a_kill_between_any_request_and_its_response_repeats_that_request_alone() {
    let Some(mut scene) = Scene::set(false).await else {
        return;
    };
    let points = [("place", 201), ("pay", 429), ("pay", 201), ("approve", 200)];
    for (number, (operation, status)) in points.into_iter().enumerate() {
        let key = format!("{operation}-{status}");
        let (worker, armed) = (scene.worker.clone(), Arc::new(Mutex::new(true)));
        let trap = Arc::clone(&armed);
        scene.api.watch(move |seen| {
            if (seen.operation, seen.status) == (operation, status) && std::mem::take(&mut *trap.lock().unwrap()) {
                worker.kill();
            }
        });
        scene.start(&key).await;
        if operation == "approve" {
            scene.approve(&key).await;
        }
        until("the kill", async || (!*armed.lock().unwrap()).then_some(())).await;
        scene.restart().await;
        if operation != "approve" {
            scene.approve(&key).await;
        }
        scene.end(&key).await;
        // The busy bank was asked once more, and was not busy any more: nothing succeeded twice.
        let expected = [1, 1, 2, 3][number];
        assert_eq!(repeated(&scene.api.log(), number + 1), expected, "{key}");
    }
}

#[tokio::test]
async fn a_kill_after_a_response_loses_nothing() {
    let Some(mut scene) = Scene::set(false).await else {
        return;
    };
    for delay in 0..6 {
        let key = format!("after-{delay}");
        let (worker, (killed, was_killed)) = (scene.worker.clone(), std::sync::mpsc::channel());
        let mut armed = true;
        scene.api.watch(move |seen| {
            if seen.operation == "place" && std::mem::take(&mut armed) {
                let (worker, killed) = (worker.clone(), killed.clone());
                std::thread::spawn(move || {
                    std::thread::sleep(Duration::from_millis(delay * 2));
                    worker.kill();
                    killed.send(()).unwrap();
                });
            }
        });
        scene.start(&key).await;
        until("the kill", async || was_killed.try_recv().ok()).await;
        scene.restart().await;
        scene.approve(&key).await;
        scene.end(&key).await;
    }
    let repeated = repeated(&scene.api.log(), 6);
    assert!(repeated <= 6, "{repeated}");
}

#[tokio::test]
async fn a_kill_during_a_wait_and_before_a_request_loses_nothing() {
    let Some(mut scene) = Scene::set(false).await else {
        return;
    };
    scene.start("ada").await;
    let waiting = scene.restate.until(ORDER, "ada", "waiting").await;
    assert_eq!(
        (&waiting["step"], &waiting["milliseconds"]),
        (&json!("settle"), &json!(1000))
    );
    scene.worker.kill();
    scene.restart().await;
    let code = scene.code("ada").await;
    // The answer arrives while no service is there.
    scene.worker.kill();
    let provided = {
        let (restate, code) = (&scene.restate, code.clone());
        async move { restate.provide(ORDER, "ada", json!({ "code": code })).await }
    };
    let worker = Worker::start(scene.restate.directory(), scene.worker.address(), &scene.settings);
    let (provided, worker) = tokio::join!(provided, worker);
    scene.worker = worker;
    assert_eq!(provided.0, 200, "{provided:?}");
    scene.end("ada").await;
    let log: Vec<(&str, u16)> = scene
        .api
        .log()
        .iter()
        .map(|seen| (seen.operation, seen.status))
        .collect();
    assert_eq!(log, [("place", 201), ("pay", 429), ("pay", 201), ("approve", 200)]);
    let since = scene.restate.status(ORDER, "ada").await.1["since"].as_u64().unwrap();
    assert!(since > waiting["since"].as_u64().unwrap());
}

#[tokio::test]
async fn a_refused_answer_is_asked_for_again() {
    let Some(scene) = Scene::set(false).await else { return };
    scene.start("ada").await;
    let code = scene.code("ada").await;
    let wrong = scene.restate.provide(ORDER, "ada", json!({ "code": "guess" })).await;
    assert_eq!(wrong.0, 200, "{wrong:?}");
    let again = scene.restate.question(ORDER, "ada", 1).await;
    let refusal = again["details"]["refusal"].as_str().unwrap();
    assert!(
        refusal.contains("step `approve` failed") && refusal.contains("not the code of the slip"),
        "{refusal}"
    );
    scene.restate.provide(ORDER, "ada", json!({ "code": code })).await;
    scene.end("ada").await;
}

#[tokio::test]
async fn a_changed_workflow_refuses_the_run_and_names_the_changes() {
    let Some(mut scene) = Scene::set(false).await else {
        return;
    };
    scene.start("ada").await;
    let code = scene.code("ada").await;
    scene.worker.kill();
    scene.settings.newer = true;
    scene.restart().await;
    let provided = scene.restate.provide(ORDER, "ada", json!({ "code": code })).await;
    assert_eq!(provided.0, 200, "{provided:?}");
    let (status, error) = scene.restate.end(ORDER, "ada").await;
    assert_eq!(status, 409, "{error}");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("step `approve` was removed"),
        "{error}"
    );
    assert_eq!(scene.api.log().len(), 3, "nothing was sent");
}

#[tokio::test]
async fn a_changed_workflow_refuses_a_run_in_the_middle_of_a_step_too() {
    let Some(mut scene) = Scene::set(false).await else {
        return;
    };
    scene.start("ada").await;
    let code = scene.code("ada").await;
    let (worker, mut armed) = (scene.worker.clone(), true);
    scene.api.watch(move |seen| {
        if seen.operation == "approve" && std::mem::take(&mut armed) {
            worker.kill();
        }
    });
    let answer = json!({ "code": code });
    scene.restate.send_to(ORDER, "ada", "provide", answer).await;
    until("the request", async || (scene.api.log().len() == 4).then_some(())).await;
    scene.settings.newer = true;
    scene.restart().await;
    let (status, error) = scene.restate.end(ORDER, "ada").await;
    assert_eq!(status, 409, "{error}");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("step `approve` was removed"), "{error}");
}

#[tokio::test]
async fn two_versions_at_once_finish_what_they_have_started() {
    let Some(scene) = Scene::set(false).await else {
        return;
    };
    scene.start("old").await;
    let old = scene.restate.until(ORDER, "old", "awaiting").await;
    assert_eq!(old["step"], "approve");
    // New runs go to the newest service, and old ones stay where they are.
    let newer = Settings {
        newer: true,
        ..scene.settings.clone()
    };
    let other = Worker::start(scene.restate.directory(), "127.0.0.2:0", &newer).await;
    scene.restate.register(&other.url).await;
    scene.start("new").await;
    let new = scene.restate.until(ORDER, "new", "awaiting").await;
    assert_eq!(new["step"], "confirm");
    scene.approve("new").await;
    scene.approve("old").await;
    scene.end("old").await;
    scene.end("new").await;
    assert_eq!(repeated(&scene.api.log(), 2), 0);
}

#[tokio::test]
async fn of_two_answers_at_once_one_counts() {
    let Some(scene) = Scene::set(false).await else {
        return;
    };
    for number in 0..5 {
        let key = format!("run-{number}");
        scene.start(&key).await;
        let code = scene.code(&key).await;
        let provide = async || scene.restate.provide(ORDER, &key, json!({ "code": code })).await.0;
        let (one, other, third) = tokio::join!(provide(), provide(), provide());
        let mut all = [one, other, third];
        all.sort_unstable();
        assert_eq!(all, [200, 409, 409]);
        scene.end(&key).await;
    }
}

#[tokio::test]
async fn a_run_moves_to_another_engine_at_a_pause() {
    let (Some(from), Some(to)) = (Scene::set(false).await, Restate::start().await) else {
        return;
    };
    from.start("ada").await;
    let code = from.code("ada").await;
    let (status, stored) = from.restate.call(ORDER, "ada", "stored").await;
    assert_eq!(status, 200, "{stored}");
    // The stored run is the one that every program reads.
    let run = arazzo::AnyRun::read(
        &stored["$run"].to_string(),
        &[arazzo::AnyWorkflow::of::<arazzo_durable_tests::first::order::Workflow>()],
    );
    assert_eq!(run.unwrap().step(), Some("approve"));
    let worker = Worker::start(to.directory(), "127.0.0.1:0", &from.settings).await;
    to.register(&worker.url).await;
    assert_eq!(to.send(ORDER, "ada", stored).await.0, 202);
    to.until(ORDER, "ada", "awaiting").await;
    assert_eq!(to.provide(ORDER, "ada", json!({ "code": code })).await.0, 200);
    let (status, outputs) = to.end(ORDER, "ada").await;
    assert_eq!(status, 200, "{outputs}");
    check(&outputs);
    assert_eq!(repeated(&from.api.log(), 1), 0, "nothing was sent twice");
}

/// Returns the files below a directory that contain one of the texts.
fn containing(directory: &Path, texts: &[&str], found: &mut Vec<String>) -> usize {
    let mut files = 0;
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files += containing(&path, texts, found);
        } else if path.is_file() {
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            for text in texts {
                if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                    found.push(format!("{text} in {}", path.display()));
                }
            }
        }
    }
    files
}

#[tokio::test]
async fn a_sealed_journal_shows_nothing() {
    for sealed in [false, true] {
        let Some(mut scene) = Scene::set(sealed).await else {
            return;
        };
        let durable = order(&scene.settings).unwrap();
        let inputs = durable
            .seal_inputs("run-1", &json!({ "customer": "ada@example.com" }))
            .unwrap();
        scene.restate.send(ORDER, "run-1", json!(inputs)).await;
        let status = scene.restate.until(ORDER, "run-1", "awaiting").await;
        let details = durable
            .open_details("run-1", &to_raw_value(&status["details"]).unwrap())
            .unwrap();
        let code = format!("code-of-{}", details["show"]["orderId"].as_str().unwrap());
        let code = durable.seal_inputs("run-1", &json!({ "code": code })).unwrap();
        // What is sealed again differs, and a replay does not mind.
        scene.worker.kill();
        scene.restart().await;
        let wrong = durable.seal_inputs("run-1", &json!({ "code": "guess" })).unwrap();
        assert_eq!(scene.restate.provide(ORDER, "run-1", json!(wrong)).await.0, 200);
        let again = scene.restate.question(ORDER, "run-1", 1).await;
        let again = durable
            .open_details("run-1", &to_raw_value(&again["details"]).unwrap())
            .unwrap();
        assert!(
            again["refusal"].as_str().unwrap().contains("not the code of the slip"),
            "{again}"
        );
        scene.worker.kill();
        scene.restart().await;
        let provided = scene.restate.provide(ORDER, "run-1", json!(code)).await;
        assert_eq!(provided.0, 200, "{provided:?}");
        let (status, outputs) = scene.restate.end(ORDER, "run-1").await;
        assert_eq!(status, 200, "{outputs}");
        check(&durable.open_outputs("run-1", &to_raw_value(&outputs).unwrap()).unwrap());
        if sealed {
            // Nothing of one run can be used in another one, and nothing that is not sealed.
            assert!(durable.open_outputs("run-2", &to_raw_value(&outputs).unwrap()).is_err());
            scene.restate.send(ORDER, "run-2", json!({ "customer": "bob" })).await;
            let (status, error) = scene.restate.end(ORDER, "run-2").await;
            assert_eq!(status, 400, "{error}");
            assert!(
                error["message"].as_str().unwrap().contains("it is not sealed"),
                "{error}"
            );
        }
        scene.restate.stop();
        let mut found = Vec::new();
        let texts = [
            "ada@example.com",
            "order-1-hush",
            "code-of-order-1",
            "receipt-of-order-1",
        ];
        let files = containing(scene.restate.directory(), &texts, &mut found);
        assert!(files > 3, "{files}");
        assert_eq!(found.is_empty(), sealed, "{found:?}");
    }
}

#[tokio::test]
async fn two_hundred_runs_outlive_five_kills() {
    const RUNS: usize = 200;
    let Some(mut scene) = Scene::set(false).await else {
        return;
    };
    // Kills the service at each of these requests, whatever it is.
    let kills: BTreeSet<usize> = [40, 150, 330, 520, 700].into();
    let (mut count, dying) = (0, Arc::new(Mutex::new(Some(scene.worker.clone()))));
    let watched = Arc::clone(&dying);
    scene.api.watch(move |_| {
        count += 1;
        if kills.contains(&count)
            && let Some(worker) = watched.lock().unwrap().take()
        {
            worker.kill();
        }
    });
    let keys: Vec<String> = (0..RUNS).map(|number| format!("run-{number}")).collect();
    for key in &keys {
        scene.start(key).await;
    }
    let mut killed = 0;
    let mut open: Vec<&String> = keys.iter().collect();
    until_all("all runs to end", async || {
        if dying.lock().unwrap().is_none() {
            killed += 1;
            scene.restart().await;
            *dying.lock().unwrap() = Some(scene.worker.clone());
        }
        let mut rest = Vec::new();
        for key in std::mem::take(&mut open) {
            // A call waits for a service; the next round starts one.
            let status = if dying.lock().unwrap().is_some() {
                scene.restate.status_in(ORDER, key, Duration::from_secs(1)).await
            } else {
                None
            };
            let Some((_, status)) = status else {
                rest.push(key);
                continue;
            };
            if status["state"] == "awaiting" {
                let code = format!("code-of-{}", status["details"]["show"]["orderId"].as_str().unwrap());
                // The service may be killed in the meantime.
                scene
                    .restate
                    .send_to(ORDER, key, "provide", json!({ "code": code }))
                    .await;
            }
            if status["state"] != "done" {
                rest.push(key);
            }
        }
        open = rest;
        open.is_empty()
    })
    .await;
    for key in &keys {
        scene.end(key).await;
    }
    let repeated = repeated(&scene.api.log(), RUNS);
    println!("{RUNS} runs ended after {killed} kills; {repeated} successful requests were repeated, with their keys");
    assert!(killed >= 3, "{killed}");
}

/// Repeats a function until it returns `true`, for at most three minutes.
async fn until_all(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let deadline = std::time::Instant::now() + Duration::from_secs(180);
    while !done().await {
        assert!(std::time::Instant::now() < deadline, "timed out waiting for {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
