//! The rules that a document must follow, each with its code.

/// The kind of a rule: how its violations are reported, and whether options can change that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The document cannot be compiled.
    Error,
    /// The document compiles, but probably not as intended.
    Warning,
    /// A matter of taste, reported only if an option enables it.
    Quiet,
    /// The description of an API rules it out. The document cannot be compiled, unless an option
    /// states that the description is wrong.
    Description,
    /// The document contradicts the specification, but has one obvious meaning.
    Recoverable,
    /// Text that is probably intended as an expression. It is an error, unless `lints` states that it
    /// is intended as text. `dialect = lenient` does not change it.
    Literal,
}

/// A rule for documents, with its documentation.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Identifies the rule in messages, options and documentation.
    pub code: &'static str,
    /// The kind of the rule, which sets its default level.
    pub class: Class,
    /// What the rule requires, as the end of the sentence "the rule requires that …".
    pub summary: &'static str,
    /// Markdown: an explanation, the section of the specification that the rule comes from, and a wrong and a
    /// right example.
    pub docs: &'static str,
}

impl Class {
    /// The name of the kind in the documentation.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Quiet => "warning, allowed by default",
            Self::Description => "error by the description",
            Self::Recoverable => "recoverable error",
            Self::Literal => "error, unless text is meant",
        }
    }
}

/// Converts a code as written in an option, with underscores, to the code itself. In an unknown code, underscores
/// become hyphens.
#[must_use]
pub fn code_of(option: &str) -> String {
    let written = |rule: &&Rule| rule.code.replace(['-', '.'], "_") == option;
    all()
        .find(written)
        .map_or_else(|| option.replace('_', "-"), |rule| rule.code.to_owned())
}

/// All rules, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().flat_map(|rules| rules.iter().copied())
}

/// Declares rules. Each rule has a doc comment with its documentation, then its kind, name, code and summary.
macro_rules! rules {
    ($($(#[doc = $docs:literal])* $class:ident $name:ident $code:literal $summary:literal)*) => {
        $(
            #[doc = concat!("`", $code, "`: ", $summary, ".")]
            pub static $name: $crate::diagnostic::rule::Rule = $crate::diagnostic::rule::Rule {
                code: $code,
                class: $crate::diagnostic::rule::Class::$class,
                summary: $summary,
                docs: concat!($($docs, "\n"),*),
            };
        )*

        pub(super) static RULES: &[&$crate::diagnostic::rule::Rule] = &[$(&$name),*];
    };
}
use rules;

mod action;
mod body;
mod channel;
mod compilation;
mod criterion;
mod document;
mod expression;
mod lint;
mod names;
mod operation;
mod parameter;
mod recoverable;
mod source;
mod workflow;

pub use action::*;
pub use body::*;
pub use channel::*;
pub use compilation::*;
pub use criterion::*;
pub use document::*;
pub use expression::*;
pub use lint::*;
pub use names::*;
pub use operation::*;
pub use parameter::*;
pub use recoverable::*;
pub use source::*;
pub use workflow::*;

static RULES: &[&[&Rule]] = &[
    document::RULES,
    names::RULES,
    compilation::RULES,
    source::RULES,
    workflow::RULES,
    operation::RULES,
    body::RULES,
    parameter::RULES,
    action::RULES,
    channel::RULES,
    criterion::RULES,
    expression::RULES,
    lint::RULES,
    recoverable::RULES,
];
