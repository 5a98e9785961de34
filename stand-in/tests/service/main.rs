//! The Stytch stand-in over real sockets.

use std::collections::HashSet;
use std::error::Error;
use std::io::Cursor;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::{Method, Response, Url};
use serde_json::{Value, json};
use stytch_stand_in::{CodeError, Exchange, Server, totp_code};

type Outcome = Result<(), Box<dyn Error>>;

/// The first second of a time step.
const START: u64 = 1_800_000_000;

/// A clock that stands still until a test moves it.
#[derive(Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn new() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }

    fn now(&self) -> SystemTime {
        at(self.0.load(Ordering::SeqCst))
    }

    fn advance(&self, seconds: u64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn at(unix_seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(unix_seconds)
}

/// A server, its clock, and a client that knows its credentials.
struct Fixture {
    server: Server,
    clock: Clock,
    client: reqwest::Client,
}

impl Fixture {
    async fn new() -> Result<Self, Box<dyn Error>> {
        let clock = Clock::new();
        let ticking = clock.clone();
        Ok(Self {
            server: Server::builder().clock(move || ticking.now()).start().await?,
            clock,
            client: reqwest::Client::new(),
        })
    }

    fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.server.url());
        self.client
            .request(method, url)
            .basic_auth(self.server.project_id(), Some(self.server.secret()))
    }

    async fn post(&self, path: &str, body: Value) -> Result<(u16, Value), Box<dyn Error>> {
        let request = self.request(Method::POST, path).json(&body);
        read(request.send().await?).await
    }

    /// Posts what is to be accepted.
    async fn create(&self, path: &str, body: Value) -> Result<Value, Box<dyn Error>> {
        let (status, response) = self.post(path, body).await?;
        assert_eq!(status, 200, "{response}");
        assert_eq!(response["status_code"], 200);
        assert!(text(&response["request_id"]).starts_with("request-id-test-"));
        Ok(response)
    }

    /// Posts what is to be refused, for this reason.
    async fn refuse(&self, path: &str, body: Value, status: u16, error_type: &str) -> Outcome {
        let (actual, response) = self.post(path, body.clone()).await?;
        assert_eq!(actual, status, "{body} got {response}");
        assert_error(&response, status, error_type);
        Ok(())
    }

    async fn user(&self, email: &str) -> Result<String, Box<dyn Error>> {
        let user = self.create("/v1/users", json!({ "email": email })).await?;
        Ok(text(&user["user_id"]).to_owned())
    }

    /// A user who has begun to enroll: the identifier and the secret.
    async fn enrolled(&self, email: &str) -> Result<(String, String), Box<dyn Error>> {
        let user_id = self.user(email).await?;
        let totp = self.create("/v1/totps", json!({ "user_id": user_id })).await?;
        Ok((user_id, text(&totp["secret"]).to_owned()))
    }

    fn code(&self, secret: &str) -> Result<String, CodeError> {
        totp_code(secret, self.clock.now())
    }
}

async fn read(response: Response) -> Result<(u16, Value), Box<dyn Error>> {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/json");
    Ok((status, response.json().await?))
}

fn assert_error(body: &Value, status: u16, error_type: &str) {
    assert_eq!(body["status_code"], status, "{body}");
    assert_eq!(body["error_type"], error_type, "{body}");
    assert!(text(&body["request_id"]).starts_with("request-id-test-"));
    assert!(!text(&body["error_message"]).is_empty());
    let url = format!("https://stytch.com/docs/api/errors/{status}");
    assert_eq!(body["error_url"], url);
    assert_eq!(body.as_object().map(serde_json::Map::len), Some(5));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is not a string"))
}

mod codes;
mod server;
mod sessions;
mod users;
