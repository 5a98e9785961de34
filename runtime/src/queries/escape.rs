//! Values inside queries: escaped, so that none can change the structure around it.

use crate::json::datum::Datum;

/// A value outside of string literals: a number, also one that is a string, a boolean, null, or a
/// plain name. Anything else could change the structure of the query and is refused.
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

/// A value as a literal of JSONPath; arrays and objects have none.
#[must_use]
pub fn jsonpath_value(value: &Datum<'_>) -> Option<String> {
    match value {
        Datum::Json(_) => None,
        Datum::Text(text) => Some(format!("'{}'", jsonpath_escaped(text, '\''))),
        other => Some(other.text().into_owned()),
    }
}

/// Text inside a string literal of JSONPath (RFC 9535, section 2.3.1.1).
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
            // `\u` and four digits, as Rust writes them but for the braces.
            control if control < ' ' => escaped.extend(format!("\\u{:04x}", u32::from(control)).chars()),
            other => escaped.push(other),
        }
    }
    escaped
}

/// A string of XPath. XPath 1.0 has no escapes: text with both quotes is put together.
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

/// What a replacement finds its places by.
pub trait Replace {
    /// The payload with the value in every place that is found; `Ok(None)` where there is none.
    ///
    /// # Errors
    /// The payload is not what the query is for.
    fn replaced(&self, payload: &str, value: &Datum<'_>) -> Result<Option<String>, String>;

    /// The query as the document has it.
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
