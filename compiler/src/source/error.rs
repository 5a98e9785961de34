//! Errors in YAML and JSON texts.

use super::node::Range;

/// The kind of error in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The text violates the grammar.
    Syntax,
    /// An object contains a key twice.
    DuplicateKey,
    /// The text exceeds a limit for size or depth.
    LimitExceeded,
}

/// An error in a YAML or JSON text, with its location.
#[derive(Clone, Debug)]
pub struct SyntaxError {
    /// The kind of error.
    pub problem: Problem,
    /// What was found and what was expected.
    pub message: String,
    /// The location.
    pub range: Range,
    /// A second location that explains the error.
    pub related: Option<(Range, String)>,
}
