//! The server of an operation.

use super::Dialect;
use super::reader::Reader;
use crate::diagnostic::{Diagnostic, rule};
use crate::source::{Cursor, Span};
use crate::syntax::path_template;

impl Reader<'_, '_> {
    /// Returns the server, unless requests cannot be sent to its URL.
    pub(super) fn server(&mut self) -> String {
        let (url, span) = self.written_server();
        if let (Some(problem), Some(span)) = (path_template::server_problem(&url), span) {
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::INVALID_SERVER,
                    span,
                    format!("invalid server URL `{url}`: {problem}"),
                )
                .help("correct the URL, or make this a warning and set `base_url` in the client"),
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
                        format!("`basePath` cannot have variables: the braces in `{base}` would be sent"),
                    )
                    .help("fix the description, or set `base_url` in the client"),
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
}
