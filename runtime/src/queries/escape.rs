//! Escaping of values in queries, so that a value cannot change the structure of the query.

use crate::json::datum::Datum;

/// Returns a value outside of string literals: a number or numeric string, a boolean, null or a plain name. Any other
/// value could change the structure of the query and returns `None`.
#[must_use]
pub fn bare(value: &Datum<'_>) -> Option<String> {
    let text = value.text();
    match value {
        Datum::Json(_) => None,
        Datum::Text(text) => {
            if serde_json::from_str::<serde_json::Number>(text).is_ok() {
                return Some(text.clone().into_owned());
            }
            let mut letters = text.chars();
            let starts = letters
                .next()
                .is_some_and(|first| first.is_alphabetic() || first == '_');
            (starts && letters.all(|letter| letter.is_alphanumeric() || letter == '_'))
                .then(|| text.clone().into_owned())
        }
        _ => Some(text.into_owned()),
    }
}

/// Returns a value as a JSONPath literal; `None` for arrays and objects.
#[must_use]
pub fn jsonpath_value(value: &Datum<'_>) -> Option<String> {
    match value {
        Datum::Json(_) => None,
        Datum::Text(text) => Some(format!("'{}'", jsonpath_escaped(text, '\''))),
        other => Some(other.text().into_owned()),
    }
}

/// Escapes text for a JSONPath string literal (RFC 9535, section 2.3.1.1).
#[must_use]
pub fn jsonpath_escaped(text: &str, quote: char) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => escaped.push_str("\\\\"),
            letter if letter == quote => {
                escaped.push('\\');
                escaped.push(quote);
            }
            // `\u` and four digits; Rust would add braces.
            control if control < ' ' => escaped.extend(format!("\\u{:04x}", u32::from(control)).chars()),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Returns a text as an XPath expression. XPath 1.0 has no escapes: text with both kinds of quotes is concatenated.
#[must_use]
pub fn xpath_literal(text: &str) -> String {
    if !text.contains('\'') {
        format!("'{text}'")
    } else if !text.contains('"') {
        format!("\"{text}\"")
    } else {
        format!("concat('{}')", text.replace('\'', "', \"'\", '"))
    }
}

/// A query that selects the targets of a replacement.
pub trait Replace {
    /// Returns the payload with every selected value replaced; `Ok(None)` if the query selects nothing.
    ///
    /// # Errors
    /// The query cannot be evaluated on this payload.
    fn replaced(&self, payload: &str, value: &Datum<'_>) -> Result<Option<String>, String>;

    /// Returns the query as it is written in the document.
    fn text(&self) -> &str;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_value_is_one_token() {
        let bare = |json: &str| bare(&Datum::from_json(json));
        for (json, expected) in [
            ("7", "7"),
            ("-1.5", "-1.5"),
            ("true", "true"),
            ("null", "null"),
            ("\"name\"", "name"),
            ("\"-1\"", "-1"),
        ] {
            assert_eq!(bare(json).as_deref(), Some(expected));
        }
        for json in ["\"\"", "\"a b\"", "\"a'\"", "\"1 or 1\"", "\"a-b\"", "[1]", "{}"] {
            assert_eq!(bare(json), None, "{json}");
        }
    }

    #[test]
    fn literals_keep_their_text() {
        assert_eq!(jsonpath_escaped("it's \"5\\\" \n", '\''), "it\\'s \"5\\\\\" \\u000a");
        assert_eq!(jsonpath_escaped("it's \"5\"", '"'), "it's \\\"5\\\"");
        assert_eq!(xpath_literal("plain"), "'plain'");
        assert_eq!(xpath_literal("it's"), "\"it's\"");
        assert_eq!(xpath_literal("it's \"5\""), "concat('it', \"'\", 's \"5\"')");
    }
}
