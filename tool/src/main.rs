//! `cargo arazzo check`, `expand`, `graph`, `docs`, `vendor` and `lsp`.

mod arguments;
mod check;
mod expand;
mod graph;
mod lsp;
mod page;
mod project;
mod report;
mod vendor;

use std::io::Write as _;
use std::process::ExitCode;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = match Arguments::read(std::env::args_os()) {
        Ok(arguments) => arguments,
        Err(message) => {
            eprintln!("{message}\n\n{}", arguments::USAGE);
            return ExitCode::from(2);
        }
    };
    let (text, good) = match &arguments.command {
        Command::Help => (arguments::USAGE.to_owned(), true),
        Command::Version => (format!("cargo-arazzo {}\n", env!("CARGO_PKG_VERSION")), true),
        Command::Check(files) => match check::run(files, &arguments) {
            Ok(result) => result,
            Err(message) => {
                eprintln!("{message}");
                return ExitCode::from(2);
            }
        },
        Command::Docs(file) => page::run(file, &arguments),
        Command::Lsp => match lsp::run() {
            Ok(()) => (String::new(), true),
            Err(error) => {
                eprintln!("the connection to the editor has failed: {error}");
                (String::new(), false)
            }
        },
        Command::Vendor(files, mode) => match vendor::run(files, *mode, &arguments) {
            Ok(result) => result,
            Err(message) => {
                eprintln!("{message}");
                return ExitCode::from(2);
            }
        },
        Command::Expand(file) => expand::run(file, &arguments),
        Command::Graph(file) => graph::run(file, &arguments),
    };
    // A reader that closes the pipe, such as `head`, is not a failure.
    let _ = std::io::stdout().write_all(text.as_bytes());
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
