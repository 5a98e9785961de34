use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::identifier::identifier;
use crate::registration::Registration;
use crate::request::CreateUser;
use crate::timestamp::timestamp;

/// An array that no operation of the stand-in ever fills.
type Empty = [(); 0];

/// A user, in the form in which responses show it.
#[derive(Clone, Serialize)]
pub(crate) struct User {
    pub(crate) user_id: String,
    emails: Vec<Email>,
    pub(crate) status: Status,
    phone_numbers: Vec<PhoneNumber>,
    webauthn_registrations: Empty,
    providers: Empty,
    pub(crate) totps: Vec<Registration>,
    crypto_wallets: Empty,
    biometric_registrations: Empty,
    is_locked: bool,
    pub(crate) roles: Vec<String>,
    name: Name,
    created_at: String,
    trusted_metadata: Map<String, Value>,
    untrusted_metadata: Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    external_id: Option<String>,
}

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Active,
    Pending,
}

#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Name {
    first_name: String,
    middle_name: String,
    last_name: String,
}

#[derive(Clone, Serialize)]
struct Email {
    email_id: String,
    email: String,
    verified: bool,
}

#[derive(Clone, Serialize)]
struct PhoneNumber {
    phone_id: String,
    phone_number: String,
    verified: bool,
}

impl User {
    /// The user that a request, already found to be in order, asks for.
    pub(crate) fn new(request: CreateUser, now: SystemTime) -> Self {
        let email = request.email.map(|email| Email {
            email_id: identifier("email"),
            email,
            verified: false,
        });
        let phone_number = request.phone_number.map(|phone_number| PhoneNumber {
            phone_id: identifier("phone-number"),
            phone_number,
            verified: false,
        });
        let status = if request.create_user_as_pending == Some(true) {
            Status::Pending
        } else {
            Status::Active
        };
        Self {
            user_id: identifier("user"),
            emails: email.into_iter().collect(),
            status,
            phone_numbers: phone_number.into_iter().collect(),
            webauthn_registrations: [],
            providers: [],
            totps: Vec::new(),
            crypto_wallets: [],
            biometric_registrations: [],
            is_locked: false,
            roles: request.roles.unwrap_or_default(),
            name: request.name.unwrap_or_default(),
            created_at: timestamp(now),
            trusted_metadata: request.trusted_metadata.unwrap_or_default(),
            untrusted_metadata: request.untrusted_metadata.unwrap_or_default(),
            external_id: request.external_id,
        }
    }

    /// Whether this is the user's own identifier or the one given from outside.
    pub(crate) fn is(&self, id: &str) -> bool {
        self.user_id == id || self.external_id.as_deref() == Some(id)
    }

    pub(crate) fn has_email(&self, email: &str) -> bool {
        self.emails.iter().any(|own| own.email.eq_ignore_ascii_case(email))
    }

    pub(crate) fn has_phone_number(&self, number: &str) -> bool {
        self.phone_numbers.iter().any(|own| own.phone_number == number)
    }

    pub(crate) fn email_id(&self) -> Option<&str> {
        self.emails.first().map(|email| email.email_id.as_str())
    }

    pub(crate) fn phone_id(&self) -> Option<&str> {
        let phone_number = self.phone_numbers.first();
        phone_number.map(|phone_number| phone_number.phone_id.as_str())
    }

    /// What an authenticator app is to call the user.
    pub(crate) fn label(&self) -> &str {
        let email = self.emails.first().map(|email| &email.email);
        let phone_number = self.phone_numbers.first().map(|phone| &phone.phone_number);
        email.or(phone_number).unwrap_or(&self.user_id)
    }
}
