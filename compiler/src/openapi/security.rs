//! Security schemes of an operation.

use super::Dialect;
use super::operation::{Scheme, SchemeKind};
use super::reader::Reader;
use crate::source::Cursor;

pub(super) fn scheme_kind(at: Cursor<'_>, scopes: Cursor<'_>) -> SchemeKind {
    let text = |key: &str| at.get(key).and_then(Cursor::as_str).unwrap_or("");
    match text("type") {
        "basic" => SchemeKind::Basic,
        "http" => match text("scheme") {
            scheme if scheme.eq_ignore_ascii_case("basic") => SchemeKind::Basic,
            scheme if scheme.eq_ignore_ascii_case("bearer") => SchemeKind::Bearer,
            "" => SchemeKind::Undefined,
            _ => SchemeKind::Other,
        },
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
            // Swagger 2.0 has one flow per scheme, and calls this one `application`.
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
        "openIdConnect" => SchemeKind::Bearer,
        _ => SchemeKind::Undefined,
    }
}

impl Reader<'_, '_> {
    pub(super) fn security(&mut self) -> Vec<Vec<Scheme>> {
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
                // Even an undefined name identifies the user's credential.
                all.push(Scheme {
                    name: entry.key.to_owned(),
                    kind: scheme.map_or(SchemeKind::Undefined, |at| scheme_kind(at, entry.value)),
                });
            }
            alternatives.push(all);
        }
        // An empty list means that the operation needs no credentials. A missing list does not.
        if alternatives.is_empty() && own.is_some() && list {
            alternatives.push(Vec::new());
        }
        alternatives
    }
}
