//! Compiles Arazzo workflow descriptions to diagnostics or to Rust tokens.
//!
//! The phases are the files; data only moves forward: `source` and [`bundle`] (files to trees) →
//! `document`, `openapi` and `schema` (trees to models) → `expression` and `condition` (strings to
//! syntax) → `resolve` (names become things) → `flow`, `typing` and `check` (what is wrong) →
//! `plan` (what each step sends, reads and decides) → [`emit`] (plan to tokens). [`diagnostic`] is
//! used by all.
//!
//! There is no `proc_macro` in here: the macro is one caller, tests, fuzzers and the command line
//! are others.
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

pub mod bundle;
mod check;
pub mod diagnostic;
mod document;
pub mod emit;
mod engine;
mod flow;
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
use source::{Library, Whole};

/// What came of a compilation.
#[derive(Debug)]
pub struct Compilation {
    /// What is wrong, in the order of its places.
    pub diagnostics: Vec<Diagnostic>,
    /// The plan; after errors, what could be understood. `None` where there is no document.
    pub plan: Option<Plan>,
    /// The files that were read.
    pub bundle: Bundle,
}

impl Compilation {
    /// Whether the document cannot be compiled.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// All diagnostics as text.
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
/// Of large descriptions, [`source::Disk`] reads what the workflows need and leaves the rest
/// unchecked. Where something is wrong, they are read whole, so that messages do not depend on it.
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
    let mut diagnostics = Diagnostics::new(options.levels.clone());
    let bundle = bundle::open(options, library, &mut diagnostics);
    let plan = understand(options, &bundle, &mut diagnostics);
    Compilation {
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
