//! Credentials that are obtained while a run waits, and shared by all runs of a client.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::credential::{Credential, Provider};
use crate::error::ErrorKind;
use crate::wire::failure::Failure;
use crate::wire::token::TokenRequest;

/// What obtains a credential.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A request to a token endpoint.
    Token(TokenRequest),
    /// A function of the application.
    Provided(Provider),
}

impl Wanted {
    /// Returns what is obtained, for messages.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::Token(_) => "access token",
            Self::Provided(_) => "credential",
        }
    }
}

/// A credential that was obtained.
#[derive(Clone)]
pub(crate) struct Obtained {
    pub(crate) credential: Credential,
    until: Option<Instant>,
}

impl Obtained {
    /// Creates a credential that is used until shortly before its `lifetime` ends, because it could expire in transit.
    pub(crate) fn new(credential: Credential, lifetime: Option<Duration>, now: Instant) -> Self {
        let until = lifetime.and_then(|lifetime| {
            let margin = (lifetime / 2).min(Duration::from_secs(10));
            now.checked_add(lifetime.saturating_sub(margin))
        });
        Self { credential, until }
    }

    /// Returns the credential, unless it has expired or is the `refused` one.
    pub(crate) fn usable(&self, refused: Option<&Credential>, now: Instant) -> Option<Credential> {
        let fresh = self.until.is_none_or(|until| now < until);
        (fresh && refused != Some(&self.credential)).then(|| self.credential.clone())
    }
}

/// The shared place of one credential. Runs that need it wait while another run obtains it, and share the result.
#[derive(Default)]
pub(crate) struct Place {
    attempts: AtomicU64,
    pub(crate) known: tokio::sync::Mutex<Known>,
    /// The last two credentials, for [`Cache::each`], which cannot wait. A run may still use the one before.
    last: Mutex<[Option<Credential>; 2]>,
}

/// The result of the last attempt to obtain a credential.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) obtained: Option<Obtained>,
    failure: Option<Shared>,
}

/// A failure that several runs share.
struct Shared {
    kind: ErrorKind,
    message: String,
    cause: Option<String>,
    /// The time limit of the run that made the attempt.
    limit: Option<Duration>,
}

impl Place {
    /// Returns the number of completed attempts. A run that waits compares it with the number before its wait.
    pub(crate) fn attempts(&self) -> u64 {
        self.attempts.load(Ordering::Acquire)
    }

    /// Records the result of an attempt, and returns it.
    pub(crate) fn note(
        &self,
        known: &mut Known,
        result: Result<Obtained, Failure>,
        limit: Option<Duration>,
    ) -> Result<Credential, Failure> {
        self.attempts.fetch_add(1, Ordering::AcqRel);
        match result {
            Ok(obtained) => {
                let credential = obtained.credential.clone();
                let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
                *last = [Some(credential.clone()), last[0].take()];
                drop(last);
                *known = Known {
                    obtained: Some(obtained),
                    failure: None,
                };
                Ok(credential)
            }
            Err(failure) => {
                // Only one run gets the cause itself; the others get its text.
                known.failure = Some(Shared {
                    kind: failure.kind,
                    message: failure.message.clone(),
                    cause: failure.source.as_ref().map(ToString::to_string),
                    limit,
                });
                Err(failure)
            }
        }
    }
}

impl Known {
    /// Returns the credential, and forgets it and the last failure.
    pub(crate) fn forget(&mut self) -> Option<Obtained> {
        std::mem::take(self).obtained
    }

    /// Returns the credential, unless it has expired or is the `refused` one.
    pub(crate) fn usable(&self, refused: Option<&Credential>, now: Instant) -> Option<Credential> {
        self.obtained.as_ref()?.usable(refused, now)
    }

    /// Returns the result of an attempt that another run made in the meantime, even if the credential has expired: another
    /// attempt would have the same result. Returns `None` for a timeout if this run can wait longer.
    pub(crate) fn result(&self, limit: Option<Duration>) -> Option<Result<Credential, Failure>> {
        let Some(failure) = &self.failure else {
            return self.obtained.as_ref().map(|obtained| Ok(obtained.credential.clone()));
        };
        let longer = failure.kind == ErrorKind::Timeout
            && failure.limit.is_some_and(|theirs| limit.is_none_or(|own| own > theirs));
        let shared = || Failure {
            source: failure.cause.clone().map(Into::into),
            ..Failure::new(failure.kind, failure.message.clone())
        };
        (!longer).then(|| Err(shared()))
    }
}

/// The obtained credentials of a client.
#[derive(Default)]
pub(crate) struct Cache {
    places: Mutex<Vec<(Wanted, Arc<Place>)>>,
}

impl Cache {
    pub(crate) fn place(&self, wanted: &Wanted) -> Arc<Place> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, place)) = places.iter().find(|(known, _)| known == wanted) {
            return place.clone();
        }
        let place = Arc::<Place>::default();
        places.push((wanted.clone(), place.clone()));
        place
    }

    /// Calls `visit` with each obtained credential.
    pub(crate) fn each(&self, mut visit: impl FnMut(&Credential)) {
        for (_, place) in self.places.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            let last = place.last.lock().unwrap_or_else(PoisonError::into_inner);
            last.iter().flatten().for_each(&mut visit);
        }
    }
}
