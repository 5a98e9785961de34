//! XPath 3.1.

use super::complexity::{Bounds, excess};
use super::{Engine, Refusal, too_complex};
use crate::diagnostic::rule;

/// For `xee`, the time can double with every level: 200 ms at 10 levels.
const BOUNDS: Bounds = Bounds {
    depth: 10,
    operators: 250,
    length: 8192,
    escapes: false,
};

pub(super) fn check(query: &str) -> Result<Engine, Refusal> {
    if let Some(reason) = excess(query, BOUNDS) {
        return Err(too_complex(&rule::XPATH_SYNTAX, query, &reason));
    }
    error(query).map_or(Ok(Engine::XPath31), |reason| {
        Err(Refusal {
            rule: &rule::XPATH_SYNTAX,
            message: format!("`{query}` is not a valid XPath expression: {reason}"),
            help: None,
            at: None,
        })
    })
}

/// Returns the engine's error for an expression. The engine needs more stack than a thread usually has, and can panic.
fn error(query: &str) -> Option<String> {
    const STACK: usize = 64 * 1024 * 1024;
    std::thread::scope(|scope| {
        let compile = || {
            xee_xpath::Queries::default()
                .sequence(query)
                .err()
                .map(|error| error.error.to_string())
        };
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, compile);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(error)) => error,
            _ => Some("the engine cannot read it".to_owned()),
        }
    })
}
