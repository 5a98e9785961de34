use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::address::{is_email, is_phone_number};
use crate::error::Error;
use crate::timestamp::minutes;
use crate::user::Name;

const DEFAULT_EXPIRATION_MINUTES: i64 = 1440;

/// The body of `POST /v1/users`.
#[derive(Deserialize)]
pub(crate) struct CreateUser {
    pub(crate) email: Option<String>,
    pub(crate) phone_number: Option<String>,
    pub(crate) name: Option<Name>,
    pub(crate) create_user_as_pending: Option<bool>,
    pub(crate) trusted_metadata: Option<Map<String, Value>>,
    pub(crate) untrusted_metadata: Option<Map<String, Value>>,
    pub(crate) external_id: Option<String>,
    pub(crate) roles: Option<Vec<String>>,
}

impl CreateUser {
    pub(crate) fn check(&self) -> Result<(), Error> {
        let email = self.email.as_deref();
        let phone_number = self.phone_number.as_deref();
        if email.is_none() && phone_number.is_none() {
            return Err(Error::InvalidCreateUserRequest);
        }
        if email.is_some_and(|email| !is_email(email)) {
            return Err(Error::InvalidEmail);
        }
        if phone_number.is_some_and(|number| !is_phone_number(number)) {
            return Err(Error::InvalidPhoneNumber);
        }
        Ok(())
    }
}

/// The body of `POST /v1/totps`.
#[derive(Deserialize)]
pub(crate) struct CreateTotp {
    #[serde(default)]
    pub(crate) user_id: String,
    expiration_minutes: Option<i64>,
}

impl CreateTotp {
    pub(crate) fn expiration(&self) -> Result<Duration, Error> {
        let count = self.expiration_minutes.unwrap_or(DEFAULT_EXPIRATION_MINUTES);
        minutes(count, 5..=1440).ok_or(Error::InvalidExpiration)
    }
}

/// The body of `POST /v1/totps/authenticate`.
#[derive(Deserialize)]
pub(crate) struct AuthenticateTotp {
    #[serde(default)]
    pub(crate) user_id: String,
    #[serde(default)]
    totp_code: String,
    session_duration_minutes: Option<i64>,
    session_token: Option<String>,
    session_jwt: Option<String>,
    pub(crate) session_custom_claims: Option<Map<String, Value>>,
}

impl AuthenticateTotp {
    pub(crate) fn code(&self) -> Result<&str, Error> {
        let code = self.totp_code.as_str();
        if code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(code)
        } else {
            Err(Error::InvalidTotpCode)
        }
    }

    /// How long a session is to last from now, if there is to be one.
    pub(crate) fn session_duration(&self) -> Result<Option<Duration>, Error> {
        self.session_duration_minutes
            .map(|count| minutes(count, 5..=527_040).ok_or(Error::InvalidSessionDuration))
            .transpose()
    }

    /// The session to go on with, if there is one.
    pub(crate) fn session(&self) -> Result<Option<SessionHandle<'_>>, Error> {
        match (&self.session_token, &self.session_jwt) {
            (Some(_), Some(_)) => Err(Error::TooManySessionArguments),
            (Some(token), None) => Ok(Some(SessionHandle::Token(token))),
            (None, Some(jwt)) => Ok(Some(SessionHandle::Jwt(jwt))),
            (None, None) => Ok(None),
        }
    }
}

/// What names a session that was started before.
#[derive(Clone, Copy)]
pub(crate) enum SessionHandle<'a> {
    Token(&'a str),
    Jwt(&'a str),
}
