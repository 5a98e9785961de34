//! Scalars, and flow sequences of words.

use super::Reader;
use crate::source::node::{Data, Node, Style};
use crate::source::outline::key_length;
use crate::source::yaml;

/// Maximum number of blank lines in a plain or quoted scalar.
const BLANK_LINES: usize = 32;

impl Reader<'_> {
    /// Reads a value that starts in a line, and belongs to the key or dash at column `indent`.
    pub(super) fn scalar(&mut self, at: usize, indent: usize, level: usize) -> Option<Node> {
        let end = self.end_of_line(at);
        let node = match self.byte(at) {
            b'"' | b'\'' => match self.quoted(at, end) {
                Some(node) => node,
                None => self.folded_quotes(at, indent)?,
            },
            b'[' => self.words(at, end, level)?,
            b'{' if self.byte(at + 1) == b'}' && level + 1 < self.depth => {
                self.node(at, at + 2, Style::Plain, Data::Object(Vec::new()))
            }
            b'|' | b'>' => return self.block(at, end, indent),
            _ => self.plain(at, end, indent)?,
        };
        let behind = node.range.end as usize - self.base;
        if !self.is_blank(behind + self.spaces(behind)) {
            return None;
        }
        self.advance(self.end_of_line(behind) + 1);
        // What is indented more is another line of the same scalar, or an error.
        (self.done || self.indent <= indent).then_some(node)
    }

    fn plain(&self, at: usize, end: usize, indent: usize) -> Option<Node> {
        let (first, next) = (self.byte(at), self.byte(at + 1));
        let starts = match first {
            b'/' | b'$' | b'_' | b'.' | b'(' | b'+' | b'<' | b'^' | b'=' | b'~' => true,
            b'-' => next.is_ascii_alphanumeric(),
            _ => first.is_ascii_alphanumeric() || !first.is_ascii(),
        };
        let line = self.text.get(at..end).filter(|_| starts)?;
        if let Some(comment) = comment(line) {
            return self.plain_line(&line[..comment], at);
        }
        if !self.is_continued(end, indent) {
            return self.plain_line(line, at);
        }
        let mut folded = Folded::default();
        folded.line(without_colon(line.trim_end_matches(' '))?);
        let mut last = end;
        while self.is_continued(last, indent) {
            let start = last + 1;
            last = self.end_of_line(start);
            let line = self.text.get(start..last)?.trim_matches(' ');
            // A comment would end the scalar.
            if line.starts_with('#') || comment(line).is_some() || line.is_empty() != (start == last) {
                return None;
            }
            folded.line(without_colon(line)?);
        }
        let stop = at + self.text.get(at..last)?.trim_end_matches([' ', '\n']).len();
        let data = yaml::plain(&folded.text, self.range(at, stop)).ok()?;
        Some(self.node(at, stop, Style::Plain, data))
    }

    fn plain_line(&self, line: &str, at: usize) -> Option<Node> {
        let value = without_colon(line.trim_end_matches(' '))?;
        let range = self.range(at, at + value.len());
        let data = yaml::plain(value, range).ok()?;
        Some(self.node(at, at + value.len(), Style::Plain, data))
    }

    /// Whether the lines after a line feed, blank ones aside, continue with one that is indented by more than `indent`.
    /// Each line of a scalar asks this, so more than a few blank lines are left to the parser.
    fn is_continued(&self, end: usize, indent: usize) -> bool {
        let mut start = end + 1;
        while self.text.as_bytes().get(start) == Some(&b'\n') {
            start += 1;
            if start - end > BLANK_LINES {
                return false;
            }
        }
        start < self.text.len() && self.spaces(start) > indent
    }

    /// Reads a quoted scalar of several lines or with escapes.
    fn folded_quotes(&self, at: usize, indent: usize) -> Option<Node> {
        let double = self.byte(at) == b'"';
        let style = if double {
            Style::DoubleQuoted
        } else {
            Style::SingleQuoted
        };
        let mut folded = Folded::default();
        let mut start = at + 1;
        loop {
            let end = self.end_of_line(start);
            let line = self.text.get(start..end)?;
            let (written, stop) = if double { unescaped(line)? } else { doubled(line) };
            if let Stop::Quote(close) = stop {
                folded.end(&written);
                let data = Data::String(folded.text.into());
                return Some(self.node(at, start + close + 1, style, data));
            }
            // Spaces before the line feed do not count, unless one is escaped.
            if line.ends_with(' ') {
                return None;
            }
            if matches!(stop, Stop::Backslash) {
                folded.end(&written);
                folded.joined = true;
            } else {
                folded.line(&written);
            }
            if !self.is_continued(end, indent) {
                return None;
            }
            start = end + 1;
            if self.byte(start) != b'\n' {
                start += self.spaces(start);
            }
        }
    }

    /// Reads a quoted scalar of one line without escapes.
    fn quoted(&self, at: usize, end: usize) -> Option<Node> {
        let quote = self.byte(at);
        let rest = self.text.get(at + 1..end)?;
        let length = rest.find(char::from(quote))?;
        let value = &rest[..length];
        let close = at + 1 + length;
        let style = if quote == b'"' {
            if value.contains('\\') {
                return None;
            }
            Style::DoubleQuoted
        } else {
            if self.byte(close + 1) == quote {
                return None;
            }
            Style::SingleQuoted
        };
        Some(self.node(at, close + 1, style, Data::String(value.into())))
    }

    /// Reads a flow sequence of one line.
    fn words(&self, open: usize, end: usize, level: usize) -> Option<Node> {
        if level + 1 >= self.depth {
            return None;
        }
        let mut items = Vec::new();
        let mut at = open + 1 + self.spaces(open + 1);
        if self.byte(at) == b']' {
            return Some(self.node(open, at + 1, Style::Plain, Data::Array(items)));
        }
        loop {
            let item = match self.byte(at) {
                b'"' | b'\'' => self.quoted(at, end)?,
                first if first.is_ascii_alphanumeric() => {
                    let word = self.text.get(at..end)?;
                    let length =
                        word.find(|letter: char| !(letter.is_ascii_alphanumeric() || "_-./".contains(letter)))?;
                    let range = self.range(at, at + length);
                    let data = yaml::plain(&word[..length], range).ok()?;
                    self.node(at, at + length, Style::Plain, data)
                }
                _ => return None,
            };
            at = item.range.end as usize - self.base;
            items.push(item);
            at += self.spaces(at);
            match self.byte(at) {
                b']' => return Some(self.node(open, at + 1, Style::Plain, Data::Array(items))),
                b',' => at += 1 + self.spaces(at + 1),
                _ => return None,
            }
        }
    }

    /// Reads a block scalar (YAML 1.2.2, section 8.1) whose lines are all indented alike; those of a literal one may be
    /// indented more.
    fn block(&mut self, at: usize, end: usize, indent: usize) -> Option<Node> {
        let (folded, clipped) = match self.text.get(at..end)? {
            "|" => (false, true),
            "|-" => (false, false),
            ">" => (true, true),
            ">-" => (true, false),
            _ => return None,
        };
        let mut value = String::new();
        let (mut column, mut first) = (None, end);
        let (mut start, mut last, mut blank) = (end + 1, end, 0);
        while start < self.text.len() {
            let spaces = self.spaces(start);
            let content = start + spaces;
            if self.byte(content) == b'\n' {
                if spaces > 0 || column.is_none() {
                    return None;
                }
                (start, blank) = (start + 1, blank + 1);
                continue;
            }
            if spaces <= indent {
                // The parser counts a comment behind the scalar as part of it.
                if self.byte(content) == b'#' {
                    return None;
                }
                break;
            }
            let column = *column.get_or_insert(spaces);
            let stop = self.end_of_line(content);
            let line = self.text.get(start + column..stop)?;
            if spaces < column || (folded && (spaces > column || line.ends_with(' '))) {
                return None;
            }
            if last == end {
                // The parser says that the scalar starts with its text.
                first = content;
            } else {
                match (folded, blank) {
                    (true, 0) => value.push(' '),
                    (true, _) => value.push_str(&"\n".repeat(blank)),
                    (false, _) => value.push_str(&"\n".repeat(blank + 1)),
                }
            }
            value.push_str(line);
            (start, last, blank) = (stop + 1, stop, 0);
        }
        column?;
        if clipped {
            if last == self.text.len() {
                return None;
            }
            value.push('\n');
        }
        let stop = first + self.text.get(first..last)?.trim_end().len();
        let node = self.node(first, stop, Style::Block, Data::String(value.into()));
        self.advance(start);
        (self.done || self.indent <= indent).then_some(node)
    }
}

/// The text of several lines: a line feed is a space, further ones are line feeds (YAML 1.2.2, section 6.5).
#[derive(Default)]
struct Folded {
    text: String,
    started: bool,
    /// The line feed before the next line does not count.
    joined: bool,
    blank: usize,
}

impl Folded {
    fn line(&mut self, line: &str) {
        if self.started && line.is_empty() {
            self.blank += 1;
        } else {
            self.end(line);
        }
    }

    /// Adds a line that counts even if it is empty.
    fn end(&mut self, line: &str) {
        if self.started && self.blank == 0 && !self.joined {
            self.text.push(' ');
        }
        self.text.push_str(&"\n".repeat(self.blank));
        self.text.push_str(line);
        (self.started, self.joined, self.blank) = (true, false, 0);
    }
}

/// Returns where a comment starts, with the space before it.
fn comment(line: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + line[from..].find('#')?;
        if line[..at].ends_with(' ') {
            return Some(at - 1);
        }
        from = at + 1;
    }
}

/// Returns a line of a plain scalar, unless it has a colon that could end a key.
fn without_colon(line: &str) -> Option<&str> {
    key_length(line).is_none().then_some(line)
}

/// Where a line of a quoted scalar ends.
enum Stop {
    /// At the quote at this byte, with the scalar.
    Quote(usize),
    /// At a backslash, which escapes the line feed.
    Backslash,
    Line,
}

/// Returns the text of a line in double quotes.
fn unescaped(line: &str) -> Option<(String, Stop)> {
    let mut text = String::new();
    let mut at = 0;
    loop {
        let rest = line.get(at..)?;
        let Some(special) = rest.find(['"', '\\']) else {
            text.push_str(rest);
            return Some((text, Stop::Line));
        };
        text.push_str(&rest[..special]);
        at += special;
        if line.as_bytes()[at] == b'"' {
            return Some((text, Stop::Quote(at)));
        }
        let Some(letter) = line.as_bytes().get(at + 1) else {
            return Some((text, Stop::Backslash));
        };
        text.push(match letter {
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            letter @ (b'"' | b'\\' | b'/' | b' ') => char::from(*letter),
            b'u' => {
                let digits = line.get(at + 2..at + 6)?;
                at += 4;
                let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
                char::from_u32(u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?)?
            }
            _ => return None,
        });
        at += 2;
    }
}

/// The same in single quotes, in which a quote is written twice.
fn doubled(line: &str) -> (String, Stop) {
    let mut text = String::new();
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let Some(quote) = rest.find('\'') else {
            text.push_str(rest);
            return (text, Stop::Line);
        };
        text.push_str(&rest[..quote]);
        at += quote;
        if line.as_bytes().get(at + 1) != Some(&b'\'') {
            return (text, Stop::Quote(at));
        }
        text.push('\'');
        at += 2;
    }
}
