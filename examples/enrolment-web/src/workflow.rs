//! The compiled workflow.

arazzo::arazzo_workflow!("stytch-totp-enrollment-workflow.yml");

pub use totp_enrollment::{Input, PartialInputs, Run, Step};
