//! Regular expressions of ECMA-262, which may match anywhere in a text.

use arazzo_pattern::Pattern;

use crate::engine::budget;
use crate::json::datum::Datum;

/// A pattern. An invalid pattern is `None`, and every criterion with it fails (Arazzo 1.1.0, "Evaluation Errors").
#[derive(Debug)]
pub struct Regex(Option<Pattern>);

impl Regex {
    /// Compiles a pattern with the flag `u`. A leading `(?i)`, `(?s)` or `(?m)` sets flags, and `-u` in it removes the
    /// flag `u`.
    #[must_use]
    pub fn new(pattern: &str) -> Self {
        Self(Pattern::new(pattern).ok())
    }

    /// Returns whether the pattern matches in the text of a value. It never matches an absent value or null.
    #[must_use]
    pub fn is_match(&self, value: Option<&Datum<'_>>) -> bool {
        let (Some(pattern), Some(value)) = (&self.0, value) else {
            return false;
        };
        let found = match value {
            Datum::Null => Ok(false),
            // The text of an object or array is its compact JSON.
            Datum::Json(json) => pattern.is_found(crate::json::slot::Slot::new(json).json()),
            other => pattern.is_found(&other.text()),
        };
        found.unwrap_or_else(|excess| {
            budget::exceed(|| excess.to_string());
            false
        })
    }
}

/// Returns whether a pattern that is built at run time matches. A pattern with an absent value never matches.
#[must_use]
pub fn matches(pattern: Option<String>, value: Option<&Datum<'_>>) -> bool {
    pattern.is_some_and(|pattern| Regex::new(&pattern).is_match(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_searched_in_the_text_of_a_value() {
        let found = |pattern: &str, json: &str| Regex::new(pattern).is_match(Some(&Datum::from_json(json)));
        // The examples of Arazzo 1.1.0, "Criterion Object".
        assert!(found("^200$", "200") && found(r"^2\d{2}$", "204") && !found(r"^2\d{2}$", "404"));
        assert!(found("b", "\"abc\"") && !found("B", "\"abc\"") && found("(?i)B", "\"abc\""));
        assert!(found("(?<=a)b(?!c)", "\"abd\""), "look-around, which is ECMA-262's");
        assert!(found(r#"^\{"a":1\}$"#, "{ \"a\" : 1 }"), "compact JSON");
        assert!(!found("(", "\"(\""), "an invalid pattern fails");
        assert!(
            found(r"^\p{L}+$", "\"Müller\"") && !found(r"^\p{L}+$", "\"p{L}\""),
            "the flag `u`"
        );
        assert!(
            found(r"(?-u)^[\w-.]+$", "\"a.b\"") && found("(?i-u)^A$", "\"a\""),
            "without it"
        );
        assert!(!found("null", "null") && !Regex::new("").is_match(None));
        assert!(!matches(None, Some(&Datum::Null)));
    }
}
