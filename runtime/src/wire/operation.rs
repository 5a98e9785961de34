//! What the description says of an operation.

/// An operation of an API, as the compiler writes it down.
#[derive(Debug)]
pub struct Operation {
    /// The name of the source description.
    pub source: &'static str,
    /// `operationId`, or method and path.
    pub name: &'static str,
    /// The method in upper case.
    pub method: &'static str,
    /// The path as the description has it, the names of parameters in braces.
    pub path: &'static str,
    /// The first server of the description; empty where there is none.
    pub server: &'static str,
    /// Alternatives of security schemes, each a list of schemes that are all needed; none where the
    /// description does not say, one without schemes where it rules credentials out.
    pub security: &'static [&'static [Scheme]],
    /// Whether the step writes the header `Authorization` itself.
    pub authorization: bool,
}

impl Operation {
    /// An operation without anything.
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
    /// Its name in the description.
    pub name: &'static str,
    /// Where its credential goes.
    pub kind: SchemeKind,
    /// Whether the step writes the header, parameter or cookie itself.
    pub written: bool,
}

impl Scheme {
    /// A scheme whose credential goes into `Authorization`.
    #[must_use]
    pub const fn authorization(name: &'static str) -> Self {
        Self {
            name,
            kind: SchemeKind::Authorization,
            written: false,
        }
    }
}

/// Where a credential goes.
#[derive(Debug)]
pub enum SchemeKind {
    /// `Authorization`
    Authorization,
    /// A header of this name.
    Header(&'static str),
    /// A query parameter of this name.
    Query(&'static str),
    /// A cookie of this name.
    Cookie(&'static str),
    /// `Authorization`, with a token that OAuth 2.0 gives.
    OAuth {
        /// Where tokens come from; empty where the description does not say.
        token_url: &'static str,
        /// What the operation needs.
        scopes: &'static [&'static str],
    },
    /// The transport itself.
    Transport,
}
