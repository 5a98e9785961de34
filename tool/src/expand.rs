//! `cargo arazzo expand`

use arazzo_compiler::compile;
use arazzo_compiler::emit::{Home, emit};
use arazzo_compiler::source::Disk;
use proc_macro2::TokenStream;
use quote::quote;

use crate::arguments::Arguments;
use crate::report;

/// The runtime crate, by its name.
pub(crate) struct Arazzo;

impl Home for Arazzo {
    fn path(&self, _: usize) -> TokenStream {
        quote!(::arazzo)
    }
}

pub(crate) fn run(file: &str, arguments: &Arguments) -> (String, bool) {
    let compilation = compile(&arguments.options(file), &Disk);
    eprint!("{}", report::human(std::slice::from_ref(&compilation), &[], false));
    let good = !compilation.has_errors();
    let Some(plan) = compilation.plan.as_ref().filter(|_| good) else {
        return (String::new(), false);
    };
    match syn::parse2(emit(plan, &Arazzo, false)) {
        Ok(file) => (prettyplease::unparse(&file), true),
        Err(error) => {
            eprintln!("internal error: the expansion is not valid Rust: {error}");
            (String::new(), false)
        }
    }
}
