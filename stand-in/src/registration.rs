use std::collections::BTreeSet;
use std::time::SystemTime;

use serde::Serialize;
use totp_rs::{Builder, Totp, TotpError};

use crate::error::Error;
use crate::identifier::identifier;
use crate::timestamp::unix_seconds;

const ISSUER: &str = "Stytch stand-in";

/// An authenticator app that a user enrolled or began to enroll. Responses show
/// no more of it than its identifier and whether it has given a valid code.
#[derive(Clone, Serialize)]
pub(crate) struct Registration {
    pub(crate) totp_id: String,
    pub(crate) verified: bool,
    #[serde(skip)]
    totp: Totp,
    #[serde(skip)]
    expires_at: SystemTime,
    #[serde(skip)]
    used_steps: BTreeSet<u64>,
}

impl Registration {
    /// A registration with a new secret of 160 bits.
    pub(crate) fn new(account_name: &str, expires_at: SystemTime) -> Result<Self, TotpError> {
        // The other settings are the builder's defaults: SHA-1, six digits,
        // thirty seconds, and one step of tolerance on either side.
        let totp = Builder::new()
            .with_secret(rand::random::<[u8; 20]>())
            .with_account_name(account_name)
            .with_issuer(Some(ISSUER))
            .build()?;
        Ok(Self {
            totp_id: identifier("totp"),
            verified: false,
            totp,
            expires_at,
            used_steps: BTreeSet::new(),
        })
    }

    pub(crate) fn secret(&self) -> String {
        self.totp.secret().to_base32()
    }

    /// The otpauth URL by which an authenticator app enrolls.
    pub(crate) fn url(&self) -> Result<String, TotpError> {
        self.totp.to_url()
    }

    /// Accepts a current code, which verifies the registration, and each code
    /// only once.
    pub(crate) fn authenticate(&mut self, code: &str, now: SystemTime) -> Result<(), Error> {
        if !self.verified && now >= self.expires_at {
            return Err(Error::ExpiredTotp);
        }
        let step = self
            .totp
            .check(code, unix_seconds(now))
            .ok_or(Error::UnableToAuthenticateTotp)?;
        if !self.used_steps.insert(step) {
            return Err(Error::TotpCodeAlreadyAuthenticated);
        }
        self.verified = true;
        Ok(())
    }
}
