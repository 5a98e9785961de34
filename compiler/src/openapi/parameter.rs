//! The parameters of an operation.

use super::Dialect;
use super::operation::Parameter;
use super::reader::Reader;
use crate::document::Location;
use crate::source::Cursor;

/// The styles of parameters (OpenAPI 3.2.0, "Style Values").
pub(super) const STYLES: [&str; 8] = [
    "matrix",
    "label",
    "simple",
    "form",
    "spaceDelimited",
    "pipeDelimited",
    "deepObject",
    "cookie",
];

impl<'a> Reader<'a, '_> {
    /// Returns the parameters of the operation, followed by those of its path.
    pub(super) fn all_parameters(&mut self) -> Vec<Cursor<'a>> {
        // If a path item refers to another one, the parameters of both are used.
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

    pub(super) fn parameters(&mut self) -> Vec<Parameter<'a>> {
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
                "add a `name` to the parameter",
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
        let (style, explode) = self.style(at, location);
        // Before 3.2, it applies only to query parameters (OpenAPI 3.1.1, "Parameter Object").
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

    /// Returns `style` and `explode`, or their equivalent for `collectionFormat` of Swagger 2.0.
    fn style(&mut self, at: Cursor<'a>, location: Location) -> (&'a str, bool) {
        let swagger = self.api.dialect == Dialect::Swagger2;
        let collection = at.get("collectionFormat").and_then(Cursor::as_str).filter(|_| swagger);
        let default_style = match location {
            Location::Query | Location::QueryString | Location::Cookie => "form",
            Location::Path | Location::Header => "simple",
        };
        match collection {
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
        }
    }
}
