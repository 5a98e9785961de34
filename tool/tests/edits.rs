//! Random edits through the protocol: the server never ends, and after each edit the problems are those of a fresh check.
//!
//! `EDITS` sets the number of edits; the documents are the published ones next to the project and the examples.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arazzo_compiler::bundle::{Engines, Options};
use arazzo_compiler::compile;
use arazzo_compiler::diagnostic::Caller;
use arazzo_compiler::source::{Disk, File, Replaced};
use serde_json::json;
use support::{Editor, applied, example, position, uri};

/// A generator of numbers (SplitMix64), the same on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((value ^ (value >> 31)) % limit.max(1) as u64).unwrap()
    }
}

/// What a hand types, and what breaks documents.
const TYPED: [&str; 16] = [
    "a",
    " ",
    "\n",
    "$",
    ".",
    "#/",
    "{",
    "}",
    "[",
    ": ",
    "- ",
    "'",
    "\"",
    "é😀",
    "$steps.",
    "\n  - stepId: x\n",
];

/// The directories of documents, and the documents below them.
fn documents() -> Vec<(PathBuf, PathBuf)> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let mut found = vec![(example(), example().join("stytch-totp-enrollment-workflow.yml"))];
    if corpus.is_dir() {
        let mut stack = vec![corpus.clone()];
        while let Some(directory) = stack.pop() {
            let mut entries: Vec<PathBuf> = std::fs::read_dir(directory)
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .collect();
            entries.sort();
            for path in entries {
                let is_yaml = path
                    .extension()
                    .is_some_and(|extension| extension == "yaml" || extension == "yml" || extension == "json");
                if path.is_dir() {
                    stack.push(path);
                } else if is_yaml && arazzo_compiler::invocation::is_document(&path) {
                    found.push((corpus.clone(), path));
                }
            }
        }
    } else {
        println!("SKIPPED: `../shared/corpus` is missing; only the example's document is edited");
    }
    found
}

/// Copies a document and the files that it is compiled from, and returns its path in the copy.
fn copied(root: &Path, document: &Path, to: &Path) -> PathBuf {
    let inside = document.strip_prefix(root).unwrap();
    let options = Options {
        package: root.to_owned(),
        document: inside.to_str().unwrap().to_owned(),
        ..Options::default()
    };
    for source in compile(&options, &Disk).bundle.sources.files() {
        if !source.path.starts_with("..") {
            let target = to.join(&source.path);
            std::fs::create_dir_all(target.parent().unwrap()).unwrap();
            std::fs::write(target, source.file.text.as_bytes()).unwrap();
        }
    }
    to.join(inside)
}

/// The problems of a fresh check: their codes and messages.
fn fresh(path: &Path, text: &str) -> Vec<(String, String)> {
    let options = Options {
        package: path.parent().unwrap().to_owned(),
        document: path.file_name().unwrap().to_str().unwrap().to_owned(),
        engines: Engines::ALL,
        caller: Caller::CommandLine,
        ..Options::default()
    };
    // `Disk` knows a file by its length and its time, and this test writes faster than a clock ticks.
    let written = Replaced {
        library: &Disk,
        path,
        file: Arc::new(File::parse(path, text.as_bytes().to_vec())),
    };
    let compilation = compile(&options, &written);
    let own = |problem: &&arazzo_compiler::diagnostic::Diagnostic| {
        let file = problem.span.and_then(|span| compilation.bundle.sources.get(span.file));
        file.is_none_or(|file| file.path == options.document)
    };
    let mut problems: Vec<(String, String)> = compilation
        .diagnostics
        .iter()
        .filter(own)
        .map(|problem| (problem.rule.code.to_owned(), problem.message.clone()))
        .collect();
    problems.sort();
    problems.dedup();
    problems
}

fn published(editor: &Editor, path: &Path) -> Vec<(String, String)> {
    let all = editor.problems.get(&uri(path)).map(Vec::as_slice).unwrap_or_default();
    let mut problems: Vec<(String, String)> = all
        .iter()
        .map(|problem| {
            let message = problem["message"].as_str().unwrap();
            (
                problem["code"].as_str().unwrap().to_owned(),
                message.split("\nhelp: ").next().unwrap().to_owned(),
            )
        })
        .collect();
    problems.sort();
    problems.dedup();
    problems
}

/// A correction leaves fewer problems, and none that was not there.
fn corrections(editor: &mut Editor, path: &Path, text: &str) {
    let problems = editor.problems.get(&uri(path)).cloned().unwrap_or_default();
    let before = published(editor, path);
    for problem in problems.iter().take(3) {
        let params = json!({
            "textDocument": { "uri": uri(path) }, "range": problem["range"], "context": { "diagnostics": [problem] },
        });
        let actions = editor.ask("textDocument/codeAction", params).unwrap();
        for action in actions.as_array().unwrap() {
            let corrected = applied(text, &action["edit"]["changes"][uri(path)]);
            for left in fresh(path, &corrected) {
                assert!(before.contains(&left), "{action}: {left:?}\n{text}");
            }
        }
    }
}

/// The next place that an editor's cursor can have: not in a letter, and not between the two of a line break.
fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) || (at > 0 && text[..at].ends_with('\r') && text[at..].starts_with('\n')) {
        at += 1;
    }
    at
}

#[test]
fn after_every_edit_the_problems_are_those_of_a_fresh_check() {
    let edits: usize = std::env::var("EDITS").map_or(1_000, |number| number.parse().unwrap());
    let documents = documents();
    let mut random = Random(1);
    let directory = tempfile::tempdir().unwrap();
    let mut editor = Editor::start(directory.path());
    let (mut done, mut seen) = (0, 0);
    const EACH: usize = 25;
    while done < edits {
        let (root, document) = &documents[seen * 7919 % documents.len()];
        seen += 1;
        let Ok(mut text) = std::fs::read_to_string(document) else {
            continue;
        };
        if text.len() > 60_000 {
            continue;
        }
        let path = copied(root, document, &directory.path().join(seen.to_string()));
        editor.open(&path, &text);
        for _ in 0..EACH {
            let start = boundary(&text, random.below(text.len() + 1));
            let end = boundary(&text, (start + [0, 0, 1, 3, 40][random.below(5)]).min(text.len()));
            let typed = TYPED[random.below(TYPED.len())];
            let typed = if random.below(3) == 0 { "" } else { typed };
            // Positions are those of the text before the edit.
            let range = json!({ "start": position(&text, start), "end": position(&text, end) });
            text.replace_range(start..end, typed);
            editor.change(&path, &json!([{ "range": range, "text": typed }]));
            done += 1;
            assert_eq!(
                published(&editor, &path),
                fresh(&path, &text),
                "edit {done} of {}:\n{text}",
                document.display()
            );
            if done % 10 == 0 {
                corrections(&mut editor, &path, &text);
            }
            // An editor asks while its user types.
            let cursor = position(&text, boundary(&text, (start + typed.len()).min(text.len())));
            let at = json!({ "textDocument": { "uri": uri(&path) }, "position": cursor });
            let methods = [
                "completion",
                "hover",
                "definition",
                "references",
                "prepareRename",
                "documentSymbol",
                "foldingRange",
            ];
            let method = format!("textDocument/{}", methods[random.below(methods.len())]);
            if let Err(message) = editor.ask(&method, at) {
                panic!(
                    "{method} after edit {done} of {}: {message}\n{text}",
                    document.display()
                );
            }
        }
    }
    println!("{done} edits of {seen} documents");
    editor.stop();
}
