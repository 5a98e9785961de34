//! The compiled workflow.

arazzo::arazzo_workflow!("../../stytch-totp/stytch-totp-enrollment-workflow.yml");

pub use totp_enrollment::{Input, PartialInputs, Run, Step};
