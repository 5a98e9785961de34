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

#[test]
fn any_number_of_pointers_is_read() {
    let names: Vec<String> = (0..150).map(|index| format!("m{index}")).collect();
    let members: Vec<String> = names.iter().map(|name| format!("\"{name}\":[\"{name}\"]")).collect();
    let json = format!("{{{}}}", members.join(","));
    let tokens: Vec<[&str; 2]> = names.iter().map(|name| [name.as_str(), "0"]).collect();
    let pointers: Vec<&[&str]> = tokens.iter().map(<[&str; 2]>::as_slice).collect();
    let mut found = vec![None; pointers.len()];
    extract(json.as_bytes(), &pointers, &mut found).unwrap();
    for (name, found) in names.iter().zip(found) {
        assert_eq!(found, Some(format!("\"{name}\"").as_str()));
    }
    // The later passes check the text too.
    let mut found = vec![None; pointers.len()];
    assert!(extract(&json.as_bytes()[..json.len() - 1], &pointers, &mut found).is_err());
}
