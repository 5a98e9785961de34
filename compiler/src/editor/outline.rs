//! The outline of a document.

use super::View;
use crate::source::{FileId, Span};

/// A part of a document that has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its name.
    pub name: String,
    /// What it is: `workflow`, `step`, `input`, `output`.
    pub kind: &'static str,
    /// What it calls, or a summary.
    pub detail: String,
    /// The whole part.
    pub span: Span,
    /// Its name in the document.
    pub name_span: Span,
    /// The parts of it.
    pub children: Vec<Item>,
}

impl View<'_, '_> {
    /// Returns the workflows of a file, with their inputs, steps and outputs.
    #[must_use]
    pub fn outline(&self, file: FileId) -> Vec<Item> {
        let documents = self
            .documents
            .iter()
            .flatten()
            .filter(|document| document.root.file == file);
        let mut items = Vec::new();
        for document in documents {
            let all = document
                .root
                .get("workflows")
                .into_iter()
                .flat_map(crate::source::Cursor::items);
            let wholes: Vec<Span> = all.map(crate::source::Cursor::span).collect();
            for workflow in &document.workflows {
                let name_span = workflow.id.span();
                let inside = |whole: &&Span| {
                    whole.range.start <= name_span.range.start && name_span.range.end <= whole.range.end
                };
                let span = wholes.iter().find(inside).copied().unwrap_or(name_span);
                let mut children = Vec::new();
                let inputs = workflow.inputs.and_then(|at| at.get("properties"));
                for entry in inputs.into_iter().flat_map(crate::source::Cursor::members) {
                    children.push(leaf(entry.key, "input", entry.key_span));
                }
                for step in &workflow.steps {
                    let outputs = step
                        .outputs
                        .iter()
                        .map(|entry| leaf(entry.key, "output", entry.key_span));
                    children.push(Item {
                        name: step.id.value.to_owned(),
                        kind: "step",
                        detail: step
                            .targets
                            .first()
                            .map_or_else(String::new, |(_, text)| text.value.to_owned()),
                        span: step.at.span(),
                        name_span: step.id.span(),
                        children: outputs.collect(),
                    });
                }
                children.extend(
                    workflow
                        .outputs
                        .iter()
                        .map(|entry| leaf(entry.key, "output", entry.key_span)),
                );
                items.push(Item {
                    name: workflow.id.value.to_owned(),
                    kind: "workflow",
                    detail: workflow
                        .summary
                        .map_or_else(String::new, |summary| summary.value.to_owned()),
                    span,
                    name_span,
                    children,
                });
            }
        }
        items
    }
}

fn leaf(name: &str, kind: &'static str, span: Span) -> Item {
    Item {
        name: name.to_owned(),
        kind,
        detail: String::new(),
        span,
        name_span: span,
        children: Vec::new(),
    }
}
