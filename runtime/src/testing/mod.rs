//! Testing workflows without a network.
//!
//! A [`Script`] is a transport that returns a scripted answer for each step. It records the requests, and its time is
//! virtual: a wait of an hour takes no time. It needs no server, no port and no tokio features, and works with any
//! executor.
//!
//! ```toml
//! [dev-dependencies]
//! arazzo = { version = "0.1", features = ["testing"] }
//! ```
//!
//! # Scripts
//!
//! Each [`on`](Script::on) names a step by its generated `Step`, and the next method sets one answer for it. Several
//! answers for one step are returned in order, one per attempt. A clone is another handle to the same script, so
//! answers can be added while a client uses the script.
//!
//! ```ignore
//! use arazzo::testing::Script;
//! use arazzo::{Client, Credential};
//! use serde_json::json;
//! use totp_enrollment::{Inputs, Step};
//!
//! #[tokio::test]
//! async fn an_enrolment_ends_with_a_session() {
//!     let script = Script::new()
//!         .on(Step::CreateUser).reply(200, json!({ "user_id": "user-1", /* … */ }))
//!         .on(Step::CreateTotp).reply(200, json!({ "totp_id": "totp-1", /* … */ }))
//!         .on(Step::AuthenticateTotp).reply(200, json!({ "session_token": "t", /* … */ }));
//!     let client = Client::builder()
//!         .transport(script.clone())
//!         .source("stytchConsumerApi", |api| api.credential(Credential::basic("id", "secret")))
//!         .build()
//!         .unwrap();
//!
//!     let inputs = Inputs::new("ada@example.com", "123456");
//!     let outputs = totp_enrollment(&client, inputs).await.unwrap();
//!
//!     assert_eq!(outputs.user_id, "user-1");
//!     assert_eq!(script.requests()[0].json()["email"], "ada@example.com");
//!     script.assert_done();
//! }
//! ```
//!
//! The client behaves as with a server: it needs the credentials that the operations require, and a base URL if a
//! description has none. The script responds to requests for OAuth 2.0 tokens by itself, with a dummy token; they do
//! not belong to a step.
//!
//! To test the retries of a document, set several answers for a step:
//! `.on(s).header("Retry-After", "7").reply(429, json!({}))` and then `.on(s).reply(200, …)`. Other kinds of answers
//! are [`respond`](On::respond) for a whole response, [`fail`](On::fail) for a request that cannot be sent,
//! [`hang`](On::hang) for a response that never arrives, and [`after`](On::after) for a response that arrives late. An
//! attempt without an answer ends the run with [`ErrorKind::Configuration`](crate::ErrorKind::Configuration), and the
//! error names the attempt: a workflow cannot handle a mistake of the test.
//!
//! Time passes when `finish` waits, when an answer is late and when a timeout expires: that of the step, or else that
//! of the client, which is 30 seconds by default. If you call `advance`, it returns
//! [`Progress::Wait`](crate::Progress::Wait); let the time pass with [`pass`](Script::pass). A script has one clock, so
//! use one script for each concurrent run.
//!
//! # Messages
//!
//! A script is also a [`Broker`](crate::Broker). Steps that send a message need no answer; [`messages`](Script::messages)
//! returns what they have sent. Steps that receive a message get it from [`message`](On::message):
//!
//! ```ignore
//! let script = Script::new()
//!     .on(Step::ConfirmOrder).after(Duration::from_secs(5)).message(json!({ "state": "confirmed" }));
//! let client = Client::builder()
//!     .transport(script.clone())
//!     .source("orders", |api| api.broker(script.clone()))
//!     .build()?;
//! ```
//!
//! The script sets the correlation ID that the step waits for. A message that is later than the `timeout` of the step, and
//! [`hang`](On::hang), fail it. An [`InMemoryBroker`] connects several workflows with each other, without a script.
//!
//! # Workflows that call other workflows
//!
//! Every workflow has its own `Step`. Name the steps of a called workflow by its module. The step that calls it makes
//! no request, so an answer for that step is never used:
//!
//! ```ignore
//! let script = Script::new()
//!     .on(place_order::Step::Reserve).reply(201, json!({ "id": 1 }))
//!     .on(pay::Step::Charge).reply(402, json!({}));    // `place-order` calls `pay`
//! ```
//!
//! # Failures
//!
//! A workflow that fails returns its error as with a server. [`fail`](On::fail) causes an error of kind `Transport`;
//! [`hang`](On::hang) and an answer that is too late cause an error of kind `Timeout`:
//!
//! ```ignore
//! let error = place_order(&client, inputs).await.unwrap_err();
//! // The called workflow has failed,
//! assert_eq!(error.kind(), ErrorKind::Nested);
//! // this is the id of the step that called it,
//! assert_eq!(error.step(), Some("settle"));
//! // and this is the status that the API returned; `{:#}` shows all causes.
//! assert_eq!(error.status().unwrap(), 402);
//! assert!(format!("{error:#}").contains("declined"));
//! ```
//!
//! # Recordings
//!
//! A [`Recorder`] sends requests with another transport and records the exchanges as a [`Recording`], which can be
//! written to a file. It contains responses and errors of the transport, but not how long they took.
//! [`Recording::script`] creates a script that replays the recording and compares the requests with the recorded ones.
//! Credentials are not recorded. What the workflow sends and the API returns is recorded, including headers that the
//! client adds with `header` unless their names suggest credentials; remove what must not be in the file with
//! [`redact_requests`](Recorder::redact_requests) and [`redact_responses`](Recorder::redact_responses), and check it
//! before you commit it. A recorder uses the clock of its transport.
//!
//! ```ignore
//! // Once, with the real service:
//! let recorder = Recorder::new(reqwest::Client::new());
//! let client = Client::builder().transport(recorder.clone()).source(/* … */).build()?;
//! totp_enrollment(&client, inputs).await?;
//! recorder.recording().save("tests/enrolment.json")?;
//!
//! // In tests:
//! let script = Recording::load("tests/enrolment.json")?.script();
//! ```

mod in_memory;
mod recorder;
mod recording;
mod script;
mod scripted_broker;

pub use in_memory::{InMemoryBroker, InMemorySubscription};
pub use recorder::Recorder;
pub use recording::{Recording, RecordingError};
pub use script::{On, Script, SentRequest};
pub use scripted_broker::{ScriptedMessages, SentMessage};
