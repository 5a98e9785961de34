//! Runs two workflows on the durable execution engine [Restate](https://restate.dev): an enrolment into TOTP that waits
//! hours for its user, and a sign-in that waits while Stytch is busy. You can kill this service at any time: completed
//! steps are not repeated, and waiting runs continue to wait.
//!
//! The crate `arazzo-restate` translates between the workflows and the engine; its documentation says what is journaled.
//!
//! # Running it
//!
//! Install Restate's server, and start it on loopback without telemetry. (At its start it still asks GitHub whether
//! there is a newer release.)
//!
//! ```sh
//! npm install --ignore-scripts --no-audit --no-fund --prefix target/restate @restatedev/restate-server-linux-x64@1.7.12
//! RESTATE_DISABLE_TELEMETRY=true target/restate/node_modules/@restatedev/restate-server-linux-x64/bin/restate-server \
//!     --bind-ip 127.0.0.1 --advertised-host 127.0.0.1 --base-dir target/restate/data
//! ```
//!
//! Start a stand-in for Stytch, and this service. With the credentials of your own project, and without
//! `STYTCH_BASE_URL`, the service calls Stytch's test environment.
//!
//! ```sh
//! export STYTCH_PROJECT_ID=project-test-1 STYTCH_SECRET=secret-test-1
//! cargo run -p stytch-stand-in -- --port 9999
//! STYTCH_BASE_URL=http://127.0.0.1:9999 cargo run -p durable-restate
//! ```
//!
//! It prints the address where it listens: `RESTATE_SERVICE_ADDRESS`, by default 127.0.0.1:9080. Register it with
//! Restate:
//!
//! ```sh
//! curl --json '{"uri": "http://127.0.0.1:9080"}' http://127.0.0.1:9070/deployments
//! ```
//!
//! Start an enrolment. You choose the name, here `ada`. Restate runs one enrolment per name.
//!
//! ```sh
//! curl --json '{"email": "ada@example.com", "session_duration_minutes": 60}' \
//!     http://127.0.0.1:8080/restate/send/totp-enrollment/ada/run
//! ```
//!
//! Get its status. It awaits `totp_code`, and shows a QR code (a PNG image in base64) and a secret for an authenticator
//! app. On the command line, `oathtool --totp --base32 SECRET` can be used as the app.
//!
//! ```sh
//! curl -X POST http://127.0.0.1:8080/restate/call/totp-enrollment/ada/status
//! ```
//!
//! Provide the code. If Stytch refuses it, the status says so and the enrolment awaits another code.
//!
//! ```sh
//! curl --json '{"totp_code": "123456"}' http://127.0.0.1:8080/restate/call/totp-enrollment/ada/provide
//! curl http://127.0.0.1:8080/restate/workflow/totp-enrollment/ada/attach
//! ```
//!
//! The last command waits for the outputs, which Restate keeps for a day. `totp-sign-in` works the same way, with the
//! inputs `user_id` and `totp_code`; [totp-sign-in.arazzo.yml](../workflows/totp-sign-in.arazzo.yml) is its document.
//!
//! # Before you copy it
//!
//! Restate's journal contains the secret and the session, unless `Service::sealed` has a key. Protect its directory, and do
//! not expose its ports: put your own service in between, which knows who may see which enrolment. Register a changed
//! service under another address: running workflows finish with the version that they started with.
//!
//! # Testing
//!
//! ```sh
//! export RESTATE_SERVER=$PWD/target/restate/node_modules/@restatedev/restate-server-linux-x64/bin/restate-server
//! cargo test -p durable-restate
//! ```

use std::env;
use std::error::Error;
use std::time::Duration;

use arazzo::{AnyRun, Client, Credential};
use arazzo_restate::Failure;
use restate_sdk::prelude::{Endpoint, HttpServer};
use serde_json::{Value, json};

arazzo::arazzo_workflow!("workflows/");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let project_id = variable("STYTCH_PROJECT_ID").ok_or("STYTCH_PROJECT_ID is not set")?;
    let secret = variable("STYTCH_SECRET").ok_or("STYTCH_SECRET is not set")?;
    let url = variable("STYTCH_BASE_URL").unwrap_or_else(|| "https://test.stytch.com".to_owned());
    let client = Client::builder()
        // A step whose response is lost is called twice. If an API supports idempotency keys, `api.idempotency_key()`
        // lets it recognise the second request. Stytch does not document such support.
        .source("stytchConsumerApi", |api| {
            api.base_url(url).credential(Credential::basic(project_id, secret))
        })
        // A durable wait costs nothing.
        .max_retry_after(Duration::from_secs(60 * 60))
        .build()?;

    let enrollment = arazzo_restate::workflow::<totp_enrollment::Workflow>(client.clone())
        .show(app)
        .judge(code);
    let sign_in = arazzo_restate::workflow::<totp_sign_in::Workflow>(client).judge(code);
    let address = variable("RESTATE_SERVICE_ADDRESS").unwrap_or_else(|| "127.0.0.1:9080".to_owned());
    let listener = arazzo_restate::listen(address.parse()?)?;
    println!("http://{}", listener.local_addr()?);
    let endpoint = Endpoint::builder().bind(enrollment).bind(sign_in).build();
    HttpServer::new(endpoint).serve(listener).await;
    Ok(())
}

/// Returns what the authenticator app needs.
fn app(run: &AnyRun) -> Value {
    let Ok(run) = run.clone().downcast::<totp_enrollment::Workflow>() else {
        return Value::Null;
    };
    run.steps().create_totp().map_or(
        Value::Null,
        |totp| json!({ "secret": totp.secret, "qrCode": totp.qr_code, "recoveryCodes": totp.recovery_codes }),
    )
}

/// Decides when another code would help, and when it would not. All other failures are left to the adapter.
fn code(error: &arazzo::Error) -> Option<Failure> {
    let reason = error.json::<Value>()?["error_type"].as_str()?.to_owned();
    match reason.as_str() {
        "unable_to_authenticate_totp" | "totp_code_already_authenticated" => {
            Some(Failure::Ask(vec!["totp_code".to_owned()]))
        }
        "unauthorized_credentials" | "user_not_found" | "totps_not_found_for_user" | "expired_totp" => {
            Some(Failure::terminal(502, error))
        }
        _ => None,
    }
}
