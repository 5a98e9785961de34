//! Whatever bytes a document has, the compiler answers with diagnostics or tokens.
//!
//! Every document of the language tests is broken in many ways: bytes flipped, lines deleted,
//! doubled, exchanged and indented, values retyped, the end cut off. The seed is fixed, so a
//! failure names a case that can be run again.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by it")]

use std::path::{Path, PathBuf};

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

fn language() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/language")
}

#[test]
fn no_document_brings_the_compiler_down() {
    let mut documents: Vec<(String, String)> = Vec::new();
    for entry in std::fs::read_dir(language()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        documents.push((name, std::fs::read_to_string(path).unwrap()));
    }
    documents.sort();
    let read = |name: &str| documents.iter().find(|(known, _)| known == name).unwrap().1.clone();
    let (api, calls) = (read("api.yml"), read("calls-api.yml"));
    let mut cases = 0;
    let mut refused = 0;
    for (name, text) in &documents {
        for seed in 0..50_u64 {
            let mut dice = Dice(seed.wrapping_mul(7919).wrapping_add(name.len() as u64));
            let bytes = mutate(text, &mut dice);
            // Now and then the description is broken too.
            let mend = |text: &str, dice: &mut Dice| {
                if dice.below(4) == 0 {
                    mutate(text, dice)
                } else {
                    text.as_bytes().to_vec()
                }
            };
            let library = Memory::default()
                .with("broken/api.yml", mend(&api, &mut dice))
                .with("broken/calls-api.yml", mend(&calls, &mut dice))
                .with(format!("broken/{name}"), bytes);
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
    assert!(cases >= 1_500 && refused > cases / 3);
}
