use arazzo::Client;
use restate_sdk::prelude::*;
use serde_json::Value;

use crate::driver;
use crate::inputs::Given;
use crate::status::Status;

arazzo::arazzo_workflow!("totp-sign-in.arazzo.yml");

use totp_sign_in::{Outputs, Run, Workflow};

/// Signs in a user who has enrolled.
pub struct TotpSignIn {
    /// The client that calls Stytch.
    pub client: Client,
}

#[restate_sdk::workflow]
impl TotpSignIn {
    /// Starts the sign-in and returns its outputs. Requires `user_id`, and `totp_code` now or later.
    #[handler]
    async fn run(&self, ctx: WorkflowContext<'_>, inputs: Json<Given>) -> Result<Json<Outputs>, TerminalError> {
        driver::drive(&ctx, &self.client, inputs.into_inner(), |_: &Run| Value::Null).await
    }

    /// Provides the input that the sign-in asks for: `totp_code`.
    #[handler]
    async fn provide(&self, ctx: SharedWorkflowContext<'_>, inputs: Json<Given>) -> Result<(), TerminalError> {
        driver::provide::<Workflow>(&ctx, inputs.into_inner()).await
    }

    /// Returns the status of the sign-in.
    #[handler]
    async fn status(&self, ctx: SharedWorkflowContext<'_>) -> Result<Json<Status>, TerminalError> {
        driver::status(&ctx).await
    }
}
