//! An independent server checks what we send: Prism (`@stoplight/prism-cli`) mocks published descriptions and validates
//! every request against them.
//!
//! The environment variable `PRISM` says where the program is; `.ci/run` installs it. Without it nothing is tested, which
//! is said. Nothing but loopback is talked to.
#![cfg(corpus)]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use arazzo::{BoxError, Bytes, Client, Credential, Limits, Transport, http};
use serde_json::json;

macro_rules! published {
    ($($name:ident = $document:literal, [$workflow:literal];)*) => {
        $(mod $name {
            #![allow(deprecated)]
            arazzo::arazzo_workflow! { $document, workflows = [$workflow] }
        })*
    };
}

published! {
    consumer = "../../../../shared/corpus/stytch/arazzo/stytch-totp-enrollment-workflow.yml", ["totp-enrollment"];
    business = "../../../../shared/corpus/stytch/arazzo/stytch-b2b-totp-enrollment-workflow.yml", ["totp-enrollment"];
    lovecraft = "../../../../shared/corpus/jentic/randomlovecraft.com/workflows.arazzo.json", ["explore-book-sentences"];
    bands = "../../../../shared/corpus/jentic/bandsintown.com/workflows.arazzo.json", ["display-artist-profile-and-upcoming-events"];
    licensing = "../../../../shared/corpus/jentic/netlicensing.io/workflows.arazzo.json", ["register-new-customer-and-grant-initial-license"];
    domains = "../../../../shared/corpus/jentic/zeit.co/workflows.arazzo.json", ["get-specific-domain-details"];
}

/// Prism with one description; it ends with the test.
struct Prism {
    child: Child,
    url: String,
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Prism {
    /// `None` where there is no Prism.
    fn start(description: &str) -> Option<Self> {
        let Some(program) = std::env::var_os("PRISM") else {
            println!("SKIPPED: PRISM does not say where Prism is; no request was checked by it");
            return None;
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../../shared/corpus")
            .join(description);
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new(program)
            .args(["mock", "--errors", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut prism = Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        };
        let patience = Instant::now() + Duration::from_secs(120);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                prism.child.try_wait().unwrap().is_none(),
                "Prism has ended: {description}"
            );
            assert!(Instant::now() < patience, "Prism does not listen: {description}");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(prism)
    }
}

/// Sends by reqwest and keeps what came back.
#[derive(Clone)]
struct Recorded {
    client: reqwest::Client,
    answers: Arc<Mutex<Vec<(String, String)>>>,
}

impl Transport for Recorded {
    async fn send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, BoxError> {
        let line = format!("{} {}", request.method(), request.uri());
        assert!(request.extensions().get::<Limits>().is_some());
        let response = self.client.send(request).await?;
        let body = String::from_utf8_lossy(response.body()).into_owned();
        let line = format!("{line} {}", response.status().as_u16());
        self.answers.lock().unwrap().push((line, body));
        Ok(response)
    }
}

/// Runs a workflow against Prism: every request is valid, and as many were made.
macro_rules! runs {
    ($description:literal, $source:literal, $module:ident::$workflow:ident, $inputs:tt, $requests:literal, $credential:expr) => {{
        use $module::$workflow;
        let Some(prism) = Prism::start($description) else {
            return;
        };
        let recorded = Recorded {
            client: reqwest::Client::new(),
            answers: Arc::default(),
        };
        let client = Client::builder()
            .transport(recorded.clone())
            .source($source, |api| api.base_url(&prism.url).credential($credential))
            .build()
            .unwrap();
        let inputs: $workflow::Inputs = serde_json::from_value(json!($inputs)).unwrap();
        let result = $workflow(&client, inputs).await;
        let answers = recorded.answers.lock().unwrap().clone();
        for (line, body) in &answers {
            assert!(!body.contains("stoplight.io/prism/errors"), "{line}\n{body}");
        }
        assert_eq!(answers.len(), $requests, "{answers:#?}\n{:?}", result.err());
        if let Err(error) = result {
            panic!("{error}\n{answers:#?}");
        }
    }};
}

#[tokio::test]
async fn stytch_consumer() {
    runs!(
        "stytch/openapi/stytch-consumer-openapi.yml",
        "stytchConsumerApi",
        consumer::totp_enrollment,
        { "email": "ada@example.com", "totp_code": "123456", "session_duration_minutes": 60 },
        3,
        Credential::basic("project", "secret")
    );
}

#[tokio::test]
async fn stytch_b2b() {
    runs!(
        "stytch/openapi/stytch-b2b-openapi.yml",
        "stytchB2bApi",
        business::totp_enrollment,
        { "organization_id": "organization-1", "member_id": "member-1", "code": "123456" },
        2,
        Credential::basic("project", "secret")
    );
}

#[tokio::test]
async fn random_lovecraft() {
    runs!(
        "jentic/randomlovecraft.com/apis/openapi/randomlovecraft.com/main/1.0/openapi.json",
        "openapi_source",
        lovecraft::explore_book_sentences,
        { "id": "the-book", "limit": "3" },
        2,
        Credential::bearer("unused")
    );
}

#[tokio::test]
async fn bandsintown() {
    runs!(
        "jentic/bandsintown.com/apis/openapi/bandsintown.com/main/3.0.0/openapi.json",
        "openapi_source",
        bands::display_artist_profile_and_upcoming_events,
        { "artistname": "Sigur Rós / Múm?", "app_id": "me", "date": "upcoming" },
        2,
        Credential::bearer("unused")
    );
}

#[tokio::test]
async fn netlicensing() {
    runs!(
        "jentic/netlicensing.io/apis/openapi/netlicensing.io/main/2.x/openapi.json",
        "openapi_source",
        licensing::register_new_customer_and_grant_initial_license,
        { "create-licensee_body": { "productNumber": "P 1", "active": true } },
        2,
        Credential::basic("user", "password")
    );
}

#[tokio::test]
async fn zeit() {
    runs!(
        "jentic/zeit.co/apis/openapi/zeit.co/main/v2019-01-07/openapi.json",
        "openapi_source",
        domains::get_specific_domain_details,
        { "name": "example.com", "teamId": "t1" },
        2,
        Credential::bearer("token")
    );
}
