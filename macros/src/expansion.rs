//! From an invocation to tokens.

use std::path::Path;

use arazzo_compiler::Compilation;
use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::{Header, Severity, render};
use arazzo_compiler::emit::{Home, emit};
use arazzo_compiler::source::Disk;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::LitStr;

use crate::invocation::Invocation;
use crate::package::{self, Located};

/// How many problems one build shows.
const SHOWN: usize = 50;

/// The runtime crate under the name that `$crate` has.
struct Crate<'a>(&'a TokenStream);

impl Home for Crate<'_> {
    fn path(&self, _: usize) -> TokenStream {
        self.0.clone()
    }
}

/// The runtime crate in a file that is included: `$crate` means nothing there.
struct Debug;

impl Home for Debug {
    fn path(&self, depth: usize) -> TokenStream {
        let up = std::iter::repeat_n(quote!(super::), depth);
        quote!(#(#up)* __arazzo_debug)
    }
}

pub(crate) fn expand(invocation: &Invocation) -> TokenStream {
    let span = invocation.document.span();
    let package = package::directory();
    let document = match locate(&invocation.document, &package) {
        Ok(document) => document,
        Err(error) => return error,
    };
    let mut sources = Vec::new();
    for (name, path) in &invocation.sources {
        match locate(path, &package) {
            Ok(file) => sources.push((name.clone(), file.path)),
            Err(error) => return error,
        }
    }
    let options = Options {
        package: package.clone(),
        document: document.path,
        origin: document.origin,
        sources,
        workflows: invocation.workflows.clone(),
        rename: invocation.rename.clone(),
        levels: invocation.levels.clone(),
    };
    let compilation = arazzo_compiler::compile(&options, &Disk);
    let problems = problems(&compilation, span);
    let tracking = tracking(&compilation);
    let items = items(&compilation, invocation, &package);
    quote!(#problems #tracking #items)
}

fn locate(literal: &LitStr, package: &Path) -> Result<Located, TokenStream> {
    package::locate(literal, package)
        .map_err(|message| quote_spanned!(literal.span()=> ::core::compile_error! { #message }))
}

fn problems(compilation: &Compilation, span: Span) -> TokenStream {
    let sources = &compilation.bundle.sources;
    let mut tokens = TokenStream::new();
    let of = |severity| {
        compilation
            .diagnostics
            .iter()
            .filter(move |diagnostic| diagnostic.severity == severity)
    };
    for diagnostic in of(Severity::Error).take(SHOWN) {
        let message = render(diagnostic, sources, Header::Bare);
        tokens.extend(quote_spanned!(span=> ::core::compile_error! { #message }));
    }
    let errors = of(Severity::Error).count();
    if errors > SHOWN {
        let message = format!("{} more problems in this document are not shown", errors - SHOWN);
        tokens.extend(quote_spanned!(span=> ::core::compile_error! { #message }));
    }
    for diagnostic in of(Severity::Warning).take(SHOWN) {
        let message = format!("\n{}", render(diagnostic, sources, Header::Bare));
        // Stable Rust lets a macro warn only by using something that is deprecated.
        tokens.extend(quote_spanned! {span=>
            const _: () = {
                #[deprecated(note = #message)]
                const fn workflow() {}
                workflow();
            };
        });
    }
    tokens
}

/// Makes an edit of any file that was read rebuild the crate, and a change of the switch too.
fn tracking(compilation: &Compilation) -> TokenStream {
    let files = compilation.bundle.sources.files().iter().map(|source| {
        let path = format!("/{}", source.path);
        quote!(
            const _: &[u8] = ::core::include_bytes!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), #path));
        )
    });
    quote! {
        #(#files)*
        const _: ::core::option::Option<&str> = ::core::option_env!("ARAZZO_DEBUG");
    }
}

fn items(compilation: &Compilation, invocation: &Invocation, package: &Path) -> TokenStream {
    let Some(plan) = &compilation.plan else {
        return TokenStream::new();
    };
    let broken = compilation.has_errors();
    if std::env::var_os("ARAZZO_DEBUG").is_none_or(|value| value.is_empty() || value == "0") {
        return emit(plan, &Crate(&invocation.home), broken);
    }
    let text = emit(plan, &Debug, broken).to_string();
    match write_debug(&text, &plan.file, package) {
        Ok(path) => {
            let home = &invocation.home;
            quote! {
                #[doc(hidden)]
                #[allow(unused_imports)]
                mod __arazzo_debug {
                    pub use #home::*;
                    pub use #home::__private;
                }
                ::core::include!(#path);
            }
        }
        Err(error) => {
            let message = format!("ARAZZO_DEBUG: the expansion cannot be written: {error}");
            quote!(::core::compile_error! { #message })
        }
    }
}

/// Writes the expansion below the target directory, formatted where `rustfmt` is at hand.
fn write_debug(text: &str, document: &str, package: &Path) -> std::io::Result<String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| package.join("target"), std::path::PathBuf::from);
    let directory = std::path::absolute(target)?.join("arazzo");
    std::fs::create_dir_all(&directory)?;
    let package = std::env::var("CARGO_CRATE_NAME").unwrap_or_default();
    let name: String = document
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    let path = directory.join(format!("{package}-{name}.rs"));
    std::fs::write(&path, text)?;
    let _ = std::process::Command::new("rustfmt")
        .arg("--edition=2024")
        .arg(&path)
        .output();
    path.into_os_string()
        .into_string()
        .map_err(|_| std::io::Error::other("the path is not UTF-8"))
}
