//! Testing workflows without a network.
//!
//! A [`Script`] is a transport that answers each step with what the test says. It keeps what was
//! sent, and time in it is virtual: a wait of an hour takes none. It needs no server, no port and no
//! tokio features; any executor will do.
//!
//! ```toml
//! [dev-dependencies]
//! arazzo = { version = "0.1", features = ["testing"] }
//! ```
//!
//! # A script
//!
//! Each [`on`](Script::on) names a step by the generated `Step` and is followed by one answer.
//! Several answers for one step are given in their order, one per attempt. A clone is another handle
//! to the same script, so answers can be added to it while a client has the other.
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
//! Whatever the client does with a server it does here too: it needs the credentials that the
//! operations require, and an address where a description has none. A request for an OAuth 2.0 token
//! belongs to no step; the script answers it by itself with a token that is none.
//!
//! For the document's retries give a step several answers: `.on(s).header("Retry-After", "7").reply(429,
//! json!({}))` and then `.on(s).reply(200, …)`. The other answers are [`respond`](On::respond) for a whole response, [`fail`](On::fail) for a
//! request that does not get through, [`hang`](On::hang) for an answer that never comes, and
//! [`after`](On::after) for one that comes late. An attempt for which there is no answer ends the run
//! with [`ErrorKind::Configuration`](crate::ErrorKind::Configuration) and says which: that a test has
//! forgotten something is no failure that a workflow could handle.
//!
//! Time passes by what `finish` waits, by late answers and by timeouts: that of the step, else the
//! client's, which is 30 seconds unless it was built with another. Whoever calls `advance` gets
//! [`Progress::Wait`](crate::Progress::Wait) and waits by [`pass`](Script::pass). A script has one
//! clock: give runs that go on at the same time one each.
//!
//! # Workflows that call others
//!
//! Every workflow has its own `Step`. Name the steps of the called one by its module; the step that
//! calls makes no request, and an answer for it is left over:
//!
//! ```ignore
//! let script = Script::new()
//!     .on(place_order::Step::Reserve).reply(201, json!({ "id": 1 }))
//!     .on(pay::Step::Charge).reply(402, json!({}));    // `place-order` calls `pay`
//! ```
//!
//! # Failures
//!
//! A workflow that fails returns its error as it does with a server. [`fail`](On::fail) makes one of
//! kind `Transport`, [`hang`](On::hang) and an answer that is too late make one of kind `Timeout`:
//!
//! ```ignore
//! let error = place_order(&client, inputs).await.unwrap_err();
//! // The workflow that it calls has failed,
//! assert_eq!(error.kind(), ErrorKind::Nested);
//! // this is the id of the step that calls it,
//! assert_eq!(error.step(), Some("settle"));
//! // and this is what the API has said in the end; `{:#}` shows all causes.
//! assert_eq!(error.status().unwrap(), 402);
//! assert!(format!("{error:#}").contains("declined"));
//! ```
//!
//! # Recordings
//!
//! A [`Recorder`] sends requests by another transport and keeps what comes and goes as a
//! [`Recording`], which can be written to a file: responses, and the errors of the transport, but not
//! how long they took. [`Recording::script`] makes a script of it that answers the same and compares
//! what is sent with what was. Credentials are not recorded; what the workflow sends and the API
//! returns is, headers that the client adds by `header` included, so look at the file before you
//! commit it. A recorder keeps the time of its transport.
//!
//! ```ignore
//! // Once, with the real service:
//! let recorder = Recorder::new(reqwest::Client::new());
//! let client = Client::builder().transport(recorder.clone()).source(/* … */).build()?;
//! totp_enrollment(&client, inputs).await?;
//! recorder.recording().save("tests/enrolment.json")?;
//!
//! // Ever after:
//! let script = Recording::load("tests/enrolment.json")?.script();
//! ```

mod recorder;
mod recording;
mod script;

pub use recorder::Recorder;
pub use recording::{Recording, RecordingError};
pub use script::{On, Script, SentRequest};
