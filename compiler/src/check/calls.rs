//! Rules about workflows that call each other and depend on each other.

use super::literal;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::flow::{Flow, latest_call, ran_before};
use crate::program::{Act, Program, Reference, Source, Workflow};
use crate::schema::Type;
use crate::typing::Typing;

/// Checks every rule about calls and dependencies between workflows.
pub(super) fn check(
    program: &Program<'_>,
    workflow: &Workflow<'_>,
    flows: &[Flow],
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    workflow_dependency(program, workflow, flows, typing.flow(), diagnostics);
    workflow_input_type(program, workflow, typing, diagnostics);
    dependency_unproven(program, workflow, flows, diagnostics);
}

/// Workflows that call each other on every path never end.
pub(super) fn workflow_cycle(program: &Program<'_>, flows: &[Flow], diagnostics: &mut Diagnostics) {
    // A call is certain if its step runs on every path to the end.
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
        // For each reached workflow: its caller, and the location of the call.
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
            // Walks back from the start to itself.
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
                    "workflow `{}` calls itself unconditionally, through {}",
                    id.value,
                    way[..way.len() - 1].join(", ")
                ),
            };
            let mut diagnostic = Diagnostic::new(&rule::WORKFLOW_CYCLE, id.span(), message);
            for (caller, target, span) in circle {
                diagnostic = diagnostic.related(span, format!("`{}` calls `{}`", name(caller), name(target)));
            }
            diagnostics.push(diagnostic.help("make the call depend on a criterion"));
            break;
        }
    }
}

/// Checks the values for the inputs of a called workflow.
fn workflow_input_type(
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

/// A workflow is called, but a workflow that it depends on may not have run.
fn workflow_dependency(
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
                    "workflow `{}` is called here, but it depends on workflow `{name}`",
                    target.text.id.value
                );
                diagnostics.push(Diagnostic::new(&rule::WORKFLOW_DEPENDENCY, span, message).help(format!(
                    "add the dependency to workflow `{}` too: `dependsOn: [{name}]`",
                    workflow.text.id.value
                )));
            }
        }
    }
}

/// An output of a called workflow is read where the call may not have been made, or where it is ambiguous which call is
/// meant.
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
    let message = format!(
        "the outputs of workflow `{id}` are ambiguous here: no call, or more than one call, may have completed"
    );
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

/// A step depends on a step of another workflow. That step has certainly succeeded only if its workflow must have run
/// before, and cannot end without it.
fn dependency_unproven(program: &Program<'_>, workflow: &Workflow<'_>, flows: &[Flow], diagnostics: &mut Diagnostics) {
    for needed in workflow.steps.iter().flat_map(|step| &step.depends_elsewhere) {
        let other = &program.workflows[needed.workflow];
        let (id, step) = (other.text.id.value, other.steps[needed.step].text.id.value);
        let named = needed.text.value.split(".steps.").next().unwrap_or(id);
        let named = named.strip_prefix("$workflows.").unwrap_or(named);
        let (message, help) = if !workflow.depends_on.contains(&needed.workflow) {
            (
                format!("workflow `{id}` may not have run before `{}`", workflow.text.id.value),
                format!("add it to the `dependsOn` of the workflow: `dependsOn: [{named}]`"),
            )
        } else if !flows[needed.workflow].certain_at_end.contains(needed.step) {
            (
                format!("workflow `{id}` can end without running step `{step}`"),
                format!("depend on a step that workflow `{id}` always runs"),
            )
        } else {
            continue;
        };
        diagnostics.push(Diagnostic::new(&rule::DEPENDENCY_UNPROVEN, needed.text.span(), message).help(help));
    }
}
