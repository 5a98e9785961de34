//! Whatever bytes a document has, the compiler answers with diagnostics or tokens.
//!
//! Every document of the language tests, and every published one where the corpus is at hand, is
//! broken in many ways: bytes flipped, lines deleted, doubled, exchanged and indented, keys renamed,
//! values retyped, nested deeply, made of aliases, the end cut off. The seeds are fixed, so a failure
//! names a case that can be run again.
//!
//! That none hangs is the work of the limits in `source/limit.rs`, which count nodes and levels.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

mod support;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::diagnostic::Header;
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::source::{Disk, File, Library, Memory};

use support::Dice;

const VALUES: [&str; 16] = [
    "null",
    "[]",
    "{}",
    "-1",
    "1.5",
    "''",
    "$",
    "$inputs.",
    "$steps.a.outputs.b#/~",
    "{$response.body#/x",
    "'\u{e9}\u{1f600}'",
    "&a [*a]",
    "!!binary x",
    "$response.body#/0/1/2",
    "$.a[?@.b",
    "|",
];

/// Aliases of aliases, at the end of a document in block style.
fn bomb(dice: &mut Dice) -> String {
    let mut text = String::from("x-bomb-0: &b0 [1, 2, 3, 4, 5, 6, 7, 8, 9]");
    for level in 1..=1 + dice.below(30) {
        let item = format!("*b{}", level - 1);
        text.push_str(&format!("\nx-bomb-{level}: &b{level} [{}]", vec![item; 9].join(", ")));
    }
    text
}

fn mutate(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
        match dice.below(11) {
            8 => {
                if let Some((key, value)) = lines[at].clone().split_once(':') {
                    lines[at] = format!("{key}x:{value}");
                }
            }
            9 => {
                let depth = 1 + dice.below(600);
                if let Some((key, _)) = lines[at].clone().split_once(": ") {
                    lines[at] = format!("{key}: {}{}", "[".repeat(depth), "]".repeat(depth));
                }
            }
            10 => lines.push(bomb(dice)),
            0 => {
                lines.remove(at);
            }
            1 => lines.insert(at, lines[other].clone()),
            2 => lines.swap(at, other),
            3 => lines[at].insert_str(0, "  "),
            4 => lines[at] = lines[at].trim_start().to_owned(),
            5 => {
                let value = VALUES[dice.below(VALUES.len())];
                if let Some((key, _)) = lines[at].split_once(": ") {
                    lines[at] = format!("{key}: {value}");
                }
            }
            6 => {
                let line: Vec<char> = lines[at].chars().collect();
                let cut = dice.below(line.len() + 1);
                lines[at] = line[..cut].iter().collect();
            }
            _ => lines[at].push_str(VALUES[dice.below(VALUES.len())]),
        }
        if lines.is_empty() {
            lines.push(String::new());
        }
    }
    let mut bytes = lines.join("\n").into_bytes();
    match dice.below(6) {
        0 if !bytes.is_empty() => {
            let at = dice.below(bytes.len());
            bytes[at] ^= 1 << dice.below(8);
        }
        1 => bytes.truncate(dice.below(bytes.len() + 1)),
        _ => {}
    }
    bytes
}

/// Every document and description that the tests of the language have, by its path.
fn language() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/language");
    let mut files = Vec::new();
    let mut stack = vec![root.clone()];
    while let Some(directory) = stack.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                stack.push(path);
                continue;
            }
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            files.push((name, std::fs::read_to_string(path).unwrap()));
        }
    }
    files.sort();
    files
}

/// How often every document is broken.
fn seeds() -> u64 {
    std::env::var("MUTATIONS").map_or(4, |seeds| seeds.parse().unwrap())
}

#[test]
fn no_document_brings_the_compiler_down() {
    let files = language();
    let whole = files.iter().fold(Memory::default(), |library, (name, text)| {
        library.with(format!("broken/{name}"), text.as_str())
    });
    let (mut cases, mut refused) = (0, 0);
    let seeds = seeds();
    for (name, text) in files.iter().filter(|(_, text)| text.contains("arazzo")) {
        for seed in 0..seeds {
            let mut dice = Dice(seed.wrapping_mul(7919).wrapping_add(name.len() as u64));
            let mut library = whole.clone().with(format!("broken/{name}"), mutate(text, &mut dice));
            // Now and then what it names is broken too.
            for _ in 0..dice.below(3) {
                let (other, text) = &files[dice.below(files.len())];
                if other != name {
                    library = library.with(format!("broken/{other}"), mutate(text, &mut dice));
                }
            }
            refused += u64::from(answers(&format!("broken/{name}"), seed, &library));
            cases += 1;
        }
    }
    for path in published() {
        let text = std::fs::read_to_string(&path).unwrap();
        let library = Overlay {
            path: path.clone(),
            file: std::cell::RefCell::default(),
        };
        for seed in 0..seeds {
            let mut dice = Dice(seed.wrapping_mul(104_729).wrapping_add(text.len() as u64));
            let file = File::parse(&path, mutate(&text, &mut dice));
            library.file.replace(Some(Arc::new(file)));
            refused += u64::from(answers(path.to_str().unwrap(), seed, &library));
            cases += 1;
        }
    }
    println!("{cases} broken documents, {refused} refused");
    assert!(cases >= 110 * seeds && refused > cases / 3);
}

/// Compiles a document and says whether it is refused; every refusal has a place.
fn answers(document: &str, seed: u64, library: &dyn Library) -> bool {
    let options = Options {
        document: document.to_owned(),
        ..Options::default()
    };
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let compilation = compile(&options, library);
        for diagnostic in &compilation.diagnostics {
            assert!(diagnostic.span.is_some(), "no place: {diagnostic:?}");
        }
        let rendered = compilation.render(Header::Full);
        assert_eq!(rendered.len(), compilation.diagnostics.len());
        if let Some(plan) = &compilation.plan {
            let code = text(&emit(plan, compilation.has_errors()), "::arazzo");
            if !compilation.has_errors() {
                assert!(syn::parse_file(&code).is_ok(), "the expansion is not Rust");
            }
        }
        compilation.has_errors()
    }));
    done.unwrap_or_else(|_| panic!("{document}, seed {seed}"))
}

/// The published documents, where they are at hand.
fn published() -> Vec<PathBuf> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    let Ok(index) = std::fs::read_to_string(corpus.join("index.jsonl")) else {
        println!("SKIPPED: ../shared/corpus is not here; no published document was broken");
        return Vec::new();
    };
    let paths = index.lines().filter_map(|line| line.split('"').nth(3));
    paths.map(|path| corpus.join(path)).collect()
}

/// The files of the disk, but for one.
struct Overlay {
    path: PathBuf,
    file: std::cell::RefCell<Option<Arc<File>>>,
}

impl Library for Overlay {
    fn open(&self, path: &Path) -> std::io::Result<Arc<File>> {
        match &*self.file.borrow() {
            Some(file) if path == self.path => Ok(Arc::clone(file)),
            _ => Disk.open(path),
        }
    }
}
