//! Phase 2b: one view of Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2.
//!
//! Input: the root [`Cursor`] of a description. Output: [`Operation`]s, which are read only when a step refers to them.
//! The rest of the description is not read.

mod body;
mod merged;
mod operation;
mod parameter;
mod reader;
mod security;
mod server;
mod swagger2;

pub use merged::Merged;
pub use operation::Body;
pub use operation::Media;
pub use operation::Operation;
pub use operation::Parameter;
pub use operation::Response;
pub use operation::SchemeKind;
use reader::Reader;

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::schema::{BrokenReference, follow};
use crate::source::{Cursor, Entry, Span};
use crate::syntax::path_template;

/// The specification that a description follows.
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
    /// The specification that it follows.
    pub dialect: Dialect,
    /// The minor version: 2 for `3.2.0`.
    pub minor: u8,
}

const METHODS: [&str; 9] = [
    "get", "put", "post", "delete", "options", "head", "patch", "trace", "query",
];

/// An operation, found but not yet read.
#[derive(Clone, Copy, Debug)]
pub struct Found<'a> {
    /// The path template.
    pub path: &'a str,
    /// The key of the operation: a method in lower case, or a method of `additionalOperations` (OpenAPI 3.2) as it is
    /// sent.
    pub method: &'a str,
    /// Whether it is one of `additionalOperations`.
    pub additional: bool,
    /// The Operation Object.
    pub at: Merged<'a>,
    /// The Path Item Object.
    pub item: Merged<'a>,
    /// The location of the key of the path.
    pub path_span: Span,
}

impl<'a> Found<'a> {
    /// `operationId`
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.at.get("operationId")?.as_str()
    }

    /// Returns the JSON Pointer to the operation.
    #[must_use]
    pub fn pointer(&self) -> String {
        let method = if self.additional {
            format!(
                "additionalOperations/{}",
                crate::syntax::expression::escape(self.method)
            )
        } else {
            self.method.to_owned()
        };
        format!("/paths/{}/{method}", crate::syntax::expression::escape(self.path))
    }
}

impl<'a> Api<'a> {
    /// Opens a description; reports an unsupported one.
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
                            .help("supported versions are Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2"),
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
                            .help("supported versions are Swagger 2.0 and OpenAPI 3.0, 3.1 and 3.2"),
                    );
                    return None;
                }
                Dialect::Swagger2
            }
            (None, None) => {
                let message = "the file is not an OpenAPI description: it has neither `openapi` nor `swagger`";
                diagnostics.push(Diagnostic::new(&rule::SOURCE_TYPE_MISMATCH, root.span(), message));
                return None;
            }
        };
        Some(Self { root, dialect, minor })
    }

    /// Returns all operations in file order, except those whose `$ref` cannot be resolved.
    pub fn operations(self) -> impl Iterator<Item = Found<'a>> {
        self.candidates().filter_map(Result::ok)
    }

    /// Returns the references to path items and operations that cannot be resolved.
    pub fn broken(self) -> impl Iterator<Item = BrokenReference<'a>> {
        self.candidates().filter_map(Result::err)
    }

    /// Returns the Paths Object. In descriptions that are split into files, it is a `$ref`.
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

    /// Returns the operation at a path and method. If the operation is a reference that cannot be resolved, the
    /// reference is reported and nothing else is known about the operation.
    ///
    /// # Errors
    /// A `$ref` of the path item cannot be resolved.
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

    /// Reads an operation completely. Unresolved references are reported.
    pub fn read(self, found: Found<'a>, diagnostics: &mut Diagnostics) -> Operation<'a> {
        let mut reader = Reader {
            api: self,
            found,
            diagnostics,
        };
        reader.path();
        Operation {
            on_channel: false,
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
