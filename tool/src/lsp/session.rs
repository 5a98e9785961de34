//! What the server knows: the open files, the macro calls of the project, and the problems that it has published.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arazzo_compiler::bundle::{Engines, Options};
use arazzo_compiler::diagnostic::{Caller, Severity};
use arazzo_compiler::invocation::is_document_text;
use arazzo_compiler::source::{Disk, File, Library, Span};
use arazzo_compiler::{Compilation, compile};
use lsp_types::{
    Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, DidChangeTextDocumentParams,
    DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams, InitializeParams, Location,
    NumberOrString, PublishDiagnosticsParams, Uri,
};

use super::position::{self, offset};
use crate::project::Project;

/// An open file.
pub(super) struct Open {
    pub(super) path: PathBuf,
    pub(super) file: Arc<File>,
}

/// Files as the editor shows them, others as they are on the disk.
struct Shown<'s>(&'s Session);

/// A library that knows which files were asked for, also those that are not there.
struct Asked<L>(L, RefCell<BTreeSet<PathBuf>>);

impl<L: Library> Library for Asked<L> {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        self.1.borrow_mut().insert(plain(path));
        self.0.open(path)
    }
}

impl Library for Shown<'_> {
    fn open(&self, path: &Path) -> io::Result<Arc<File>> {
        let path = plain(path);
        match self.0.opened.values().find(|open| open.path == path) {
            Some(open) => Ok(Arc::clone(&open.file)),
            None => Disk.open(&path),
        }
    }
}

/// Problems by file.
type Problems = BTreeMap<PathBuf, Vec<Diagnostic>>;

pub(super) struct Session {
    root: Option<PathBuf>,
    project: Project,
    opened: BTreeMap<String, Open>,
    /// The open files that were documents when they were opened or later; one whose first line is being changed still is.
    documents: BTreeSet<String>,
    /// The files that each open document was compiled from.
    read: BTreeMap<String, BTreeSet<PathBuf>>,
    problems: BTreeMap<String, Problems>,
    /// The documents to compile.
    stale: BTreeSet<String>,
    /// The files whose problems are to be published although no document has them any more.
    forgotten: BTreeSet<PathBuf>,
}

impl Session {
    pub(super) fn new(params: &InitializeParams) -> Self {
        let folder = params
            .workspace_folders
            .iter()
            .flatten()
            .next()
            .map(|folder| &folder.uri);
        #[allow(deprecated, reason = "clients without folders send it")]
        let root = folder.or(params.root_uri.as_ref()).and_then(position::path);
        let project = root.as_deref().and_then(Project::of_workspace).unwrap_or_default();
        Self {
            root,
            project,
            opened: BTreeMap::new(),
            documents: BTreeSet::new(),
            read: BTreeMap::new(),
            problems: BTreeMap::new(),
            stale: BTreeSet::new(),
            forgotten: BTreeSet::new(),
        }
    }

    pub(super) fn open(&mut self, params: DidOpenTextDocumentParams) {
        let document = params.text_document;
        self.set(&document.uri, document.text);
    }

    pub(super) fn change(&mut self, params: DidChangeTextDocumentParams) {
        let uri = params.text_document.uri;
        let Some(open) = self.opened.get(uri.as_str()) else {
            return;
        };
        let mut text = open.file.text.to_string();
        for change in params.content_changes {
            match change.range {
                Some(range) => {
                    let (start, end) = (offset(&text, range.start), offset(&text, range.end));
                    text.replace_range(start..end.max(start), &change.text);
                }
                None => text = change.text,
            }
        }
        self.set(&uri, text);
    }

    fn set(&mut self, uri: &Uri, text: String) {
        let Some(path) = position::path(uri).map(|path| plain(&path)) else {
            return;
        };
        let file = Arc::new(File::parse(&path, text.into_bytes()));
        let key = uri.as_str().to_owned();
        if is_document_text(&file.text) {
            self.documents.insert(key.clone());
        }
        self.stale.insert(key.clone());
        self.touch(&path);
        self.opened.insert(key, Open { path, file });
    }

    /// Documents that read a file are compiled again.
    fn touch(&mut self, path: &Path) {
        let readers = self.read.iter().filter(|(_, files)| files.contains(path));
        self.stale.extend(readers.map(|(key, _)| key.clone()));
    }

    pub(super) fn close(&mut self, params: &DidCloseTextDocumentParams) {
        let key = params.text_document.uri.as_str();
        if let Some(open) = self.opened.remove(key) {
            self.touch(&open.path);
        }
        self.documents.remove(key);
        self.stale.insert(key.to_owned());
    }

    /// After a change of Rust files or manifests, the macro calls are read again.
    pub(super) fn saved(&mut self, params: &DidSaveTextDocumentParams) {
        let Some(path) = position::path(&params.text_document.uri) else {
            return;
        };
        let is_code = path.extension().is_some_and(|extension| extension == "rs") || path.ends_with("Cargo.toml");
        if is_code {
            self.project = self.root.as_deref().and_then(Project::of_workspace).unwrap_or_default();
            self.stale.extend(self.opened.keys().cloned());
        }
        self.touch(&plain(&path));
    }

    pub(super) fn file(&self, uri: &Uri) -> Option<&Open> {
        self.opened.get(uri.as_str())
    }

    /// Returns an open file that is a document, or that a macro call compiles.
    pub(super) fn document(&self, uri: &Uri) -> Option<&Open> {
        let open = self.file(uri)?;
        let is_document = self.documents.contains(uri.as_str()) || self.options(&open.path).caller == Caller::Macro;
        is_document.then_some(open)
    }

    pub(super) fn library(&self) -> impl Library {
        Shown(self)
    }

    /// Returns the options of the macro call that compiles a document; without one, those of the command line.
    pub(super) fn options(&self, path: &Path) -> Options {
        let names = |call: &&Options| {
            let mut all = std::iter::once(&call.document).chain(&call.further);
            all.any(|document| plain(&call.package.join(document)) == path)
        };
        if let Some(call) = self.project.calls.iter().find(names) {
            return call.clone();
        }
        Options {
            package: path.parent().map(Path::to_owned).unwrap_or_default(),
            document: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            engines: Engines::ALL,
            caller: Caller::CommandLine,
            ..Options::default()
        }
    }

    /// Returns the location of a span, in the files of a compilation with these options.
    pub(super) fn location(
        options: &Options,
        sources: &arazzo_compiler::source::Sources,
        span: Span,
    ) -> Option<Location> {
        let source = sources.get(span.file)?;
        Some(Location {
            uri: position::uri(&plain(&options.package.join(&source.path)))?,
            range: position::range(&source.file, span.range),
        })
    }

    /// Compiles what has changed, and returns the problems of every file for which they may have changed.
    pub(super) fn refresh(&mut self) -> Vec<PublishDiagnosticsParams> {
        let mut touched = std::mem::take(&mut self.forgotten);
        for key in std::mem::take(&mut self.stale) {
            touched.extend(self.problems.remove(&key).unwrap_or_default().into_keys());
            self.read.remove(&key);
            let Some(open) = self.opened.get(&key) else { continue };
            let options = self.options(&open.path);
            if options.caller != Caller::Macro && !self.documents.contains(&key) {
                continue;
            }
            touched.insert(open.path.clone());
            let library = Asked(Shown(self), RefCell::default());
            let compilation = compile(&options, &library);
            let files = library.1.into_inner();
            let problems = problems(&options, &compilation, &open.path);
            touched.extend(problems.keys().cloned());
            self.read.insert(key.clone(), files);
            self.problems.insert(key, problems);
        }
        let published = touched.into_iter().filter_map(|path| {
            let mut diagnostics: Vec<Diagnostic> = Vec::new();
            for found in self
                .problems
                .values()
                .filter_map(|problems| problems.get(&path))
                .flatten()
            {
                if !diagnostics.contains(found) {
                    diagnostics.push(found.clone());
                }
            }
            Some(PublishDiagnosticsParams {
                uri: position::uri(&path)?,
                diagnostics,
                version: None,
            })
        });
        published.collect()
    }
}

fn problems(options: &Options, compilation: &Compilation, document: &Path) -> Problems {
    let sources = &compilation.bundle.sources;
    let mut found = Problems::new();
    for problem in &compilation.diagnostics {
        let place = problem.span.and_then(|span| Session::location(options, sources, span));
        let path = place.as_ref().and_then(|place| position::path(&place.uri));
        let related = problem.related.iter().filter_map(|related| {
            Some(DiagnosticRelatedInformation {
                location: Session::location(options, sources, related.span)?,
                message: related.message.clone(),
            })
        });
        let help: String = problem.help.iter().map(|help| format!("\nhelp: {help}")).collect();
        found
            .entry(path.unwrap_or_else(|| document.to_owned()))
            .or_default()
            .push(Diagnostic {
                range: place.map(|place| place.range).unwrap_or_default(),
                severity: Some(match problem.severity {
                    Severity::Error => DiagnosticSeverity::ERROR,
                    Severity::Warning => DiagnosticSeverity::WARNING,
                }),
                code: Some(NumberOrString::String(problem.rule.code.to_owned())),
                source: Some("arazzo".to_owned()),
                message: format!("{}{help}", problem.message),
                related_information: Some(related.collect()),
                ..Diagnostic::default()
            });
    }
    found
}

/// Returns a path without `.` and `..`, as the editor names files.
pub(super) fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
