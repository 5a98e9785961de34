//! A document in which all names are resolved: workflows, steps, and what each step calls, checks and outputs.
//!
//! `resolve` creates it; `flow`, `typing` and `check` read it; `plan` turns it into the plan of the generated code.

mod action;
mod exchange;
mod reference;
mod references;
mod request;
pub mod value;

use crate::document::{self, Text};
use crate::schema::Schema;
use crate::source::{Cursor, FileId, Span};

pub use action::{Action, ActionKind, Destination, Invocation};
pub use exchange::Exchange;
pub use reference::{Reference, Source};
pub use references::{Place, step_references};
pub use request::{Argument, Body, ReplacementTarget, Request, path_names, same, same_parameter};
pub use value::Engine;

/// A value with references of a program.
pub type Value = value::Value<Reference>;
/// The kind of a [`Value`].
pub type ValueKind = value::ValueKind<Reference>;
/// A piece of a template.
pub type Segment = value::Segment<Reference>;
/// A piece of JSON text.
pub type JsonPiece = value::JsonPiece<Reference>;
/// A query.
pub type Query = value::Query<Reference>;
/// A piece of a query.
pub type QueryPiece = value::QueryPiece<Reference>;
/// A query that selects something from a value.
pub type Selection = value::Selection<Reference>;
/// The test of a criterion.
pub type Test = value::Test<Reference>;

/// Documents whose names are resolved.
#[derive(Debug, Default)]
pub struct Program<'a> {
    /// The workflows of all documents, in document order.
    pub workflows: Vec<Workflow<'a>>,
    /// The APIs of all documents.
    pub apis: Vec<ApiName>,
}

/// An API, with its names in a document and in the client.
#[derive(Debug)]
pub struct ApiName {
    /// The index of the document.
    pub document: usize,
    /// The name of the source description.
    pub name: String,
    /// Its name in the client.
    pub client: String,
    /// Whether it has channels, and no HTTP operations.
    pub channels: bool,
    /// Its file, if it could be opened.
    pub file: Option<FileId>,
}

/// A workflow.
#[derive(Debug)]
pub struct Workflow<'a> {
    /// The workflow in the document.
    pub text: &'a document::Workflow<'a>,
    /// The index of its document.
    pub document: usize,
    /// The names of the source descriptions on the path to its document.
    pub names: Vec<String>,
    /// Its inputs in schema order.
    pub inputs: Vec<Input<'a>>,
    /// Its steps in the order of the document.
    pub steps: Vec<Step<'a>>,
    /// The indices of the steps in the order of execution.
    pub order: Vec<usize>,
    /// The indices of the workflows that must have run before.
    pub depends_on: Vec<usize>,
    /// Its outputs.
    pub outputs: Vec<Output>,
}

/// An input: a property of the inputs schema.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// Its name.
    pub name: &'a str,
    /// The location of its declaration.
    pub span: Span,
    /// Its declaration.
    pub at: Cursor<'a>,
    /// Its schema; `None` if it has no usable schema.
    pub schema: Option<Schema<'a>>,
    /// Whether the caller must set it: it is listed in `required` and has no `default`.
    pub required: bool,
}

/// A step.
#[derive(Debug)]
pub struct Step<'a> {
    /// The step in the document.
    pub text: &'a document::Step<'a>,
    /// What it calls.
    pub act: Act<'a>,
    /// The criteria for its success.
    pub criteria: Vec<Criterion>,
    /// The actions after success; the first that applies is taken.
    pub on_success: Vec<Action>,
    /// The actions after failure; the first that applies is taken.
    pub on_failure: Vec<Action>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// The time limit of an attempt, in milliseconds.
    pub timeout: Option<u64>,
    /// The indices of the steps that must have succeeded before.
    pub depends_on: Vec<usize>,
    /// The steps of other workflows that must have succeeded before.
    pub depends_elsewhere: Vec<Elsewhere<'a>>,
}

/// A step of another workflow.
#[derive(Clone, Copy, Debug)]
pub struct Elsewhere<'a> {
    /// The index of the workflow.
    pub workflow: usize,
    /// The step's index in the workflow.
    pub step: usize,
    /// The dependency as written.
    pub text: Text<'a>,
}

/// What a step calls.
#[derive(Debug)]
pub enum Act<'a> {
    /// A request to an operation of an API.
    Http(Box<Request<'a>>),
    /// A message on a channel.
    Channel(Box<Exchange<'a>>),
    /// A workflow.
    Workflow(Invocation),
    /// An error that was reported.
    Unresolved,
}

impl<'a> Act<'a> {
    /// Returns what is sent, as a request: to an operation, or on a channel.
    #[must_use]
    pub fn request(&self) -> Option<&Request<'a>> {
        match self {
            Self::Http(request) => Some(request),
            Self::Channel(exchange) => Some(&exchange.request),
            Self::Workflow(_) | Self::Unresolved => None,
        }
    }
}

/// A named output of a step or workflow.
#[derive(Debug)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// The location of its value.
    pub span: Span,
    /// Its value.
    pub value: Value,
}

/// A criterion.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// The location of the condition.
    pub span: Span,
    /// The condition as written.
    pub text: String,
    /// The test.
    pub test: Test,
}
