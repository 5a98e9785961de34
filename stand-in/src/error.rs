use axum::Json;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::identifier::identifier;

/// A reason to refuse a request.
#[derive(Debug)]
pub(crate) enum Error {
    ActiveTotpExists,
    BadRequest(String),
    CustomClaimsTooLarge,
    DuplicateEmail,
    DuplicateExternalId,
    DuplicatePhoneNumber,
    ExpiredTotp,
    Internal(&'static str),
    InvalidCreateUserRequest,
    InvalidEmail,
    InvalidExpiration,
    InvalidPhoneNumber,
    InvalidSessionDuration,
    InvalidTotpCode,
    InvalidUserId,
    MethodNotAllowed,
    RouteNotFound,
    SessionNotFound,
    TooManySessionArguments,
    TotpCodeAlreadyAuthenticated,
    TotpsNotFoundForUser,
    UnableToAuthenticateTotp,
    UnauthorizedCredentials,
    UserNotFound,
}

impl Error {
    /// The status and the `error_type` of the response.
    fn kind(&self) -> (StatusCode, &'static str) {
        const BAD_REQUEST: StatusCode = StatusCode::BAD_REQUEST;
        const UNAUTHORIZED: StatusCode = StatusCode::UNAUTHORIZED;
        const NOT_FOUND: StatusCode = StatusCode::NOT_FOUND;

        match self {
            Self::ActiveTotpExists => (BAD_REQUEST, "active_totp_exists"),
            Self::BadRequest(_) => (BAD_REQUEST, "bad_request"),
            Self::CustomClaimsTooLarge => (BAD_REQUEST, "custom_claims_too_large"),
            Self::DuplicateEmail => (BAD_REQUEST, "duplicate_email"),
            Self::DuplicateExternalId => (BAD_REQUEST, "duplicate_user_external_id"),
            Self::DuplicatePhoneNumber => (BAD_REQUEST, "duplicate_phone_number"),
            Self::ExpiredTotp => (UNAUTHORIZED, "expired_totp"),
            Self::Internal(_) => (StatusCode::INTERNAL_SERVER_ERROR, "internal_server_error"),
            Self::InvalidCreateUserRequest => (BAD_REQUEST, "invalid_create_user_request"),
            Self::InvalidEmail => (BAD_REQUEST, "invalid_email"),
            Self::InvalidExpiration => (BAD_REQUEST, "invalid_expiration"),
            Self::InvalidPhoneNumber => (BAD_REQUEST, "invalid_phone_number"),
            Self::InvalidSessionDuration => (BAD_REQUEST, "invalid_session_duration_minutes"),
            Self::InvalidTotpCode => (BAD_REQUEST, "invalid_totp_code"),
            Self::InvalidUserId => (BAD_REQUEST, "invalid_user_id"),
            Self::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"),
            Self::RouteNotFound => (NOT_FOUND, "route_not_found"),
            Self::SessionNotFound => (NOT_FOUND, "session_not_found"),
            Self::TooManySessionArguments => (BAD_REQUEST, "too_many_session_arguments"),
            Self::TotpCodeAlreadyAuthenticated => (UNAUTHORIZED, "totp_code_already_authenticated"),
            Self::TotpsNotFoundForUser => (NOT_FOUND, "totps_not_found_for_user"),
            Self::UnableToAuthenticateTotp => (UNAUTHORIZED, "unable_to_authenticate_totp"),
            Self::UnauthorizedCredentials => (UNAUTHORIZED, "unauthorized_credentials"),
            Self::UserNotFound => (NOT_FOUND, "user_not_found"),
        }
    }

    /// The `error_message` of the response.
    fn message(&self) -> &str {
        match self {
            Self::BadRequest(message) => message,
            Self::Internal(message) => message,
            Self::ActiveTotpExists => "The user already has a verified TOTP and may have only one.",
            Self::CustomClaimsTooLarge => "The custom claims may take up 4096 bytes at most.",
            Self::DuplicateEmail => "Another user of this project has this email address.",
            Self::DuplicateExternalId => "Another user of this project has this external_id.",
            Self::DuplicatePhoneNumber => "Another user of this project has this phone number.",
            Self::ExpiredTotp => "The TOTP expired before it was first authenticated.",
            Self::InvalidCreateUserRequest => "A user needs an email or a phone_number.",
            Self::InvalidEmail => "The email is not the address of a mailbox.",
            Self::InvalidExpiration => "expiration_minutes must be between 5 and 1440.",
            Self::InvalidPhoneNumber => "The phone_number is not in E.164 format.",
            Self::InvalidSessionDuration => "session_duration_minutes must be between 5 and 527040.",
            Self::InvalidTotpCode => "A totp_code is needed, and consists of six digits.",
            Self::InvalidUserId => "A user_id is needed.",
            Self::MethodNotAllowed => "This path does not answer to this method.",
            Self::RouteNotFound => "Nothing answers at this path.",
            Self::SessionNotFound => "The user has no active session of this token.",
            Self::TooManySessionArguments => "Give a session_token or a session_jwt, not both.",
            Self::TotpCodeAlreadyAuthenticated => "The code was used before; wait for the next.",
            Self::TotpsNotFoundForUser => "The user has no TOTP.",
            Self::UnableToAuthenticateTotp => "The code is not a current one of the user's TOTP.",
            Self::UnauthorizedCredentials => "The project id or the secret is missing or wrong.",
            Self::UserNotFound => "No user has this user_id or external_id.",
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    status_code: u16,
    request_id: String,
    error_type: &'static str,
    error_message: &'a str,
    error_url: String,
}

/// Tells the recorder, as an extension of the response, why it is an error.
#[derive(Clone, Copy)]
pub(crate) struct ErrorType(pub(super) &'static str);

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let (status, error_type) = self.kind();
        let body = Body {
            status_code: status.as_u16(),
            request_id: identifier("request-id"),
            error_type,
            error_message: self.message(),
            error_url: format!("https://stytch.com/docs/api/errors/{}", status.as_u16()),
        };
        let mut response = (status, Json(body)).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static(r#"Basic realm="stytch""#);
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(ErrorType(error_type));
        response
    }
}
