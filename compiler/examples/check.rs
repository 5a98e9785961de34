//! Prints what is wrong with Arazzo documents, without rustc.
//!
//! `cargo run -p arazzo-compiler --example check -- FILE…`; exit code 1 if there is an error, 2 if
//! there is nothing to check.

use std::path::Path;
use std::process::ExitCode;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::{Header, Severity};
use arazzo_compiler::source::Disk;

fn main() -> ExitCode {
    let files: Vec<String> = std::env::args().skip(1).collect();
    if files.is_empty() {
        eprintln!("usage: check FILE…");
        return ExitCode::from(2);
    }
    let (mut errors, mut warnings) = (0, 0);
    for file in &files {
        let options = Options {
            package: Path::new("").to_owned(),
            document: file.clone(),
            ..Options::default()
        };
        let compilation = arazzo_compiler::compile(&options, &Disk);
        for text in compilation.render(Header::Full) {
            println!("{text}\n");
        }
        errors += compilation
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .count();
        warnings += compilation
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Warning)
            .count();
    }
    println!("{} documents, {errors} errors, {warnings} warnings", files.len());
    if errors > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
