//! A request to an operation: its parameters and its body.

use super::{Engine, Value};
use crate::document::Location;
use crate::media::Format;
use crate::openapi::{Media, Operation, Parameter};
use crate::schema::Schema;
use crate::source::Span;

/// A request to an operation.
#[derive(Debug)]
pub struct Request<'a> {
    /// The index of the API.
    pub api: usize,
    /// The operation.
    pub operation: Operation<'a>,
    /// The values of its parameters.
    pub arguments: Vec<Argument<'a>>,
    /// Whether these are all arguments: one that could not be read was reported, and may be any parameter.
    pub complete: bool,
    /// Its body.
    pub body: Option<Body<'a>>,
}

/// A parameter of a request with its value.
#[derive(Clone, Debug)]
pub struct Argument<'a> {
    /// Its name.
    pub name: String,
    /// The location of its name.
    pub span: Span,
    /// The location where it is sent.
    pub location: Location,
    /// The declaration in the operation; `None` if the operation does not declare it.
    pub declared: Option<Parameter<'a>>,
    /// Its value.
    pub value: Value,
}

/// A body of a request.
#[derive(Clone, Debug)]
pub struct Body<'a> {
    /// The location of the body.
    pub span: Span,
    /// The content type that is sent.
    pub content_type: String,
    /// Whether the document leaves the content type to the description.
    pub by_description: bool,
    /// The format of the payload.
    pub form: Format,
    /// The payload.
    pub payload: Value,
    /// Values that replace parts of the finished payload, and their targets.
    pub replacements: Vec<(ReplacementTarget, Value)>,
    /// The schema in the operation.
    pub schema: Option<Schema<'a>>,
    /// The media type in the operation.
    pub media: Option<Media<'a>>,
}

/// The target of a replacement or a selector.
#[derive(Clone, Debug)]
pub enum ReplacementTarget {
    /// The tokens of a pointer.
    Pointer(Vec<String>),
    /// Everything that a query selects.
    Query(Engine, String),
}

/// Compares two parameters: their names and locations.
pub type SameParameter = fn(&str, Location, &str, Location) -> bool;

/// Returns how the parameters of a step are compared. On a channel, the case of headers counts.
#[must_use]
pub fn same(on_channel: bool) -> SameParameter {
    if on_channel {
        |left, left_in, right, right_in| left_in == right_in && left == right
    } else {
        same_parameter
    }
}

/// Compares two names. Header names ignore case (RFC 9110, section 5.1); all others do not.
#[must_use]
pub fn same_parameter(left: &str, left_in: Location, right: &str, right_in: Location) -> bool {
    left_in == right_in && (left == right || (left_in == Location::Header && left.eq_ignore_ascii_case(right)))
}

/// Returns the names in braces in the path of an operation, or in the address of a channel.
#[must_use]
pub fn path_names<'o>(operation: &'o Operation<'_>) -> Vec<&'o str> {
    if operation.on_channel {
        return crate::syntax::path_template::address_names(operation.path);
    }
    crate::syntax::path_template::names(operation.path)
}
