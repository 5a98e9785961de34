//! The workflow on Restate.
//!
//! `RESTATE_SERVER` is the path of the program `restate-server`. Without it the tests are skipped, with a message.
#![allow(clippy::unwrap_used, missing_docs, reason = "a test ends at what it does not expect")]

mod engine;
#[path = "../../../../examples/durable-restate/tests/support/restate.rs"]
#[allow(dead_code, reason = "the tests of the example use the rest")]
mod restate;

use arazzo_durable_tests::{Engine, Scene, Settings, first, process, repeated, suite};
use restate::Restate;

/// As `restate` imports it.
mod patience {
    pub(crate) use arazzo_durable_tests::until;
}

suite!(Restate);

#[tokio::test]
async fn a_run_moves_to_another_server_at_a_pause() {
    let (Some(from), Some(engine)) = (
        Scene::<Restate>::set(Settings::default()).await,
        <Restate as Engine>::start().await,
    ) else {
        return;
    };
    from.start("ada").await;
    let code = from.code("ada").await;
    let stored = from.engine.stored("ada").await;
    // The stored run is the one that every program reads.
    let workflows = [arazzo::AnyWorkflow::of::<first::order::Workflow>()];
    let run = arazzo::AnyRun::read(&stored["$run"].to_string(), &workflows).unwrap();
    assert_eq!(run.step(), Some("approve"));
    let to = Scene::beside(engine, from.api.clone(), from.settings.clone()).await;
    Engine::send(&to.engine, &to.worker.place, "ada", stored).await;
    assert_eq!(to.code("ada").await, code);
    to.approve("ada").await;
    to.end("ada").await;
    assert_eq!(repeated(&from.api.log(), 1), 0, "nothing was sent twice");
}
