//! End of phase 1: opens the document and every file that its source descriptions name.
//!
//! Input: the path of a document. Output: a [`Bundle`]. All files are read before any of them is interpreted, so that
//! later phases can borrow from all of them at once.

mod references;
mod sources;
mod vendored;

use std::io;
use std::path::PathBuf;

pub use sources::{Remote, remote};
pub use vendored::{LOCK, is_copy};

use references::open_references;
use sources::{entries, open_sources};

use crate::diagnostic::{Caller, Class, Diagnostic, Diagnostics, Levels, Rule, rule, similar};
pub use crate::engine::Engines;
use crate::source::{Cursor, File, FileId, Library, Sources, relative};

/// Options of a compilation.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The directory that labels are relative to: the user's package.
    pub package: PathBuf,
    /// The path of the document relative to the package, with `/` between parts.
    pub document: String,
    /// The paths of further documents, which are compiled together with it.
    pub further: Vec<String>,
    /// The directory of the source file that calls the macro, relative to the package. Messages show files outside the
    /// package relative to that source file.
    pub origin: Option<String>,
    /// `sources = { name = "path" }`: where to read a source description from.
    pub sources: Vec<(String, String)>,
    /// `workflows = ["id"]`: the workflows to expand; empty means all.
    pub workflows: Vec<String>,
    /// `rename = { "id" = name }`
    pub rename: Vec<(String, String)>,
    /// `derives = [path]`: what generated types derive in addition, each as `crate::Trait`.
    pub derives: Vec<String>,
    /// `lints` and `dialect`
    pub levels: Levels,
    /// The engines of the program.
    pub engines: Engines,
    /// Where the options come from.
    pub caller: Caller,
}

/// The files of a compilation.
#[derive(Debug, Default)]
pub struct Bundle {
    /// Every file that was opened.
    pub sources: Sources,
    /// The requested documents, followed by those that `arazzo` sources name.
    pub documents: Vec<Described>,
}

/// A document and the files of its source descriptions.
#[derive(Debug)]
pub struct Described {
    /// The document's file.
    pub file: FileId,
    /// The names of the source descriptions on the path from the requested document to this one. Empty for the
    /// requested document.
    pub names: Vec<String>,
    /// What each source description refers to, in document order.
    pub sources: Vec<Opened>,
}

/// What a source description refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Nothing that could be opened.
    Nothing,
    /// The description of an API.
    Api(FileId),
    /// Another document, by its index.
    Document(usize),
}

impl Bundle {
    /// Returns the root of a file, if the file could be read.
    #[must_use]
    pub fn root(&self, id: FileId) -> Option<Cursor<'_>> {
        self.sources.root(id)
    }
}

/// Opens the document and its sources, recursively.
pub fn open(options: &Options, library: &dyn Library, diagnostics: &mut Diagnostics) -> Bundle {
    let mut bundle = Bundle::default();
    unknown_lints(options, diagnostics);
    for path in std::iter::once(&options.document).chain(&options.further) {
        let Some(file) = open_document(path, options, library, &mut bundle, diagnostics) else {
            continue;
        };
        bundle.documents.push(Described {
            file,
            names: Vec::new(),
            sources: Vec::new(),
        });
    }
    let mut next = 0;
    while next < bundle.documents.len() {
        let sources = open_sources(options, next, library, &mut bundle, diagnostics);
        bundle.documents[next].sources = sources;
        next += 1;
    }
    open_references(options, library, &mut bundle, diagnostics);
    unused_source_option(options, &bundle, diagnostics);
    bundle
}

fn unknown_lints(options: &Options, diagnostics: &mut Diagnostics) {
    for (_, code) in &options.levels.codes {
        let known = rule::all().find(|rule| rule.code == code);
        let message = match known {
            None => format!("unknown lint code `{code}` in the option `lints`"),
            Some(rule) if rule.class == Class::Error => {
                format!("the level of `{code}` cannot be changed: it is always an error")
            }
            Some(_) => continue,
        };
        let codes = rule::all().filter(|rule| rule.class != Class::Error);
        let meant = similar(code, codes.map(|rule| rule.code));
        diagnostics.push(
            Diagnostic::new(&rule::UNUSED_OPTION, None, message).help_if(
                meant
                    .filter(|_| known.is_none())
                    .map(|code| format!("a code with a similar name exists: `{code}`")),
            ),
        );
    }
}

impl Options {
    fn on_disk(&self, path: &str) -> PathBuf {
        self.package.join(path)
    }

    /// Returns the name of a file in messages.
    #[must_use]
    pub fn label(&self, path: &str) -> String {
        match &self.origin {
            Some(origin) if path.starts_with("../") => relative(path, origin),
            _ => path.to_owned(),
        }
    }
}

fn open_document(
    path: &str,
    options: &Options,
    library: &dyn Library,
    bundle: &mut Bundle,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    match library.open(&options.on_disk(path)) {
        Ok(file) => {
            let id = bundle.sources.add(&options.label(path), path, file.clone());
            report_syntax(id, &file, &rule::YAML_SYNTAX, diagnostics).then_some(id)
        }
        Err(error) => {
            let message = format!("cannot read the document `{}`: {}", options.label(path), reason(&error));
            let help = "a plain path is relative to the directory of Cargo.toml; a path that starts with `./` or `../` is relative to the source file";
            let help = (options.caller == Caller::Macro).then(|| help.to_owned());
            diagnostics.push(Diagnostic::new(&rule::SOURCE_NOT_FOUND, None, message).help_if(help));
            None
        }
    }
}

fn report_syntax(id: FileId, file: &File, rule: &'static Rule, diagnostics: &mut Diagnostics) -> bool {
    let errors = file.root.as_ref().err().into_iter().flatten();
    for error in errors.chain(&file.duplicates) {
        let mut diagnostic = Diagnostic::syntax(id, error);
        if diagnostic.rule.code == rule::YAML_SYNTAX.code {
            diagnostic.rule = rule;
        }
        diagnostics.push(diagnostic);
    }
    file.root.is_ok()
}

/// Describes an I/O error in the same words on every machine. Messages of the operating system differ.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory | io::ErrorKind::FileTooLarge | io::ErrorKind::Unsupported => error.to_string(),
        kind => kind.to_string(),
    }
}

/// Returns the names of all source descriptions, qualified by the source descriptions on the path to them.
fn qualified_names(bundle: &Bundle) -> Vec<String> {
    let mut names = Vec::new();
    for document in &bundle.documents {
        let Some(root) = bundle.root(document.file) else {
            continue;
        };
        for entry in entries(root).flatten() {
            let mut path = document.names.clone();
            path.push(entry.name.to_owned());
            names.push(path.join("."));
        }
    }
    names
}

/// Returns whether a name in the option `sources` refers to the source description at the path `names`.
fn means(option: &str, names: &[String]) -> bool {
    names.join(".") == option || names.last().is_some_and(|name| name == option)
}

fn unused_source_option(options: &Options, bundle: &Bundle, diagnostics: &mut Diagnostics) {
    if options.sources.is_empty() {
        return;
    }
    let names = qualified_names(bundle);
    let unused = |option: &str| {
        !names
            .iter()
            .any(|name| name == option || name.rsplit('.').next() == Some(option))
    };
    for (name, _) in options.sources.iter().filter(|(name, _)| unused(name)) {
        let message = format!("unknown source description `{name}` in the option `sources`");
        let help = similar(name, names.iter().map(String::as_str)).map_or_else(
            || {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("the source descriptions are {}", names.join(", "))
            },
            |name| format!("a source description with a similar name exists: `{name}`"),
        );
        diagnostics.push(Diagnostic::new(&rule::UNUSED_OPTION, None, message).help(help));
    }
}

/// Returns a name in the syntax of the macro: quoted if it is not an identifier.
#[must_use]
pub fn option_key(name: &str) -> String {
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if plain && !name.starts_with(|first: char| first.is_ascii_digit()) {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}
