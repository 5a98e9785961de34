//! The tree of a YAML or JSON file, with the position of every key and every value.

use std::sync::Arc;

use super::outline::Deferred;

/// A half-open range of bytes in the text of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Range {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset after the last byte.
    pub end: u32,
}

impl Range {
    /// Creates the range from `start` to `end`, both in bytes.
    #[must_use]
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Self {
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }
}

/// How a scalar is written. This determines how a position inside its value maps to a position in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// A YAML plain scalar, a number, a JSON literal, or a value that is not a scalar.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"` with backslash escapes (YAML or JSON).
    DoubleQuoted,
    /// A YAML block scalar, `|` or `>`.
    Block,
}

/// A value with its position.
#[derive(Clone, Debug)]
pub struct Node {
    /// The range of the value; for a block collection, from its first key or item to its last.
    pub range: Range,
    /// How it is written.
    pub style: Style,
    /// The content.
    pub data: Data,
}

/// The content of a [`Node`], in the JSON data model.
#[derive(Clone, Debug)]
pub enum Data {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number in JSON spelling, with every digit of the file.
    Number(Box<str>),
    /// A string after unescaping and folding.
    String(Box<str>),
    /// A sequence.
    Array(Vec<Node>),
    /// A mapping in file order.
    Object(Vec<Member>),
    /// A YAML node with an anchor, or an alias of one. It is shared and never copied.
    Link(Arc<Node>),
    /// A part of a large file that is read on first use.
    Deferred(Box<Deferred>),
}

/// One `key: value` of a mapping.
#[derive(Clone, Debug)]
pub struct Member {
    /// The text of the key.
    pub key: Box<str>,
    /// The range of the key.
    pub key_range: Range,
    /// The value.
    pub value: Node,
}

impl Node {
    /// Returns the node itself, the target of a link, or a deferred part after reading it.
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
