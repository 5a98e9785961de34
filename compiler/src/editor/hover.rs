//! What is at a place.

use super::View;
use crate::document::Target;
use crate::program::Source;
use crate::source::{Cursor, FileId, Span};
use crate::typing::Shape;

/// What is at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hover {
    /// Markdown.
    pub text: String,
    /// What it is about.
    pub span: Span,
}

impl View<'_, '_> {
    /// Returns what is at a byte offset of a file.
    #[must_use]
    pub fn hover(&self, file: FileId, offset: usize) -> Option<Hover> {
        self.hover_of_expression(file, offset)
            .or_else(|| self.hover_of_target(file, offset))
    }

    fn hover_of_expression(&self, file: FileId, offset: usize) -> Option<Hover> {
        let all = self.references_of_all().into_iter();
        let here = all.filter(|(_, reference)| holds(reference.span, file, offset));
        let (owner, reference) =
            here.min_by_key(|(_, reference)| reference.span.range.end - reference.span.range.start)?;
        let known = self.typing(owner.workflow?).reference(reference, owner.step);
        let mut text = format!("```\n{}: {}\n```\n", reference.text, described(known.shape));
        let from = self.workflow(owner).and_then(|workflow| match &reference.source {
            Source::Input(index) => Some(format!(
                "Input `{}` of `{}`.",
                workflow.inputs.get(*index)?.name,
                workflow.text.id.value
            )),
            Source::StepOutput { step, output } => {
                let step = workflow.steps.get(*step)?;
                let output = step.outputs.get(*output)?;
                Some(format!(
                    "Output of step `{}`: `{}`.",
                    step.text.id.value,
                    self.text_of(output.span)
                ))
            }
            Source::ResponseBody | Source::ResponseHeader(_) => {
                let operation = &self.step(owner)?.act.request()?.operation;
                Some(format!(
                    "From the response of `{} {}`.",
                    operation.method, operation.path
                ))
            }
            Source::MessagePayload | Source::MessageHeader(_) => Some("From the message of this step.".to_owned()),
            _ => None,
        });
        if let Some(from) = from {
            text.push_str(&format!("\n{from}\n"));
        }
        if !known.present {
            text.push_str("\nIt can be absent.\n");
        }
        if let Shape::Schema(schema) = known.shape
            && let Some(description) = schema.text("description")
        {
            text.push_str(&format!("\n{description}\n"));
        }
        Some(Hover {
            text,
            span: reference.span,
        })
    }

    /// The operation or workflow that a step names.
    fn hover_of_target(&self, file: FileId, offset: usize) -> Option<Hover> {
        let steps = self.program.workflows.iter().flat_map(|workflow| &workflow.steps);
        for step in steps {
            let Some((target, text)) = step
                .text
                .targets
                .iter()
                .find(|(_, text)| holds(text.span(), file, offset))
            else {
                continue;
            };
            let span = text.span();
            if *target == Target::WorkflowId {
                let mut all = self.program.workflows.iter();
                let called = all.find(|workflow| workflow.text.id.value == text.value)?.text;
                let parts = [called.summary, called.description]
                    .into_iter()
                    .flatten()
                    .map(|text| text.value);
                let text = format!(
                    "Workflow `{}`\n\n{}",
                    called.id.value,
                    parts.collect::<Vec<_>>().join("\n\n")
                );
                return Some(Hover { text, span });
            }
            let operation = &step.act.request()?.operation;
            let mut text = format!("```\n{} {}\n```\n", operation.method, operation.path);
            let found = self.described_operation(operation.span);
            let words = |key: &str| found.and_then(|at| at.get(key)).and_then(Cursor::as_str);
            for part in [words("summary"), words("description")].into_iter().flatten() {
                text.push_str(&format!("\n{part}\n"));
            }
            return Some(Hover { text, span });
        }
        None
    }

    /// Returns what the description says about the operation that a step calls: its summary and its description, as far as
    /// it has them. The numbers are the index of the workflow among all, and that of the step in the document.
    #[must_use]
    pub fn words_about(&self, workflow: usize, step: usize) -> (Option<String>, Option<String>) {
        let step = self
            .program
            .workflows
            .get(workflow)
            .and_then(|workflow| workflow.steps.get(step));
        let request = step.and_then(|step| step.act.request());
        let found = request.and_then(|request| self.described_operation(request.operation.span));
        let words = |key: &str| {
            found
                .and_then(|at| at.get(key))
                .and_then(Cursor::as_str)
                .map(str::to_owned)
        };
        (words("summary"), words("description"))
    }

    /// Returns the text of a step as it is written, without the indentation that all its lines have.
    #[must_use]
    pub fn written(&self, workflow: usize, step: usize) -> Option<String> {
        let step = self.program.workflows.get(workflow)?.steps.get(step)?;
        let span = step.text.at.span();
        let text = self.text(span.file);
        let own = span.range.start as usize;
        let line = text[..own].rfind('\n').map_or(0, |end| end + 1);
        let alone = text[line..own].chars().all(|letter| letter == ' ' || letter == '-');
        let start = if alone { line } else { own };
        let text = text.get(start..span.range.end as usize)?.trim_end();
        let indent = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| line.len() - line.trim_start().len())
            .min()?;
        let lines: Vec<&str> = text.lines().map(|line| line.get(indent..).unwrap_or("")).collect();
        Some(lines.join("\n"))
    }

    /// Returns the object of an operation, by its place in a description.
    fn described_operation(&self, span: Span) -> Option<Cursor<'_>> {
        let root = self.bundle.root(span.file)?;
        let paths = root.get("paths")?;
        let operations = paths.members().flat_map(|path| path.value.members());
        operations
            .map(|entry| entry.value)
            .find(|at| at.span() == span || holds(at.span(), span.file, span.range.start as usize))
    }
}

/// Returns whether a location contains a place; its end belongs to it, because a cursor is between two letters.
pub(super) fn holds(span: Span, file: FileId, offset: usize) -> bool {
    span.file == file && (span.range.start as usize..=span.range.end as usize).contains(&offset)
}

/// Describes what is known about a value: its type, with the name of the schema.
pub(super) fn described(shape: Shape<'_>) -> String {
    match shape {
        Shape::Schema(schema) => {
            let types = schema.types().words();
            match (schema.name, schema.item(None)) {
                (Some(name), _) => format!("{name} ({types})"),
                (None, Some(item)) if item.name.is_some() => format!("array of {}", item.name.unwrap_or_default()),
                _ => match schema.text("format") {
                    Some(format) => format!("{types} ({format})"),
                    None => types,
                },
            }
        }
        Shape::Types(types) => types.words(),
        Shape::Bytes => "bytes".to_owned(),
        Shape::Unknown => "any value".to_owned(),
    }
}
