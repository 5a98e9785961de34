//! Files that source descriptions name.

use std::io;
use std::path::Path;

use super::vendored::vendored;
use super::{Bundle, Described, Opened, Options, means, option_key, reason, report_syntax};
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::source::{Cursor, FileId, Library, Span, beside, is_absolute, is_remote, join, lookup, percent_decode};

/// The fields of a source description.
pub(super) struct Entry<'a> {
    pub(super) name: &'a str,
    url: &'a str,
    at: Cursor<'a>,
    kind: Option<Cursor<'a>>,
}

pub(super) fn entries(root: Cursor<'_>) -> impl Iterator<Item = Option<Entry<'_>>> {
    let entries = root.get("sourceDescriptions").into_iter().flat_map(Cursor::items);
    entries.map(|entry| {
        let at = entry.get("url")?;
        Some(Entry {
            name: entry.get("name")?.scalar_text()?,
            url: at.scalar_text()?,
            at,
            kind: entry.get("type"),
        })
    })
}

pub(super) fn open_sources(
    options: &Options,
    document: usize,
    library: &dyn Library,
    bundle: &mut Bundle,
    diagnostics: &mut Diagnostics,
) -> Vec<Opened> {
    let id = bundle.documents[document].file;
    let Some(source) = bundle.sources.get(id) else {
        return Vec::new();
    };
    let (file, path) = (source.file.clone(), source.path.clone());
    let Some(root) = Cursor::root(id, &file) else {
        return Vec::new();
    };
    let itself = root.get("$self").and_then(Cursor::as_str);
    let mut opened = Vec::new();
    for entry in entries(root) {
        let Some(entry) = entry else {
            opened.push(Opened::Nothing);
            continue;
        };
        let mut names = bundle.documents[document].names.clone();
        names.push(entry.name.to_owned());
        let from = From {
            options,
            path: &path,
            itself,
            names: &names,
        };
        let file = open_source(&from, &entry, library, bundle, diagnostics);
        let what = file.map_or(Opened::Nothing, |file| kind(file, &entry, &names, bundle, diagnostics));
        opened.push(what);
    }
    opened
}

/// Determines whether a file is an API or a document: by the source description, or otherwise by the file itself.
pub(super) fn kind(
    file: FileId,
    entry: &Entry<'_>,
    names: &[String],
    bundle: &mut Bundle,
    diagnostics: &mut Diagnostics,
) -> Opened {
    let has = |key: &str| bundle.root(file).is_some_and(|root| root.get(key).is_some());
    let arazzo = match entry.kind.and_then(Cursor::as_str) {
        Some("arazzo") => {
            if let Some(found) = ["openapi", "swagger", "asyncapi"].into_iter().find(|key| has(key)) {
                source_type_mismatch(entry, found, diagnostics);
                return Opened::Nothing;
            }
            true
        }
        Some(_) => false,
        None => has("arazzo"),
    };
    if !arazzo {
        return Opened::Api(file);
    }
    let known = bundle.documents.iter().position(|document| document.file == file);
    Opened::Document(known.unwrap_or_else(|| {
        bundle.documents.push(Described {
            file,
            names: names.to_vec(),
            sources: Vec::new(),
        });
        bundle.documents.len() - 1
    }))
}

pub(super) fn source_type_mismatch(entry: &Entry<'_>, found: &str, diagnostics: &mut Diagnostics) {
    let message = format!(
        "the source description `{}` has type `arazzo`, but its file is an `{found}` description",
        entry.name
    );
    let kind = if found == "asyncapi" { "asyncapi" } else { "openapi" };
    let span = entry.kind.map_or(entry.at.span(), Cursor::span);
    diagnostics.push(Diagnostic::new(&rule::SOURCE_TYPE_MISMATCH, span, message).help(format!("write `type: {kind}`")));
}

/// The context in which a source description is opened.
pub(super) struct From<'a> {
    options: &'a Options,
    /// The path of the document.
    path: &'a str,
    /// The `$self` of the document.
    itself: Option<&'a str>,
    /// The names of the source descriptions on the path to this one, including its own.
    names: &'a [String],
}

pub(super) fn open_source(
    from: &From<'_>,
    entry: &Entry<'_>,
    library: &dyn Library,
    bundle: &mut Bundle,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    let (options, name, at) = (from.options, entry.name, entry.at);
    let exact = from.names.join(".");
    let given = options.sources.iter().find(|(known, _)| *known == exact);
    let given = given
        .or_else(|| options.sources.iter().find(|(known, _)| means(known, from.names)))
        .map(|(_, path)| path.as_str());
    let beside = from.itself.and_then(|itself| beside(itself, entry.url));
    let url = beside.as_deref().unwrap_or(entry.url);
    let copy = match given {
        None if is_remote(url) => vendored(url, options, library, &mut bundle.sources),
        _ => None,
    };
    if given.is_none() && copy.is_none() && (is_remote(url) || is_absolute(url)) {
        source_not_local(&exact, url, at.span(), diagnostics);
        return None;
    }
    let candidates = match (given, copy) {
        (Some(path), _) => vec![join("", path)],
        (None, Some(path)) => vec![path],
        (None, None) => candidates(from, url),
    };
    for candidate in &candidates {
        match library.open(&options.on_disk(candidate)) {
            Ok(file) => {
                let id = bundle.sources.add(&options.label(candidate), candidate, file.clone());
                source_leaves_package(options, name, candidate, at.span(), diagnostics);
                return report_syntax(id, &file, &rule::SOURCE_SYNTAX, diagnostics).then_some(id);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                let message = format!(
                    "cannot read the source description `{name}` from `{}`: {}",
                    options.label(candidate),
                    reason(&error)
                );
                diagnostics.push(Diagnostic::new(&rule::SOURCE_NOT_FOUND, at.span(), message));
                return None;
            }
        }
    }
    let tried: Vec<String> = candidates.iter().map(|path| options.label(path)).collect();
    source_not_found(&exact, at.span(), &tried, given.is_some(), diagnostics);
    None
}

/// Returns whether a file is outside the package, if there is a package and the document is in it.
pub(super) fn leaves_package(options: &Options, path: &str) -> bool {
    !options.package.as_os_str().is_empty() && path.starts_with("../") && !options.document.starts_with("../")
}

/// Reports a source description outside the package: `cargo publish` includes only files below the package's directory.
pub(super) fn source_leaves_package(
    options: &Options,
    name: &str,
    path: &str,
    span: Span,
    diagnostics: &mut Diagnostics,
) {
    if !leaves_package(options, path) {
        return;
    }
    let message = format!(
        "the file of the source description `{name}` is outside the package; `cargo publish` does not include it"
    );
    diagnostics.push(
        Diagnostic::new(&rule::SOURCE_LEAVES_PACKAGE, span, message).help(format!(
            "copy the file into the package, and name the copy: `sources = {{ {} = \"…\" }}`",
            option_key(name)
        )),
    );
}

/// Returns the paths where a relative URL is searched. A relative `$self` moves the location of the document.
pub(super) fn candidates(from: &From<'_>, url: &str) -> Vec<String> {
    let moved = from.itself.filter(|itself| !is_remote(itself));
    let moved = moved.map(|itself| join(from.path, itself.split(['#', '?']).next().unwrap_or("")));
    let mut candidates: Vec<String> = moved.iter().map(|path| join(path, &percent_decode(url))).collect();
    for candidate in lookup(from.path, url).candidates {
        if !candidates.contains(&candidate) {
            candidates.push(candidate);
        }
    }
    candidates
}

pub(super) fn source_not_found(name: &str, span: Span, tried: &[String], given: bool, diagnostics: &mut Diagnostics) {
    let message = format!("cannot find the file of the source description `{name}`");
    let tried: Vec<String> = tried.iter().map(|path| format!("`{path}`")).collect();
    let mut diagnostic =
        Diagnostic::new(&rule::SOURCE_NOT_FOUND, span, message).help(format!("tried: {}", tried.join(", ")));
    if !given {
        diagnostic = diagnostic.help(format!(
            "put the file there, or set its path: `sources = {{ {} = \"path/to/file.yaml\" }}`",
            option_key(name)
        ));
    }
    diagnostics.push(diagnostic);
}

pub(super) fn source_not_local(name: &str, url: &str, span: Span, diagnostics: &mut Diagnostics) {
    let message = if is_absolute(url) || url.starts_with("file:") {
        format!("the source description `{name}` has an absolute path, which differs between machines")
    } else {
        format!("the source description `{name}` is remote; builds do not access the network")
    };
    let file = url
        .rsplit('/')
        .next()
        .filter(|file| !file.is_empty())
        .unwrap_or("description.yaml");
    let file = Path::new(file)
        .file_name()
        .and_then(|file| file.to_str())
        .unwrap_or(file);
    let remote = is_remote(url).then(|| "run `cargo arazzo vendor`, which saves a copy in the package".to_owned());
    diagnostics.push(
        Diagnostic::new(&rule::SOURCE_NOT_LOCAL, span, message)
            .help_if(remote)
            .help(format!(
                "save a copy in the package and name it: `sources = {{ {} = \"{file}\" }}`",
                option_key(name)
            )),
    );
}

/// A source description whose file is not local.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remote {
    /// The name of the source description, as in the option `sources`.
    pub name: String,
    /// The URL of the file.
    pub url: String,
}

/// Returns the remote source descriptions of the requested documents, also those that have a copy in the package, without
/// those for which the option `sources` names one.
#[must_use]
pub fn remote(options: &Options, library: &dyn Library) -> Vec<Remote> {
    let bundle = super::open(options, library, &mut Diagnostics::default());
    let mut found: Vec<Remote> = Vec::new();
    for document in &bundle.documents {
        let Some(root) = bundle.root(document.file) else {
            continue;
        };
        let itself = root.get("$self").and_then(Cursor::as_str);
        for entry in entries(root).flatten() {
            let mut names = document.names.clone();
            names.push(entry.name.to_owned());
            let moved = itself.and_then(|itself| beside(itself, entry.url));
            let url = moved.as_deref().unwrap_or(entry.url);
            let given = options.sources.iter().any(|(known, _)| means(known, &names));
            let remote = Remote {
                name: names.join("."),
                url: url.to_owned(),
            };
            if is_remote(url) && !url.starts_with("file:") && !given && !found.contains(&remote) {
                found.push(remote);
            }
        }
    }
    found
}
