//! The Stytch workflow: compiled, written by hand, and interpreted.

use std::sync::LazyLock;

use arazzo::{Client, Credential, Transport};
use roas_arazzo_executor as roas;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::canned::Canned;

arazzo::arazzo_workflow!("../../examples/stytch-totp/stytch-totp-enrollment-workflow.yml");

const DOCUMENT: &str = include_str!("../../examples/stytch-totp/stytch-totp-enrollment-workflow.yml");
const DESCRIPTION: &str = include_str!("../../examples/stytch-totp/stytch-consumer-openapi.yml");

const PROJECT: &str = "project-test-11111111-1111-4111-8111-111111111111";
const SECRET: &str = "secret-test-abcdefghijklmnopqrstuvwxyz0123456789=";
const EMAIL: &str = "ada@example.com";
const CODE: &str = "123456";
const URL: &str = "https://test.stytch.com";

/// What a run ends with.
#[derive(Debug, PartialEq, Eq)]
pub struct Ended {
    user_id: String,
    totp_id: String,
    session_token: String,
}

/// A user as the service returns one: about 2 kB.
fn user() -> Value {
    let contact = |kind: &str, n: u32| {
        json!({
            format!("{kind}_id"): format!("{kind}-test-{n:08}-1111-4111-8111-111111111111"),
            kind: format!("ada{n}@example.com"),
            "verified": n == 2,
        })
    };
    json!({
        "user_id": "user-test-22222222-2222-4222-8222-222222222222",
        "name": { "first_name": "Ada", "middle_name": "", "last_name": "Lovelace" },
        "emails": [contact("email", 1), contact("email", 2)],
        "phone_numbers": [contact("phone", 3)],
        "providers": [
            { "oauth_user_registration_id": "oauth-user-test-33333333-3333-4333-8333-333333333333",
              "provider_subject": "10769150350006150715113082367", "provider_type": "Google",
              "profile_picture_url": "https://lh3.example.com/a/AEdFTp5", "locale": "en" }
        ],
        "webauthn_registrations": [
            { "webauthn_registration_id": "webauthn-registration-test-44444444-4444-4444-8444-444444444444",
              "domain": "example.com", "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
              "authenticator_type": "platform", "verified": true, "name": "laptop" }
        ],
        "biometric_registrations": [],
        "totps": [{ "totp_id": "totp-test-55555555-5555-4555-8555-555555555555", "verified": false }],
        "crypto_wallets": [],
        "password": null,
        "created_at": "2026-01-01T00:00:00Z",
        "status": "active",
        "trusted_metadata": { "plan": "team", "seats": 12, "features": ["sso", "scim", "audit"], "notes": "x".repeat(280) },
        "untrusted_metadata": { "theme": "dark", "tour": [1, 2, 3, 5, 8], "recent": "y".repeat(200) },
        "roles": ["stytch_user"],
    })
}

/// The service.
pub static SERVICE: LazyLock<Canned> = LazyLock::new(|| {
    let common = json!({ "request_id": "request-id-test-66666666-6666-4666-8666-666666666666", "status_code": 200 });
    let with = |mut more: Value| {
        let members = more.as_object_mut().expect("an object");
        members.extend(common.as_object().expect("an object").clone());
        more.to_string()
    };
    let codes: Vec<String> = (0..10).map(|n| format!("{n:04}-abcd-{n:04}")).collect();
    Canned::new([
        (
            "/v1/users",
            with(json!({
                "user_id": "user-test-22222222-2222-4222-8222-222222222222",
                "email_id": "email-test-77777777-7777-4777-8777-777777777777",
                "phone_id": "", "status": "active", "user": user(),
            })),
        ),
        (
            "/v1/totps",
            with(json!({
                "totp_id": "totp-test-55555555-5555-4555-8555-555555555555",
                "secret": "BTGNX5RKJRMQWQFRQKTG34JCF6XDRHZS",
                "qr_code": "iVBORw0KGgo".repeat(190),
                "recovery_codes": codes,
                "user": user(), "user_id": "user-test-22222222-2222-4222-8222-222222222222",
            })),
        ),
        (
            "/v1/totps/authenticate",
            with(json!({
                "user_id": "user-test-22222222-2222-4222-8222-222222222222",
                "totp_id": "totp-test-55555555-5555-4555-8555-555555555555",
                "session_token": "mZAYn5aLEqKUlZ_Ad9U_fWr38GaAQ1oFAhT8ds245v7Q",
                "session_jwt": "eyJhbGciOiJSUzI1NiJ9.".repeat(20),
                "session": {
                    "session_id": "session-test-88888888-8888-4888-8888-888888888888",
                    "attributes": { "ip_address": "203.0.113.1", "user_agent": "Mozilla/5.0" },
                    "authentication_factors": [{ "delivery_method": "authenticator_app", "type": "totp",
                        "last_authenticated_at": "2026-01-01T00:00:00Z",
                        "authenticator_app_factor": { "totp_id": "totp-test-55555555-5555-4555-8555-555555555555" } }],
                    "started_at": "2026-01-01T00:00:00Z", "expires_at": "2026-01-01T01:00:00Z",
                },
                "user": user(),
            })),
        ),
    ])
});

/// The client of the compiled workflow.
pub fn client() -> Client<Canned> {
    client_over(SERVICE.clone())
}

/// The same over another transport.
pub fn client_over<T: Transport>(transport: T) -> Client<T> {
    Client::builder()
        .transport(transport)
        .source("stytchConsumerApi", |api| {
            api.base_url(URL).credential(Credential::basic(PROJECT, SECRET))
        })
        .build()
        .expect("a client")
}

/// The same for a server at this address.
pub fn client_at(url: &str) -> Client {
    Client::builder()
        .source("stytchConsumerApi", |api| {
            api.base_url(url).credential(Credential::basic(PROJECT, SECRET))
        })
        .build()
        .expect("a client")
}

/// A run that waits for the code.
pub async fn paused<T: Transport>(client: &Client<T>) -> totp_enrollment::Run {
    let mut run = totp_enrollment::Run::new(totp_enrollment::PartialInputs::new().email(EMAIL));
    let progress = run.advance_until_blocked(client).await.expect("no error");
    assert!(matches!(progress, arazzo::Progress::Awaiting(_)));
    run
}

/// Compiled.
pub async fn compiled<T: Transport>(client: &Client<T>) -> Ended {
    let inputs = totp_enrollment::Inputs::new(EMAIL, CODE).session_duration_minutes(60);
    let outputs = totp_enrollment(client, inputs).await.expect("outputs");
    Ended {
        user_id: outputs.user_id,
        totp_id: outputs.totp_id,
        session_token: outputs.session_token,
    }
}

/// By hand, as someone would who knows reqwest and serde well: types for what is sent and for what
/// is needed of what comes, the middle step's answer whole, since a user has to see it.
pub mod by_hand {
    use super::*;

    #[derive(Serialize)]
    struct CreateUser<'a> {
        email: &'a str,
    }

    #[derive(Deserialize)]
    struct CreatedUser {
        user_id: String,
    }

    #[derive(Serialize)]
    struct CreateTotp<'a> {
        user_id: &'a str,
    }

    /// What the user needs to set up an authenticator app.
    #[derive(Deserialize)]
    pub struct CreatedTotp {
        totp_id: String,
        /// Typed into the app.
        pub secret: String,
        /// Scanned by the app.
        pub qr_code: String,
        /// For when the phone is lost.
        pub recovery_codes: Vec<String>,
    }

    #[derive(Serialize)]
    struct Authenticate<'a> {
        user_id: &'a str,
        totp_code: &'a str,
        session_duration_minutes: u32,
    }

    #[derive(Deserialize)]
    struct Authenticated {
        session_token: String,
    }

    /// The service and who calls it.
    pub struct Stytch {
        http: reqwest::Client,
        url: String,
        service: Service,
    }

    enum Service {
        Canned(Canned),
        /// One that never answers.
        Silent,
        Real,
    }

    impl Stytch {
        /// On the same transport as the compiled workflow.
        pub fn new() -> Self {
            Self {
                http: reqwest::Client::new(),
                url: URL.to_owned(),
                service: Service::Canned(SERVICE.clone()),
            }
        }

        /// Of a server at this address.
        pub fn at(url: &str) -> Self {
            Self {
                http: reqwest::Client::new(),
                url: url.to_owned(),
                service: Service::Real,
            }
        }

        /// Of a service that never answers.
        pub fn unanswered() -> Self {
            Self {
                service: Service::Silent,
                ..Self::new()
            }
        }

        async fn execute(&self, request: reqwest::Request) -> (http::StatusCode, bytes::Bytes) {
            match &self.service {
                Service::Canned(service) => {
                    let response = service.execute(request).await;
                    (response.status(), response.into_body())
                }
                Service::Silent => {
                    let _waiting = request;
                    std::future::pending().await
                }
                Service::Real => {
                    let response = self.http.execute(request).await.expect("a response");
                    (response.status(), response.bytes().await.expect("a body"))
                }
            }
        }

        async fn post<B: Serialize, T: serde::de::DeserializeOwned>(&self, path: &str, body: &B) -> T {
            let request = self
                .http
                .post(format!("{}{path}", self.url))
                .basic_auth(PROJECT, Some(SECRET))
                .json(body)
                .build()
                .expect("a request");
            let (status, body) = self.execute(request).await;
            assert_eq!(status, 200);
            serde_json::from_slice(&body).expect("what the service documents")
        }

        /// The workflow.
        pub async fn enrol(&self) -> Ended {
            let user: CreatedUser = self.post("/v1/users", &CreateUser { email: EMAIL }).await;
            let totp: CreatedTotp = self.post("/v1/totps", &CreateTotp { user_id: &user.user_id }).await;
            let authenticate = Authenticate {
                user_id: &user.user_id,
                totp_code: CODE,
                session_duration_minutes: 60,
            };
            let done: Authenticated = self.post("/v1/totps/authenticate", &authenticate).await;
            std::hint::black_box((&totp.secret, &totp.qr_code, &totp.recovery_codes));
            Ended {
                user_id: user.user_id,
                totp_id: totp.totp_id,
                session_token: done.session_token,
            }
        }
    }

    impl Default for Stytch {
        fn default() -> Self {
            Self::new()
        }
    }
}

/// By the executor that reads documents while a program runs.
pub mod interpreted {
    use super::*;

    /// The documents, loaded.
    pub struct Loaded {
        description: roas_arazzo::v1_1::Description,
        options: roas::Options,
        answers: Vec<(&'static str, roas::HttpResponse)>,
    }

    /// Loads the documents.
    pub fn load() -> Loaded {
        load_for(URL)
    }

    /// Does the same for a service at another address.
    pub fn load_for(url: &str) -> Loaded {
        let mut document: Value = serde_yaml::from_str(DOCUMENT).expect("a document");
        // The executor's own type is that of 1.1, which this document is one of too.
        document["arazzo"] = json!("1.1.0");
        let description = serde_json::from_value(document).expect("a description");
        let openapi: Value = serde_yaml::from_str(DESCRIPTION).expect("a description");
        let options = roas::Options::new()
            .workflow("totp-enrollment")
            .source(
                "stytchConsumerApi",
                "https://example.com/stytch-consumer-openapi.yml",
                openapi,
            )
            .base_url("stytchConsumerApi", url)
            .header("Authorization", "Basic cHJvamVjdDpzZWNyZXQ=")
            .input("email", EMAIL)
            .input("totp_code", CODE)
            .input("session_duration_minutes", 60);
        let answers = ["/v1/users", "/v1/totps", "/v1/totps/authenticate"].map(|path| {
            let body = serde_json::from_slice(SERVICE.body(path)).expect("JSON");
            (path, roas::HttpResponse::json(200, &body))
        });
        Loaded {
            description,
            options,
            answers: answers.into(),
        }
    }

    struct Service<'a>(&'a [(&'static str, roas::HttpResponse)]);

    impl roas::HttpClient for Service<'_> {
        fn send(&mut self, request: &roas::HttpRequest) -> Result<roas::HttpResponse, roas::ClientError> {
            let path = request.url.strip_prefix(URL).unwrap_or_default();
            let found = self.0.iter().find(|(known, _)| *known == path);
            found
                .map(|(_, response)| response.clone())
                .ok_or_else(|| roas::ClientError::new("another path"))
        }
    }

    /// Requests by reqwest, as the executor's own feature sends them.
    pub struct Sockets {
        runtime: tokio::runtime::Runtime,
        http: reqwest::Client,
    }

    impl Sockets {
        /// Without connections.
        #[must_use]
        pub fn new() -> Self {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            Self {
                runtime: runtime.expect("a runtime"),
                http: reqwest::Client::new(),
            }
        }
    }

    impl Default for Sockets {
        fn default() -> Self {
            Self::new()
        }
    }

    impl roas::HttpClient for Sockets {
        fn send(&mut self, request: &roas::HttpRequest) -> Result<roas::HttpResponse, roas::ClientError> {
            let method = request.method.parse().map_err(roas::ClientError::new)?;
            let mut sending = self.http.request::<&str>(method, &request.url);
            for (name, value) in &request.headers {
                sending = sending.header(name, value);
            }
            if let Some(body) = &request.body {
                sending = sending.body(body.clone());
            }
            let received = self.runtime.block_on(async {
                let response = sending.send().await?;
                let status = response.status().as_u16();
                let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
                let headers = response.headers().iter();
                let headers = headers.map(|(name, value)| (name.to_string(), text(value))).collect();
                Ok::<_, reqwest::Error>((status, headers, response.bytes().await?.to_vec()))
            });
            let (status, headers, body) = received.map_err(roas::ClientError::new)?;
            let mut response = roas::HttpResponse::json(status, &Value::Null);
            response.headers = headers;
            response.body = body;
            Ok(response)
        }
    }

    /// The workflow.
    pub fn run(loaded: &Loaded) -> Ended {
        run_over(loaded, &mut Service(&loaded.answers))
    }

    /// The same over another client.
    pub fn run_over(loaded: &Loaded, client: &mut impl roas::HttpClient) -> Ended {
        let report = roas::execute(&loaded.description, &loaded.options, client).expect("a report");
        assert!(report.is_success(), "{report}");
        let output = |name: &str| {
            let value = report.outputs.get(name).expect("an output");
            value.as_str().expect("a string").to_owned()
        };
        Ended {
            user_id: output("userId"),
            totp_id: output("totpId"),
            session_token: output("sessionToken"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_three_end_the_same() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .unwrap();
        let expected = runtime.block_on(by_hand::Stytch::new().enrol());
        assert_eq!(expected.session_token, "mZAYn5aLEqKUlZ_Ad9U_fWr38GaAQ1oFAhT8ds245v7Q");
        assert_eq!(runtime.block_on(compiled(&client())), expected);
        assert_eq!(interpreted::run(&interpreted::load()), expected);
    }
}
