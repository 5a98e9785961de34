//! Reads the part of YAML that most files consist of: block mappings and sequences, scalars of every style, and flow
//! sequences of words. Without optimisation, as in macros, this takes a tenth of the time of the parser.
//!
//! Anything else, also every error, is left to the parser. What is read here is what the parser reads, with the same
//! ranges.

mod scalar;
#[cfg(test)]
mod tests;

use super::node::{Data, Member, Node, Range, Style};
use super::outline::{Key, Line, is_item};
use super::word;

/// Reads lines as [`super::yaml::read_part`] does. Returns `None` if the parser must read them.
pub(super) fn read(text: &str, base: usize, depth: usize) -> Option<Node> {
    if !word::is_ordinary(text) {
        return None;
    }
    let mut reader = Reader {
        text,
        base,
        depth,
        at: 0,
        indent: 0,
        done: false,
    };
    reader.advance(0);
    if reader.done {
        return None;
    }
    let root = reader.collection(0)?;
    reader.done.then_some(root)
}

struct Reader<'a> {
    text: &'a str,
    base: usize,
    /// How many collections may contain each other.
    depth: usize,
    /// Where the content of the next line starts that is neither blank nor a comment.
    at: usize,
    /// The column of that content.
    indent: usize,
    /// Whether the text has no further content.
    done: bool,
}

impl<'a> Reader<'a> {
    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(b'\n')
    }

    fn spaces(&self, at: usize) -> usize {
        word::leading(self.text.as_bytes(), at, word::spaces)
    }

    fn end_of_line(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.text.len(), |length| at + length)
    }

    fn range(&self, start: usize, end: usize) -> Range {
        Range::new(self.base + start, self.base + end)
    }

    fn node(&self, start: usize, end: usize, style: Style, data: Data) -> Node {
        Node {
            range: self.range(start, end),
            style,
            data,
        }
    }

    /// Looks for content from the start of a line on.
    fn advance(&mut self, start: usize) {
        let mut start = start;
        while start < self.text.len() {
            let indent = self.spaces(start);
            let at = start + indent;
            match self.byte(at) {
                b'\n' => start = at + 1,
                b'#' => start = self.end_of_line(at) + 1,
                _ => {
                    (self.at, self.indent) = (at, indent);
                    return;
                }
            }
        }
        self.done = true;
    }

    fn is_item(&self) -> bool {
        is_item(self.text.as_bytes(), self.at)
    }

    fn key(&self, at: usize) -> Option<Key<'a>> {
        let start = u32::try_from(at).ok()?;
        // Only the parser expands merge keys.
        Key::at(self.text, Line { start, indent: 0 }).filter(|key| key.text != "<<")
    }

    /// Reads the collection that starts at the next content. `level` counts those around it.
    fn collection(&mut self, level: usize) -> Option<Node> {
        if self.is_item() {
            self.sequence(level)
        } else {
            self.mapping(level)
        }
    }

    /// Reads the sequence below a key with the same indentation. The parser says that it starts behind its first dash.
    fn sequence_below_key(&mut self, level: usize) -> Option<Node> {
        let behind = self.at + 1 + self.spaces(self.at + 1);
        if self.byte(behind) == b'#' {
            return None;
        }
        let mut node = self.sequence(level)?;
        node.range.start = self.range(behind, behind).start;
        Some(node)
    }

    fn mapping(&mut self, level: usize) -> Option<Node> {
        let key = self.key(self.at)?;
        self.mapping_from(key, level)
    }

    /// Reads the mapping whose first key was read.
    fn mapping_from(&mut self, key: Key<'a>, level: usize) -> Option<Node> {
        if level >= self.depth {
            return None;
        }
        let (start, indent) = (self.at, self.indent);
        let mut members = Vec::new();
        let mut key = key;
        loop {
            let value = self.value(key.value, indent, level)?;
            members.push(Member {
                key: key.text.into(),
                key_range: self.range(key.range.start as usize, key.range.end as usize),
                value,
            });
            if self.done || self.indent < indent {
                break;
            }
            if self.indent > indent || self.is_item() {
                return None;
            }
            key = self.key(self.at)?;
        }
        let end = members
            .last()
            .map_or(start, |last| last.value.range.end as usize - self.base);
        Some(self.node(start, end, Style::Plain, Data::Object(members)))
    }

    /// Reads the value after a colon.
    fn value(&mut self, behind: usize, indent: usize, level: usize) -> Option<Node> {
        let at = behind + self.spaces(behind);
        if !self.is_blank(at) {
            return self.scalar(at, indent, level);
        }
        self.advance(self.end_of_line(at) + 1);
        if self.done || self.indent < indent {
            return None;
        }
        if self.indent > indent {
            if self.is_item() {
                self.sequence(level + 1)
            } else if let Some(key) = self.key(self.at) {
                self.mapping_from(key, level + 1)
            } else {
                self.scalar(self.at, indent, level)
            }
        } else if self.is_item() {
            self.sequence_below_key(level + 1)
        } else {
            None
        }
    }

    /// Whether the line ends here, or continues with a comment after a space.
    fn is_blank(&self, at: usize) -> bool {
        match self.byte(at) {
            b'\n' => true,
            b'#' => at > 0 && self.byte(at - 1) == b' ',
            _ => false,
        }
    }

    fn sequence(&mut self, level: usize) -> Option<Node> {
        if level >= self.depth {
            return None;
        }
        let (start, indent) = (self.at, self.indent);
        let mut items = Vec::new();
        loop {
            let dash = self.at;
            let at = dash + 1 + self.spaces(dash + 1);
            let item = if self.is_blank(at) {
                self.advance(self.end_of_line(at) + 1);
                if self.done || self.indent <= indent {
                    return None;
                }
                self.collection(level + 1)?
            } else if is_item(self.text.as_bytes(), at) {
                return None;
            } else if let Some(key) = self.key(at) {
                (self.at, self.indent) = (at, indent + at - dash);
                self.mapping_from(key, level + 1)?
            } else {
                self.scalar(at, indent, level)?
            };
            items.push(item);
            if self.done || self.indent < indent {
                break;
            }
            if self.indent > indent {
                return None;
            }
            if !self.is_item() {
                break;
            }
        }
        let end = items.last().map_or(start, |item| item.range.end as usize - self.base);
        Some(self.node(start, end, Style::Plain, Data::Array(items)))
    }
}
