//! Credentials, and how they are added to requests.

use http::{HeaderName, HeaderValue, header};

use super::call::Call;
use super::failure::Failure;
use super::operation::{Operation, Scheme, SchemeKind};
use super::sent::base;
use crate::client::Settings;
use crate::error::ErrorKind;
use crate::wire::style;
use crate::wire::token::Wanted;

/// Returns whether a header is `Authorization`.
pub(super) fn is_authorization(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
}

/// Returns whether a credential can be sent as a scheme requires.
pub(super) fn fits(credential: &crate::Credential, kind: &SchemeKind) -> bool {
    let authorizes = credential.authorization().is_some() || credential.client().is_some();
    match kind {
        SchemeKind::OAuth { .. } | SchemeKind::Authorization => authorizes,
        SchemeKind::Header(name) if is_authorization(name) => authorizes || credential.key().is_some(),
        SchemeKind::Header(_) | SchemeKind::Query(_) | SchemeKind::Cookie(_) => {
            credential.key().is_some() && !authorizes
        }
        SchemeKind::Transport => false,
    }
}

/// Chooses the credentials for the first alternative of an operation's security that the client can satisfy: with
/// credentials for its schemes, with what the step writes itself, or with the credential of the source, which can
/// satisfy one scheme.
pub(crate) fn choose<'s>(
    operation: &'static Operation,
    settings: &'s Settings,
    written: impl Fn(&Scheme) -> bool,
    authorization: bool,
) -> Result<Vec<Chosen<'s>>, Failure> {
    if matches!(operation.security, [all] if all.is_empty()) {
        return Ok(Vec::new());
    }
    let source = settings.sources.get(operation.source);
    let schemes = source.map(|source| &source.schemes);
    let of_scheme = |scheme: &Scheme| schemes.and_then(|schemes| schemes.get(scheme.name));
    let general = source.and_then(|source| source.credential.as_ref());
    let stated = || operation.security.iter().filter(|all| !all.is_empty());
    let satisfy = |all: &'static [Scheme], mut general: Option<&'s crate::Credential>| {
        let mut chosen: Vec<Chosen<'s>> = Vec::new();
        for scheme in all {
            if let Some(credential) = of_scheme(scheme) {
                chosen.push((&scheme.kind, scheme.name, credential));
            } else if matches!(scheme.kind, SchemeKind::Transport) || written(scheme) {
            } else {
                let credential = general.filter(|credential| fits(credential, &scheme.kind))?;
                chosen.push((&scheme.kind, scheme.name, credential));
                general = None;
            }
        }
        Some(chosen)
    };
    if let Some(chosen) = stated().find_map(|all| satisfy(all, None)) {
        return Ok(chosen);
    }
    if let Some(chosen) = stated().find_map(|all| satisfy(all, general)) {
        return Ok(chosen);
    }
    let optional = operation.security.iter().any(|all| all.is_empty());
    if operation.security.is_empty() {
        // The description has no `security`: send a credential that fits in `Authorization`, and no API key.
        let credential = general.filter(|credential| fits(credential, &SchemeKind::Authorization));
        let chosen = credential.map(|credential| (&SchemeKind::Authorization, "Authorization", credential));
        return Ok(chosen.into_iter().collect());
    }
    // An `Authorization` header of the workflow is sufficient, whatever the description requires.
    if authorization || (optional && general.is_none()) {
        return Ok(Vec::new());
    }
    let wanted: Vec<String> = stated()
        .map(|all| {
            let names = all.iter().map(|scheme| format!("`{}`", scheme.name));
            names.collect::<Vec<_>>().join(" and ")
        })
        .collect();
    let has = match general {
        Some(credential) => format!("its {} credential does not fit", credential.name()),
        None => "the client has no credential for it".to_owned(),
    };
    let message = format!(
        "operation `{}` requires the security scheme {}, but {has}; set one with `source(\"{}\", |api| api.credential(…))`",
        operation.name,
        wanted.join(" or "),
        operation.source,
    );
    Err(Failure::new(ErrorKind::MissingCredential, message))
}

/// A credential to send: where to send it, the name of its scheme in the description, and the credential.
pub(crate) type Chosen<'s> = (&'static SchemeKind, &'static str, &'s crate::Credential);

impl Call {
    /// Returns what is needed to obtain a token, if the request needs one.
    pub(crate) fn token(&self, chosen: &[Chosen<'_>], settings: &Settings) -> Result<Option<Wanted>, Failure> {
        let wanted = chosen
            .iter()
            .find_map(|(kind, name, credential)| Some((kind, name, credential.client()?)));
        let Some((kind, name, client)) = wanted else {
            return Ok(None);
        };
        let (token_url, scopes) = match kind {
            SchemeKind::OAuth { token_url, scopes } => (*token_url, *scopes),
            _ => ("", &[][..]),
        };
        Wanted::new(client, token_url, scopes, name, base(self.operation, settings)?).map(Some)
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
            SchemeKind::Authorization | SchemeKind::OAuth { .. } => self.headers.contains_key(header::AUTHORIZATION),
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
        token: Option<&str>,
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
            SchemeKind::Authorization | SchemeKind::OAuth { .. } => {
                if self.headers.contains_key(header::AUTHORIZATION) {
                    return Ok(());
                }
                let value = match (credential.client(), token) {
                    (Some(_), Some(token)) => HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| ()),
                    _ => credential.authorization().ok_or_else(unfit)?.clone(),
                };
                let mut value = value.map_err(|()| {
                    Failure::new(
                        ErrorKind::Configuration,
                        format!("the credential for `{name}` contains a character that cannot be sent"),
                    )
                })?;
                value.set_sensitive(true);
                self.headers.insert(header::AUTHORIZATION, value);
            }
            // The description declares an API key in the header `Authorization`.
            SchemeKind::Header(header) if is_authorization(header) && credential.authorization().is_some() => {
                return self.credential(&SchemeKind::Authorization, name, credential, token);
            }
            SchemeKind::Header(header) => {
                let name = HeaderName::try_from(*header).map_err(|_| unfit())?;
                if !self.headers.contains_key(&name) {
                    let mut value = HeaderValue::try_from(credential.key().ok_or_else(unfit)?).map_err(|_| unfit())?;
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
