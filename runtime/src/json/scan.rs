//! Scans the tokens of JSON (RFC 8259) without building values.
//!
//! Strings are not checked for UTF-8; every other rule of the grammar is checked. The functions that scan take the text
//! from some byte on and return what comes after it, so that most of Rust's checks of bounds are not needed.

/// Returns the end of the value that starts at `at`.
pub(crate) fn skip(json: &[u8], at: usize) -> Option<usize> {
    Some(json.len() - value(json.get(at..)?)?.len())
}

/// Returns the text after a value. White space is looked for where nothing else fits, since most JSON is written
/// without it.
fn value(mut text: &[u8]) -> Option<&[u8]> {
    let mut open = Open::new();
    loop {
        let (mark, after) = text.split_first()?;
        text = match *mark {
            b'"' => quoted(after)?,
            b'-' | b'0'..=b'9' => number(text)?,
            b'{' => {
                let after = trimmed(after);
                let (mark, ended) = after.split_first()?;
                if *mark != b'}' {
                    open.push(true);
                    text = keyed(after)?;
                    continue;
                }
                ended
            }
            b'[' => {
                let after = trimmed(after);
                let (mark, ended) = after.split_first()?;
                if *mark != b']' {
                    open.push(false);
                    text = after;
                    continue;
                }
                ended
            }
            b't' => after.strip_prefix(b"rue")?,
            b'f' => after.strip_prefix(b"alse")?,
            b'n' => after.strip_prefix(b"ull")?,
            _ => return None,
        };
        // The end of a value may also be the end of the values around it.
        loop {
            if open.is_empty() {
                return Some(text);
            }
            let (mark, after) = text.split_first()?;
            if *mark == b',' {
                text = trimmed(after);
                if open.is_object() {
                    text = keyed(text)?;
                }
                break;
            }
            if *mark == open.mark() {
                open.pop();
                text = after;
            } else {
                text = space(text)?;
            }
        }
    }
}

/// The enclosing objects and arrays, one bit each.
struct Open {
    /// The innermost level is the lowest bit; 1 is an object. The highest bit that is set is above the outermost level.
    bits: u64,
    /// The bits of the outer levels, 63 levels each.
    outer: Vec<u64>,
}

impl Open {
    fn new() -> Self {
        Self {
            bits: 1,
            outer: Vec::new(),
        }
    }

    fn is_empty(&self) -> bool {
        self.bits == 1
    }

    fn push(&mut self, object: bool) {
        if self.bits >> 63 == 1 {
            self.outer.push(self.bits);
            self.bits = 1;
        }
        self.bits = self.bits << 1 | u64::from(object);
    }

    fn is_object(&self) -> bool {
        self.bits & 1 == 1
    }

    /// The byte that ends the innermost level.
    fn mark(&self) -> u8 {
        if self.is_object() { b'}' } else { b']' }
    }

    fn pop(&mut self) {
        self.bits >>= 1;
        if self.bits == 1 {
            self.bits = self.outer.pop().unwrap_or(1);
        }
    }
}

/// Returns the first byte from `at` on that is not white space.
#[inline]
pub(crate) fn blank(json: &[u8], at: usize) -> usize {
    json.get(at..).map_or(at, |text| json.len() - trimmed(text).len())
}

/// Returns the text after white space.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the loops around it are measured in benches/")]
fn trimmed(text: &[u8]) -> &[u8] {
    match text.first() {
        Some(byte) if *byte <= b' ' => all_space(text),
        _ => text,
    }
}

fn all_space(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\n' | b'\t' | b'\r', after @ ..] = text {
        text = after;
    }
    text
}

/// Returns the text after white space, if there is any.
#[cold]
fn space(text: &[u8]) -> Option<&[u8]> {
    let after = all_space(text);
    (after.len() < text.len()).then_some(after)
}

/// Returns the start of a member's value. The key of the member starts at `at`.
#[inline]
pub(crate) fn key(json: &[u8], at: usize) -> Option<usize> {
    Some(json.len() - keyed(json.get(at..)?)?.len())
}

/// Returns the key of a member as it is written, without its quotes, and the start of the value.
#[inline]
pub(crate) fn member(json: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let text = json.get(at..)?.strip_prefix(b"\"")?;
    let after = quoted(text)?;
    let key = text.get(..text.len() - after.len() - 1)?;
    Some((key, json.len() - colon(after)?.len()))
}

/// Returns the text after the key of a member, from its value on.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the loops around it are measured in benches/")]
fn keyed(text: &[u8]) -> Option<&[u8]> {
    colon(quoted(text.strip_prefix(b"\"")?)?)
}

/// Returns the text after the colon of a member, from its value on.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the loops around it are measured in benches/")]
fn colon(text: &[u8]) -> Option<&[u8]> {
    let after = match text.split_first()? {
        (b':', after) => after,
        _ => space(text)?.strip_prefix(b":")?,
    };
    Some(trimmed(after))
}

/// Returns the text after digits, of which there is at least one.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the loops around it are measured in benches/")]
fn digits(text: &[u8]) -> Option<&[u8]> {
    let [b'0'..=b'9', after @ ..] = text else {
        return None;
    };
    let mut text = after;
    while let [b'0'..=b'9', after @ ..] = text {
        text = after;
    }
    Some(text)
}

fn number(text: &[u8]) -> Option<&[u8]> {
    let text = text.strip_prefix(b"-").unwrap_or(text);
    let mut text = match text {
        [b'0', after @ ..] => after,
        _ => digits(text)?,
    };
    if let [b'.', after @ ..] = text {
        text = digits(after)?;
    }
    if let [b'e' | b'E', b'+' | b'-', after @ ..] | [b'e' | b'E', after @ ..] = text {
        text = digits(after)?;
    }
    Some(text)
}

/// Returns whether a JSON text is an array of strings without escapes.
pub(crate) fn is_of_plain_strings(json: &str) -> bool {
    let Some(text) = json.as_bytes().strip_prefix(b"[") else {
        return false;
    };
    let mut text = trimmed(text);
    if text.starts_with(b"]") {
        return true;
    }
    while let [b'"', after @ ..] = text {
        let Some([b'"', after @ ..]) = distant(after) else {
            return false;
        };
        match trimmed(after) {
            [b',', after @ ..] => text = trimmed(after),
            end => return end.starts_with(b"]"),
        }
    }
    false
}

/// Returns the end of a string. `at` is after its opening quote.
#[inline]
pub(crate) fn string(json: &[u8], at: usize) -> Option<usize> {
    Some(json.len() - quoted(json.get(at..)?)?.len())
}

/// Returns the text after a string. `text` starts after its opening quote.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the loops around it are measured in benches/")]
fn quoted(mut text: &[u8]) -> Option<&[u8]> {
    // Most strings are short.
    for _ in 0..NEAR {
        let Some((word, after)) = text.split_first_chunk() else {
            break;
        };
        if let Some(length) = special(*word) {
            let (start, after) = text.split_at(length + 1);
            return if start[length] == b'"' {
                Some(after)
            } else {
                escaped(text.get(length..)?)
            };
        }
        text = after;
    }
    rest(text)
}

/// Does the same for long strings.
#[inline(never)]
fn rest(text: &[u8]) -> Option<&[u8]> {
    match distant(text)? {
        [b'"', after @ ..] => Some(after),
        text => escaped(text),
    }
}

/// Does the same from an escape on.
#[cold]
fn escaped(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        match text {
            [b'"', after @ ..] => return Some(after),
            [b'\\', after @ ..] => text = distant(escape(after)?)?,
            _ => return None,
        }
    }
}

/// Number of words that are checked one by one before longer pieces are: enough for most identifiers.
const NEAR: usize = 6;

/// Does the same for long strings, first with code that the compiler can vectorise.
fn distant(mut text: &[u8]) -> Option<&[u8]> {
    // With this bit inverted, a quote is the number after the control characters.
    let ends = |byte: u8| byte ^ 0x02 < 0x21 || byte == b'\\';
    while let Some((piece, after)) = text.split_first_chunk::<32>() {
        if piece.iter().fold(false, |found, byte| found | ends(*byte)) {
            break;
        }
        text = after;
    }
    while let Some((word, after)) = text.split_first_chunk() {
        if let Some(length) = special(*word) {
            return text.get(length..);
        }
        text = after;
    }
    let length = text.iter().position(|byte| ends(*byte))?;
    text.get(length..)
}

/// Returns the position of the first such character in eight bytes.
#[inline]
fn special(word: [u8; 8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let word = u64::from_le_bytes(word);
    let low = word ^ (ONES * 0x02);
    let escapes = word ^ (ONES * u64::from(b'\\'));
    let marks = (low.wrapping_sub(ONES * 0x21) | escapes.wrapping_sub(ONES)) & !word & HIGH;
    // A mark is correct if there is none before it.
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
}

/// Returns the text after an escape. `text` starts after its backslash.
fn escape(text: &[u8]) -> Option<&[u8]> {
    let (mark, after) = text.split_first()?;
    match mark {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(after),
        // Half of a surrogate pair is not a character (RFC 8259, section 8.2).
        b'u' => match unit(after)? {
            (0xd800..0xdc00, after) => {
                let (low, after) = unit(after.strip_prefix(b"\\u")?)?;
                (0xdc00..0xe000).contains(&low).then_some(after)
            }
            (0xdc00..0xe000, _) => None,
            (_, after) => Some(after),
        },
        _ => None,
    }
}

/// Returns the code unit that four hexadecimal digits spell, and the text after them.
fn unit(text: &[u8]) -> Option<(u16, &[u8])> {
    let (digits, after) = text.split_first_chunk::<4>()?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let unit = u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    Some((unit, after))
}
