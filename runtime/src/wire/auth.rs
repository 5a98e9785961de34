//! How credentials are added to requests.

use http::{HeaderName, HeaderValue, header};

use super::base::base;
use super::call::Call;
use super::failure::Failure;
use super::obtained::Wanted;
use super::operation::{Operation, Scheme, SchemeKind};
use super::security::{Chosen, choose, is_authorization};
use super::style;
use super::token::TokenRequest;
use crate::client::Settings;
use crate::error::ErrorKind;

/// Returns what obtains those of the chosen credentials that have to be obtained, with their indices.
fn wanted(
    operation: &'static Operation,
    chosen: &[Chosen<'_>],
    settings: &Settings,
) -> Result<Vec<(usize, Wanted)>, Failure> {
    let mut wanted = Vec::new();
    for (index, (kind, name, credential)) in chosen.iter().enumerate() {
        if let Some(client) = credential.client() {
            let (token_url, scopes) = match kind {
                SchemeKind::OAuth { token_url, scopes } => (*token_url, *scopes),
                _ => ("", &[][..]),
            };
            let request = TokenRequest::new(client, token_url, scopes, name, base(operation, settings)?)?;
            wanted.push((index, Wanted::Token(request)));
        } else if let Some(provider) = credential.provider_of() {
            wanted.push((index, Wanted::Provided(provider.clone())));
        }
    }
    Ok(wanted)
}

/// Checks before the first request of a run that the chosen credentials of an operation can be sent.
pub(crate) fn usable(operation: &'static Operation, chosen: &[Chosen<'_>], settings: &Settings) -> Result<(), Failure> {
    for (kind, name, credential) in chosen {
        sendable(kind, name, credential)?;
    }
    wanted(operation, chosen, settings).map(|_| ())
}

/// Checks that a credential has no character that cannot be sent where its scheme requires it.
pub(super) fn sendable(kind: &SchemeKind, name: &str, credential: &crate::Credential) -> Result<(), Failure> {
    let header = matches!(kind, SchemeKind::Header(_));
    let key = credential
        .key()
        .filter(|_| header && credential.authorization().is_none());
    let unfit = matches!(credential.authorization(), Some(Err(())))
        || key.is_some_and(|key| HeaderValue::try_from(key).is_err());
    if unfit { Err(cannot_be_sent(name)) } else { Ok(()) }
}

fn cannot_be_sent(name: &str) -> Failure {
    let message = format!("the credential for `{name}` contains a character that cannot be sent");
    Failure::new(ErrorKind::Configuration, message)
}

impl Call {
    /// Returns what obtains those of the chosen credentials that have to be obtained, with their indices.
    pub(crate) fn wanted(&self, chosen: &[Chosen<'_>], settings: &Settings) -> Result<Vec<(usize, Wanted)>, Failure> {
        wanted(self.operation, chosen, settings)
    }

    /// Returns the credentials to send, and how to send them.
    pub(crate) fn chosen<'s>(&self, settings: &'s Settings) -> Result<Vec<Chosen<'s>>, Failure> {
        let operation = self.operation;
        let written = |scheme: &Scheme| scheme.written && self.writes(&scheme.kind);
        let authorization = self.headers.contains_key(header::AUTHORIZATION);
        choose(operation, settings, written, authorization)
    }

    /// Returns whether the request already contains what a scheme requires.
    fn writes(&self, kind: &SchemeKind) -> bool {
        let has = |pairs: &str, separator: char, name: &str| {
            let name = style::encoded(name, false);
            pairs
                .split(separator)
                .any(|pair| pair.trim_start().split('=').next() == Some(name.as_str()))
        };
        match kind {
            SchemeKind::Authorization
            | SchemeKind::Basic
            | SchemeKind::Bearer
            | SchemeKind::Other
            | SchemeKind::OAuth { .. } => self.headers.contains_key(header::AUTHORIZATION),
            SchemeKind::Header(name) => self.headers.contains_key(*name),
            SchemeKind::Query(name) => has(&self.query, '&', name),
            SchemeKind::Cookie(name) => has(&self.cookies, ';', name),
            SchemeKind::Transport => true,
        }
    }

    pub(super) fn credential(
        &mut self,
        kind: &SchemeKind,
        name: &str,
        credential: &crate::Credential,
    ) -> Result<(), Failure> {
        let unfit = || {
            Failure::new(
                ErrorKind::MissingCredential,
                format!(
                    "the {} credential does not fit the security scheme `{name}`",
                    credential.name()
                ),
            )
        };
        match kind {
            SchemeKind::Authorization
            | SchemeKind::Basic
            | SchemeKind::Bearer
            | SchemeKind::Other
            | SchemeKind::OAuth { .. } => {
                if self.headers.contains_key(header::AUTHORIZATION) {
                    return Ok(());
                }
                let value = credential.authorization().ok_or_else(unfit)?.clone();
                let value = value.map_err(|()| cannot_be_sent(name))?;
                self.headers.insert(header::AUTHORIZATION, value);
            }
            // The description declares an API key in the header `Authorization`.
            SchemeKind::Header(header) if is_authorization(header) && credential.authorization().is_some() => {
                return self.credential(&SchemeKind::Authorization, name, credential);
            }
            SchemeKind::Header(header) => {
                let scheme = name;
                let name = HeaderName::try_from(*header).map_err(|_| unfit())?;
                if !self.headers.contains_key(&name) {
                    let key = credential.key().ok_or_else(unfit)?;
                    let mut value = HeaderValue::try_from(key).map_err(|_| cannot_be_sent(scheme))?;
                    value.set_sensitive(true);
                    self.headers.insert(name, value);
                }
            }
            SchemeKind::Query(parameter) => {
                let key = credential.key().ok_or_else(unfit)?;
                self.keys.push('&');
                self.keys.push_str(&style::encoded(parameter, false));
                self.keys.push('=');
                self.keys.push_str(&style::encoded(key, false));
            }
            SchemeKind::Cookie(cookie) => {
                self.secret_cookie = true;
                self.cookie_pair(
                    &style::encoded(cookie, false),
                    &style::encoded(credential.key().ok_or_else(unfit)?, false),
                );
            }
            SchemeKind::Transport => {}
        }
        Ok(())
    }
}
