//! One pass over a JSON text that keeps only what pointers lead to.
//!
//! What nothing leads to is checked and skipped where it stands.

use serde::de::{Error as _, IgnoredAny};

use crate::json::datum::Datum;
use crate::json::scan::{blank, key, skip};

#[cfg(feature = "jsonpath")]
use crate::json::scan::string;

/// Finds what each pointer leads to; what is found borrows from `json`. Where a key stands twice
/// in an object, the last one counts.
///
/// # Errors
/// The bytes are no JSON. Those of strings that nothing leads to are not looked at, so they need not be
/// UTF-8.
pub(crate) fn extract<'a>(
    json: &'a [u8],
    pointers: &[&[&str]],
    found: &mut [Option<&'a str>],
) -> Result<(), serde_json::Error> {
    let mut wanted = Vec::with_capacity(2 * pointers.len());
    wanted.extend(0..pointers.len());
    let mut walk = Walk {
        json,
        at: 0,
        pointers,
        found,
        wanted,
    };
    if walk.document().is_some() {
        return Ok(());
    }
    // What is wrong, and where, is the same as everywhere.
    let error = serde_json::from_slice::<IgnoredAny>(json).err();
    // What is ignored is not looked at as closely.
    let error = error.or_else(|| crate::blob::strict_error(json));
    Err(error.unwrap_or_else(|| serde_json::Error::custom("bytes that are not UTF-8")))
}

/// The text with a value in the place that a pointer leads to; `None` where it leads nowhere.
pub(crate) fn replace(text: &str, pointer: &[&str], value: &Datum<'_>) -> Option<String> {
    let mut found = [None];
    extract(text.as_bytes(), &[pointer], &mut found).ok()?;
    let old = found[0]?;
    // What was found is a part of the text.
    let start = old.as_ptr() as usize - text.as_ptr() as usize;
    let mut new = text.get(..start)?.to_owned();
    new.push_str(&value.to_json());
    new.push_str(text.get(start + old.len()..)?);
    Some(new)
}

/// The place after a mark, if that is what is here.
#[cfg(feature = "jsonpath")]
fn after(json: &[u8], at: usize, mark: u8) -> Option<usize> {
    (*json.get(at)? == mark).then_some(at + 1)
}

/// Tells where each value of `whole` is in the text that it was read from. Where a key is twice in an object, the
/// last one counts, which is told last.
#[cfg(feature = "jsonpath")]
pub(crate) fn spans(
    json: &[u8],
    whole: &serde_json::Value,
    tell: &mut impl FnMut(&serde_json::Value, std::ops::Range<usize>),
) {
    span(json, blank(json, 0), whole, tell);
}

/// The same for the value that starts at `start`; where it ends.
#[cfg(feature = "jsonpath")]
fn span(
    json: &[u8],
    start: usize,
    value: &serde_json::Value,
    tell: &mut impl FnMut(&serde_json::Value, std::ops::Range<usize>),
) -> Option<usize> {
    use serde_json::Value;
    let mut at = blank(json, start + 1);
    let empty = matches!(json.get(at), Some(b']' | b'}'));
    let end = match (json.get(start)?, value) {
        (b'[', Value::Array(items)) if !empty => {
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    at = blank(json, after(json, at, b',')?);
                }
                at = blank(json, span(json, at, item, tell)?);
            }
            after(json, at, b']')?
        }
        (b'{', Value::Object(members)) if !empty => loop {
            let written = json.get(at..string(json, at + 1)?)?;
            let name: std::borrow::Cow<'_, str> = serde_json::from_slice(written).ok()?;
            at = key(json, at)?;
            // The first member of a name has the place of the last one in the tree, and maybe another shape.
            let told = members.get(&*name).and_then(|member| span(json, at, member, tell));
            at = told.or_else(|| skip(json, at))?;
            at = blank(json, at);
            if let Some(end) = after(json, at, b'}') {
                break end;
            }
            at = blank(json, after(json, at, b',')?);
        },
        _ => skip(json, start)?,
    };
    tell(value, start..end);
    Some(end)
}

/// Marks a token that is an index of an array and no name; `-1` is the last.
const INDEX: char = '\0';

/// A walk over a text. What returns `None` has met something that is no JSON.
struct Walk<'w, 'a> {
    json: &'a [u8],
    at: usize,
    pointers: &'w [&'w [&'w str]],
    found: &'w mut [Option<&'a str>],
    /// A stack: the pointers that lead through the objects and arrays around this place, innermost last.
    wanted: Vec<usize>,
}

impl Walk<'_, '_> {
    fn document(&mut self) -> Option<()> {
        self.value(0, 0)?;
        self.blank();
        (self.at == self.json.len()).then_some(())
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn blank(&mut self) {
        self.at = blank(self.json, self.at);
    }

    /// A value to which the first `depth` tokens of the pointers from `first` on have led.
    fn value(&mut self, first: usize, depth: usize) -> Option<()> {
        self.blank();
        let start = self.at;
        let ends = |index: &&usize| self.pointers[**index].len() == depth;
        let ending = self.wanted[first..].iter().filter(ends).count();
        match self.peek()? {
            b'{' if ending < self.wanted.len() - first => self.object(first, depth)?,
            b'[' if ending < self.wanted.len() - first => self.array(first, depth)?,
            _ => self.skip()?,
        }
        if ending > 0 {
            let text = std::str::from_utf8(&self.json[start..self.at]).ok()?;
            for index in &self.wanted[first..] {
                if self.pointers[*index].len() == depth {
                    self.found[*index] = Some(text);
                }
            }
        }
        Some(())
    }

    fn object(&mut self, first: usize, depth: usize) -> Option<()> {
        self.at += 1;
        self.blank();
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        let last = self.wanted.len();
        loop {
            self.blank();
            let start = self.at;
            self.at = key(self.json, start)?;
            let written = &self.json[start..self.at];
            let written = &written[..=written.iter().rposition(|byte| *byte == b'"')?];
            let decoded = if written.contains(&b'\\') {
                serde_json::from_slice::<String>(written).ok()
            } else {
                None
            };
            let key = decoded
                .as_ref()
                .map_or(&written[1..written.len() - 1], String::as_bytes);
            for at in first..last {
                let index = self.wanted[at];
                if self.pointers[index]
                    .get(depth)
                    .is_some_and(|token| token.as_bytes() == key)
                {
                    self.found[index] = None;
                    self.wanted.push(index);
                }
            }
            if self.wanted.len() > last {
                self.value(last, depth + 1)?;
                self.wanted.truncate(last);
            } else {
                self.skip()?;
            }
            self.blank();
            self.at += 1;
            match self.json.get(self.at - 1)? {
                b',' => {}
                b'}' => return Some(()),
                _ => return None,
            }
        }
    }

    fn array(&mut self, first: usize, depth: usize) -> Option<()> {
        let start = self.at;
        let last = self.wanted.len();
        let places: Vec<Option<Place>> = self.wanted[first..last]
            .iter()
            .map(|&index| Place::of(self.pointers[index].get(depth)?))
            .collect();
        // A place from the end is known once the end is.
        let length = if places.iter().flatten().any(|place| place.from_end) {
            let length = self.items(|_, _| Some(false))?;
            self.at = start;
            length
        } else {
            usize::MAX
        };
        self.items(|walk, position| {
            for (at, place) in (first..last).zip(&places) {
                if place.is_some_and(|place| place.position(length) == Some(position)) {
                    walk.wanted.push(walk.wanted[at]);
                }
            }
            let leads = walk.wanted.len() > last;
            if leads {
                walk.value(last, depth + 1)?;
                walk.wanted.truncate(last);
            }
            Some(leads)
        })?;
        Some(())
    }

    /// Goes over the items of the array here, skipping those that `each` has not read; how many there are.
    fn items(&mut self, mut each: impl FnMut(&mut Self, usize) -> Option<bool>) -> Option<usize> {
        self.at += 1;
        self.blank();
        if self.peek()? == b']' {
            self.at += 1;
            return Some(0);
        }
        let mut position = 0;
        loop {
            self.blank();
            if !each(self, position)? {
                self.skip()?;
            }
            position += 1;
            self.blank();
            self.at += 1;
            match self.json.get(self.at - 1)? {
                b',' => {}
                b']' => return Some(position),
                _ => return None,
            }
        }
    }

    /// Any value, which starts here.
    fn skip(&mut self) -> Option<()> {
        self.at = skip(self.json, self.at)?;
        Some(())
    }
}

/// A place in an array.
#[derive(Clone, Copy)]
struct Place {
    from_end: bool,
    index: usize,
}

impl Place {
    /// RFC 6901, section 4: no sign and no leading zero, which only a marked index may have.
    fn of(token: &str) -> Option<Self> {
        let (marked, digits) = match token.strip_prefix(INDEX) {
            Some(index) => (true, index),
            None => (false, token),
        };
        let (from_end, digits) = match digits.strip_prefix('-') {
            Some(digits) if marked => (true, digits),
            _ => (false, digits),
        };
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
        let index = digits.parse().ok().filter(|_| plain)?;
        Some(Self { from_end, index })
    }

    fn position(self, length: usize) -> Option<usize> {
        if self.from_end {
            length.checked_sub(self.index)
        } else {
            Some(self.index)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::scan::is_of_plain_strings;

    fn find<'a>(text: &'a str, pointers: &[&[&str]]) -> Vec<Option<&'a str>> {
        let mut found = vec![None; pointers.len()];
        extract(text.as_bytes(), pointers, &mut found).unwrap();
        found
    }

    /// The document and the pointers of RFC 6901, section 5.
    #[test]
    fn pointers_of_the_rfc() {
        let text = r#"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#;
        let pointers: &[&[&str]] = &[
            &[],
            &["foo"],
            &["foo", "0"],
            &[""],
            &["a/b"],
            &["c%d"],
            &["e^f"],
            &["g|h"],
            &["i\\j"],
            &["k\"l"],
            &[" "],
            &["m~n"],
        ];
        let found = find(text, pointers);
        assert_eq!(found[0], Some(text));
        assert_eq!(found[1], Some("[\"bar\",\"baz\"]"));
        assert_eq!(found[2], Some("\"bar\""));
        let rest: Vec<&str> = found[3..].iter().map(|value| value.unwrap()).collect();
        assert_eq!(rest, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]);
    }

    #[test]
    fn what_is_not_there_is_absent() {
        assert_eq!(
            find(
                r#"{"a":1,"b":[1]}"#,
                &[&["a", "x"], &["b", "1"], &["b", "-"], &["b", "x"], &["c"]]
            ),
            [None; 5]
        );
    }

    /// RFC 9535, section 2.3.3: a negative index counts from the end.
    #[test]
    fn an_index_can_count_from_the_end() {
        let pointers: &[&[&str]] = &[
            &["a", "\0-1"],
            &["a", "\0-3", "b"],
            &["a", "\0-4"],
            &["a", "1"],
            &["a", "\u{0}1"],
            &["\u{0}0"],
        ];
        assert_eq!(
            find(r#"{"a":[{"b":1},2,3]}"#, pointers),
            [Some("3"), Some("1"), None, Some("2"), Some("2"), None]
        );
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(
            find(r#"{"a":{"b":1},"a":{"c":2}}"#, &[&["a", "b"], &["a", "c"]]),
            [None, Some("2")]
        );
        assert_eq!(find(r#"{"a":1,"a":2}"#, &[&["a"]]), [Some("2")]);
    }

    #[test]
    fn text_that_is_no_json_is_an_error() {
        for text in ["", "{", "{\"a\":1,}", "[1] 2", "{'a':1}", "nul"] {
            assert!(extract(text.as_bytes(), &[&["a"]], &mut [None]).is_err(), "{text}");
        }
    }

    #[test]
    fn depth_does_not_matter_where_nothing_is_wanted() {
        for depth in [1, 63, 64, 65, 128, 129, 200] {
            let (mut open, mut close) = (String::new(), String::new());
            for level in 0..depth {
                open.push_str(if level % 3 == 0 { "[" } else { "{\"a\":" });
                close.insert(0, if level % 3 == 0 { ']' } else { '}' });
            }
            let text = format!("{{\"x\":{open}1{close},\"y\":1}}");
            assert_eq!(find(&text, &[&["y"]]), [Some("1")], "{depth}");
            let wrong = text.replace(['}', ']'], "]");
            assert!(extract(wrong.as_bytes(), &[&["y"]], &mut [None]).is_err(), "{depth}");
        }
        let deep = format!("{{\"x\":{}{},\"a\":1}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(find(&deep, &[&["a"]]), [Some("1")]);
    }

    #[test]
    fn arrays_of_plain_strings_are_told_apart() {
        for text in ["[]", "[ ]", r#"["a"]"#, "[ \"a\" ,\n\"\u{e9}, ]\"\t]"] {
            assert!(serde_json::from_str::<Vec<String>>(text).is_ok(), "{text}");
            assert!(is_of_plain_strings(text), "{text}");
        }
        for text in [
            r#"["a",1]"#,
            "[null]",
            r#"[["a"]]"#,
            "{}",
            "\"[]\"",
            "1",
            r#"["\\ud800"]"#,
            r#"["a\\n"]"#,
            "",
            "[",
        ] {
            assert!(!is_of_plain_strings(text), "{text}");
        }
    }

    /// A linear congruential generator (Knuth's MMIX constants).
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, limit: usize) -> usize {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).unwrap() % limit
        }
    }

    const KEYS: [&str; 6] = ["a", "b", "a b", "0", "a\\u0062", "\\\"\u{e9}\\n"];

    fn random(dice: &mut Dice, depth: usize, out: &mut String) {
        let blank = |dice: &mut Dice| ["", "", "", " ", "\n\t", "\r "][dice.below(6)];
        out.push_str(blank(dice));
        match dice.below(if depth > 3 { 8 } else { 12 }) {
            0 => out.push_str(["true", "false", "null"][dice.below(3)]),
            1 | 2 => out.push_str(["0", "-1.50", "12e+3", "7E-2", "-0", "123456789012"][dice.below(6)]),
            3..=7 => {
                out.push('"');
                for _ in 0..dice.below(6) {
                    out.push_str(["x", "\\\\", "\\u00e9", "long enough for words", "\u{1f600}", "\\/"][dice.below(6)]);
                }
                out.push('"');
            }
            kind => {
                out.push_str(if kind < 10 { "{" } else { "[" });
                for index in 0..dice.below(4) {
                    if index > 0 {
                        out.push(',');
                    }
                    if kind < 10 {
                        for part in [blank(dice), "\"", KEYS[dice.below(6)], "\"", blank(dice), ":"] {
                            out.push_str(part);
                        }
                    }
                    random(dice, depth + 1, out);
                }
                out.push_str(blank(dice));
                out.push_str(if kind < 10 { "}" } else { "]" });
            }
        }
        out.push_str(blank(dice));
    }

    /// `serde_json` takes and refuses the same texts, and finds the same in them.
    #[test]
    fn another_reader_finds_the_same() {
        const NAMES: [&str; 8] = ["a", "b", "a b", "0", "1", "ab", "\"\u{e9}\n", "-"];
        let (mut taken, mut refused, mut hits) = (0_u64, 0_u64, 0_u64);
        // 30 million find more, and take minutes: `SCANNER_CASES=30000000`, in a release build.
        let cases: u64 = std::env::var("SCANNER_CASES").map_or(60_000, |cases| cases.parse().unwrap());
        for seed in 0..cases {
            let mut dice = Dice(seed * 7919);
            let mut text = String::new();
            random(&mut dice, 0, &mut text);
            let mut bytes = text.into_bytes();
            for _ in 0..dice.below(3) {
                let at = dice.below(bytes.len() + 1);
                match dice.below(5) {
                    4 => drop(bytes.splice(at..at, [&b"\\ud83d"[..], b"\\ude00"][dice.below(2)].iter().copied())),
                    0 => bytes.truncate(at),
                    1 => bytes.insert(at, b"{}[],:\"\\ \n\x00\x1f\xff0.e-u"[dice.below(18)]),
                    2 if at < bytes.len() => {
                        bytes.remove(at);
                    }
                    _ if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
                    _ => {}
                }
            }
            let pointers: Vec<Vec<&str>> = (0..5)
                .map(|_| (0..dice.below(4)).map(|_| NAMES[dice.below(8)]).collect())
                .collect();
            let pointers: Vec<&[&str]> = pointers.iter().map(Vec::as_slice).collect();
            let mut found = vec![None; 5];
            let ours = extract(&bytes, &pointers, &mut found);
            let Ok(value) = serde_json::from_slice::<serde_json::Value>(&bytes) else {
                // It may be that only a string is wrong that nothing leads to.
                let lenient = serde_json::from_slice::<IgnoredAny>(&bytes).is_ok();
                assert!(ours.is_err() || lenient, "{}", bytes.escape_ascii());
                refused += 1;
                continue;
            };
            assert!(ours.is_ok(), "{}", bytes.escape_ascii());
            taken += 1;
            for (pointer, found) in pointers.iter().zip(&found) {
                let path: String = pointer.iter().flat_map(|token| ["/", token]).collect();
                let expected = value.pointer(&path);
                let found = found.map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
                assert_eq!(found.as_ref(), expected, "{path} in {}", bytes.escape_ascii());
                hits += u64::from(found.is_some() && !pointer.is_empty());
            }
        }
        assert!(
            taken > cases / 3 && refused > cases / 6 && hits > cases / 60,
            "{taken} {refused} {hits}"
        );
    }
}
