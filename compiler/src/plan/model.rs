//! What a plan consists of.

use super::constraint::Constraint;
use super::types::{Ty, TypeDef};
use crate::document::Location;
use crate::media::Format;
use crate::openapi::SchemeKind;
use crate::program::{Source, value};

pub use crate::program::{Engine, ReplacementTarget};

/// A value over what generated code reads.
pub type Value = value::Value<Read>;
/// What a [`Value`] is.
pub type ValueKind = value::ValueKind<Read>;
/// A piece of a template.
pub type Segment = value::Segment<Read>;
/// A piece of JSON text.
pub type JsonPiece = value::JsonPiece<Read>;
/// A query.
pub type Query = value::Query<Read>;
/// A piece of a query.
pub type QueryPiece = value::QueryPiece<Read>;
/// What a criterion tests.
pub type Test = value::Test<Read>;

/// A document, ready to be written as Rust.
#[derive(Debug)]
pub struct Plan {
    /// What messages call the document.
    pub file: String,
    /// Its workflows in document order.
    pub workflows: Vec<Workflow>,
    /// The names by which the client knows the APIs of all documents.
    pub sources: Vec<String>,
    /// The types that inputs and outputs need.
    pub types: Vec<TypeDef>,
    /// The APIs whose types workflows share.
    pub apis: Vec<ApiModule>,
}

/// An API whose types several workflows share.
#[derive(Debug)]
pub struct ApiModule {
    /// The name by which the client knows it.
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
    /// Its id behind the names of the source descriptions that lead to its document.
    pub qualified: String,
    /// Its name as a variant.
    pub variant: String,
    /// What messages call its document.
    pub file: String,
    /// The names of the source descriptions that its requests go to, and whether their servers are
    /// absolute.
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
    /// Its steps in the order of the list.
    pub steps: Vec<Step>,
    /// Its outputs.
    pub outputs: Vec<Output>,
    /// The index of the workflow among those of all documents.
    pub index: usize,
    /// The index of the step that runs first.
    pub first: Option<usize>,
    /// The calls of other workflows that its steps and actions make.
    pub sites: Vec<Site>,
    /// The workflows at whose end a run can end that has left this one, by their indices; empty
    /// where no run leaves.
    pub ends: Vec<usize>,
    /// The workflows that must have run before, by their indices, and whether their inputs are
    /// read too.
    pub dependencies: Vec<(usize, bool)>,
}

/// A call of another workflow.
#[derive(Debug)]
pub struct Site {
    /// The index of the workflow among those of all documents.
    pub target: usize,
    /// The names of its inputs and their values.
    pub arguments: Vec<(String, Value)>,
    /// The required inputs of this workflow that the values read.
    pub needs: Vec<usize>,
    /// Where what its target depends on comes from.
    pub dependencies: Vec<Origin>,
}

/// Where the outputs of a workflow that another one depends on come from.
#[derive(Clone, Copy, Debug)]
pub enum Origin {
    /// The caller depends on the workflow too.
    Own,
    /// A step of the caller has called the workflow; its index, and that of what it has kept of it.
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
    /// Its type, without the option of not being given.
    pub ty: Ty,
    /// Whether the caller must give it.
    pub required: bool,
    /// What its schema demands beyond its type.
    pub constraint: Constraint,
    /// `default`, as JSON.
    pub default: Option<String>,
    /// What the schema says of it.
    pub docs: Option<String>,
    /// `format: password`
    pub secret: bool,
}

/// A step.
#[derive(Debug)]
pub struct Step {
    /// `stepId`
    pub id: String,
    /// Where it stands: line and column.
    pub place: (usize, usize),
    /// The name of its method.
    pub ident: String,
    /// The name of its variant and struct.
    pub variant: String,
    /// `description`
    pub description: Option<String>,
    /// What it calls, in a few words.
    pub calls: String,
    /// What it does.
    pub act: Act,
    /// The index of the step that runs after it.
    pub next: Option<usize>,
    /// The indices of the steps that must have succeeded before it.
    pub after: Vec<usize>,
    /// The required inputs that it reads, in their order.
    pub needs: Vec<usize>,
    /// What must hold for it to succeed.
    pub criteria: Vec<Criterion>,
    /// What it keeps.
    pub outputs: Vec<Output>,
    /// What may happen when it has succeeded.
    pub on_success: Vec<Action>,
    /// What may happen when it has failed.
    pub on_failure: Vec<Action>,
    /// How long an attempt may take, in milliseconds.
    pub timeout: Option<u64>,
    /// Whether all outputs and inputs of the workflow that it calls are kept, behind its own outputs.
    pub whole: bool,
    /// Whether a run can come to it.
    pub reachable: bool,
    /// The error responses that the description declares: the status, the name of the variant and the type.
    pub errors: Vec<(String, String, Ty)>,
}

/// What a step does.
#[derive(Debug)]
pub enum Act {
    /// It sends a request.
    Http(Box<Request>),
    /// It calls a workflow; the index of the call.
    Workflow(usize),
    /// What was reported.
    Unresolved,
}

impl Step {
    /// Its request.
    #[must_use]
    pub fn request(&self) -> Option<&Request> {
        match &self.act {
            Act::Http(request) => Some(request),
            _ => None,
        }
    }

    /// The index of the call of a workflow that it makes.
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
    /// Alternatives of security schemes, and whether the step writes itself what one carries.
    pub security: Vec<Vec<(String, SchemeKind, bool)>>,
    /// The statuses that the operation declares, and whether their bodies are JSON.
    pub responses: Vec<(String, bool)>,
    /// The path in pieces.
    pub path: Vec<PathPiece>,
    /// Everything else that has a name.
    pub parameters: Vec<Parameter>,
    /// The body.
    pub body: Option<Body>,
}

impl Workflow {
    /// Whether its expansion names that of another workflow.
    #[must_use]
    pub fn names_others(&self) -> bool {
        !self.sites.is_empty() || !self.dependencies.is_empty()
    }
}

impl Request {
    /// The path as the description has it, the names of parameters in braces.
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

    /// Whether the step gives a parameter.
    #[must_use]
    pub fn writes(&self, location: Location, name: &str) -> bool {
        let mut all = self.parameters.iter();
        all.any(|known| crate::program::same_parameter(&known.name, known.location, name, location))
    }

    /// Whether the step writes itself what a security scheme carries.
    #[must_use]
    pub fn writes_scheme(&self, kind: &SchemeKind) -> bool {
        match kind {
            SchemeKind::Basic | SchemeKind::Bearer | SchemeKind::OAuth { .. } => {
                self.writes(Location::Header, "Authorization")
            }
            SchemeKind::HeaderKey(name) => self.writes(Location::Header, name),
            SchemeKind::QueryKey(name) => self.writes(Location::Query, name),
            SchemeKind::CookieKey(name) => self.writes(Location::Cookie, name),
            SchemeKind::Transport => false,
        }
    }
}

/// A body.
#[derive(Debug)]
pub struct Body {
    /// The content type that is sent.
    pub content_type: String,
    /// How the payload is written.
    pub form: Format,
    /// The payload.
    pub payload: Value,
    /// Values that are set in it once it is made, and where.
    pub replacements: Vec<(ReplacementTarget, Value)>,
    /// How members of a form are written, where the operation says something of them.
    pub fields: Vec<Field>,
}

/// How a member of a form is written.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its style, where one is declared.
    pub style: Option<Style>,
    /// Its content type, where one is declared or its schema decides.
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
    /// Where it is sent.
    pub location: Location,
    /// Whether the operation needs it.
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
    /// Where the value comes from.
    pub source: Source,
    /// The tokens of the pointer into it.
    pub pointer: Vec<String>,
    /// Whether the value is always there.
    pub present: bool,
    /// Whether a header has a type other than string.
    pub typed: bool,
    /// The expression as it is written.
    pub expression: String,
    /// Where it stands: line and column.
    pub place: (usize, usize),
}

/// A criterion of a step.
#[derive(Debug)]
pub struct Criterion {
    /// As it is written.
    pub text: String,
    /// Where it stands: line and column.
    pub place: (usize, usize),
    /// What is tested.
    pub test: Test,
}

/// An output of a step or a workflow.
#[derive(Debug)]
pub struct Output {
    /// Its name in the document.
    pub name: String,
    /// The name of its field.
    pub ident: String,
    /// Its type, without the option of not being there.
    pub ty: Ty,
    /// Whether it is always there.
    pub required: bool,
    /// Its value.
    pub value: Value,
    /// Its expression as it is written.
    pub expression: String,
    /// Where its expression stands: line and column.
    pub place: (usize, usize),
    /// What the schema says of it.
    pub docs: Option<String>,
    /// `format: password`
    pub secret: bool,
}

/// An action.
#[derive(Debug)]
pub struct Action {
    /// Its name.
    pub name: String,
    /// What must hold for it to apply.
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
    /// The run leaves by this call.
    Leave(usize),
    /// The step is tried again.
    Retry {
        /// Seconds to wait before.
        after: Option<f64>,
        /// How many retries.
        limit: u64,
        /// What runs before.
        detour: Option<Detour>,
    },
    /// Something that was reported.
    Invalid,
}

/// What runs on the way to a retry.
#[derive(Clone, Copy, Debug)]
pub enum Detour {
    /// A step of the same workflow.
    Step(usize),
    /// A call.
    Call(usize),
}

impl Workflow {
    /// The field of `Dependencies` that holds what a workflow has returned, or was given.
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
    /// The workflow with an index in the document.
    #[must_use]
    pub fn workflow(&self, index: usize) -> Option<&Workflow> {
        self.workflows.iter().find(|workflow| workflow.index == index)
    }
}
