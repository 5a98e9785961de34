//! Obtaining credentials that the client does not have yet.

use std::time::Duration;

use super::Context;
use super::request::{Made, Making, Renewal, Renewed, answer, dispatch, within};
use crate::credential::{Credential, Provided, Provider};
use crate::error::ErrorKind;
use crate::transport::Limits;
use crate::wire::call::Call;
use crate::wire::failure::Failure;
use crate::wire::obtained::{Obtained, Wanted};
use crate::wire::outgoing::Outgoing;
use crate::wire::security::check_obtained;
use crate::wire::sent::Finished;
use crate::wire::token::{self, TokenRequest};

/// Adds the credentials to the request, and obtains those that have to be obtained within `limit`.
pub(super) async fn authorised<'a>(
    call: Box<Call>,
    context: &Context<'a>,
    limit: Option<Duration>,
    refused: Renewed,
) -> Making<'a> {
    let settings = context.settings;
    let mut chosen = call.chosen(settings)?;
    let started = context.transport.now_dyn();
    let mut obtained: Renewed = Vec::new();
    for (index, wanted) in call.wanted(&chosen, settings)? {
        let refused = refused.iter().find(|(of, _)| *of == index);
        let spent = context.transport.now_dyn().saturating_duration_since(started);
        let left = limit.map(|limit| limit.saturating_sub(spent));
        let check = |credential: &Credential| check_obtained(call.described(), settings, chosen[index], credential);
        let credential = shared(&wanted, context, left, refused.map(|(_, credential)| credential), check).await?;
        obtained.push((index, credential));
    }
    for (index, credential) in &obtained {
        chosen[*index].2 = credential;
    }
    if call.described().security.is_empty() {
        // As for other credentials: no API key is sent where the description has no `security`.
        chosen.retain(|(_, _, credential)| credential.authorization().is_some());
    }
    let nothing = chosen.is_empty();
    // The call may be needed again, with other credentials.
    let Finished { request, base, sent } = (*call).clone().finish(settings, &chosen)?;
    drop(chosen);
    Ok(Made {
        request,
        base,
        sent,
        operation: call.described(),
        renewal: (!nothing).then(|| Renewal { call, obtained }),
    })
}

/// Returns the known credential if it is usable, or obtains a new one. If several runs need one at the same time, one of
/// them obtains it.
async fn shared(
    wanted: &Wanted,
    context: &Context<'_>,
    limit: Option<Duration>,
    refused: Option<&Credential>,
    check: impl Fn(&Credential) -> Result<(), Failure>,
) -> Result<Credential, Failure> {
    let place = context.settings.obtained.place(wanted);
    let before = place.attempts();
    let started = context.transport.now_dyn();
    let mut known = match limit {
        None => place.known.lock().await,
        Some(limit) => {
            let turn = Box::pin(place.known.lock());
            let locked = within(turn, || context.transport.sleep_dyn(limit)).await;
            locked.ok_or_else(|| {
                let what = wanted.what();
                let message = format!(
                    "no {what} within {} ms: another run is still waiting for it",
                    limit.as_millis()
                );
                Failure::new(ErrorKind::Timeout, message)
            })?
        }
    };
    if let Some(credential) = known.usable(refused, context.transport.now_dyn())
        && check(&credential).is_ok()
    {
        return Ok(credential);
    }
    let spent = context.transport.now_dyn().saturating_duration_since(started);
    let limit = limit.map(|limit| limit.saturating_sub(spent));
    if place.attempts() != before {
        match known.result(limit) {
            Some(Ok(credential)) if check(&credential).is_ok() => return Ok(credential),
            Some(Err(failure)) => return Err(failure),
            _ => {}
        }
    }
    // If this future is dropped, nobody uses the old credential again.
    let before = known.forget();
    let result = match wanted {
        Wanted::Token(request) => token(request, context, limit).await,
        Wanted::Provided(provider) => provided(provider, context, limit).await,
    };
    // A credential that cannot be sent is not kept: the next run asks again.
    let result = result.and_then(|obtained| check(&obtained.credential).map(|()| obtained));
    let failed = result.is_err();
    let result = place.note(&mut known, result, limit);
    if failed && refused.is_some() {
        // Other runs may still use it: a response with 401 can have other reasons.
        known.obtained = before;
    }
    result
}

/// Requests a token.
async fn token(request: &TokenRequest, context: &Context<'_>, limit: Option<Duration>) -> Result<Obtained, Failure> {
    let request = Box::new(Outgoing::new(
        request.request()?,
        Limits::new(context.settings.max_response_bytes),
    ));
    let sending = dispatch(context.transport, request, limit);
    let response = answer(sending, limit, context.transport, context.settings).await;
    let response = response.map_err(|failure| Failure {
        message: format!("could not obtain an access token: {}", failure.message),
        // The request of the step was not sent.
        sent: false,
        ..*failure
    })?;
    token::read(&response, context.transport.now_dyn())
}

/// Calls a provider.
async fn provided(provider: &Provider, context: &Context<'_>, limit: Option<Duration>) -> Result<Obtained, Failure> {
    let providing = provider.provide();
    let result = match limit {
        None => providing.await,
        Some(limit) => within(providing, || context.transport.sleep_dyn(limit))
            .await
            .ok_or_else(|| {
                let message = format!(
                    "the provider of the credential returned nothing within {} ms",
                    limit.as_millis()
                );
                Failure::new(ErrorKind::Timeout, message)
            })?,
    };
    let Provided { credential, valid_for } = result.map_err(|error| Failure {
        source: Some(error),
        ..Failure::new(ErrorKind::MissingCredential, "the provider of the credential failed")
    })?;
    if credential.client().is_some() || credential.provider_of().is_some() {
        let message = format!(
            "the provider of the credential returned a credential that has to be obtained itself ({})",
            credential.name()
        );
        return Err(Failure::new(ErrorKind::Configuration, message));
    }
    Ok(Obtained::new(credential, valid_for, context.transport.now_dyn()))
}
