//! What an editor asks about a document: what can be written at a place, what is there, where it is defined and used.
//!
//! Input: the options and the files of a compilation, and a place in one of the files. Output: plain data with byte
//! offsets. The answers come from the same phases as the messages, so they never disagree with them.

mod completion;
mod cursor;
mod expression;
mod fields;
mod fix;
mod hover;
mod occurrence;
mod outline;

pub use completion::{Completion, Kind};
pub use fix::{Fix, fixes};
pub use hover::Hover;
pub use occurrence::Symbol;
pub use outline::Item;

use crate::bundle::{self, Bundle, Opened, Options};
use crate::diagnostic::Diagnostics;
use crate::document::{self, Document};
use crate::flow::Flow;
use crate::openapi::{Api, Found};
use crate::program::{Program, Reference, Step, Workflow, step_references};
use crate::source::{FileId, Library, Span};
use crate::typing::Typing;
use crate::{resolve, typing};

/// A compiled document, with which questions are answered.
#[derive(Debug)]
pub struct View<'p, 'a> {
    /// The files.
    pub bundle: &'a Bundle,
    documents: &'a [Option<Document<'a>>],
    program: &'p Program<'a>,
    flows: &'p [Flow],
}

/// Compiles a document as far as editors need it, and looks at it.
pub fn inspect<R>(options: &Options, library: &dyn Library, look: impl FnOnce(&View<'_, '_>) -> R) -> R {
    let mut diagnostics = Diagnostics::new(options);
    let bundle = bundle::open(options, library, &mut diagnostics);
    let documents: Vec<Option<Document<'_>>> = bundle
        .documents
        .iter()
        .map(|described| document::read(bundle.root(described.file)?, &mut diagnostics))
        .collect();
    let nothing = documents.iter().flatten().next().is_none();
    let program = if nothing {
        Program::default()
    } else {
        resolve::resolve(&documents, &bundle, &mut diagnostics)
    };
    let flows = typing::flows(&program);
    look(&View {
        bundle: &bundle,
        documents: &documents,
        program: &program,
        flows: &flows,
    })
}

/// The workflow and the step that a place belongs to, by their indices in the program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Owner {
    workflow: Option<usize>,
    step: Option<usize>,
}

impl<'p, 'a> View<'p, 'a> {
    /// Returns the file with a path relative to the package.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<FileId> {
        let files = self.bundle.sources.files();
        let index = files.iter().position(|file| file.path == path)?;
        self.bundle.sources.id(index)
    }

    fn text(&self, file: FileId) -> &'a str {
        self.bundle.sources.get(file).map_or("", |source| &source.file.text)
    }

    /// Returns the text at a location.
    fn text_of(&self, span: Span) -> &'a str {
        let range = span.range.start as usize..span.range.end as usize;
        self.text(span.file).get(range).unwrap_or("")
    }

    /// Returns what a place belongs to: what starts last before it.
    fn owner(&self, file: FileId, offset: usize) -> Owner {
        let starts = |span: Span| span.file == file && span.range.start as usize <= offset;
        let before = self.program.workflows.iter().enumerate().filter(|(_, workflow)| {
            let first = workflow.text.steps.first().map(|step| step.at.span());
            starts(workflow.text.id.span()) || first.is_some_and(starts)
        });
        let workflow = before.max_by_key(|(_, workflow)| workflow.text.id.span().range.start);
        let Some((index, workflow)) = workflow else {
            return Owner::default();
        };
        let mut steps = workflow.steps.iter().enumerate();
        let step = steps.rfind(|(_, step)| starts(step.text.at.span()));
        Owner {
            workflow: Some(index),
            step: step.map(|(index, _)| index),
        }
    }

    fn workflow(&self, owner: Owner) -> Option<&'p Workflow<'a>> {
        self.program.workflows.get(owner.workflow?)
    }

    fn step(&self, owner: Owner) -> Option<&'p Step<'a>> {
        self.workflow(owner)?.steps.get(owner.step?)
    }

    fn typing(&self, workflow: usize) -> Typing<'p, 'a> {
        Typing::new(self.program, self.flows, workflow)
    }

    fn document(&self, owner: Owner) -> Option<&'a Document<'a>> {
        let index = self.workflow(owner).map_or(0, |workflow| workflow.document);
        self.documents.get(index)?.as_ref()
    }

    /// Returns the APIs of a document, with the names of their source descriptions.
    fn apis(&self, document: &'a Document<'a>) -> Vec<(&'a str, Api<'a>)> {
        let index = self
            .documents
            .iter()
            .position(|known| known.as_ref().is_some_and(|known| std::ptr::eq(known, document)));
        let opened = index.and_then(|index| self.bundle.documents.get(index));
        let opened = opened.map(|described| described.sources.as_slice()).unwrap_or_default();
        let pairs = document.sources.iter().zip(opened);
        pairs
            .filter_map(|(source, opened)| {
                let Opened::Api(file) = opened else { return None };
                let root = self.bundle.root(*file)?;
                Some((source.name.value, Api::open(root, &mut Diagnostics::default())?))
            })
            .collect()
    }

    /// Returns all references of the program, with the workflow and the step that they are evaluated in.
    fn references_of_all(&self) -> Vec<(Owner, &'p Reference)> {
        let mut all = Vec::new();
        for (index, workflow) in self.program.workflows.iter().enumerate() {
            for step in 0..workflow.steps.len() {
                let owner = Owner {
                    workflow: Some(index),
                    step: Some(step),
                };
                all.extend(
                    step_references(workflow, step)
                        .into_iter()
                        .map(|(reference, _)| (owner, reference)),
                );
            }
            let owner = Owner {
                workflow: Some(index),
                step: None,
            };
            for output in &workflow.outputs {
                output.value.visit(&mut |reference| all.push((owner, reference)));
            }
        }
        all
    }
}

/// Returns the summary of an operation, or the first line of its description.
fn summary(found: &Found<'_>) -> String {
    let text = |key: &str| found.at.get(key).and_then(crate::source::Cursor::as_str);
    let text = text("summary").or_else(|| text("description")).unwrap_or("");
    text.lines().next().unwrap_or("").to_owned()
}
