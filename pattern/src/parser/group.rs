//! Groups, their names and quantifiers.

use std::sync::OnceLock;

use super::escape::surrogate_pair;
use super::{Kind, Parser};
use crate::class::{self, Set};
use crate::tree::Node;
use crate::{Error, property};

/// What precedes a quantifier.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantifiable {
    Yes,
    No,
}

/// `IdentifierStartChar` and `IdentifierPartChar`.
pub(super) fn is_identifier(letter: char, start: bool) -> Result<bool, Error> {
    static START: OnceLock<Result<Set, Error>> = OnceLock::new();
    static PART: OnceLock<Result<Set, Error>> = OnceLock::new();
    if letter.is_ascii() {
        return Ok(letter.is_ascii_alphabetic() || matches!(letter, '$' | '_') || (!start && letter.is_ascii_digit()));
    }
    let property = if start {
        START.get_or_init(|| property::set("ID_Start"))
    } else {
        PART.get_or_init(|| property::set("ID_Continue"))
    };
    let property = property.as_ref().map_err(Clone::clone)?;
    Ok(class::contains(property, letter) || (!start && matches!(letter, '\u{200C}' | '\u{200D}')))
}

impl Parser {
    /// Counts the groups and reads their names before any reference is parsed.
    pub(super) fn count_groups(&mut self) {
        let mut in_class = false;
        while let Some(letter) = self.next() {
            match letter {
                '\\' => self.at += 1,
                '[' => in_class = true,
                ']' => in_class = false,
                '(' if !in_class => {
                    if !self.eat("?") {
                        self.groups += 1;
                    } else if self.peek() == Some('<') && !matches!(self.peek_at(1), Some('=' | '!')) {
                        self.groups += 1;
                        let start = self.at;
                        if let Ok(name) = self.group_name() {
                            self.names.push((name, self.groups));
                        } else {
                            self.at = start;
                        }
                    }
                }
                _ => {}
            }
        }
        self.at = 0;
    }

    /// After `(`.
    pub(super) fn open(&mut self) -> Result<Kind, Error> {
        if !self.eat("?") {
            self.opened += 1;
            return Ok(Kind::Group(self.opened));
        }
        for (start, behind, negated) in [
            ("=", false, false),
            ("!", false, true),
            ("<=", true, false),
            ("<!", true, true),
        ] {
            if self.eat(start) {
                return Ok(Kind::Look { behind, negated });
            }
        }
        if self.peek() == Some('<') {
            self.group_name()?;
            self.opened += 1;
            return Ok(Kind::Group(self.opened));
        }
        self.modifiers()?;
        Ok(Kind::Plain)
    }

    /// `:`, `ims:` or `ims-ims:` (ECMA-262, 2025).
    fn modifiers(&mut self) -> Result<(), Error> {
        let mut seen = Vec::new();
        let mut set = true;
        loop {
            let letter = self.next();
            let flag = match letter {
                Some(':') if set || !seen.is_empty() => return Ok(()),
                Some('-') if set => {
                    set = false;
                    continue;
                }
                Some('i') => &mut self.flags.ignore_case,
                Some('m') => &mut self.flags.multiline,
                Some('s') => &mut self.flags.dot_all,
                _ => return Err(Error::new("unknown kind of group after `(?`")),
            };
            if seen.contains(&letter) {
                return Err(Error::new("repeated modifier of a group"));
            }
            seen.push(letter);
            *flag = set;
        }
    }

    /// `<name>`; `\u` escapes are allowed.
    pub(super) fn group_name(&mut self) -> Result<String, Error> {
        let invalid = || Error::new("invalid group name");
        if !self.eat("<") {
            return Err(invalid());
        }
        let mut name = String::new();
        loop {
            let letter = match self.next() {
                Some('>') if !name.is_empty() => return Ok(name),
                // Escapes in names are read as with the flag `u`.
                Some('\\') if self.eat("u") => {
                    self.unicode_escape(true).and_then(char::from_u32).ok_or_else(invalid)?
                }
                Some(letter) => {
                    match surrogate_pair(self.code(letter), self.peek().map_or(0, |next| self.code(next))) {
                        Some(pair) => {
                            self.at += 1;
                            pair
                        }
                        None => letter,
                    }
                }
                None => return Err(invalid()),
            };
            let start = name.is_empty();
            if !(is_identifier(letter, start)?) {
                return Err(invalid());
            }
            name.push(letter);
        }
    }

    pub(super) fn quantified(&mut self, node: Node, quantifiable: Quantifiable) -> Result<Node, Error> {
        let (min, max) = match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => match self.braces_at(self.at) {
                Some((min, max, end)) => {
                    self.at = end - 1;
                    (min, max)
                }
                None if self.flags.unicode => return Err(Error::new("unescaped `{`")),
                None => return Ok(node),
            },
            _ => return Ok(node),
        };
        self.at += 1;
        if quantifiable == Quantifiable::No {
            return Err(Error::new("a quantifier cannot follow an assertion"));
        }
        if max.is_some_and(|max| max < min) {
            return Err(Error::new("the limits of a quantifier are out of order"));
        }
        let greedy = !self.eat("?");
        Ok(Node::Repeat {
            min,
            max,
            greedy,
            inner: Box::new(node),
        })
    }

    /// `{n}`, `{n,}` or `{n,m}`: the limits, and the index after it.
    pub(super) fn braces_at(&self, at: usize) -> Option<(u32, Option<u32>, usize)> {
        let (min, at) = self.number_at(at + 1)?;
        let (max, at) = match self.text.get(at)? {
            ',' => self
                .number_at(at + 1)
                .map_or((None, at + 1), |(max, at)| (Some(max), at)),
            _ => (Some(min), at),
        };
        (self.text.get(at) == Some(&'}')).then_some((min, max, at + 1))
    }

    /// Decimal digits and the index after them. A number that is too large becomes the largest `u32`.
    pub(super) fn number_at(&self, start: usize) -> Option<(u32, usize)> {
        let digits = self.text.get(start..)?.iter().map_while(|letter| letter.to_digit(10));
        let (mut number, mut end) = (0_u32, start);
        for digit in digits {
            number = number.saturating_mul(10).saturating_add(digit);
            end += 1;
        }
        (end > start).then_some((number, end))
    }
}
