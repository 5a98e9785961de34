//! JSONPath (RFC 9535), for queries that are more than a pointer.

use serde_json::Value;

use crate::datum::Datum;
use crate::extract::extract;
use crate::query::Replace;

/// A query; `None` where it is invalid, which fails every criterion (Arazzo 1.1.0, "Evaluation
/// Errors").
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

    /// Whether the query selects anything; from an absent value and from null nothing is selected.
    #[must_use]
    pub fn is_met(&self, value: Option<&Datum<'_>>) -> bool {
        let (Some(query), Some(value)) = (&self.query, value.filter(|value| **value != Datum::Null)) else {
            return false;
        };
        serde_json::from_str(&value.to_json()).is_ok_and(|value: Value| !query.query(&value).is_empty())
    }

    /// Everything that the query selects, as an array, in the spelling it came with; nothing from
    /// an absent value.
    #[must_use]
    pub fn select(&self, value: Option<&Datum<'_>>) -> Option<Datum<'static>> {
        let json = value?.to_json();
        let places = self.places(&json)?;
        let pointers: Vec<Vec<&str>> = places
            .iter()
            .map(|place| place.iter().map(String::as_str).collect())
            .collect();
        let pointers: Vec<&[&str]> = pointers.iter().map(Vec::as_slice).collect();
        let mut found = vec![None; pointers.len()];
        extract(json.as_bytes(), &pointers, &mut found).ok()?;
        let found: Vec<&str> = found.into_iter().flatten().collect();
        Some(Datum::Json(format!("[{}]", found.join(",")).into()))
    }

    /// Where the nodes are that the query selects, each as the tokens of a pointer.
    fn places(&self, json: &str) -> Option<Vec<Vec<String>>> {
        use serde_json_path::PathElement;
        let value: Value = serde_json::from_str(json).ok()?;
        let located = self.query.as_ref()?.query_located(&value);
        let places = located.locations().map(|place| {
            place
                .iter()
                .map(|element| match element {
                    PathElement::Name(name) => (*name).to_owned(),
                    PathElement::Index(index) => index.to_string(),
                })
                .collect()
        });
        Some(places.collect())
    }
}

impl Replace for JsonPath {
    fn replaced(&self, payload: &str, value: &Datum<'_>) -> Result<Option<String>, String> {
        let mut places = self.places(payload).ok_or("the payload is not JSON")?;
        if places.is_empty() {
            return Ok(None);
        }
        // What lies deeper is replaced first: a place above it may take it away.
        places.sort_by_key(|place| std::cmp::Reverse(place.len()));
        places.dedup();
        let mut text = payload.to_owned();
        for place in places {
            let tokens: Vec<&str> = place.iter().map(String::as_str).collect();
            if let Some(replaced) = crate::extract::replace(&text, &tokens, value) {
                text = replaced;
            }
        }
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
        assert!(replaced("$.x[*]", "<a/>").is_err());
    }
}
