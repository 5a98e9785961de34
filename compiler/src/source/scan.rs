//! The lines of a YAML text, and which lines start a key.

use super::outline::{Line, key_length, refers_to_files};
use super::word;

/// What a line belongs to if it is indented by more than this.
#[derive(Clone, Copy)]
pub(super) enum Block {
    /// The key or the dash at this column.
    Column(usize),
    /// A value on its own line, at this column.
    Alone(usize),
}

impl Block {
    fn contains(self, indent: usize) -> bool {
        match self {
            Self::Column(column) => indent > column,
            Self::Alone(column) => indent >= column,
        }
    }
}

/// A pass over all lines.
pub(super) struct Scan<'a> {
    text: &'a str,
    bytes: &'a [u8],
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Option<Self> {
        let breaks = !text.contains('\r') || text.split('\r').skip(1).all(|rest| rest.starts_with('\n'));
        let readable = breaks && !text.starts_with(['\u{feff}', '%']) && !refers_to_files(text);
        readable.then_some(Self {
            text,
            bytes: text.as_bytes(),
        })
    }

    /// Returns the end of the line that contains `at`: its line feed, or the end of the text.
    fn end_of_line(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.bytes.len(), |length| at + length)
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    fn is_end(&self, at: usize) -> bool {
        matches!(self.byte(at), b'\n' | b'\r')
    }

    fn spaces(&self, at: usize) -> usize {
        word::leading(self.bytes, at, word::spaces)
    }

    /// Returns the lines that are not blank, not comments, and not inside a scalar or a flow collection.
    pub(super) fn lines(&self) -> Option<Vec<Line>> {
        let mut lines = Vec::with_capacity(self.bytes.len() / 48);
        let mut start = 0;
        while start < self.bytes.len() {
            let indent = self.spaces(start);
            let content = start + indent;
            let next = match self.byte(content) {
                b'\n' | b'\r' | b'#' => self.end_of_line(content),
                b'\t' => {
                    let end = self.end_of_line(content);
                    if !self.text[content..end].trim_ascii().is_empty() {
                        return None;
                    }
                    end
                }
                _ => {
                    lines.push(Line {
                        start: u32::try_from(start).ok()?,
                        indent: u32::try_from(indent).ok()?,
                    });
                    self.line(start, content)?
                }
            };
            start = next + 1;
        }
        Some(lines)
    }

    /// Returns the end of the last line of what starts in this line.
    fn line(&self, start: usize, content: usize) -> Option<usize> {
        let mut block = Block::Alone(content - start);
        let mut at = content;
        let mut keyed = false;
        loop {
            match self.byte(at) {
                b'\n' | b'\r' => return Some(self.end_of_line(at)),
                b'#' if at > content => return Some(self.end_of_line(at)),
                b'-' if !keyed && matches!(self.byte(at + 1), b' ' | b'\n' | b'\r') => {
                    block = Block::Column(at - start);
                    at += 1 + self.spaces(at + 1);
                }
                b'?' if self.is_end(at + 1) || self.byte(at + 1) == b' ' => return None,
                b'\t' | b'!' | b'&' => return None,
                quote @ (b'"' | b'\'') => {
                    let close = self.closing_quote(at, quote)?;
                    let end = self.within(at, close, block)?;
                    let behind = close + 1 + self.spaces(close + 1);
                    let key = self.byte(behind) == b':' && (self.is_end(behind + 1) || self.byte(behind + 1) == b' ');
                    if !key {
                        return Some(end);
                    }
                    if keyed || self.end_of_line(at) != end {
                        return None;
                    }
                    keyed = true;
                    block = Block::Column(at - start);
                    at = behind + 1 + self.spaces(behind + 1);
                }
                b'[' | b'{' => {
                    let close = self.closing_bracket(at)?;
                    let end = self.within(at, close, block)?;
                    let behind = close + 1 + self.spaces(close + 1);
                    return (self.byte(behind) != b':').then_some(end);
                }
                b'|' | b'>' => {
                    let end = self.end_of_line(at);
                    return match (self.is_header(at, end), block) {
                        (true, Block::Column(column)) => Some(self.end_of_block(end, column)),
                        // A line of a plain scalar.
                        (false, Block::Alone(_)) => Some(end),
                        _ => None,
                    };
                }
                _ if keyed => return Some(self.end_of_line(at)),
                _ => {
                    let end = self.end_of_line(at);
                    let Some(length) = key_length(&self.text[at..end]) else {
                        return Some(end);
                    };
                    keyed = true;
                    block = Block::Column(at - start);
                    at += length + 1;
                    at += self.spaces(at);
                }
            }
        }
    }

    /// Returns whether `|` or `>` starts a block scalar: it is followed only by indicators and an optional comment.
    fn is_header(&self, at: usize, end: usize) -> bool {
        let rest = self.text[at + 1..end].trim_start_matches(['+', '-', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        let blank = rest.trim_ascii();
        blank.is_empty() || (rest.starts_with(' ') && blank.starts_with('#'))
    }

    /// Returns the end of the last line of a block scalar whose header ends at `end`.
    fn end_of_block(&self, mut end: usize, column: usize) -> usize {
        while end < self.bytes.len() {
            let start = end + 1;
            let indent = self.spaces(start);
            let blank = start + indent >= self.bytes.len() || self.is_end(start + indent);
            if !blank && indent <= column {
                return end;
            }
            end = self.end_of_line((start + indent).min(self.bytes.len()));
        }
        end
    }

    /// Returns the end of the line that contains `close`, if all lines after the line of `open` belong to the block. If
    /// they do not, a parser may continue differently.
    fn within(&self, open: usize, close: usize, block: Block) -> Option<usize> {
        let mut end = self.end_of_line(open);
        while end < close {
            let indent = self.spaces(end + 1);
            let content = end + 1 + indent;
            if !block.contains(indent) && !self.is_end(content) {
                return None;
            }
            end = self.end_of_line(content);
        }
        Some(end)
    }

    fn closing_quote(&self, open: usize, quote: u8) -> Option<usize> {
        let mut at = open + 1;
        loop {
            at += self.text[at..].find(char::from(quote))?;
            if quote == b'\'' {
                if self.byte(at + 1) != b'\'' {
                    return Some(at);
                }
                at += 2;
            } else {
                let escapes = self.bytes[open + 1..at].iter().rev().take_while(|&&byte| byte == b'\\');
                if escapes.count() % 2 == 0 {
                    return Some(at);
                }
                at += 1;
            }
        }
    }

    /// Returns the bracket that closes a flow collection.
    fn closing_bracket(&self, open: usize) -> Option<usize> {
        let mut depth = 0usize;
        let mut at = open;
        // Whether a scalar may start here; inside a plain scalar, quotes are text.
        let mut fresh = true;
        while let Some(&byte) = self.bytes.get(at) {
            match byte {
                b'[' | b'{' => (depth, fresh) = (depth + 1, true),
                b']' | b'}' => {
                    depth -= 1;
                    if depth == 0 {
                        return Some(at);
                    }
                    fresh = false;
                }
                b',' | b':' | b'?' => fresh = true,
                b'"' | b'\'' if fresh => {
                    at = self.closing_quote(at, byte)?;
                    fresh = false;
                }
                b'#' if matches!(self.bytes[at - 1], b' ' | b'\t' | b'\n') => at = self.end_of_line(at),
                b'!' | b'&' | b'*' if fresh => return None,
                b' ' | b'\t' | b'\n' | b'\r' => {}
                _ => fresh = false,
            }
            at += 1;
        }
        None
    }
}
