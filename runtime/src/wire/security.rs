//! Which credentials satisfy the security requirements of an operation.

use super::failure::Failure;
use super::operation::{Operation, Scheme, SchemeKind};
use crate::client::Settings;
use crate::error::ErrorKind;

/// A credential to send: where to send it, the name of its scheme in the description, and the credential.
pub(crate) type Chosen<'s> = (&'static SchemeKind, &'static str, &'s crate::Credential);

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
