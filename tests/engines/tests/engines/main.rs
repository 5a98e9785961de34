//! What needs an engine that is slow to build, XPath 3.1, and what is tested of XPath 1.0 with that engine again; the
//! compliance suite of JSONPath.
#![allow(clippy::module_inception, reason = "a workflow often has the name of what it tests")]

mod jsonpath_suite;
mod spec_bodies;
mod spec_versions;
#[path = "../../../tests/language/xpath/mod.rs"]
mod xpath;
mod xpath31;
