//! Which credentials satisfy the security requirements of an operation.

use super::auth::sendable;
use super::failure::Failure;
use super::operation::{Operation, Scheme, SchemeKind};
use crate::client::{Settings, Source};
use crate::error::ErrorKind;

/// A credential to send: where to send it, the name of its scheme in the description, and the credential.
pub(crate) type Chosen<'s> = (&'static SchemeKind, &'static str, &'s crate::Credential);

/// Returns whether a header is `Authorization`.
pub(super) fn is_authorization(name: &str) -> bool {
    name.eq_ignore_ascii_case("authorization")
}

/// Returns whether a credential is of the kind that a scheme requires.
fn fits(credential: &crate::Credential, kind: &SchemeKind) -> bool {
    match kind {
        // What it provides is checked later.
        SchemeKind::Basic if credential.provider_of().is_some() => true,
        SchemeKind::Basic => credential.is_basic(),
        SchemeKind::Bearer | SchemeKind::OAuth { .. } => can_be_sent(credential, kind) && !credential.is_basic(),
        SchemeKind::Other => false,
        _ => can_be_sent(credential, kind),
    }
}

/// Returns whether a credential can be sent where a scheme requires it. A credential that the client sets for the scheme
/// by its name needs no more, because descriptions can be wrong about their schemes.
fn can_be_sent(credential: &crate::Credential, kind: &SchemeKind) -> bool {
    if credential.provider_of().is_some() {
        return !matches!(kind, SchemeKind::Transport);
    }
    let authorizes = credential.authorization().is_some() || credential.client().is_some();
    match kind {
        SchemeKind::OAuth { .. }
        | SchemeKind::Authorization
        | SchemeKind::Basic
        | SchemeKind::Bearer
        | SchemeKind::Other => authorizes,
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
    // A credential that cannot be sent for its scheme is an error, even where none is required.
    let unfit = |scheme: &Scheme| of_scheme(scheme).is_some_and(|own| !can_be_sent(own, &scheme.kind));
    if !authorization && stated().flat_map(|all| *all).any(unfit) {
        return Err(missing(operation, source));
    }
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
        let credential = general.filter(|credential| !authorization && fits(credential, &SchemeKind::Authorization));
        let chosen = credential.map(|credential| (&SchemeKind::Authorization, "Authorization", credential));
        return Ok(chosen.into_iter().collect());
    }
    // An `Authorization` header of the workflow is sufficient, whatever the description requires.
    if authorization || (optional && general.is_none()) {
        return Ok(Vec::new());
    }
    Err(missing(operation, source))
}

/// Checks a credential that was obtained, as [`choose`] checks the others.
pub(crate) fn check_obtained(
    operation: &'static Operation,
    settings: &Settings,
    (kind, name, _): Chosen<'_>,
    obtained: &crate::Credential,
) -> Result<(), Failure> {
    let source = settings.sources.get(operation.source);
    let own = source.is_some_and(|source| source.schemes.contains_key(name));
    let fit = if own {
        can_be_sent(obtained, kind)
    } else {
        fits(obtained, kind)
    };
    // Where the description has no `security`, an API key is not sent.
    if fit || operation.security.is_empty() {
        return sendable(kind, name, obtained);
    }
    let message = format!(
        "the provider of the credential for `{name}` returned the wrong kind of credential ({}); to use it for another scheme, set it with `scheme(…)`",
        obtained.name()
    );
    Err(Failure::new(ErrorKind::MissingCredential, message))
}

/// Returns the failure of an operation none of whose security requirements the client satisfies.
fn missing(operation: &'static Operation, source: Option<&Source>) -> Failure {
    let stated = || operation.security.iter().filter(|all| !all.is_empty());
    let of_scheme = |scheme: &Scheme| source.and_then(|source| source.schemes.get(scheme.name));
    let general = source.and_then(|source| source.credential.as_ref());
    let wanted: Vec<String> = stated()
        .map(|all| {
            let names = all.iter().map(|scheme| format!("`{}`", scheme.name));
            names.collect::<Vec<_>>().join(" and ")
        })
        .collect();
    let own = stated()
        .flat_map(|all| *all)
        .filter_map(|scheme| Some((scheme, of_scheme(scheme)?)))
        .find(|(scheme, credential)| !can_be_sent(credential, &scheme.kind));
    let has = match (own, general) {
        (Some((scheme, credential)), _) => {
            format!(
                "the {} credential for `{}` does not fit",
                credential.name(),
                scheme.name
            )
        }
        (_, Some(credential)) => format!("its {} credential does not fit", credential.name()),
        (_, None) => "the client has no credential for it".to_owned(),
    };
    let other = stated()
        .flat_map(|all| *all)
        .find(|scheme| matches!(scheme.kind, SchemeKind::Other));
    let set = match other {
        Some(scheme) => format!("scheme(\"{}\", …)", scheme.name),
        None => "credential(…)".to_owned(),
    };
    let message = format!(
        "operation `{}` requires the security scheme {}, but {has}; set one with `source(\"{}\", |api| api.{set})`",
        operation.name,
        wanted.join(" or "),
        operation.source,
    );
    Failure::new(ErrorKind::MissingCredential, message)
}
