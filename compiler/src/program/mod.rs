//! A document whose names are the things that they name: workflows, steps, what each calls, checks and keeps.
//!
//! `resolve` makes it, `flow`, `typing` and `check` read it, `plan` turns it into what is generated.

mod action;
mod reference;
mod references;
mod request;
pub mod value;

use crate::document::{self, Text};
use crate::schema::Schema;
use crate::source::{Cursor, FileId, Span};

pub use action::{Action, ActionKind, Destination, Invocation};
pub use reference::{Reference, Source};
pub use references::{Place, step_references};
pub use request::{Argument, Body, ReplacementTarget, Request, path_names, same_parameter};
pub use value::Engine;

/// A value over references of a program.
pub type Value = value::Value<Reference>;
/// What a [`Value`] is.
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
/// What a criterion tests.
pub type Test = value::Test<Reference>;

/// Documents whose names are resolved.
#[derive(Debug)]
pub struct Program<'a> {
    /// The workflows of all documents, in document order.
    pub workflows: Vec<Workflow<'a>>,
    /// The APIs of all documents.
    pub apis: Vec<ApiName>,
}

/// An API, as a document and the client name it.
#[derive(Debug)]
pub struct ApiName {
    /// The index of the document.
    pub document: usize,
    /// The name of the source description.
    pub name: String,
    /// The name that the client knows it by.
    pub client: String,
    /// Its file, if it could be opened.
    pub file: Option<FileId>,
}

/// A workflow.
#[derive(Debug)]
pub struct Workflow<'a> {
    /// As the document has it.
    pub text: &'a document::Workflow<'a>,
    /// The index of its document.
    pub document: usize,
    /// The names of the source descriptions that lead to its document.
    pub names: Vec<String>,
    /// Its inputs in schema order.
    pub inputs: Vec<Input<'a>>,
    /// Its steps in the order of the document.
    pub steps: Vec<Step<'a>>,
    /// The indices of the steps in the order in which they run.
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
    /// Where it is declared.
    pub span: Span,
    /// Its declaration.
    pub at: Cursor<'a>,
    /// Its schema; `None` where it has none that can be used.
    pub schema: Option<Schema<'a>>,
    /// Whether the caller must give it: it is listed in `required` and has no `default`.
    pub required: bool,
}

/// A step.
#[derive(Debug)]
pub struct Step<'a> {
    /// As the document has it.
    pub text: &'a document::Step<'a>,
    /// What it calls.
    pub act: Act<'a>,
    /// What must hold for it to succeed.
    pub criteria: Vec<Criterion>,
    /// What may happen next when it has succeeded; the first that applies.
    pub on_success: Vec<Action>,
    /// What may happen next when it has failed; the first that applies.
    pub on_failure: Vec<Action>,
    /// What it keeps.
    pub outputs: Vec<Output>,
    /// How long an attempt may take, in milliseconds.
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
    /// The dependency as it is written.
    pub text: Text<'a>,
}

/// What a step calls.
#[derive(Debug)]
pub enum Act<'a> {
    /// A request to an operation of an API.
    Http(Box<Request<'a>>),
    /// A workflow.
    Workflow(Invocation),
    /// Something that was reported.
    Unresolved,
}

/// A named output of a step or workflow.
#[derive(Debug)]
pub struct Output {
    /// Its name.
    pub name: String,
    /// Where its value stands.
    pub span: Span,
    /// Its value.
    pub value: Value,
}

/// A criterion.
#[derive(Clone, Debug)]
pub struct Criterion {
    /// The condition.
    pub span: Span,
    /// The condition as it is written.
    pub text: String,
    /// What is tested.
    pub test: Test,
}
