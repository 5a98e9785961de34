//! Bodies in Swagger 2.0.

use super::operation::{Body, Media};
use super::reader::Reader;
use crate::media::essence;
use crate::schema::Schema;
use crate::source::Cursor;

impl<'a> Reader<'a, '_> {
    pub(super) fn swagger_body(&mut self) -> Option<Body<'a>> {
        let all = self.all_parameters();
        let consumes = self.found.at.get("consumes").or_else(|| self.api.root.get("consumes"));
        let offered: Vec<&str> = self.items(consumes).into_iter().filter_map(Cursor::as_str).collect();
        let is_in = |at: &Cursor<'a>, word: &str| at.get("in").and_then(Cursor::as_str) == Some(word);
        let required = |at: Cursor<'a>| at.get("required").and_then(Cursor::as_bool) == Some(true);
        if let Some(&body) = all.iter().find(|at| is_in(at, "body")) {
            let schema = body.get("schema").and_then(|schema| self.schema(schema));
            return Some(Body {
                required: required(body),
                media: of_schema(offered, schema),
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
                let essence = essence(name);
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

    pub(super) fn swagger_media(&mut self, response: Cursor<'a>) -> Vec<Media<'a>> {
        let Some(schema) = response.get("schema") else {
            return Vec::new();
        };
        let schema = self.schema(schema);
        let produces = self.found.at.get("produces").or_else(|| self.api.root.get("produces"));
        let offered: Vec<&str> = self.items(produces).into_iter().filter_map(Cursor::as_str).collect();
        of_schema(offered, schema)
    }
}

/// A body with a schema in each of the media types; without any, in JSON.
fn of_schema<'a>(names: Vec<&'a str>, schema: Option<Schema<'a>>) -> Vec<Media<'a>> {
    let names = if names.is_empty() {
        vec!["application/json"]
    } else {
        names
    };
    let of = |name| Media {
        name,
        schema,
        encoding: None,
        fields: Vec::new(),
        since_3_1: false,
    };
    names.into_iter().map(of).collect()
}
