//! Whatever bytes a document has, the compiler answers with diagnostics or tokens.
//!
//! Every document of the language tests is broken in many ways: bytes flipped, lines deleted,
//! doubled, exchanged and indented, values retyped, the end cut off. The seed is fixed, so a
//! failure names a case that can be run again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::path::Path;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::compile;
use arazzo_compiler::diagnostic::Header;
use arazzo_compiler::emit::{Home, emit};
use arazzo_compiler::source::Memory;
use proc_macro2::TokenStream;
use quote::quote;

struct Arazzo;

impl Home for Arazzo {
    fn path(&self, _: usize) -> TokenStream {
        quote!(::arazzo)
    }
}

/// A linear congruential generator (Knuth's MMIX constants); good enough to pick places.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit.max(1)
    }
}

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

fn mutate(text: &str, dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=dice.below(3) {
        let (at, other) = (dice.below(lines.len()), dice.below(lines.len()));
        match dice.below(8) {
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

#[test]
fn no_document_brings_the_compiler_down() {
    let files = language();
    let whole = files.iter().fold(Memory::default(), |library, (name, text)| {
        library.with(format!("broken/{name}"), text.as_str())
    });
    let mut cases = 0;
    let mut refused = 0;
    for (name, text) in files.iter().filter(|(_, text)| text.contains("arazzo")) {
        for seed in 0..20_u64 {
            let mut dice = Dice(seed.wrapping_mul(7919).wrapping_add(name.len() as u64));
            let mut library = whole.clone().with(format!("broken/{name}"), mutate(text, &mut dice));
            // Now and then what it names is broken too.
            for (other, text) in files.iter().filter(|(other, _)| other != name) {
                if dice.below(20) == 0 {
                    library = library.with(format!("broken/{other}"), mutate(text, &mut dice));
                }
            }
            let options = Options {
                document: format!("broken/{name}"),
                ..Options::default()
            };
            let done = std::panic::catch_unwind(|| {
                let compilation = compile(&options, &library);
                let rendered = compilation.render(Header::Full);
                if let Some(plan) = &compilation.plan {
                    let tokens = emit(plan, &Arazzo, compilation.has_errors());
                    if !compilation.has_errors() {
                        assert!(syn::parse2::<syn::File>(tokens).is_ok(), "the expansion is no Rust");
                    }
                }
                (rendered.len(), compilation.has_errors())
            });
            let Ok((_, errors)) = done else {
                panic!("{name}, seed {seed}")
            };
            cases += 1;
            refused += usize::from(errors);
        }
    }
    println!("{cases} broken documents, {refused} refused");
    assert!(cases >= 2_000 && refused > cases / 3);
}
