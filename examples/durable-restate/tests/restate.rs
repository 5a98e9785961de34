//! Runs on the real engine: kills the service at critical moments and checks what Stytch has received.
//!
//! The environment variable `RESTATE_SERVER` is the path of the program `restate-server`; the documentation of the
//! example explains how to install it. Without it the tests are skipped, with a message. Tests and service use loopback
//! only. So does the server, except that it asks GitHub once whether there is a newer release, which cannot be turned
//! off. In a separate network namespace it cannot:
//! there is a newer release, which has no switch. In a network of its own it cannot:
//!
//! ```sh
//! unshare --net --map-root-user sh -c 'ip link set lo up && cargo test -p durable-restate'
//! ```

#![allow(clippy::unwrap_used, reason = "a test ends at what it does not expect")]

mod support;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use stytch_stand_in::{Exchange, Server, totp_code};
use support::{Busy, Clock, Restate, Service, until};

const ENROLLMENT: &str = "totp-enrollment";
const SIGN_IN: &str = "totp-sign-in";

/// The requests that Stytch received, and the statuses that it returned.
fn calls(stytch: &Server) -> Vec<(String, u16)> {
    stytch
        .log()
        .into_iter()
        .map(|exchange| (exchange.path, exchange.status))
        .collect()
}

fn call(path: &str, status: u16) -> (String, u16) {
    (path.to_owned(), status)
}

fn inputs() -> Value {
    json!({ "email": "ada@example.com", "session_duration_minutes": 60 })
}

async fn stand_in(clock: &Clock) -> Server {
    let clock = clock.clone();
    Server::builder().clock(move || clock.now()).start().await.unwrap()
}

/// The code of the app that was shown this status.
fn code(status: &Value, clock: &Clock) -> String {
    totp_code(status["details"]["show"]["secret"].as_str().unwrap(), clock.now()).unwrap()
}

/// A code that the app does not show now, nor shortly before or after.
fn wrong(status: &Value, clock: &Clock) -> String {
    let secret = status["details"]["show"]["secret"].as_str().unwrap();
    let near: Vec<String> = (0..=120)
        .step_by(30)
        .map(|s| totp_code(secret, clock.now() + Duration::from_secs(s) - Duration::from_secs(60)).unwrap())
        .collect();
    (0..)
        .map(|n| format!("{n:06}"))
        .find(|code| !near.contains(code))
        .unwrap()
}

#[tokio::test]
async fn an_enrolment_outlives_a_killed_service_while_it_awaits_the_code() {
    let Some(restate) = Restate::start().await else { return };
    let clock = Clock::default();
    let stytch = stand_in(&clock).await;
    let service = Service::of(&stytch, restate.directory(), 0).await;
    restate.register(&service.url).await;

    assert_eq!(restate.send(ENROLLMENT, "ada", inputs()).await.0, 202);
    let status = restate.until(ENROLLMENT, "ada", "awaiting").await;
    assert_eq!(status["inputs"], json!(["totp_code"]));
    assert!(
        status["details"]["show"]["qrCode"].as_str().unwrap().len() > 100,
        "{status}"
    );
    assert_eq!(calls(&stytch), [call("/v1/users", 200), call("/v1/totps", 200)]);

    service.kill();
    let service = Service::of(&stytch, restate.directory(), service.port()).await;
    // A registration waits 24 hours for its first code.
    clock.forward(Duration::from_secs(7 * 60 * 60));
    let provided = restate
        .provide(ENROLLMENT, "ada", json!({ "totp_code": code(&status, &clock) }))
        .await;
    assert_eq!(provided.0, 200, "{provided:?}");

    let (ended, outputs) = restate.end(ENROLLMENT, "ada").await;
    assert_eq!(ended, 200, "{outputs}");
    assert!(!outputs["sessionToken"].as_str().unwrap().is_empty());
    assert_eq!(
        calls(&stytch),
        [
            call("/v1/users", 200),
            call("/v1/totps", 200),
            call("/v1/totps/authenticate", 200)
        ],
        "finished steps were not called again",
    );
    assert_eq!(outputs["userId"], stytch.log()[1].body.as_ref().unwrap()["user_id"]);
    assert_eq!(restate.status(ENROLLMENT, "ada").await.1["state"], "done");
    drop(service);
}

#[tokio::test]
async fn a_wrong_code_is_asked_for_again() {
    let Some(restate) = Restate::start().await else { return };
    let clock = Clock::default();
    let stytch = stand_in(&clock).await;
    let service = Service::of(&stytch, restate.directory(), 0).await;
    restate.register(&service.url).await;

    restate.send(ENROLLMENT, "ada", inputs()).await;
    let status = restate.until(ENROLLMENT, "ada", "awaiting").await;
    assert!(status["details"].get("refusal").is_none(), "{status}");
    restate
        .provide(ENROLLMENT, "ada", json!({ "totp_code": wrong(&status, &clock) }))
        .await;
    let again = restate.question(ENROLLMENT, "ada", 1).await;
    assert!(
        again["details"]["refusal"]
            .as_str()
            .unwrap()
            .contains("unable_to_authenticate_totp"),
        "{again}"
    );

    // The question survives a kill too.
    service.kill();
    let _service = Service::of(&stytch, restate.directory(), service.port()).await;
    restate
        .provide(ENROLLMENT, "ada", json!({ "totp_code": code(&again, &clock) }))
        .await;
    let (ended, outputs) = restate.end(ENROLLMENT, "ada").await;
    assert_eq!(ended, 200, "{outputs}");
    assert_eq!(
        calls(&stytch),
        [
            call("/v1/users", 200),
            call("/v1/totps", 200),
            call("/v1/totps/authenticate", 401),
            call("/v1/totps/authenticate", 200),
        ],
    );
}

#[tokio::test]
async fn who_guesses_codes_comes_to_an_end() {
    let Some(restate) = Restate::start().await else { return };
    let clock = Clock::default();
    let stytch = stand_in(&clock).await;
    let service = Service::of(&stytch, restate.directory(), 0).await;
    restate.register(&service.url).await;

    restate.send(ENROLLMENT, "mallory", inputs()).await;
    for asked in 0..10 {
        let status = restate.question(ENROLLMENT, "mallory", asked).await;
        restate
            .provide(ENROLLMENT, "mallory", json!({ "totp_code": wrong(&status, &clock) }))
            .await;
    }
    let (ended, error) = restate.end(ENROLLMENT, "mallory").await;
    assert_eq!(ended, 400, "{error}");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .starts_with("asked 10 times for totp_code: step `authenticateTotp` failed"),
        "{error}"
    );
    assert_eq!(calls(&stytch).iter().filter(|(_, status)| *status == 401).count(), 10);
}

/// Kills a service when Stytch has processed a request and before it can respond.
#[derive(Clone, Default)]
struct Trap(Arc<Mutex<Option<(&'static str, Service)>>>);

impl Trap {
    fn set(&self, path: &'static str, service: Service) {
        *self.0.lock().unwrap() = Some((path, service));
    }

    fn spring(&self, exchange: &Exchange) {
        if let Some((_, service)) = self.0.lock().unwrap().take_if(|(path, _)| *path == exchange.path) {
            service.kill();
        }
    }

    fn is_set(&self) -> bool {
        self.0.lock().unwrap().is_some()
    }
}

/// A step runs at least once: if a call is not in the journal, neither Restate nor the run can know that it was made.
/// The result depends on the API.
#[tokio::test]
async fn a_service_killed_in_the_middle_of_a_step_calls_it_again() {
    let Some(restate) = Restate::start().await else { return };
    let (trap, clock) = (Trap::default(), Clock::default());
    let (observer, now) = (trap.clone(), clock.clone());
    let stytch = Server::builder()
        .clock(move || now.now())
        .on_exchange(move |exchange| observer.spring(exchange))
        .start()
        .await
        .unwrap();
    let service = Service::of(&stytch, restate.directory(), 0).await;
    restate.register(&service.url).await;

    // A second registration does no harm: nobody has seen the first one.
    trap.set("/v1/totps", service.clone());
    restate.send(ENROLLMENT, "ada", inputs()).await;
    until("the kill in step two", async || (!trap.is_set()).then_some(())).await;
    let service = Service::of(&stytch, restate.directory(), service.port()).await;
    let status = restate.until(ENROLLMENT, "ada", "awaiting").await;

    // A code is accepted only once: the workflow asks for another one, and the session that nobody has seen is lost.
    trap.set("/v1/totps/authenticate", service.clone());
    restate
        .provide(ENROLLMENT, "ada", json!({ "totp_code": code(&status, &clock) }))
        .await;
    until("the kill in step three", async || (!trap.is_set()).then_some(())).await;
    let service = Service::of(&stytch, restate.directory(), service.port()).await;
    let again = restate.question(ENROLLMENT, "ada", 1).await;
    assert!(
        again["details"]["refusal"]
            .as_str()
            .unwrap()
            .contains("totp_code_already_authenticated"),
        "{again}"
    );
    clock.forward(Duration::from_secs(120));
    restate
        .provide(ENROLLMENT, "ada", json!({ "totp_code": code(&status, &clock) }))
        .await;
    let (ended, outputs) = restate.end(ENROLLMENT, "ada").await;
    assert_eq!(ended, 200, "{outputs}");
    let seen = calls(&stytch);
    assert_eq!(
        seen,
        [
            call("/v1/users", 200),
            call("/v1/totps", 200),
            call("/v1/totps", 200),
            call("/v1/totps/authenticate", 200),
            call("/v1/totps/authenticate", 401),
            call("/v1/totps/authenticate", 200),
        ],
    );

    // A second user with the same address is refused: this run fails, although its user exists.
    trap.set("/v1/users", service.clone());
    restate
        .send(ENROLLMENT, "bob", json!({ "email": "bob@example.com" }))
        .await;
    until("the kill in step one", async || (!trap.is_set()).then_some(())).await;
    let _service = Service::of(&stytch, restate.directory(), service.port()).await;
    let (ended, error) = restate.end(ENROLLMENT, "bob").await;
    assert_eq!(ended, 502, "{error}");
    assert!(
        error["message"].as_str().unwrap().contains("duplicate_email"),
        "{error}"
    );
    assert_eq!(
        calls(&stytch)[seen.len()..],
        [call("/v1/users", 200), call("/v1/users", 400)]
    );
    assert_eq!(stytch.users(), 2);
}

/// Enrols a user without any workflow, and returns the status that their app was shown.
async fn enrolled(stytch: &Server, clock: &Clock) -> (Value, Value) {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let post = async |path: &str, body: Value| -> Value {
        let request = client.post(format!("{}{path}", stytch.url())).json(&body);
        request
            .basic_auth(stytch.project_id(), Some(stytch.secret()))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    };
    let user = post("/v1/users", json!({ "email": "ada@example.com" })).await["user_id"].clone();
    let totp = post("/v1/totps", json!({ "user_id": user })).await;
    let shown = json!({ "details": { "show": { "secret": totp["secret"] } } });
    let done = post(
        "/v1/totps/authenticate",
        json!({ "user_id": user, "totp_code": code(&shown, clock) }),
    )
    .await;
    assert_eq!(done["status_code"], 200, "{done}");
    // A code is accepted only once.
    clock.forward(Duration::from_secs(120));
    (user, shown)
}

#[tokio::test]
async fn a_wait_outlives_a_killed_service() {
    const WAIT: u64 = 4;
    let Some(restate) = Restate::start().await else { return };
    let clock = Clock::default();
    let stytch = stand_in(&clock).await;
    let (user, shown) = enrolled(&stytch, &clock).await;
    let busy = Busy::start(stytch.url(), WAIT).await;
    let directory = restate.directory();
    let service = Service::start(directory, 0, &busy.url, stytch.project_id(), stytch.secret()).await;
    restate.register(&service.url).await;

    let inputs = json!({ "user_id": user, "totp_code": code(&shown, &clock), "session_duration_minutes": 60 });
    restate.send(SIGN_IN, "ada", inputs).await;
    let status = restate.until(SIGN_IN, "ada", "waiting").await;
    assert_eq!(
        (&status["step"], &status["milliseconds"]),
        (&json!("authenticateTotp"), &json!(WAIT * 1000))
    );
    service.kill();
    assert_eq!(busy.answers().len(), 1);
    let _service = Service::start(
        directory,
        service.port(),
        &busy.url,
        stytch.project_id(),
        stytch.secret(),
    )
    .await;

    let (ended, outputs) = restate.end(SIGN_IN, "ada").await;
    assert_eq!(ended, 200, "{outputs}");
    assert_eq!(outputs["userId"], user);
    assert!(!outputs["sessionToken"].as_str().unwrap().is_empty());
    let answers = busy.answers();
    assert_eq!(
        answers.iter().map(|(status, _)| *status).collect::<Vec<_>>(),
        [429, 200]
    );
    let waited = answers[1].1 - answers[0].1;
    assert!(waited >= Duration::from_secs(WAIT), "{waited:?}");
}

#[tokio::test]
async fn a_refused_credential_ends_the_workflow() {
    let Some(restate) = Restate::start().await else { return };
    let stytch = stand_in(&Clock::default()).await;
    let service = Service::start(restate.directory(), 0, stytch.url(), stytch.project_id(), "hush-hush").await;
    restate.register(&service.url).await;

    // This also applies to a step that asks for a code: another code would not help.
    let sign_in = json!({ "user_id": "user-test-1", "totp_code": "123456" });
    for (workflow, inputs, step) in [
        (ENROLLMENT, inputs(), "createUser"),
        (SIGN_IN, sign_in, "authenticateTotp"),
    ] {
        restate.send(workflow, "ada", inputs).await;
        let (ended, error) = restate.end(workflow, "ada").await;
        assert_eq!(ended, 502, "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("step `{step}` failed")), "{message}");
        assert!(
            message.contains("unauthorized_credentials") && !message.contains("hush-hush"),
            "{message}"
        );
        let (_, status) = restate.status(workflow, "ada").await;
        assert_eq!(
            (&status["state"], &status["message"]),
            (&json!("failed"), &json!(message))
        );
    }
    assert_eq!(
        calls(&stytch),
        [call("/v1/users", 401), call("/v1/totps/authenticate", 401)],
        "nothing is retried"
    );
}

#[tokio::test]
async fn an_api_that_is_down_is_tried_again() {
    let Some(restate) = Restate::start().await else { return };
    let stytch = Server::start().await.unwrap();
    let (url, project_id, secret) = (
        stytch.url().to_owned(),
        stytch.project_id().to_owned(),
        stytch.secret().to_owned(),
    );
    stytch.stop().await.unwrap();
    let service = Service::start(restate.directory(), 0, &url, &project_id, &secret).await;
    restate.register(&service.url).await;

    restate.send(ENROLLMENT, "ada", inputs()).await;
    let failure = until("the second attempt", async || {
        let rows = restate
            .query("SELECT retry_count, last_failure FROM sys_invocation WHERE retry_count > 1")
            .await;
        rows.get(0).cloned()
    })
    .await;
    let last = failure["last_failure"].as_str().unwrap();
    assert!(
        last.contains("step `createUser` failed") && last.contains("Connection refused"),
        "{failure}"
    );
    assert_eq!(
        restate.status(ENROLLMENT, "ada").await.1,
        json!({ "state": "running", "step": "createUser" })
    );

    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let stytch = Server::builder()
        .port(port)
        .credentials(project_id, secret)
        .start()
        .await
        .unwrap();
    restate.until(ENROLLMENT, "ada", "awaiting").await;
    assert_eq!(calls(&stytch), [call("/v1/users", 200), call("/v1/totps", 200)]);
}

#[tokio::test]
async fn what_a_user_gets_wrong_is_told() {
    let Some(restate) = Restate::start().await else { return };
    let clock = Clock::default();
    let stytch = stand_in(&clock).await;
    let service = Service::of(&stytch, restate.directory(), 0).await;
    restate.register(&service.url).await;
    let told = |(status, body): (u16, Value), expected: u16, why: &str| {
        assert_eq!(status, expected, "{body}");
        assert!(body["message"].as_str().unwrap().contains(why), "{body}");
    };

    told(
        restate.status(ENROLLMENT, "nobody").await,
        404,
        "no workflow was started as `nobody`",
    );
    restate
        .send(ENROLLMENT, "misspelt", json!({ "e-mail": "ada@example.com" }))
        .await;
    told(
        restate.end(ENROLLMENT, "misspelt").await,
        400,
        "unknown input `e-mail`: the inputs are `email`, `totp_code`, `session_duration_minutes`",
    );
    restate.send(ENROLLMENT, "mistyped", json!({ "email": 7 })).await;
    told(restate.end(ENROLLMENT, "mistyped").await, 400, "expected a string");
    restate.send(ENROLLMENT, "misshapen", json!("ada@example.com")).await;
    told(
        restate.end(ENROLLMENT, "misshapen").await,
        400,
        "the inputs are not a JSON object",
    );

    // A missing input is asked for like any other.
    restate.send(ENROLLMENT, "ada", json!({})).await;
    let status = restate.until(ENROLLMENT, "ada", "awaiting").await;
    assert_eq!(
        (&status["inputs"], &status["asked"], &status["details"]),
        (&json!(["email"]), &json!(0), &json!({}))
    );
    told(
        restate
            .provide(ENROLLMENT, "ada", json!({ "totp_code": "123456" }))
            .await,
        400,
        "input `email` is required",
    );
    // Only what is asked for.
    told(
        restate.provide(ENROLLMENT, "ada", inputs()).await,
        400,
        "input `session_duration_minutes` was not asked for",
    );
    let email = json!({ "email": "ada@example.com" });
    assert_eq!(restate.provide(ENROLLMENT, "ada", email).await.0, 200);
    let status = restate.question(ENROLLMENT, "ada", 1).await;
    assert_eq!(status["inputs"], json!(["totp_code"]));
    restate
        .provide(ENROLLMENT, "ada", json!({ "totp_code": code(&status, &clock) }))
        .await;
    assert_eq!(restate.end(ENROLLMENT, "ada").await.0, 200);
    told(
        restate
            .provide(ENROLLMENT, "ada", json!({ "totp_code": "123456" }))
            .await,
        409,
        "no input is required now",
    );
}
