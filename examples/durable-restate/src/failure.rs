use arazzo::{Error, ErrorKind};
use serde_json::Value;

/// What happens after a failed attempt.
#[derive(Debug, PartialEq)]
pub enum Failure {
    /// Restate makes the same attempt again.
    Retry,
    /// The workflow asks for this input again.
    Ask(&'static str),
    /// The workflow ends, and its caller receives this status.
    Terminal(u16),
}

/// Error types for which another code would not help.
const NOT_THE_CODE: [&str; 4] = [
    "unauthorized_credentials",
    "user_not_found",
    "totps_not_found_for_user",
    "expired_totp",
];

/// Decides what happens after a failed attempt. The first row that matches applies.
///
/// | What happened                | [`ErrorKind`], status                          | Failure         |
/// |------------------------------|------------------------------------------------|-----------------|
/// | no response                  | `Connect`, `Transport`, `Timeout`              | `Retry`         |
/// | the API is busy or broken    | a response with 408, 425, 429 or 5xx           | `Retry`         |
/// | the API refuses the code     | 4xx in the step `authenticateTotp`             | `Ask`           |
/// | the API refuses the request  | any other response that fails a criterion      | `Terminal(502)` |
/// | the inputs are wrong         | `InvalidInput`, `MissingInput`, `Request`      | `Terminal(400)` |
/// | no credential                | `MissingCredential`, `Configuration`           | `Terminal(500)` |
/// | the document is wrong        | `Response`, `TooManySteps`, `Stored`, others   | `Terminal(500)` |
///
/// An error type in [`NOT_THE_CODE`] counts as a refusal of the request. A request whose response was lost is sent
/// again, so a step runs at least once.
pub fn judge(error: &Error) -> Failure {
    let answered = matches!(
        error.kind(),
        ErrorKind::Criterion | ErrorKind::Ended | ErrorKind::Nested
    );
    match (error.kind(), error.status().filter(|_| answered)) {
        (ErrorKind::Connect | ErrorKind::Transport | ErrorKind::Timeout, _) => Failure::Retry,
        (_, Some(status)) if error.is_retryable() || status.is_server_error() => Failure::Retry,
        (_, Some(status)) if status.is_client_error() && refuses_code(error) => Failure::Ask("totp_code"),
        (ErrorKind::InvalidInput | ErrorKind::MissingInput | ErrorKind::Request, _) => Failure::Terminal(400),
        _ if answered => Failure::Terminal(502),
        _ => Failure::Terminal(500),
    }
}

fn refuses_code(error: &Error) -> bool {
    let body = error
        .response()
        .and_then(|response| serde_json::from_slice::<Value>(response.body()).ok());
    let reason = body.as_ref().and_then(|body| body.get("error_type")?.as_str());
    error.step() == Some("authenticateTotp") && !reason.is_some_and(|reason| NOT_THE_CODE.contains(&reason))
}

#[cfg(test)]
mod tests {
    use std::io;

    use arazzo::{Bytes, Client, Credential, http};

    use super::{Failure, judge};
    use crate::enrollment::totp_enrollment as enrollment;
    use crate::sign_in::totp_sign_in as sign_in;

    /// Returns the results for the first steps of both workflows when the API returns this response; 0 means no
    /// response.
    async fn verdicts(status: u16, body: &'static str) -> [Failure; 2] {
        let client = Client::builder()
            .source("stytchConsumerApi", |api| api.credential(Credential::basic("p", "s")))
            .transport(move |_: http::Request<Bytes>| async move {
                let response = http::Response::builder()
                    .status(status)
                    .header("content-type", "application/json");
                response
                    .body(Bytes::from_static(body.as_bytes()))
                    .map_err(io::Error::other)
            })
            .build()
            .unwrap();
        let mut enrolling = enrollment::Run::new(enrollment::PartialInputs::new().email("ada@example.com"));
        let mut signing_in = sign_in::Run::new(sign_in::Inputs::new("user-test-1", "123456"));
        [
            judge(&enrolling.advance(&client).await.unwrap_err()),
            loop {
                // Where the document says so, the step is retried first.
                if let Err(error) = signing_in.advance(&client).await {
                    break judge(&error);
                }
            },
        ]
    }

    #[tokio::test]
    async fn every_row_of_the_table() {
        use Failure::{Ask, Retry, Terminal};
        let code = Ask("totp_code");
        let refused = || Terminal(502);
        for (status, body, expected) in [
            (0, "", [Retry, Retry]),
            (408, "", [Retry, Retry]),
            (429, "", [Retry, Retry]),
            (500, "", [Retry, Retry]),
            (503, "", [Retry, Retry]),
            (400, "", [refused(), code]),
            (
                401,
                r#"{"error_type":"unable_to_authenticate_totp"}"#,
                [refused(), Ask("totp_code")],
            ),
            (
                401,
                r#"{"error_type":"unauthorized_credentials"}"#,
                [refused(), refused()],
            ),
            (404, r#"{"error_type":"user_not_found"}"#, [refused(), refused()]),
            (302, "", [refused(), refused()]),
            (200, "{}", [Terminal(500), Terminal(500)]),
        ] {
            assert_eq!(verdicts(status, body).await, expected, "{status} {body}");
        }
    }

    #[tokio::test]
    async fn what_the_operator_forgot_ends_the_workflow() {
        let mut run = sign_in::Run::new(sign_in::Inputs::new("user-test-1", "123456"));
        let client = Client::builder().build().unwrap();
        assert_eq!(judge(&run.advance(&client).await.unwrap_err()), Failure::Terminal(500));
    }
}
