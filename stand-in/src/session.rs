use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::Error;
use crate::identifier::{identifier, token};
use crate::request::SessionHandle;
use crate::signature::SigningKey;
use crate::timestamp::{timestamp, unix_seconds};
use crate::user::User;

const RESERVED_CLAIMS: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
const CUSTOM_CLAIMS_LIMIT: usize = 4096;
// Five minutes, however long the session lasts.
const JWT_LIFETIME: Duration = Duration::from_secs(300);

/// A session, in the form in which responses show it.
#[derive(Clone, Serialize)]
pub(crate) struct Session {
    session_id: String,
    user_id: String,
    authentication_factors: Vec<Factor>,
    roles: Vec<String>,
    started_at: String,
    last_accessed_at: String,
    expires_at: String,
    #[serde(skip_serializing_if = "Map::is_empty")]
    custom_claims: Map<String, Value>,
    #[serde(skip)]
    token: String,
    #[serde(skip)]
    jwts: Vec<String>,
    #[serde(skip)]
    expiry: SystemTime,
}

#[derive(Clone, Serialize)]
struct Factor {
    r#type: &'static str,
    delivery_method: &'static str,
    last_authenticated_at: String,
    created_at: String,
    updated_at: String,
    authenticator_app_factor: AuthenticatorApp,
}

#[derive(Clone, Serialize)]
struct AuthenticatorApp {
    totp_id: String,
}

impl Session {
    /// A session of the user that has yet to be given a factor and a lifetime.
    pub(crate) fn new(user: &User, now: SystemTime) -> Self {
        let time = timestamp(now);
        Self {
            session_id: identifier("session"),
            user_id: user.user_id.clone(),
            authentication_factors: Vec::new(),
            roles: user.roles.clone(),
            started_at: time.clone(),
            last_accessed_at: time.clone(),
            expires_at: time,
            custom_claims: Map::new(),
            token: token(),
            jwts: Vec::new(),
            expiry: now,
        }
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    pub(crate) fn is(&self, handle: SessionHandle<'_>) -> bool {
        match handle {
            SessionHandle::Token(token) => self.token == token,
            SessionHandle::Jwt(jwt) => self.jwts.iter().any(|issued| issued == jwt),
        }
    }

    pub(crate) fn is_active(&self, user: &User, now: SystemTime) -> bool {
        self.user_id == user.user_id && now < self.expiry
    }

    /// Adds the given claims to those of the session and removes the null ones.
    pub(crate) fn merge_claims(&mut self, claims: &Map<String, Value>) -> Result<(), Error> {
        for (name, value) in claims {
            if value.is_null() {
                self.custom_claims.remove(name);
            } else if !RESERVED_CLAIMS.contains(&name.as_str()) {
                self.custom_claims.insert(name.clone(), value.clone());
            }
        }
        let size = json!(self.custom_claims).to_string().len();
        if size > CUSTOM_CLAIMS_LIMIT {
            return Err(Error::CustomClaimsTooLarge);
        }
        Ok(())
    }

    /// Notes that the user authenticated with the authenticator app, and lets
    /// the session last this long from now.
    pub(crate) fn extend(&mut self, totp_id: &str, duration: Duration, now: SystemTime) {
        let time = timestamp(now);
        let known = self
            .authentication_factors
            .iter_mut()
            .find(|factor| factor.authenticator_app_factor.totp_id == totp_id);
        if let Some(factor) = known {
            factor.last_authenticated_at.clone_from(&time);
            factor.updated_at.clone_from(&time);
        } else {
            self.authentication_factors.push(Factor {
                r#type: "totp",
                delivery_method: "authenticator_app",
                last_authenticated_at: time.clone(),
                created_at: time.clone(),
                updated_at: time.clone(),
                authenticator_app_factor: AuthenticatorApp {
                    totp_id: totp_id.to_owned(),
                },
            });
        }
        self.expiry = now + duration;
        self.expires_at = timestamp(self.expiry);
        self.last_accessed_at = time;
    }

    /// Issues a JSON Web Token that stands for the session.
    pub(crate) fn issue_jwt(&mut self, project_id: &str, key: &SigningKey, now: SystemTime) -> String {
        let mut claims = json!(self.custom_claims);
        claims["iss"] = json!(format!("stytch.com/{project_id}"));
        claims["sub"] = json!(self.user_id);
        claims["aud"] = json!([project_id]);
        claims["iat"] = json!(unix_seconds(now));
        claims["nbf"] = json!(unix_seconds(now));
        claims["exp"] = json!(unix_seconds(now + JWT_LIFETIME));
        claims["https://stytch.com/session"] = json!({
            "id": self.session_id,
            "started_at": self.started_at,
            "last_accessed_at": self.last_accessed_at,
            "expires_at": self.expires_at,
            "authentication_factors": self.authentication_factors,
            "roles": self.roles,
        });
        let jwt = key.sign(&claims);
        self.jwts.push(jwt.clone());
        jwt
    }
}
