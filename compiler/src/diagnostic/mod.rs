//! What is wrong with a document: collected by every phase, rendered in one place.

mod render;
pub mod rule;
mod suggestion;

pub(crate) use render::is_hidden;
pub use render::{Header, render};
pub use rule::{Class, Rule};
pub use suggestion::similar;

use crate::source::{FileId, Problem, Span, SyntaxError};

/// Whether a problem stops the compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document cannot be compiled.
    Error,
    /// The document compiles, but probably not to what was meant.
    Warning,
}

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub span: Span,
    /// What stands there.
    pub message: String,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// Set by [`Diagnostics::finish`] from the rule and the lint options.
    pub severity: Severity,
    /// What was found and what was expected; lower case, no full stop.
    pub message: String,
    /// Where; `None` for what has no place in a file, such as a file that is not there.
    pub span: Option<Span>,
    /// Further places.
    pub related: Vec<Related>,
    /// What to do about it.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// A problem at a place.
    #[must_use]
    pub fn new(rule: &'static Rule, span: impl Into<Option<Span>>, message: impl Into<String>) -> Self {
        let severity = match rule.class {
            Class::Error | Class::Description | Class::Recoverable | Class::Literal => Severity::Error,
            Class::Warning | Class::Quiet => Severity::Warning,
        };
        Self {
            rule,
            severity,
            message: message.into(),
            span: span.into(),
            related: Vec::new(),
            help: Vec::new(),
        }
    }

    /// Adds a help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a help where there is one.
    #[must_use]
    pub fn help_if(mut self, help: Option<String>) -> Self {
        self.help.extend(help);
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Related {
            span,
            message: message.into(),
        });
        self
    }

    /// The problem of a file that cannot be read.
    #[must_use]
    pub fn syntax(file: FileId, error: &SyntaxError) -> Self {
        let place = |range| Span { file, range };
        let rule = match error.problem {
            Problem::Syntax => &rule::YAML_SYNTAX,
            Problem::DuplicateKey => &rule::DUPLICATE_KEY,
            Problem::LimitExceeded => &rule::LIMIT_EXCEEDED,
        };
        let mut diagnostic = Self::new(rule, place(error.range), error.message.clone());
        if let Some((range, message)) = &error.related {
            diagnostic = diagnostic.related(place(*range), message.clone());
        }
        diagnostic
    }
}

/// What is done about a problem that is no error by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing is said.
    Allow,
    /// It is a warning.
    Warn,
    /// It is an error.
    Deny,
}

/// The levels that were asked for.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// `lints = { warn(code), … }`, codes as they are documented.
    pub codes: Vec<(Level, String)>,
    /// `dialect = lenient`: what is recoverable is a warning, and what only a description rules out.
    pub lenient: bool,
}

impl Levels {
    fn of(&self, rule: &Rule) -> Level {
        let asked = self.codes.iter().rev().find(|(_, code)| code == rule.code);
        match (rule.class, asked) {
            (
                Class::Warning | Class::Literal | Class::Quiet | Class::Recoverable | Class::Description,
                Some((level, _)),
            ) => *level,
            (Class::Warning, None) => Level::Warn,
            (Class::Quiet, None) => Level::Allow,
            (Class::Recoverable | Class::Description, None) if self.lenient => Level::Warn,
            (Class::Error, _) | (Class::Literal | Class::Recoverable | Class::Description, None) => Level::Deny,
        }
    }
}

/// The collector that every phase writes to.
#[derive(Debug, Default)]
pub struct Diagnostics {
    found: Vec<Diagnostic>,
    levels: Levels,
}

impl Diagnostics {
    /// A collector with levels of its own.
    #[must_use]
    pub fn new(levels: Levels) -> Self {
        Self {
            found: Vec::new(),
            levels,
        }
    }

    /// Whether a document that breaks a rule cannot be compiled.
    #[must_use]
    pub fn denies(&self, rule: &Rule) -> bool {
        self.levels.of(rule) == Level::Deny
    }

    /// Adds a problem, unless it is allowed.
    pub fn push(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.severity = match self.levels.of(diagnostic.rule) {
            Level::Allow => return,
            Level::Warn => Severity::Warning,
            Level::Deny => Severity::Error,
        };
        let why = match diagnostic.rule.class {
            Class::Recoverable => "or accept the lenient reading",
            Class::Description => "if the description is wrong, continue anyway",
            _ => "",
        };
        if !why.is_empty() && diagnostic.severity == Severity::Error {
            let code = diagnostic.rule.code.replace(['-', '.'], "_");
            diagnostic = diagnostic.help(format!(
                "{why}: `lints = {{ warn({code}) }}`, or `dialect = lenient` for all such errors"
            ));
        }

        self.found.push(diagnostic);
    }

    /// How many problems there are so far; two equal numbers mean that nothing was found between.
    #[must_use]
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Whether an error was found so far.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All problems in the order of their places, each once.
    #[must_use]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by(|left, right| (left.span, left.rule.code).cmp(&(right.span, right.rule.code)));
        self.found.dedup();
        self.found
    }
}
