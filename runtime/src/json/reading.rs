//! Errors in JSON text that `serde_json` cannot read, and integers in any spelling.

use crate::json::fault::Fault;
use crate::json::scan::string;

/// Maximum number of digits of an integer that fits a Rust type.
const DIGITS: usize = 20;

/// Returns an integer that is spelled like `1.0` or `1e3` as plain digits.
pub(crate) fn integer(token: &str) -> Option<String> {
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
        // The value is a fraction, unless the digits that are cut off are zeros.
        let cut = usize::try_from(shift.unsigned_abs()).ok()?;
        let kept = significant.len().checked_sub(cut)?;
        if kept == 0 || significant[kept..].bytes().any(|digit| digit != b'0') {
            return None;
        }
        significant[..kept].to_owned()
    };
    // JSON has a negative zero, integers do not.
    let sign = if integer == "0" { "" } else { sign };
    Some(format!("{sign}{integer}"))
}

/// Describes an error of `serde_json`, from its message and its position.
pub(crate) fn fault(text: &str, error: &serde_json::Error) -> Fault {
    let (pointer, value) = place(text, offset(text, error));
    let said = error.to_string();
    let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
    let expected = said.split_once(", expected ").map(|(_, expected)| expected);
    let integer = value.parse::<f64>().is_ok_and(|number| number.fract() == 0.0);
    let expected = match expected {
        Some("i64") if integer => "an integer that fits 64 bits (`i64`)".to_owned(),
        Some("i32") if integer => "an integer that fits 32 bits (`i32`)".to_owned(),
        Some("u64") if integer => "a non-negative integer that fits 64 bits (`u64`)".to_owned(),
        Some("i64" | "i32" | "u64") => "an integer".to_owned(),
        Some("f64") => "a number".to_owned(),
        Some("a sequence") => "an array".to_owned(),
        Some("a map") => "an object".to_owned(),
        Some(other) => match other.strip_prefix("struct ") {
            // For an array, the message ends with `with 5 elements`.
            Some(name) => format!("an object (`{}`)", name.split(' ').next().unwrap_or(name)),
            None => other.to_owned(),
        },
        None => match said.strip_prefix("missing field ") {
            Some(name) => format!("an object with the member {name}"),
            None => format!("a valid value ({said})"),
        },
    };
    Fault {
        pointer,
        expected: expected.into(),
        found: kind(value),
    }
}

/// Returns how many bytes `serde_json` had read.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let lines = text.split_inclusive('\n');
    let before: usize = lines.take(error.line().saturating_sub(1)).map(str::len).sum();
    (before + error.column()).min(text.len())
}

/// Returns the kind of a value, without its contents, which may be secret.
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

/// An object or array that is not closed yet.
struct Open {
    start: usize,
    /// The number of items of an array so far; `None` in an object.
    items: Option<usize>,
    /// The last key of an object.
    key: String,
}

/// Returns the pointer and the text of the innermost value that starts or ends at an offset.
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
