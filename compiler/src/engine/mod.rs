//! The engines of regular expressions and queries, behind one face: whether a pattern or query can be run, and by which
//! engine. Which engines there are is decided here and nowhere else.

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
    /// Why.
    pub reason: String,
    /// What to write instead, where it is known.
    pub help: Option<String>,
}

/// The engine that a query needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// RFC 9535
    JsonPath,
    /// XPath 1.0
    XPath,
    /// XPath 3.1, for what 1.0 cannot say
    XPath31,
}

/// A JSONPath query (RFC 9535).
///
/// # Errors
/// It is none, or its engine is off or cannot run it.
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

/// The engine of an XPath expression. Where the document does not say otherwise, it is one of XPath 3.1 (Arazzo 1.1.0,
/// "Criterion Object"). Without its engine, what 1.0 can say is evaluated by that of 1.0.
///
/// # Errors
/// It is no expression, or its engine is off or cannot run it.
pub fn xpath(query: &str, version: Option<&str>) -> Result<Engine, Refusal> {
    #[cfg(feature = "xpath")]
    return xpath::engine(query, version, XPATH31);
    #[cfg(not(feature = "xpath"))]
    {
        let _ = (query, version);
        Err(feature("xpath", &rule::XPATH_FEATURE, "XPath expressions"))
    }
}

/// An expression of XPath 3.1; `reason` is why 1.0 cannot say it.
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

/// A pattern (ECMA-262) as the runtime compiles it; without its engine, the pattern as it is.
///
/// # Errors
/// It is not a pattern, or one of another dialect, or one that the runtime cannot run.
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

/// Whether a pattern is found in a text, where that can be known.
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
