//! The data structures of a plan.

use super::Exchange;
use super::constraint::Constraint;
use super::types::{Ty, TypeDef};
use crate::document::Location as ParameterLocation;
use crate::media::Format;
use crate::openapi::SchemeKind;
use crate::program::{Source, value};

pub use crate::program::{Engine, ReplacementTarget};

/// A value that refers to what generated code reads.
pub type Value = value::Value<Read>;
/// The kind of a [`Value`].
pub type ValueKind = value::ValueKind<Read>;
/// A piece of a template.
pub type Segment = value::Segment<Read>;
/// A piece of JSON text.
pub type JsonPiece = value::JsonPiece<Read>;
/// A query.
pub type Query = value::Query<Read>;
/// A piece of a query.
pub type QueryPiece = value::QueryPiece<Read>;
/// The test of a criterion.
pub type Test = value::Test<Read>;

/// The plan of a document, ready to be written as Rust.
#[derive(Debug)]
pub struct Plan {
    /// The name of the document in messages.
    pub file: String,
    /// Its workflows in document order.
    pub workflows: Vec<Workflow>,
    /// The names of the APIs of all documents in the client.
    pub sources: Vec<String>,
    /// The types that inputs and outputs require.
    pub types: Vec<TypeDef>,
    /// The APIs whose types workflows share.
    pub apis: Vec<ApiModule>,
    /// The paths of the traits that its types derive in addition.
    pub derives: Vec<String>,
}

/// An API whose types several workflows share.
#[derive(Debug)]
pub struct ApiModule {
    /// Its name in the client.
    pub name: String,
    /// The name of its module.
    pub ident: String,
}

/// A workflow.
#[derive(Debug)]
pub struct Workflow {
    /// `workflowId`
    pub id: String,
    /// The name of its function and module.
    pub ident: String,
    /// Its id, preceded by the names of the source descriptions on the path to its document.
    pub qualified: String,
    /// Its name as a variant.
    pub variant: String,
    /// The name of its document in messages.
    pub file: String,
    /// The names of the source descriptions that it sends requests to, and whether their servers are absolute.
    pub apis: Vec<(String, bool)>,
    /// `summary`
    pub summary: Option<String>,
    /// `description`
    pub description: Option<String>,
    /// Its inputs.
    pub inputs: Vec<Input>,
    /// The schema of its inputs (JSON Schema 2020-12).
    pub inputs_schema: String,
    /// The schema of its outputs (JSON Schema 2020-12).
    pub outputs_schema: String,
    /// Its steps in document order.
    pub steps: Vec<Step>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// The index of the workflow among those of all documents.
    pub index: usize,
    /// The index of the step that runs first.
    pub first: Option<usize>,
    /// The calls of other workflows that its steps and actions make.
    pub sites: Vec<Site>,
    /// The indices of the workflows at whose end a run can end after it has left this one; empty if no run leaves.
    pub ends: Vec<usize>,
    /// The indices of the workflows that must have run before, and whether their inputs are read too.
    pub dependencies: Vec<(usize, bool)>,
}

/// A call of another workflow.
#[derive(Debug)]
pub struct Site {
    /// The index of the workflow among those of all documents.
    pub target: usize,
    /// The names of its inputs, and their values.
    pub arguments: Vec<(String, Value)>,
    /// The required inputs of this workflow that the values read.
    pub needs: Vec<usize>,
    /// The origins of the dependencies of its target.
    pub dependencies: Vec<Origin>,
}

/// The origin of the outputs of a workflow that another one depends on.
#[derive(Clone, Copy, Debug)]
pub enum Origin {
    /// The caller also depends on the workflow.
    Own,
    /// A step of the caller has called the workflow: the index of the step, and the index of the stored outputs among
    /// those of the step.
    Step(usize, usize),
}

/// An input.
#[derive(Debug)]
pub struct Input {
    /// Its name in the document.
    pub name: String,
    /// The name of its field.
    pub ident: String,
    /// The name of its variant.
    pub variant: String,
    /// Its type, without the `Option` for a missing input.
    pub ty: Ty,
    /// Whether the caller must set it.
    pub required: bool,
    /// Constraints of its schema beyond its type.
    pub constraint: Constraint,
    /// `default`, as JSON.
    pub default: Option<String>,
    /// The description in the schema.
    pub docs: Option<String>,
    /// `format: password`
    pub secret: bool,
}

/// A step.
#[derive(Debug)]
pub struct Step {
    /// `stepId`
    pub id: String,
    /// Its location: line and column.
    pub place: (usize, usize),
    /// The name of its method.
    pub ident: String,
    /// The name of its variant and struct.
    pub variant: String,
    /// `description`
    pub description: Option<String>,
    /// A short description of what it calls.
    pub calls: String,
    /// What it does.
    pub act: Act,
    /// The index of the step that runs after it.
    pub next: Option<usize>,
    /// The indices of the steps that must have succeeded before it.
    pub after: Vec<usize>,
    /// The required inputs that it reads, in their order.
    pub needs: Vec<usize>,
    /// The criteria for its success.
    pub criteria: Vec<Criterion>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// The actions after success.
    pub on_success: Vec<Action>,
    /// The actions after failure.
    pub on_failure: Vec<Action>,
    /// The time limit of an attempt, in milliseconds.
    pub timeout: Option<u64>,
    /// Whether all outputs and inputs of the called workflow are stored, after the step's own outputs.
    pub whole: bool,
    /// The indices of the steps that receive a message and are reachable from here, this step among them.
    pub receives: Vec<usize>,
    /// Whether it is reachable.
    pub reachable: bool,
    /// The error responses that the description declares: the status, the name of the variant, and the type.
    pub errors: Vec<(String, String, Ty)>,
}

/// What a step does.
#[derive(Debug)]
pub enum Act {
    /// It sends a request.
    Http(Box<Request>),
    /// It sends or receives a message.
    Channel(Box<Exchange>),
    /// It calls a workflow; the index of the call.
    Workflow(usize),
    /// An error that was reported.
    Unresolved,
}

impl Step {
    /// Returns the request of the step.
    #[must_use]
    pub fn request(&self) -> Option<&Request> {
        match &self.act {
            Act::Http(request) => Some(request),
            _ => None,
        }
    }

    /// Returns the message that the step sends or receives.
    #[must_use]
    pub fn exchange(&self) -> Option<&Exchange> {
        match &self.act {
            Act::Channel(exchange) => Some(exchange),
            _ => None,
        }
    }

    /// Returns the index of the call that the step makes.
    #[must_use]
    pub fn site(&self) -> Option<usize> {
        match self.act {
            Act::Workflow(site) => Some(site),
            _ => None,
        }
    }
}

/// What a step sends.
#[derive(Debug)]
pub struct Request {
    /// The name of the source description.
    pub source: String,
    /// `operationId`, or method and path.
    pub name: String,
    /// The method in upper case.
    pub method: String,
    /// The first server of the description.
    pub server: String,
    /// Alternatives of security schemes, and whether the step itself sets the value that a scheme sends.
    pub security: Vec<Vec<(String, SchemeKind, bool)>>,
    /// The statuses that the operation declares, and whether their bodies are JSON.
    pub responses: Vec<(String, bool)>,
    /// The path in pieces.
    pub path: Vec<PathPiece>,
    /// All other parameters.
    pub parameters: Vec<Parameter>,
    /// The body.
    pub body: Option<Body>,
}

impl Workflow {
    /// Returns whether the expansion of the workflow refers to another workflow.
    #[must_use]
    pub fn names_others(&self) -> bool {
        !self.sites.is_empty() || !self.dependencies.is_empty()
    }
}

impl Request {
    /// Returns the path of the description, with the names of parameters in braces.
    #[must_use]
    pub fn template(&self) -> String {
        self.path
            .iter()
            .map(|piece| match piece {
                PathPiece::Text(text) => text.clone(),
                PathPiece::Value(name, ..) => format!("{{{name}}}"),
            })
            .collect()
    }

    /// Returns whether the step sets a parameter.
    #[must_use]
    pub fn writes(&self, location: ParameterLocation, name: &str) -> bool {
        let mut all = self.parameters.iter();
        all.any(|known| crate::program::same_parameter(&known.name, known.location, name, location))
    }

    /// Returns whether the step itself sets the value that a security scheme sends.
    #[must_use]
    pub fn writes_scheme(&self, kind: &SchemeKind) -> bool {
        match kind {
            SchemeKind::Basic
            | SchemeKind::Bearer
            | SchemeKind::OAuth { .. }
            | SchemeKind::Undefined
            | SchemeKind::Other => self.writes(ParameterLocation::Header, "Authorization"),
            SchemeKind::HeaderKey(name) => self.writes(ParameterLocation::Header, name),
            SchemeKind::QueryKey(name) => self.writes(ParameterLocation::Query, name),
            SchemeKind::CookieKey(name) => self.writes(ParameterLocation::Cookie, name),
            SchemeKind::Transport => false,
        }
    }
}

/// A body.
#[derive(Debug)]
pub struct Body {
    /// The content type that is sent.
    pub content_type: String,
    /// The format of the payload.
    pub form: Format,
    /// The payload.
    pub payload: Value,
    /// Values that replace parts of the finished payload, and their targets.
    pub replacements: Vec<(ReplacementTarget, Value)>,
    /// How fields of a form are written, if the operation declares it.
    pub fields: Vec<Field>,
}

/// How a field of a form is written.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its style, if one is declared.
    pub style: Option<Style>,
    /// Its content type, if one is declared or follows from its schema.
    pub content_type: Option<String>,
    /// Whether it is a file.
    pub file: bool,
}

/// A piece of a path.
#[derive(Debug)]
pub enum PathPiece {
    /// Text of the template.
    Text(String),
    /// A path parameter.
    Value(String, Value, Style),
}

/// A query parameter, header or cookie.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// The location where it is sent.
    pub location: ParameterLocation,
    /// Whether the operation requires it.
    pub required: bool,
    /// Its value.
    pub value: Value,
    /// How it is written.
    pub style: Style,
}

/// How a parameter is written.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// The name of the style in the runtime.
    pub form: &'static str,
    /// `explode`
    pub explode: bool,
    /// `allowReserved`
    pub reserved: bool,
}

/// What an expression refers to.
#[derive(Clone, Debug)]
pub struct Read {
    /// The source of the value.
    pub source: Source,
    /// The tokens of the pointer into it.
    pub pointer: Vec<String>,
    /// Whether the value is always present.
    pub present: bool,
    /// Whether a header has a type other than string.
    pub typed: bool,
    /// The expression as written.
    pub expression: String,
    /// Its location: line and column.
    pub place: (usize, usize),
}

/// A criterion of a step.
#[derive(Debug)]
pub struct Criterion {
    /// The condition as written.
    pub text: String,
    /// Its location: line and column.
    pub place: (usize, usize),
    /// The test.
    pub test: Test,
}

/// An output of a step or a workflow.
#[derive(Debug)]
pub struct Output {
    /// Its name in the document.
    pub name: String,
    /// The name of its field.
    pub ident: String,
    /// Its type, without the `Option` for a missing output.
    pub ty: Ty,
    /// Whether it is always present.
    pub required: bool,
    /// Its value.
    pub value: Value,
    /// Its expression as written.
    pub expression: String,
    /// The location of its expression: line and column.
    pub place: (usize, usize),
    /// The description in the schema.
    pub docs: Option<String>,
    /// `format: password`
    pub secret: bool,
}

/// An action.
#[derive(Debug)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// The criteria under which it applies.
    pub criteria: Vec<Criterion>,
    /// What it does.
    pub kind: ActionKind,
}

/// What an action does.
#[derive(Debug)]
pub enum ActionKind {
    /// The workflow ends.
    End,
    /// The step with this index is next.
    Goto(usize),
    /// The run leaves for another workflow by this call.
    Leave(usize),
    /// The step is retried.
    Retry {
        /// The wait before the retry, in seconds.
        after: Option<f64>,
        /// The maximum number of retries.
        limit: u64,
        /// What runs before the retry.
        detour: Option<Detour>,
    },
    /// An error that was reported.
    Invalid,
}

/// What runs before a retry.
#[derive(Clone, Copy, Debug)]
pub enum Detour {
    /// A step of the same workflow.
    Step(usize),
    /// A call.
    Call(usize),
}

impl Workflow {
    /// Returns the index of the field of `Dependencies` with the outputs, or the inputs, of a workflow.
    #[must_use]
    pub fn dependency(&self, workflow: usize, input: bool) -> Option<usize> {
        let mut fields = self
            .dependencies
            .iter()
            .flat_map(|(index, inputs)| std::iter::once((*index, false)).chain(inputs.then_some((*index, true))));
        fields.position(|field| field == (workflow, input))
    }
}

impl Plan {
    /// Returns the workflow with an index in the document.
    #[must_use]
    pub fn workflow(&self, index: usize) -> Option<&Workflow> {
        self.workflows.iter().find(|workflow| workflow.index == index)
    }
}
