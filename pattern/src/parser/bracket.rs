//! Classes of characters.

use regex_syntax::hir::ClassUnicodeRange;

use super::Parser;
use crate::Error;
use crate::class::{self, Set};
use crate::tree::Node;

/// A member of a class.
pub(super) enum Member {
    Single(u32),
    Set(Set),
}

impl Parser {
    /// A class, after `[`.
    pub(super) fn class(&mut self) -> Result<Node, Error> {
        let negated = self.eat("^");
        let mut list = Vec::new();
        loop {
            let first = match self.peek() {
                None => return Err(Error::new("unclosed class")),
                Some(']') => break,
                Some(_) => self.member()?,
            };
            self.grow(1)?;
            let is_range = self.peek() == Some('-') && self.peek_at(1).is_some_and(|next| next != ']');
            if !is_range {
                self.add(&mut list, first)?;
                continue;
            }
            self.at += 1;
            match (first, self.member()?) {
                (Member::Single(low), Member::Single(high)) if low <= high => {
                    class::push(&mut list, low, high, !self.flags.unicode);
                }
                (Member::Single(_), Member::Single(_)) => {
                    return Err(Error::new("the ends of a range are out of order"));
                }
                _ if self.flags.unicode => return Err(Error::new("a range cannot start or end with a class")),
                // The hyphen is literal.
                (first, second) => {
                    for member in [first, Member::Single(0x2D), second] {
                        self.add(&mut list, member)?;
                    }
                }
            }
        }
        self.at += 1;
        self.leaf(&Set::new(list), negated)
    }

    fn add(&mut self, list: &mut Vec<ClassUnicodeRange>, member: Member) -> Result<(), Error> {
        match member {
            Member::Single(code) => class::push(list, code, code, !self.flags.unicode),
            Member::Set(set) => {
                self.grow(set.ranges().len())?;
                list.extend_from_slice(set.ranges());
            }
        }
        Ok(())
    }

    /// `ClassAtom`.
    fn member(&mut self) -> Result<Member, Error> {
        let Some(letter) = self.next() else {
            return Err(Error::new("unclosed class"));
        };
        if letter != '\\' {
            return Ok(Member::Single(self.code(letter)));
        }
        let code = match self.peek() {
            Some('b') => {
                self.at += 1;
                0x08
            }
            Some('-') if self.flags.unicode => {
                self.at += 1;
                0x2D
            }
            Some('c') if !self.flags.unicode => match self.peek_at(1) {
                Some(control) if control.is_ascii_alphanumeric() || control == '_' => {
                    self.at += 2;
                    u32::from(control) % 32
                }
                // A backslash, and `c` is the next member.
                _ => 0x5C,
            },
            _ => match self.set_escape()? {
                Some(set) => return Ok(Member::Set(set)),
                None => self.character_escape()?,
            },
        };
        Ok(Member::Single(code))
    }
}
