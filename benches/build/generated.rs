//! Enrols a user into TOTP.
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{from_value, json};

progenitor::generate_api!("stytch-consumer-openapi.yml");

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // The generated client knows no credentials: the header is given as a whole.
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, std::env::var("STYTCH_AUTHORIZATION")?.parse()?);
    let http = reqwest::Client::builder().default_headers(headers).build()?;
    let client = Client::new_with_client("https://api.stytch.com", http);

    let create_user = from_value(json!({ "email": "ada@example.com" }))?;
    let user = client.api_user_v1_create(&create_user).await?.into_inner();
    let create_totp = from_value(json!({ "user_id": user.user_id }))?;
    let totp = client.api_totp_v1_create(&create_totp).await?.into_inner();
    println!("Add {} to your authenticator app and enter the code that it shows:", totp.secret);
    let mut code = String::new();
    std::io::stdin().read_line(&mut code)?;
    let authenticate = from_value(json!({
        "user_id": user.user_id, "totp_code": code.trim(), "session_duration_minutes": 60,
    }))?;
    let done = client.api_totp_v1_authenticate(&authenticate).await?.into_inner();
    println!("enrolled {}", done.user_id);
    Ok(())
}
