//! Operations of API descriptions.

/// An operation of an API, as the compiler describes it.
#[derive(Debug)]
pub struct Operation {
    /// The name of the source description.
    pub source: &'static str,
    /// The `operationId`, or method and path.
    pub name: &'static str,
    /// The HTTP method in upper case.
    pub method: &'static str,
    /// The path of the description, with the names of parameters in braces.
    pub path: &'static str,
    /// The first server of the description; empty if there is none.
    pub server: &'static str,
    /// The alternatives of `security`, each a list of schemes that are all required. Empty if the description has no
    /// `security`; one alternative without schemes if it rules credentials out.
    pub security: &'static [&'static [Scheme]],
    /// Whether the step writes the header `Authorization` itself.
    pub authorization: bool,
}

impl Operation {
    /// An operation without a source, path and security.
    pub const EMPTY: Self = Self {
        source: "",
        name: "",
        method: "GET",
        path: "",
        server: "",
        security: &[],
        authorization: false,
    };
}

/// A security scheme that an operation requires.
#[derive(Debug)]
pub struct Scheme {
    /// The name of the scheme in the description.
    pub name: &'static str,
    /// The place of the credential in a request.
    pub kind: SchemeKind,
    /// Whether the step writes the header, parameter or cookie itself.
    pub written: bool,
}

impl Scheme {
    /// Describes a scheme whose credential comes from the client.
    #[must_use]
    pub const fn new(name: &'static str, kind: SchemeKind) -> Self {
        Self {
            name,
            kind,
            written: false,
        }
    }
}

/// Where a credential goes.
#[derive(Debug)]
pub enum SchemeKind {
    /// The header `Authorization`, with any credential: the description does not define the scheme.
    Authorization,
    /// The header `Authorization`, with HTTP Basic (RFC 7617).
    Basic,
    /// The header `Authorization`, with a bearer token (RFC 6750).
    Bearer,
    /// The header `Authorization`, with a scheme that no credential is for, such as `digest`.
    Other,
    /// A header of this name.
    Header(&'static str),
    /// A query parameter of this name.
    Query(&'static str),
    /// A cookie of this name.
    Cookie(&'static str),
    /// The header `Authorization`, with an OAuth 2.0 access token.
    OAuth {
        /// The token URL; empty if the description has none.
        token_url: &'static str,
        /// The scopes that the operation requires.
        scopes: &'static [&'static str],
    },
    /// The transport itself, such as mutual TLS.
    Transport,
}
