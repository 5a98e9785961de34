use arazzo::Client;
use restate_sdk::prelude::*;
use serde_json::{Value, json};

use crate::driver;
use crate::inputs::Given;
use crate::status::Status;

arazzo::arazzo_workflow!("stytch-totp-enrollment-workflow.yml");

use totp_enrollment::{Outputs, Run, Workflow};

/// Enrols a user into TOTP.
pub struct TotpEnrollment {
    /// The client that calls Stytch.
    pub client: Client,
}

#[restate_sdk::workflow]
impl TotpEnrollment {
    /// Starts the enrolment and returns its outputs. Requires `email`.
    #[handler]
    async fn run(&self, ctx: WorkflowContext<'_>, inputs: Json<Given>) -> Result<Json<Outputs>, TerminalError> {
        driver::drive(&ctx, &self.client, inputs.into_inner(), show).await
    }

    /// Provides the input that the enrolment asks for: `totp_code`.
    #[handler]
    async fn provide(&self, ctx: SharedWorkflowContext<'_>, inputs: Json<Given>) -> Result<(), TerminalError> {
        driver::provide::<Workflow>(&ctx, inputs.into_inner()).await
    }

    /// Returns the status of the enrolment, with the QR code if it asks for a code.
    #[handler]
    async fn status(&self, ctx: SharedWorkflowContext<'_>) -> Result<Json<Status>, TerminalError> {
        driver::status(&ctx).await
    }
}

/// Returns what the authenticator app needs.
fn show(run: &Run) -> Value {
    run.steps().create_totp().map_or(
        Value::Null,
        |totp| json!({ "secret": totp.secret, "qrCode": totp.qr_code, "recoveryCodes": totp.recovery_codes }),
    )
}
