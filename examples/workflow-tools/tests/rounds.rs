//! Protocol version 2026-07-28, in which the server asks by a result and the client calls again with the answer.
#![allow(clippy::expect_used, reason = "a test that cannot go on fails")]

use std::process::Stdio;
use std::time::SystemTime;

use rmcp::RoleClient;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ClientConfig, ElicitRequestParams,
    ElicitResult, ElicitationAction, Implementation, InputRequest, ProtocolVersion,
};
use rmcp::service::{ClientLifecycleMode, ClientServiceExt as _, RunningService};
use rmcp::transport::TokioChildProcess;
use serde_json::{Value, json};
use tokio::process::Command;

type Client = RunningService<RoleClient, ClientConfig>;

async fn client() -> Client {
    let command = Command::new(env!("CARGO_BIN_EXE_workflow-tools"));
    let (server, _) = TokioChildProcess::builder(command)
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let capabilities = ClientCapabilities::builder().enable_elicitation().build();
    let client = ClientConfig::new(capabilities, Implementation::new("rounds", "1.0.0"));
    let lifecycle = ClientLifecycleMode::Discover {
        preferred_versions: vec![ProtocolVersion::V_2026_07_28],
    };
    let connected = client.serve_with_lifecycle(server, lifecycle).await;
    connected.expect("a connection")
}

fn enrolment(email: &str) -> CallToolRequestParams {
    let arguments = json!({ "email": email, "session_duration_minutes": 60 });
    let arguments = arguments.as_object().cloned().unwrap_or_default();
    CallToolRequestParams::new("totp-enrollment").with_arguments(arguments)
}

/// Returns the handle and the question of a response that asks.
async fn asked(client: &Client, call: CallToolRequestParams) -> (String, String) {
    let response = client.call_tool_once(call).await.expect("a response");
    let CallToolResponse::InputRequired(required) = response else {
        unreachable!("not a question: {response:?}");
    };
    let requests = required.input_requests.expect("a question");
    let Some(InputRequest::Elicitation(question)) = requests.get("inputs") else {
        unreachable!("no question for a person: {requests:?}");
    };
    let ElicitRequestParams::FormElicitationParams { message, .. } = &question.params else {
        unreachable!("not a form: {question:?}");
    };
    (required.request_state.expect("a handle"), message.clone())
}

fn answered(email: &str, handle: &str, code: &str) -> CallToolRequestParams {
    let answer = ElicitResult::new(ElicitationAction::Accept).with_content(json!({ "totp_code": code }));
    let answer = serde_json::to_value(answer).expect("JSON");
    let mut call = enrolment(email);
    call.input_responses = Some([("inputs".to_owned(), answer)].into());
    call.request_state = Some(handle.to_owned());
    call
}

async fn result(client: &Client, call: CallToolRequestParams) -> CallToolResult {
    match client.call_tool_once(call).await.expect("a response") {
        CallToolResponse::Complete(result) => result,
        other => unreachable!("not a result: {other:?}"),
    }
}

fn code(message: &str) -> String {
    let secret = message.lines().find_map(|line| line.strip_prefix("secret: "));
    stytch_stand_in::totp_code(secret.expect("a secret"), SystemTime::now()).expect("a code")
}

#[tokio::test]
async fn a_call_goes_on_with_the_answer_of_a_person() {
    let client = client().await;
    let (handle, message) = asked(&client, enrolment("ada@example.com")).await;
    // Another call in between, and an answer that the API refuses.
    let (other, _) = asked(&client, enrolment("bob@example.com")).await;
    assert_ne!(handle, other);
    let (next, again) = asked(&client, answered("ada@example.com", &handle, "no code")).await;
    assert_ne!(next, handle, "a handle is good for one answer");
    assert!(again.contains("authenticateTotp"), "{again}");
    assert_eq!(code(&again), code(&message));

    let used = result(&client, answered("ada@example.com", &handle, &code(&message))).await;
    assert_eq!(used.is_error, Some(true));
    // What cannot be an answer does not end the call.
    let mut other_tool = answered("ada@example.com", &next, &code(&message));
    other_tool.name = "totp-sign-in".into();
    let mut no_answer = answered("ada@example.com", &next, &code(&message));
    no_answer.input_responses = None;
    for wrong in [other_tool, no_answer] {
        assert_eq!(result(&client, wrong).await.is_error, Some(true));
    }
    let mut empty = answered("ada@example.com", &next, "");
    let accepted = json!({ "action": "accept", "content": {} });
    empty.input_responses = Some([("inputs".to_owned(), accepted)].into());
    let (next, missing) = asked(&client, empty).await;
    assert!(missing.starts_with("`totp_code` is missing"), "{missing}");
    let done = result(&client, answered("ada@example.com", &next, &code(&again))).await;
    assert_eq!(done.is_error, Some(false), "{done:?}");
    let outputs = done.structured_content.expect("outputs");
    assert!(outputs["sessionToken"].as_str().is_some_and(|token| !token.is_empty()));
    assert!(message.contains(&format!("userId: {}", outputs["userId"].as_str().unwrap_or_default())));
    let _ = client.cancel().await;
}

#[tokio::test]
async fn a_person_can_correct_three_answers() {
    let client = client().await;
    let (mut handle, _) = asked(&client, enrolment("ada@example.com")).await;
    for _ in 0..3 {
        (handle, _) = asked(&client, answered("ada@example.com", &handle, "no code")).await;
    }
    let failed = result(&client, answered("ada@example.com", &handle, "no code")).await;
    assert_eq!(failed.is_error, Some(true));
    assert_eq!(failed.structured_content, None::<Value>);
    let _ = client.cancel().await;
}
