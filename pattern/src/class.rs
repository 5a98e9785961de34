//! Sets of characters (ECMA-262, section 22.2.2.9), and which characters are equal if case is ignored (section
//! 22.2.2.7.3).
//!
//! Without the flag `u`, a pattern sees UTF-16 code units. A Rust string has no lone surrogates, so a surrogate is
//! represented by a private-use character; see [`unit`].

use std::{collections::BTreeMap, sync::OnceLock};

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

use crate::Error;

pub type Set = ClassUnicode;

/// Represents the surrogate U+D800. No other character above U+FFFF appears in a text of code units.
const SURROGATES: u32 = 0x10_D800;

pub const LINE_TERMINATORS: &[(u32, u32)] = &[(0x0A, 0x0A), (0x0D, 0x0D), (0x2028, 0x2029)];
const DIGITS: &[(u32, u32)] = &[(0x30, 0x39)];
const WORD: &[(u32, u32)] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
/// `WhiteSpace` and `LineTerminator` (sections 12.2 and 12.3).
const SPACE: &[(u32, u32)] = &[
    (0x09, 0x0D),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];

/// How characters are compared: `Canonicalize`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Without the flag `i`.
    Sensitive,
    /// Simple case folding, with the flags `i` and `u`.
    Folded,
    /// `toUppercase` of a code unit, with the flag `i` and without `u`.
    Upper,
}

/// Returns the character that represents a UTF-16 code unit.
pub fn unit(unit: u16) -> char {
    let code = u32::from(unit);
    // Only surrogates are not characters.
    char::from_u32(code)
        .or_else(|| char::from_u32(code - 0xD800 + SURROGATES))
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Returns the code unit that a character represents, or its code point.
pub fn code(character: char) -> u32 {
    let code = u32::from(character);
    if (SURROGATES..SURROGATES + 0x800).contains(&code) {
        code - SURROGATES + 0xD800
    } else {
        code
    }
}

pub fn set(ranges: &[(u32, u32)]) -> Set {
    let mut list = Vec::new();
    for &(first, last) in ranges {
        push(&mut list, first, last, false);
    }
    Set::new(list)
}

/// Adds a range of code points or, with `surrogates`, of code units.
pub fn push(list: &mut Vec<ClassUnicodeRange>, start: u32, end: u32, surrogates: bool) {
    let mut add = |low: u32, high: u32, shift: u32| {
        let low = char::from_u32(start.max(low) + shift);
        let high = char::from_u32(end.min(high) + shift);
        if let (Some(low), Some(high)) = (low, high)
            && low <= high
        {
            list.push(ClassUnicodeRange::new(low, high));
        }
    };
    add(0, 0xD7FF, 0);
    add(0xE000, 0x10_FFFF, 0);
    if surrogates {
        add(0xD800, 0xDFFF, SURROGATES - 0xD800);
    }
}

pub fn any() -> Set {
    set(&[(0, 0x10_FFFF)])
}

pub fn complement(set: &Set) -> Set {
    let mut set = set.clone();
    set.negate();
    set
}

pub fn contains(set: &Set, character: char) -> bool {
    let ranges = set.ranges();
    let at = ranges.partition_point(|range| range.end() < character);
    ranges.get(at).is_some_and(|range| range.start() <= character)
}

/// Returns the set of `\d`, `\s` or `\w`, or the complement for `\D`, `\S` or `\W`.
pub fn escape(letter: char, case: Case) -> Result<Option<Set>, Error> {
    let positive = match letter {
        'd' | 'D' => set(DIGITS),
        's' | 'S' => set(SPACE),
        'w' | 'W' => word(case)?,
        _ => return Ok(None),
    };
    let negative = letter.is_ascii_uppercase();
    Ok(Some(if negative { complement(&positive) } else { positive }))
}

/// `WordCharacters`: with the flags `i` and `u`, also U+017F and U+212A.
pub fn word(case: Case) -> Result<Set, Error> {
    let word = set(WORD);
    match case {
        Case::Folded => close(&word, case),
        // No other character has an ASCII character as its canonical form.
        Case::Sensitive | Case::Upper => Ok(word),
    }
}

/// Adds every character that is equal to a member of the set.
pub fn close(set: &Set, case: Case) -> Result<Set, Error> {
    let mut closed = set.clone();
    match case {
        Case::Sensitive => {}
        Case::Folded => closed
            .try_case_fold_simple()
            .map_err(|_| Error::new("case folding is not available"))?,
        Case::Upper => {
            let characters = set
                .ranges()
                .iter()
                .map(ClassUnicodeRange::len)
                .fold(0, usize::saturating_add);
            let mut added = Vec::new();
            let mut add = |family: &[char]| {
                added.extend(family.iter().map(|member| ClassUnicodeRange::new(*member, *member)));
            };
            if characters < families().len() {
                let members = set.ranges().iter().flat_map(|range| range.start()..=range.end());
                members
                    .filter_map(|member| families().get(&upper(member)))
                    .for_each(|family| add(family));
            } else {
                let families = families().values();
                let equal = families.filter(|family| family.iter().any(|member| contains(set, *member)));
                equal.for_each(|family| add(family));
            }
            closed.union(&Set::new(added));
        }
    }
    Ok(closed)
}

/// Returns one character that represents all characters equal to it.
pub fn canonical(character: char, case: Case) -> char {
    match case {
        Case::Sensitive => character,
        Case::Upper => upper(character),
        Case::Folded if character.is_ascii() => character.to_ascii_uppercase(),
        Case::Folded => {
            // The smallest of the equal characters: for letters of ASCII, the uppercase one.
            let mut equal = Set::new([ClassUnicodeRange::new(character, character)]);
            match equal.try_case_fold_simple() {
                Ok(()) => equal.ranges().first().map_or(character, ClassUnicodeRange::start),
                Err(_) => character,
            }
        }
    }
}

/// `Canonicalize` without the flag `u`.
fn upper(character: char) -> char {
    let mut mapped = character.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(upper), None)
            if u32::from(character) <= 0xFFFF
                && u32::from(upper) <= 0xFFFF
                && (character.is_ascii() || !upper.is_ascii()) =>
        {
            upper
        }
        _ => character,
    }
}

/// Characters with the same uppercase character, if there is more than one.
fn families() -> &'static BTreeMap<char, Vec<char>> {
    static FAMILIES: OnceLock<BTreeMap<char, Vec<char>>> = OnceLock::new();
    FAMILIES.get_or_init(|| {
        let mut families = BTreeMap::<char, Vec<char>>::new();
        for character in '\0'..='\u{FFFF}' {
            let upper = upper(character);
            if upper != character {
                families.entry(upper).or_insert_with(|| vec![upper]).push(character);
            }
        }
        families
    })
}
