//! The reader against the parser.

use super::read;
use crate::source::{limit, yaml};

/// Reads a text both ways. Returns whether it was read here.
fn is_read_alike(text: &str, base: usize, depth: usize) -> bool {
    let Some(here) = read(text, base, depth) else {
        return false;
    };
    let there = yaml::parse(text, base, depth);
    let there = there.unwrap_or_else(|error| panic!("{text:?}: {error:?}"));
    let (here, there) = (format!("{here:#?}"), format!("{there:#?}"));
    let difference = here.lines().zip(there.lines()).find(|(here, there)| here != there);
    assert_eq!(difference, None, "{text:?}");
    true
}

#[test]
fn what_files_consist_of_is_read() {
    for text in [
        "a: 1\nb:\n  - x\n  - y: 2\n    z: 'two'\nc:\n- \"d\"\n- [e, 'f', 200]\n",
        "a: |\n  one\n    two\n\n  three\nb: >-\n  one\n  two\n\n  three\n\nc: []\n",
        "# comment\na: b # comment\n\n$ref: '#/components/schemas/User'\n/v1/users:\n  'get': # comment\n    summary: é\n",
        "a: one\n  two\n\n  three (four)\nb: \"one \\\"\\n\n  \\ two \\\n  three\"\nc: 'it''s\n\n\n  this'\nd:\n  five\ne: {}\n",
        "- a\n-\n  b: -1\n-   c: ~\n    d: null\n",
    ] {
        assert!(is_read_alike(text, 0, limit::DEPTH), "{text:?}");
        assert!(is_read_alike(text, 7, limit::DEPTH), "{text:?}");
    }
}

#[test]
fn what_is_left_to_the_parser() {
    for text in [
        "",
        "a",
        "a: &b 1\n",
        "a: *b\n",
        "a: !!str 1\n",
        "<<: 1\n",
        "a: \"\\x41\"\n",
        "a: one # two\n  three\n",
        "a: b: c\n",
        "a:\n",
        "a:\tb\n",
        "- - a\n",
        "a: { b: c }\n",
        "a: |+\n  b\n",
        "a: 1\n---\nb: 1\n",
        "a: 1\n  b: 2\n",
        "a: 1\r\n",
        "a: .nan\n",
        "a: \u{feff}\n",
    ] {
        assert!(read(text, 0, limit::DEPTH).is_none(), "{text:?}");
    }
}

/// Blank lines are counted once, not once for each of them: this test would not end otherwise.
#[test]
fn many_blank_lines_take_no_longer_than_others() {
    let blank = "\n".repeat(2_000_000);
    for (before, after) in [("a: b\n", "  c\n"), ("a: 'b\n", "  c'\n"), ("a: \"b\n", "  c\"\n")] {
        assert!(read(&format!("{before}{blank}{after}"), 0, limit::DEPTH).is_none());
        assert!(is_read_alike(&format!("{before}\n\n{after}"), 0, limit::DEPTH));
    }
}

/// Lines; the first of them are read here.
const PIECES: [&str; 75] = [
    "a:",
    "b:",
    "c: 1",
    "d: two",
    "e: 'q'",
    "f: \"q\"",
    "- x",
    "- y: 1",
    "-",
    "- 'z'",
    "- k:",
    "#c",
    "",
    " ",
    "g: |",
    "h: >-",
    "i: >",
    "j: |-",
    "text",
    "more text",
    "text: x",
    "k: []",
    "l: [a, b]",
    "m: [ 'a', 1.5 ]",
    "n: a # c",
    "o: a#c",
    "p: http://x/y",
    "'r': s",
    "\"t\" : u",
    "v : w",
    "é: ü",
    "- é",
    "x: -1",
    "y: ~",
    "z: null",
    "- - a",
    "A: &a v",
    "B: *a",
    "C: 'it''s'",
    "D: \"\\t\"",
    "E: {}",
    "F: {a: b}",
    "---",
    "...",
    "G: a: b",
    "H: -",
    "? I",
    ": J",
    "K: 'a' b",
    "L: [a,",
    "]",
    "M: |2",
    "N: 0x1f",
    "- # c",
    "O: # c",
    "P: 'a' # c",
    "Q: a:",
    "<<: 1",
    "R:\tx",
    "- a: b: c",
    "S: 'a",
    "b'",
    "T: \"a",
    "\\ b\"",
    "b \\\"",
    "c\\n\"",
    "'",
    "\"",
    "a''b",
    "\\",
    "U: \"\\u00e9\"",
    "V: a\"b",
    "a: #",
    "\\u12 \"",
    "W: ''",
];

/// Random lines, most of which belong together. `SUBSET_TEXTS` sets how many texts are read.
#[test]
fn random_lines_are_read_as_the_parser_reads_them() {
    let texts = std::env::var("SUBSET_TEXTS").map_or(20_000, |count| count.parse().unwrap());
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut dice = |sides: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % sides
    };
    let mut read_here = 0;
    for _ in 0..texts {
        let mut text = String::new();
        for _ in 0..=dice(7) {
            // Mostly what is read here, so that texts are often read to their end.
            let piece = PIECES[if dice(8) == 0 { dice(PIECES.len()) } else { dice(35) }];
            text.push_str(&" ".repeat([0, 0, 0, 2, 2, 4, 1, 3][dice(8)]));
            text.push_str(piece);
            if dice(40) == 0 {
                text.push(' ');
            }
            text.push('\n');
        }
        if dice(8) == 0 {
            text.pop();
        }
        let depth = if dice(8) == 0 { dice(4) } else { limit::DEPTH };
        read_here += usize::from(is_read_alike(&text, dice(3), depth));
    }
    assert!(read_here > texts / 20, "{read_here} of {texts}");
}

/// Every member of the mappings of published files, each read by itself.
#[test]
fn published_files_are_read_as_the_parser_reads_them() {
    let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if !corpus.is_dir() {
        println!("SKIPPED: ../shared/corpus is not here; no published file was read");
        return;
    }
    let (mut here, mut all) = (0, 0);
    let mut directories = vec![corpus];
    while let Some(directory) = directories.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            let known = path
                .extension()
                .is_some_and(|extension| extension == "yml" || extension == "yaml");
            if path.is_dir() {
                directories.push(path);
            } else if known
                && let Ok(text) = std::fs::read_to_string(&path)
                && text.len() < 2_000_000
            {
                for part in [4, 8].iter().flat_map(|&indent| members(&text, indent)) {
                    here += usize::from(is_read_alike(part, 0, limit::DEPTH)) * part.len();
                    all += part.len();
                }
            }
        }
    }
    println!("{here} of {all} bytes");
    assert!(here > all / 2, "{here} of {all} bytes");
}

/// The lines from each line that is indented by at most this many columns to the next.
fn members(text: &str, columns: usize) -> Vec<&str> {
    let mut starts: Vec<usize> = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches(' ').len();
        if indent <= columns && !line[indent..].starts_with(['\n', '#']) {
            starts.push(start);
        }
        start += line.len();
    }
    starts.push(text.len());
    starts.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}
