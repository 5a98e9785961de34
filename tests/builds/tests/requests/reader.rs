//! Files of YAML and JSON as values, and the references in them. Shares no code with the compiler.

use std::path::Path;

use serde_json::{Map, Value};

/// Reads a file; `None` where it is missing or is neither YAML nor JSON.
pub fn read(path: &Path) -> Option<Value> {
    let text = std::fs::read_to_string(path).ok()?;
    let text = text.trim_start_matches('\u{feff}');
    if path.extension().is_some_and(|extension| extension == "json") {
        return serde_json::from_str(text).ok();
    }
    let mut value: serde_yaml::Value = serde_yaml::from_str(text).ok()?;
    value.apply_merge().ok()?;
    Some(plain(&value))
}

/// YAML as JSON: keys become text.
fn plain(value: &serde_yaml::Value) -> Value {
    match value {
        serde_yaml::Value::Sequence(items) => items.iter().map(plain).collect(),
        serde_yaml::Value::Mapping(members) => {
            let members = members.iter().map(|(key, value)| (text(&plain(key)), plain(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        serde_yaml::Value::Tagged(tagged) => plain(&tagged.value),
        scalar => serde_json::to_value(scalar).unwrap_or_default(),
    }
}

/// A string as it is, anything else as JSON.
pub fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Follows the `$ref` of an object, and any `$ref` of its target. What cannot be resolved stays as it is.
pub fn follow<'a>(root: &'a Value, mut at: &'a Value) -> &'a Value {
    for _ in 0..30 {
        let target = at.get("$ref").and_then(Value::as_str).and_then(|target| {
            let pointer = target.strip_prefix('#')?;
            root.pointer(&percent_decoded(pointer))
        });
        match target {
            Some(target) => at = target,
            None => break,
        }
    }
    at
}

/// A member of an object, its reference followed.
pub fn member<'a>(root: &'a Value, at: &'a Value, key: &str) -> Option<&'a Value> {
    at.get(key).map(|value| follow(root, value))
}

/// The items of an array member, their references followed.
pub fn items<'a>(root: &'a Value, at: &'a Value, key: &str) -> Vec<&'a Value> {
    let list = member(root, at, key).and_then(Value::as_array);
    list.into_iter().flatten().map(|item| follow(root, item)).collect()
}

/// The members of an object member, their references followed.
pub fn members<'a>(root: &'a Value, at: &'a Value, key: &str) -> Vec<(&'a str, &'a Value)> {
    let object = member(root, at, key).and_then(Value::as_object);
    let all = object.into_iter().flatten();
    all.map(|(name, value)| (name.as_str(), follow(root, value))).collect()
}

/// A string member.
pub fn word<'a>(at: &'a Value, key: &str) -> Option<&'a str> {
    at.get(key)?.as_str()
}

/// Text without its percent-encoding.
pub fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut out = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                out.push(u8::try_from(high * 16 + low).unwrap());
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
