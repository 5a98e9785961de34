//! Problems in a document: collected by every phase, rendered in one place.

mod render;
pub mod rule;
mod suggestion;

pub(crate) use render::is_hidden;
pub use render::{Header, render};
pub use rule::{Class, Rule};
pub use suggestion::similar;

use crate::bundle::Options;
use crate::engine::Engines;
use crate::source::{FileId, Problem, Span, SyntaxError};

/// Whether a problem stops the compilation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The document cannot be compiled.
    Error,
    /// The document compiles, but probably does not do what was meant.
    Warning,
}

/// A second location that explains the problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// The location.
    pub span: Span,
    /// What is at this location.
    pub message: String,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that is violated.
    pub rule: &'static Rule,
    /// Set by [`Diagnostics::finish`] from the rule and the lint options.
    pub severity: Severity,
    /// What was found and what was expected; lower case, no full stop.
    pub message: String,
    /// The location; `None` for a problem without a location in a file, such as a missing file.
    pub span: Option<Span>,
    /// Further locations.
    pub related: Vec<Related>,
    /// What to do about it.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// Creates a problem at a location.
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

    /// Adds a help line.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Adds a help line, if there is one.
    #[must_use]
    pub fn help_if(mut self, help: Option<String>) -> Self {
        self.help.extend(help);
        self
    }

    /// Adds a second location.
    #[must_use]
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push(Related {
            span,
            message: message.into(),
        });
        self
    }

    /// Creates the problem of a file that cannot be read.
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
        if error.problem == Problem::DuplicateKey {
            diagnostic = diagnostic.help("remove one of them");
        }
        diagnostic
    }
}

/// The level of a problem that is not an error by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// The problem is not reported.
    Allow,
    /// The problem is a warning.
    Warn,
    /// The problem is an error.
    Deny,
}

/// Where the options come from, which a help line says how to change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// `arazzo_workflow!`
    #[default]
    Macro,
    /// `cargo arazzo`, without a macro call.
    CommandLine,
}

/// The levels from the options.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    /// `lints = { warn(code), … }`, with the codes as documented.
    pub codes: Vec<(Level, String)>,
    /// `dialect = lenient`: problems that are recoverable, or that violate only the description, are warnings.
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
    caller: Caller,
    /// The engines of the program that the workflows are compiled for.
    pub engines: Engines,
    /// Expressions that are accepted without a check, because this build does not have their engine.
    pub unchecked: Vec<Span>,
}

impl Diagnostics {
    /// Creates a collector for a compilation.
    #[must_use]
    pub fn new(options: &Options) -> Self {
        Self {
            found: Vec::new(),
            levels: options.levels.clone(),
            caller: options.caller,
            engines: options.engines,
            unchecked: Vec::new(),
        }
    }

    /// Returns whether a document that violates a rule cannot be compiled.
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
        let lower = match diagnostic.rule.class {
            Class::Recoverable => Some(("or accept the lenient reading", "that has one")),
            Class::Description => Some((
                "if you cannot correct the OpenAPI description",
                "that a description causes",
            )),
            _ => None,
        };
        if let Some((when, all)) = lower.filter(|_| diagnostic.severity == Severity::Error) {
            let code = diagnostic.rule.code;
            diagnostic = diagnostic.help(match self.caller {
                Caller::Macro => format!(
                    "{when}: add `lints = {{ warn({}) }}` to the macro call, or `dialect = lenient` for every error {all}",
                    code.replace(['-', '.'], "_")
                ),
                Caller::CommandLine => {
                    format!("{when}: add `--warn {code}`, or `--lenient` for every error {all}")
                }
            });
        }
        self.found.push(diagnostic);
    }

    /// Number of problems so far. If it has not changed, nothing was found in between.
    #[must_use]
    pub fn count(&self) -> usize {
        self.found.len()
    }

    /// Returns whether an error was found so far.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.found
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns all problems in the order of their locations, each once.
    #[must_use]
    pub fn finish(mut self) -> Vec<Diagnostic> {
        self.found
            .sort_by(|left, right| (left.span, left.rule.code).cmp(&(right.span, right.rule.code)));
        self.found.dedup();
        self.found
    }
}
