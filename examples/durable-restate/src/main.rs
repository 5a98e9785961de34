//! Runs two workflows on the durable execution engine [Restate](https://restate.dev): an enrolment into TOTP that waits
//! hours for its user, and a sign-in that waits while Stytch is busy. You can kill this service at any time: completed
//! steps are not repeated, and waiting runs continue to wait.
//!
//! # How it works
//!
//! A workflow's `Run` is a plain value. Each `advance` is one journaled `ctx.run`: it takes the run, attempts one step,
//! and returns the run and what comes next. `Wait` becomes a durable timer. `Awaiting` becomes a durable promise that
//! the handler `provide` resolves. All of this is in `driver.rs`.
//!
//! A step runs at least once: if the service is killed before the response is in the journal, the step is called again.
//! `failure.rs` decides which failures are retried, which lead to another question, and which are final.
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
//!     http://127.0.0.1:8080/restate/send/TotpEnrollment/ada/run
//! ```
//!
//! Get its status. It awaits `totp_code`, and shows a QR code (a PNG image in base64) and a secret for an authenticator
//! app. On the command line, `oathtool --totp --base32 SECRET` can be used as the app.
//!
//! ```sh
//! curl -X POST http://127.0.0.1:8080/restate/call/TotpEnrollment/ada/status
//! ```
//!
//! Provide the code. If Stytch refuses it, the status says so and the enrolment awaits another code.
//!
//! ```sh
//! curl --json '{"totp_code": "123456"}' http://127.0.0.1:8080/restate/call/TotpEnrollment/ada/provide
//! curl http://127.0.0.1:8080/restate/workflow/TotpEnrollment/ada/attach
//! ```
//!
//! The last command waits for the outputs, which Restate keeps for a day. `TotpSignIn` works the same way, with the
//! inputs `user_id` and `totp_code`; [totp-sign-in.arazzo.yml](../totp-sign-in.arazzo.yml) is its document.
//!
//! # Before you copy it
//!
//! Restate's journal contains the secret and the session. Protect its directory, and do not expose its ports: put your
//! own service in between, which knows who may see which enrolment. Register a changed service under another address:
//! running workflows finish with the version that they started with.
//!
//! # Testing
//!
//! ```sh
//! export RESTATE_SERVER=$PWD/target/restate/node_modules/@restatedev/restate-server-linux-x64/bin/restate-server
//! cargo test -p durable-restate
//! ```

mod attempt;
mod driver;
mod enrollment;
mod failure;
mod inputs;
mod listener;
mod settings;
mod sign_in;
mod status;

use std::error::Error;

use restate_sdk::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let client = settings::client()?;
    let listener = listener::listen(settings::address()?)?;
    println!("http://{}", listener.local_addr()?);
    let endpoint = Endpoint::builder()
        .bind(enrollment::TotpEnrollment { client: client.clone() })
        .bind(sign_in::TotpSignIn { client })
        .build();
    HttpServer::new(endpoint).serve(listener).await;
    Ok(())
}
