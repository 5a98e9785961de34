//! Budgets for the engines of query languages.
//!
//! The engines run on the thread of the executor, where a timeout cannot interrupt them, and the contents of a response
//! determine how long they take. A query that exceeds its budget ends the attempt with an error. The engines are called
//! deep inside generated code, whose conditions are plain booleans; therefore the error is passed through a
//! thread-local variable.

use std::cell::{Cell, RefCell};

use crate::error::ErrorKind;
use crate::wire::failure::Failure;

thread_local! {
    /// Read after every evaluation, so it must be cheap.
    static IS_EXCEEDED: Cell<bool> = const { Cell::new(false) };
    static EXCEEDED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Records that a query exceeded its budget. Only the first one is reported.
#[cfg(any(test, feature = "jsonpath", feature = "regex", feature = "xpath"))]
pub(crate) fn exceed(message: impl FnOnce() -> String) {
    IS_EXCEEDED.set(true);
    EXCEEDED.with_borrow_mut(|exceeded| {
        exceeded.get_or_insert_with(message);
    });
}

/// Evaluates generated code.
///
/// # Errors
/// A query in it exceeded its budget.
pub(crate) fn within<T>(evaluate: impl FnOnce() -> T) -> Result<T, Failure> {
    if IS_EXCEEDED.replace(false) {
        EXCEEDED.take();
    }
    let value = evaluate();
    if !IS_EXCEEDED.get() {
        return Ok(value);
    }
    IS_EXCEEDED.set(false);
    let message = EXCEEDED.take().unwrap_or_default();
    Err(Failure::new(ErrorKind::Budget, message))
}

/// Maximum number of engine steps of one evaluation. A step takes about 0.1 µs.
#[cfg(any(feature = "jsonpath", feature = "xpath"))]
pub(crate) const STEPS: f64 = 5e7;

/// Returns whether an evaluation with at most `steps` steps is within the budget, and records the excess if not.
#[cfg(any(feature = "jsonpath", feature = "xpath"))]
pub(crate) fn allows(query: &str, steps: f64) -> bool {
    if steps <= STEPS {
        return true;
    }
    exceed(|| excess(query, steps));
    false
}

/// Returns the message for a query that may exceed its budget.
#[cfg(any(feature = "jsonpath", feature = "xpath"))]
pub(crate) fn excess(query: &str, steps: f64) -> String {
    format!("the query `{query}` may take {steps:.0e} steps on a value of this size; the limit is {STEPS:.0e}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_excess_is_reported_once() {
        let failure = within(|| {
            exceed(|| "one".to_owned());
            exceed(|| "two".to_owned());
        });
        assert_eq!(failure.unwrap_err().message, "one");
        assert!(within(|| ()).is_ok());
    }
}
