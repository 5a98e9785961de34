//! The content of a form.

use crate::problem::Problem;
use crate::workflow::{PartialInputs, Step};

/// What the visitor has sent.
#[derive(Clone, PartialEq, Eq)]
pub enum Submission {
    /// The address to enrol.
    Email(String),
    /// Nothing: the enrolment is to continue.
    Continue,
    /// The code of the authenticator app.
    Code(String),
}

impl Submission {
    /// An address, as entered.
    pub fn email(typed: &str) -> Self {
        Self::Email(typed.trim().to_owned())
    }

    /// A code, as entered. Apps show it in two groups.
    pub fn code(typed: &str) -> Self {
        Self::Code(typed.chars().filter(|letter| !letter.is_whitespace()).collect())
    }

    /// Returns whether the enrolment waits for this submission.
    pub fn fits(&self, step: Option<Step>) -> bool {
        matches!(
            (self, step),
            (Self::Email(_), Some(Step::CreateUser))
                | (Self::Continue, Some(Step::CreateTotp))
                | (Self::Code(_), Some(Step::AuthenticateTotp))
        )
    }

    /// Returns what is wrong with the submission, before a request is sent.
    pub fn flaw(&self) -> Option<Problem> {
        match self {
            Self::Email(email) if email.is_empty() => Some(Problem::EmailMissing),
            Self::Code(code) if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(Problem::CodeMalformed)
            }
            _ => None,
        }
    }

    /// Puts it into the inputs of the run.
    pub fn put(self, inputs: &mut PartialInputs) {
        match self {
            Self::Email(email) => inputs.email = Some(email),
            Self::Continue => {}
            Self::Code(code) => inputs.totp_code = Some(code),
        }
    }
}
