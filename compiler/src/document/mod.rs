//! Phase 2a: the Arazzo document as the specification models it, with the location of every field.
//!
//! Input: the root [`Cursor`] of a file. Output: a [`Document`]. Only the shape is checked here: which fields are
//! present, and their types. `resolve` determines what names refer to.

mod action;
mod components;
mod criterion;
mod fields;
mod read;
mod request;

pub use criterion::read_expression_type;
pub use read::read;

use crate::source::{Cursor, Entry, Span};

/// The minor version of the specification in which a document is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// Arazzo 1.0.x
    V1_0,
    /// Arazzo 1.1.x
    V1_1,
}

/// A string value of the document.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The string.
    pub value: &'a str,
    /// The node whose value it is.
    pub at: Cursor<'a>,
}

impl Text<'_> {
    /// The location of the string.
    #[must_use]
    pub fn span(&self) -> Span {
        self.at.span()
    }
}

/// The Arazzo Specification Object.
#[derive(Debug)]
pub struct Document<'a> {
    /// `arazzo`
    pub version: Version,
    /// `$self` (1.1)
    pub self_uri: Option<Text<'a>>,
    /// `sourceDescriptions`
    pub sources: Vec<SourceDescription<'a>>,
    /// `workflows`
    pub workflows: Vec<Workflow<'a>>,
    /// `components`
    pub components: Components<'a>,
    /// The whole document.
    pub root: Cursor<'a>,
}

/// What a source description describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceType {
    /// An OpenAPI description.
    OpenApi,
    /// Another Arazzo document.
    Arazzo,
    /// An AsyncAPI description.
    AsyncApi,
}

/// The Source Description Object.
#[derive(Debug)]
pub struct SourceDescription<'a> {
    /// `name`
    pub name: Text<'a>,
    /// `url`
    pub url: Text<'a>,
    /// `type`; `None` if the document does not set it.
    pub kind: Option<(SourceType, Span)>,
}

/// The Workflow Object.
#[derive(Debug)]
pub struct Workflow<'a> {
    /// `workflowId`
    pub id: Text<'a>,
    /// `summary`
    pub summary: Option<Text<'a>>,
    /// `description`
    pub description: Option<Text<'a>>,
    /// `inputs`, a JSON Schema.
    pub inputs: Option<Cursor<'a>>,
    /// `dependsOn`
    pub depends_on: Vec<Text<'a>>,
    /// `steps`
    pub steps: Vec<Step<'a>>,
    /// `successActions`
    pub success_actions: Vec<OrReusable<'a, Action<'a>>>,
    /// `failureActions`
    pub failure_actions: Vec<OrReusable<'a, Action<'a>>>,
    /// `outputs`
    pub outputs: Vec<Entry<'a>>,
    /// `parameters`
    pub parameters: Vec<OrReusable<'a, Parameter<'a>>>,
}

/// The Step Object.
#[derive(Debug)]
pub struct Step<'a> {
    /// The object.
    pub at: Cursor<'a>,
    /// `stepId`
    pub id: Text<'a>,
    /// `description`
    pub description: Option<Text<'a>>,
    /// `operationId`, `operationPath`, `channelPath` and `workflowId`, as far as they are present.
    pub targets: Vec<(Target, Text<'a>)>,
    /// `parameters`
    pub parameters: Vec<OrReusable<'a, Parameter<'a>>>,
    /// `requestBody`
    pub request_body: Option<RequestBody<'a>>,
    /// `successCriteria`
    pub success_criteria: Vec<Criterion<'a>>,
    /// `onSuccess`
    pub on_success: Vec<OrReusable<'a, Action<'a>>>,
    /// `onFailure`
    pub on_failure: Vec<OrReusable<'a, Action<'a>>>,
    /// `outputs`
    pub outputs: Vec<Entry<'a>>,
    /// `timeout` in milliseconds (1.1)
    pub timeout: Option<(u64, Span)>,
    /// `dependsOn` (1.1)
    pub depends_on: Vec<Text<'a>>,
    /// `correlationId` (1.1)
    pub correlation_id: Option<Cursor<'a>>,
    /// `action` (1.1)
    pub action: Option<(Direction, Span)>,
}

/// `action`: whether a step sends or receives a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It sends one.
    Send,
    /// It receives one.
    Receive,
}

impl Direction {
    /// Returns the value of the field.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Receive => "receive",
        }
    }
}

/// The field that names what a step calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// `operationId`
    OperationId,
    /// `operationPath`
    OperationPath,
    /// `channelPath`
    ChannelPath,
    /// `workflowId`
    WorkflowId,
}

impl Target {
    /// The name of the field.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::OperationId => "operationId",
            Self::OperationPath => "operationPath",
            Self::ChannelPath => "channelPath",
            Self::WorkflowId => "workflowId",
        }
    }
}

/// The Parameter Object.
#[derive(Clone, Debug)]
pub struct Parameter<'a> {
    /// `name`
    pub name: Text<'a>,
    /// `in`
    pub location: Option<(Location, Span)>,
    /// Whether `in` is present, even with an invalid value that was reported.
    pub says_location: bool,
    /// `value`
    pub value: Cursor<'a>,
}

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Location {
    /// A part of the path template.
    Path,
    /// `name=value` in the query.
    Query,
    /// The whole query (1.1, OpenAPI 3.2).
    QueryString,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
}

impl Location {
    /// Returns the value of the `in` field.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::QueryString => "querystring",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }

    /// Returns the location for a value of the `in` field.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "path" => Self::Path,
            "query" => Self::Query,
            "querystring" => Self::QueryString,
            "header" => Self::Header,
            "cookie" => Self::Cookie,
            _ => return None,
        })
    }
}

/// The Request Body Object.
#[derive(Debug)]
pub struct RequestBody<'a> {
    /// The object.
    pub at: Cursor<'a>,
    /// `contentType`
    pub content_type: Option<Text<'a>>,
    /// `payload`
    pub payload: Option<Cursor<'a>>,
    /// `replacements`
    pub replacements: Vec<Replacement<'a>>,
}

/// The Payload Replacement Object.
#[derive(Debug)]
pub struct Replacement<'a> {
    /// `target`
    pub target: Text<'a>,
    /// `targetSelectorType` (1.1)
    pub kind: Option<ExpressionType<'a>>,
    /// `value`
    pub value: Cursor<'a>,
}

/// The Criterion Object.
#[derive(Clone, Debug)]
pub struct Criterion<'a> {
    /// `context`
    pub context: Option<Text<'a>>,
    /// `condition`
    pub condition: Text<'a>,
    /// `type`; `None` if the document does not set it, which means simple.
    pub kind: Option<ExpressionType<'a>>,
}

/// `type` of a criterion or selector: a word or an Expression Type Object.
#[derive(Clone, Debug)]
pub struct ExpressionType<'a> {
    /// `simple`, `regex`, `jsonpath`, `xpath` or `jsonpointer`.
    pub name: Text<'a>,
    /// `version`
    pub version: Option<Text<'a>>,
}

/// The type of a Success or Failure Action Object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionType {
    /// `end`
    End,
    /// `goto`
    Goto,
    /// `retry`
    Retry,
}

/// The Success Action Object and the Failure Action Object.
#[derive(Clone, Debug)]
pub struct Action<'a> {
    /// The object.
    pub at: Cursor<'a>,
    /// `name`
    pub name: Text<'a>,
    /// `type`
    pub kind: ActionType,
    /// `workflowId`
    pub workflow_id: Option<Text<'a>>,
    /// `stepId`
    pub step_id: Option<Text<'a>>,
    /// `parameters` (1.1)
    pub parameters: Vec<OrReusable<'a, Parameter<'a>>>,
    /// `retryAfter` in seconds
    pub retry_after: Option<(f64, Span)>,
    /// `retryLimit`
    pub retry_limit: Option<(u64, Span)>,
    /// `criteria`
    pub criteria: Vec<Criterion<'a>>,
}

/// An object, or a Reusable Object that refers to one.
#[derive(Clone, Debug)]
pub enum OrReusable<'a, T> {
    /// Written where it is used.
    Here(T),
    /// Defined in `components`.
    Reusable(Reusable<'a>),
}

/// The Reusable Object.
#[derive(Clone, Debug)]
pub struct Reusable<'a> {
    /// `reference`
    pub reference: Text<'a>,
    /// `value`
    pub value: Option<Entry<'a>>,
}

/// The Components Object.
#[derive(Debug, Default)]
pub struct Components<'a> {
    /// `inputs`
    pub inputs: Vec<Entry<'a>>,
    /// `parameters`
    pub parameters: Vec<(Entry<'a>, Parameter<'a>)>,
    /// `successActions`
    pub success_actions: Vec<(Entry<'a>, Action<'a>)>,
    /// `failureActions`
    pub failure_actions: Vec<(Entry<'a>, Action<'a>)>,
}
