//! Reads large YAML files by indentation: one pass finds the start of each member of a block mapping, and a value is
//! read only when it is used.
//!
//! The pass understands the constructs that are common in descriptions: block mappings, block sequences, block scalars,
//! quoted and flow values. If there is anything else, or if the pass cannot be certain, the parser reads the whole
//! file. The same happens if a value turns out to be invalid, to have an anchor, or to contain a duplicate key. Parts
//! that are never used are never checked.

use std::fmt;
use std::ops::Range as Indices;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::node::{Data, Member, Node, Range, Style};
use super::scan::Scan;
use super::{limit, yaml};

/// Keys of more bytes are left to the parser, which limits their length.
const LONG_KEY: usize = 512;

/// A text, and the lines in it that can start a member.
pub(super) struct Outline {
    text: Arc<str>,
    lines: Vec<Line>,
    /// Values of fewer bytes are read completely.
    small: usize,
    /// Whether a value could not be read separately.
    trouble: AtomicBool,
}

#[derive(Clone, Copy)]
pub(super) struct Line {
    pub(super) start: u32,
    pub(super) indent: u32,
}

impl Line {
    fn content(self) -> usize {
        (self.start + self.indent) as usize
    }
}

/// A value that is read on first use.
#[derive(Clone, Debug)]
pub struct Deferred {
    outline: Arc<Outline>,
    /// The lines of the member, starting with the line of its key.
    lines: Indices<usize>,
    /// Offset after the last byte.
    end: usize,
    /// Offset after the colon.
    value: usize,
    key: Range,
    level: usize,
    node: OnceLock<Node>,
}

impl fmt::Debug for Outline {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Outline")
    }
}

impl Outline {
    /// Returns the outline of a text whose root is a block mapping, together with the root. Returns `None` if the text
    /// must be read completely.
    pub(super) fn read(text: &Arc<str>, small: usize) -> Option<(Arc<Self>, Node)> {
        let lines = Scan::new(text)?.lines()?;
        let first = usize::from(
            lines
                .first()
                .is_some_and(|line| line.indent == 0 && is_document_start(text, *line)),
        );
        let outline = Arc::new(Self {
            text: Arc::clone(text),
            lines,
            small,
            trouble: AtomicBool::new(false),
        });
        let root = outline.mapping(first..outline.lines.len(), text.len(), 0)?;
        Some((outline, root))
    }

    /// Returns whether a part was used that can only be read together with the whole file.
    pub(super) fn has_trouble(&self) -> bool {
        self.trouble.load(Ordering::Relaxed)
    }

    /// Returns the block mapping in these lines.
    fn mapping(self: &Arc<Self>, lines: Indices<usize>, end: usize, level: usize) -> Option<Node> {
        let first = *self.lines.get(lines.start)?;
        let indent = first.indent;
        let mut members: Vec<Member> = Vec::new();
        let mut open: Option<(usize, Key)> = None;
        let close = |members: &mut Vec<Member>, open: Option<(usize, Key)>, next: usize, end: usize| {
            let Some((line, key)) = open else { return };
            let deferred = Deferred {
                outline: Arc::clone(self),
                lines: line..next,
                end,
                value: key.value,
                key: key.range,
                level,
                node: OnceLock::new(),
            };
            members.push(Member {
                key: key.text.into(),
                key_range: key.range,
                value: Node {
                    range: Range::new(key.value, key.value),
                    style: Style::Plain,
                    data: Data::Deferred(Box::new(deferred)),
                },
            });
        };
        for index in lines.clone() {
            let line = self.lines[index];
            if line.indent > indent {
                continue;
            }
            if line.indent < indent {
                return None;
            }
            if is_item(self.text.as_bytes(), line.content()) {
                // A sequence may have the same indentation as its key.
                open.as_ref()?;
                continue;
            }
            // Only the parser expands merge keys.
            let key = Key::at(&self.text, line).filter(|key| key.text != "<<")?;
            close(&mut members, open.take(), index, line.start as usize);
            open = Some((index, key));
        }
        close(&mut members, open.take(), lines.end, end);
        let mut errors = Vec::new();
        super::audit::duplicate_key(&members, &mut errors);
        if !errors.is_empty() {
            return None;
        }
        let stop = self.end_of(&members, first.content(), end);
        Some(Node {
            range: Range::new(first.content(), stop),
            style: Style::Plain,
            data: Data::Object(members),
        })
    }

    /// Returns the end of a mapping: the end of its last value. The value is read only if the last line is not
    /// sufficient to determine the end.
    fn end_of(&self, members: &[Member], start: usize, end: usize) -> usize {
        let text = self.text[start..end].trim_end();
        let line = text.rfind('\n').map_or(text, |at| &text[at + 1..]);
        let clear = !line.trim_start().starts_with('#')
            && ![" #", "\t#"].iter().any(|comment| line.contains(comment))
            && !line.ends_with([':', '-', '?']);
        if clear {
            return start + text.len();
        }
        members.last().map_or(end, |last| {
            (last.value.target().range.end.max(last.key_range.end)) as usize
        })
    }
}

impl Deferred {
    /// Returns the value.
    pub(super) fn node(&self) -> &Node {
        self.node.get_or_init(|| {
            self.large().or_else(|| self.small()).unwrap_or_else(|| {
                self.outline.trouble.store(true, Ordering::Relaxed);
                Node {
                    range: Range::new(self.value, self.value),
                    style: Style::Plain,
                    data: Data::Null,
                }
            })
        })
    }

    /// Reads a large block mapping below the key.
    fn large(&self) -> Option<Node> {
        let outline = &self.outline;
        let below = self.lines.start + 1;
        let rest = outline.text[self.value..self.end].split('\n').next()?.trim();
        if self.end - self.value < outline.small
            || below >= self.lines.end
            || !(rest.is_empty() || rest.starts_with('#'))
        {
            return None;
        }
        let deeper = outline.lines[below].indent > outline.lines[self.lines.start].indent;
        if !deeper || self.level >= limit::DEPTH {
            return None;
        }
        outline.mapping(below..self.lines.end, self.end, self.level + 1)
    }

    /// Reads any other value with the parser, together with its key.
    fn small(&self) -> Option<Node> {
        let start = self.outline.lines[self.lines.start].start as usize;
        let depth = limit::DEPTH.saturating_sub(self.level);
        let node = yaml::read_part(&self.outline.text[start..self.end], start, depth).ok()?;
        let Data::Object(members) = node.data else { return None };
        let [member] = <[Member; 1]>::try_from(members).ok()?;
        (member.key_range == self.key && super::audit::is_plain_tree(&member.value)).then_some(member.value)
    }
}

/// A key of a block mapping.
pub(super) struct Key<'a> {
    pub(super) text: &'a str,
    pub(super) range: Range,
    /// Offset after the colon.
    pub(super) value: usize,
}

impl<'a> Key<'a> {
    /// Returns the key at the start of a line, if the line unambiguously starts with a key.
    pub(super) fn at(text: &'a str, line: Line) -> Option<Self> {
        let start = line.content();
        let bytes = text.as_bytes();
        let rest = &text[start..];
        let end = rest.find('\n').unwrap_or(rest.len());
        let rest = &rest[..end];
        let (key, width) = match bytes[start] {
            quote @ (b'"' | b'\'') => {
                let quote = char::from(quote);
                let length = rest[1..].find(quote)?;
                let key = &rest[1..=length];
                // A key that contains an escape differs from its text.
                if key.contains('\\') || rest[length + 2..].starts_with(quote) {
                    return None;
                }
                (key, length + 2)
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'$' | b'_' | b'.' | b'(' | b'+' | b'<' => {
                let length = key_length(rest)?;
                let key = rest[..length].trim_end_matches(' ');
                if key.contains(" #") || key.contains('\t') || (line.indent == 0 && key.starts_with("...")) {
                    return None;
                }
                (key, length)
            }
            _ => return None,
        };
        let colon = width + rest[width..].find(':')?;
        let blank = rest[width..colon].bytes().all(|byte| byte == b' ');
        let followed = matches!(rest.as_bytes().get(colon + 1), None | Some(b' ' | b'\r'));
        if !blank || !followed || key.len() > LONG_KEY {
            return None;
        }
        let quoted = matches!(bytes[start], b'"' | b'\'');
        Some(Self {
            text: key,
            range: Range::new(start, start + if quoted { width } else { key.len() }),
            value: start + colon + 1,
        })
    }
}

/// Returns the number of bytes before the colon that ends a plain key.
pub(super) fn key_length(line: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let colon = from + line[from..].find(':')?;
        match line.as_bytes().get(colon + 1) {
            None | Some(b' ' | b'\t' | b'\r') => return Some(colon),
            Some(_) => from = colon + 1,
        }
    }
}

pub(super) fn is_item(bytes: &[u8], at: usize) -> bool {
    bytes[at] == b'-' && matches!(bytes.get(at + 1), None | Some(b' ' | b'\n' | b'\r'))
}

fn is_document_start(text: &str, line: Line) -> bool {
    let rest = &text[line.start as usize..];
    rest.split('\n').next().is_some_and(|line| line.trim_end() == "---")
}

/// Returns whether a `$ref` refers to another file. All files must be known at the start.
pub(super) fn refers_to_files(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        rest = &rest[at + 1..];
        let Some(behind) = rest.strip_prefix("ref") else {
            continue;
        };
        let value = behind.strip_prefix(['"', '\'']).unwrap_or(behind);
        if let Some(value) = value.strip_prefix(':') {
            let value = value.trim_start_matches([' ', '"', '\'']);
            if !value.starts_with('#') {
                return true;
            }
        }
    }
    false
}
