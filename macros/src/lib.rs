//! The macro that `arazzo::arazzo_workflow!` calls. Use that one.
//!
//! This crate parses the invocation, calls the compiler and returns its tokens.
#![cfg_attr(not(test), warn(unused_crate_dependencies))]
#![warn(clippy::pedantic)]

mod expansion;

use std::panic::{AssertUnwindSafe, catch_unwind};

use arazzo_compiler::invocation::Invocation;
use proc_macro::TokenStream;
use quote::quote;

/// Expands `($crate) "document", options…`.
#[proc_macro]
pub fn expand(input: TokenStream) -> TokenStream {
    let invocation = syn::parse_macro_input!(input as Invocation);
    let tokens = catch_unwind(AssertUnwindSafe(|| expansion::expand(&invocation))).unwrap_or_else(|_| {
        let message = format!(
            "internal compiler error: panic while compiling `{}` [internal]\n  = help: please report it together with the document",
            invocation.document.value()
        );
        quote!(::core::compile_error! { #message })
    });
    tokens.into()
}
