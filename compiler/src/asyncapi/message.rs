//! Messages, with what their traits add.

use std::collections::BTreeSet;

use super::Description;
use crate::schema::{BrokenReference, Schema, follow};
use crate::source::{Cursor, Span};
use crate::syntax::expression::{escape, unescape};

/// A message.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// Its name, if it has one.
    pub name: Option<&'a str>,
    /// The Message Object.
    pub at: Cursor<'a>,
    /// The Message Object and its traits, in the order in which their members win.
    objects: Vec<Cursor<'a>>,
    description: Description<'a>,
}

impl<'a> Message<'a> {
    pub(super) fn new(at: Cursor<'a>, name: Option<&'a str>, description: Description<'a>) -> Self {
        let traits = at.get("traits").into_iter().flat_map(Cursor::items);
        let traits = traits.filter_map(|at| Some(follow(at).ok()?.0));
        let objects = if description.major == 2 {
            // Traits are merged into the message, one after the other (AsyncAPI 2.6.0, "Message Object", `traits`).
            let mut all: Vec<Cursor<'a>> = std::iter::once(at).chain(traits).collect();
            all.reverse();
            all
        } else {
            // Members of the message win (AsyncAPI 3.0.0, "Traits Merge Mechanism").
            let mut traits: Vec<Cursor<'a>> = traits.collect();
            traits.reverse();
            std::iter::once(at).chain(traits).collect()
        };
        Self {
            name,
            at,
            objects,
            description,
        }
    }

    fn get(&self, key: &str) -> Option<Cursor<'a>> {
        self.objects.iter().find_map(|at| at.get(key))
    }

    /// Returns the schema of the payload. `None`: there is none, or it has another format than JSON Schema.
    #[must_use]
    pub fn payload(&self) -> Option<Schema<'a>> {
        if let Some(format) = self.get("schemaFormat").and_then(Cursor::as_str)
            && !is_json_schema(format)
        {
            return None;
        }
        schema(self.get("payload")?)
    }

    /// Returns the format of the payload's schema and its place, if that is not JSON Schema.
    #[must_use]
    pub fn other_format(&self) -> Option<(&'a str, Span)> {
        let of_payload = || follow(self.get("payload")?).ok()?.0.get("schemaFormat");
        let at = self.get("schemaFormat").or_else(of_payload)?;
        let format = at.as_str().filter(|format| !is_json_schema(format))?;
        Some((format, at.span()))
    }

    /// Returns the schemas of the headers: of the message and of each trait.
    pub fn headers(&self) -> impl Iterator<Item = Schema<'a>> {
        self.objects.iter().filter_map(|at| schema(at.get("headers")?))
    }

    /// Returns the names of the headers that the message declares.
    #[must_use]
    pub fn header_names(&self) -> BTreeSet<&'a str> {
        let parts = self.headers().flat_map(Schema::parts);
        let properties = parts.filter_map(|part| part.at.get("properties"));
        properties.flat_map(Cursor::members).map(|entry| entry.key).collect()
    }

    /// Returns the names of the headers that the message must have. Traits are merged with JSON Merge Patch (RFC 7396), by
    /// which one list replaces another.
    #[must_use]
    pub fn required_headers(&self) -> BTreeSet<&'a str> {
        let lists = self.headers().map(|schema| {
            let lists = schema.parts().into_iter().filter_map(|part| part.at.get("required"));
            lists.collect::<Vec<_>>()
        });
        let lists = lists.into_iter().find(|lists| !lists.is_empty());
        let names = lists.into_iter().flatten().flat_map(Cursor::items);
        names.filter_map(Cursor::as_str).collect()
    }

    /// Returns the schema of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<Schema<'a>> {
        self.headers().find_map(|schema| match schema.walk([name]) {
            crate::schema::Walk::Found { schema, .. } => Some(schema),
            _ => None,
        })
    }

    /// Returns the references of the message that cannot be resolved.
    #[must_use]
    pub fn broken(&self) -> Vec<BrokenReference<'a>> {
        let parts = ["payload", "headers", "correlationId"];
        let parts = parts.into_iter().filter_map(|key| self.get(key));
        let traits = self.at.get("traits").into_iter().flat_map(Cursor::items);
        parts.chain(traits).filter_map(|at| follow(at).err()).collect()
    }

    /// Returns the content type: that of the message, otherwise that of the description, otherwise JSON.
    #[must_use]
    pub fn content_type(&self) -> &'a str {
        let own = self.get("contentType").and_then(Cursor::as_str);
        let default = || self.description.root.get("defaultContentType").and_then(Cursor::as_str);
        // What is not described by a JSON Schema is hardly JSON.
        let other = if self.other_format().is_some() {
            "application/octet-stream"
        } else {
            "application/json"
        };
        own.or_else(default).unwrap_or(other)
    }

    /// Returns the location of the correlation ID: `location` of the Correlation ID Object.
    #[must_use]
    pub fn correlation(&self) -> Option<(&'a str, Span)> {
        let (at, _) = follow(self.get("correlationId")?).ok()?;
        let location = at.get("location")?;
        Some((location.as_str()?, location.span()))
    }
}

/// Returns a schema; in 3.x it can be a Multi Format Schema Object, also by a reference.
fn schema(at: Cursor<'_>) -> Option<Schema<'_>> {
    let target = follow(at).ok()?.0;
    let Some(format) = target.get("schemaFormat").and_then(Cursor::as_str) else {
        return Schema::new(at).ok();
    };
    if is_json_schema(format) {
        Schema::new(target.get("schema")?).ok()
    } else {
        None
    }
}

/// Returns whether schemas of this format are JSON Schemas, or AsyncAPI's and OpenAPI's supersets of it.
fn is_json_schema(format: &str) -> bool {
    let essence = format.split(';').next().unwrap_or("").trim();
    essence.starts_with("application/vnd.aai.asyncapi")
        || essence.starts_with("application/schema+")
        || essence.starts_with("application/vnd.oai.openapi")
}

/// A part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The headers.
    Header,
    /// The payload.
    Payload,
}

/// A location in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The part of the message.
    pub part: Part,
    /// The tokens of the pointer into it.
    pub tokens: Vec<String>,
    /// The correct spelling of a location with dots in place of a pointer.
    pub meant: Option<String>,
}

/// Reads a location in a message: `$message.header#/NAME` or `$message.payload#/NAME` (AsyncAPI 3.0.0, "Runtime
/// Expression"). Published descriptions also have `$message.header.NAME`.
#[must_use]
pub fn location(text: &str) -> Option<Location> {
    let rest = text.strip_prefix("$message.")?;
    let (part, word) = [(Part::Header, "header"), (Part::Payload, "payload")]
        .into_iter()
        .find(|(_, word)| rest.starts_with(word))?;
    let rest = rest.strip_prefix(word)?;
    if let Some(pointer) = rest.strip_prefix("#/").filter(|pointer| !pointer.is_empty()) {
        let tokens: Option<Vec<String>> = pointer.split('/').map(unescape).collect();
        let tokens = tokens.filter(|tokens| reaches(part, tokens))?;
        let meant = None;
        return Some(Location { part, tokens, meant });
    }
    let dotted = rest.strip_prefix('.').filter(|dotted| !dotted.is_empty())?;
    let tokens: Vec<String> = dotted.split('.').map(str::to_owned).collect();
    if !reaches(part, &tokens) {
        return None;
    }
    let pointer: String = tokens.iter().map(|token| format!("/{}", escape(token))).collect();
    Some(Location {
        part,
        tokens,
        meant: Some(format!("$message.{word}#{pointer}")),
    })
}

/// Returns whether a part of a message has places as deep as this: headers have no members.
fn reaches(part: Part, tokens: &[String]) -> bool {
    part == Part::Payload || tokens.len() == 1
}

#[cfg(test)]
mod tests {
    use super::{Location, Part, location};

    #[test]
    fn locations_are_pointers_into_a_part_of_a_message() {
        let found = |part, tokens: &[&str], meant: Option<&str>| {
            let tokens = tokens.iter().map(|token| (*token).to_owned()).collect();
            let meant = meant.map(str::to_owned);
            Some(Location { part, tokens, meant })
        };
        for (text, expected) in [
            ("$message.header#/id", found(Part::Header, &["id"], None)),
            ("$message.payload#/a~1b/0", found(Part::Payload, &["a/b", "0"], None)),
            (
                "$message.header.id",
                found(Part::Header, &["id"], Some("$message.header#/id")),
            ),
            (
                "$message.payload.a.b",
                found(Part::Payload, &["a", "b"], Some("$message.payload#/a/b")),
            ),
            ("$message.header#/a~1b", found(Part::Header, &["a/b"], None)),
            ("$message.header#/a/b", None),
            ("$message.header.a.b", None),
            ("$message.header", None),
            ("$message.header#", None),
            ("$message.header#/", None),
            ("$message.body#/id", None),
            ("header#/id", None),
            ("", None),
        ] {
            assert_eq!(location(text), expected, "{text}");
        }
    }
}
