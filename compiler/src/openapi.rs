//! Phase 2b: one view over Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2.
//!
//! Input: the root [`Cursor`] of a description. Output: [`Operation`]s, read only when a step
//! asks for them; nothing else of the description is looked at.

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Location;
use crate::schema::{BrokenReference, Schema, follow};
use crate::source::{Cursor, Span};

/// Which specification a description is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Swagger 2.0
    Swagger2,
    /// OpenAPI 3.0, 3.1, 3.2
    OpenApi3,
}

/// A description of an HTTP API.
#[derive(Clone, Copy, Debug)]
pub struct Api<'a> {
    /// The whole description.
    pub root: Cursor<'a>,
    /// How it is written.
    pub dialect: Dialect,
}

const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// An operation, found but not yet read.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The path template.
    pub path: &'a str,
    /// The method in lower case.
    pub method: &'a str,
    /// The Operation Object.
    pub at: Cursor<'a>,
    /// The Path Item Object.
    pub item: Cursor<'a>,
}

impl<'a> Found<'a> {
    /// `operationId`
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.at.get("operationId")?.as_str()
    }
}

/// An operation with everything that a request and its response need.
#[derive(Clone, Debug)]
pub struct Operation<'a> {
    /// `operationId`
    pub id: Option<&'a str>,
    /// The method in upper case.
    pub method: String,
    /// The path template.
    pub path: &'a str,
    /// Where it stands.
    pub span: Span,
    /// The first server's URL with the defaults of its variables; empty where there is none.
    pub server: String,
    /// Its parameters and those of its path.
    pub parameters: Vec<Parameter<'a>>,
    /// What it accepts as a body.
    pub body: Option<Body<'a>>,
    /// Its responses in file order.
    pub responses: Vec<Response<'a>>,
    /// Alternatives, each a list of schemes that are all needed.
    pub security: Vec<Vec<Scheme>>,
}

/// A parameter that an operation declares.
#[derive(Clone, Debug)]
pub struct Parameter<'a> {
    /// Its name.
    pub name: &'a str,
    /// Where it is sent.
    pub location: Location,
    /// Whether the operation needs it.
    pub required: bool,
    /// `style`, or the default of its location.
    pub style: &'a str,
    /// `explode`, or the default of its style.
    pub explode: bool,
    /// `allowReserved`
    pub allow_reserved: bool,
    /// The media type of `content`, where the parameter has one instead of a schema.
    pub content: Option<&'a str>,
    /// Its schema.
    pub schema: Option<Schema<'a>>,
    /// Where it stands.
    pub span: Span,
}

/// A body that an operation accepts.
#[derive(Clone, Debug)]
pub struct Body<'a> {
    /// Whether the operation needs one.
    pub required: bool,
    /// Media types with their schemas.
    pub media: Vec<Media<'a>>,
}

/// A media type.
#[derive(Clone, Debug)]
pub struct Media<'a> {
    /// Its name, such as `application/json`.
    pub name: &'a str,
    /// The schema of what it holds.
    pub schema: Option<Schema<'a>>,
    /// `encoding` (OpenAPI 3)
    pub encoding: Option<Cursor<'a>>,
    /// The parameters that are its fields (Swagger 2.0).
    pub fields: Vec<Cursor<'a>>,
}

/// A response that an operation declares.
#[derive(Clone, Debug)]
pub struct Response<'a> {
    /// `200`, `2XX` or `default`.
    pub status: &'a str,
    /// Where it stands.
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
    /// A token that OAuth 2.0 gives: where by client credentials, and the scopes that the operation
    /// needs.
    OAuth {
        /// Empty where there is no such flow.
        token_url: String,
        /// As `security` lists them.
        scopes: Vec<String>,
    },
    /// A key in a header of this name.
    HeaderKey(String),
    /// A key in a query parameter of this name.
    QueryKey(String),
    /// A key in a cookie of this name.
    CookieKey(String),
    /// Something that the transport brings, such as a client certificate.
    Transport,
}

impl<'a> Api<'a> {
    /// Looks at a description; reports what cannot be used.
    pub fn open(root: Cursor<'a>, diagnostics: &mut Diagnostics) -> Option<Self> {
        let version = |key| {
            root.entry(key)
                .map(|entry| (entry.value.scalar_text().unwrap_or(""), entry.value.span()))
        };
        let dialect = match (version("openapi"), version("swagger")) {
            (Some((text, span)), _) => {
                let known = ["3.0", "3.1", "3.2"]
                    .iter()
                    .any(|minor| text == *minor || text.strip_prefix(minor).is_some_and(|rest| rest.starts_with('.')));
                if !known {
                    let message = format!("OpenAPI version `{text}` is not supported");
                    diagnostics.push(
                        Diagnostic::new(&rule::SOURCE_VERSION_UNSUPPORTED, span, message)
                            .help("supported are Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2"),
                    );
                    return None;
                }
                Dialect::OpenApi3
            }
            (None, Some((text, span))) => {
                if text != "2.0" && text != "2" {
                    let message = format!("Swagger version `{text}` is not supported");
                    diagnostics.push(
                        Diagnostic::new(&rule::SOURCE_VERSION_UNSUPPORTED, span, message)
                            .help("supported are Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2"),
                    );
                    return None;
                }
                Dialect::Swagger2
            }
            (None, None) => {
                let message = "the file is no OpenAPI description: it has neither `openapi` nor `swagger`";
                diagnostics.push(Diagnostic::new(&rule::SOURCE_TYPE_MISMATCH, root.span(), message));
                return None;
            }
        };
        Some(Self { root, dialect })
    }

    /// All operations in file order.
    pub fn operations(self) -> impl Iterator<Item = Found<'a>> {
        self.root
            .get("paths")
            .into_iter()
            .flat_map(Cursor::members)
            .flat_map(move |path| {
                let item = follow(path.value).map_or(path.value, |(item, _)| item);
                item.members()
                    .filter(|entry| METHODS.contains(&entry.key) && entry.value.is_object())
                    .map(move |entry| Found {
                        path: path.key,
                        method: entry.key,
                        at: entry.value,
                        item,
                    })
            })
    }

    /// The operation at a path and method.
    #[must_use]
    pub fn operation_at(self, path: &str, method: &str) -> Option<Found<'a>> {
        let entry = self.root.get("paths")?.entry(path)?;
        let item = follow(entry.value).map_or(entry.value, |(item, _)| item);
        let found = item
            .members()
            .find(|member| METHODS.contains(&member.key) && member.key == method && member.value.is_object())?;
        Some(Found {
            path: entry.key,
            method: found.key,
            at: found.value,
            item,
        })
    }

    /// Reads an operation whole. References that lead nowhere are reported.
    pub fn read(self, found: Found<'a>, diagnostics: &mut Diagnostics) -> Operation<'a> {
        let mut reader = Reader {
            api: self,
            found,
            diagnostics,
        };
        Operation {
            id: found.id(),
            method: found.method.to_ascii_uppercase(),
            path: found.path,
            span: found.at.span(),
            server: reader.server(),
            parameters: reader.parameters(),
            body: reader.body(),
            responses: reader.responses(),
            security: reader.security(),
        }
    }
}

struct Reader<'a, 'd> {
    api: Api<'a>,
    found: Found<'a>,
    diagnostics: &'d mut Diagnostics,
}

impl<'a> Reader<'a, '_> {
    fn report(&mut self, broken: &BrokenReference) {
        self.diagnostics.push(broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED));
    }

    fn follow(&mut self, at: Cursor<'a>) -> Option<Cursor<'a>> {
        match follow(at) {
            Ok((at, _)) => Some(at),
            Err(broken) => {
                self.report(&broken);
                None
            }
        }
    }

    fn schema(&mut self, at: Cursor<'a>) -> Option<Schema<'a>> {
        match Schema::new(at) {
            Ok(schema) => Some(schema),
            Err(broken) => {
                self.report(&broken);
                None
            }
        }
    }

    fn server(&self) -> String {
        let root = self.api.root;
        if self.api.dialect == Dialect::Swagger2 {
            let text = |key: &str| root.get(key).and_then(Cursor::as_str);
            let base = text("basePath").unwrap_or("").trim_end_matches('/');
            let Some(host) = text("host") else {
                return base.to_owned();
            };
            let schemes: Vec<&str> = root
                .get("schemes")
                .into_iter()
                .flat_map(Cursor::items)
                .filter_map(Cursor::as_str)
                .collect();
            let scheme = if schemes.is_empty() || schemes.contains(&"https") {
                "https"
            } else {
                schemes[0]
            };
            return format!("{scheme}://{host}{base}");
        }
        let first = [self.found.at, self.found.item, root]
            .iter()
            .find_map(|at| at.get("servers")?.items().next());
        let Some(server) = first else { return String::new() };
        let mut url = server.get("url").and_then(Cursor::as_str).unwrap_or("").to_owned();
        for variable in server.get("variables").into_iter().flat_map(Cursor::members) {
            if let Some(default) = variable.value.get("default").and_then(Cursor::scalar_text) {
                url = url.replace(&format!("{{{}}}", variable.key), default);
            }
        }
        url.trim_end_matches('/').to_owned()
    }

    fn parameters(&mut self) -> Vec<Parameter<'a>> {
        let mut parameters: Vec<Parameter<'a>> = Vec::new();
        let own = self.found.at.get("parameters").into_iter().flat_map(Cursor::items);
        let shared = self.found.item.get("parameters").into_iter().flat_map(Cursor::items);
        for at in own.chain(shared) {
            let Some(at) = self.follow(at) else { continue };
            let Some(parameter) = self.parameter(at) else { continue };
            let known = |other: &Parameter<'_>| other.name == parameter.name && other.location == parameter.location;
            if !parameters.iter().any(known) {
                parameters.push(parameter);
            }
        }
        parameters
    }

    fn parameter(&mut self, at: Cursor<'a>) -> Option<Parameter<'a>> {
        let name = at.get("name")?.as_str()?;
        let location = Location::from_word(at.get("in")?.as_str()?)?;
        let required = location == Location::Path || at.get("required").and_then(Cursor::as_bool) == Some(true);
        let swagger = self.api.dialect == Dialect::Swagger2;
        let media = at.get("content").and_then(|content| content.members().next());
        let schema = match (swagger, media) {
            (true, _) => self.schema(at),
            (false, Some(media)) => media.value.get("schema").and_then(|schema| self.schema(schema)),
            (false, None) => at.get("schema").and_then(|schema| self.schema(schema)),
        };
        let collection = at.get("collectionFormat").and_then(Cursor::as_str).filter(|_| swagger);
        let default_style = match location {
            Location::Query | Location::QueryString | Location::Cookie => "form",
            Location::Path | Location::Header => "simple",
        };
        let (style, explode) = match collection {
            Some("multi") => ("form", true),
            Some("ssv") => ("spaceDelimited", false),
            Some("pipes") => ("pipeDelimited", false),
            Some("tsv") => ("tabDelimited", false),
            _ if swagger => (default_style, false),
            _ => {
                let style = at.get("style").and_then(Cursor::as_str).unwrap_or(default_style);
                (
                    style,
                    at.get("explode")
                        .and_then(Cursor::as_bool)
                        .unwrap_or(matches!(style, "form" | "cookie")),
                )
            }
        };
        let allow_reserved = at.get("allowReserved").and_then(Cursor::as_bool) == Some(true);
        Some(Parameter {
            name,
            location,
            required,
            style,
            explode,
            allow_reserved,
            content: media.map(|media| media.key),
            schema,
            span: at.span(),
        })
    }

    fn body(&mut self) -> Option<Body<'a>> {
        if self.api.dialect == Dialect::Swagger2 {
            return self.swagger_body();
        }
        let at = self.found.at.get("requestBody")?;
        let at = self.follow(at)?;
        let required = at.get("required").and_then(Cursor::as_bool) == Some(true);
        let media = at.get("content").map(|content| self.media(content)).unwrap_or_default();
        Some(Body { required, media })
    }

    fn swagger_body(&mut self) -> Option<Body<'a>> {
        let own = self.found.at.get("parameters").into_iter().flat_map(Cursor::items);
        let shared = self.found.item.get("parameters").into_iter().flat_map(Cursor::items);
        let all: Vec<Cursor<'a>> = own.chain(shared).collect();
        let all: Vec<Cursor<'a>> = all.into_iter().filter_map(|at| self.follow(at)).collect();
        let consumes = |at: Cursor<'a>| {
            at.get("consumes")
                .map(|list| list.items().filter_map(Cursor::as_str).collect::<Vec<_>>())
        };
        let offered = consumes(self.found.at)
            .or_else(|| consumes(self.api.root))
            .unwrap_or_default();
        let is_in = |at: &Cursor<'a>, word: &str| at.get("in").and_then(Cursor::as_str) == Some(word);
        let required = |at: Cursor<'a>| at.get("required").and_then(Cursor::as_bool) == Some(true);
        if let Some(&body) = all.iter().find(|at| is_in(at, "body")) {
            let schema = body.get("schema").and_then(|schema| self.schema(schema));
            let names = if offered.is_empty() {
                vec!["application/json"]
            } else {
                offered
            };
            let media = names
                .into_iter()
                .map(|name| Media {
                    name,
                    schema,
                    encoding: None,
                    fields: Vec::new(),
                })
                .collect();
            return Some(Body {
                required: required(body),
                media,
            });
        }
        let form: Vec<Cursor<'a>> = all.into_iter().filter(|at| is_in(at, "formData")).collect();
        if form.is_empty() {
            return None;
        }
        let file = form
            .iter()
            .any(|at| at.get("type").and_then(Cursor::as_str) == Some("file"));
        let default = if file {
            "multipart/form-data"
        } else {
            "application/x-www-form-urlencoded"
        };
        let names: Vec<&str> = offered
            .into_iter()
            .filter(|name| matches!(*name, "multipart/form-data" | "application/x-www-form-urlencoded"))
            .collect();
        let names = if names.is_empty() { vec![default] } else { names };
        let media = names
            .into_iter()
            .map(|name| Media {
                name,
                schema: None,
                encoding: None,
                fields: form.clone(),
            })
            .collect();
        Some(Body {
            required: form.into_iter().any(required),
            media,
        })
    }

    fn media(&mut self, content: Cursor<'a>) -> Vec<Media<'a>> {
        content
            .members()
            .map(|entry| Media {
                name: entry.key,
                schema: entry.value.get("schema").and_then(|schema| self.schema(schema)),
                encoding: entry.value.get("encoding"),
                fields: Vec::new(),
            })
            .collect()
    }

    fn responses(&mut self) -> Vec<Response<'a>> {
        let mut responses = Vec::new();
        for entry in self.found.at.get("responses").into_iter().flat_map(Cursor::members) {
            if entry.key.starts_with("x-") {
                continue;
            }
            let Some(at) = self.follow(entry.value) else { continue };
            let media = if self.api.dialect == Dialect::Swagger2 {
                self.swagger_media(at)
            } else {
                at.get("content").map(|content| self.media(content)).unwrap_or_default()
            };
            let mut headers = Vec::new();
            for header in at.get("headers").into_iter().flat_map(Cursor::members) {
                let Some(object) = self.follow(header.value) else {
                    continue;
                };
                let schema = match self.api.dialect {
                    Dialect::Swagger2 => self.schema(object),
                    Dialect::OpenApi3 => object.get("schema").and_then(|schema| self.schema(schema)),
                };
                headers.push((header.key, schema));
            }
            responses.push(Response {
                status: entry.key,
                span: entry.key_span,
                media,
                headers,
            });
        }
        responses
    }

    fn swagger_media(&mut self, response: Cursor<'a>) -> Vec<Media<'a>> {
        let Some(schema) = response.get("schema") else {
            return Vec::new();
        };
        let schema = self.schema(schema);
        let produces = |at: Cursor<'a>| {
            at.get("produces")
                .map(|list| list.items().filter_map(Cursor::as_str).collect::<Vec<_>>())
        };
        let offered = produces(self.found.at)
            .or_else(|| produces(self.api.root))
            .unwrap_or_default();
        let names = if offered.is_empty() {
            vec!["application/json"]
        } else {
            offered
        };
        names
            .into_iter()
            .map(|name| Media {
                name,
                schema,
                encoding: None,
                fields: Vec::new(),
            })
            .collect()
    }

    fn security(&mut self) -> Vec<Vec<Scheme>> {
        let required = self.found.at.get("security").or_else(|| self.api.root.get("security"));
        let schemes = match self.api.dialect {
            Dialect::Swagger2 => self.api.root.get("securityDefinitions"),
            Dialect::OpenApi3 => self
                .api
                .root
                .get("components")
                .and_then(|components| components.get("securitySchemes")),
        };
        let mut alternatives = Vec::new();
        for alternative in required.into_iter().flat_map(Cursor::items) {
            let mut all = Vec::new();
            for entry in alternative.members() {
                let scheme = schemes
                    .and_then(|schemes| schemes.get(entry.key))
                    .and_then(|at| self.follow(at));
                // A name that is not defined still tells the user's credential apart.
                all.push(Scheme {
                    name: entry.key.to_owned(),
                    kind: scheme.map_or(SchemeKind::Bearer, |at| scheme_kind(at, entry.value)),
                });
            }
            alternatives.push(all);
        }
        // An operation that lists nothing wants no credentials; one that does not say is another matter.
        if alternatives.is_empty() && self.found.at.get("security").is_some() {
            alternatives.push(Vec::new());
        }
        alternatives
    }
}

fn scheme_kind(at: Cursor<'_>, scopes: Cursor<'_>) -> SchemeKind {
    let text = |key: &str| at.get(key).and_then(Cursor::as_str).unwrap_or("");
    match text("type") {
        "basic" => SchemeKind::Basic,
        "http" if text("scheme").eq_ignore_ascii_case("basic") => SchemeKind::Basic,
        "apiKey" => {
            let name = text("name").to_owned();
            match text("in") {
                "query" => SchemeKind::QueryKey(name),
                "cookie" => SchemeKind::CookieKey(name),
                _ => SchemeKind::HeaderKey(name),
            }
        }
        "mutualTLS" => SchemeKind::Transport,
        "oauth2" => {
            // Swagger 2.0 has one flow per scheme and calls this one `application`.
            let flow = match at.get("flows") {
                Some(flows) => flows.get("clientCredentials"),
                None => Some(at).filter(|_| text("flow") == "application"),
            };
            let token_url = flow.and_then(|flow| flow.get("tokenUrl")?.as_str());
            SchemeKind::OAuth {
                token_url: token_url.unwrap_or("").to_owned(),
                scopes: scopes.items().filter_map(Cursor::as_str).map(str::to_owned).collect(),
            }
        }
        _ => SchemeKind::Bearer,
    }
}

impl<'a> Operation<'a> {
    /// The response that a status code gets: its own, its range's, or the default.
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
    /// The schema of its JSON body.
    #[must_use]
    pub fn json_schema(&self) -> Option<Schema<'a>> {
        self.media
            .iter()
            .find(|media| is_json(media.name) || media.name == "*/*")
            .and_then(|media| media.schema)
    }
}

/// Whether a media type is `*/json` or `*+json`.
#[must_use]
pub fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// The names between braces in a path template.
#[must_use]
pub fn template_names(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}
