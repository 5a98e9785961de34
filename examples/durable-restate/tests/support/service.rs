use std::path::Path;
use std::sync::{Arc, Mutex};

use stytch_stand_in as stytch;

use super::patience::until;
use super::process::Process;

/// The example itself, in a separate process. Clones refer to the same process.
#[derive(Clone)]
pub struct Service {
    process: Arc<Mutex<Process>>,
    /// The URL where Restate can reach it.
    pub url: String,
}

impl Service {
    /// Starts it on this port; 0 is any free port.
    pub async fn start(directory: &Path, port: u16, base_url: &str, project_id: &str, secret: &str) -> Self {
        let process = Process::start(
            env!("CARGO_BIN_EXE_durable-restate"),
            directory.join("service.log"),
            |command| {
                command
                    .env("RESTATE_SERVICE_ADDRESS", format!("127.0.0.1:{port}"))
                    .env("STYTCH_BASE_URL", base_url)
                    .env("STYTCH_PROJECT_ID", project_id)
                    .env("STYTCH_SECRET", secret);
            },
        );
        let process = Mutex::new(process);
        let url = until("the service", async || {
            process.lock().unwrap().lines().into_iter().next()
        })
        .await;
        Self {
            process: Arc::new(process),
            url,
        }
    }

    /// Starts it for this stand-in.
    pub async fn of(stytch: &stytch::Server, directory: &Path, port: u16) -> Self {
        Self::start(directory, port, stytch.url(), stytch.project_id(), stytch.secret()).await
    }

    /// Ends it by SIGKILL.
    pub fn kill(&self) {
        self.process.lock().unwrap().kill();
    }

    pub fn port(&self) -> u16 {
        self.url.rsplit_once(':').unwrap().1.parse().unwrap()
    }
}
