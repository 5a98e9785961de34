//! The tests that every engine passes: the worker is killed wherever it hurts, and the API tells what it has seen.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use serde_json::value::to_raw_value;

use crate::engine::Engine;
use crate::scene::{Scene, check, repeated, slip};
use crate::until;
use crate::worker::{Settings, order};

/// Makes tests of the suite for an engine.
#[macro_export]
macro_rules! suite {
    ($engine:ty) => {
        $crate::suite!($engine:
            a_kill_between_any_request_and_its_response_repeats_that_request_alone
            a_kill_after_a_response_loses_nothing
            a_kill_during_a_wait_and_before_a_request_loses_nothing
            a_refused_answer_is_asked_for_again
            an_answer_to_another_question_is_refused
            a_changed_workflow_refuses_the_run_and_names_the_changes
            a_changed_workflow_refuses_a_run_in_the_middle_of_a_step_too
            two_versions_at_once_finish_what_they_have_started
            of_two_answers_at_once_one_counts
            of_two_wrong_answers_at_once_the_other_is_not_one_to_the_next_question
            a_sealed_journal_shows_nothing
            two_hundred_runs_outlive_five_kills
        );
    };
    ($engine:ty: $($test:ident)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                $crate::suite::$test::<$engine>().await;
            }
        )*
    };
}

/// The request alone is repeated, with its key.
pub async fn a_kill_between_any_request_and_its_response_repeats_that_request_alone<E: Engine>() {
    let Some(mut scene) = Scene::<E>::set(Settings::default()).await else {
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
            let code = scene.code(&key).await;
            scene.engine.post(&key, json!({ "code": code })).await;
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

/// Whether the engine has the response or not.
pub async fn a_kill_after_a_response_loses_nothing<E: Engine>() {
    let Some(mut scene) = Scene::<E>::set(Settings::default()).await else {
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

/// Also an answer that arrives while no worker is there.
pub async fn a_kill_during_a_wait_and_before_a_request_loses_nothing<E: Engine>() {
    let Some(mut scene) = Scene::<E>::set(Settings::default()).await else {
        return;
    };
    scene.start("ada").await;
    let waiting = scene.reached("ada", "waiting").await;
    assert_eq!(
        (&waiting["step"], &waiting["milliseconds"]),
        (&json!("settle"), &json!(2000))
    );
    scene.worker.kill();
    scene.restart().await;
    let code = scene.code("ada").await;
    scene.worker.kill();
    let provided = scene.engine.provide("ada", json!({ "code": code }));
    let worker = scene.engine.work(&scene.worker.place, &scene.settings);
    let (provided, worker) = tokio::join!(provided, worker);
    scene.worker = worker;
    provided.unwrap();
    scene.end("ada").await;
    let log: Vec<(&str, u16)> = scene
        .api
        .log()
        .iter()
        .map(|seen| (seen.operation, seen.status))
        .collect();
    assert_eq!(log, [("place", 201), ("pay", 429), ("pay", 201), ("approve", 200)]);
    let done = scene.reached("ada", "done").await;
    assert!(done["since"].as_u64().unwrap() > waiting["since"].as_u64().unwrap());
}

/// With the reason.
pub async fn a_refused_answer_is_asked_for_again<E: Engine>() {
    let Some(scene) = Scene::<E>::set(Settings::default()).await else {
        return;
    };
    scene.start("ada").await;
    let code = scene.code("ada").await;
    scene.engine.provide("ada", json!({ "code": "guess" })).await.unwrap();
    let again = scene.question("ada", 1).await;
    let refusal = again["details"]["refusal"].as_str().unwrap();
    assert!(
        refusal.contains("step `approve` failed") && refusal.contains("not the code of the slip"),
        "{refusal}"
    );
    scene.engine.provide("ada", json!({ "code": code })).await.unwrap();
    scene.end("ada").await;
}

/// At once, and the question stays.
pub async fn an_answer_to_another_question_is_refused<E: Engine>() {
    let Some(scene) = Scene::<E>::set(Settings::default()).await else {
        return;
    };
    scene.start("ada").await;
    let code = scene.code("ada").await;
    for (sent, expected) in [
        (json!({}), "input `code` is required"),
        (
            json!({ "code": code, "customer": "eve" }),
            "input `customer` was not asked for",
        ),
        (json!("code"), "the inputs are not a JSON object"),
    ] {
        let refusal = scene.engine.provide("ada", sent).await.unwrap_err();
        assert!(refusal.contains(expected), "{refusal}");
    }
    scene.approve("ada").await;
    scene.end("ada").await;
    assert_eq!(scene.api.log().len(), 4, "nothing was sent for what was refused");
}

/// At the pause of a run.
pub async fn a_changed_workflow_refuses_the_run_and_names_the_changes<E: Engine>() {
    let Some(mut scene) = Scene::<E>::set(Settings::default()).await else {
        return;
    };
    scene.start("ada").await;
    let code = scene.code("ada").await;
    scene.worker.kill();
    scene.settings.newer = true;
    scene.restart().await;
    scene.engine.provide("ada", json!({ "code": code })).await.unwrap();
    let (status, message) = scene.engine.end("ada").await.unwrap_err();
    assert_eq!(status, 409, "{message}");
    assert!(message.contains("step `approve` was removed"), "{message}");
    assert_eq!(scene.api.log().len(), 3, "nothing was sent");
}

/// Between request and response.
pub async fn a_changed_workflow_refuses_a_run_in_the_middle_of_a_step_too<E: Engine>() {
    let Some(mut scene) = Scene::<E>::set(Settings::default()).await else {
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
    scene.engine.post("ada", json!({ "code": code })).await;
    until("the request", async || (scene.api.log().len() == 4).then_some(())).await;
    scene.settings.newer = true;
    scene.restart().await;
    let (status, message) = scene.engine.end("ada").await.unwrap_err();
    assert_eq!(status, 409, "{message}");
    assert!(message.contains("step `approve` was removed"), "{message}");
}

/// Old runs stay where they are.
pub async fn two_versions_at_once_finish_what_they_have_started<E: Engine>() {
    let Some(scene) = Scene::<E>::set(Settings::default()).await else {
        return;
    };
    scene.start("old").await;
    let old = scene.reached("old", "awaiting").await;
    assert_eq!(old["step"], "approve");
    let newer = Settings {
        newer: true,
        ..scene.settings.clone()
    };
    let other = scene.engine.work(E::OTHER, &newer).await;
    scene.engine.register(&other).await;
    scene
        .engine
        .send(&other.place, "new", json!({ "customer": "new" }))
        .await;
    let new = scene.reached("new", "awaiting").await;
    assert_eq!(new["step"], "confirm");
    scene.approve("new").await;
    scene.approve("old").await;
    scene.end("old").await;
    scene.end("new").await;
    assert_eq!(repeated(&scene.api.log(), 2), 0);
}

/// And the others are told.
pub async fn of_two_answers_at_once_one_counts<E: Engine>() {
    let Some(scene) = Scene::<E>::set(Settings::default()).await else {
        return;
    };
    for number in 0..5 {
        let key = format!("run-{number}");
        scene.start(&key).await;
        let code = scene.code(&key).await;
        let provide = async || scene.engine.provide(&key, json!({ "code": code })).await;
        let (one, other, third) = tokio::join!(provide(), provide(), provide());
        let refused = [&one, &other, &third].iter().filter(|result| result.is_err()).count();
        assert_eq!(refused, 2, "{one:?} {other:?} {third:?}");
        scene.end(&key).await;
    }
}

/// Nobody has seen it when the second answer arrives.
pub async fn of_two_wrong_answers_at_once_the_other_is_not_one_to_the_next_question<E: Engine>() {
    let Some(scene) = Scene::<E>::set(Settings::default()).await else {
        return;
    };
    scene.start("ada").await;
    let code = scene.code("ada").await;
    let provide = async || scene.engine.provide("ada", json!({ "code": "guess" })).await;
    let (one, other, third) = tokio::join!(provide(), provide(), provide());
    let refused = [&one, &other, &third].iter().filter(|result| result.is_err()).count();
    assert_eq!(refused, 2, "{one:?} {other:?} {third:?}");
    scene.question("ada", 1).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    scene.question("ada", 1).await;
    scene.engine.provide("ada", json!({ "code": code })).await.unwrap();
    scene.end("ada").await;
}

/// Neither inputs nor runs, questions, refusals and outputs.
pub async fn a_sealed_journal_shows_nothing<E: Engine>() {
    for sealed in [false, true] {
        let settings = Settings {
            sealed,
            ..Settings::default()
        };
        let Some(mut scene) = Scene::<E>::set(settings).await else {
            return;
        };
        let durable = order(&scene.settings).unwrap();
        let seal = |inputs| json!(durable.seal_inputs("run-1", &inputs).unwrap());
        let open = |status: &serde_json::Value| {
            let details = to_raw_value(&status["details"]).unwrap();
            json!({ "details": durable.open_details("run-1", &details).unwrap() })
        };
        let inputs = seal(json!({ "customer": "ada@example.com" }));
        scene.engine.send(&scene.worker.place, "run-1", inputs).await;
        let code = seal(json!({ "code": slip(&open(&scene.reached("run-1", "awaiting").await)) }));
        // What is sealed again differs, and a replay does not mind.
        scene.worker.kill();
        scene.restart().await;
        let wrong = seal(json!({ "code": "guess" }));
        scene.engine.provide("run-1", wrong).await.unwrap();
        let again = open(&scene.question("run-1", 1).await);
        let refusal = again["details"]["refusal"].as_str().unwrap();
        assert!(refusal.contains("not the code of the slip"), "{again}");
        scene.worker.kill();
        scene.restart().await;
        scene.engine.provide("run-1", code).await.unwrap();
        let outputs = scene.engine.end("run-1").await.unwrap();
        let raw = to_raw_value(&outputs).unwrap();
        check(&durable.open_outputs("run-1", &raw).unwrap());
        if sealed {
            // Nothing of one run can be used in another one, and nothing that is not sealed.
            assert!(durable.open_outputs("run-2", &raw).is_err());
            scene
                .engine
                .send(&scene.worker.place, "run-2", json!({ "customer": "bob" }))
                .await;
            let (status, message) = scene.engine.end("run-2").await.unwrap_err();
            assert_eq!(status, 400, "{message}");
            assert!(message.contains("it is not sealed"), "{message}");
        }
        let parts = scene.engine.journal(&["run-1"]).await;
        assert!(parts.len() > 3, "{}", parts.len());
        let texts = [
            "ada@example.com",
            "order-1-hush",
            "code-of-order-1",
            "receipt-of-order-1",
        ];
        let mut found = Vec::new();
        for (name, bytes) in &parts {
            for text in texts {
                if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                    found.push(format!("{text} in {name}"));
                }
            }
        }
        assert_eq!(found.is_empty(), sealed, "{found:?}");
    }
}

/// None is lost.
pub async fn two_hundred_runs_outlive_five_kills<E: Engine>() {
    const RUNS: usize = 200;
    let Some(mut scene) = Scene::<E>::set(Settings::default()).await else {
        return;
    };
    // Kills the worker at each of these requests, whatever it is.
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
    let deadline = std::time::Instant::now() + Duration::from_secs(180);
    while !open.is_empty() {
        assert!(
            std::time::Instant::now() < deadline,
            "{} runs have not ended",
            open.len()
        );
        if dying.lock().unwrap().is_none() {
            killed += 1;
            scene.restart().await;
            *dying.lock().unwrap() = Some(scene.worker.clone());
        }
        for key in std::mem::take(&mut open) {
            // A call waits for a worker; the next round starts one.
            let works = dying.lock().unwrap().is_some();
            let status = if works { scene.engine.status(key).await } else { None };
            if let Some(status) = status.as_ref().filter(|status| status["state"] == "awaiting") {
                // The worker may be killed in the meantime.
                scene.engine.post(key, json!({ "code": slip(status) })).await;
            }
            if status.is_none_or(|status| status["state"] != "done") {
                open.push(key);
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for key in &keys {
        scene.end(key).await;
    }
    let repeated = repeated(&scene.api.log(), RUNS);
    println!("{RUNS} runs ended after {killed} kills; {repeated} successful requests were repeated, with their keys");
    assert!(killed >= 3, "{killed}");
}
