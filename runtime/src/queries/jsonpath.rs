//! JSONPath queries (RFC 9535) that are more than a pointer.

use std::collections::HashMap;
use std::ops::Range;

use serde_json::Value;

use crate::engine::budget;
use crate::json::datum::Datum;
use crate::json::pointer::spans;
use crate::queries::escape::Replace;

/// A JSONPath query. An invalid query is `None`, and every criterion with it fails (Arazzo 1.1.0, "Evaluation Errors").
#[derive(Debug)]
pub struct JsonPath {
    query: Option<serde_json_path::JsonPath>,
    text: String,
}

impl JsonPath {
    /// Compiles a query.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self {
            query: serde_json_path::JsonPath::parse(text).ok(),
            text: text.to_owned(),
        }
    }

    /// Returns whether the query selects anything. It selects nothing from an absent value or null.
    #[must_use]
    pub fn is_met(&self, value: Option<&Datum<'_>>) -> bool {
        let Some(value) = value.filter(|value| **value != Datum::Null) else {
            return false;
        };
        let json = value.to_json();
        self.evaluate(&json, |found, _| !found.is_empty()).unwrap_or(false)
    }

    /// Returns the selected values as an array, in their original spelling; `None` for an absent value.
    #[must_use]
    pub fn select(&self, value: Option<&Datum<'_>>) -> Option<Datum<'static>> {
        let json = value?.to_json();
        self.evaluate(&json, |found, whole| {
            let places = places(&json, whole, found);
            let found: Vec<&str> = places.into_iter().filter_map(|place| json.get(place)).collect();
            Datum::Json(format!("[{}]", found.join(",")).into())
        })
    }

    /// Calls `read` with the selected values and the whole value.
    fn evaluate<T>(&self, json: &str, read: impl FnOnce(&[&Value], &Value) -> T) -> Option<T> {
        let query = self.query.as_ref()?;
        let whole: Value = serde_json::from_str(json).ok()?;
        if !budget::allows(&self.text, steps(&self.text, &whole)) {
            return None;
        }
        Some(read(&query.query(&whole).all(), &whole))
    }
}

/// Returns the places of values in the text that they were read from.
fn places(json: &str, whole: &Value, found: &[&Value]) -> Vec<Range<usize>> {
    let address = |value: &Value| std::ptr::from_ref(value).addr();
    let mut wanted: HashMap<usize, Range<usize>> = found.iter().map(|value| (address(value), 0..0)).collect();
    spans(json.as_bytes(), whole, &mut |value, range| {
        if let Some(place) = wanted.get_mut(&address(value)) {
            *place = range;
        }
    });
    found
        .iter()
        .filter_map(|value| wanted.get(&address(value)).cloned())
        .collect()
}

/// Estimates how many values the engine may visit. A query without filters visits each value once for every level above
/// it at which a second `..` starts. A filter visits the descendants of a value, or all values if it starts at `$`.
#[allow(clippy::cast_precision_loss, reason = "an estimate")]
fn steps(query: &str, value: &Value) -> f64 {
    let (nodes, depth) = size(value);
    let (mut absolute, mut descendants, mut selectors, mut filters) = (0, 0, 1.0, false);
    let mut letters = query.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '$' if at > 0 && !leads_to_one(&query[at + 1..]) => absolute += 1,
            '?' => filters = true,
            ',' => selectors += 1.0,
            '.' if query[at..].starts_with("..") => {
                descendants += 1;
                letters.next();
            }
            '\'' | '"' => {
                while let Some((_, inner)) = letters.next() {
                    match inner {
                        '\\' => drop(letters.next()),
                        inner if inner == letter => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    let repeated = if filters { descendants } else { (descendants - 1).max(0) };
    // The engine compiles the pattern of `match` and `search` again for every value.
    let patterns = (query.matches("match(").count() + query.matches("search(").count()) as f64;
    nodes.powi(1 + absolute) * depth.powi(repeated) * selectors * (1.0 + 1000.0 * patterns)
}

/// Returns the text after a string literal. `text` starts after its opening quote.
fn after_string(text: &str, quote: char) -> Option<&str> {
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => drop(letters.next()),
            letter if letter == quote => return text.get(at + 1..),
            _ => {}
        }
    }
    None
}

/// Returns whether the leading segments of a query are names and indices, which select at most one value.
fn leads_to_one(mut segments: &str) -> bool {
    loop {
        segments = segments.trim_start();
        if let Some(rest) = segments.strip_prefix('.') {
            if rest.starts_with(['.', '*']) {
                return false;
            }
            segments = rest.trim_start_matches(|letter: char| letter == '_' || letter.is_alphanumeric());
        } else if let Some(rest) = segments.strip_prefix('[') {
            let rest = rest.trim_start();
            // A quoted name may contain any characters.
            let after = match rest.chars().next() {
                Some(quote @ ('\'' | '"')) => after_string(&rest[1..], quote),
                _ => Some(rest.trim_start_matches(|letter: char| letter == '-' || letter.is_ascii_digit())),
            };
            let Some(rest) = after.and_then(|after| after.trim_start().strip_prefix(']')) else {
                return false;
            };
            segments = rest;
        } else {
            return true;
        }
    }
}

/// Returns the number of values in a value, including itself, and its depth.
fn size(value: &Value) -> (f64, f64) {
    let inner = |sizes: &mut dyn Iterator<Item = (f64, f64)>| {
        sizes.fold((1.0, 1.0), |(nodes, depth), (more, deeper): (f64, f64)| {
            (nodes + more, f64::max(depth, deeper + 1.0))
        })
    };
    match value {
        Value::Array(items) => inner(&mut items.iter().map(size)),
        Value::Object(members) => inner(&mut members.values().map(size)),
        _ => (1.0, 1.0),
    }
}

impl Replace for JsonPath {
    fn replaced(&self, payload: &str, value: &Datum<'_>) -> Result<Option<String>, String> {
        let found = self.evaluate(payload, |found, whole| places(payload, whole, found));
        let Some(mut places) = found else {
            // A failure with a better message is reported for the whole request.
            return Err("the payload is not JSON".to_owned());
        };
        if places.is_empty() {
            return Ok(None);
        }
        places.sort_by_key(|place| (place.start, std::cmp::Reverse(place.end)));
        let value = value.to_json();
        let (mut text, mut end) = (String::with_capacity(payload.len()), 0);
        for place in places {
            // A value inside another selected value is replaced together with it.
            if place.start < end {
                continue;
            }
            text.push_str(payload.get(end..place.start).unwrap_or_default());
            text.push_str(&value);
            end = place.end;
        }
        text.push_str(payload.get(end..).unwrap_or_default());
        Ok(Some(text))
    }

    fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(query: &str, json: &str) -> Option<String> {
        JsonPath::new(query)
            .select(Some(&Datum::from_json(json)))
            .map(|found| found.to_json())
    }

    #[test]
    fn what_is_selected_keeps_its_spelling() {
        let json = r#"{"a":[2.0,12345678901234567890123,{"b":1e2}],"c":"x"}"#;
        assert_eq!(
            select("$.a[0:2]", json).as_deref(),
            Some("[2.0,12345678901234567890123]")
        );
        assert_eq!(select("$..b", json).as_deref(), Some("[1e2]"));
        assert_eq!(
            select("$.*[?@ > 1]", json).as_deref(),
            Some("[2.0,12345678901234567890123]")
        );
        assert_eq!(select("$.d[*]", json).as_deref(), Some("[]"));
        assert_eq!(select("$", "7").as_deref(), Some("[7]"));
        assert_eq!(select("$[0,0,-1]", "[1.0, 2.0]").as_deref(), Some("[1.0,1.0,2.0]"));
    }

    /// The last member of a duplicate name counts, whatever the first one contains.
    #[test]
    fn the_last_member_of_a_name_is_selected() {
        assert_eq!(
            select("$..x", r#"{"a":[{"x":1},3],"b":{},"a":{"\u0078":2.0},"b":[{"x":[]}]}"#).as_deref(),
            Some("[2.0,[]]")
        );
    }

    #[test]
    fn an_invalid_query_selects_nothing() {
        assert_eq!(select("$[", "[]"), None);
        assert!(!JsonPath::new("$[").is_met(Some(&Datum::Null)));
        assert!(!JsonPath::new("$").is_met(None) && !JsonPath::new("$..*").is_met(Some(&Datum::Null)));
    }

    #[test]
    fn every_place_is_replaced() {
        let replaced = |query: &str, json: &str| JsonPath::new(query).replaced(json, &Datum::Bool(true));
        assert_eq!(
            replaced("$..a", r#"{"a":1,"b":[{"a":{"a":2}}]}"#),
            Ok(Some(r#"{"a":true,"b":[{"a":true}]}"#.to_owned()))
        );
        assert_eq!(replaced("$.x[*]", "{}"), Ok(None));
        assert_eq!(replaced("$[0,0]", "[ 1 , 2 ]"), Ok(Some("[ true , 2 ]".to_owned())));
        assert!(replaced("$.x[*]", "<a/>").is_err());
    }

    /// 2 and 1 MB: selected and replaced in one pass.
    #[test]
    fn as_many_places_as_there_are_values_are_found_at_once() {
        let items: Vec<String> = (0..200_000).map(|number| format!("{number}.0")).collect();
        let json = format!("[{}]", items.join(","));
        assert_eq!(select("$[*]", &json).map(|found| found.len()), Some(json.len()));
        let replaced = JsonPath::new("$[*]")
            .replaced(&json, &Datum::Bool(true))
            .unwrap()
            .unwrap();
        assert_eq!(replaced.len(), "true,".len() * 200_000 + 1);
    }

    #[test]
    fn a_query_that_compares_everything_with_everything_has_a_budget() {
        let of = |count: usize| format!("[{}]", vec!["{\"a\":1,\"b\":2}"; count].join(","));
        let met = |query: &str, json: &str| {
            budget::within(|| JsonPath::new(query).is_met(Some(&Datum::from_json(json))))
                .map_err(|failure| failure.message)
        };
        assert_eq!(met("$[?@.a == $[0].a && @['b'] == $[1]['b']]", &of(30_000)), Ok(true));
        assert_eq!(met("$[?@.a == $['x:]y']]", &of(30_000)), Ok(false));
        assert!(met("$[?$['a]b'][*]]", &of(30_000)).is_err());
        assert!(met("$[?search(@.a, 'x{2,20}')]", &of(100_000)).is_err());
        assert_eq!(met("$[?$..c]", &of(1000)), Ok(false));
        let error = met("$[?$..c]", &of(10_000)).unwrap_err();
        assert!(error.contains("the limit is 5e7"), "{error}");
        let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
        assert!(met("$..*..*..*..*..*", &deep).is_err());
        assert_eq!(met("$..a", &of(100_000)), Ok(true));
    }
}
