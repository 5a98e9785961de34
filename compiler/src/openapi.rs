//! Phase 2b: one view over Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2.
//!
//! Input: the root [`Cursor`] of a description. Output: [`Operation`]s, read only when a step
//! asks for them; nothing else of the description is looked at.

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Location;
use crate::path_template;
use crate::schema::{BrokenReference, Schema, chain, follow};
use crate::source::{Cursor, Entry, Span};

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
    /// The minor version: 2 of `3.2.0`.
    pub minor: u8,
}

/// An object with a `$ref`, merged with the objects that it refers to. Members of the first one win. OpenAPI allows members beside the `$ref` of a Path Item Object; published
/// descriptions have them in operations too.
#[derive(Clone, Copy, Debug)]
pub struct Merged<'a> {
    own: Cursor<'a>,
    /// The end of the chain of references.
    target: Option<Cursor<'a>>,
}

impl<'a> Merged<'a> {
    /// The object as it is written, its reference not followed.
    fn literally(at: Cursor<'a>) -> Self {
        Self { own: at, target: None }
    }

    fn new(at: Cursor<'a>) -> Result<Self, BrokenReference<'a>> {
        let (target, _) = follow(at)?;
        let referred = at.get("$ref").is_some_and(|reference| reference.as_str().is_some());
        Ok(Self {
            own: at,
            target: referred.then_some(target),
        })
    }

    /// The member of a key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Cursor<'a>> {
        self.all(key).next()
    }

    /// The values of a key, first that of the object itself, then those of the objects it refers to.
    fn all(self, key: &str) -> impl Iterator<Item = Cursor<'a>> {
        self.chain().filter_map(move |at| at.get(key))
    }

    fn chain(self) -> impl Iterator<Item = Cursor<'a>> {
        let referred = self.target.is_some();
        chain(self.own).take(if referred { usize::MAX } else { 1 })
    }

    fn members(self) -> impl Iterator<Item = Entry<'a>> {
        let all = self.chain().flat_map(Cursor::members);
        all.filter(move |entry| {
            entry.key != "$ref" && self.get(entry.key).map(Cursor::span) == Some(entry.value.span())
        })
    }

    fn is_object(self) -> bool {
        self.target.unwrap_or(self.own).is_object()
    }

    /// Where the object is written.
    #[must_use]
    pub fn span(self) -> Span {
        self.target.unwrap_or(self.own).span()
    }
}

/// The styles of parameters (OpenAPI 3.2.0, "Style Values").
const STYLES: [&str; 8] = [
    "matrix",
    "label",
    "simple",
    "form",
    "spaceDelimited",
    "pipeDelimited",
    "deepObject",
    "cookie",
];

const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// An operation, found but not yet read.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The path template.
    pub path: &'a str,
    /// The key of the operation: a method in lower case, or, of `additionalOperations`
    /// (OpenAPI 3.2), as it is sent.
    pub method: &'a str,
    /// Whether it is one of `additionalOperations`.
    pub additional: bool,
    /// The Operation Object.
    pub at: Merged<'a>,
    /// The Path Item Object.
    pub item: Merged<'a>,
    /// Where the key of the path is written.
    pub path_span: Span,
}

impl<'a> Found<'a> {
    /// `operationId`
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.at.get("operationId")?.as_str()
    }

    /// The JSON Pointer to the operation.
    #[must_use]
    pub fn pointer(&self) -> String {
        let method = if self.additional {
            format!("additionalOperations/{}", crate::expression::escape(self.method))
        } else {
            self.method.to_owned()
        };
        format!("/paths/{}/{method}", crate::expression::escape(self.path))
    }
}

/// An operation with everything that a request and its response need.
#[derive(Clone, Debug)]
pub struct Operation<'a> {
    /// `operationId`
    pub id: Option<&'a str>,
    /// The method as it is sent.
    pub method: String,
    /// The path template.
    pub path: &'a str,
    /// The path template with its literal parts percent-encoded, which starts with `/`.
    pub template: String,
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
    /// Whether the description is of OpenAPI 3.1 or later.
    pub since_3_1: bool,
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
        let mut minor = 0;
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
                minor = text.as_bytes().get(2).map_or(0, |digit| digit.saturating_sub(b'0'));
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
        Some(Self { root, dialect, minor })
    }

    /// All operations in file order, without those whose `$ref` cannot be resolved.
    pub fn operations(self) -> impl Iterator<Item = Found<'a>> {
        self.candidates().filter_map(Result::ok)
    }

    /// The references to path items and operations that cannot be resolved.
    pub fn broken(self) -> impl Iterator<Item = BrokenReference<'a>> {
        self.candidates().filter_map(Result::err)
    }

    /// The Paths Object; descriptions that are split have a `$ref` in its place.
    fn paths(self) -> Option<Cursor<'a>> {
        let paths = self.root.get("paths")?;
        Some(follow(paths).map_or(paths, |(paths, _)| paths))
    }

    fn candidates(self) -> impl Iterator<Item = Result<Found<'a>, BrokenReference<'a>>> {
        let paths = self.paths().into_iter().flat_map(Cursor::members);
        paths.flat_map(move |path| {
            let (item, broken) = match Merged::new(path.value) {
                Ok(item) => (Some(item), None),
                Err(broken) => (None, Some(Err(broken))),
            };
            let found = item.into_iter().flat_map(move |item| self.of_item(path, item));
            broken.into_iter().chain(found)
        })
    }

    fn of_item(
        self,
        path: Entry<'a>,
        item: Merged<'a>,
    ) -> impl Iterator<Item = Result<Found<'a>, BrokenReference<'a>>> {
        let fixed = item
            .members()
            .filter(|entry| METHODS.contains(&entry.key))
            .map(|entry| (entry, false));
        let additional = (self.minor >= 2).then(|| item.get("additionalOperations")).flatten();
        let additional = additional.into_iter().flat_map(Cursor::members);
        let all = fixed.chain(additional.map(|entry| (entry, true)));
        all.filter_map(move |(entry, additional)| {
            let at = match Merged::new(entry.value) {
                Ok(at) => at,
                Err(broken) => return Some(Err(broken)),
            };
            at.is_object().then_some(Ok(Found {
                path: path.key,
                method: entry.key,
                additional,
                at,
                item,
                path_span: path.key_span,
            }))
        })
    }

    /// The operation at a path and method. One behind a reference that cannot be resolved, which is
    /// reported, is one of which nothing else is known.
    ///
    /// # Errors
    /// A `$ref` of the path item that cannot be resolved.
    pub fn operation_at(
        self,
        path: &str,
        method: &str,
        additional: bool,
        diagnostics: &mut Diagnostics,
    ) -> Result<Option<Found<'a>>, BrokenReference<'a>> {
        let Some(entry) = self.paths().and_then(|paths| paths.entry(path)) else {
            return Ok(None);
        };
        let item = Merged::new(entry.value)?;
        let list = if additional {
            item.get("additionalOperations").filter(|_| self.minor >= 2)
        } else {
            None
        };
        let entry_of = |key: &str| match list {
            Some(list) => list.entry(key),
            None => item
                .members()
                .find(|entry| entry.key == key && METHODS.contains(&entry.key)),
        };
        let Some(operation) = entry_of(method).filter(|_| !additional || list.is_some()) else {
            return Ok(None);
        };
        let at = Merged::new(operation.value).unwrap_or_else(|broken| {
            diagnostics.push(broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED));
            Merged::literally(operation.value)
        });
        Ok(at.is_object().then_some(Found {
            path: entry.key,
            method: operation.key,
            additional,
            at,
            item,
            path_span: entry.key_span,
        }))
    }

    /// Reads an operation whole. References that lead nowhere are reported.
    pub fn read(self, found: Found<'a>, diagnostics: &mut Diagnostics) -> Operation<'a> {
        let mut reader = Reader {
            api: self,
            found,
            diagnostics,
        };
        reader.path();
        Operation {
            id: found.id(),
            method: if found.additional {
                found.method.to_owned()
            } else {
                found.method.to_ascii_uppercase()
            },
            path: found.path,
            template: path_template::encoded(found.path),
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
    fn report(&mut self, broken: &BrokenReference<'_>) {
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

    /// An object or list at a key, its reference followed.
    fn get(&mut self, at: Cursor<'a>, key: &str) -> Option<Cursor<'a>> {
        self.follow(at.get(key)?)
    }

    fn members(&mut self, at: Option<Cursor<'a>>) -> Vec<Entry<'a>> {
        let at = at.and_then(|at| self.follow(at));
        at.into_iter().flat_map(Cursor::members).collect()
    }

    fn items(&mut self, at: Option<Cursor<'a>>) -> Vec<Cursor<'a>> {
        let at = at.and_then(|at| self.follow(at));
        let items: Vec<Cursor<'a>> = at.into_iter().flat_map(Cursor::items).collect();
        items.into_iter().filter_map(|item| self.follow(item)).collect()
    }

    /// The parameters of the operation, then those of its path.
    fn all_parameters(&mut self) -> Vec<Cursor<'a>> {
        // Of a path item that refers to another one, nothing is lost.
        let lists: Vec<Cursor<'a>> = self
            .found
            .at
            .all("parameters")
            .chain(self.found.item.all("parameters"))
            .collect();
        let mut all = Vec::new();
        for list in lists {
            if let Some(list) = self.follow(list).filter(|list| !list.is_array()) {
                let message = format!("`parameters` must be a list, found {}", list.kind());
                self.malformed(list.span(), message, "write each parameter as an item: `- name: …`");
            }
            all.extend(self.items(Some(list)));
        }
        all
    }

    fn malformed(&mut self, span: Span, message: impl Into<String>, help: &str) {
        self.diagnostics
            .push(Diagnostic::new(&rule::MALFORMED_DESCRIPTION, span, message).help(help));
    }

    fn path(&mut self) {
        if let Some(problem) = path_template::problem(self.found.path) {
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::INVALID_PATH,
                    self.found.path_span,
                    format!("the path `{}` {}", self.found.path, problem.what),
                )
                .help(problem.help),
            );
        }
    }

    /// The server, unless it is a URL that requests cannot be sent to.
    fn server(&mut self) -> String {
        let (url, span) = self.written_server();
        if let (Some(problem), Some(span)) = (path_template::server_problem(&url), span) {
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::INVALID_SERVER,
                    span,
                    format!("requests cannot be sent to the server `{url}`: {problem}"),
                )
                .help("correct the description; with the lint lowered, the client must set `base_url`"),
            );
            return String::new();
        }
        url
    }

    fn written_server(&mut self) -> (String, Option<Span>) {
        let root = self.api.root;
        if self.api.dialect == Dialect::Swagger2 {
            let text = |key: &str| root.get(key).and_then(Cursor::as_str);
            let base = text("basePath").unwrap_or("").trim_end_matches('/');
            // It must start with `/` (Swagger 2.0, "Swagger Object").
            let slash = if base.is_empty() || base.starts_with('/') {
                ""
            } else {
                "/"
            };
            if let Some(at) = root.get("basePath").filter(|_| base.contains(['{', '}'])) {
                self.diagnostics.push(
                    Diagnostic::new(
                        &rule::INVALID_SERVER,
                        at.span(),
                        format!("`basePath` has no variables: the braces of `{base}` would be sent"),
                    )
                    .help("correct the description, or set `base_url` in the client"),
                );
            }
            let base = format!("{slash}{}", path_template::encoded_literal(base));
            let Some(host) = text("host") else {
                return (base, None);
            };
            let span = root.get("host").map(Cursor::span);
            let own = self.found.at.get("schemes");
            let schemes: Vec<&str> = own
                .or_else(|| root.get("schemes"))
                .into_iter()
                .flat_map(Cursor::items)
                .filter_map(Cursor::as_str)
                .collect();
            let scheme = if schemes.is_empty() || schemes.contains(&"https") {
                "https"
            } else {
                schemes[0]
            };
            return (format!("{scheme}://{host}{base}"), span);
        }
        let lists = [
            self.found.at.get("servers"),
            self.found.item.get("servers"),
            root.get("servers"),
        ];
        let first = lists.into_iter().find_map(|list| self.items(list).first().copied());
        let Some(server) = first else {
            return (String::new(), None);
        };
        let written = server.get("url");
        let mut url = written.and_then(Cursor::as_str).unwrap_or("").to_owned();
        for variable in self.members(server.get("variables")) {
            let default = self.get(variable.value, "default").and_then(Cursor::scalar_text);
            if let Some(default) = default {
                url = url.replace(&format!("{{{}}}", variable.key), default);
            }
        }
        (url.trim_end_matches('/').to_owned(), written.map(Cursor::span))
    }

    fn parameters(&mut self) -> Vec<Parameter<'a>> {
        let mut parameters: Vec<Parameter<'a>> = Vec::new();
        for at in self.all_parameters() {
            let Some(parameter) = self.parameter(at) else { continue };
            let known = |other: &Parameter<'_>| other.name == parameter.name && other.location == parameter.location;
            if !parameters.iter().any(known) {
                parameters.push(parameter);
            }
        }
        parameters
    }

    fn parameter(&mut self, at: Cursor<'a>) -> Option<Parameter<'a>> {
        let swagger = self.api.dialect == Dialect::Swagger2;
        let place = at.get("in");
        let word = place.and_then(Cursor::as_str).unwrap_or("");
        if swagger && matches!(word, "body" | "formData") {
            return None;
        }
        let Some(name) = at.get("name").and_then(Cursor::scalar_text) else {
            self.malformed(
                at.span(),
                "missing `name` of a parameter",
                "give the parameter a `name`",
            );
            return None;
        };
        let Some(location) = Location::from_word(word) else {
            self.malformed(
                place.unwrap_or(at).span(),
                format!("parameter `{name}` has no valid `in`"),
                "write `in:` with `query`, `header`, `path` or `cookie`",
            );
            return None;
        };
        let necessary = at.get("required");
        if let Some(found) = necessary.filter(|found| found.as_bool().is_none()) {
            let message = format!("`required` must be `true` or `false`, found {}", found.kind());
            self.malformed(found.span(), message, "write `required: true` or `required: false`");
        }
        let required = location == Location::Path || necessary.and_then(Cursor::as_bool) == Some(true);
        let media = self.members(at.get("content")).first().copied();
        let schema = match (swagger, media) {
            (true, _) => self.schema(at),
            (false, Some(media)) => {
                let media = self.follow(media.value);
                media
                    .and_then(|media| media.get("schema"))
                    .and_then(|schema| self.schema(schema))
            }
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
                if let Some(written) = at.get("style").filter(|_| !STYLES.contains(&style)) {
                    let known = STYLES.map(|style| format!("`{style}`")).join(", ");
                    self.malformed(
                        written.span(),
                        format!("unknown parameter style `{style}`"),
                        &format!("the styles are {known}"),
                    );
                }
                (
                    style,
                    at.get("explode")
                        .and_then(Cursor::as_bool)
                        .unwrap_or(matches!(style, "form" | "cookie")),
                )
            }
        };
        // Before 3.2 it is for query parameters alone (OpenAPI 3.1.1, "Parameter Object").
        let allow_reserved = at.get("allowReserved").and_then(Cursor::as_bool) == Some(true)
            && (location == Location::Query || self.api.minor >= 2);
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
        let media = self.media(at.get("content"));
        Some(Body { required, media })
    }

    fn swagger_body(&mut self) -> Option<Body<'a>> {
        let all = self.all_parameters();
        let consumes = self.found.at.get("consumes").or_else(|| self.api.root.get("consumes"));
        let offered: Vec<&str> = self.items(consumes).into_iter().filter_map(Cursor::as_str).collect();
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
                    since_3_1: false,
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
            .filter(|name| {
                let essence = name.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
                matches!(
                    essence.as_str(),
                    "multipart/form-data" | "application/x-www-form-urlencoded"
                )
            })
            .collect();
        let names = if names.is_empty() { vec![default] } else { names };
        let media = names
            .into_iter()
            .map(|name| Media {
                name,
                schema: None,
                encoding: None,
                fields: form.clone(),
                since_3_1: false,
            })
            .collect();
        Some(Body {
            required: form.into_iter().any(required),
            media,
        })
    }

    fn media(&mut self, content: Option<Cursor<'a>>) -> Vec<Media<'a>> {
        let mut all = Vec::new();
        for entry in self.members(content) {
            let Some(at) = self.follow(entry.value) else { continue };
            all.push(Media {
                name: entry.key,
                schema: at.get("schema").and_then(|schema| self.schema(schema)),
                encoding: self.get(at, "encoding"),
                fields: Vec::new(),
                since_3_1: self.api.minor >= 1,
            });
        }
        all
    }

    fn responses(&mut self) -> Vec<Response<'a>> {
        let mut responses = Vec::new();
        for entry in self.members(self.found.at.get("responses")) {
            if entry.key.starts_with("x-") {
                continue;
            }
            let Some(at) = self.follow(entry.value) else { continue };
            let media = if self.api.dialect == Dialect::Swagger2 {
                self.swagger_media(at)
            } else {
                self.media(at.get("content"))
            };
            let mut headers = Vec::new();
            for header in self.members(at.get("headers")) {
                let Some(object) = self.follow(header.value) else {
                    continue;
                };
                let schema = match self.api.dialect {
                    Dialect::Swagger2 => self.schema(object),
                    Dialect::OpenApi3 => match object.get("schema") {
                        Some(schema) => self.schema(schema),
                        None => self.media(object.get("content")).first().and_then(|media| media.schema),
                    },
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
        let produces = self.found.at.get("produces").or_else(|| self.api.root.get("produces"));
        let offered: Vec<&str> = self.items(produces).into_iter().filter_map(Cursor::as_str).collect();
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
                since_3_1: false,
            })
            .collect()
    }

    fn security(&mut self) -> Vec<Vec<Scheme>> {
        let own = self.found.at.get("security");
        let required = own.or_else(|| self.api.root.get("security"));
        let required = required.and_then(|required| self.follow(required));
        let list = required.is_none_or(Cursor::is_array);
        if let Some(found) = required.filter(|_| !list) {
            let message = format!("`security` must be a list, found {}", found.kind());
            self.malformed(
                found.span(),
                message,
                "write each alternative as an item: `- scheme: []`; `[]` for an operation without credentials",
            );
        }
        let schemes = match self.api.dialect {
            Dialect::Swagger2 => self.api.root.get("securityDefinitions"),
            Dialect::OpenApi3 => {
                let components = self.get(self.api.root, "components");
                components.and_then(|components| components.get("securitySchemes"))
            }
        };
        let schemes = schemes.and_then(|schemes| self.follow(schemes));
        let mut alternatives = Vec::new();
        let items = match required {
            Some(only) if !list && only.is_object() => vec![only],
            _ => self.items(required),
        };
        for alternative in items {
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
        if alternatives.is_empty() && own.is_some() && list {
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
    /// The schemas of its JSON bodies, one for each media type.
    pub fn json_schemas(&self) -> impl Iterator<Item = Option<Schema<'a>>> {
        let json = self.media.iter().any(|media| is_json(media.name));
        self.media
            .iter()
            .filter(move |media| is_json(media.name) || (!json && media.name == "*/*"))
            .map(|media| media.schema)
    }
}

/// Whether a media type is `*/json` or `*+json`.
#[must_use]
pub fn is_json(media: &str) -> bool {
    let essence = media.split(';').next().unwrap_or("").trim().to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}
