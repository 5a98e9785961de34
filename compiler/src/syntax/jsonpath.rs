//! Phase 3: JSONPath queries (RFC 9535) that need no engine: the singular ones.

use crate::syntax::expression::{Bytes, Mistake, SyntaxError};

/// A query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Query {
    /// It selects at most one node: the names and indices on the path to it.
    Singular(Vec<String>),
    /// It selects any number of nodes.
    Other,
}

/// Marks a token that is an index of an array and not a name, and that may count from the end. JSON Pointers have no
/// such tokens.
pub const INDEX: char = '\0';

/// Blank space, which is allowed between segments and inside brackets (RFC 9535, section 2.1.1).
const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

/// The largest index (RFC 9535, section 2.1).
const LARGEST: u64 = (1 << 53) - 1;

/// Returns the position for an index selector in an array of this length.
#[must_use]
pub fn position(token: &str, length: usize) -> Option<usize> {
    match token.strip_prefix(INDEX) {
        Some(index) if index.starts_with('-') => length.checked_add_signed(index.parse().ok()?),
        Some(index) => index.parse().ok(),
        None => crate::source::array_index(token),
    }
}

/// Reads a query if it is singular: RFC 9535, section 2.3.5.1, `singular-query`.
///
/// # Errors
/// The query does not start with `$`, or a bracket or quote is not closed.
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
            "a JSONPath query must start with `$`",
        );
        error.help = Some("the root of the context is `$`".to_owned());
        return Err(error);
    };
    let whole = text;
    let mut tokens = Vec::new();
    while !rest.is_empty() {
        let at = whole.len() - rest.len();
        rest = rest.trim_start_matches(BLANK);
        if let Some(behind) = rest.strip_prefix('.') {
            if behind.starts_with(['.', '*']) {
                return Ok(Query::Other);
            }
            let length = behind
                .find(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_' || !letter.is_ascii()))
                .unwrap_or(behind.len());
            if length == 0 || behind.starts_with(|first: char| first.is_ascii_digit()) {
                return Err(error(at..whole.len(), "expected a name after `.`"));
            }
            tokens.push(behind[..length].to_owned());
            rest = &behind[length..];
        } else if let Some(behind) = rest.strip_prefix('[') {
            match bracket(behind.trim_start_matches(BLANK)).map_err(|message| error(at..whole.len(), message))? {
                Some((token, after)) => {
                    tokens.push(token);
                    rest = after;
                }
                None => return Ok(Query::Other),
            }
        } else {
            let message = format!("expected `.`, `[` or the end of the query, found `{rest}`");
            let mut error = error(at..whole.len(), &message);
            if rest.starts_with(|first: char| first.is_alphabetic() || first == '_') {
                error.help = Some(format!("write `.{rest}`"));
            }
            return Err(error);
        }
    }
    Ok(Query::Singular(tokens))
}

/// Reads the content of a bracket up to its end: returns a token, and the rest of the query. Returns `None` if it
/// selects more than one value.
fn bracket(inner: &str) -> Result<Option<(String, &str)>, &'static str> {
    match inner.chars().next() {
        Some(quote @ ('\'' | '"')) => {
            let Some((name, length)) = quoted(inner, quote) else {
                return Err("unclosed name, or a name with invalid characters");
            };
            let Some(after) = inner[length..].trim_start_matches(BLANK).strip_prefix(']') else {
                return Ok(None);
            };
            // A name that consists only of digits would also match an index.
            if crate::source::array_index(&name).is_some() {
                return Ok(None);
            }
            Ok(Some((name, after)))
        }
        Some('0'..='9') => {
            let length = inner
                .find(|letter: char| !letter.is_ascii_digit())
                .unwrap_or(inner.len());
            let Some(after) = inner[length..].trim_start_matches(BLANK).strip_prefix(']') else {
                return Ok(None);
            };
            if crate::source::array_index(&inner[..length]).is_none_or(|index| index as u64 > LARGEST) {
                return Err("an index must not have leading zeros or exceed 2^53 - 1");
            }
            Ok(Some((format!("{INDEX}{}", &inner[..length]), after)))
        }
        Some('-') => {
            let length = inner[1..]
                .find(|letter: char| !letter.is_ascii_digit())
                .map_or(inner.len(), |end| end + 1);
            let Some(after) = inner[length..].trim_start_matches(BLANK).strip_prefix(']') else {
                return Ok(None);
            };
            let digits = &inner[1..length];
            let fits = digits.parse::<u64>().is_ok_and(|index| index <= LARGEST);
            if !fits || !digits.starts_with(|first: char| ('1'..='9').contains(&first)) {
                return Err("an index from the end must be between -2^53 + 1 and -1");
            }
            Ok(Some((format!("{INDEX}{}", &inner[..length]), after)))
        }
        Some(_) if inner.contains(']') => Ok(None),
        _ => Err("unclosed bracket"),
    }
}

/// Reads a quoted name, and returns it with its length in bytes: RFC 9535, section 2.3.1.1, `string-literal`.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut name = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        match letter {
            '\\' => name.push(match letters.next()?.1 {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'b' => '\u{8}',
                'f' => '\u{c}',
                'u' => {
                    let first = unit(&mut letters)?;
                    let paired = (0xd800..0xdc00).contains(&first);
                    if paired && !(letters.next()?.1 == '\\' && letters.next()?.1 == 'u') {
                        return None;
                    }
                    let second = if paired { Some(unit(&mut letters)?) } else { None };
                    char::decode_utf16([first].into_iter().chain(second)).next()?.ok()?
                }
                same @ ('/' | '\\') => same,
                same if same == quote => same,
                _ => return None,
            }),
            _ if letter == quote => return Some((name, at + letter.len_utf8())),
            control if control < ' ' => return None,
            _ => name.push(letter),
        }
    }
    None
}

/// Reads the four hexadecimal digits of a code unit.
fn unit(letters: &mut impl Iterator<Item = (usize, char)>) -> Option<u16> {
    let digits: String = letters.take(4).map(|(_, digit)| digit).collect();
    let all = digits.len() == 4 && digits.chars().all(|digit| digit.is_ascii_hexdigit());
    all.then(|| u16::from_str_radix(&digits, 16).ok()).flatten()
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

    /// RFC 9535, section 2.3.5: singular queries consist of name and index selectors.
    #[test]
    fn singular_queries_are_pointers() {
        assert_eq!(singular("$"), [""; 0]);
        assert_eq!(singular("$.a.b_1.é"), ["a", "b_1", "é"]);
        assert_eq!(singular("$ .a\n[ 'b' ]"), ["a", "b"]);
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
            "a",
            "",
            " $",
            "$ ",
            "$['\\x']",
            "$['\\\"']",
            "$[\"\u{1}\"]",
            "$['\\uD834']",
            "$[9007199254740992]",
            "$a",
            "$.",
            "$.1",
            "$[",
            "$['a",
            "$[01]",
            "$[-0]",
            "$[-]",
            "$. a",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
