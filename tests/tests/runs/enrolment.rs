//! The main job, end to end, through real sockets: the workflow of the project's first document
//! against the stand-in of the service.
//!
//! Everything runs twice: on the project's own description of the three operations and, where the
//! corpus is at hand, on the published description of one megabyte.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use arazzo::{Client, Credential, ErrorKind, Progress};
use serde_json::json;
use stytch_stand_in::{Exchange, Server, totp_code};

mod ours {
    arazzo::arazzo_workflow!("../../../examples/stytch-totp/stytch-totp-enrollment-workflow.yml");
}

#[cfg(corpus)]
mod published {
    arazzo::arazzo_workflow! {
        "../../../examples/stytch-totp/stytch-totp-enrollment-workflow.yml",
        sources = { stytchConsumerApi = "../../../../shared/corpus/stytch/openapi/stytch-consumer-openapi.yml" },
    }
}

#[cfg(not(corpus))]
#[test]
fn published_description_is_absent() {
    println!("SKIPPED: ../shared/corpus is not here; the enrolment was tested on the project's own description only");
}

fn client(server: &Server) -> Client {
    Client::builder()
        .source("stytchConsumerApi", |api| {
            api.base_url(server.url())
                .credential(Credential::basic(server.project_id(), server.secret()))
        })
        .build()
        .unwrap()
}

fn paths(server: &Server) -> Vec<(String, u16)> {
    server
        .log()
        .into_iter()
        .map(|exchange: Exchange| (exchange.path, exchange.status))
        .collect()
}

fn path(path: &str, status: u16) -> (String, u16) {
    (path.to_owned(), status)
}

/// A code that cannot be right now: the right one with its last digit changed.
fn wrong(code: &str) -> String {
    let (head, last) = code.split_at(code.len() - 1);
    format!("{head}{}", (last.parse::<u8>().unwrap() + 5) % 10)
}

macro_rules! on {
    ($name:ident) => {
        mod $name {
            use super::*;
            use super::super::$name::totp_enrollment;
            use totp_enrollment::{Input, Inputs, PartialInputs, Run, Step};

            /// Runs up to the code, which only the secret of step two can give.
            async fn up_to_the_code(client: &Client, run: &mut Run) -> String {
                let progress = run.advance_until_blocked(client).await.unwrap();
                assert_eq!(progress, Progress::Awaiting(vec![Input::TotpCode]));
                totp_code(&run.steps().create_totp().unwrap().secret, SystemTime::now()).unwrap()
            }

            #[tokio::test]
            async fn a_run_stops_for_the_code_and_completes() {
                let server = Server::start().await.unwrap();
                let client = client(&server);
                let mut run = Run::new(PartialInputs::new().email("ada@example.com").session_duration_minutes(60));
                assert_eq!(run.step(), Some(Step::CreateUser));
                let code = up_to_the_code(&client, &mut run).await;
                assert_eq!(run.step(), Some(Step::AuthenticateTotp));
                assert_eq!(run.outputs(), None);
                let kept = run.steps().create_totp().unwrap();
                assert_eq!(kept.recovery_codes.len(), 10);
                assert!(kept.qr_code.starts_with("iVBORw0KGgo"), "a PNG in base64 starts with its signature");
                run.inputs_mut().totp_code = Some(code.clone());
                let outputs = run.finish(&client).await.unwrap();
                assert_eq!(outputs.user_id, run.steps().create_user().unwrap().user_id);
                assert_eq!(outputs.totp_id, kept.totp_id);
                assert!(!outputs.session_token.is_empty());
                assert_eq!(run.outputs(), Some(outputs));
                assert_eq!(run.step(), None);
                let log = server.log();
                assert_eq!(paths(&server), [path("/v1/users", 200), path("/v1/totps", 200), path("/v1/totps/authenticate", 200)]);
                assert_eq!(log[0].body, Some(json!({ "email": "ada@example.com" })));
                assert_eq!(
                    log[2].body,
                    Some(json!({ "user_id": kept_user(&run), "totp_code": code, "session_duration_minutes": 60 })),
                );
                assert!(log.iter().all(|exchange| exchange.headers.get("content-type").map(String::as_str) == Some("application/json")));
            }

            fn kept_user(run: &Run) -> String {
                run.steps().create_user().unwrap().user_id
            }

            #[tokio::test]
            async fn an_optional_input_that_is_not_given_is_left_out() {
                let server = Server::start().await.unwrap();
                let client = client(&server);
                let mut run = Run::new(PartialInputs::new().email("ada@example.com"));
                let code = up_to_the_code(&client, &mut run).await;
                run.inputs_mut().totp_code = Some(code.clone());
                let outputs = run.finish(&client).await.unwrap();
                assert_eq!(outputs.session_token, "", "no session was asked for");
                assert_eq!(server.log()[2].body, Some(json!({ "user_id": kept_user(&run), "totp_code": code })));
            }

            /// A code made up in advance cannot be right: the secret does not exist yet.
            #[tokio::test]
            async fn a_plain_call_fails_with_everything_known_and_is_finished_afterwards() {
                let server = Server::start().await.unwrap();
                let client = client(&server);
                let error = super::super::$name::totp_enrollment(&client, Inputs::new("ada@example.com", "000000")).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Criterion);
                assert_eq!(error.workflow(), "totp-enrollment");
                assert_eq!(error.step(), Some("authenticateTotp"));
                assert_eq!(error.status().map(|status| status.as_u16()), Some(401));
                assert_eq!(error.place().map(|place| (place.line, place.column)), Some((81, 18)), "where the criterion stands in the document");
                assert!(!error.is_retryable());
                let body: serde_json::Value = serde_json::from_slice(error.response().unwrap().body()).unwrap();
                assert_eq!(body["error_type"], "unable_to_authenticate_totp");
                let text = error.to_string();
                let start = "step `authenticateTotp` failed: `$statusCode == 200` is not met (../../../examples/stytch-totp/stytch-totp-enrollment-workflow.yml:81:18); the API returned 401 Unauthorized: {";
                assert!(text.starts_with(start), "{text}");
                assert!(text.contains("unable_to_authenticate_totp"), "{text}");

                let mut run = error.into_run();
                run.inputs_mut().totp_code = Some(totp_code(&run.steps().create_totp().unwrap().secret, SystemTime::now()).unwrap());
                let outputs = run.finish(&client).await.unwrap();
                assert_eq!(outputs.user_id, kept_user(&run));
                assert_eq!(server.users(), 1, "no user was created twice");
                assert_eq!(
                    paths(&server),
                    [
                        path("/v1/users", 200),
                        path("/v1/totps", 200),
                        path("/v1/totps/authenticate", 401),
                        path("/v1/totps/authenticate", 200),
                    ],
                );
            }

            #[tokio::test]
            async fn a_mistyped_code_leaves_the_run_where_it_was() {
                let server = Server::start().await.unwrap();
                let client = client(&server);
                let mut run = Run::new(PartialInputs::new().email("ada@example.com"));
                let code = up_to_the_code(&client, &mut run).await;
                for attempt in 1..=2 {
                    run.inputs_mut().totp_code = Some(wrong(&code));
                    let error = run.finish(&client).await.unwrap_err();
                    assert_eq!((error.step(), error.attempts()), (Some("authenticateTotp"), attempt));
                    assert_eq!(run.step(), Some(Step::AuthenticateTotp));
                }
                run.inputs_mut().totp_code = None;
                assert_eq!(run.advance(&client).await.unwrap(), Progress::Awaiting(vec![Input::TotpCode]));
                run.inputs_mut().totp_code = Some(code);
                run.finish(&client).await.unwrap();
                assert_eq!(server.users(), 1);
            }

            #[tokio::test]
            async fn a_parked_run_is_finished_by_another_process() {
                let server = Server::start().await.unwrap();
                let client = client(&server);
                let mut run = Run::new(PartialInputs::new().email("ada@example.com").session_duration_minutes(60));
                let code = up_to_the_code(&client, &mut run).await;
                let user = kept_user(&run);
                run.inputs_mut().totp_code = Some(code);
                let parked = serde_json::to_string(&run).unwrap();
                drop((run, client));

                let mut child = Command::new(env!("CARGO_BIN_EXE_finish-enrolment"))
                    .args([server.url(), server.project_id(), server.secret()])
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .spawn()
                    .unwrap();
                child.stdin.take().unwrap().write_all(parked.as_bytes()).unwrap();
                // The server lives on this thread: waiting must not block it.
                let output = tokio::task::spawn_blocking(move || child.wait_with_output()).await.unwrap().unwrap();
                assert!(output.status.success());
                let outputs: totp_enrollment::Outputs = serde_json::from_slice(&output.stdout).unwrap();
                assert_eq!(outputs.user_id, user);
                assert_eq!(server.users(), 1);
                assert_eq!(paths(&server).len(), 3, "finished steps were not called again");
            }

            #[tokio::test]
            async fn a_run_stores_the_names_of_the_document_and_nothing_else() {
                let server = Server::start().await.unwrap();
                let client = client(&server);
                let mut run = Run::new(PartialInputs::new().email("ada@example.com"));
                up_to_the_code(&client, &mut run).await;
                let kept = run.steps().create_totp().unwrap();
                let stored = serde_json::to_value(&run).unwrap();
                let shape = &stored["shape"];
                let names = |list: &str| -> Vec<String> {
                    let list = shape[list].as_array().unwrap().iter();
                    list.map(|entry| entry[0].as_str().unwrap().to_owned()).collect()
                };
                assert_eq!(names("inputs"), ["email", "totp_code", "session_duration_minutes"]);
                assert_eq!(names("steps"), ["createUser", "createTotp", "authenticateTotp"]);
                assert_eq!(
                    stored,
                    json!({
                        "version": 1,
                        "workflow": "totp-enrollment",
                        "id": run.id().to_string(),
                        "shape": shape,
                        "inputs": { "email": "ada@example.com" },
                        "next": "authenticateTotp",
                        "steps": {
                            "createUser": { "userId": kept_user(&run) },
                            "createTotp": {
                                "totpId": kept.totp_id,
                                "secret": kept.secret,
                                "qrCode": kept.qr_code,
                                "recoveryCodes": kept.recovery_codes,
                            },
                        },
                        "attempts": 0,
                        "visit": 2,
                        "total": 2,
                    }),
                );
                let again: Run = serde_json::from_value(stored.clone()).unwrap();
                assert_eq!(serde_json::to_value(&again).unwrap(), stored);

                let refused = |change: fn(&mut serde_json::Value)| {
                    let mut stored = stored.clone();
                    change(&mut stored);
                    serde_json::from_value::<Run>(stored).unwrap_err().to_string()
                };
                assert!(refused(|run| run["workflow"] = json!("other")).contains("not to `totp-enrollment`"));
                assert!(refused(|run| run["next"] = json!("gone")).contains("has no step `gone`"));
                assert!(refused(|run| run["steps"]["createUser"]["userId"] = json!(7)).contains("createUser"));
                assert!(refused(|run| run["version"] = json!(99)).contains("version 99"));
            }

            #[tokio::test]
            async fn nothing_secret_is_shown() {
                let server = Server::start().await.unwrap();
                let client = client(&server);
                let mut run = Run::new(PartialInputs::new().email("ada@example.com"));
                up_to_the_code(&client, &mut run).await;
                let secret = run.steps().create_totp().unwrap().secret;
                let shown = format!("{run:?} {client:?}");
                assert!(!shown.contains(&secret) && !shown.contains(server.secret()), "{shown}");
            }

            #[tokio::test]
            async fn an_input_that_is_missing_is_named() {
                let server = Server::start().await.unwrap();
                let error = Run::new(PartialInputs::new()).finish(&client(&server)).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::MissingInput);
                assert!(error.to_string().contains("`email`, required by step `createUser`"), "{error}");
                assert!(server.log().is_empty());
            }

            #[tokio::test]
            async fn a_credential_given_by_scheme_or_by_source_is_sent() {
                let server = Server::start().await.unwrap();
                let wrong = Client::builder()
                    .source("stytchConsumerApi", |api| api.base_url(server.url()).credential(Credential::basic("nobody", "hush-hush")))
                    .timeout(Duration::from_secs(5))
                    .build()
                    .unwrap();
                let error = Run::new(PartialInputs::new().email("ada@example.com")).finish(&wrong).await.unwrap_err();
                assert_eq!((error.step(), error.status().map(|status| status.as_u16())), (Some("createUser"), Some(401)));
                assert!(!format!("{error} {error:?}").contains("hush-hush"));
            }

            #[tokio::test]
            async fn a_duplicate_address_is_the_services_error() {
                let server = Server::start().await.unwrap();
                let client = client(&server);
                Run::new(PartialInputs::new().email("ada@example.com")).advance(&client).await.unwrap();
                let error = Run::new(PartialInputs::new().email("ada@example.com")).advance(&client).await.unwrap_err();
                assert_eq!((error.step(), error.status().map(|status| status.as_u16())), (Some("createUser"), Some(400)));
                assert!(error.to_string().contains("duplicate_email"), "{error}");
            }
        }
    };
}

mod runs {
    use super::*;

    on!(ours);
    #[cfg(corpus)]
    on!(published);
}

/// The project's own description says that the operations need `basicAuth`; the published one
/// names the scheme but does not require it.
#[tokio::test]
async fn a_scheme_that_an_operation_requires_gets_its_credential() {
    use ours::totp_enrollment::{PartialInputs, Run};
    let server = Server::start().await.unwrap();
    let by_scheme = Client::builder()
        .source("stytchConsumerApi", |api| {
            api.base_url(server.url())
                .scheme("basicAuth", Credential::basic(server.project_id(), server.secret()))
        })
        .build()
        .unwrap();
    Run::new(PartialInputs::new().email("ada@example.com"))
        .advance(&by_scheme)
        .await
        .unwrap();

    let without = Client::builder()
        .source("stytchConsumerApi", |api| api.base_url(server.url()))
        .build()
        .unwrap();
    let error = Run::new(PartialInputs::new().email("bob@example.com"))
        .advance(&without)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredential);
    let text = error.to_string();
    assert!(
        text.contains("`api_user_v1_Create`") && text.contains("`basicAuth`"),
        "{text}"
    );
    assert_eq!(server.log().len(), 1, "nothing was sent without a credential");
}

/// A closure is a transport: no socket, no server.
#[tokio::test]
async fn a_workflow_runs_without_a_network() {
    use ours::totp_enrollment::{Inputs, Outputs};
    let client = Client::builder()
        .source("stytchConsumerApi", |api| api.credential(Credential::basic("p", "s")))
        .transport(|request: arazzo::http::Request<arazzo::Bytes>| async move {
            // RFC 7617: "p:s" in base64.
            assert_eq!(request.headers()["authorization"], "Basic cDpz");
            assert_eq!(
                request.uri().host(),
                Some("api.stytch.com"),
                "the first server of the description"
            );
            let body = match request.uri().path() {
                "/v1/users" => r#"{"user_id":"u"}"#,
                "/v1/totps" => r#"{"totp_id":"t","secret":"s","qr_code":"q","recovery_codes":[]}"#,
                _ => r#"{"user_id":"u","session_token":"token","session_jwt":"jwt"}"#,
            };
            arazzo::http::Response::builder()
                .header("content-type", "application/json")
                .body(arazzo::Bytes::from_static(body.as_bytes()))
        })
        .build()
        .unwrap();
    let outputs = ours::totp_enrollment(&client, Inputs::new("ada@example.com", "123456"))
        .await
        .unwrap();
    assert_eq!(
        outputs,
        Outputs {
            user_id: "u".into(),
            totp_id: "t".into(),
            session_token: "token".into()
        }
    );
}

/// What an output needs is not there: step, output, pointer, what was expected and what was found.
#[tokio::test]
async fn a_response_that_breaks_its_schema_is_an_error() {
    use ours::totp_enrollment::{PartialInputs, Run};
    for (body, what, found) in [
        (r#"{"user_id":7}"#, "violates its schema", "a number"),
        (r#"{"user_id":null}"#, "violates its schema", "null"),
        ("{}", "is missing", "nothing"),
        ("[]", "is missing", "nothing"),
        ("{", "is missing", "nothing; the body is not JSON"),
    ] {
        let client = Client::builder()
            .source("stytchConsumerApi", |api| api.credential(Credential::basic("p", "s")))
            .transport(move |_: arazzo::http::Request<arazzo::Bytes>| async move {
                arazzo::http::Response::builder()
                    .header("content-type", "application/json")
                    .body(arazzo::Bytes::from_static(body.as_bytes()))
            })
            .build()
            .unwrap();
        let error = Run::new(PartialInputs::new().email("ada@example.com"))
            .advance(&client)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Response, "{body}");
        let text = error.to_string();
        assert!(
            text.contains(&format!(
                "`userId` {what}: `$response.body#/user_id` should be a string, found {found}"
            )),
            "{text}"
        );
        assert!(error.response().is_some());
    }
}
