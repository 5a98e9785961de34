//! Compares random patterns and texts with `regress`, another engine for ECMA-262.
//!
//! `PATTERN_CASES` sets the number of patterns of each grammar, `PATTERN_SEED` where they start.
#![allow(clippy::unwrap_used, reason = "a test")]

mod random;

use std::fmt::Write as _;

use arazzo_pattern::Pattern;
use random::{Random, seeds};

/// The characters of patterns and texts.
const LETTERS: &[char] = &[
    'a', 'b', 'A', '0', '_', '-', '\n', '\r', 'é', 'ſ', '\u{212A}', '😀', '\u{2028}', 'k', 's', 'B', ' ',
];
/// Few characters, so that a search depends on the structure of the pattern.
const FEW_LETTERS: &[char] = &['a', 'a', 'b', '\n'];

/// Writes a random pattern.
struct Grammar<'r> {
    random: &'r mut Random,
    unicode: bool,
    letters: &'static [char],
    pattern: String,
    groups: usize,
    /// The groups that are not closed. In its own group, a back-reference matches the empty text (section
    /// 22.2.2.7.2: the group is set where it ends); `regress` compares what a failed attempt left.
    open: Vec<usize>,
}

/// `regress` 0.12 can run without end where a repetition of what can be empty is in another repetition:
/// `(?:b{0,2}(?:b?)*)*c`. It can miss a match of three repetitions in each other: `(?:(?:a+)+|b)+.` on
/// `aaaaa`.
#[derive(Clone, Copy, Default)]
struct Shape {
    is_empty: bool,
    repeats_empty: bool,
    loops: usize,
}

impl Grammar<'_> {
    fn push_one_of(&mut self, texts: &[&str]) {
        let text = self.random.of(texts);
        self.pattern.push_str(text);
    }

    fn choice(&mut self, depth: usize) -> Shape {
        let mut shape = Shape::default();
        for index in 0..=self.random.below(8) / 6 {
            if index > 0 {
                self.pattern.push('|');
            }
            let mut is_empty = true;
            for _ in 0..self.random.below(5) {
                let term = self.term(depth);
                is_empty &= term.is_empty;
                shape.repeats_empty |= term.repeats_empty;
                shape.loops = shape.loops.max(term.loops);
            }
            shape.is_empty |= is_empty;
        }
        shape
    }

    fn term(&mut self, depth: usize) -> Shape {
        let few = self.letters.len() == FEW_LETTERS.len();
        let mut shape = Shape::default();
        match self.random.below(if depth == 0 { 22 } else { 32 }) {
            0..=8 => {
                let letter = self.random.of(self.letters);
                self.pattern.push(letter);
            }
            9 | 10 => self.pattern.push('.'),
            16 | 17 => {
                self.push_one_of(&["^", "$", "\\b", "\\B"]);
                return Shape {
                    is_empty: true,
                    ..Shape::default()
                };
            }
            kind @ (11..=15 | 18 | 19) if self.groups > 0 && (few || kind == 19) => {
                let next = usize::from(self.random.one_in(8));
                let group = 1 + self.random.below(self.groups + next);
                shape.is_empty = true;
                if self.open.contains(&group) {
                    return shape;
                }
                write!(self.pattern, "\\{group}").unwrap();
            }
            11 | 12 => self.set_escape(),
            13..=15 => self.class(),
            20 if !self.unicode => self.annex_b(),
            18..=21 => self.escape(),
            22..=24 => shape = self.enclosed("(?:", depth),
            25..=27 => {
                (_, shape) = self.group(false, depth);
            }
            28 => {
                let modifiers = self.random.of(&["(?i:", "(?-i:", "(?s-m:", "(?m:"]);
                shape = self.enclosed(modifiers, depth);
            }
            29 => {
                let group;
                (group, shape) = self.group(true, depth);
                if self.random.one_in(2) {
                    write!(self.pattern, "\\k<n{group}>").unwrap();
                    shape.is_empty = true;
                }
            }
            kind => {
                let look = self.random.of(&["(?=", "(?!", "(?<=", "(?<!"]);
                shape = self.enclosed(look, depth);
                shape.is_empty = true;
                if self.unicode || look.starts_with("(?<") || kind != 30 {
                    return shape;
                }
            }
        }
        if self.random.one_in(3) && !shape.repeats_empty && shape.loops < 2 {
            let quantifier = self.random.of(&[
                "*", "+", "?", "*", "+", "?", "{2}", "{1,}", "{0,2}", "{1,3}", "{0}", "{2,}", "{0,1}",
            ]);
            self.pattern.push_str(quantifier);
            if self.random.one_in(4) {
                self.pattern.push('?');
            }
            shape.repeats_empty |= shape.is_empty;
            shape.loops += 1;
            shape.is_empty |= quantifier.starts_with(['*', '?']) || quantifier.starts_with("{0");
        }
        shape
    }

    fn group(&mut self, named: bool, depth: usize) -> (usize, Shape) {
        self.groups += 1;
        let number = self.groups;
        self.open.push(number);
        let start = if named {
            format!("(?<n{number}>")
        } else {
            "(".to_owned()
        };
        let shape = self.enclosed(&start, depth);
        self.open.pop();
        (number, shape)
    }

    fn enclosed(&mut self, start: &str, depth: usize) -> Shape {
        self.pattern.push_str(start);
        let shape = self.choice(depth - 1);
        self.pattern.push(')');
        shape
    }

    fn set_escape(&mut self) {
        if self.unicode && self.random.one_in(2) {
            let properties = [
                "\\p{L}",
                "\\P{Lu}",
                "\\p{Script=Greek}",
                "\\p{Ll}",
                "\\p{scx=Latn}",
                "\\P{ASCII}",
            ];
            self.push_one_of(&properties);
        } else {
            self.push_one_of(&["\\d", "\\D", "\\w", "\\W", "\\s", "\\S"]);
        }
    }

    fn escape(&mut self) {
        if self.unicode && self.random.one_in(6) {
            self.push_one_of(&["\\u{1F600}", "\\u{61}", "\\u{00212A}", "\\uD83D\\uDE00"]);
        } else {
            self.push_one_of(&[
                "\\n", "\\r", "\\t", "\\x61", "\\u0061", "\\cJ", "\\0", "\\u017F", "\\u212A", "\\.", "\\/", "\\$",
                "\\[", "\\}", "\\u2028", "\\\\",
            ]);
        }
    }

    fn annex_b(&mut self) {
        self.push_one_of(&[
            "]", "{", "}", "{1", "{,2}", "{a}", "\\-", "\\_", "\\8", "\\12", "\\101", "\\c", "\\c1", "\\a", "\\x6",
            "\\u006", "\\k", "\\p{L}", "\\é", "\\7", "\\ud83d", "\\😀",
        ]);
    }

    fn class(&mut self) {
        self.pattern.push('[');
        if self.random.one_in(3) {
            self.pattern.push('^');
        }
        for _ in 0..self.random.below(4) {
            match self.random.below(16) {
                0..=5 => {
                    let letter = self.random.of(self.letters);
                    self.pattern.push(letter);
                }
                6..=8 => self.push_one_of(&["a-b", "A-z", "0-9", "\\0-a", "é-😀", "\\x30-\\x39", "+--", " -~"]),
                9 | 10 => self.set_escape(),
                11 | 12 => self.escape(),
                13 => self.push_one_of(&["[", "&&", "--", "~~", "[:alpha:", "\\b", "\\-", "|", "(", "^", "a-"]),
                _ if !self.unicode => self.push_one_of(&[
                    "\\w-a", "a-\\d", "\\c1", "\\c_", "\\c", "\\8", "\\12", "\\B", "\\_", "\\x", "\\u", "\\k", "\\p",
                ]),
                _ => {}
            }
        }
        self.pattern.push(']');
    }
}

type Search = Box<dyn Fn(&str) -> bool>;

struct Case {
    flags: String,
    body: String,
    unicode: bool,
    mutated: bool,
}

impl Case {
    /// A pattern of the grammar, sometimes with a character too many or too few.
    fn new(random: &mut Random, letters: &'static [char]) -> Self {
        let unicode = random.below(3) > 0;
        let flags: String = "ims".chars().filter(|_| random.one_in(4)).collect();
        let depth = random.below(4);
        let mut grammar = Grammar {
            random,
            unicode,
            letters,
            pattern: String::new(),
            groups: 0,
            open: Vec::new(),
        };
        grammar.choice(depth);
        let mut body = grammar.pattern;
        let mutated = random.one_in(10);
        if mutated {
            let mut characters: Vec<char> = body.chars().collect();
            let at = random.below(characters.len() + 1);
            if random.one_in(2) {
                characters.insert(
                    at,
                    random.of(&['(', ')', '[', ']', '{', '}', '*', '?', '\\', '-', '1', ',', '|', '<']),
                );
            } else if at < characters.len() {
                characters.remove(at);
            }
            body = characters.into_iter().collect();
        }
        let mut case = Self {
            flags,
            body,
            unicode,
            mutated,
        };
        case.body = case.adapt(&case.body);
        case
    }

    fn ignores_case(&self) -> bool {
        self.flags.contains('i') || self.body.contains("(?i:")
    }

    /// Without the flag `u`, `regress` compares U+017F and U+212A with `s` and `k`; a character that is
    /// not ASCII never has an ASCII character as its canonical form (section 22.2.2.7.3, step 3.h).
    /// Greek letters take their place.
    fn adapt(&self, text: &str) -> String {
        if self.unicode || !self.ignores_case() {
            return text.to_owned();
        }
        text.replace("é-😀", "é-ž")
            .replace('ſ', "ς")
            .replace('\u{212A}', "Σ")
            .replace("\\u017F", "\\u03C2")
            .replace("\\u212A", "\\u03A3")
    }

    /// Whether `regress` follows the specification here, and reads the same pattern.
    fn is_comparable(&self) -> bool {
        // The complement of `\W` in a class has U+017F and U+212A, which are word characters with the
        // flags `i` and `u` (section 22.2.2.9.3).
        let word = self.ignores_case() && self.body.contains("\\W");
        // With the flag `u`, a lone surrogate makes the whole search fail, even in `\ud83d*`. Without it,
        // `regress` drops the `\u` that follows.
        let surrogate = self.body.contains(if self.unicode { "\\ud83d" } else { "\\ud83d\\u" });
        // `\u{61}` is `u` sixty-one times (section 22.2.1, RegExpUnicodeEscapeSequence).
        let code_point = !self.unicode && self.body.contains("\\u{");
        // What starts like flags would be read as flags.
        let flags = self.body.strip_prefix("(?").and_then(|rest| rest.split_once(')'));
        let flags = flags.is_some_and(|(flags, _)| flags.chars().all(|flag| "ims-u".contains(flag)));
        !word && !surrogate && !code_point && !flags
    }

    fn pattern(&self) -> String {
        match (self.flags.as_str(), self.unicode) {
            ("", true) => self.body.clone(),
            (flags, true) => format!("(?{flags}){}", self.body),
            (flags, false) => format!("(?{flags}-u){}", self.body),
        }
    }

    /// Without the flag `u`, a pattern sees code units (section 22.2.2.1).
    fn expected(&self) -> Option<Search> {
        if self.unicode {
            let regex = regress::Regex::with_flags(&self.body, format!("{}u", self.flags).as_str()).ok()?;
            return Some(Box::new(move |text| regex.find(text).is_some()));
        }
        let units = self.body.encode_utf16().map(u32::from);
        let regex = regress::Regex::from_unicode(units, self.flags.as_str()).ok()?;
        Some(Box::new(move |text| {
            let text: Vec<u16> = text.encode_utf16().collect();
            regex.find_from_ucs2(&text, 0).next().is_some()
        }))
    }
}

fn compare(letters: &'static [char]) {
    let (mut accepted, mut translated, mut found, mut not_found, mut skipped) = (0, 0, 0, 0, 0);
    for seed in seeds(1_000) {
        let random = &mut Random::new(seed);
        let case = Case::new(random, letters);
        let pattern = case.pattern();
        // The parser must not panic on those that cannot be compared, either.
        let ours = Pattern::new(&pattern);
        if !case.is_comparable() {
            continue;
        }
        let Some(expected) = case.expected() else {
            assert!(ours.is_err(), "{pattern:?} is refused by regress");
            continue;
        };
        accepted += 1;
        let Ok(ours) = ours else {
            continue;
        };
        translated += 1;
        if case.mutated {
            // It may be one that `regress` does not end.
            continue;
        }
        for _ in 0..8 {
            let text: String = (0..random.below(8)).map(|_| random.of(letters)).collect();
            let text = case.adapt(&text);
            let Ok(ours) = ours.is_found(&text) else {
                skipped += 1;
                continue;
            };
            assert_eq!(ours, expected(&text), "{pattern:?} on {text:?}");
            *(if ours { &mut found } else { &mut not_found }) += 1;
        }
    }
    println!(
        "{translated} of {accepted} accepted patterns translated; \
         {found} found, {not_found} not found, {skipped} skipped"
    );
    assert!(translated * 100 >= accepted * 95, "{translated} of {accepted}");
}

#[test]
fn syntax_agrees_with_regress() {
    compare(LETTERS);
}

#[test]
fn structure_agrees_with_regress() {
    compare(FEW_LETTERS);
}

/// Characters without any order: few are patterns, and none may panic.
#[test]
fn noise_is_refused_like_regress_does() {
    let characters: Vec<char> = r"()[]{}*+?|\\^$.,-:=!<>&~/#09128abdikmnpPsuUwWx_ é😀".chars().collect();
    let (mut accepted, mut refused) = (0, 0);
    for seed in seeds(10_000) {
        let random = &mut Random::new(seed);
        let body: String = (0..random.below(12)).map(|_| random.of(&characters)).collect();
        let case = Case {
            flags: String::new(),
            body,
            unicode: random.one_in(2),
            mutated: true,
        };
        let ours = Pattern::new(&case.pattern());
        if let Ok(ours) = &ours {
            // The result is of no interest.
            let _ = ours.is_found("a😀b");
            accepted += 1;
        } else {
            refused += 1;
        }
        if ours.is_ok() && case.is_comparable() {
            assert!(case.expected().is_some(), "{:?} is refused by regress", case.pattern());
        }
    }
    println!("{accepted} accepted, {refused} refused");
}
