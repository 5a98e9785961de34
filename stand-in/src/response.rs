use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::identifier::identifier;
use crate::session::Session;
use crate::user::{Status, User};

/// A successful response: what one operation gives, and what every one gives.
#[derive(Serialize)]
pub(crate) struct Success<T> {
    status_code: u16,
    request_id: String,
    #[serde(flatten)]
    content: T,
}

impl<T> Success<T> {
    pub(crate) fn new(content: T) -> Self {
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
pub(crate) struct UserCreated {
    pub(crate) user_id: String,
    /// Empty without an e-mail address, as is `phone_id` without a number.
    pub(crate) email_id: String,
    pub(crate) phone_id: String,
    pub(crate) status: Status,
    pub(crate) user: User,
}

#[derive(Serialize)]
pub(crate) struct TotpCreated {
    pub(crate) totp_id: String,
    pub(crate) secret: String,
    pub(crate) qr_code: String,
    pub(crate) recovery_codes: Vec<String>,
    pub(crate) user_id: String,
    pub(crate) user: User,
}

#[derive(Serialize)]
pub(crate) struct TotpAuthenticated {
    pub(crate) user_id: String,
    pub(crate) totp_id: String,
    pub(crate) user: User,
    /// Empty without a session, as is `session_jwt`.
    pub(crate) session_token: String,
    pub(crate) session_jwt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<Session>,
}
