//! What documents mean: values, criteria, control flow, nested workflows, further documents.
#![allow(clippy::module_inception, reason = "a workflow often has the name of what it tests")]

mod bodies;
mod calls;
mod constraints;
mod control_flow;
mod credentials;
mod criteria;
mod demanding;
mod documents;
mod documents_edge;
mod jsonpath;
mod lenient;
mod meanings;
mod nested;
mod patterns;
mod recalled;
mod references;
mod reusables;
mod selectors;
mod spec_choices;
mod spec_examples;
mod types;
mod values;
mod written_payloads;
mod xpath;
