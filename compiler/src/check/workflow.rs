//! Rules about whole workflows.

use std::collections::BTreeSet;

use super::literal;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::{Document, Text};
use crate::flow::{Flow, latest_call, ran_before, unconditional};
use crate::program::{Act, ActionKind, Program, Reference, Source, Workflow, step_references};
use crate::schema::Type;
use crate::source::{Cursor, Data, Entry};
use crate::typing::Typing;

pub(super) fn id_pattern(document: &Document<'_>, diagnostics: &mut Diagnostics) {
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

pub(super) fn unused_source(
    document: &Document<'_>,
    index: usize,
    program: &Program<'_>,
    diagnostics: &mut Diagnostics,
) {
    let calls = || {
        let workflows = program.workflows.iter().filter(|workflow| workflow.document == index);
        workflows.flat_map(|workflow| &workflow.steps).map(|step| &step.act)
    };
    // A step that could not be resolved may have meant any of them.
    if diagnostics.has_errors() || calls().any(|call| matches!(call, Act::Unresolved)) {
        return;
    }
    let names = document.sources.iter().map(|source| source.name.value.len());
    let longest = names.max().unwrap_or_default() + "$sourceDescriptions..".len();
    let mentions = Mentions::of(document.root, longest);
    for source in &document.sources {
        let called = calls()
            .filter_map(|call| match call {
                Act::Http(request) => program.apis.get(request.api),
                _ => None,
            })
            .any(|api| api.name == source.name.value);
        let mention = format!("$sourceDescriptions.{}.", source.name.value);
        if !called && !mentions.has(&mention) {
            let message = format!("nothing uses the source description `{}`", source.name.value);
            diagnostics.push(Diagnostic::new(&rule::UNUSED_SOURCE, source.name.span(), message).help("remove it"));
        }
    }
}

/// What the strings of a document may refer to: their ends from every `$` and `#` on, so that a document with many
/// names is searched once and not for each of them.
struct Mentions<'a> {
    ends: BTreeSet<&'a str>,
    /// No name that is looked for is longer.
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
                let ends = value.match_indices(['$', '#']).map(|(start, _)| {
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

    /// Whether a string contains `text`, which starts with `$` or `#`.
    fn has(&self, text: &str) -> bool {
        let mut from = self.ends.range::<&str, _>(text..);
        from.next().is_some_and(|end| end.starts_with(text))
    }
}

pub(super) fn unused_component(document: &Document<'_>, diagnostics: &mut Diagnostics) {
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
        let name = entry.key.len() + "$components.failureActions.".len();
        name.max(anchor(entry).map_or(0, |anchor| anchor.len()))
    });
    let mentions = Mentions::of(document.root, lengths.max().unwrap_or_default());
    for (kind, entries) in named {
        for entry in entries {
            let expression = format!("$components.{kind}.{}", entry.key);
            let pointer = format!("#/components/{kind}/{}", entry.key);
            // One that is named as a component of another kind is meant; that is reported there.
            let mistaken = ["parameters", "successActions", "failureActions"]
                .map(|other| Some(format!("$components.{other}.{}", entry.key)));
            let used = [Some(expression), Some(pointer), anchor(&entry)]
                .into_iter()
                .chain(mistaken)
                .flatten()
                .any(|text| mentions.has(&text));
            if !used {
                let message = format!("nothing uses the component `{}` of `{kind}`", entry.key);
                diagnostics.push(Diagnostic::new(&rule::UNUSED_COMPONENT, entry.key_span, message).help("remove it"));
            }
        }
    }
}

pub(super) fn unreachable_step(workflow: &Workflow<'_>, flow: &Flow, diagnostics: &mut Diagnostics) {
    for (step, _) in workflow
        .steps
        .iter()
        .zip(&flow.reachable)
        .filter(|(_, reachable)| !**reachable)
    {
        let message = format!("no run comes to step `{}`", step.text.id.value);
        diagnostics.push(
            Diagnostic::new(&rule::UNREACHABLE_STEP, step.text.id.span(), message)
                .help("remove it, or go to it by a `goto`"),
        );
    }
}

pub(super) fn unused_input(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    let text = workflow.text;
    // What could not be resolved may have read any input.
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
            let message = format!(
                "nothing in workflow `{}` uses the input `{}`",
                text.id.value, input.name
            );
            diagnostics.push(Diagnostic::new(&rule::UNUSED_INPUT, input.span, message).help("remove it"));
        }
    }
}

pub(super) fn unreachable_action(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    for step in &workflow.steps {
        for list in [&step.on_success, &step.on_failure] {
            let decided = list.iter().position(|action| {
                unconditional(action) && !matches!(action.kind, ActionKind::Retry { .. } | ActionKind::Invalid)
            });
            let Some(decided) = decided else { continue };
            for action in &list[decided + 1..] {
                let message = format!(
                    "the action `{}` is never taken: `{}` in front of it has no criteria",
                    action.name, list[decided].name
                );
                diagnostics.push(
                    Diagnostic::new(&rule::UNREACHABLE_ACTION, action.span, message)
                        .related(list[decided].span, "always taken"),
                );
            }
        }
    }
}

/// Workflows that call each other on every way would never end.
pub(super) fn workflow_cycle(program: &Program<'_>, flows: &[Flow], diagnostics: &mut Diagnostics) {
    // A call is certain when its step runs on every way to the end.
    let certain = |index: usize| -> Vec<(usize, crate::source::Span)> {
        let workflow = &program.workflows[index];
        let steps = workflow.steps.iter().enumerate();
        let calls = steps
            .filter(|(step, _)| flows[index].certain_at_end.contains(*step))
            .filter_map(|(_, step)| match &step.act {
                Act::Workflow(invocation) => Some((invocation.target, step.text.id.span())),
                _ => None,
            });
        let before = workflow
            .depends_on
            .iter()
            .zip(&workflow.text.depends_on)
            .map(|(&target, text)| (target, text.span()));
        calls.chain(before).collect()
    };
    let mut reported = vec![false; program.workflows.len()];
    for start in 0..program.workflows.len() {
        if reported[start] {
            continue;
        }
        // Per workflow that is reached: the one that calls it, and where.
        let mut callers: Vec<Option<(usize, crate::source::Span)>> = vec![None; program.workflows.len()];
        let mut stack: Vec<(usize, usize, crate::source::Span)> = Vec::new();
        let calls = |index| {
            certain(index)
                .into_iter()
                .map(move |(target, span)| (index, target, span))
        };
        stack.extend(calls(start));
        while let Some((caller, target, span)) = stack.pop() {
            if callers[target].is_some() {
                continue;
            }
            callers[target] = Some((caller, span));
            if target != start {
                stack.extend(calls(target));
                continue;
            }
            // Back from the start to itself.
            let mut circle = Vec::new();
            let mut at = start;
            while let Some((caller, span)) = callers[at] {
                circle.push((caller, at, span));
                reported[caller] = true;
                at = caller;
                if at == start {
                    break;
                }
            }
            circle.reverse();
            let name = |index: usize| program.workflows[index].text.id.value;
            let id = program.workflows[start].text.id;
            let way: Vec<String> = circle
                .iter()
                .map(|(_, target, _)| format!("`{}`", name(*target)))
                .collect();
            let message = match circle.len() {
                1 => format!("workflow `{}` calls itself unconditionally", id.value),
                _ => format!(
                    "workflow `{}` calls itself unconditionally, by way of {}",
                    id.value,
                    way[..way.len() - 1].join(", ")
                ),
            };
            let mut diagnostic = Diagnostic::new(&rule::WORKFLOW_CYCLE, id.span(), message);
            for (caller, target, span) in circle {
                diagnostic = diagnostic.related(span, format!("`{}` calls `{}`", name(caller), name(target)));
            }
            diagnostics.push(diagnostic.help("let a criterion decide whether the step runs"));
            break;
        }
    }
}

/// The values for the inputs of a workflow that is called.
pub(super) fn workflow_input_type(
    program: &Program<'_>,
    workflow: &Workflow<'_>,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    for (index, step) in workflow.steps.iter().enumerate() {
        let own = match &step.act {
            Act::Workflow(invocation) => Some(invocation),
            _ => None,
        };
        let actions = step.on_success.iter().chain(&step.on_failure);
        let called = actions.filter_map(|action| action.kind.invocation());
        for invocation in own.into_iter().chain(called) {
            let target = &program.workflows[invocation.target];
            for (input, value) in &invocation.arguments {
                let Some(input) = target.inputs.get(*input) else {
                    continue;
                };
                let Some(schema) = input.schema else { continue };
                let found = typing.value(value, Some(index)).shape.types();
                let mut wanted = schema.types();
                if schema.nullable() && !wanted.is_empty() {
                    wanted = wanted.with(Type::Null);
                }
                let problem = if wanted.excludes(found) {
                    Some(format!("expects {}, found {}", wanted.words(), found.words()))
                } else {
                    literal::problem(value, schema, false)
                };
                if let Some(problem) = problem {
                    let message = format!(
                        "the input `{}` of workflow `{}` {problem}",
                        input.name, target.text.id.value
                    );
                    diagnostics.push(
                        Diagnostic::new(&rule::TYPE_MISMATCH, value.span, message)
                            .related(schema.at.span(), "by this schema"),
                    );
                }
            }
        }
    }
}

/// A workflow is called although what it depends on need not have run.
pub(super) fn workflow_dependency(
    program: &Program<'_>,
    workflow: &Workflow<'_>,
    flows: &[Flow],
    flow: &Flow,
    diagnostics: &mut Diagnostics,
) {
    for (index, step) in workflow.steps.iter().enumerate() {
        let own = match &step.act {
            Act::Workflow(invocation) => Some((invocation, step.text.id.span())),
            _ => None,
        };
        let actions = step.on_success.iter().chain(&step.on_failure);
        let called = actions.filter_map(|action| Some((action.kind.invocation()?, action.span)));
        for (invocation, span) in own.into_iter().chain(called) {
            let target = &program.workflows[invocation.target];
            for needed in target
                .depends_on
                .iter()
                .filter(|needed| !workflow.depends_on.contains(needed))
                .filter(|needed| ran_before(workflow, flows, flow, index, **needed).is_none())
            {
                let name = program.workflows[*needed].text.id.value;
                let message = format!(
                    "workflow `{}` is called, which depends on `{name}`",
                    target.text.id.value
                );
                diagnostics.push(Diagnostic::new(&rule::WORKFLOW_DEPENDENCY, span, message).help(format!(
                    "let workflow `{}` depend on it too: `dependsOn: [{name}]`",
                    workflow.text.id.value
                )));
            }
        }
    }
}

/// An output of a workflow that was called is read where it need not have been, or where it is not
/// known which call is meant.
pub(super) fn called_before(
    reference: &Reference,
    at: Option<usize>,
    program: &Program<'_>,
    workflow: &Workflow<'_>,
    flow: &Flow,
    diagnostics: &mut Diagnostics,
) {
    let Source::Called { workflow: target, .. } = reference.source else {
        return;
    };
    if latest_call(workflow, flow, at, target).is_some() {
        return;
    }
    let id = program.workflows[target].text.id.value;
    let mut callers = workflow.steps.iter().filter(|step| match &step.act {
        Act::Workflow(invocation) => invocation.target == target,
        _ => false,
    });
    let message = format!("no call of workflow `{id}` has certainly ended here, or more than one can have");
    let mut diagnostic = Diagnostic::new(&rule::EXPRESSION_CONTEXT, reference.span, message);
    if let Some(step) = callers.next() {
        let name = step.text.id;
        diagnostic = diagnostic.related(name.span(), "a call").help(format!(
            "read the outputs of the step that calls it: `$steps.{}.outputs.NAME`",
            name.value
        ));
    }
    diagnostics.push(diagnostic);
}

/// A step depends on a step of another workflow, which has certainly succeeded only where that
/// workflow must have run before and cannot end without it.
pub(super) fn dependency_unproven(
    program: &Program<'_>,
    workflow: &Workflow<'_>,
    flows: &[Flow],
    diagnostics: &mut Diagnostics,
) {
    for needed in workflow.steps.iter().flat_map(|step| &step.depends_elsewhere) {
        let other = &program.workflows[needed.workflow];
        let (id, step) = (other.text.id.value, other.steps[needed.step].text.id.value);
        let named = needed.text.value.split(".steps.").next().unwrap_or(id);
        let named = named.strip_prefix("$workflows.").unwrap_or(named);
        let (message, help) = if !workflow.depends_on.contains(&needed.workflow) {
            (
                format!("workflow `{id}` need not have run before `{}`", workflow.text.id.value),
                format!("say that it must have, in the `dependsOn` of the workflow: `dependsOn: [{named}]`"),
            )
        } else if !flows[needed.workflow].certain_at_end.contains(needed.step) {
            (
                format!("workflow `{id}` can end without step `{step}`"),
                format!("depend on a step that workflow `{id}` always runs"),
            )
        } else {
            continue;
        };
        diagnostics.push(Diagnostic::new(&rule::DEPENDENCY_UNPROVEN, needed.text.span(), message).help(help));
    }
}

pub(super) fn missing_summary(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    if workflow.text.summary.is_none() {
        let id = workflow.text.id;
        let message = format!("workflow `{}` has no `summary`", id.value);
        diagnostics.push(
            Diagnostic::new(&rule::MISSING_SUMMARY, id.span(), message)
                .help("add `summary: …`, which becomes the documentation of the function"),
        );
    }
}

pub(super) fn unused_step_output(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
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
                let message = format!(
                    "nothing in the document reads the output `{}` of step `{}`",
                    output.name, step.text.id.value
                );
                let written = step.text.outputs.iter().find(|entry| entry.key == output.name);
                let span = written.map_or(output.span, |entry| entry.key_span);
                diagnostics.push(
                    Diagnostic::new(&rule::UNUSED_STEP_OUTPUT, span, message)
                        .help("remove it, unless the program reads it from a run"),
                );
            }
        }
    }
}
