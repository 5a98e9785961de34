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

#[test]
fn codes_are_those_of_rfc_6238() -> Outcome {
    // Appendix B lists eight digits; a code of six is the last six of them.
    let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (seconds, listed) in [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ] {
        assert_eq!(totp_code(secret, at(seconds))?, listed[2..]);
    }
    Ok(())
}

#[test]
fn codes_need_a_proper_secret_and_time() {
    let now = at(START);
    assert_eq!(totp_code("not base32!", now), Err(CodeError::NotBase32));
    assert_eq!(totp_code("GEZDGNBV", now), Err(CodeError::SecretTooShort));
    assert_eq!(
        totp_code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", UNIX_EPOCH - Duration::from_secs(1)),
        Err(CodeError::BeforeEpoch)
    );
}

#[tokio::test]
async fn a_user_is_created_from_an_email() -> Outcome {
    let fixture = Fixture::new().await?;
    let body = json!({ "email": "ada@example.com" });
    let response = fixture.create("/v1/users", body).await?;

    assert!(text(&response["user_id"]).starts_with("user-test-"));
    assert!(text(&response["email_id"]).starts_with("email-test-"));
    assert_eq!(response["phone_id"], "");
    assert_eq!(response["status"], "active");
    assert_eq!(
        response["user"],
        json!({
            "user_id": response["user_id"],
            "emails": [{
                "email_id": response["email_id"],
                "email": "ada@example.com",
                "verified": false,
            }],
            "status": "active",
            "phone_numbers": [],
            "webauthn_registrations": [],
            "providers": [],
            "totps": [],
            "crypto_wallets": [],
            "biometric_registrations": [],
            "is_locked": false,
            "roles": [],
            "name": { "first_name": "", "middle_name": "", "last_name": "" },
            "created_at": "2027-01-15T08:00:00Z",
            "trusted_metadata": {},
            "untrusted_metadata": {},
        })
    );
    assert_eq!(fixture.server.users(), 1);
    Ok(())
}

#[tokio::test]
async fn a_user_is_created_from_everything_described() -> Outcome {
    let fixture = Fixture::new().await?;
    let body = json!({
        "email": "grace@example.com",
        "phone_number": "+12025550143",
        "name": { "first_name": "Grace", "last_name": "Hopper" },
        "attributes": { "ip_address": "192.0.2.7", "user_agent": "test" },
        "create_user_as_pending": true,
        "trusted_metadata": { "plan": "gold" },
        "untrusted_metadata": { "theme": "dark" },
        "external_id": "crm|17",
        "roles": ["editor"],
        "not_described": [1, 2, 3],
    });
    let response = fixture.create("/v1/users", body).await?;
    let user = &response["user"];

    assert!(text(&response["phone_id"]).starts_with("phone-number-test-"));
    assert_eq!(response["status"], "pending");
    assert_eq!(user["status"], "pending");
    assert_eq!(user["phone_numbers"][0]["phone_id"], response["phone_id"]);
    assert_eq!(user["phone_numbers"][0]["phone_number"], "+12025550143");
    assert_eq!(user["name"]["first_name"], "Grace");
    assert_eq!(user["name"]["middle_name"], "");
    assert_eq!(user["trusted_metadata"], json!({ "plan": "gold" }));
    assert_eq!(user["untrusted_metadata"], json!({ "theme": "dark" }));
    assert_eq!(user["external_id"], "crm|17");
    assert_eq!(user["roles"], json!(["editor"]));

    let by_phone_alone = json!({ "phone_number": "+442079460958" });
    let response = fixture.create("/v1/users", by_phone_alone).await?;
    assert_eq!(response["email_id"], "");
    assert_eq!(response["user"]["emails"], json!([]));
    Ok(())
}

#[tokio::test]
async fn a_user_needs_plausible_addresses() -> Outcome {
    let fixture = Fixture::new().await?;
    for body in [json!({}), json!({ "email": null }), json!({ "roles": [] })] {
        fixture
            .refuse("/v1/users", body, 400, "invalid_create_user_request")
            .await?;
    }
    let long = format!("{}@example.com", "a".repeat(65));
    for email in [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@example..com",
        "ada@-example.com",
        "ada lovelace@example.com",
        "ada.@example.com",
        "ada:lovelace@example.com",
        "ada@lovelace@example.com",
        &long,
    ] {
        let body = json!({ "email": email });
        fixture.refuse("/v1/users", body, 400, "invalid_email").await?;
    }
    for number in ["", "12025550143", "+0123456789", "+1 202 555", "+12345"] {
        let body = json!({ "phone_number": number });
        fixture.refuse("/v1/users", body, 400, "invalid_phone_number").await?;
    }
    assert_eq!(fixture.server.users(), 0);
    Ok(())
}

#[tokio::test]
async fn a_user_is_not_created_twice() -> Outcome {
    let fixture = Fixture::new().await?;
    let body = json!({
        "email": "ada@example.com",
        "phone_number": "+12025550143",
        "external_id": "crm|1",
    });
    fixture.create("/v1/users", body).await?;

    for (body, error_type) in [
        (json!({ "email": "ada@example.com" }), "duplicate_email"),
        (json!({ "email": "Ada@Example.com" }), "duplicate_email"),
        (json!({ "phone_number": "+12025550143" }), "duplicate_phone_number"),
        (
            json!({ "email": "eve@example.com", "external_id": "crm|1" }),
            "duplicate_user_external_id",
        ),
    ] {
        fixture.refuse("/v1/users", body, 400, error_type).await?;
    }
    assert_eq!(fixture.server.users(), 1);
    Ok(())
}

#[tokio::test]
async fn every_operation_asks_for_the_credentials() -> Outcome {
    let fixture = Fixture::new().await?;
    let (id, secret) = (fixture.server.project_id(), fixture.server.secret());
    for path in ["/v1/users", "/v1/totps", "/v1/totps/authenticate"] {
        let url = format!("{}{path}", fixture.server.url());
        let request = || {
            let body = json!({ "email": "ada@example.com" });
            fixture.client.post(&url).json(&body)
        };
        for request in [
            request(),
            request().basic_auth(id, Some("wrong")),
            request().basic_auth("wrong", Some(secret)),
            request().basic_auth(id, None::<&str>),
            request().bearer_auth(secret),
            request().header("authorization", "Basic !"),
        ] {
            let response = request.send().await?;
            let challenge = response.headers()["www-authenticate"].to_str()?;
            assert!(challenge.starts_with("Basic "));
            let (status, body) = read(response).await?;
            assert_eq!(status, 401);
            assert_error(&body, 401, "unauthorized_credentials");
        }
    }
    assert_eq!(fixture.server.users(), 0);
    Ok(())
}

#[tokio::test]
async fn credentials_are_random_unless_chosen() -> Outcome {
    let (one, other) = (Server::start().await?, Server::start().await?);
    assert_ne!(one.project_id(), other.project_id());
    assert_ne!(one.secret(), other.secret());
    assert!(one.project_id().starts_with("project-test-"));
    assert!(one.secret().starts_with("secret-test-"));

    let chosen = Server::builder().credentials("my-project", "pass:word").start().await?;
    let response = reqwest::Client::new()
        .post(format!("{}/v1/users", chosen.url()))
        .basic_auth("my-project", Some("pass:word"))
        .json(&json!({ "email": "ada@example.com" }))
        .send()
        .await?;
    assert_eq!(response.status(), 200);

    let impossible = Server::builder().credentials("my:project", "x").start();
    let error = impossible.await.expect_err("a colon ends the user name");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    Ok(())
}

#[tokio::test]
async fn enrolling_gives_a_secret_and_recovery_codes() -> Outcome {
    let fixture = Fixture::new().await?;
    let user_id = fixture.user("ada@example.com").await?;
    let response = fixture.create("/v1/totps", json!({ "user_id": user_id })).await?;

    assert!(text(&response["totp_id"]).starts_with("totp-test-"));
    assert_eq!(response["user_id"], user_id.as_str());
    assert_eq!(
        response["user"]["totps"],
        json!([{ "totp_id": response["totp_id"], "verified": false }])
    );

    // 32 characters of five bits each.
    let secret = text(&response["secret"]);
    assert_eq!(secret.len(), 32);
    assert!(secret.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7')));

    let codes: HashSet<&str> = response["recovery_codes"]
        .as_array()
        .into_iter()
        .flatten()
        .map(text)
        .collect();
    assert_eq!(codes.len(), 10);
    for code in codes {
        let groups: Vec<&str> = code.split('-').collect();
        assert_eq!(groups.len(), 3, "{code}");
        assert!(groups.iter().all(|group| group.len() == 4), "{code}");
    }
    Ok(())
}

#[tokio::test]
async fn the_qr_code_holds_the_otpauth_url() -> Outcome {
    let fixture = Fixture::new().await?;
    let user_id = fixture.user("ada+tag@example.com").await?;
    let response = fixture.create("/v1/totps", json!({ "user_id": user_id })).await?;

    let image = STANDARD.decode(text(&response["qr_code"]))?;
    let mut reader = png::Decoder::new(Cursor::new(image)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large")?];
    let info = reader.next_frame(&mut pixels)?;
    assert_eq!(info.color_type, png::ColorType::Grayscale);
    assert_eq!(info.bit_depth, png::BitDepth::Eight);
    let width = usize::try_from(info.width)?;
    let height = usize::try_from(info.height)?;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1);
    let (_, content) = grids[0].decode()?;

    let url = Url::parse(&content)?;
    assert_eq!(url.scheme(), "otpauth");
    assert_eq!(url.host_str(), Some("totp"));
    assert_eq!(url.path(), "/Stytch%20stand-in:ada%2Btag%40example.com");
    let query: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let secret = text(&response["secret"]).to_owned();
    assert!(query.contains(&("secret".into(), secret)), "{content}");
    let issuer = "Stytch stand-in".to_owned();
    assert!(query.contains(&("issuer".into(), issuer)), "{content}");
    Ok(())
}

#[tokio::test]
async fn enrolling_needs_a_known_user_and_a_proper_expiration() -> Outcome {
    let fixture = Fixture::new().await?;
    let body = json!({ "email": "ada@example.com", "external_id": "crm|1" });
    fixture.create("/v1/users", body).await?;

    let nobody = json!({ "user_id": "user-test-nobody" });
    fixture.refuse("/v1/totps", nobody, 404, "user_not_found").await?;
    for body in [json!({}), json!({ "user_id": "" })] {
        fixture.refuse("/v1/totps", body, 400, "invalid_user_id").await?;
    }
    for minutes in [-1, 0, 4, 1441] {
        let body = json!({ "user_id": "crm|1", "expiration_minutes": minutes });
        fixture.refuse("/v1/totps", body, 400, "invalid_expiration").await?;
    }
    for minutes in [5, 1440] {
        let body = json!({ "user_id": "crm|1", "expiration_minutes": minutes });
        fixture.create("/v1/totps", body).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_current_code_verifies_the_totp() -> Outcome {
    // By the clock of the system: what an authenticator app would do.
    let server = Server::start().await?;
    let client = reqwest::Client::new();
    let post = async |path: &str, body: Value| {
        let request = client
            .post(format!("{}{path}", server.url()))
            .basic_auth(server.project_id(), Some(server.secret()))
            .json(&body);
        read(request.send().await?).await
    };

    let body = json!({ "email": "ada@example.com", "create_user_as_pending": true });
    let (_, user) = post("/v1/users", body).await?;
    let user_id = &user["user_id"];
    let (_, totp) = post("/v1/totps", json!({ "user_id": user_id })).await?;
    let code = totp_code(text(&totp["secret"]), SystemTime::now())?;
    let body = json!({ "user_id": user_id, "totp_code": code });
    let (status, response) = post("/v1/totps/authenticate", body).await?;

    assert_eq!(status, 200, "{response}");
    assert_eq!(response["user_id"], *user_id);
    assert_eq!(response["totp_id"], totp["totp_id"]);
    assert_eq!(response["user"]["status"], "active");
    assert_eq!(
        response["user"]["totps"],
        json!([{ "totp_id": totp["totp_id"], "verified": true }])
    );
    Ok(())
}

#[tokio::test]
async fn a_wrong_code_is_refused() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let current = fixture.code(&secret)?;
    // The first code that none of the three steps of the window has.
    let window: Vec<String> = [START - 30, START, START + 30]
        .into_iter()
        .map(|seconds| totp_code(&secret, at(seconds)))
        .collect::<Result<_, _>>()?;
    let wrong = (0..4)
        .map(|number| format!("{number:06}"))
        .find(|code| !window.contains(code))
        .ok_or("three codes cannot be four")?;

    let body = json!({ "user_id": user_id, "totp_code": wrong });
    let path = "/v1/totps/authenticate";
    fixture.refuse(path, body, 401, "unable_to_authenticate_totp").await?;
    for malformed in ["", "12345", "1234567", "12345a", "١٢٣"] {
        let body = json!({ "user_id": user_id, "totp_code": malformed });
        fixture.refuse(path, body, 400, "invalid_totp_code").await?;
    }
    let body = json!({ "user_id": user_id });
    fixture.refuse(path, body, 400, "invalid_totp_code").await?;
    let body = json!({ "totp_code": current });
    fixture.refuse(path, body, 400, "invalid_user_id").await?;
    let body = json!({ "user_id": "user-test-nobody", "totp_code": current });
    fixture.refuse(path, body, 404, "user_not_found").await?;

    let stranger = fixture.user("eve@example.com").await?;
    let body = json!({ "user_id": stranger, "totp_code": current });
    fixture.refuse(path, body, 404, "totps_not_found_for_user").await?;

    // None of which used the code up.
    let body = json!({ "user_id": user_id, "totp_code": current });
    fixture.create(path, body).await?;
    Ok(())
}

#[tokio::test]
async fn a_code_authenticates_once() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let path = "/v1/totps/authenticate";
    let body = json!({ "user_id": user_id, "totp_code": fixture.code(&secret)? });

    fixture.create(path, body.clone()).await?;
    fixture
        .refuse(path, body.clone(), 401, "totp_code_already_authenticated")
        .await?;
    fixture.clock.advance(30);
    fixture
        .refuse(path, body, 401, "totp_code_already_authenticated")
        .await?;
    let next = json!({ "user_id": user_id, "totp_code": fixture.code(&secret)? });
    fixture.create(path, next).await?;
    Ok(())
}

#[tokio::test]
async fn the_window_is_one_step_on_either_side() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let path = "/v1/totps/authenticate";
    // In the middle of a step, so that whole steps away stay whole steps away.
    fixture.clock.advance(15);
    let now = START + 15;

    for seconds in [now - 60, now + 60] {
        let body = json!({ "user_id": user_id, "totp_code": totp_code(&secret, at(seconds))? });
        fixture.refuse(path, body, 401, "unable_to_authenticate_totp").await?;
    }
    for seconds in [now - 30, now, now + 30] {
        let body = json!({ "user_id": user_id, "totp_code": totp_code(&secret, at(seconds))? });
        fixture.create(path, body).await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_enrollment_expires_unless_verified() -> Outcome {
    let fixture = Fixture::new().await?;
    let path = "/v1/totps/authenticate";
    let mut secrets = Vec::new();
    for email in ["early@example.com", "late@example.com"] {
        let user_id = fixture.user(email).await?;
        let body = json!({ "user_id": user_id, "expiration_minutes": 5 });
        let totp = fixture.create("/v1/totps", body).await?;
        secrets.push((user_id, text(&totp["secret"]).to_owned()));
    }
    let body = |(user_id, secret): &(String, String)| {
        Ok::<_, CodeError>(json!({ "user_id": user_id, "totp_code": fixture.code(secret)? }))
    };

    fixture.clock.advance(299);
    fixture.create(path, body(&secrets[0])?).await?;
    fixture.clock.advance(1);
    fixture.create(path, body(&secrets[0])?).await?;
    fixture.refuse(path, body(&secrets[1])?, 401, "expired_totp").await?;
    Ok(())
}

#[tokio::test]
async fn a_user_has_one_verified_totp() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, abandoned) = fixture.enrolled("ada@example.com").await?;
    let again = json!({ "user_id": user_id });
    let totp = fixture.create("/v1/totps", again.clone()).await?;
    assert_ne!(totp["secret"], abandoned.as_str());

    let code = fixture.code(text(&totp["secret"]))?;
    let body = json!({ "user_id": user_id, "totp_code": code });
    let response = fixture.create("/v1/totps/authenticate", body).await?;
    assert_eq!(
        response["user"]["totps"],
        json!([{ "totp_id": totp["totp_id"], "verified": true }])
    );
    fixture.refuse("/v1/totps", again, 400, "active_totp_exists").await?;
    Ok(())
}

#[tokio::test]
async fn there_is_no_session_unless_asked_for() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let body = json!({
        "user_id": user_id,
        "totp_code": fixture.code(&secret)?,
        "session_duration_minutes": null,
        "session_custom_claims": { "team": "blue" },
    });
    let response = fixture.create("/v1/totps/authenticate", body).await?;
    assert_eq!(response["session_token"], "");
    assert_eq!(response["session_jwt"], "");
    assert_eq!(response.get("session"), None);
    Ok(())
}

#[tokio::test]
async fn a_session_is_started_when_asked_for() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let path = "/v1/totps/authenticate";
    let body = |minutes: Value| {
        let code = fixture.code(&secret)?;
        Ok::<_, CodeError>(json!({
            "user_id": user_id,
            "totp_code": code,
            "session_duration_minutes": minutes,
            "session_custom_claims": { "team": "blue", "sub": "somebody else" },
        }))
    };
    for minutes in [json!(-5), json!(0), json!(4), json!(527_041)] {
        fixture
            .refuse(path, body(minutes)?, 400, "invalid_session_duration_minutes")
            .await?;
    }
    for minutes in [json!("60"), json!(60.5)] {
        fixture.refuse(path, body(minutes)?, 400, "bad_request").await?;
    }

    let response = fixture.create(path, body(json!(60))?).await?;
    let session = &response["session"];
    assert!(text(&session["session_id"]).starts_with("session-test-"));
    assert_eq!(
        *session,
        json!({
            "session_id": session["session_id"],
            "user_id": user_id,
            "authentication_factors": [{
                "type": "totp",
                "delivery_method": "authenticator_app",
                "last_authenticated_at": "2027-01-15T08:00:00Z",
                "created_at": "2027-01-15T08:00:00Z",
                "updated_at": "2027-01-15T08:00:00Z",
                "authenticator_app_factor": { "totp_id": response["totp_id"] },
            }],
            "roles": [],
            "started_at": "2027-01-15T08:00:00Z",
            "last_accessed_at": "2027-01-15T08:00:00Z",
            "expires_at": "2027-01-15T09:00:00Z",
            "custom_claims": { "team": "blue" },
        })
    );
    assert!(text(&response["session_token"]).len() >= 43);

    let parts = text(&response["session_jwt"])
        .split('.')
        .map(|part| URL_SAFE_NO_PAD.decode(part))
        .collect::<Result<Vec<_>, _>>()?;
    let [header, claims, signature] = parts.as_slice() else {
        panic!("{} parts", parts.len());
    };
    let header: Value = serde_json::from_slice(header)?;
    assert_eq!(header, json!({ "alg": "HS256", "typ": "JWT" }));
    let claims: Value = serde_json::from_slice(claims)?;
    assert_eq!(claims["sub"], user_id.as_str());
    assert_eq!(claims["aud"], json!([fixture.server.project_id()]));
    assert_eq!(claims["iat"], START);
    assert_eq!(claims["exp"], START + 300);
    assert_eq!(claims["team"], "blue");
    let session_claim = &claims["https://stytch.com/session"];
    assert_eq!(session_claim["id"], session["session_id"]);
    assert_eq!(signature.len(), 32);
    Ok(())
}

#[tokio::test]
async fn a_session_goes_on_by_its_token_or_its_jwt() -> Outcome {
    let fixture = Fixture::new().await?;
    let (user_id, secret) = fixture.enrolled("ada@example.com").await?;
    let path = "/v1/totps/authenticate";
    let with = |member: Value| {
        let mut body = json!({
            "user_id": user_id,
            "totp_code": fixture.code(&secret)?,
            "session_duration_minutes": 10,
        });
        if let (Value::Object(body), Value::Object(member)) = (&mut body, member) {
            body.extend(member);
        }
        Ok::<_, CodeError>(body)
    };

    let claims = json!({ "session_custom_claims": { "team": "blue", "level": 1 } });
    let first = fixture.create(path, with(claims)?).await?;
    let (token, jwt) = (&first["session_token"], &first["session_jwt"]);

    fixture.clock.advance(60);
    let both = json!({ "session_token": token, "session_jwt": jwt });
    fixture
        .refuse(path, with(both)?, 400, "too_many_session_arguments")
        .await?;
    let unknown = json!({ "session_token": "unknown" });
    fixture.refuse(path, with(unknown)?, 404, "session_not_found").await?;
    let large = json!({ "session_custom_claims": { "text": "x".repeat(4096) } });
    fixture
        .refuse(path, with(large)?, 400, "custom_claims_too_large")
        .await?;

    let by_token = json!({
        "session_token": token,
        "session_custom_claims": { "team": null, "level": 2 },
    });
    let second = fixture.create(path, with(by_token)?).await?;
    assert_eq!(second["session_token"], *token);
    let (before, after) = (&first["session"], &second["session"]);
    assert_eq!(after["session_id"], before["session_id"]);
    assert_eq!(after["started_at"], "2027-01-15T08:00:00Z");
    assert_eq!(after["expires_at"], "2027-01-15T08:11:00Z");
    assert_eq!(after["custom_claims"], json!({ "level": 2 }));
    let factors = after["authentication_factors"].as_array();
    assert_eq!(factors.map(Vec::len), Some(1));

    fixture.clock.advance(60);
    let by_jwt = json!({ "session_jwt": jwt });
    let third = fixture.create(path, with(by_jwt)?).await?;
    assert_eq!(third["session"]["session_id"], before["session_id"]);

    let (stranger, other_secret) = fixture.enrolled("eve@example.com").await?;
    let body = json!({
        "user_id": stranger,
        "totp_code": fixture.code(&other_secret)?,
        "session_token": token,
    });
    fixture.refuse(path, body, 404, "session_not_found").await?;

    fixture.clock.advance(600);
    let expired = json!({ "session_token": token });
    fixture.refuse(path, with(expired)?, 404, "session_not_found").await?;
    Ok(())
}

#[tokio::test]
async fn every_error_has_the_same_shape() -> Outcome {
    let fixture = Fixture::new().await?;
    for (method, path, status, error_type) in [
        (Method::POST, "/v1/unknown", 404, "route_not_found"),
        (Method::GET, "/", 404, "route_not_found"),
        (Method::POST, "/v1/users/", 404, "route_not_found"),
        (Method::GET, "/v1/users", 405, "method_not_allowed"),
        (Method::DELETE, "/v1/totps", 405, "method_not_allowed"),
    ] {
        let response = fixture.request(method, path).send().await?;
        let allow = response.headers().get("allow").cloned();
        assert_eq!(allow.is_some(), status == 405, "{path}");
        let (actual, body) = read(response).await?;
        assert_eq!(actual, status);
        assert_error(&body, status, error_type);
    }
    for content in ["", "{", "[]", "null", r#"["ada@example.com"]"#, r#"{"email":1}"#] {
        let request = fixture.request(Method::POST, "/v1/users");
        let request = request.header("content-type", "application/json");
        let (status, body) = read(request.body(content).send().await?).await?;
        assert_eq!(status, 400, "{content}");
        assert_error(&body, 400, "bad_request");
    }
    let large = vec![b' '; (1 << 20) + 1];
    let request = fixture.request(Method::POST, "/v1/users").body(large);
    let (status, body) = read(request.send().await?).await?;
    assert_eq!(status, 400);
    assert_error(&body, 400, "bad_request");
    Ok(())
}

#[tokio::test]
async fn the_log_holds_the_exchanges_without_the_credentials() -> Outcome {
    let observed = Arc::new(Mutex::new(Vec::<Exchange>::new()));
    let sink = Arc::clone(&observed);
    let server = Server::builder()
        .on_exchange(move |exchange| {
            let mut seen = sink.lock().expect("no observer panics");
            seen.push(exchange.clone());
        })
        .start()
        .await?;
    let client = reqwest::Client::builder().user_agent("test/1").build()?;
    let body = json!({ "email": "ada@example.com" });
    let request = || client.post(format!("{}/v1/users?x=1", server.url()));
    request().json(&body).send().await?;
    request()
        .basic_auth(server.project_id(), Some(server.secret()))
        .json(&body)
        .send()
        .await?;
    client.get(server.url()).send().await?;

    let log = server.log();
    let seen: Vec<_> = log
        .iter()
        .map(|exchange| (exchange.method.as_str(), exchange.path.as_str(), exchange.status))
        .collect();
    assert_eq!(
        seen,
        [
            ("POST", "/v1/users", 401),
            ("POST", "/v1/users", 200),
            ("GET", "/", 404),
        ]
    );
    assert_eq!(log[0].error_type, Some("unauthorized_credentials"));
    assert_eq!(log[1].error_type, None);
    assert_eq!(log[1].body, Some(body));
    assert_eq!(log[2].body, None);
    let names: Vec<&str> = log[1].headers.keys().copied().collect();
    assert_eq!(names, ["accept", "content-type", "user-agent"]);
    assert_eq!(log[1].headers["content-type"], "application/json");
    assert_eq!(log[1].headers["user-agent"], "test/1");

    assert_eq!(*observed.lock().expect("no observer panics"), log);
    Ok(())
}

#[tokio::test]
async fn debug_output_hides_the_secret() -> Outcome {
    let builder = Server::builder().credentials("my-project", "hush");
    let before = format!("{builder:?}");
    let server = builder.start().await?;
    for output in [before, format!("{server:?}")] {
        assert!(output.contains("my-project"), "{output}");
        assert!(!output.contains("hush"), "{output}");
    }
    Ok(())
}

#[tokio::test]
async fn a_server_listens_on_loopback_until_it_stops() -> Outcome {
    let server = Server::start().await?;
    let url = Url::parse(server.url())?;
    assert_eq!(url.host_str(), Some("127.0.0.1"));
    let port = url.port().ok_or("no port")?;
    assert!(Server::builder().port(port).start().await.is_err());

    // A connection that is kept alive does not keep the server up.
    let client = reqwest::Client::new();
    client.get(server.url()).send().await?;
    server.stop().await?;
    assert!(client.get(url.clone()).send().await.is_err());

    let server = Server::builder().port(port).start().await?;
    assert_eq!(Url::parse(server.url())?, url);
    drop(server);
    let mut attempts = 0;
    while client.get(url.clone()).send().await.is_ok() {
        attempts += 1;
        assert!(attempts < 100, "the server outlives its owner");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}
