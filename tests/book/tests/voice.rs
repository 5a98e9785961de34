//! Words and phrases that do not appear where a person reads: in messages, documentation, pages and rendered errors.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::path::{Path, PathBuf};

/// What is not written, each as a whole word or phrase.
const PHRASES: &[&str] = &[
    "is no",
    "stands",
    "stand there",
    "behind",
    "in front of",
    "mend",
    "mended",
    "has kept",
    "have kept",
    "got",
    "no run comes to",
    "does not give",
    "must be given",
    "besides",
    "as long as it still",
    "what is to be done",
    "the question was wrong",
    "somebody's",
    "suffers",
    "leads nowhere",
    "whoever",
];

/// Uses that are right: a part of the line, and why.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("is no longer", "the usual phrase"),
    ("there is no", "the usual phrase for what does not exist"),
    ("look-behind", "the name of a construct of regular expressions"),
    ("stand-in", "the name of a crate"),
    ("behind a proxy", "the usual phrase for a server"),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(directory: &Path, endings: &[&str], found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, endings, found);
        } else if path
            .extension()
            .is_some_and(|end| endings.iter().any(|known| end == *known))
        {
            found.push(path);
        }
    }
    found.sort();
}

/// The doc comments and the string literals with several words of a Rust file, with the numbers of their lines.
fn texts(source: &str) -> Vec<(usize, String)> {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap();
    let mut found = Vec::new();
    for (number, line) in source.lines().enumerate() {
        let line = line.trim_start();
        if let Some(text) = line.strip_prefix("///").or_else(|| line.strip_prefix("//!")) {
            found.push((number + 1, text.to_owned()));
        } else if !line.starts_with("//") {
            // Every second piece between quotation marks is a literal; an escaped or quoted mark does not count.
            let line = line.replace("\\\"", "").replace("'\"'", "");
            let literals = line.split('"').skip(1).step_by(2).filter(|text| text.contains(' '));
            found.extend(literals.map(|text| (number + 1, text.to_owned())));
        }
    }
    found
}

/// A text without what stands in back-ticks.
fn prose(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join("`").to_lowercase()
}

fn has(text: &str, phrase: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(phrase) {
        let before = rest[..at].chars().next_back();
        let after = rest[at + phrase.len()..].chars().next();
        let word = |letter: Option<char>| {
            letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '-' || letter == '_')
        };
        if !word(before) && !word(after) {
            return true;
        }
        rest = &rest[at + phrase.len()..];
    }
    false
}

#[test]
fn texts_are_in_plain_english() {
    let root = root();
    let mut found = Vec::new();
    let mut check = |path: &Path, number: usize, text: &str| {
        let mut text = prose(text);
        for (right, _) in EXCEPTIONS {
            text = text.replace(right, " … ");
        }
        for phrase in PHRASES.iter().filter(|phrase| has(&text, phrase)) {
            found.push(format!(
                "{}:{number}: `{phrase}` in {}",
                path.strip_prefix(&root).unwrap().display(),
                text.trim()
            ));
        }
    };
    let mut sources = Vec::new();
    for directory in [
        "compiler/src",
        "macros/src",
        "runtime/src",
        "tool/src",
        "pattern/src",
        "examples",
    ] {
        files(&root.join(directory), &["rs"], &mut sources);
    }
    for path in &sources {
        for (number, text) in texts(&std::fs::read_to_string(path).unwrap()) {
            check(path, number, &text);
        }
    }
    let mut pages = vec![
        root.join("README.md"),
        root.join("CONTRIBUTING.md"),
        root.join("SECURITY.md"),
        root.join("ARCHITECTURE.md"),
    ];
    files(&root.join("docs"), &["md"], &mut pages);
    files(&root.join("ui-tests/ui"), &["stderr"], &mut pages);
    for path in &pages {
        let mut code = false;
        for (number, line) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
            code ^= line.starts_with("```");
            if !code && !line.contains(" | ") || line.starts_with('|') {
                check(path, number + 1, line);
            }
        }
    }
    assert!(found.is_empty(), "{} lines:\n{}", found.len(), found.join("\n"));
}
