//! Bounds on what the engines of query languages may do.
//!
//! They run on the thread of the executor, where no timeout interrupts them, and what a response holds decides how
//! long they take. What needs more than its budget ends the attempt with an error. The engines are called deep in code
//! that the compiler writes, whose conditions are plain booleans; so the error travels beside the value, on the thread.

use std::cell::{Cell, RefCell};

use crate::error::ErrorKind;
use crate::wire::failure::Failure;

thread_local! {
    /// Looked at after every evaluation, so it costs next to nothing.
    static IS_EXCEEDED: Cell<bool> = const { Cell::new(false) };
    static EXCEEDED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Says that a query needs more than its budget; the first one is reported.
#[cfg(any(test, feature = "jsonpath", feature = "regex", feature = "xpath"))]
pub(crate) fn exceed(message: impl FnOnce() -> String) {
    IS_EXCEEDED.set(true);
    EXCEEDED.with_borrow_mut(|exceeded| {
        exceeded.get_or_insert_with(message);
    });
}

/// Evaluates code of the compiler.
///
/// # Errors
/// A query in it needed more than its budget.
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

/// Steps of an engine that one evaluation may take, each about a tenth of a microsecond.
#[cfg(any(feature = "jsonpath", feature = "xpath"))]
pub(crate) const STEPS: f64 = 5e7;

/// Whether an evaluation that takes so many steps at the most is within the budget; reports it if not.
#[cfg(any(feature = "jsonpath", feature = "xpath"))]
pub(crate) fn allows(query: &str, steps: f64) -> bool {
    if steps <= STEPS {
        return true;
    }
    exceed(|| excess(query, steps));
    false
}

/// What is said of a query that needs too much.
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
