//! How values are written in a path, query, header or cookie (OpenAPI 3.1.1, "Parameter Object"). Members of objects come in the order of
//! their names.

use serde_json::Value;

use crate::api::Style;
use crate::reader::text;

/// The values in an array or object that have a spelling.
fn present(value: &Value) -> Vec<(Option<&str>, &Value)> {
    let items = value.as_array().into_iter().flatten().map(|item| (None, item));
    let members = value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, member)| (Some(name.as_str()), member));
    items.chain(members).filter(|(_, value)| !value.is_null()).collect()
}

fn structured(value: &Value) -> bool {
    value.is_array() || value.is_object()
}

fn delimiter(style: &Style) -> &'static str {
    match style.name.as_str() {
        "spaceDelimited" => " ",
        "pipeDelimited" => "|",
        "tabDelimited" => "\t",
        _ => ",",
    }
}

/// A value in a path or header, decoded.
pub fn plain(name: &str, value: &Value, style: &Style) -> String {
    if style.json {
        return value.to_string();
    }
    let all = if structured(value) {
        present(value)
    } else {
        vec![(None, value)]
    };
    let exploded = style.explode && structured(value);
    let parts = all.into_iter().flat_map(|(key, value)| match key {
        Some(key) if style.explode => vec![format!("{key}={}", text(value))],
        None if exploded && style.name == "matrix" => vec![format!("{name}={}", text(value))],
        Some(key) => vec![key.to_owned(), text(value)],
        None => vec![text(value)],
    });
    let parts: Vec<String> = parts.collect();
    match style.name.as_str() {
        "label" => format!(".{}", parts.join(if exploded { "." } else { "," })),
        "matrix" if exploded => format!(";{}", parts.join(";")),
        "matrix" => format!(";{name}={}", parts.join(",")),
        _ => parts.join(delimiter(style)),
    }
}

/// A value in a query, form or cookie, decoded.
pub fn pairs(name: &str, value: &Value, style: &Style) -> Vec<(String, Option<String>)> {
    let own = |text: String| vec![(name.to_owned(), Some(text))];
    if style.json {
        return own(value.to_string());
    }
    if !structured(value) {
        return own(text(value));
    }
    if style.name == "json" && value.is_object() {
        return own(value.to_string());
    }
    let all = present(value);
    if all.is_empty() {
        return Vec::new();
    }
    if style.name == "deepObject" {
        return deep(name, value);
    }
    if style.explode {
        return all
            .into_iter()
            .map(|(key, value)| (key.unwrap_or(name).to_owned(), Some(text(value))))
            .collect();
    }
    let parts = all
        .into_iter()
        .flat_map(|(name, value)| name.map(str::to_owned).into_iter().chain([text(value)]));
    own(parts.collect::<Vec<_>>().join(delimiter(style)))
}

fn deep(name: &str, value: &Value) -> Vec<(String, Option<String>)> {
    if !structured(value) {
        return vec![(name.to_owned(), Some(text(value)))];
    }
    let all = present(value).into_iter().enumerate();
    all.flat_map(|(index, (key, value))| {
        let key = key.map_or_else(|| index.to_string(), str::to_owned);
        deep(&format!("{name}[{key}]"), value)
    })
    .collect()
}
