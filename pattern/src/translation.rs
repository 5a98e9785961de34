//! Translation of a tree to the syntax of the engines.

use std::fmt::Write as _;

use crate::{
    class::{self, Set},
    tree::Node,
};

/// The target syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// `regex-automata`: no look-around and no back-references.
    Regex,
    /// `fancy-regex`.
    FancyRegex,
}

/// Writes a tree.
pub fn write(node: &Node, dialect: Dialect) -> String {
    let mut writer = Writer {
        text: String::new(),
        dialect,
        groups: Vec::new(),
    };
    writer.node(node);
    writer.text
}

struct Writer {
    text: String,
    dialect: Dialect,
    /// The groups in their new order.
    groups: Vec<usize>,
}

impl Writer {
    fn node(&mut self, node: &Node) {
        match node {
            Node::Never => self.set(&class::set(&[])),
            Node::Set(set) => self.set(set),
            Node::Start => self.text.push_str("\\A"),
            Node::End => self.text.push_str("\\z"),
            Node::LineStart => self.beside("(?<!", &class::complement(&class::set(class::LINE_TERMINATORS))),
            Node::LineEnd => self.beside("(?!", &class::complement(&class::set(class::LINE_TERMINATORS))),
            Node::Boundary { negated, word } => self.boundary(*negated, word),
            Node::Sequence(nodes) => {
                for node in nodes {
                    self.part(node, matches!(node, Node::Choice(_)));
                }
            }
            Node::Choice(nodes) => {
                for (index, node) in nodes.iter().enumerate() {
                    if index > 0 {
                        self.text.push('|');
                    }
                    self.node(node);
                }
            }
            Node::Group { number, inner } => {
                self.groups.push(*number);
                self.enclosed("(", inner);
            }
            Node::Repeat {
                min,
                max,
                greedy,
                inner,
            } => {
                self.part(inner, !matches!(**inner, Node::Set(_) | Node::Group { .. }));
                self.quantifier(*min, *max);
                if !greedy {
                    self.text.push('?');
                }
            }
            Node::Look { behind, negated, inner } => {
                let start = match (behind, negated) {
                    (false, false) => "(?=",
                    (false, true) => "(?!",
                    (true, false) => "(?<=",
                    (true, true) => "(?<!",
                };
                self.enclosed(start, inner);
            }
            // Only groups before a back-reference are known.
            Node::Known { group, certain } => {
                let number = self
                    .groups
                    .iter()
                    .position(|known| known == group)
                    .map_or(0, |index| index + 1);
                let _ = if *certain {
                    write!(self.text, "\\{number}")
                } else {
                    write!(self.text, "(?({number})\\{number})")
                };
            }
            // A back-reference that is not known matches the empty text.
            Node::Empty | Node::Reference { .. } => {}
        }
    }

    fn part(&mut self, node: &Node, enclose: bool) {
        if enclose {
            self.enclosed("(?:", node);
        } else {
            self.node(node);
        }
    }

    fn enclosed(&mut self, start: &str, node: &Node) {
        self.text.push_str(start);
        self.node(node);
        self.text.push(')');
    }

    fn quantifier(&mut self, min: u32, max: Option<u32>) {
        let _ = match (min, max) {
            (0, None) => write!(self.text, "*"),
            (1, None) => write!(self.text, "+"),
            (0, Some(1)) => write!(self.text, "?"),
            (min, None) => write!(self.text, "{{{min},}}"),
            (min, Some(max)) if min == max => write!(self.text, "{{{min}}}"),
            (min, Some(max)) => write!(self.text, "{{{min},{max}}}"),
        };
    }

    /// Writes an escape for each character, which both dialects read in the same way.
    fn set(&mut self, set: &Set) {
        let mut ranges = set.ranges().iter();
        if let (Some(only), None) = (ranges.next(), ranges.next())
            && only.start() == only.end()
        {
            let _ = write!(self.text, "\\x{{{:X}}}", u32::from(only.start()));
            return;
        }
        self.text.push('[');
        for range in set.ranges() {
            let _ = write!(self.text, "\\x{{{:X}}}", u32::from(range.start()));
            if range.start() < range.end() {
                let _ = write!(self.text, "-\\x{{{:X}}}", u32::from(range.end()));
            }
        }
        self.text.push(']');
    }

    fn beside(&mut self, start: &str, set: &Set) {
        self.text.push_str(start);
        self.set(set);
        self.text.push(')');
    }

    /// Writes a word boundary. `fancy-regex` has only the word boundary of Unicode.
    fn boundary(&mut self, negated: bool, word: &Set) {
        if self.dialect == Dialect::Regex {
            // `\B` is not regular, see `search`.
            self.text.push_str("(?-u:\\b)");
            return;
        }
        let (after_word, after_other) = if negated { ("(?=", "(?!") } else { ("(?!", "(?=") };
        for (start, behind, ahead) in [("(?:", "(?<=", after_word), ("|", "(?<!", after_other)] {
            self.text.push_str(start);
            self.beside(behind, word);
            self.beside(ahead, word);
        }
        self.text.push(')');
    }
}
