//! `cargo arazzo expand`

use arazzo_compiler::compile;
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::source::Disk;

use crate::arguments::Arguments;
use crate::report;

pub(crate) fn run(file: &str, arguments: &Arguments) -> (String, bool) {
    let compilation = compile(&arguments.options(file), &Disk);
    eprint!("{}", report::human(std::slice::from_ref(&compilation), &[], false));
    let good = !compilation.has_errors();
    let Some(plan) = compilation.plan.as_ref().filter(|_| good) else {
        return (String::new(), false);
    };
    match syn::parse_file(&text(&emit(plan, false), "::arazzo")) {
        Ok(file) => (prettyplease::unparse(&file), true),
        Err(error) => {
            eprintln!("internal error: the expansion is not valid Rust: {error}");
            (String::new(), false)
        }
    }
}
