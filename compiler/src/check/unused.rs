//! Rules about unused parts of a document.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::{Document, Text};
use crate::program::{Act, Program, Source, Workflow, step_references};
use crate::source::{Cursor, Data, Entry};

/// Checks every rule about unused parts of a document, and about its ids.
pub(super) fn in_document(document: &Document<'_>, index: usize, program: &Program<'_>, diagnostics: &mut Diagnostics) {
    id_pattern(document, diagnostics);
    unused_source(document, index, program, diagnostics);
    unused_component(document, diagnostics);
}

/// Checks every rule about unused parts of a workflow.
pub(super) fn in_workflow(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    unused_input(workflow, diagnostics);
    unused_step_output(workflow, diagnostics);
}

fn unused_source(document: &Document<'_>, index: usize, program: &Program<'_>, diagnostics: &mut Diagnostics) {
    let calls = || {
        let workflows = program.workflows.iter().filter(|workflow| workflow.document == index);
        workflows.flat_map(|workflow| &workflow.steps).map(|step| &step.act)
    };
    // A step that could not be resolved may have meant any of them.
    if diagnostics.has_errors() || calls().any(|call| matches!(call, Act::Unresolved)) {
        return;
    }
    let called: Vec<&str> = calls()
        .filter_map(|call| program.apis.get(call.request()?.api))
        .map(|api| api.name.as_str())
        .collect();
    let sources = document.sources.iter();
    let others: Vec<_> = sources.filter(|source| !called.contains(&source.name.value)).collect();
    let Some(longest) = others.iter().map(|source| source.name.value.len()).max() else {
        return;
    };
    let mentions = Mentions::of(document.root, longest + "$sourceDescriptions..".len());
    for source in others {
        let mention = format!("$sourceDescriptions.{}.", source.name.value);
        if !mentions.has(&mention) {
            let message = format!("unused source description `{}`", source.name.value);
            diagnostics.push(Diagnostic::new(&rule::UNUSED_SOURCE, source.name.span(), message).help("remove it"));
        }
    }
}

/// The possible references in the strings of a document: their suffixes from every `$` and `#`. With them, a document
/// with many names is searched once, and not once for each name.
pub(super) struct Mentions<'a> {
    ends: BTreeSet<&'a str>,
    /// Length of the longest name that is searched.
    longest: usize,
}

impl<'a> Mentions<'a> {
    fn of(root: Cursor<'a>, longest: usize) -> Self {
        let mut mentions = Self {
            ends: BTreeSet::new(),
            longest,
        };
        mentions.add(root);
        mentions
    }

    fn add(&mut self, at: Cursor<'a>) {
        match &at.node().data {
            Data::String(value) => {
                // One after the other: the standard library looks for one character with optimised code.
                let starts = ['$', '#'].into_iter().flat_map(|mark| value.match_indices(mark));
                let ends = starts.map(|(start, _)| {
                    let mut end = value.len().min(start + self.longest);
                    while !value.is_char_boundary(end) {
                        end += 1;
                    }
                    &value[start..end]
                });
                self.ends.extend(ends);
            }
            Data::Array(_) => at.items().for_each(|item| self.add(item)),
            Data::Object(_) => at.members().for_each(|entry| self.add(entry.value)),
            _ => {}
        }
    }

    /// Returns whether a string contains `text`, which starts with `$` or `#`.
    fn has(&self, text: &str) -> bool {
        let mut from = self.ends.range::<&str, _>(text..);
        from.next().is_some_and(|end| end.starts_with(text))
    }
}

fn unused_component(document: &Document<'_>, diagnostics: &mut Diagnostics) {
    let components = &document.components;
    let named = [
        (
            "parameters",
            components
                .parameters
                .iter()
                .map(|(entry, _)| *entry)
                .collect::<Vec<_>>(),
        ),
        (
            "successActions",
            components.success_actions.iter().map(|(entry, _)| *entry).collect(),
        ),
        (
            "failureActions",
            components.failure_actions.iter().map(|(entry, _)| *entry).collect(),
        ),
        ("inputs", components.inputs.clone()),
    ];
    let anchor = |entry: &Entry<'_>| {
        let anchor = entry.value.get("$anchor").and_then(Cursor::as_str);
        anchor.map(|anchor| format!("#{anchor}"))
    };
    let lengths = named.iter().flat_map(|(_, entries)| entries).map(|entry| {
        let name = entry.key.len() + "#/components/failureActions/".len();
        name.max(anchor(entry).map_or(0, |anchor| anchor.len()))
    });
    let Some(longest) = lengths.max() else {
        return;
    };
    let mentions = Mentions::of(document.root, longest);
    for (kind, entries) in named {
        for entry in entries {
            let expression = format!("$components.{kind}.{}", entry.key);
            let pointer = format!("#/components/{kind}/{}", entry.key);
            // A component that is named as one of another kind counts as used; the wrong kind is reported elsewhere.
            let mistaken = ["parameters", "successActions", "failureActions"]
                .map(|other| Some(format!("$components.{other}.{}", entry.key)));
            let used = [Some(expression), Some(pointer), anchor(&entry)]
                .into_iter()
                .chain(mistaken)
                .flatten()
                .any(|text| mentions.has(&text));
            if !used {
                let message = format!("unused component `{}` in `{kind}`", entry.key);
                diagnostics.push(Diagnostic::new(&rule::UNUSED_COMPONENT, entry.key_span, message).help("remove it"));
            }
        }
    }
}

fn unused_input(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    let text = workflow.text;
    // A step that could not be resolved may have read any input.
    let all: Vec<_> = (0..workflow.steps.len())
        .flat_map(|index| step_references(workflow, index))
        .map(|(reference, _)| reference)
        .collect();
    let outputs: Vec<_> = workflow
        .outputs
        .iter()
        .flat_map(|output| output.value.references())
        .collect();
    if diagnostics.has_errors() {
        return;
    }
    for (index, input) in workflow.inputs.iter().enumerate() {
        let used = all
            .iter()
            .chain(&outputs)
            .any(|reference| reference.source == Source::Input(index));
        if !used {
            let message = format!("unused input `{1}` of workflow `{0}`", text.id.value, input.name);
            diagnostics.push(Diagnostic::new(&rule::UNUSED_INPUT, input.span, message).help("remove it"));
        }
    }
}

fn unused_step_output(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    let steps = (0..workflow.steps.len()).flat_map(|index| step_references(workflow, index));
    let read: BTreeSet<(usize, usize)> = steps
        .map(|(reference, _)| reference)
        .chain(workflow.outputs.iter().flat_map(|output| output.value.references()))
        .filter_map(|reference| match reference.source {
            Source::StepOutput { step, output } => Some((step, output)),
            _ => None,
        })
        .collect();
    for (index, step) in workflow.steps.iter().enumerate() {
        for (position, output) in step.outputs.iter().enumerate() {
            if !step.text.outputs.is_empty() && !read.contains(&(index, position)) {
                let message = format!("unused output `{}` of step `{}`", output.name, step.text.id.value);
                let written = step.text.outputs.iter().find(|entry| entry.key == output.name);
                let span = written.map_or(output.span, |entry| entry.key_span);
                diagnostics.push(
                    Diagnostic::new(&rule::UNUSED_STEP_OUTPUT, span, message)
                        .help("remove it; if your code reads it from a run, allow the lint"),
                );
            }
        }
    }
}
fn id_pattern(document: &Document<'_>, diagnostics: &mut Diagnostics) {
    let matches = |id: &str| {
        !id.is_empty()
            && id
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
    };
    let mut check = |what: &str, id: Text<'_>| {
        if !matches(id.value) {
            let message = format!(
                "the {what} `{}` has characters other than letters, digits, `_` and `-`",
                id.value
            );
            diagnostics.push(
                Diagnostic::new(&rule::ID_PATTERN, id.span(), message)
                    .help("expressions cannot refer to it; rename it"),
            );
        }
    };
    document
        .sources
        .iter()
        .for_each(|source| check("source description", source.name));
    for workflow in &document.workflows {
        check("workflow", workflow.id);
        workflow.steps.iter().for_each(|step| check("step", step.id));
    }
}
