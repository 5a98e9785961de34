use std::time::SystemTime;

use crate::error::Error;
use crate::identifier::recovery_code;
use crate::qr::qr_code;
use crate::registration::Registration;
use crate::request::{AuthenticateTotp, CreateTotp, CreateUser};
use crate::response::{TotpAuthenticated, TotpCreated, UserCreated};
use crate::session::Session;
use crate::signature::SigningKey;
use crate::user::{Status, User};

const RECOVERY_CODES: usize = 10;

/// All that a server knows: what the three operations read and change.
pub(crate) struct Project {
    id: String,
    key: SigningKey,
    users: Vec<User>,
    sessions: Vec<Session>,
}

impl Project {
    pub(crate) fn new(id: String) -> Self {
        Self {
            id,
            key: SigningKey::random(),
            users: Vec::new(),
            sessions: Vec::new(),
        }
    }

    pub(crate) fn users(&self) -> usize {
        self.users.len()
    }

    pub(crate) fn create_user(&mut self, request: CreateUser, now: SystemTime) -> Result<UserCreated, Error> {
        request.check()?;
        let email = request.email.as_deref();
        let phone_number = request.phone_number.as_deref();
        let external_id = request.external_id.as_deref();
        for user in &self.users {
            if email.is_some_and(|email| user.has_email(email)) {
                return Err(Error::DuplicateEmail);
            }
            if phone_number.is_some_and(|number| user.has_phone_number(number)) {
                return Err(Error::DuplicatePhoneNumber);
            }
            if external_id.is_some_and(|id| user.is(id)) {
                return Err(Error::DuplicateExternalId);
            }
        }

        let user = User::new(request, now);
        self.users.push(user.clone());
        Ok(UserCreated {
            user_id: user.user_id.clone(),
            email_id: user.email_id().unwrap_or_default().to_owned(),
            phone_id: user.phone_id().unwrap_or_default().to_owned(),
            status: user.status,
            user,
        })
    }

    pub(crate) fn create_totp(&mut self, request: &CreateTotp, now: SystemTime) -> Result<TotpCreated, Error> {
        let user = find(&mut self.users, &request.user_id)?;
        let expires_at = now + request.expiration()?;
        if user.totps.iter().any(|totp| totp.verified) {
            return Err(Error::ActiveTotpExists);
        }

        let registration = Registration::new(user.label(), expires_at)
            .map_err(|_| Error::Internal("The TOTP could not be set up."))?;
        let url = registration
            .url()
            .map_err(|_| Error::Internal("The otpauth URL could not be built."))?;
        let qr_code = qr_code(&url).ok_or(Error::Internal("The QR code could not be drawn."))?;
        let totp_id = registration.totp_id.clone();
        let secret = registration.secret();
        user.totps.push(registration);
        Ok(TotpCreated {
            totp_id,
            secret,
            qr_code,
            recovery_codes: (0..RECOVERY_CODES).map(|_| recovery_code()).collect(),
            user_id: user.user_id.clone(),
            user: user.clone(),
        })
    }

    pub(crate) fn authenticate_totp(
        &mut self,
        request: &AuthenticateTotp,
        now: SystemTime,
    ) -> Result<TotpAuthenticated, Error> {
        let user = find(&mut self.users, &request.user_id)?;
        let code = request.code()?;

        // Whatever concerns the session is settled before the code is used up:
        // a request that is refused for it can be sent again, corrected.
        let duration = request.session_duration()?;
        let mut session = match request.session()? {
            Some(handle) => self
                .sessions
                .iter()
                .find(|session| session.is(handle) && session.is_active(user, now))
                .cloned()
                .ok_or(Error::SessionNotFound)?,
            None => Session::new(user, now),
        };
        if let Some(claims) = &request.session_custom_claims {
            session.merge_claims(claims)?;
        }

        let totp_id = authenticate(&mut user.totps, code, now)?;
        user.totps.retain(|totp| totp.verified);
        user.status = Status::Active;
        let mut response = TotpAuthenticated {
            user_id: user.user_id.clone(),
            totp_id,
            user: user.clone(),
            session_token: String::new(),
            session_jwt: String::new(),
            session: None,
        };
        if let Some(duration) = duration {
            session.extend(&response.totp_id, duration, now);
            response.session_jwt = session.issue_jwt(&self.id, &self.key, now);
            session.token().clone_into(&mut response.session_token);
            response.session = Some(session.clone());
            self.sessions.retain(|other| other.token() != session.token());
            self.sessions.push(session);
        }
        Ok(response)
    }
}

fn find<'a>(users: &'a mut [User], id: &str) -> Result<&'a mut User, Error> {
    if id.is_empty() {
        return Err(Error::InvalidUserId);
    }
    users.iter_mut().find(|user| user.is(id)).ok_or(Error::UserNotFound)
}

/// The identifier of the registration that accepts the code. There is more than
/// one only as long as none is verified.
fn authenticate(registrations: &mut [Registration], code: &str, now: SystemTime) -> Result<String, Error> {
    let mut refusal = Error::TotpsNotFoundForUser;
    for registration in registrations {
        match registration.authenticate(code, now) {
            Ok(()) => return Ok(registration.totp_id.clone()),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}
