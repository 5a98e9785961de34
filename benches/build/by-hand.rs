//! Enrols a user into TOTP.
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const URL: &str = "https://api.stytch.com";

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

#[derive(Deserialize)]
#[allow(dead_code, reason = "what the workflow keeps too")]
struct CreatedTotp {
    totp_id: String,
    secret: String,
    qr_code: String,
    recovery_codes: Vec<String>,
}

#[derive(Serialize)]
struct Authenticate<'a> {
    user_id: &'a str,
    totp_code: &'a str,
    session_duration_minutes: u32,
}

#[derive(Deserialize)]
#[allow(dead_code, reason = "what the workflow keeps too")]
struct Authenticated {
    user_id: String,
    session_token: String,
    session_jwt: String,
}

struct Stytch {
    http: reqwest::Client,
    project_id: String,
    secret: String,
}

impl Stytch {
    async fn post<B: Serialize, T: DeserializeOwned>(&self, path: &str, body: &B) -> Result<T, reqwest::Error> {
        self.http
            .post(format!("{URL}{path}"))
            .basic_auth(&self.project_id, Some(&self.secret))
            .json(body)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (project_id, secret) = (std::env::var("STYTCH_PROJECT_ID")?, std::env::var("STYTCH_SECRET")?);
    let stytch = Stytch { http: reqwest::Client::new(), project_id, secret };

    let create_user = CreateUser { email: "ada@example.com" };
    let user: CreatedUser = stytch.post("/v1/users", &create_user).await?;
    let create_totp = CreateTotp { user_id: &user.user_id };
    let totp: CreatedTotp = stytch.post("/v1/totps", &create_totp).await?;
    println!("Add {} to your authenticator app and enter the code that it shows:", totp.secret);
    let mut code = String::new();
    std::io::stdin().read_line(&mut code)?;
    let authenticate = Authenticate { user_id: &user.user_id, totp_code: code.trim(), session_duration_minutes: 60 };
    let done: Authenticated = stytch.post("/v1/totps/authenticate", &authenticate).await?;
    println!("enrolled {}", done.user_id);
    Ok(())
}
