//! Runs two workflows on the durable execution engine [Restate](https://restate.dev): an enrolment
//! into TOTP that waits hours for its user, and a sign-in that waits while Stytch is busy. Kill this
//! service whenever you like: what is done is not done again, and what waits goes on waiting.
//!
//! # How
//!
//! A workflow's `Run` is a plain value. Each `advance` is one journaled `ctx.run` that takes the run,
//! attempts one step and returns the run and what comes next. `Wait` becomes a durable timer,
//! `Awaiting` a durable promise that the handler `provide` resolves. `driver.rs` is all of it.
//!
//! A step is done at least once: one that was killed before its answer was in the journal is called
//! again. `failure.rs` says which failures are tried again, which are asked about and which are final.
//!
//! # Trying it
//!
//! Install Restate's server, and start it on loopback without telemetry. (It still asks GitHub at its
//! start whether there is a newer release.)
//!
//! ```sh
//! npm install --ignore-scripts --no-audit --no-fund --prefix target/restate @restatedev/restate-server-linux-x64@1.7.12
//! RESTATE_DISABLE_TELEMETRY=true target/restate/node_modules/@restatedev/restate-server-linux-x64/bin/restate-server \
//!     --bind-ip 127.0.0.1 --advertised-host 127.0.0.1 --base-dir target/restate/data
//! ```
//!
//! Start a stand-in for Stytch, and this service. With the credentials of a project of yours, and
//! without `STYTCH_BASE_URL`, the service talks to Stytch's test environment.
//!
//! ```sh
//! export STYTCH_PROJECT_ID=project-test-1 STYTCH_SECRET=secret-test-1
//! cargo run -p stytch-stand-in -- --port 9999
//! STYTCH_BASE_URL=http://127.0.0.1:9999 cargo run -p durable-restate
//! ```
//!
//! It prints where it listens: at `RESTATE_SERVICE_ADDRESS`, by default 127.0.0.1:9080. Tell Restate:
//!
//! ```sh
//! curl --json '{"uri": "http://127.0.0.1:9080"}' http://127.0.0.1:9070/deployments
//! ```
//!
//! Start an enrolment. `ada` is a name of your choice; Restate runs one enrolment per name.
//!
//! ```sh
//! curl --json '{"email": "ada@example.com", "session_duration_minutes": 60}' \
//!     http://127.0.0.1:8080/restate/send/TotpEnrollment/ada/run
//! ```
//!
//! Look at its status. It awaits `totp_code`, and shows a QR code (a PNG image in base64) and a secret
//! for an authenticator app; `oathtool --totp --base32 SECRET` is one on the command line.
//!
//! ```sh
//! curl -X POST http://127.0.0.1:8080/restate/call/TotpEnrollment/ada/status
//! ```
//!
//! Give it the code. If Stytch refuses it, the status says so and awaits another.
//!
//! ```sh
//! curl --json '{"totp_code": "123456"}' http://127.0.0.1:8080/restate/call/TotpEnrollment/ada/provide
//! curl http://127.0.0.1:8080/restate/workflow/TotpEnrollment/ada/attach
//! ```
//!
//! The last command waits for the outputs, which are kept for a day. `TotpSignIn` works the same way,
//! with the inputs `user_id` and `totp_code`; [totp-sign-in.arazzo.yml](../totp-sign-in.arazzo.yml) is
//! its document.
//!
//! # Before you copy it
//!
//! Restate's journal holds the secret and the session: protect its directory, and let nobody reach
//! its ports but a front of your own that knows who may see which enrolment. A changed service is
//! registered under another address: what is under way ends with the one it began with.
//!
//! # Testing it
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
