use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::identifier::identifier;
use super::session::Session;
use super::user::{Status, User};

/// A successful response: what one operation gives, and what every one gives.
#[derive(Serialize)]
pub(super) struct Success<T> {
    status_code: u16,
    request_id: String,
    #[serde(flatten)]
    content: T,
}

impl<T> Success<T> {
    pub(super) fn new(content: T) -> Self {
        Self {
            status_code: 200,
            request_id: identifier("request-id"),
            content,
        }
    }
}

impl<T: Serialize> IntoResponse for Success<T> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

#[derive(Serialize)]
pub(super) struct UserCreated {
    pub(super) user_id: String,
    /// Empty without an e-mail address, as is `phone_id` without a number.
    pub(super) email_id: String,
    pub(super) phone_id: String,
    pub(super) status: Status,
    pub(super) user: User,
}

#[derive(Serialize)]
pub(super) struct TotpCreated {
    pub(super) totp_id: String,
    pub(super) secret: String,
    pub(super) qr_code: String,
    pub(super) recovery_codes: Vec<String>,
    pub(super) user_id: String,
    pub(super) user: User,
}

#[derive(Serialize)]
pub(super) struct TotpAuthenticated {
    pub(super) user_id: String,
    pub(super) totp_id: String,
    pub(super) user: User,
    /// Empty without a session, as is `session_jwt`.
    pub(super) session_token: String,
    pub(super) session_jwt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) session: Option<Session>,
}
