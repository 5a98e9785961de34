//! Prints the formatted expansion of an Arazzo document.
//!
//! `cargo run -p arazzo-compiler --example expand -- FILE`; what is wrong goes to standard error,
//! exit code 1 if there is an error.

use std::process::ExitCode;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::Header;
use arazzo_compiler::emit::{Home, emit};
use arazzo_compiler::source::Disk;
use proc_macro2::TokenStream;
use quote::quote;

struct Arazzo;

impl Home for Arazzo {
    fn path(&self, _: usize) -> TokenStream {
        quote!(::arazzo)
    }
}

fn main() -> ExitCode {
    let Some(file) = std::env::args().nth(1) else {
        eprintln!("usage: expand FILE");
        return ExitCode::from(2);
    };
    let options = Options {
        document: file,
        ..Options::default()
    };
    let compilation = arazzo_compiler::compile(&options, &Disk);
    for text in compilation.render(Header::Full) {
        eprintln!("{text}\n");
    }
    let Some(plan) = &compilation.plan else {
        return ExitCode::FAILURE;
    };
    let tokens = emit(plan, &Arazzo, compilation.has_errors());
    match syn::parse2(tokens) {
        Ok(file) => print!("{}", prettyplease::unparse(&file)),
        Err(error) => {
            eprintln!("the expansion is no Rust: {error}");
            return ExitCode::FAILURE;
        }
    }
    if compilation.has_errors() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
