//! One interface for the engines of regular expressions and queries: whether a pattern or query can be run, and by
//! which engine. All `cfg` switches for engines are here.

#[cfg(any(feature = "jsonpath", feature = "xpath"))]
mod complexity;
#[cfg(feature = "jsonpath")]
mod jsonpath;
#[cfg(feature = "regex")]
mod pattern;
#[cfg(feature = "xpath")]
mod xpath;
#[cfg(feature = "xpath31")]
mod xpath31;

use crate::diagnostic::rule;
use crate::syntax::expression::Bytes;

/// Whether regular expressions can be run.
pub const REGEX: bool = cfg!(feature = "regex");

/// Whether XPath 3.1 can be run.
#[cfg(feature = "xpath")]
const XPATH31: bool = cfg!(feature = "xpath31");

/// Why a query is refused.
#[derive(Debug)]
pub struct Refusal {
    pub rule: &'static rule::Rule,
    pub message: String,
    pub help: Option<String>,
    pub at: Option<Bytes>,
}

/// Why a pattern is refused, and what to write.
#[derive(Debug)]
pub struct BadPattern {
    /// The reason.
    pub reason: String,
    /// What to write instead, if that is known.
    pub help: Option<String>,
}

/// The engine that a query needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// RFC 9535
    JsonPath,
    /// XPath 1.0
    XPath,
    /// XPath 3.1, for expressions that are not valid in 1.0
    XPath31,
}

/// Checks a JSONPath query (RFC 9535).
///
/// # Errors
/// The query is not valid, its engine is disabled, or the engine cannot run it.
pub fn jsonpath(query: &str) -> Result<(), Refusal> {
    #[cfg(feature = "jsonpath")]
    return jsonpath::check(query);
    #[cfg(not(feature = "jsonpath"))]
    {
        let _ = query;
        let what = "JSONPath queries that can select more than one value";
        Err(feature("jsonpath", &rule::JSONPATH_FEATURE, what))
    }
}

/// Returns the engine of an XPath expression. If the document does not name a version, the expression is XPath 3.1
/// (Arazzo 1.1.0, "Criterion Object"). If the engine for 3.1 is disabled, expressions that are valid in 1.0 are
/// evaluated by the engine for 1.0.
///
/// # Errors
/// The expression is not valid, its engine is disabled, or the engine cannot run it.
pub fn xpath(query: &str, version: Option<&str>) -> Result<Engine, Refusal> {
    #[cfg(feature = "xpath")]
    return xpath::engine(query, version, XPATH31);
    #[cfg(not(feature = "xpath"))]
    {
        let _ = (query, version);
        Err(feature("xpath", &rule::XPATH_FEATURE, "XPath expressions"))
    }
}

/// Checks an XPath 3.1 expression; `reason` says why it is not valid in 1.0.
#[cfg(feature = "xpath")]
fn xpath31(query: &str, reason: &str) -> Result<Engine, Refusal> {
    #[cfg(feature = "xpath31")]
    {
        let _ = reason;
        xpath31::check(query)
    }
    #[cfg(not(feature = "xpath31"))]
    {
        let what = "XPath expressions that are not valid in version 1.0";
        let mut refusal = feature("xpath31", &rule::XPATH31_FEATURE, what);
        if !reason.is_empty() {
            refusal.message = format!("{}; version 1.0 reports for `{query}`: {reason}", refusal.message);
        }
        Err(refusal)
    }
}

/// Returns a pattern (ECMA-262) in the form that the runtime compiles. If the engine is disabled, returns it unchanged.
///
/// # Errors
/// The pattern is not valid, belongs to another dialect, or cannot be run by the runtime.
#[cfg_attr(
    not(feature = "regex"),
    allow(clippy::unnecessary_wraps, reason = "an engine may refuse")
)]
pub fn pattern(pattern: &str) -> Result<String, BadPattern> {
    #[cfg(feature = "regex")]
    return pattern::read(pattern);
    #[cfg(not(feature = "regex"))]
    Ok(pattern.to_owned())
}

/// Returns whether a pattern is found in a text, if that can be determined.
#[must_use]
pub fn is_found(pattern: &str, text: &str) -> Option<bool> {
    #[cfg(feature = "regex")]
    return pattern::is_found(pattern, text);
    #[cfg(not(feature = "regex"))]
    {
        let _ = (pattern, text);
        None
    }
}

#[cfg(not(all(feature = "jsonpath", feature = "xpath31")))]
fn feature(name: &str, rule: &'static rule::Rule, what: &str) -> Refusal {
    Refusal {
        rule,
        message: format!("{what} require the feature `{name}` of `arazzo`"),
        help: Some(format!(
            "write `arazzo = {{ version = \"0.1\", features = [\"{name}\"] }}` in Cargo.toml"
        )),
        at: None,
    }
}

#[cfg(any(feature = "jsonpath", feature = "xpath"))]
fn too_complex(rule: &'static rule::Rule, query: &str, reason: &str) -> Refusal {
    let start: String = query.chars().take(40).collect();
    Refusal {
        rule,
        message: format!("the query `{start}…` is too complex: {reason}"),
        help: Some("simplify the query, or split the condition into several criteria".to_owned()),
        at: None,
    }
}
