//! What happens after a failed attempt.

use std::error::Error as _;

use arazzo::{Error, ErrorKind};

/// What happens after an attempt that failed.
///
/// What the document itself handles by its failure actions is not a failure here. Of all others, the first row that
/// matches applies; a failed workflow that a step has called is judged by its own failure.
///
/// | What happened | Kind and status | Failure |
/// |---|---|---|
/// | the document ended the workflow after a failed step | `Ended` | `Terminal(502)` |
/// | an input that a person has provided for the step violates its schema | `InvalidInput` | `Ask` |
/// | no response | `Connect`, `Transport`, `Timeout` | `Retry` |
/// | the service is busy or has failed | 408, 425, 429, 5xx | `Retry` |
/// | the API refused inputs that a person has provided for the step | 400, 409, 422 | `Ask` |
/// | the API refused something else | another status | `Terminal(502)` |
/// | the inputs or the request are not valid | `InvalidInput`, `MissingInput`, `Request` | `Terminal(400)` |
/// | the run cannot go on in this version of the workflow | `Stored` | `Terminal(409)` |
/// | the document or the client is wrong | others | `Terminal(500)` |
///
/// A request whose response was lost is sent again: a step runs at least once. The idempotency key of both requests is
/// the same, if the client sends one. After a failure in a called workflow, that workflow starts again, with the same
/// keys: without keys, its finished requests are repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The engine makes the same attempt again, by its retry policy.
    Retry(String),
    /// A person is asked for these inputs, which the API has refused.
    Ask(Vec<String>),
    /// The workflow ends.
    Terminal {
        /// The HTTP status that describes the failure best.
        code: u16,
        /// The failure, with its step, place and status.
        message: String,
    },
}

impl Failure {
    /// Creates a failure that ends the workflow, with an HTTP status.
    #[must_use]
    pub fn terminal(code: u16, message: impl ToString) -> Self {
        let message = message.to_string();
        Self::Terminal { code, message }
    }

    /// Decides by the table. `answered` are the inputs that a person has provided for the step.
    pub(crate) fn of(error: &Error, message: String, answered: &[String]) -> Self {
        use ErrorKind::{Connect, Criterion, Ended, InvalidInput, MissingInput, Request, Stored, Timeout, Transport};
        let kind = innermost(error).kind();
        let judged = kind == Criterion;
        // The outermost error has the response.
        match (kind, error.status().filter(|_| judged)) {
            (Ended, _) => Self::terminal(502, message),
            (InvalidInput, _) if !answered.is_empty() => Self::Ask(answered.to_vec()),
            (Connect | Transport | Timeout, _) => Self::Retry(message),
            (_, Some(status)) if error.is_retryable() || status.is_server_error() => Self::Retry(message),
            (_, Some(status)) if matches!(status.as_u16(), 400 | 409 | 422) && !answered.is_empty() => {
                Self::Ask(answered.to_vec())
            }
            (InvalidInput | MissingInput | Request, _) => Self::terminal(400, message),
            (Stored, _) => Self::terminal(409, message),
            _ if judged => Self::terminal(502, message),
            _ => Self::terminal(500, message),
        }
    }
}

/// Returns the failure of the workflow that was called last.
fn innermost(error: &Error) -> &Error {
    let mut innermost = error;
    while innermost.kind() == ErrorKind::Nested
        && let Some(called) = innermost.source().and_then(|source| source.downcast_ref())
    {
        innermost = called;
    }
    innermost
}
