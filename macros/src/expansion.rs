//! Expands an invocation into tokens.

use std::path::PathBuf;

use arazzo_compiler::Compilation;
use arazzo_compiler::diagnostic::{Header, Severity, render};
use arazzo_compiler::emit::{Module, emit, text};
use arazzo_compiler::invocation::Invocation;
use arazzo_compiler::plan::{Plan, Workflow};
use arazzo_compiler::source::Disk;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::LitStr;

/// Maximum number of problems that one build shows.
const SHOWN: usize = 50;

pub(crate) fn expand(invocation: &Invocation) -> TokenStream {
    let span = invocation.document.span();
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    // `unwrap` returns the compiler's own span, which every span has inside a macro.
    let origin = |literal: &LitStr| {
        let file = literal.span().unwrap().local_file()?;
        std::path::absolute(file).ok()
    };
    let options = match invocation.options(&package, origin, is_rust_analyzer()) {
        Ok(options) => options,
        Err((literal, message)) => return quote_spanned!(literal.span()=> ::core::compile_error! { #message }),
    };
    let compilation = arazzo_compiler::compile(&options, &Disk);
    let problems = problems(&compilation, span);
    let tracking = tracking(&compilation);
    let items = items(&compilation, invocation);
    quote!(#problems #tracking #items)
}

/// Returns whether rust-analyzer expands the macro. It does not tell where a source file is.
fn is_rust_analyzer() -> bool {
    let program = std::env::current_exe();
    let name = program.as_ref().ok().and_then(|path| path.file_name());
    name.is_some_and(|name| name.to_string_lossy().starts_with("rust-analyzer"))
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
        let message = format!("{} more errors in this document are not shown", errors - SHOWN);
        tokens.extend(quote_spanned!(span=> ::core::compile_error! { #message }));
    }
    for diagnostic in of(Severity::Warning).take(SHOWN) {
        let message = format!("\n{}", render(diagnostic, sources, Header::Bare));
        // On stable Rust, a macro can emit a warning only by using a deprecated item.
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

/// Rebuilds the crate when a file that was read or the `ARAZZO_DEBUG` variable changes.
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

fn items(compilation: &Compilation, invocation: &Invocation) -> TokenStream {
    let Some(plan) = &compilation.plan else {
        return TokenStream::new();
    };
    let broken = compilation.has_errors();
    let debug = std::env::var_os("ARAZZO_DEBUG").is_some_and(|value| !value.is_empty() && value != "0");
    if !debug {
        let items = emit(plan, broken);
        let items: TokenStream = items.iter().map(|module| parsed(module, &invocation.home)).collect();
        // Workflows that refer to each other need a module around them; a function body does not provide one.
        return if plan.workflows.iter().any(Workflow::names_others) || !plan.apis.is_empty() {
            enclosed(plan, invocation, &items)
        } else {
            items
        };
    }
    // `$crate` has no meaning in a file that is included, so the module around the file imports the crate under a name.
    let text = text(&emit(plan, broken), "super::__arazzo");
    match write_debug(&text, &plan.file, &identity(plan, invocation)) {
        Ok(path) => {
            let home = &invocation.home;
            let items = quote! {
                #[doc(hidden)]
                #[allow(unused_imports)]
                mod __arazzo {
                    pub use #home::__private;
                }
                ::core::include!(#path);
            };
            // Lints do not check code from a macro, but they check code from a file.
            let items = enclosed(plan, invocation, &items);
            quote!(#[allow(warnings, clippy::all, clippy::pedantic, clippy::nursery)] #items)
        }
        Err(error) => {
            let message = format!("ARAZZO_DEBUG: cannot write the expansion: {error}");
            quote!(::core::compile_error! { #message })
        }
    }
}

/// Returns the tokens of a module. Its text is read by `proc_macro`, so by rustc; `proc_macro2` would read it a second time.
fn parsed(module: &Module, home: &TokenStream) -> TokenStream {
    let Module { before, name, content } = module;
    let tokens = |text: &str| {
        if let Ok(tokens) = text.parse::<proc_macro::TokenStream>() {
            return TokenStream::from(tokens);
        }
        let message = format!(
            "internal compiler error: the expansion of `{name}` cannot be read [internal]\n  = help: please report it together with the document"
        );
        quote!(::core::compile_error! { #message })
    };
    let (before, content) = (tokens(before), tokens(content));
    let name = identifier(name);
    quote! {
        #before
        pub mod #name {
            pub(super) use #home::__private as __rt;
            #content
        }
    }
}

/// Returns an identifier; `r#…` is a raw one.
fn identifier(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

/// Puts the items into a separate module, from which the workflows are exported.
fn enclosed(plan: &Plan, invocation: &Invocation, items: &TokenStream) -> TokenStream {
    let module = format_ident!("__arazzo_{}", identity(plan, invocation));
    let names = plan.workflows.iter().map(|workflow| identifier(&workflow.ident));
    // Two calls in one scope can share an API: a name that two `*` imports provide is an error only where it is used.
    let apis = (!plan.apis.is_empty()).then(|| quote!(#[allow(unused_imports)] pub use #module::*;));
    quote! {
        mod #module {
            #items
        }
        #[allow(unused_imports)]
        pub use #module::{#(#names),*};
        #apis
    }
}

/// Distinguishes a macro call from all others: by its document, its workflows, and all options that change its
/// expansion. rustc reads an included file once, so two calls must not share one.
fn identity(plan: &Plan, invocation: &Invocation) -> String {
    let Invocation {
        home: _,
        document: _,
        further,
        sources,
        workflows,
        rename,
        derives,
        levels,
    } = invocation;
    let mut parts = vec![plan.file.clone()];
    parts.extend(plan.workflows.iter().map(|workflow| workflow.ident.clone()));
    parts.extend(further.iter().map(syn::LitStr::value));
    parts.extend(sources.iter().map(|(name, path)| format!("{name}={}", path.value())));
    parts.extend(workflows.iter().cloned());
    parts.extend(rename.iter().map(|(from, to)| format!("{from}={to}")));
    parts.extend(derives.iter().cloned());
    parts.push(format!("{levels:?}"));
    // FNV-1a: the same on every machine and with every compiler.
    let hash = parts.join("\n").bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// Writes the expansion below the target directory, formatted if `rustfmt` is available.
fn write_debug(text: &str, document: &str, identity: &str) -> std::io::Result<String> {
    let directory = target().join("arazzo");
    std::fs::create_dir_all(&directory)?;
    let package = std::env::var("CARGO_CRATE_NAME").unwrap_or_default();
    let name: String = document
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
        .collect();
    let path = std::path::absolute(directory.join(format!("{package}-{name}-{}.rs", &identity[..8])))?;
    std::fs::write(&path, text)?;
    let _ = std::process::Command::new("rustfmt")
        .arg("--edition=2024")
        .arg(&path)
        .output();
    path.into_os_string()
        .into_string()
        .map_err(|_| std::io::Error::other("the path is not UTF-8"))
}

/// The target directory of the build: two levels above rustc's output directory, `TARGET/debug/deps`. A package of a
/// workspace or from a registry has no target directory of its own.
fn target() -> PathBuf {
    let mut arguments = std::env::args_os().skip_while(|argument| argument != "--out-dir");
    let written = arguments.nth(1).map(PathBuf::from);
    let built = written.and_then(|deps| Some(deps.parent()?.parent()?.to_owned()));
    built
        .or_else(|| std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from))
        .unwrap_or_else(std::env::temp_dir)
}
