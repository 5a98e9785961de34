//! Finishes a parked run of the enrolment in a process of its own.
//!
//! Arguments: the URL of the service, the project id, the secret. Standard input: the run as JSON,
//! with every input that is still needed. Standard output: the outputs as JSON.

use std::error::Error;

use arazzo::{Client, Credential};

arazzo::arazzo_workflow! {
    "../../../examples/stytch-totp/stytch-totp-enrollment-workflow.yml",
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let [url, project_id, secret]: [String; 3] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .map_err(|_| "usage: finish-enrolment URL PROJECT_ID SECRET")?;
    let client = Client::builder()
        .source("stytchConsumerApi", |api| {
            api.base_url(url).credential(Credential::basic(project_id, secret))
        })
        .build()?;
    let mut run: totp_enrollment::Run = serde_json::from_reader(std::io::stdin())?;
    let outputs = run.finish(&client).await?;
    println!("{}", serde_json::to_string(&outputs)?);
    Ok(())
}
