//! What can go wrong, as the person has to know it.

use arazzo::{Error, ErrorKind};
use axum::http::StatusCode;
use serde::Deserialize;

use crate::workflow::{Input, Step};

/// Why an enrolment does not get on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No address was typed.
    EmailMissing,
    /// The service takes no such address.
    EmailRefused,
    /// Another user has the address.
    EmailTaken,
    /// What was typed is no code.
    CodeMalformed,
    /// The code is not the one the app shows.
    CodeRefused,
    /// The code was used before.
    CodeUsed,
    /// The secret does not count any more.
    Expired,
    /// The service has too much to do.
    Busy,
    /// The service cannot be reached.
    Down,
    /// The service takes too long.
    Slow,
    /// The service does not know this application.
    NotSetUp,
    /// The service failed, or said what nobody understands.
    Failed,
}

/// How the service says what is wrong.
#[derive(Deserialize)]
struct Refusal {
    error_type: String,
}

impl Problem {
    /// What an error of the workflow means at this step.
    pub fn of(step: Option<Step>, error: &Error) -> Self {
        match error.kind() {
            ErrorKind::Transport => return Self::Down,
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

    /// The field that it is about; the person can mend those, and nobody else can.
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
            Self::EmailTaken => "This e-mail address is taken.",
            Self::CodeMalformed => "That is not a code.",
            Self::CodeRefused => "That code was not accepted.",
            Self::CodeUsed => "That code was used before.",
            Self::Expired => "This QR code has expired",
            Self::Busy => "The sign-in service is busy",
            Self::Down => "The sign-in service cannot be reached",
            Self::Slow => "The sign-in service takes too long",
            Self::NotSetUp => "This site is not set up properly",
            Self::Failed => "The sign-in service failed",
        }
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::EmailMissing => "Type the address that you want to enrol.",
            Self::EmailRefused => "Look for a typing mistake, or take another address.",
            Self::EmailTaken => "A user with it exists already. Take another address.",
            Self::CodeMalformed => "A code has six digits, such as 123 456.",
            Self::CodeRefused => {
                "Type the six digits that the app shows now. If they fail again, check that the clock of your phone is right."
            }
            Self::CodeUsed => "Wait until the app shows the next one, and type that.",
            Self::Expired => {
                "The authenticator app was not added in time. Start over with another address: a user with this one exists already."
            }
            Self::Busy => "Nothing is lost. Wait a minute, then try again.",
            Self::Down | Self::Slow => "Nothing is lost. Try again in a moment.",
            Self::NotSetUp => "Nothing is lost. Tell the people who run this site, then try again.",
            Self::Failed => "Nothing is lost. Try again; if it does not help, tell the people who run this site.",
        }
    }
}
