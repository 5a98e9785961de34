//! Syntax of patterns (ECMA-262, sections 22.2.1 and B.1.2).
//!
//! The parser keeps its own stack, so a deeply nested pattern is an error and not a stack overflow.

mod bracket;
mod escape;
mod group;

use group::Quantifiable;

use crate::class::{self, Case, Set};
use crate::tree::Node;
use crate::{Error, reference};

/// Maximum nesting of groups. The passes over the tree are recursive.
const MAX_DEPTH: usize = 64;
/// Maximum number of groups.
const MAX_GROUPS: usize = 1000;
/// Maximum number of terms and character ranges.
const MAX_SIZE: usize = 100_000;
/// Maximum number of leaves after every repetition is expanded.
const MAX_LEAVES: u64 = 20_000;

/// A parsed pattern.
#[derive(Debug)]
pub struct Parsed {
    pub node: Node,
    /// Whether the flag `i` is set everywhere.
    pub uniform: bool,
}

/// The flags of a pattern, or of a group with modifiers.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools, reason = "they are flags")]
pub struct Flags {
    pub ignore_case: bool,
    pub multiline: bool,
    pub dot_all: bool,
    pub unicode: bool,
}

impl Flags {
    pub fn case(self) -> Case {
        match (self.ignore_case, self.unicode) {
            (false, _) => Case::Sensitive,
            (true, true) => Case::Folded,
            (true, false) => Case::Upper,
        }
    }
}

/// Parses a pattern without its prefix.
pub fn parse(pattern: &str, flags: Flags) -> Result<Parsed, Error> {
    let mut parser = Parser {
        text: if flags.unicode {
            pattern.chars().collect()
        } else {
            pattern.encode_utf16().map(class::unit).collect()
        },
        at: 0,
        flags,
        groups: 0,
        names: Vec::new(),
        opened: 0,
        size: 0,
        uniform: true,
    };
    parser.count_groups();
    if parser.groups > MAX_GROUPS {
        return Err(Error::new(format!("more than {MAX_GROUPS} groups")));
    }
    let node = parser.pattern()?;
    if node.size() > MAX_LEAVES {
        return Err(Error::too_large());
    }
    reference::check_names(&node, &parser.names)?;
    Ok(Parsed {
        node,
        uniform: parser.uniform,
    })
}

struct Parser {
    text: Vec<char>,
    at: usize,
    flags: Flags,
    /// Number of capturing groups in the whole pattern.
    groups: usize,
    /// Names and numbers of the groups.
    names: Vec<(String, usize)>,
    /// Number of groups opened so far.
    opened: usize,
    size: usize,
    uniform: bool,
}

/// A group that is not closed yet.
struct Frame {
    kind: Kind,
    /// The flags after the group.
    flags: Flags,
    choices: Vec<Node>,
    terms: Vec<Node>,
}

#[derive(Clone, Copy)]
enum Kind {
    Pattern,
    Plain,
    Group(usize),
    Look { behind: bool, negated: bool },
}

impl Frame {
    fn new(kind: Kind, flags: Flags) -> Self {
        Self {
            kind,
            flags,
            choices: Vec::new(),
            terms: Vec::new(),
        }
    }

    fn next_choice(&mut self) {
        let terms = std::mem::take(&mut self.terms);
        // Even a part that never matches keeps its groups, because their names must be unique.
        self.choices.push(Node::Sequence(terms));
    }

    fn node(mut self) -> Node {
        self.next_choice();
        let inner = Node::Choice(self.choices);
        match self.kind {
            Kind::Pattern | Kind::Plain => inner,
            Kind::Group(number) => Node::Group {
                number,
                inner: Box::new(inner),
            },
            Kind::Look { behind, negated } => Node::Look {
                behind,
                negated,
                inner: Box::new(inner),
            },
        }
    }
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.text.get(self.at).copied()
    }

    fn peek_at(&self, offset: usize) -> Option<char> {
        self.text.get(self.at + offset).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    /// Returns the code point of a letter, or its code unit.
    fn code(&self, letter: char) -> u32 {
        if self.flags.unicode {
            u32::from(letter)
        } else {
            class::code(letter)
        }
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = text
            .chars()
            .enumerate()
            .all(|(offset, letter)| self.peek_at(offset) == Some(letter));
        if found {
            self.at += text.chars().count();
        }
        found
    }

    fn grow(&mut self, size: usize) -> Result<(), Error> {
        self.size += size;
        if self.size > MAX_SIZE {
            return Err(Error::too_large());
        }
        Ok(())
    }

    fn pattern(&mut self) -> Result<Node, Error> {
        let mut stack: Vec<Frame> = Vec::new();
        let mut frame = Frame::new(Kind::Pattern, self.flags);
        while let Some(letter) = self.next() {
            self.grow(1)?;
            let (node, quantifiable) = match letter {
                '|' => {
                    frame.next_choice();
                    continue;
                }
                '(' => {
                    let flags = self.flags;
                    let kind = self.open()?;
                    if stack.len() >= MAX_DEPTH {
                        return Err(Error::new(format!("more than {MAX_DEPTH} nested groups")));
                    }
                    stack.push(std::mem::replace(&mut frame, Frame::new(kind, flags)));
                    continue;
                }
                ')' => {
                    let outer = stack.pop().ok_or_else(|| Error::new("unmatched `)`"))?;
                    let closed = std::mem::replace(&mut frame, outer);
                    self.flags = closed.flags;
                    let quantifiable = match closed.kind {
                        Kind::Look { behind, .. } if behind || self.flags.unicode => Quantifiable::No,
                        _ => Quantifiable::Yes,
                    };
                    (closed.node(), quantifiable)
                }
                '^' | '$' => (self.anchor(letter), Quantifiable::No),
                '\\' => match self.peek() {
                    Some('b' | 'B') => {
                        let negated = self.next() == Some('B');
                        let word = class::word(self.flags.case())?;
                        self.uniform &= self.flags.ignore_case;
                        (Node::Boundary { negated, word }, Quantifiable::No)
                    }
                    _ => (self.escape()?, Quantifiable::Yes),
                },
                '.' if self.flags.dot_all => (Node::set(class::any()), Quantifiable::Yes),
                '.' => {
                    let set = class::complement(&class::set(class::LINE_TERMINATORS));
                    (Node::set(set), Quantifiable::Yes)
                }
                '[' => (self.class()?, Quantifiable::Yes),
                '*' | '+' | '?' => return Err(Error::new(format!("nothing to repeat before `{letter}`"))),
                '{' | '}' | ']' if self.flags.unicode => {
                    return Err(Error::new(format!("unescaped `{letter}`")));
                }
                '{' if self.braces_at(self.at - 1).is_some() => {
                    return Err(Error::new("nothing to repeat before `{`"));
                }
                letter => (self.literal(self.code(letter))?, Quantifiable::Yes),
            };
            let node = self.quantified(node, quantifiable)?;
            frame.terms.push(node);
        }
        if !stack.is_empty() {
            return Err(Error::new("unclosed group"));
        }
        Ok(frame.node())
    }

    fn anchor(&self, letter: char) -> Node {
        match (letter, self.flags.multiline) {
            ('^', false) => Node::Start,
            ('^', true) => Node::LineStart,
            (_, false) => Node::End,
            (_, true) => Node::LineEnd,
        }
    }

    /// A character, compared according to the flags.
    fn literal(&mut self, code: u32) -> Result<Node, Error> {
        let mut list = Vec::new();
        class::push(&mut list, code, code, !self.flags.unicode);
        self.leaf(&Set::new(list), false)
    }

    /// A set of characters, compared according to the flags.
    fn leaf(&mut self, set: &Set, negated: bool) -> Result<Node, Error> {
        self.uniform &= self.flags.ignore_case;
        let set = class::close(set, self.flags.case())?;
        self.grow(set.ranges().len())?;
        Ok(Node::set(if negated { class::complement(&set) } else { set }))
    }
}
