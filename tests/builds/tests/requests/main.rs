//! An independent check of the expansions over the whole corpus: for each step that calls an operation, its request is
//! worked out from document and description alone and compared with what a recording transport sees; each criterion,
//! action and output of the document must show in what the step does. Nothing here shares code with the compiler, but
//! for `driver`, which calls it.
#![cfg_attr(not(corpus), allow(dead_code, unused_imports))]

mod answer;
mod api;
mod case;
mod census;
mod document;
mod driver;
mod exceptions;
mod expression;
mod judge;
mod reader;
mod request;
mod sample;
mod scenario;
mod style;
mod tally;

use std::path::{Path, PathBuf};

use case::Cases;
use document::Document;
use driver::{Driver, Expansion};
use tally::Tally;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus")
}

/// The paths of all documents.
fn index() -> Vec<String> {
    let text = std::fs::read_to_string(corpus().join("index.jsonl")).unwrap();
    let rows = text
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    rows.map(|row| row["path"].as_str().unwrap().to_owned()).collect()
}

#[cfg(not(corpus))]
#[test]
fn skipped() {
    println!("SKIPPED: the corpus of published documents is missing");
}

#[cfg(corpus)]
#[test]
fn what_is_sent_is_what_document_and_description_say() {
    let mut tally = Tally::default();
    let mut driver = Driver::new();
    let mut compiled: Vec<(Document, Expansion, usize)> = Vec::new();
    for path in index() {
        match driver::expansion(&corpus(), &path) {
            Ok(expansion) => {
                let document = Document::open(&corpus(), &path).unwrap_or_else(|| panic!("{path} cannot be read"));
                let first = driver.add(&expansion);
                compiled.push((document, expansion, first));
            }
            Err(codes) => tally.skipped.push(format!("{path}: {codes:?}")),
        }
    }
    let mut cases = Cases::default();
    for (document, expansion, first) in &compiled {
        tally.documents += 1;
        tally.lenient += usize::from(expansion.lenient);
        cases.add(document, expansion, *first, &mut tally);
    }
    let seen = driver.run(&cases.requests());
    cases.judge(&seen, &mut tally);
    tally.report();
}
