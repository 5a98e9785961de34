//! Bodies of requests and responses.

use super::Dialect;
use super::operation::{Body, Media, Response};
use super::reader::Reader;
use crate::source::Cursor;

impl<'a> Reader<'a, '_> {
    pub(super) fn body(&mut self) -> Option<Body<'a>> {
        if self.api.dialect == Dialect::Swagger2 {
            return self.swagger_body();
        }
        let at = self.found.at.get("requestBody")?;
        let at = self.follow(at)?;
        let required = at.get("required").and_then(Cursor::as_bool) == Some(true);
        let media = self.media(at.get("content"));
        Some(Body { required, media })
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

    pub(super) fn responses(&mut self) -> Vec<Response<'a>> {
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
}
