//! Scans the tokens of JSON (RFC 8259) without building values.
//!
//! Strings are not checked for UTF-8; every other rule of the grammar is checked.

/// Returns the end of the value that starts at `at`.
pub(crate) fn skip(json: &[u8], mut at: usize) -> Option<usize> {
    let mut open = Open::default();
    loop {
        at = match *json.get(at)? {
            b'"' => string(json, at + 1)?,
            b'{' => {
                at = blank(json, at + 1);
                if *json.get(at)? == b'}' {
                    at + 1
                } else {
                    open.push(true);
                    at = key(json, at)?;
                    continue;
                }
            }
            b'[' => {
                at = blank(json, at + 1);
                if *json.get(at)? == b']' {
                    at + 1
                } else {
                    open.push(false);
                    continue;
                }
            }
            b'-' | b'0'..=b'9' => number(json, at)?,
            b't' => literal(json, at, b"true")?,
            b'f' => literal(json, at, b"false")?,
            b'n' => literal(json, at, b"null")?,
            _ => return None,
        };
        // The end of a value may also be the end of the values around it.
        loop {
            if open.depth == 0 {
                return Some(at);
            }
            let object = open.is_object();
            at = blank(json, at);
            let mark = *json.get(at)?;
            at += 1;
            if mark == b',' {
                at = blank(json, at);
                if object {
                    at = key(json, at)?;
                }
                break;
            }
            if mark != if object { b'}' } else { b']' } {
                return None;
            }
            open.pop();
        }
    }
}

/// The enclosing objects and arrays, one bit each.
#[derive(Default)]
struct Open {
    depth: usize,
    /// The innermost level is the lowest bit; 1 is an object.
    bits: u64,
    /// The bits of the outer levels, 64 levels each.
    outer: Vec<u64>,
}

impl Open {
    fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.bits);
        }
        self.bits = self.bits << 1 | u64::from(object);
        self.depth += 1;
    }

    fn is_object(&self) -> bool {
        self.bits & 1 == 1
    }

    fn pop(&mut self) {
        self.depth -= 1;
        self.bits >>= 1;
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.bits = self.outer.pop().unwrap_or_default();
        }
    }
}

/// Returns the first byte from `at` on that is not white space.
#[inline]
pub(crate) fn blank(json: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\t' | b'\r') = json.get(at) {
        at += 1;
    }
    at
}

/// Returns the start of a member's value. The key of the member starts at `at`.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the loops around it are measured in benches/")]
pub(crate) fn key(json: &[u8], at: usize) -> Option<usize> {
    if *json.get(at)? != b'"' {
        return None;
    }
    let at = blank(json, string(json, at + 1)?);
    (*json.get(at)? == b':').then(|| blank(json, at + 1))
}

fn literal(json: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    json.get(at..)?.starts_with(word).then_some(at + word.len())
}

fn digits(json: &[u8], mut at: usize) -> Option<usize> {
    let start = at;
    while let Some(b'0'..=b'9') = json.get(at) {
        at += 1;
    }
    (at > start).then_some(at)
}

fn number(json: &[u8], mut at: usize) -> Option<usize> {
    if json.get(at) == Some(&b'-') {
        at += 1;
    }
    at = if json.get(at) == Some(&b'0') {
        at + 1
    } else {
        digits(json, at)?
    };
    if json.get(at) == Some(&b'.') {
        at = digits(json, at + 1)?;
    }
    if let Some(b'e' | b'E') = json.get(at) {
        let signed = matches!(json.get(at + 1), Some(b'+' | b'-'));
        at = digits(json, at + 1 + usize::from(signed))?;
    }
    Some(at)
}

/// Returns whether a JSON text is an array of strings without escapes.
pub(crate) fn is_of_plain_strings(json: &str) -> bool {
    let json = json.as_bytes();
    if !json.starts_with(b"[") {
        return false;
    }
    let mut at = blank(json, 1);
    if json.get(at) == Some(&b']') {
        return true;
    }
    while json.get(at) == Some(&b'"') {
        let Some(end) = plain(json, at + 1).filter(|end| json[*end] == b'"') else {
            return false;
        };
        at = blank(json, end + 1);
        match json.get(at) {
            Some(b',') => at = blank(json, at + 1),
            mark => return mark == Some(&b']'),
        }
    }
    false
}

/// Returns the end of a string. `at` is after its opening quote.
#[inline]
pub(crate) fn string(json: &[u8], at: usize) -> Option<usize> {
    let at = plain(json, at)?;
    if *json.get(at)? == b'"' {
        return Some(at + 1);
    }
    escaped(json, at)
}

/// Does the same from an escape on.
#[cold]
fn escaped(json: &[u8], mut at: usize) -> Option<usize> {
    loop {
        match *json.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at = plain(json, escape(json, at + 1)?)?,
            _ => return None,
        }
    }
}

/// Returns the first quote, backslash or control character from `at` on.
#[inline(always)]
#[allow(clippy::inline_always, reason = "the loops around it are measured in benches/")]
fn plain(json: &[u8], mut at: usize) -> Option<usize> {
    // Most strings are short.
    for _ in 0..NEAR {
        let Some(word) = json.get(at..)?.first_chunk() else {
            break;
        };
        if let Some(length) = special(*word) {
            return Some(at + length);
        }
        at += word.len();
    }
    distant(json, at)
}

/// Number of words that are checked one by one before longer pieces are.
const NEAR: usize = 4;

/// Does the same for long strings, first with code that the compiler can vectorise.
fn distant(json: &[u8], mut at: usize) -> Option<usize> {
    // With this bit inverted, a quote is the number after the control characters.
    let ends = |byte: u8| byte ^ 0x02 < 0x21 || byte == b'\\';
    let (pieces, _) = json.get(at..)?.as_chunks::<32>();
    for piece in pieces {
        if piece.iter().fold(false, |found, byte| found | ends(*byte)) {
            break;
        }
        at += piece.len();
    }
    let (words, _) = json[at..].as_chunks();
    for word in words {
        if let Some(length) = special(*word) {
            return Some(at + length);
        }
        at += word.len();
    }
    json[at..].iter().position(|byte| ends(*byte)).map(|length| at + length)
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

fn escape(json: &[u8], at: usize) -> Option<usize> {
    match json.get(at)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(at + 1),
        // Half of a surrogate pair is not a character (RFC 8259, section 8.2).
        b'u' => match unit(json, at + 1)? {
            0xd800..0xdc00 => {
                let low = json.get(at + 5..at + 7).filter(|mark| *mark == b"\\u");
                let low = low.and_then(|_| unit(json, at + 7))?;
                (0xdc00..0xe000).contains(&low).then_some(at + 11)
            }
            0xdc00..0xe000 => None,
            _ => Some(at + 5),
        },
        _ => None,
    }
}

/// Returns the code unit that four hexadecimal digits spell.
fn unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 4)?;
    let all = digits.iter().all(u8::is_ascii_hexdigit);
    all.then(|| u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok())?
}
