//! Responses that fit the description and have everything that a step reads of them.

use serde_json::{Value, json};

use crate::api::{Operation, is_json};
use crate::reader::text;
use crate::sample::Sampler;

/// A response.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub media: String,
    pub content: Option<Value>,
    /// Names, values as they are sent, values as expressions see them.
    pub headers: Vec<(String, String, Value)>,
}

impl Answer {
    /// A response of this status, with what the expressions in `reads` look at.
    pub fn of(operation: &Operation<'_>, status: u16, reads: &str) -> Self {
        let response = operation.response(status);
        let content = response.and_then(|response| operation.content(response));
        let pointers = pointers(reads);
        let wanted: Vec<&[String]> = pointers.iter().map(Vec::as_slice).collect();
        let root = &operation.api.root;
        let sampler = Sampler { root, full: false };
        let (media, schema) = content.unwrap_or(("application/json".to_owned(), None));
        let content = if is_json(&media) {
            let untyped = schema.is_none() && wanted.iter().all(|tokens| tokens.is_empty());
            let value = sampler.value(schema.unwrap_or(&Value::Null), &wanted, "r");
            Some(if untyped { json!({ "key": value }) } else { value })
        } else {
            Some(Value::String("some text".to_owned()))
        };
        let headers = header_names(reads).into_iter().map(|name| {
            let kind = response.and_then(|response| operation.header_type(response, &name));
            let (sent, seen) = match kind {
                Some("integer" | "number") => ("7", Value::from(7)),
                Some("boolean") => ("true", Value::Bool(true)),
                _ => ("a header", Value::from("a header")),
            };
            (name, sent.to_owned(), seen)
        });
        Self {
            status,
            media,
            content,
            headers: headers.collect(),
        }
    }

    pub fn body(&self) -> Option<&Value> {
        self.content.as_ref()
    }

    pub fn header(&self, name: &str) -> Option<&Value> {
        let found = self.headers.iter().find(|(other, ..)| other.eq_ignore_ascii_case(name));
        found.map(|(.., value)| value)
    }

    /// The body as it is sent.
    pub fn sent(&self) -> String {
        match &self.content {
            None => String::new(),
            Some(value) if is_json(&self.media) => value.to_string(),
            Some(value) => text(value),
        }
    }

    /// The same with another value at a pointer.
    pub fn with(&self, pointer: &str, value: Option<&Value>) -> Self {
        let mut other = self.clone();
        let (parent, name) = pointer.rsplit_once('/').unwrap_or_default();
        match value {
            Some(value) => {
                if let Some(at) = other.content.as_mut().and_then(|body| body.pointer_mut(pointer)) {
                    *at = value.clone();
                }
            }
            None => {
                if let Some(Value::Object(members)) = other.content.as_mut().and_then(|body| body.pointer_mut(parent)) {
                    members.remove(name);
                }
            }
        }
        other
    }
}

/// What follows each `start` in a text, up to the end of an expression.
fn after<'t>(reads: &'t str, start: &str) -> Vec<&'t str> {
    let ends = |letter: char| letter.is_whitespace() || "\"'{})=!<>,".contains(letter);
    let rest = reads.match_indices(start).map(|(at, _)| &reads[at + start.len()..]);
    rest.map(|rest| &rest[..rest.find(ends).unwrap_or(rest.len())])
        .collect()
}

/// The tokens of the pointers into the response body, members after dots included.
fn pointers(reads: &str) -> Vec<Vec<String>> {
    let plain = |token: &str| token.replace("~1", "/").replace("~0", "~");
    let by_pointer = after(reads, "$response.body#/").into_iter();
    let by_pointer = by_pointer.map(|pointer| pointer.split('/').map(plain).collect());
    let by_dots = after(reads, "$response.body.").into_iter();
    let by_dots = by_dots.map(|path| {
        path.replace('[', ".")
            .replace(']', "")
            .split('.')
            .map(str::to_owned)
            .collect()
    });
    let by_query = after(reads, "$.")
        .into_iter()
        .filter_map(|path| path.strip_suffix(".length"));
    let by_query = by_query.map(|name| vec![name.to_owned()]);
    by_pointer.chain(by_dots).chain(by_query).collect()
}

fn header_names(reads: &str) -> Vec<String> {
    let mut all: Vec<String> = ["$response.header.", "$response.headers."]
        .iter()
        .flat_map(|start| after(reads, start))
        .map(str::to_owned)
        .collect();
    all.sort();
    all.dedup();
    all
}

/// The pointers that conditions compare, as pointers.
pub fn compared(reads: &str) -> Vec<String> {
    let mut all: Vec<String> = pointers(reads)
        .into_iter()
        .map(|tokens| format!("/{}", tokens.join("/")))
        .collect();
    all.sort();
    all.dedup();
    all
}
