//! Reads JSON (RFC 8259) into nodes with positions.

use super::error::{Problem, SyntaxError};
use super::node::{Data, Member, Node, Range, Style};
use super::{limit, word};

/// Reads one JSON text.
pub(super) fn read(text: &str) -> Result<Node, SyntaxError> {
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        position: 0,
    };
    reader.blank();
    let node = reader.value(0)?;
    reader.blank();
    if reader.position < reader.bytes.len() {
        return Err(reader.error("unexpected text after the JSON value"));
    }
    Ok(node)
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    position: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.position).copied()
    }

    fn blank(&mut self) {
        loop {
            match self.peek() {
                Some(b' ') => self.position += word::leading(self.bytes, self.position, word::spaces),
                Some(b'\t' | b'\n' | b'\r') => self.position += 1,
                _ => return,
            }
        }
    }

    fn error(&self, message: impl Into<String>) -> SyntaxError {
        self.error_from(self.position, message)
    }

    fn error_from(&self, start: usize, message: impl Into<String>) -> SyntaxError {
        let width = self
            .text
            .get(start..)
            .and_then(|rest| rest.chars().next())
            .map_or(0, char::len_utf8);
        SyntaxError {
            problem: Problem::Syntax,
            message: message.into(),
            range: Range::new(start, start + width),
            related: None,
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, SyntaxError> {
        if depth > limit::DEPTH {
            let mut error = self.error(format!("nested more than {} levels deep", limit::DEPTH));
            error.problem = Problem::LimitExceeded;
            return Err(error);
        }
        let start = self.position;
        let (data, style) = match self.peek() {
            Some(b'{') => (self.object(depth)?, Style::Plain),
            Some(b'[') => (self.array(depth)?, Style::Plain),
            Some(b'"') => (Data::String(self.string()?), Style::DoubleQuoted),
            Some(b'-' | b'0'..=b'9') => (self.number()?, Style::Plain),
            Some(b't') => (self.literal("true", Data::Bool(true))?, Style::Plain),
            Some(b'f') => (self.literal("false", Data::Bool(false))?, Style::Plain),
            Some(b'n') => (self.literal("null", Data::Null)?, Style::Plain),
            Some(_) => return Err(self.error("expected a JSON value")),
            None => return Err(self.error("expected a JSON value, found the end of the file")),
        };
        Ok(Node {
            range: Range::new(start, self.position),
            style,
            data,
        })
    }

    fn literal(&mut self, word: &str, data: Data) -> Result<Data, SyntaxError> {
        if self.bytes[self.position..].starts_with(word.as_bytes()) {
            self.position += word.len();
            Ok(data)
        } else {
            Err(self.error(format!("expected `{word}`")))
        }
    }

    fn object(&mut self, depth: usize) -> Result<Data, SyntaxError> {
        self.position += 1;
        let mut members = Vec::new();
        self.blank();
        if self.peek() == Some(b'}') {
            self.position += 1;
            return Ok(Data::Object(members));
        }
        loop {
            self.blank();
            let start = self.position;
            if self.peek() != Some(b'"') {
                return Err(self.error("expected a key in double quotes"));
            }
            let key = self.string()?;
            let key_range = Range::new(start, self.position);
            self.blank();
            if self.peek() != Some(b':') {
                return Err(self.error("expected `:` after the key"));
            }
            self.position += 1;
            self.blank();
            let value = self.value(depth + 1)?;
            members.push(Member { key, key_range, value });
            self.blank();
            match self.peek() {
                Some(b',') => self.position += 1,
                Some(b'}') => {
                    self.position += 1;
                    return Ok(Data::Object(members));
                }
                _ => return Err(self.error("expected `,` or `}`")),
            }
        }
    }

    fn array(&mut self, depth: usize) -> Result<Data, SyntaxError> {
        self.position += 1;
        let mut items = Vec::new();
        self.blank();
        if self.peek() == Some(b']') {
            self.position += 1;
            return Ok(Data::Array(items));
        }
        loop {
            self.blank();
            items.push(self.value(depth + 1)?);
            self.blank();
            match self.peek() {
                Some(b',') => self.position += 1,
                Some(b']') => {
                    self.position += 1;
                    return Ok(Data::Array(items));
                }
                _ => return Err(self.error("expected `,` or `]`")),
            }
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.position;
        while let Some(b'0'..=b'9') = self.peek() {
            self.position += 1;
        }
        self.position - start
    }

    fn number(&mut self) -> Result<Data, SyntaxError> {
        let start = self.position;
        if self.peek() == Some(b'-') {
            self.position += 1;
        }
        let first = self.peek();
        let whole = self.digits();
        if whole == 0 || (first == Some(b'0') && whole > 1) {
            return Err(self.error_from(start, "invalid JSON number"));
        }
        if self.peek() == Some(b'.') {
            self.position += 1;
            if self.digits() == 0 {
                return Err(self.error_from(start, "invalid JSON number"));
            }
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.position += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.position += 1;
            }
            if self.digits() == 0 {
                return Err(self.error_from(start, "invalid JSON number"));
            }
        }
        Ok(Data::Number(self.text[start..self.position].into()))
    }

    fn string(&mut self) -> Result<Box<str>, SyntaxError> {
        let start = self.position;
        self.position += 1;
        let mut value = String::new();
        let mut run = self.position;
        loop {
            self.position += word::leading(self.bytes, self.position, word::text);
            match self.peek() {
                None => return Err(self.error_from(start, "unclosed string")),
                Some(b'"') => {
                    let last = &self.text[run..self.position];
                    self.position += 1;
                    if value.is_empty() {
                        return Ok(last.into());
                    }
                    value.push_str(last);
                    return Ok(value.into());
                }
                Some(b'\\') => {
                    value.push_str(&self.text[run..self.position]);
                    value.push(self.escape()?);
                    run = self.position;
                }
                Some(0..=0x1f) => return Err(self.error("unescaped control character in a string")),
                Some(_) => self.position += 1,
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        let start = self.position;
        self.position += 1;
        let Some(kind) = self.peek() else {
            return Err(self.error_from(start, "incomplete escape sequence"));
        };
        self.position += 1;
        Ok(match kind {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let first = self.hex(start)?;
                let code = if (0xd800..0xdc00).contains(&first) && self.bytes[self.position..].starts_with(b"\\u") {
                    self.position += 2;
                    let second = self.hex(start)?;
                    if !(0xdc00..0xe000).contains(&second) {
                        return Err(self.error_from(start, "unpaired surrogate in an escape sequence"));
                    }
                    0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
                } else {
                    first
                };
                char::from_u32(code)
                    .ok_or_else(|| self.error_from(start, "unpaired surrogate in an escape sequence"))?
            }
            _ => return Err(self.error_from(start, "invalid escape sequence")),
        })
    }

    fn hex(&mut self, start: usize) -> Result<u32, SyntaxError> {
        let digits = self.bytes.get(self.position..self.position + 4);
        let code = digits
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let Some(code) = code else {
            return Err(self.error_from(start, "expected four hexadecimal digits after `\\u`"));
        };
        self.position += 4;
        Ok(code)
    }
}
