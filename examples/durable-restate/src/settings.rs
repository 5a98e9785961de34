use std::env;
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use arazzo::{Client, Credential};

/// Where Stytch lets one try things out.
const TEST_ENVIRONMENT: &str = "https://test.stytch.com";

/// Where the service listens.
pub fn address() -> Result<SocketAddr, Box<dyn Error>> {
    let address = variable("RESTATE_SERVICE_ADDRESS").unwrap_or_else(|| "127.0.0.1:9080".to_owned());
    address
        .parse()
        .map_err(|_| format!("RESTATE_SERVICE_ADDRESS is `{address}`, not an address and a port").into())
}

/// Calls Stytch.
pub fn client() -> Result<Client, Box<dyn Error>> {
    let project_id = variable("STYTCH_PROJECT_ID").ok_or("STYTCH_PROJECT_ID is not set")?;
    let secret = variable("STYTCH_SECRET").ok_or("STYTCH_SECRET is not set")?;
    let url = variable("STYTCH_BASE_URL").unwrap_or_else(|| TEST_ENVIRONMENT.to_owned());
    let client = Client::builder()
        // A step whose answer is lost is called twice. For an API that takes idempotency keys, which
        // Stytch does not say of itself, `api.idempotency_key()` tells it so.
        .source("stytchConsumerApi", |api| {
            api.base_url(url).credential(Credential::basic(project_id, secret))
        })
        // A durable wait costs nothing.
        .max_retry_after(Duration::from_secs(60 * 60))
        .build()?;
    Ok(client)
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}
