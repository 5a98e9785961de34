use std::env;
use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use arazzo::{Client, Credential};

/// URL of Stytch's test environment.
const TEST_ENVIRONMENT: &str = "https://test.stytch.com";

/// The address where the service listens.
pub fn address() -> Result<SocketAddr, Box<dyn Error>> {
    let address = variable("RESTATE_SERVICE_ADDRESS").unwrap_or_else(|| "127.0.0.1:9080".to_owned());
    address
        .parse()
        .map_err(|_| format!("RESTATE_SERVICE_ADDRESS: expected an address and a port, found `{address}`").into())
}

/// Builds the client that calls Stytch.
pub fn client() -> Result<Client, Box<dyn Error>> {
    let project_id = variable("STYTCH_PROJECT_ID").ok_or("STYTCH_PROJECT_ID is not set")?;
    let secret = variable("STYTCH_SECRET").ok_or("STYTCH_SECRET is not set")?;
    let url = variable("STYTCH_BASE_URL").unwrap_or_else(|| TEST_ENVIRONMENT.to_owned());
    let client = Client::builder()
        // A step whose response is lost is called twice. If an API supports idempotency keys, `api.idempotency_key()`
        // lets it recognise the second request. Stytch does not document such support.
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
