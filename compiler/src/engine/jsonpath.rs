//! JSONPath queries (RFC 9535).

use super::complexity::{Bounds, excess};
use super::{Refusal, too_complex};
use crate::diagnostic::rule;

/// For `serde_json_path`, the time doubles with every level of nested filters: 60 ms at 12 levels.
const BOUNDS: Bounds = Bounds {
    depth: 12,
    operators: 500,
    length: 8192,
    escapes: true,
};

pub(super) fn check(query: &str) -> Result<(), Refusal> {
    if let Some(reason) = excess(query, BOUNDS) {
        return Err(too_complex(&rule::JSONPATH_SYNTAX, query, &reason));
    }
    let Err(error) = serde_json_path::JsonPath::parse(query) else {
        return compared_from_the_end(query).map_or(Ok(()), Err);
    };
    let at = error.position().min(query.len().saturating_sub(1));
    let end = query[at..].chars().next().map_or(at, |letter| at + letter.len_utf8());
    Err(Refusal {
        rule: &rule::JSONPATH_SYNTAX,
        message: format!(
            "`{query}` is not a valid JSONPath query (RFC 9535): {}",
            error.message()
        ),
        help: None,
        at: query.is_char_boundary(at).then_some(at..end),
    })
}

/// Refuses an index from the end in a comparison, such as `$[?@.a == $[-1]]`: the engine selects nothing there.
fn compared_from_the_end(query: &str) -> Option<Refusal> {
    let mut text = String::new();
    let mut letters = query.chars();
    while let Some(letter) = letters.next() {
        text.push(letter);
        if matches!(letter, '\'' | '"') {
            while let Some(inner) = letters.next().filter(|inner| *inner != letter) {
                if inner == '\\' {
                    letters.next();
                }
            }
        }
    }
    let compared = text
        .match_indices('[')
        .any(|(at, _)| is_compared_from_the_end(&text, at));
    compared.then(|| Refusal {
        rule: &rule::UNSUPPORTED,
        message: "an index from the end is not supported in a comparison".to_owned(),
        help: Some("count from the start, or use a second criterion for the comparison".to_owned()),
        at: None,
    })
}

/// Returns whether the bracket at `at` is an index from the end in a query next to a comparison operator.
fn is_compared_from_the_end(text: &str, at: usize) -> bool {
    let inside = text[at + 1..].split(']').next().unwrap_or_default().trim();
    if !inside.starts_with('-') || inside.contains([':', ',']) {
        return false;
    }
    // The operand starts at the nearest `@` or `$` that is not separated from here by a bracket.
    let Some(start) = text[..at].rfind(['@', '$']) else {
        return false;
    };
    let between = &text[start..at];
    if between.matches('[').count() != between.matches(']').count() {
        return false;
    }
    let before = text[..start].trim_end();
    let mut rest = text[at..].trim_start();
    while let Some(segment) = rest.strip_prefix(['[', '.']) {
        rest = if rest.starts_with('[') {
            segment.split_once(']').map_or("", |(_, rest)| rest)
        } else {
            segment.trim_start_matches(|letter: char| letter == '_' || letter.is_alphanumeric())
        };
        rest = rest.trim_start();
    }
    before.ends_with(['=', '<', '>']) || ["==", "!=", "<", ">"].iter().any(|operator| rest.starts_with(operator))
}
