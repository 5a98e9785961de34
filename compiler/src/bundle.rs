//! End of phase 1: the document and every file that its source descriptions name, opened.
//!
//! Input: the path of a document. Output: a [`Bundle`]. All files are read before any is
//! understood, so that later phases can borrow from all of them at once.

use std::collections::HashSet;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostic::{Class, Diagnostic, Diagnostics, Levels, Rule, rule, similar};
use crate::source::{
    Cursor, Data, File, FileId, Library, Node, Range, Sources, Span, beside, is_absolute, is_remote, join, lookup,
    percent_decode, relative,
};

/// What a compilation is asked to do.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The directory that labels are relative to: the package of the user.
    pub package: PathBuf,
    /// The path of the document relative to the package, with `/` between parts.
    pub document: String,
    /// The paths of further documents, which are compiled together with it.
    pub further: Vec<String>,
    /// The directory of the source file that calls the macro, relative to the package. Files
    /// outside the package are named in messages as that file sees them.
    pub origin: Option<String>,
    /// `sources = { name = "path" }`: where to read a source description from.
    pub sources: Vec<(String, String)>,
    /// `workflows = ["id"]`: the workflows to expand; empty means all.
    pub workflows: Vec<String>,
    /// `rename = { "id" = name }`
    pub rename: Vec<(String, String)>,
    /// `lints` and `dialect`
    pub levels: Levels,
}

/// The files of a compilation.
#[derive(Debug, Default)]
pub struct Bundle {
    /// Every file that was opened.
    pub sources: Sources,
    /// The documents: those asked for, then those that `arazzo` sources name.
    pub documents: Vec<Described>,
}

/// A document and what its source descriptions lead to.
#[derive(Debug)]
pub struct Described {
    /// The document's file.
    pub file: FileId,
    /// The names of the source descriptions that lead to it from the document asked for, which
    /// itself has none.
    pub names: Vec<String>,
    /// Per source description in document order: what it leads to.
    pub sources: Vec<Opened>,
}

/// What a source description leads to.
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
    /// The root of a file, if it could be read.
    #[must_use]
    pub fn root(&self, id: FileId) -> Option<Cursor<'_>> {
        self.sources.root(id)
    }
}

/// Opens the document, its sources, and theirs.
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
            None => format!("the option `lints` names `{code}`, which is no code"),
            Some(rule) if rule.class == Class::Error => {
                format!("the option `lints` names `{code}`, which is an error whatever is asked for")
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
            let message = format!(
                "the document `{}` cannot be read: {}",
                options.label(path),
                reason(&error)
            );
            let help = "a plain path is relative to the directory of Cargo.toml, one that starts with `./` or `../` to the source file";
            diagnostics.push(Diagnostic::new(&rule::SOURCE_NOT_FOUND, None, message).help(help));
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

/// Messages of the operating system differ from machine to machine; these do not.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory | io::ErrorKind::FileTooLarge | io::ErrorKind::Unsupported => error.to_string(),
        kind => kind.to_string(),
    }
}

/// How many files one compilation reads.
const FILES: usize = 2000;

/// Opens the files that files refer to by `$ref`. One that is not there is reported where the
/// reference is used, if it is.
fn open_references(options: &Options, library: &dyn Library, bundle: &mut Bundle, diagnostics: &mut Diagnostics) {
    let mut next = 0;
    while next < bundle.sources.files().len() && next < FILES {
        let source = &bundle.sources.files()[next];
        let (file, path) = (source.file.clone(), source.path.clone());
        let Some(id) = bundle.sources.id(next) else { break };
        next += 1;
        let Ok(root) = &file.root else { continue };
        let references = file.referenced(|| {
            let mut found = Vec::new();
            if file.is_in_parts() {
                written_references(&file.text, &mut found);
            } else {
                collect_references(root, &mut found);
            }
            found.into_iter().map(str::to_owned).collect()
        });
        for reference in references {
            let candidate = join(&path, &percent_decode(reference));
            if bundle.sources.files().iter().any(|known| known.path == candidate) {
                continue;
            }
            if let Ok(opened) = library.open(&options.on_disk(&candidate)) {
                bundle.sources.add(&options.label(&candidate), &candidate, opened);
                if leaves_package(options, &candidate) && !leaves_package(options, &path) {
                    let label = options.label(&candidate);
                    let message =
                        format!("the file `{label}` is outside of the package, which `cargo publish` leaves behind");
                    let span = written(&file.text, reference).map(|range| Span { file: id, range });
                    let help = "copy the file into the package, and write a reference to the copy";
                    diagnostics.push(Diagnostic::new(&rule::SOURCE_LEAVES_PACKAGE, span, message).help(help));
                }
            }
        }
    }
}

/// The files that a tree refers to, each once.
fn collect_references<'n>(node: &'n Node, found: &mut Vec<&'n str>) {
    let mut stack = vec![node];
    let mut seen = HashSet::new();
    while let Some(node) = stack.pop() {
        match &node.data {
            Data::Link(target) if seen.insert(Arc::as_ptr(target)) => stack.push(target),
            Data::Array(items) => stack.extend(items),
            Data::Object(members) => {
                for member in members {
                    if let (true, Data::String(reference)) = (&*member.key == "$ref", &member.value.target().data) {
                        other_file(reference, found);
                    }
                    stack.push(&member.value);
                }
            }
            _ => {}
        }
    }
}

/// Where a file first refers to another one.
fn written(text: &str, reference: &str) -> Option<Range> {
    text.match_indices("$ref").find_map(|(at, key)| {
        let from = at + key.len();
        let line = text[from..].split(['\n', '\r']).next()?;
        let start = from + line.find(reference)?;
        Some(Range::new(start, start + reference.len()))
    })
}

fn other_file<'n>(reference: &'n str, found: &mut Vec<&'n str>) {
    let file = reference.split('#').next().unwrap_or("");
    if !file.is_empty() && !is_remote(file) && !is_absolute(file) && !found.contains(&file) {
        found.push(file);
    }
}

/// The same by the text of a file that is read in parts: whatever looks like a `$ref` in it.
fn written_references<'n>(text: &'n str, found: &mut Vec<&'n str>) {
    let bytes = text.as_bytes();
    for (at, _) in text.match_indices("$ref") {
        // Nearly all are references into the file itself, which this loop leaves quickly.
        let mut next = at + "$ref".len();
        while let Some(b'"' | b'\'' | b':' | b' ') = bytes.get(next) {
            next += 1;
        }
        if bytes.get(next) == Some(&b'#') {
            continue;
        }
        let rest = &text[at + "$ref".len()..];
        let rest = rest.trim_start_matches(['"', '\'', ' ']);
        let Some(rest) = rest.strip_prefix(':') else { continue };
        let line = rest.split(['\n', '\r']).next().unwrap_or("").trim_start();
        let reference = match line.chars().next() {
            Some(quote @ ('"' | '\'')) => line[1..].split(quote).next(),
            _ => line.split([' ', ',', '}']).next(),
        };
        other_file(reference.unwrap_or(""), found);
    }
}

/// What a source description says.
struct Entry<'a> {
    name: &'a str,
    url: &'a str,
    at: Cursor<'a>,
    kind: Option<Cursor<'a>>,
}

fn entries(root: Cursor<'_>) -> impl Iterator<Item = Option<Entry<'_>>> {
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

fn open_sources(
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

/// An API, or a document: what the source description says, else what the file says itself.
fn kind(
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

fn source_type_mismatch(entry: &Entry<'_>, found: &str, diagnostics: &mut Diagnostics) {
    let message = format!(
        "the source description `{}` is of type `arazzo`, its file is an `{found}` description",
        entry.name
    );
    let kind = if found == "asyncapi" { "asyncapi" } else { "openapi" };
    let span = entry.kind.map_or(entry.at.span(), Cursor::span);
    diagnostics.push(Diagnostic::new(&rule::SOURCE_TYPE_MISMATCH, span, message).help(format!("write `type: {kind}`")));
}

/// The names of all source descriptions, with those that lead to them in front.
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

/// Whether a name of the option means the source description that `names` lead to.
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
        let message = format!("the option `sources` names `{name}`, which is no source description of the document");
        let help = similar(name, names.iter().map(String::as_str)).map_or_else(
            || {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("its source descriptions are {}", names.join(", "))
            },
            |name| format!("a source description with a similar name exists: `{name}`"),
        );
        diagnostics.push(Diagnostic::new(&rule::UNUSED_OPTION, None, message).help(help));
    }
}

/// From where a source description is opened.
struct From<'a> {
    options: &'a Options,
    /// The path of the document.
    path: &'a str,
    /// Its `$self`.
    itself: Option<&'a str>,
    /// The names that lead to the source description, its own included.
    names: &'a [String],
}

fn open_source(
    from: &From<'_>,
    entry: &Entry<'_>,
    library: &dyn Library,
    bundle: &mut Bundle,
    diagnostics: &mut Diagnostics,
) -> Option<FileId> {
    let (options, name, at) = (from.options, entry.name, entry.at);
    if entry.kind.and_then(Cursor::as_str) == Some("asyncapi") {
        return None;
    }
    let exact = from.names.join(".");
    let given = options.sources.iter().find(|(known, _)| *known == exact);
    let given = given
        .or_else(|| options.sources.iter().find(|(known, _)| means(known, from.names)))
        .map(|(_, path)| path.as_str());
    let beside = from.itself.and_then(|itself| beside(itself, entry.url));
    let url = beside.as_deref().unwrap_or(entry.url);
    if given.is_none() && (is_remote(url) || is_absolute(url)) {
        source_not_local(&exact, url, at.span(), diagnostics);
        return None;
    }
    let candidates = match given {
        Some(path) => vec![join("", path)],
        None => candidates(from, url),
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
    source_not_found(&exact, at.span(), &tried, given.is_some(), diagnostics);
    None
}

/// Whether a file is outside of the package, where there is one and the document is in it.
fn leaves_package(options: &Options, path: &str) -> bool {
    !options.package.as_os_str().is_empty() && path.starts_with("../") && !options.document.starts_with("../")
}

/// Where there is a package, what is published with it is below its directory.
fn source_leaves_package(options: &Options, name: &str, path: &str, span: Span, diagnostics: &mut Diagnostics) {
    if !leaves_package(options, path) {
        return;
    }
    let message = format!(
        "the file of the source description `{name}` is outside of the package, which `cargo publish` leaves behind"
    );
    diagnostics.push(
        Diagnostic::new(&rule::SOURCE_LEAVES_PACKAGE, span, message).help(format!(
            "copy the file into the package, and say where: `sources = {{ {} = \"…\" }}`",
            option_key(name)
        )),
    );
}

/// Where a relative URL is looked for: a `$self` that is relative too moves the document.
fn candidates(from: &From<'_>, url: &str) -> Vec<String> {
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

fn source_not_found(name: &str, span: Span, tried: &[String], given: bool, diagnostics: &mut Diagnostics) {
    let message = format!("the file of the source description `{name}` was not found");
    let tried: Vec<String> = tried.iter().map(|path| format!("`{path}`")).collect();
    let mut diagnostic =
        Diagnostic::new(&rule::SOURCE_NOT_FOUND, span, message).help(format!("looked for: {}", tried.join(", ")));
    if !given {
        diagnostic = diagnostic.help(format!(
            "put the file there, or say where it is: `sources = {{ {} = \"path/to/file.yaml\" }}`",
            option_key(name)
        ));
    }
    diagnostics.push(diagnostic);
}

fn source_not_local(name: &str, url: &str, span: Span, diagnostics: &mut Diagnostics) {
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
    diagnostics.push(Diagnostic::new(&rule::SOURCE_NOT_LOCAL, span, message).help(format!(
        "save a copy in the package and name it: `sources = {{ {} = \"{file}\" }}`",
        option_key(name)
    )));
}

/// A name as the macro takes it: quoted where it is no identifier.
fn option_key(name: &str) -> String {
    let plain = name
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if plain && !name.starts_with(|first: char| first.is_ascii_digit()) {
        name.to_owned()
    } else {
        format!("\"{name}\"")
    }
}
