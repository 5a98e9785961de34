//! Syntax of patterns (ECMA-262, sections 22.2.1 and B.1.2).
//!
//! The parser keeps its own stack, so a deeply nested pattern is an error and not a stack overflow.

use std::sync::OnceLock;

use regex_syntax::hir::ClassUnicodeRange;

use crate::{
    Error,
    class::{self, Case, Set},
    property, reference,
    tree::Node,
};

/// The deepest nesting of groups. The passes over the tree are recursive.
const MAX_DEPTH: usize = 64;
/// The most groups.
const MAX_GROUPS: usize = 1000;
/// The most terms and ranges of characters.
const MAX_SIZE: usize = 100_000;
/// The most leaves when every repetition is written out.
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
    /// How many capturing groups the whole pattern has.
    groups: usize,
    /// Their names and numbers.
    names: Vec<(String, usize)>,
    /// How many were opened so far.
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
        // Even a part that never matches keeps its groups, because their names must differ.
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

/// What a quantifier may follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quantifiable {
    Yes,
    No,
}

/// A member of a class.
enum Member {
    Single(u32),
    Set(Set),
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

    /// The code point of a letter, or its code unit.
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

    /// Counts the groups and reads their names, before anything refers to them.
    fn count_groups(&mut self) {
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

    /// After `(`.
    fn open(&mut self) -> Result<Kind, Error> {
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
    fn group_name(&mut self) -> Result<String, Error> {
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

    /// A character, compared as the flags say.
    fn literal(&mut self, code: u32) -> Result<Node, Error> {
        let mut list = Vec::new();
        class::push(&mut list, code, code, !self.flags.unicode);
        self.leaf(&Set::new(list), false)
    }

    /// A set of characters, compared as the flags say.
    fn leaf(&mut self, set: &Set, negated: bool) -> Result<Node, Error> {
        self.uniform &= self.flags.ignore_case;
        let set = class::close(set, self.flags.case())?;
        self.grow(set.ranges().len())?;
        Ok(Node::set(if negated { class::complement(&set) } else { set }))
    }

    fn quantified(&mut self, node: Node, quantifiable: Quantifiable) -> Result<Node, Error> {
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
    fn braces_at(&self, at: usize) -> Option<(u32, Option<u32>, usize)> {
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
    fn number_at(&self, start: usize) -> Option<(u32, usize)> {
        let digits = self.text.get(start..)?.iter().map_while(|letter| letter.to_digit(10));
        let (mut number, mut end) = (0_u32, start);
        for digit in digits {
            number = number.saturating_mul(10).saturating_add(digit);
            end += 1;
        }
        (end > start).then_some((number, end))
    }

    /// `AtomEscape`, after the backslash.
    fn escape(&mut self) -> Result<Node, Error> {
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
    fn set_escape(&mut self) -> Result<Option<Set>, Error> {
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
    fn character_escape(&mut self) -> Result<u32, Error> {
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

    /// Reads exactly that many hexadecimal digits, or nothing.
    fn hexadecimal(&mut self, digits: usize) -> Option<u32> {
        let mut code = 0;
        for offset in 0..digits {
            code = code * 16 + self.peek_at(offset)?.to_digit(16)?;
        }
        self.at += digits;
        Some(code)
    }

    /// Reads `RegExpUnicodeEscapeSequence` after `\u`, or nothing.
    fn unicode_escape(&mut self, unicode: bool) -> Option<u32> {
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

    /// A class, after `[`.
    fn class(&mut self) -> Result<Node, Error> {
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

fn surrogate_pair(first: u32, second: u32) -> Option<char> {
    let is_pair = (0xD800..0xDC00).contains(&first) && (0xDC00..0xE000).contains(&second);
    let pair = || char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
    is_pair.then(pair).flatten()
}

/// `IdentifierStartChar` and `IdentifierPartChar`.
fn is_identifier(letter: char, start: bool) -> Result<bool, Error> {
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
