//! Problems that are shown to the visitor.

use arazzo::{Error, ErrorKind};
use axum::http::StatusCode;
use serde::Deserialize;

use crate::workflow::{Input, Step};

/// Why an enrolment cannot continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No address was entered.
    EmailMissing,
    /// The service refused the address.
    EmailRefused,
    /// Another user has the address.
    EmailTaken,
    /// The entered text is not a code.
    CodeMalformed,
    /// The code is not the one that the app shows.
    CodeRefused,
    /// The code was already used.
    CodeUsed,
    /// The secret is no longer valid.
    Expired,
    /// The service is busy.
    Busy,
    /// The service cannot be reached.
    Down,
    /// The service did not respond in time.
    Slow,
    /// The service does not know this application.
    NotSetUp,
    /// The service failed, or its response was not understood.
    Failed,
}

/// The body of an error response of the service.
#[derive(Deserialize)]
struct Refusal {
    error_type: String,
}

impl Problem {
    /// Returns the meaning of an error of the workflow at this step.
    pub fn of(step: Option<Step>, error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Connect | ErrorKind::Transport => return Self::Down,
            ErrorKind::Timeout => return Self::Slow,
            ErrorKind::MissingCredential | ErrorKind::Configuration => return Self::NotSetUp,
            ErrorKind::Criterion => {}
            _ => return Self::Failed,
        }
        let refusal = error
            .response()
            .and_then(|response| serde_json::from_slice::<Refusal>(response.body()).ok());
        match refusal.as_ref().map(|refusal| refusal.error_type.as_str()) {
            Some("duplicate_email") => return Self::EmailTaken,
            Some("expired_totp" | "totps_not_found_for_user" | "user_not_found") => return Self::Expired,
            Some("totp_code_already_authenticated") => return Self::CodeUsed,
            Some("unauthorized_credentials") => return Self::NotSetUp,
            _ => {}
        }
        match (step, error.status().map(|status| status.as_u16())) {
            (Some(Step::CreateUser), Some(400)) => Self::EmailRefused,
            (Some(Step::AuthenticateTotp), Some(400 | 401 | 404)) => Self::CodeRefused,
            (_, Some(401 | 403)) => Self::NotSetUp,
            (_, Some(429)) => Self::Busy,
            (_, Some(502..=504)) => Self::Down,
            _ => Self::Failed,
        }
    }

    /// The status of the page that shows it.
    pub fn status(self) -> StatusCode {
        match self {
            Self::EmailMissing | Self::EmailRefused | Self::CodeMalformed | Self::CodeRefused | Self::CodeUsed => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::EmailTaken => StatusCode::CONFLICT,
            Self::Expired => StatusCode::GONE,
            Self::Busy | Self::Down => StatusCode::SERVICE_UNAVAILABLE,
            Self::Slow => StatusCode::GATEWAY_TIMEOUT,
            Self::NotSetUp => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Failed => StatusCode::BAD_GATEWAY,
        }
    }

    /// The field that it concerns. Only the visitor can correct such a problem.
    pub fn field(self) -> Option<Input> {
        match self {
            Self::EmailMissing | Self::EmailRefused | Self::EmailTaken => Some(Input::Email),
            Self::CodeMalformed | Self::CodeRefused | Self::CodeUsed => Some(Input::TotpCode),
            _ => None,
        }
    }

    /// What happened.
    pub fn title(self) -> &'static str {
        match self {
            Self::EmailMissing => "The e-mail address is missing.",
            Self::EmailRefused => "This e-mail address was not accepted.",
            Self::EmailTaken => "This e-mail address is already in use.",
            Self::CodeMalformed => "This is not a valid code.",
            Self::CodeRefused => "This code was not accepted.",
            Self::CodeUsed => "This code was already used.",
            Self::Expired => "This QR code has expired",
            Self::Busy => "The sign-in service is busy",
            Self::Down => "The sign-in service cannot be reached",
            Self::Slow => "The sign-in service did not respond in time",
            Self::NotSetUp => "This site is not set up properly",
            Self::Failed => "The sign-in service failed",
        }
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::EmailMissing => "Enter the address that you want to enrol.",
            Self::EmailRefused => "Check for a typing mistake, or use another address.",
            Self::EmailTaken => "A user with this address already exists. Use another address.",
            Self::CodeMalformed => "A code has six digits, such as 123 456.",
            Self::CodeRefused => {
                "Enter the six digits that the app shows now. If that fails again, check the clock of your phone."
            }
            Self::CodeUsed => "Wait until the app shows the next code, and enter that one.",
            Self::Expired => {
                "The authenticator app was not added in time. Start over with another address: this one is now in use."
            }
            Self::Busy => "Nothing is lost. Wait a minute, then try again.",
            Self::Down | Self::Slow => "Nothing is lost. Try again in a moment.",
            Self::NotSetUp => "Nothing is lost. Contact the operators of this site, then try again.",
            Self::Failed => "Nothing is lost. Try again. If that does not help, contact the operators of this site.",
        }
    }
}
