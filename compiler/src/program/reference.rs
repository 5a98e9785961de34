//! What expressions refer to.

use crate::source::Span;

/// What an expression refers to.
#[derive(Clone, Debug)]
pub struct Reference {
    /// The source of the value.
    pub source: Source,
    /// The tokens of the pointer into it.
    pub pointer: Vec<String>,
    /// The location of each token.
    pub token_spans: Vec<Span>,
    /// The location of the whole expression.
    pub span: Span,
    /// The expression as written.
    pub text: String,
}

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `$url`
    Url,
    /// `$method`
    Method,
    /// `$statusCode`
    StatusCode,
    /// `$request.header.NAME`
    RequestHeader(String),
    /// `$request.query.NAME`
    RequestQuery(String),
    /// `$request.path.NAME`
    RequestPath(String),
    /// `$request.body`
    RequestBody,
    /// `$response.header.NAME`
    ResponseHeader(String),
    /// `$response.body`
    ResponseBody,
    /// `$message.header.NAME`
    MessageHeader(String),
    /// `$message.payload`
    MessagePayload,
    /// The input with this index.
    Input(usize),
    /// An output of a step of this workflow.
    StepOutput {
        /// The step's index in the document.
        step: usize,
        /// The output's index in the step.
        output: usize,
    },
    /// An output of the workflow that the step calls.
    CalleeOutput {
        /// The index of the workflow.
        target: usize,
        /// The output's index.
        output: usize,
    },
    /// An output or input of a workflow that has run before.
    Dependency {
        /// The index of the workflow in the document.
        workflow: usize,
        /// Whether it is an input.
        input: bool,
        /// The index of the output or input.
        field: usize,
    },
    /// An output or input of a workflow that a step has called before.
    Called {
        /// The index of the workflow.
        workflow: usize,
        /// Whether it is an input.
        input: bool,
        /// The index of the output or input.
        field: usize,
    },
    /// A text of the document.
    Constant(String),
    /// An error that was reported.
    Invalid,
}

impl Source {
    /// Returns whether it is the body of a response or the payload of a message.
    #[must_use]
    pub fn is_body(&self) -> bool {
        matches!(self, Self::ResponseBody | Self::MessagePayload)
    }
}
