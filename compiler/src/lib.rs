//! Compiles Arazzo workflow descriptions to diagnostics or to Rust tokens.
//!
//! Each phase is a module, and data only moves forward: `source` and [`bundle`] (files to trees) → `document`,
//! `openapi`, `asyncapi` and `schema` (trees to models) → `expression` and `condition` (strings to syntax) → `resolve` (names to
//! what they refer to) → `flow`, `typing` and `check` (diagnostics) → `plan` (what each step sends, reads and decides)
//! → [`emit`] (plan to Rust code). All of them use [`diagnostic`].
//!
//! This crate does not use `proc_macro`: the macro is one caller; tests, fuzzers and the command line are others.
//!
//! ```
//! use arazzo_compiler::bundle::Options;
//! use arazzo_compiler::source::Memory;
//!
//! let library = Memory::default().with("flow.yaml", "arazzo: 2.0.0\n");
//! let options = Options { document: "flow.yaml".into(), ..Options::default() };
//! let compilation = arazzo_compiler::compile(&options, &library);
//! assert!(compilation.render(arazzo_compiler::diagnostic::Header::Full)[0].starts_with("error[unsupported-version]"));
//! ```
#![recursion_limit = "512"]
#![cfg_attr(not(test), warn(unused_crate_dependencies))]
#![cfg_attr(not(test), warn(clippy::pedantic))]
#![allow(
    clippy::module_name_repetitions,
    clippy::too_many_lines,
    clippy::format_push_string,
    clippy::format_collect,
    clippy::similar_names,
    clippy::single_match_else,
    clippy::struct_excessive_bools,
    reason = "a matter of taste, decided for what reads best here"
)]

mod asyncapi;
pub mod bundle;
mod check;
pub mod diagnostic;
mod document;
#[cfg(feature = "editor")]
pub mod editor;
pub mod emit;
mod engine;
mod flow;
#[cfg(feature = "invocation")]
pub mod invocation;
mod media;
mod openapi;
pub mod plan;
mod program;
mod resolve;
mod schema;
pub mod source;
mod status;
mod syntax;
mod typing;

use bundle::{Bundle, Options};
use diagnostic::{Diagnostic, Diagnostics, Header, Severity, render};
use plan::Plan;
use source::{Library, Span, Whole};

/// The result of a compilation.
#[derive(Debug)]
pub struct Compilation {
    /// The problems, in the order of their locations.
    pub diagnostics: Vec<Diagnostic>,
    /// The plan; after errors, the part that could be understood. `None` without a document.
    pub plan: Option<Plan>,
    /// XPath 3.1 expressions that were not checked, because this build does not have the engine ([`Engines::ALL`]).
    ///
    /// [`Engines::ALL`]: bundle::Engines::ALL
    pub unchecked: Vec<Span>,
    /// The files that were read.
    pub bundle: Bundle,
}

impl Compilation {
    /// Returns whether the document cannot be compiled.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Returns all diagnostics as text.
    #[must_use]
    pub fn render(&self, header: Header) -> Vec<String> {
        self.diagnostics
            .iter()
            .map(|diagnostic| render(diagnostic, &self.bundle.sources, header))
            .collect()
    }
}

/// Compiles a document.
///
/// From large descriptions, [`source::Disk`] reads only what the workflows need, and the rest is not checked. If there
/// is an error, they are read completely, so that messages do not depend on this.
#[must_use]
pub fn compile(options: &Options, library: &dyn Library) -> Compilation {
    let compilation = attempt(options, library);
    let files = compilation.bundle.sources.files();
    let in_parts = files.iter().any(|source| source.file.is_in_parts());
    let trouble = files.iter().any(|source| source.file.has_trouble());
    if trouble || (in_parts && compilation.has_errors()) {
        return attempt(options, &Whole(library));
    }
    compilation
}

fn attempt(options: &Options, library: &dyn Library) -> Compilation {
    let mut diagnostics = Diagnostics::new(options);
    let bundle = bundle::open(options, library, &mut diagnostics);
    let plan = understand(options, &bundle, &mut diagnostics);
    Compilation {
        unchecked: std::mem::take(&mut diagnostics.unchecked),
        diagnostics: diagnostics.finish(),
        plan,
        bundle,
    }
}

fn understand(options: &Options, bundle: &Bundle, diagnostics: &mut Diagnostics) -> Option<Plan> {
    let documents: Vec<Option<document::Document<'_>>> = bundle
        .documents
        .iter()
        .map(|described| document::read(bundle.root(described.file)?, diagnostics))
        .collect();
    documents.iter().flatten().next()?;
    let program = resolve::resolve(&documents, bundle, diagnostics);
    let flows = typing::flows(&program);
    check::check(&documents, &program, &flows, diagnostics);
    Some(plan::plan(&program, &flows, options, &bundle.sources, diagnostics))
}
