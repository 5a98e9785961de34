//! The rules that a document must keep, each with its code.

/// What kind of problem a broken rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The document cannot be compiled.
    Error,
    /// Probably not what was meant.
    Warning,
    /// A matter of taste, said only where it is asked for.
    Quiet,
    /// The description of an API rules it out. The document cannot be compiled, unless it is said
    /// that the description is wrong.
    Description,
    /// It contradicts the specification, yet has one obvious meaning.
    Recoverable,
    /// Text that is meant as an expression, unless it is said that text is meant. `dialect = lenient`
    /// does not say so.
    Literal,
}

/// A rule.
#[derive(Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name in messages, options and documentation.
    pub code: &'static str,
    /// What kind of problem it is to break it.
    pub class: Class,
    /// What it demands.
    pub summary: &'static str,
    /// What it means, the section of the specification that it comes from, and a wrong and a right example, as Markdown.
    pub docs: &'static str,
}

impl Class {
    /// What the documentation calls it.
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

/// The code that an option names with underscores; what is no code comes back with hyphens.
#[must_use]
pub fn code_of(option: &str) -> String {
    let written = |rule: &&Rule| rule.code.replace(['-', '.'], "_") == option;
    all()
        .find(written)
        .map_or_else(|| option.replace('_', "-"), |rule| rule.code.to_owned())
}

/// Every rule, in the order of the documentation.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().flat_map(|rules| rules.iter().copied())
}

/// Declares rules: what each means as its doc comment, its kind, its name and code, and what it demands.
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
    criterion::RULES,
    expression::RULES,
    lint::RULES,
    recoverable::RULES,
];
