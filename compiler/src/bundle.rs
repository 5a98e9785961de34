//! End of phase 1: the document and every file that its source descriptions name, opened.
//!
//! Input: the path of a document. Output: a [`Bundle`]. All files are read before any is
//! understood, so that later phases can borrow from all of them at once.

use std::io;
use std::path::{Path, PathBuf};

use crate::diagnostic::{Diagnostic, Diagnostics, Rule, rule, similar};
use crate::source::{Cursor, File, FileId, Library, Sources, Span, is_remote, join, lookup, relative};

/// What a compilation is asked to do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The directory that labels are relative to: the package of the user.
    pub package: PathBuf,
    /// The path of the document relative to the package, with `/` between parts.
    pub document: String,
    /// The directory of the source file that calls the macro, relative to the package. Files
    /// outside the package are named in messages as that file sees them.
    pub origin: Option<String>,
    /// `sources = { name = "path" }`: where to read a source description from.
    pub sources: Vec<(String, String)>,
    /// `workflows = ["id"]`: the workflows to expand; empty means all.
    pub workflows: Vec<String>,
    /// `rename = { "id" = name }`
    pub rename: Vec<(String, String)>,
}

/// The files of a compilation.
#[derive(Debug, Default)]
pub struct Bundle {
    /// Every file that was opened.
    pub sources: Sources,
    /// The documents: the one asked for, then those that `arazzo` sources name.
    pub documents: Vec<Described>,
}

/// A document and the files of its source descriptions.
#[derive(Debug)]
pub struct Described {
    /// The document's file.
    pub file: FileId,
    /// Per source description in document order: its file, unless it could not be opened.
    pub sources: Vec<Option<FileId>>,
}

impl Bundle {
    /// The root of a file, if it could be read.
    #[must_use]
    pub fn root(&self, id: FileId) -> Option<Cursor<'_>> {
        Cursor::root(id, &self.sources.get(id)?.file)
    }
}

/// Opens the document and its sources.
pub fn open(options: &Options, library: &dyn Library, diagnostics: &mut Diagnostics) -> Bundle {
    let mut bundle = Bundle::default();
    let Some(document) = open_document(options, library, &mut bundle, diagnostics) else {
        return bundle;
    };
    let sources = open_sources(options, &options.document, document, library, &mut bundle, diagnostics);
    bundle.documents.push(Described {
        file: document,
        sources,
    });
    bundle
}

impl Options {
    fn on_disk(&self, path: &str) -> PathBuf {
        self.package.join(path)
    }

    /// What messages call a file.
    #[must_use]
    pub fn label(&self, path: &str) -> String {
        match &self.origin {
            Some(origin) if path.starts_with("../") => relative(path, origin),
            _ => path.to_owned(),
        }
    }
}

fn open_document(
    options: &Options,
    library: &dyn Library,
    bundle: &mut Bundle,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    match library.open(&options.on_disk(&options.document)) {
        Ok(file) => {
            let id = bundle
                .sources
                .add(&options.label(&options.document), &options.document, file.clone());
            report_syntax(id, &file, &rule::YAML_SYNTAX, diagnostics).then_some(id)
        }
        Err(error) => {
            let message = format!(
                "the document `{}` cannot be read: {}",
                options.label(&options.document),
                reason(&error)
            );
            let help = "a plain path is relative to the directory of Cargo.toml, one that starts with `./` or `../` to the source file";
            diagnostics.push(Diagnostic::new(&rule::SOURCE_NOT_FOUND, None, message).help(help));
            None
        }
    }
}

fn report_syntax(id: FileId, file: &File, rule: &'static Rule, diagnostics: &mut Diagnostics) -> bool {
    let Err(errors) = &file.root else { return true };
    for error in errors {
        let mut diagnostic = Diagnostic::syntax(id, error);
        if diagnostic.rule.code == rule::YAML_SYNTAX.code {
            diagnostic.rule = rule;
        }
        diagnostics.push(diagnostic);
    }
    false
}

/// Messages of the operating system differ from machine to machine; these do not.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory | io::ErrorKind::FileTooLarge => error.to_string(),
        kind => kind.to_string(),
    }
}

fn open_sources(
    options: &Options,
    label: &str,
    document: FileId,
    library: &dyn Library,
    bundle: &mut Bundle,
    diagnostics: &mut Diagnostics,
) -> Vec<Option<FileId>> {
    let Some(file) = bundle.sources.get(document).map(|source| source.file.clone()) else {
        return Vec::new();
    };
    let Some(root) = Cursor::root(document, &file) else {
        return Vec::new();
    };
    let entries: Vec<Cursor<'_>> = root
        .get("sourceDescriptions")
        .into_iter()
        .flat_map(Cursor::items)
        .collect();
    let names: Vec<&str> = entries.iter().filter_map(|entry| entry.get("name")?.as_str()).collect();
    unused_source_option(options, &names, diagnostics);
    entries
        .into_iter()
        .map(|entry| open_source(options, label, entry, library, bundle, diagnostics))
        .collect()
}

fn unused_source_option(options: &Options, names: &[&str], diagnostics: &mut Diagnostics) {
    for (name, _) in options
        .sources
        .iter()
        .filter(|(name, _)| !names.contains(&name.as_str()))
    {
        let message = format!("the option `sources` names `{name}`, which is no source description of the document");
        let help = similar(name, names.iter().copied()).map_or_else(
            || {
                format!(
                    "its source descriptions are {}",
                    names
                        .iter()
                        .map(|name| format!("`{name}`"))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            },
            |name| format!("a source description with a similar name exists: `{name}`"),
        );
        diagnostics.push(Diagnostic::new(&rule::UNUSED_OPTION, None, message).help(help));
    }
}

fn open_source(
    options: &Options,
    label: &str,
    entry: Cursor<'_>,
    library: &dyn Library,
    bundle: &mut Bundle,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    let name = entry.get("name")?.as_str()?;
    let at = entry.get("url")?;
    let url = at.as_str()?;
    if entry.get("type").and_then(Cursor::as_str) == Some("asyncapi") {
        return None;
    }
    let given = options
        .sources
        .iter()
        .find(|(known, _)| known == name)
        .map(|(_, path)| path.as_str());
    if given.is_none() && is_remote(url) && !url.starts_with("file:") {
        source_not_local(name, url, at.span(), diagnostics);
        return None;
    }
    let candidates = match given {
        Some(path) => vec![join("", path)],
        None => lookup(label, url.strip_prefix("file://").unwrap_or(url)).candidates,
    };
    for candidate in &candidates {
        match library.open(&options.on_disk(candidate)) {
            Ok(file) => {
                let id = bundle.sources.add(&options.label(candidate), candidate, file.clone());
                return report_syntax(id, &file, &rule::SOURCE_SYNTAX, diagnostics).then_some(id);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!(
                    "the source description `{name}` cannot be read from `{}`: {}",
                    options.label(candidate),
                    reason(&error)
                );
                diagnostics.push(Diagnostic::new(&rule::SOURCE_NOT_FOUND, at.span(), message));
                return None;
            }
        }
    }
    let tried: Vec<String> = candidates.iter().map(|path| options.label(path)).collect();
    source_not_found(name, at.span(), &tried, given.is_some(), diagnostics);
    None
}

fn source_not_found(name: &str, span: Span, tried: &[String], given: bool, diagnostics: &mut Diagnostics) {
    let message = format!("the file of the source description `{name}` was not found");
    let tried: Vec<String> = tried.iter().map(|path| format!("`{path}`")).collect();
    let mut diagnostic =
        Diagnostic::new(&rule::SOURCE_NOT_FOUND, span, message).help(format!("looked for: {}", tried.join(", ")));
    if !given {
        diagnostic = diagnostic.help(format!(
            "put the file there, or say where it is: `sources = {{ {name} = \"path/to/file.yaml\" }}`"
        ));
    }
    diagnostics.push(diagnostic);
}

fn source_not_local(name: &str, url: &str, span: Span, diagnostics: &mut Diagnostics) {
    let message = format!("the source description `{name}` is on the network, which a build never touches");
    let file = url
        .rsplit('/')
        .next()
        .filter(|file| !file.is_empty())
        .unwrap_or("description.yaml");
    let file = Path::new(file)
        .file_name()
        .and_then(|file| file.to_str())
        .unwrap_or(file);
    diagnostics.push(Diagnostic::new(&rule::SOURCE_NOT_LOCAL, span, message).help(format!(
        "save a copy in the package and name it: `sources = {{ {name} = \"{file}\" }}`"
    )));
}
