//! Regular expressions of ECMA-262, the dialect of JSON Schema and of Arazzo criteria, with bounded work
//! on third-party text.
//!
//! ```
//! use arazzo_pattern::Pattern;
//!
//! let pattern = Pattern::new(r"^(?=.*\d)[\w-]{8,}$")?;
//! assert!(pattern.is_found("abc-12345")?);
//! assert!(!pattern.is_found("abcdefghi")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//! A pattern is translated to the syntax of other engines. A regular pattern runs in linear time. Most patterns with
//! look-around become regular: look-around at the start or end of a pattern is matched like other text, and look-around
//! after `^` or before `$` becomes a separate search. For other look-around and for back-references, [`fancy_regex`]
//! backtracks. Its limit depends on the pattern and on the length of the text.
//!
//! # Limits
//!
//! - [`Pattern::is_found`] returns [`TooExpensive`] after about four million steps, which take less than
//!   a second in a debug build.
//! - A pattern has at most 64 nested groups, and fewer if they are alternatives or repeated: then about
//!   20. It has at most 1000 capturing groups, and 20,000 characters after its repetitions are written
//!   out. A compiled program has at most 16 MiB.
//! - A search that backtracks can be stopped on any text of more than 262,144 bytes, because each place
//!   where a match can start counts as a step.
//!
//! # Unsupported patterns
//!
//! A pattern that cannot be translated exactly is an [`Error`]. These are not supported:
//!
//! - a back-reference to a group that is optional in a repetition, such as `(?:(a)|b)*\1`, or whose
//!   repetition can be empty, such as `(a*){2}\1`
//! - a back-reference in a look-behind, and one to a group in a look-behind of variable length or in a
//!   repeated look-around
//! - a back-reference that ignores case in a pattern in which another part does not, such as `(?i:(a)\1)b`
//! - the properties `Changes_When_NFKC_Casefolded` and `Script=Unknown`, and what is new in Unicode 17
//!
//! The syntax of the flag `v` is not supported.
#![cfg_attr(not(test), warn(unused_crate_dependencies))]

mod backtracking;
mod class;
mod engine;
mod linear;
mod parser;
mod property;
mod reference;
mod search;
mod translation;
mod tree;

use std::{borrow::Cow, fmt, sync::Arc};

use class::Case;
use engine::Engine;
use tree::Node;

/// A compiled pattern.
#[derive(Clone)]
pub struct Pattern(Arc<Compiled>);

struct Compiled {
    source: String,
    /// Patterns that must be found, or must not be found.
    conditions: Vec<(bool, Engine)>,
    /// Whether the pattern sees UTF-16 code units.
    units: bool,
    /// How the text is made canonical before the search.
    canonical: Case,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// The flag `u` is set. The pattern can start with other flags: `(?i)`, `(?m)`, `(?s)` or several of
    /// them. `-u` after them, as in `(?i-u)` or `(?-u)`, removes the flag `u`: then the syntax of Annex B
    /// is accepted, such as `[\w-.]` and `{id}`, and the pattern sees UTF-16 code units.
    ///
    /// # Errors
    /// The pattern is not valid, not supported or too large.
    pub fn new(pattern: &str) -> Result<Self, Error> {
        let (flags, body) = prefix(pattern);
        let parsed = parser::parse(body, flags)?;
        let (node, ignores_case) = reference::resolve(tree::simplify(parsed.node))?;
        let node = reference::settle(node);
        let ascii = class::word(Case::Sensitive)?;
        let ascii_word = !node.any(&|node| matches!(node, Node::Boundary { word, .. } if *word != ascii));
        if ignores_case && !parsed.uniform {
            return Err(Error::new(
                "unsupported back-reference: it ignores case, and not all of the pattern does",
            ));
        }
        let is_canonical = parsed.uniform && (ignores_case || !ascii_word);
        let canonical = match (is_canonical, flags.unicode) {
            (false, _) => Case::Sensitive,
            (true, true) => Case::Folded,
            (true, false) => Case::Upper,
        };
        let mut conditions = Vec::new();
        for (expected, node) in search::conditions(node) {
            let node = tree::simplify(search::widen(node));
            conditions.push((expected, Engine::new(&node, ascii_word || is_canonical)?));
        }
        // The cheap ones first.
        conditions.sort_by_key(|(_, engine)| matches!(engine, Engine::Backtracking(_)));
        let source = pattern.to_owned();
        Ok(Self(Arc::new(Compiled {
            source,
            conditions,
            units: !flags.unicode,
            canonical,
        })))
    }

    /// Returns whether the pattern is found anywhere in a text.
    ///
    /// # Errors
    /// The search takes too many steps.
    pub fn is_found(&self, text: &str) -> Result<bool, TooExpensive> {
        let text = self.0.prepare(text);
        for (expected, engine) in &self.0.conditions {
            if engine.is_found(&text)? != *expected {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

impl Compiled {
    /// Returns the text in the form that the engines search.
    fn prepare<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut text = Cow::Borrowed(text);
        if self.units && text.chars().any(|character| character > '\u{FFFF}') {
            text = Cow::Owned(text.encode_utf16().map(class::unit).collect());
        }
        if self.canonical != Case::Sensitive {
            text = if text.is_ascii() {
                Cow::Owned(text.to_ascii_uppercase())
            } else {
                Cow::Owned(
                    text.chars()
                        .map(|character| class::canonical(character, self.canonical))
                        .collect(),
                )
            };
        }
        text
    }
}

/// Splits a pattern into its flags and the rest.
fn prefix(pattern: &str) -> (parser::Flags, &str) {
    let (mut own, mut unicode, mut body) = ("", true, pattern);
    if let Some((flags, rest)) = pattern.strip_prefix("(?").and_then(|rest| rest.split_once(')')) {
        let (flags, plain) = flags.strip_suffix("-u").map_or((flags, false), |flags| (flags, true));
        if flags.chars().all(|flag| "ims".contains(flag)) && (plain || !flags.is_empty()) {
            (own, unicode, body) = (flags, !plain, rest);
        }
    }
    let flags = parser::Flags {
        ignore_case: own.contains('i'),
        multiline: own.contains('m'),
        dot_all: own.contains('s'),
        unicode,
    };
    (flags, body)
}

impl fmt::Debug for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Pattern").field(&self.0.source).finish()
    }
}

/// Why a pattern is not valid or not supported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    fn too_large() -> Self {
        Self::new("the pattern is too large")
    }

    fn unsupported(error: &dyn std::error::Error) -> Self {
        Self(format!("unsupported pattern: {error}"))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// A search took too many steps and was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TooExpensive {
    steps: u64,
    backtracking: bool,
}

impl fmt::Display for TooExpensive {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.backtracking {
            "backtracking steps"
        } else {
            "steps"
        };
        write!(
            formatter,
            "the pattern needs more than {} {kind} on this text",
            self.steps
        )
    }
}

impl std::error::Error for TooExpensive {}
