//! Queries and patterns that are evaluated by an engine.

#[cfg(feature = "xpath31")]
pub(crate) mod deadline;
pub(crate) mod escape;
#[cfg(feature = "jsonpath")]
pub(crate) mod jsonpath;
#[cfg(feature = "xpath")]
pub(crate) mod markup;
#[cfg(feature = "regex")]
pub(crate) mod regex;
#[cfg(feature = "xpath")]
pub(crate) mod xpath;
#[cfg(feature = "xpath31")]
pub(crate) mod xpath31;
