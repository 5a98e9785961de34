//! Documents and the files of their source descriptions.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::asyncapi::{Description, Index};
use crate::bundle::{Bundle, Opened};
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::{Document, SourceDescription, SourceType};
use crate::openapi::{Api, Found};
use crate::program::ApiName;
use crate::source::{Cursor, FileId, Span};

/// An API that a source description names.
#[derive(Clone, Debug)]
pub struct NamedApi<'a> {
    /// The name of the source description.
    pub name: &'a str,
    /// The index of the API.
    pub index: usize,
    /// The description; `None` if it could not be read.
    pub api: Option<Api<'a>>,
    /// Its operations with their ids, listed on first use.
    listed: Rc<OnceCell<Vec<Listed<'a>>>>,
}

/// An operation with its `operationId`.
pub(super) type Listed<'a> = (Option<&'a str>, Found<'a>);

impl<'a> NamedApi<'a> {
    /// Returns all operations in file order.
    pub(super) fn operations(&self) -> &[Listed<'a>] {
        self.listed.get_or_init(|| {
            let all = self.api.into_iter().flat_map(Api::operations);
            all.map(|found| (found.id(), found)).collect()
        })
    }

    /// Returns the operations with an id: one, unless the description is wrong.
    pub(super) fn operations_of(&self, id: &str) -> impl Iterator<Item = Found<'a>> {
        let of_id = move |(known, _): &&Listed<'a>| *known == Some(id);
        self.operations().iter().filter(of_id).map(|(_, found)| *found)
    }
}

/// A description of channels that a source description names.
#[derive(Clone, Debug)]
pub struct NamedChannels<'a> {
    /// The name of the source description.
    pub name: &'a str,
    /// Its index among the APIs of the program.
    pub api: usize,
    /// The description; `None` if it could not be read.
    pub description: Option<Description<'a>>,
    /// Its operations, listed on first use.
    listed: Rc<OnceCell<Index<'a>>>,
}

impl<'a> NamedChannels<'a> {
    /// Returns its operations.
    pub(super) fn index(&self) -> &Index<'a> {
        self.listed
            .get_or_init(|| self.description.map(Description::index).unwrap_or_default())
    }
}

/// A document and the files of its source descriptions.
pub(super) struct Unit<'a> {
    pub(super) document: &'a Document<'a>,
    /// The names of the source descriptions on the path to it.
    pub(super) names: &'a [String],
    /// The index of its first workflow among those of all documents.
    pub(super) first: usize,
    pub(super) apis: Vec<NamedApi<'a>>,
    pub(super) channels: Vec<NamedChannels<'a>>,
    /// The source descriptions of type `arazzo` and the indices of their documents.
    pub(super) others: Vec<(&'a str, Option<usize>)>,
}

pub(super) fn units<'a>(
    documents: &'a [Option<Document<'a>>],
    bundle: &'a Bundle,
    names: &mut Vec<ApiName>,
    diagnostics: &mut Diagnostics,
) -> Vec<Unit<'a>> {
    let read: Vec<usize> = (0..documents.len())
        .filter(|index| documents[*index].is_some())
        .collect();
    let mut opening = Opening {
        bundle,
        read: &read,
        listings: Vec::new(),
        names,
        diagnostics,
    };
    let mut units = Vec::new();
    let mut first = 0;
    for &index in &read {
        let (Some(document), Some(described)) = (&documents[index], bundle.documents.get(index)) else {
            continue;
        };
        let entries: Vec<Cursor<'a>> = document
            .root
            .get("sourceDescriptions")
            .into_iter()
            .flat_map(Cursor::items)
            .collect();
        let mut unit = Unit {
            document,
            names: &described.names,
            first,
            apis: Vec::new(),
            channels: Vec::new(),
            others: Vec::new(),
        };
        for source in &document.sources {
            let name = source.name.value;
            let position = entries
                .iter()
                .position(|entry| entry.get("name").and_then(Cursor::as_str) == Some(name));
            let opened = position.and_then(|position| described.sources.get(position).copied());
            opening.open(source, opened.unwrap_or(Opened::Nothing), units.len(), &mut unit);
        }
        first += document.workflows.len();
        units.push(unit);
    }
    units
}

/// What is needed to open the source descriptions of all documents.
struct Opening<'o, 'a> {
    bundle: &'a Bundle,
    /// The indices of the documents that could be read.
    read: &'o [usize],
    /// The operations of each file, which are listed once.
    listings: Vec<(FileId, Rc<OnceCell<Vec<Listed<'a>>>>)>,
    names: &'o mut Vec<ApiName>,
    diagnostics: &'o mut Diagnostics,
}

impl<'a> Opening<'_, 'a> {
    /// Opens a source description of the document with this index.
    fn open(&mut self, source: &'a SourceDescription<'a>, opened: Opened, document: usize, unit: &mut Unit<'a>) {
        let name = source.name.value;
        let file = match opened {
            Opened::Api(file) => Some(file),
            _ => None,
        };
        let root = file.and_then(|file| self.bundle.root(file));
        let channels = is_asyncapi(source.kind, opened, self.bundle);
        match (source.kind, opened) {
            _ if channels => unit.channels.push(NamedChannels {
                name,
                api: self.names.len(),
                description: root.and_then(|root| open_channels(source, root, self.diagnostics)),
                listed: Rc::default(),
            }),
            (Some((SourceType::Arazzo, _)), Opened::Nothing | Opened::Api(_)) => {
                unit.others.push((name, None));
                return;
            }
            (_, Opened::Document(other)) => {
                let position = self.read.iter().position(|known| *known == other);
                unit.others.push((name, position));
                return;
            }
            _ => {
                let api = root.and_then(|root| Api::open(root, self.diagnostics));
                let same = file.and_then(|file| self.listings.iter().find(|(known, _)| *known == file));
                let listed = same.map_or_else(Rc::default, |(_, listed)| Rc::clone(listed));
                self.listings.extend(file.map(|file| (file, Rc::clone(&listed))));
                unit.apis.push(NamedApi {
                    name,
                    index: self.names.len(),
                    api,
                    listed,
                });
            }
        }
        self.names.push(ApiName {
            document,
            name: name.to_owned(),
            client: client_name(name, file, unit.names, self.names),
            channels,
            file,
        });
    }
}

/// Returns whether a source description is an AsyncAPI description: by its type, or otherwise by its file.
fn is_asyncapi(kind: Option<(SourceType, Span)>, opened: Opened, bundle: &Bundle) -> bool {
    match (kind, opened) {
        (Some((kind, _)), _) => kind == SourceType::AsyncApi,
        (None, Opened::Api(file)) => bundle.root(file).is_some_and(|root| root.get("asyncapi").is_some()),
        (None, _) => false,
    }
}

/// Opens a description of channels; reports one of another kind at the type of the source description.
fn open_channels<'a>(
    source: &SourceDescription<'_>,
    root: Cursor<'a>,
    diagnostics: &mut Diagnostics,
) -> Option<Description<'a>> {
    let other = ["openapi", "swagger"].into_iter().find(|key| root.get(key).is_some());
    let Some((found, (_, span))) = other.zip(source.kind) else {
        return Description::open(root, diagnostics);
    };
    let message = format!(
        "the source description `{}` has type `asyncapi`, but its file is an `{found}` description",
        source.name.value
    );
    diagnostics.push(Diagnostic::new(&rule::SOURCE_TYPE_MISMATCH, span, message).help("write `type: openapi`"));
    None
}

/// Returns the name of an API in the client: the name of its source description. If another document uses that name for
/// another file, it is preceded by the names of the source descriptions on the path to its document.
pub(super) fn client_name(name: &str, file: Option<FileId>, path: &[String], known: &[ApiName]) -> String {
    let taken = known.iter().any(|other| other.client == name && other.file != file);
    if taken && !path.is_empty() {
        format!("{}.{name}", path.join("."))
    } else {
        name.to_owned()
    }
}

/// Reports names that two documents compiled together have in common: workflows become functions next to each other,
/// and APIs are identified in the client by their names.
pub(super) fn duplicates_between(units: &[Unit<'_>], apis: &[ApiName], diagnostics: &mut Diagnostics) {
    let asked = || units.iter().enumerate().filter(|(_, unit)| unit.names.is_empty());
    if asked().count() < 2 {
        return;
    }
    let mut workflows: BTreeMap<&str, (usize, Span)> = BTreeMap::new();
    let mut sources: BTreeMap<&str, (Option<FileId>, Span)> = BTreeMap::new();
    for (index, unit) in asked() {
        for workflow in &unit.document.workflows {
            let (id, span) = (workflow.id.value, workflow.id.span());
            let (first_unit, first) = *workflows.entry(id).or_insert((index, span));
            if first_unit != index {
                let message = format!("workflow `{id}` is defined in two documents of the same macro call");
                diagnostics.push(
                    Diagnostic::new(&rule::DUPLICATE_WORKFLOW_ID, span, message)
                        .related(first, "first defined here")
                        .help("rename one of them, or compile the documents in separate macro calls"),
                );
            }
        }
        for source in &unit.document.sources {
            let (name, span) = (source.name.value, source.name.span());
            let mut named = apis.iter().filter(|api| api.document == index && api.name == name);
            let Some(api) = named.next() else { continue };
            let (file, first) = *sources.entry(name).or_insert((api.file, span));
            if file != api.file {
                let message = format!(
                    "source description `{name}` refers to different files in two documents of the same macro call"
                );
                diagnostics.push(
                    Diagnostic::new(&rule::DUPLICATE_SOURCE_NAME, span, message)
                        .related(first, "first used here")
                        .help("rename one of them, or compile the documents in separate macro calls"),
                );
            }
        }
    }
}

pub(super) fn duplicates(document: &Document<'_>, diagnostics: &mut Diagnostics) {
    let sources = document
        .sources
        .iter()
        .map(|source| (source.name.value, source.name.span()));
    report_duplicates(&rule::DUPLICATE_SOURCE_NAME, "source description", sources, diagnostics);
    let workflows = document
        .workflows
        .iter()
        .map(|workflow| (workflow.id.value, workflow.id.span()));
    report_duplicates(&rule::DUPLICATE_WORKFLOW_ID, "workflow", workflows, diagnostics);
    for workflow in &document.workflows {
        let steps = workflow.steps.iter().map(|step| (step.id.value, step.id.span()));
        report_duplicates(&rule::DUPLICATE_STEP_ID, "step", steps, diagnostics);
        let depends = workflow.depends_on.iter().map(|text| (text.value, text.span()));
        report_duplicates(&rule::DUPLICATE_DEPENDS_ON, "dependency", depends, diagnostics);
        for step in &workflow.steps {
            let depends = step.depends_on.iter().map(|text| (text.value, text.span()));
            report_duplicates(&rule::DUPLICATE_DEPENDS_ON, "dependency", depends, diagnostics);
        }
    }
}

pub(super) fn report_duplicates<'a>(
    rule: &'static rule::Rule,
    what: &str,
    names: impl Iterator<Item = (&'a str, Span)>,
    diagnostics: &mut Diagnostics,
) {
    let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
    for (name, span) in names {
        if let Some(first) = seen.get(name) {
            let message = format!("duplicate {what} `{name}`");
            let help = if what == "dependency" {
                "remove one of them"
            } else {
                "rename one of them"
            };
            let duplicate = Diagnostic::new(rule, span, message).related(*first, "first defined here");
            diagnostics.push(duplicate.help(help));
        } else {
            seen.insert(name, span);
        }
    }
}
