//! The service that the workflow calls.

use arazzo::{Client, Credential};
use std::io;
use std::time::Duration;
use stytch_stand_in as stytch;

/// URL of Stytch's test environment.
const TEST_ENVIRONMENT: &str = "https://test.stytch.com";

/// How long a visitor waits for one response of the service.
const PATIENCE: Duration = Duration::from_secs(10);

/// The service, or its stand-in.
pub struct Service {
    /// The base URL.
    pub url: String,
    project_id: String,
    secret: String,
    stand_in: Option<stytch::Server>,
}

impl Service {
    /// Returns the service that the environment names, or otherwise starts a stand-in.
    pub async fn find() -> io::Result<Self> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let (Some(project_id), Some(secret)) = (variable("STYTCH_PROJECT_ID"), variable("STYTCH_SECRET")) {
            return Ok(Self {
                url: variable("STYTCH_BASE_URL").unwrap_or_else(|| TEST_ENVIRONMENT.to_owned()),
                project_id,
                secret,
                stand_in: None,
            });
        }
        let server = stytch::Server::start().await?;
        Ok(Self {
            url: server.url().to_owned(),
            project_id: server.project_id().to_owned(),
            secret: server.secret().to_owned(),
            stand_in: Some(server),
        })
    }

    /// Returns whether it is the stand-in, which loses its data when this process ends.
    pub fn is_stand_in(&self) -> bool {
        self.stand_in.is_some()
    }

    /// Builds a client for it.
    pub fn client(&self) -> Result<Client, arazzo::Error> {
        Client::builder()
            .source("stytchConsumerApi", |api| {
                api.base_url(&self.url)
                    .credential(Credential::basic(&self.project_id, &self.secret))
            })
            .timeout(PATIENCE)
            .build()
    }
}
