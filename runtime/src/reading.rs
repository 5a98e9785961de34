//! JSON text as a Rust value, and what is wrong with it where it is none.

use serde::de::DeserializeOwned;

use crate::scan::string;

/// Reads a value. `1.0` and `1e3` are integers (JSON Schema 2020-12, Validation, section 6.1.1), which
/// `serde_json` reads as floating-point numbers only.
pub(crate) fn read<T: DeserializeOwned>(text: &str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| match with_integers(text) {
        Some(text) => serde_json::from_str(&text).map_err(|_| error),
        None => Err(error),
    })
}

/// The tokens of a JSON text: where each starts and ends, brackets and separators left out.
fn scalars(json: &str, mut visit: impl FnMut(usize, usize)) {
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let start = at;
        at = match byte {
            b'"' => string(bytes, at + 1).unwrap_or(bytes.len()),
            b'{' | b'}' | b'[' | b']' | b':' | b',' | b' ' | b'\t' | b'\n' | b'\r' => {
                at += 1;
                continue;
            }
            _ => {
                let rest = bytes[at..].iter();
                at + rest.take_while(|byte| !b"{}[]:, \t\n\r\"".contains(byte)).count()
            }
        };
        visit(start, at);
    }
}

/// The text with every integer that is written with a fraction or an exponent as an integer; `None`
/// where there is none.
fn with_integers(json: &str) -> Option<String> {
    let mut text = String::new();
    let mut from = 0;
    scalars(json, |start, end| {
        let token = &json[start..end];
        if token.starts_with(|first: char| first == '-' || first.is_ascii_digit())
            && let Some(integer) = integer(token)
        {
            text.push_str(&json[from..start]);
            text.push_str(&integer);
            from = end;
        }
    });
    if from == 0 {
        return None;
    }
    text.push_str(&json[from..]);
    Some(text)
}

/// How many digits an integer has at the most that a Rust type could hold.
const DIGITS: usize = 20;

/// `1.0`, `1e3` and their like as integers.
fn integer(token: &str) -> Option<String> {
    let (sign, unsigned) = match token.strip_prefix('-') {
        Some(unsigned) => ("-", unsigned),
        None => ("", token),
    };
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], unsigned[at + 1..].parse::<i32>().ok()?),
        None => (unsigned, 0),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some(parts) => parts,
        None if exponent == 0 && mantissa.len() == unsigned.len() => return None,
        None => (mantissa, ""),
    };
    let digits = format!("{whole}{}", fraction.trim_end_matches('0'));
    let shift = exponent.checked_sub(i32::try_from(fraction.trim_end_matches('0').len()).ok()?)?;
    let significant = digits.trim_start_matches('0');
    let integer = if significant.is_empty() {
        "0".to_owned()
    } else if shift >= 0 {
        let zeros = usize::try_from(shift).ok()?;
        if significant.len() + zeros > DIGITS {
            return None;
        }
        format!("{significant}{}", "0".repeat(zeros))
    } else {
        // A fraction is left, unless the last digits are zeros.
        let cut = usize::try_from(shift.unsigned_abs()).ok()?;
        let kept = significant.len().checked_sub(cut)?;
        if kept == 0 || significant[kept..].bytes().any(|digit| digit != b'0') {
            return None;
        }
        significant[..kept].to_owned()
    };
    // JSON has a negative zero, integers have none.
    let sign = if integer == "0" { "" } else { sign };
    Some(format!("{sign}{integer}"))
}

/// What is wrong with a value that is not of the type it should be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The JSON Pointer to the place; empty for the whole value.
    pub(crate) pointer: String,
    /// What should be there.
    pub(crate) expected: String,
    /// What is there.
    pub(crate) found: String,
}

/// What is wrong, from what `serde_json` says and the place where it stopped.
pub(crate) fn fault(text: &str, error: &serde_json::Error) -> Fault {
    let (pointer, value) = place(text, offset(text, error));
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let expected = said.split_once(", expected ").map(|(_, expected)| expected);
    let integer = value.parse::<f64>().is_ok_and(|number| number.fract() == 0.0);
    let expected = match expected {
        Some("i64") if integer => "an integer that fits 64 bits (`i64`)".to_owned(),
        Some("i32") if integer => "an integer that fits 32 bits (`i32`)".to_owned(),
        Some("u64") if integer => "an integer from 0 that fits 64 bits (`u64`)".to_owned(),
        Some("i64" | "i32" | "u64") => "an integer".to_owned(),
        Some("f64") => "a number".to_owned(),
        Some("a sequence") => "an array".to_owned(),
        Some("a map") => "an object".to_owned(),
        Some(other) => match other.strip_prefix("struct ") {
            // Of an array it adds `with 5 elements`.
            Some(name) => format!("an object (`{}`)", name.split(' ').next().unwrap_or(name)),
            None => other.to_owned(),
        },
        None => match said.strip_prefix("missing field ") {
            Some(name) => format!("an object with the member {name}"),
            None => format!("a value that can be read ({said})"),
        },
    };
    Fault {
        pointer,
        expected,
        found: kind(value).to_owned(),
    }
}

/// How many bytes `serde_json` had read.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive('\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column()).min(text.len())
}

/// What a value is, without what it says: values may be secrets.
fn kind(value: &str) -> &'static str {
    match value.as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        Some(_) => "a number",
        None => "nothing",
    }
}

/// A value that is still open.
struct Open {
    start: usize,
    /// The items of an array so far; `None` in an object.
    items: Option<usize>,
    /// The last key of an object.
    key: String,
}

/// The innermost value that starts or ends at an offset: the pointer to it, and its text.
fn place(json: &str, offset: usize) -> (String, &str) {
    let bytes = json.as_bytes();
    let mut open: Vec<Open> = Vec::new();
    let mut at = 0;
    let mut is_key = false;
    while let Some(&byte) = bytes.get(at) {
        let start = at;
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            b':' => {
                is_key = false;
                at += 1;
            }
            b',' => {
                at += 1;
                if let Some(Open { items, .. }) = open.last_mut() {
                    match items {
                        Some(items) => *items += 1,
                        None => is_key = true,
                    }
                }
            }
            b'{' | b'[' => {
                if start == offset {
                    return (pointer(&open), &json[start..]);
                }
                is_key = byte == b'{';
                open.push(Open {
                    start,
                    items: (byte == b'[').then_some(0),
                    key: String::new(),
                });
                at += 1;
            }
            b'}' | b']' => {
                at += 1;
                is_key = false;
                let closed = open.pop().map_or(0, |open| open.start);
                if at >= offset {
                    return (pointer(&open), &json[closed..at]);
                }
            }
            _ => {
                at = if byte == b'"' {
                    string(bytes, at + 1).unwrap_or(bytes.len())
                } else {
                    let rest = bytes[at..].iter();
                    at + rest
                        .take_while(|byte| !b"{}[]:, \t\n\r\"".contains(byte))
                        .count()
                        .max(1)
                };
                if is_key {
                    if let Some(open) = open.last_mut() {
                        open.key = serde_json::from_str(&json[start..at]).unwrap_or_default();
                    }
                } else if at >= offset {
                    return (pointer(&open), &json[start..at]);
                }
            }
        }
    }
    (String::new(), json)
}

fn pointer(open: &[Open]) -> String {
    open.iter().fold(String::new(), |pointer, open| match open.items {
        Some(items) => format!("{pointer}/{items}"),
        None => format!("{pointer}/{}", open.key.replace('~', "~0").replace('/', "~1")),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;

    #[test]
    fn integers_are_read_however_they_are_written() {
        for (text, value) in [
            ("1.0", 1),
            ("1e3", 1000),
            ("-2.50e1", -25),
            ("1200e-2", 12),
            ("0.0", 0),
            ("-0e9", 0),
            ("9223372036854775807.0", i64::MAX),
        ] {
            assert_eq!(read::<i64>(text).ok(), Some(value), "{text}");
        }
        for text in ["1.5", "1e-1", "1e30", "\"1.0\"", "null", "12e-2"] {
            assert!(read::<i64>(text).is_err(), "{text}");
        }
        assert_eq!(read::<Vec<i64>>("[1.0,2]").ok(), Some(vec![1, 2]));
        assert_eq!(read::<String>("\"1.0\"").ok().as_deref(), Some("1.0"));
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct User {
        id: i64,
        small: Option<i32>,
        address: Address,
        tags: Vec<Tag>,
        more: Option<BTreeMap<String, u64>>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Address {
        city: String,
        zip: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[allow(dead_code)]
    struct Tag {
        name: String,
    }

    #[test]
    fn a_fault_is_named_with_its_place() {
        let said = |text: &str| {
            let fault = fault(text, &read::<User>(text).unwrap_err());
            format!("{} {}, {}", fault.pointer, fault.expected, fault.found)
        };
        let user = |address: &str, rest: &str| format!("{{\"id\":1,\"address\":{address},{rest}}}");
        let good = r#"{"city":"x"}"#;
        for (text, expected) in [
            (user(r#"{"city":null}"#, r#""tags":[]"#), "/address/city a string, null"),
            (
                user(r#"{"city":{}}"#, r#""tags":[]"#),
                "/address/city a string, an object",
            ),
            (
                user(r#"{"city": [1] }"#, r#""tags":[]"#),
                "/address/city a string, an array",
            ),
            (
                user(r#"{"city":"x","zip":12345}"#, r#""tags":[]"#),
                "/address/zip a string, a number",
            ),
            (
                user("{}", r#""tags":[]"#),
                "/address an object with the member `city`, an object",
            ),
            (user(good, r#""tags":null"#), "/tags an array, null"),
            (
                user(good, "\"tags\":[{\"name\":\"a\"},\n{\"name\":7}]"),
                "/tags/1/name a string, a number",
            ),
            (
                user(good, r#""tags":[{"name":"a"},5]"#),
                "/tags/1 an object (`Tag`), a number",
            ),
            (
                user(good, r#""tags":[],"small":4081050336"#),
                "/small an integer that fits 32 bits (`i32`), a number",
            ),
            (user(good, r#""tags":[],"small":1.5"#), "/small an integer, a number"),
            (
                user(good, r#""tags":[],"more":{"a/b":-1}"#),
                "/more/a~1b an integer from 0 that fits 64 bits (`u64`), a number",
            ),
            ("[]".to_owned(), " an object (`User`), an array"),
        ] {
            assert_eq!(said(&text), expected, "{text}");
        }
        let big = fault(
            "18446744073709551615",
            &read::<i64>("18446744073709551615").unwrap_err(),
        );
        assert_eq!(big.expected, "an integer that fits 64 bits (`i64`)");
    }
}
