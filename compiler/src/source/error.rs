//! Why a text is not YAML or JSON that can be read.

use super::node::Range;

/// What is wrong with a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It does not follow the grammar.
    Syntax,
    /// A key stands twice in an object.
    DuplicateKey,
    /// It is larger or deeper than what is read.
    LimitExceeded,
}

/// Why a text is not YAML or JSON that can be read, and where.
#[derive(Clone, Debug)]
pub struct SyntaxError {
    /// What is wrong with it.
    pub problem: Problem,
    /// What was found and what was expected.
    pub message: String,
    /// Where.
    pub range: Range,
    /// A second place that explains the first.
    pub related: Option<(Range, String)>,
}
