//! Phase 3: JSONPath queries (RFC 9535) that need no engine: the singular ones.

use crate::expression::{Bytes, Mistake, SyntaxError};

/// A query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// It selects one node at the most; the names and indices that lead there.
    Singular(Vec<String>),
    /// It selects any number of nodes.
    Other,
}

/// Marks a token that is an index of an array and no name, and may count from the end: JSON
/// Pointers have neither.
pub const INDEX: char = '\0';

/// The position that an index selector means in an array of a length.
#[must_use]
pub fn position(token: &str, length: usize) -> Option<usize> {
    match token.strip_prefix(INDEX) {
        Some(index) if index.starts_with('-') => length.checked_add_signed(index.parse().ok()?),
        Some(index) => index.parse().ok(),
        None => crate::source::array_index(token),
    }
}

/// Reads a query as far as it is singular: RFC 9535, section 2.3.5.1, `singular-query`.
///
/// # Errors
/// The query does not start with `$`, or a bracket or quote never closes.
pub fn parse(text: &str) -> Result<Query, SyntaxError> {
    let error = |at: Bytes, message: &str| SyntaxError {
        kind: Mistake::Syntax,
        at,
        message: message.to_owned(),
        help: None,
    };
    let Some(mut rest) = text.strip_prefix('$') else {
        let mut error = error(
            0..text.chars().next().map_or(0, char::len_utf8),
            "a JSONPath query starts with `$`",
        );
        error.help = Some("the root of the context is `$`".to_owned());
        return Err(error);
    };
    let whole = text;
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        let at = whole.len() - rest.len();
        if let Some(behind) = rest.strip_prefix('.') {
            if behind.starts_with(['.', '*']) {
                return Ok(Query::Other);
            }
            let length = behind
                .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii()))
                .unwrap_or(behind.len());
            if length == 0 || behind.starts_with(|first: char| first.is_ascii_digit()) {
                return Err(error(at..whole.len(), "expected a name behind `.`"));
            }
            tokens.push(behind[..length].to_owned());
            rest = &behind[length..];
        } else if let Some(behind) = rest.strip_prefix('[') {
            let inner = behind.trim_start();
            match inner.chars().next() {
                Some(quote @ ('\'' | '"')) => {
                    let Some((name, length)) = quoted(inner, quote) else {
                        return Err(error(at..whole.len(), "a name that is never closed"));
                    };
                    let Some(after) = inner[length..].trim_start().strip_prefix(']') else {
                        return Ok(Query::Other);
                    };
                    // A name of digits only would also match an index.
                    if crate::source::array_index(&name).is_some() {
                        return Ok(Query::Other);
                    }
                    tokens.push(name);
                    rest = after;
                }
                Some('0'..='9') => {
                    let length = inner
                        .find(|letter: char| !letter.is_ascii_digit())
                        .unwrap_or(inner.len());
                    let Some(after) = inner[length..].trim_start().strip_prefix(']') else {
                        return Ok(Query::Other);
                    };
                    if crate::source::array_index(&inner[..length]).is_none() {
                        return Err(error(at..whole.len(), "an index has no leading zeros"));
                    }
                    tokens.push(format!("{INDEX}{}", &inner[..length]));
                    rest = after;
                }
                Some('-') => {
                    let length = inner[1..]
                        .find(|letter: char| !letter.is_ascii_digit())
                        .map_or(inner.len(), |end| end + 1);
                    let Some(after) = inner[length..].trim_start().strip_prefix(']') else {
                        return Ok(Query::Other);
                    };
                    if !inner[1..length].starts_with(|first: char| ('1'..='9').contains(&first)) {
                        return Err(error(at..whole.len(), "an index from the end is `-1` or less"));
                    }
                    tokens.push(format!("{INDEX}{}", &inner[..length]));
                    rest = after;
                }
                Some(_) if inner.contains(']') => return Ok(Query::Other),
                _ => return Err(error(at..whole.len(), "a bracket that is never closed")),
            }
        } else {
            return Err(error(at..whole.len(), "expected `.`, `[` or the end of the query"));
        }
    }
    Ok(Query::Singular(tokens))
}

/// A quoted name and the bytes that it takes.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut name = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => match letters.next()?.1 {
                'n' => name.push('\n'),
                't' => name.push('\t'),
                'r' => name.push('\r'),
                'b' => name.push('\u{8}'),
                'f' => name.push('\u{c}'),
                'u' => {
                    let digits: String = letters.by_ref().take(4).map(|(_, digit)| digit).collect();
                    name.push(char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?);
                }
                other => name.push(other),
            },
            _ if letter == quote => return Some((name, at + letter.len_utf8())),
            _ => name.push(letter),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn singular(text: &str) -> Vec<String> {
        match parse(text) {
            Ok(Query::Singular(tokens)) => tokens,
            other => panic!("{text}: {other:?}"),
        }
    }

    /// RFC 9535, section 2.3.5: singular queries are made of name and index selectors.
    #[test]
    fn singular_queries_are_pointers() {
        assert_eq!(singular("$"), [""; 0]);
        assert_eq!(singular("$.a.b_1.é"), ["a", "b_1", "é"]);
        assert_eq!(singular("$.a[-2]"), ["a", "\0-2"]);
        assert_eq!(singular("$['a b'][0][\"c\\\"d\"].e"), ["a b", "\u{0}0", "c\"d", "e"]);
        for other in [
            "$.*",
            "$..a",
            "$[*]",
            "$[?@.a == 1]",
            "$[0,1]",
            "$[1:2]",
            "$['a','b']",
            "$['0']",
            "$[-1:]",
        ] {
            assert_eq!(parse(other), Ok(Query::Other), "{other}");
        }
        for wrong in [
            "a", "", " $", "$ ", "$a", "$.", "$.1", "$[", "$['a", "$[01]", "$[-0]", "$[-]", "$ .a",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
