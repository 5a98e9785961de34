//! The tree that YAML and JSON files are read into: every key and every value knows its place.

use std::sync::Arc;

use super::outline::Deferred;

/// A half-open range of bytes in the text of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

impl Range {
    /// The range from `start` to `end`, both in bytes.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }
}

/// How a scalar is written, which decides how a place inside its value maps to a place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A YAML plain scalar, a number, a JSON literal, or no scalar at all.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"` with backslash escapes (YAML or JSON).
    DoubleQuoted,
    /// A YAML block scalar, `|` or `>`.
    Block,
}

/// A value with its place.
#[derive(Clone, Debug)]
pub struct Node {
    /// Where the value stands; of a block collection, from its first key or item to its last.
    pub range: Range,
    /// How it is written.
    pub style: Style,
    /// What it is.
    pub data: Data,
}

/// What a [`Node`] is, in the JSON data model.
#[derive(Clone, Debug)]
pub enum Data {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number in JSON spelling; every digit of the file is kept.
    Number(Box<str>),
    /// A string after unescaping and folding.
    String(Box<str>),
    /// A sequence.
    Array(Vec<Node>),
    /// A mapping in file order.
    Object(Vec<Member>),
    /// A YAML node with an anchor, or an alias of one; shared, never copied.
    Link(Arc<Node>),
    /// A part of a large file that is read when it is looked at.
    Deferred(Box<Deferred>),
}

/// One `key: value` of a mapping.
#[derive(Clone, Debug)]
pub struct Member {
    /// The key's text.
    pub key: Box<str>,
    /// Where the key stands.
    pub key_range: Range,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The node itself, the one it links to, or the one that is read now.
    #[must_use]
    pub fn target(&self) -> &Node {
        let mut node = self;
        loop {
            node = match &node.data {
                Data::Link(target) => target,
                Data::Deferred(deferred) => deferred.node(),
                _ => return node,
            };
        }
    }
}
