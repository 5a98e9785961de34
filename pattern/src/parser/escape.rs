//! Escapes.

use super::Parser;
use crate::class::{self, Set};
use crate::tree::Node;
use crate::{Error, property};

pub(super) fn surrogate_pair(first: u32, second: u32) -> Option<char> {
    let is_pair = (0xD800..0xDC00).contains(&first) && (0xDC00..0xE000).contains(&second);
    let pair = || char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    is_pair.then(pair).flatten()
}

impl Parser {
    /// `AtomEscape`, after the backslash.
    pub(super) fn escape(&mut self) -> Result<Node, Error> {
        let letter = self.peek().ok_or_else(|| Error::new("a pattern cannot end in `\\`"))?;
        match letter {
            '1'..='9' => {
                if let Some((number, end)) = self.number_at(self.at) {
                    let number = usize::try_from(number).unwrap_or(usize::MAX);
                    if number <= self.groups {
                        self.at = end;
                        return Ok(self.reference(vec![number]));
                    }
                    if self.flags.unicode {
                        return Err(Error::new(format!("back-reference to missing group {number}")));
                    }
                }
            }
            'k' if self.flags.unicode || !self.names.is_empty() => {
                self.at += 1;
                let name = self.group_name()?;
                let named = self.names.iter().filter(|(known, _)| *known == name);
                let groups: Vec<usize> = named.map(|(_, number)| *number).collect();
                if groups.is_empty() {
                    return Err(Error::new(format!("back-reference to missing group `{name}`")));
                }
                return Ok(self.reference(groups));
            }
            // A backslash, and `c` is the next atom.
            'c' if !self.flags.unicode && !self.peek_at(1).is_some_and(|next| next.is_ascii_alphabetic()) => {
                return self.literal(u32::from('\\'));
            }
            _ => {}
        }
        if let Some(set) = self.set_escape()? {
            return self.leaf(&set, false);
        }
        let code = self.character_escape()?;
        self.literal(code)
    }

    fn reference(&mut self, groups: Vec<usize>) -> Node {
        self.uniform &= self.flags.ignore_case;
        Node::Reference {
            groups,
            ignore_case: self.flags.ignore_case,
        }
    }

    /// `CharacterClassEscape`, after the backslash.
    pub(super) fn set_escape(&mut self) -> Result<Option<Set>, Error> {
        let Some(letter) = self.peek() else {
            return Ok(None);
        };
        if let Some(set) = class::escape(letter, self.flags.case())? {
            self.at += 1;
            return Ok(Some(set));
        }
        if !matches!(letter, 'p' | 'P') || !self.flags.unicode {
            return Ok(None);
        }
        self.at += 1;
        let start = self.at + 1;
        let length = self
            .text
            .get(start..)
            .and_then(|rest| rest.iter().position(|letter| *letter == '}'));
        let (true, Some(length)) = (self.eat("{"), length) else {
            return Err(Error::new("`\\p` and `\\P` need a property in braces"));
        };
        let expression: String = self.text.iter().skip(start).take(length).collect();
        self.at = start + length + 1;
        let set = property::set(&expression)?;
        Ok(Some(if letter == 'P' { class::complement(&set) } else { set }))
    }

    /// `CharacterEscape`, after the backslash: a code point or code unit.
    pub(super) fn character_escape(&mut self) -> Result<u32, Error> {
        let unicode = self.flags.unicode;
        let letter = self.next().ok_or_else(|| Error::new("a pattern cannot end in `\\`"))?;
        let invalid = || Error::new(format!("invalid escape `\\{letter}`"));
        let code = match letter {
            't' => 0x09,
            'n' => 0x0A,
            'v' => 0x0B,
            'f' => 0x0C,
            'r' => 0x0D,
            'c' if self.peek().is_some_and(|next| next.is_ascii_alphabetic()) => {
                self.next().map_or(0, |next| u32::from(next) % 32)
            }
            '0' if unicode => {
                if self.peek().is_some_and(|next| next.is_ascii_digit()) {
                    return Err(invalid());
                }
                0
            }
            '0'..='7' if !unicode => self.octal(letter),
            'x' => match self.hexadecimal(2) {
                Some(code) => code,
                None if unicode => return Err(invalid()),
                None => u32::from(letter),
            },
            'u' => match self.unicode_escape(unicode) {
                Some(code) => code,
                None if unicode => return Err(invalid()),
                None => u32::from(letter),
            },
            _ if unicode && !"^$\\.*+?()[]{}|/".contains(letter) => return Err(invalid()),
            'c' => return Err(invalid()),
            'k' if !self.names.is_empty() => return Err(invalid()),
            letter => self.code(letter),
        };
        Ok(code)
    }

    /// `LegacyOctalEscapeSequence`, after its first digit.
    fn octal(&mut self, first: char) -> u32 {
        let mut code = first.to_digit(8).unwrap_or(0);
        let most = if first <= '3' { 2 } else { 1 };
        for _ in 0..most {
            let Some(digit) = self.peek().and_then(|next| next.to_digit(8)) else {
                break;
            };
            code = code * 8 + digit;
            self.at += 1;
        }
        code
    }

    /// Reads exactly this number of hexadecimal digits, or nothing.
    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        let mut code = 0;
        for offset in 0..digits {
            code = code * 16 + self.peek_at(offset)?.to_digit(16)?;
        }
        self.at += digits;
        Some(code)
    }

    /// Reads `RegExpUnicodeEscapeSequence` after `\u`, or nothing.
    pub(super) fn unicode_escape(&mut self, unicode: bool) -> Option<u32> {
        if unicode && self.peek() == Some('{') {
            let mut code = 0_u32;
            let mut offset = 1;
            while let Some(digit) = self.peek_at(offset)?.to_digit(16) {
                code = code.saturating_mul(16).saturating_add(digit);
                offset += 1;
            }
            let valid = offset > 1 && self.peek_at(offset) == Some('}') && code <= 0x10_FFFF;
            if valid {
                self.at += offset + 1;
            }
            return valid.then_some(code);
        }
        let first = self.hexadecimal(4)?;
        if unicode {
            let start = self.at;
            if self.eat("\\u")
                && let Some(pair) = self.hexadecimal(4).and_then(|second| surrogate_pair(first, second))
            {
                return Some(u32::from(pair));
            }
            self.at = start;
        }
        Some(first)
    }
}
