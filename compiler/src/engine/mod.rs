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

/// The engines that a program has which runs the workflows. By default, those that this build has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Engines {
    /// Regular expressions.
    pub regex: bool,
    /// JSONPath queries that can select more than one value.
    pub jsonpath: bool,
    /// XPath 1.0.
    pub xpath: bool,
    /// XPath 3.1.
    pub xpath31: bool,
}

impl Engines {
    /// All engines. What this build cannot check by its own engine is accepted.
    pub const ALL: Self = Self {
        regex: true,
        jsonpath: true,
        xpath: true,
        xpath31: true,
    };

    /// The engines of this build.
    pub const BUILT: Self = Self {
        regex: cfg!(feature = "regex"),
        jsonpath: cfg!(feature = "jsonpath"),
        xpath: cfg!(feature = "xpath"),
        xpath31: cfg!(feature = "xpath31"),
    };
}

impl Default for Engines {
    fn default() -> Self {
        Self::BUILT
    }
}

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

impl Engines {
    /// Checks a JSONPath query (RFC 9535).
    ///
    /// # Errors
    /// The query is not valid, its engine is missing, or the engine cannot run it.
    pub fn jsonpath(self, query: &str) -> Result<(), Refusal> {
        if !self.jsonpath {
            let what = "JSONPath queries that can select more than one value";
            return Err(feature("jsonpath", &rule::JSONPATH_FEATURE, what));
        }
        #[cfg(feature = "jsonpath")]
        return jsonpath::check(query);
        #[cfg(not(feature = "jsonpath"))]
        {
            let _ = query;
            Ok(())
        }
    }

    /// Returns the engine of an XPath expression. If the document does not name a version, the expression is XPath 3.1
    /// (Arazzo 1.1.0, "Criterion Object"). If the engine for 3.1 is missing, expressions that are valid in 1.0 are
    /// evaluated by the engine for 1.0.
    ///
    /// # Errors
    /// The expression is not valid, its engine is missing, or the engine cannot run it.
    pub fn xpath(self, query: &str, version: Option<&str>) -> Result<Engine, Refusal> {
        if !self.xpath {
            return Err(feature("xpath", &rule::XPATH_FEATURE, "XPath expressions"));
        }
        #[cfg(feature = "xpath")]
        return xpath::engine(query, version, self);
        #[cfg(not(feature = "xpath"))]
        {
            let _ = (query, version);
            Ok(Engine::XPath31)
        }
    }

    /// Checks an XPath 3.1 expression; `reason` says why it is not valid in 1.0.
    #[cfg(feature = "xpath")]
    fn xpath31(self, query: &str, reason: &str) -> Result<Engine, Refusal> {
        if !self.xpath31 {
            let what = "XPath expressions that are not valid in version 1.0";
            let mut refusal = feature("xpath31", &rule::XPATH31_FEATURE, what);
            if !reason.is_empty() {
                refusal.message = format!("{}; version 1.0 reports for `{query}`: {reason}", refusal.message);
            }
            return Err(refusal);
        }
        #[cfg(feature = "xpath31")]
        return xpath31::check(query);
        #[cfg(not(feature = "xpath31"))]
        Ok(Engine::XPath31)
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
