//! An operation with everything that is needed for a request and its response.

use crate::document::Location;
use crate::media::is_json;
use crate::schema::Schema;
use crate::source::{Cursor, Span};

/// An operation with everything that is needed for a request and its response.
#[derive(Clone, Debug)]
pub struct Operation<'a> {
    /// Whether it describes a message on a channel.
    pub on_channel: bool,
    /// `operationId`
    pub id: Option<&'a str>,
    /// The method as it is sent.
    pub method: String,
    /// The path template.
    pub path: &'a str,
    /// The path template with percent-encoded literal parts. It starts with `/`.
    pub template: String,
    /// The location of the operation.
    pub span: Span,
    /// The URL of the first server, with the defaults of its variables; empty if there is none.
    pub server: String,
    /// The parameters of the operation and of its path.
    pub parameters: Vec<Parameter<'a>>,
    /// The body that it accepts.
    pub body: Option<Body<'a>>,
    /// The responses in file order.
    pub responses: Vec<Response<'a>>,
    /// Alternatives, each a list of schemes that are all required.
    pub security: Vec<Vec<Scheme>>,
}

/// A parameter that an operation declares.
#[derive(Clone, Debug)]
pub struct Parameter<'a> {
    /// Its name.
    pub name: &'a str,
    /// The location where it is sent.
    pub location: Location,
    /// Whether the operation requires it.
    pub required: bool,
    /// `style`, or the default of its location.
    pub style: &'a str,
    /// `explode`, or the default of its style.
    pub explode: bool,
    /// `allowReserved`
    pub allow_reserved: bool,
    /// The media type of `content`, if the parameter has one instead of a schema.
    pub content: Option<&'a str>,
    /// Its schema.
    pub schema: Option<Schema<'a>>,
    /// The location of its declaration.
    pub span: Span,
}

/// A body that an operation accepts.
#[derive(Clone, Debug)]
pub struct Body<'a> {
    /// Whether the operation requires it.
    pub required: bool,
    /// Media types with their schemas.
    pub media: Vec<Media<'a>>,
}

/// A media type.
#[derive(Clone, Debug)]
pub struct Media<'a> {
    /// Its name, such as `application/json`.
    pub name: &'a str,
    /// The schema of the content.
    pub schema: Option<Schema<'a>>,
    /// `encoding` (OpenAPI 3)
    pub encoding: Option<Cursor<'a>>,
    /// The parameters that are the fields of the form (Swagger 2.0).
    pub fields: Vec<Cursor<'a>>,
    /// Whether the description uses OpenAPI 3.1 or later.
    pub since_3_1: bool,
}

/// A response that an operation declares.
#[derive(Clone, Debug)]
pub struct Response<'a> {
    /// `200`, `2XX` or `default`.
    pub status: &'a str,
    /// The location of its declaration.
    pub span: Span,
    /// Media types with their schemas.
    pub media: Vec<Media<'a>>,
    /// Header names with their schemas.
    pub headers: Vec<(&'a str, Option<Schema<'a>>)>,
}

/// A security scheme as a request uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scheme {
    /// Its name in the description.
    pub name: String,
    /// How the credential is sent.
    pub kind: SchemeKind,
}

/// How a credential is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SchemeKind {
    /// HTTP Basic (RFC 7617).
    Basic,
    /// Bearer token (RFC 6750); also `openIdConnect`.
    Bearer,
    /// An OAuth 2.0 access token: the token endpoint for client credentials, and the scopes that the operation
    /// requires.
    OAuth {
        /// Empty if the scheme has no client credentials flow.
        token_url: String,
        /// The scopes that `security` lists.
        scopes: Vec<String>,
    },
    /// A key in a header of this name.
    HeaderKey(String),
    /// A key in a query parameter of this name.
    QueryKey(String),
    /// A key in a cookie of this name.
    CookieKey(String),
    /// A credential that the transport provides, such as a client certificate.
    Transport,
    /// The header `Authorization`, with any credential: the description does not define the scheme.
    Undefined,
    /// An HTTP authentication scheme that no credential of the client is for, such as `digest`.
    Other,
}

impl<'a> Operation<'a> {
    /// Returns the declared response for a status code: that of the code, of its range, or the default.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<&Response<'a>> {
        let exact = status.to_string();
        let range = format!("{}XX", status / 100);
        self.responses
            .iter()
            .find(|response| response.status == exact)
            .or_else(|| {
                self.responses
                    .iter()
                    .find(|response| response.status.eq_ignore_ascii_case(&range))
            })
            .or_else(|| self.responses.iter().find(|response| response.status == "default"))
    }
}

impl<'a> Response<'a> {
    /// Returns the schemas of the JSON bodies, one for each media type.
    pub fn json_schemas(&self) -> impl Iterator<Item = Option<Schema<'a>>> {
        let json = self.media.iter().any(|media| is_json(media.name));
        self.media
            .iter()
            .filter(move |media| is_json(media.name) || (!json && media.name == "*/*"))
            .map(|media| media.schema)
    }
}
