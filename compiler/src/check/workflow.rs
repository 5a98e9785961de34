//! Rules about whole workflows.

use crate::diagnostic::{Diagnostic, Diagnostics, rule};

use crate::flow::{Flow, unconditional};
use crate::program::{ActionKind, Workflow};

/// Checks every rule about a workflow as a whole.
pub(super) fn check(workflow: &Workflow<'_>, flow: &Flow, diagnostics: &mut Diagnostics) {
    unreachable_step(workflow, flow, diagnostics);
    unreachable_action(workflow, diagnostics);
    missing_summary(workflow, diagnostics);
}

fn unreachable_step(workflow: &Workflow<'_>, flow: &Flow, diagnostics: &mut Diagnostics) {
    for (step, _) in workflow
        .steps
        .iter()
        .zip(&flow.reachable)
        .filter(|(_, reachable)| !**reachable)
    {
        let message = format!("step `{}` is unreachable", step.text.id.value);
        diagnostics.push(
            Diagnostic::new(&rule::UNREACHABLE_STEP, step.text.id.span(), message)
                .help("remove it, or add an action that goes to it"),
        );
    }
}

fn unreachable_action(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    for step in &workflow.steps {
        for list in [&step.on_success, &step.on_failure] {
            let decided = list.iter().position(|action| {
                unconditional(action) && !matches!(action.kind, ActionKind::Retry { .. } | ActionKind::Invalid)
            });
            let Some(decided) = decided else { continue };
            for action in &list[decided + 1..] {
                let message = format!(
                    "action `{}` is unreachable: the action `{}` before it has no criteria",
                    action.name, list[decided].name
                );
                diagnostics.push(
                    Diagnostic::new(&rule::UNREACHABLE_ACTION, action.span, message)
                        .related(list[decided].span, "this action always applies")
                        .help(format!(
                            "add `criteria` to `{0}`, or move `{0}` to the end of the list",
                            list[decided].name
                        )),
                );
            }
        }
    }
}

fn missing_summary(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    if workflow.text.summary.is_none() {
        let id = workflow.text.id;
        let message = format!("workflow `{}` has no `summary`", id.value);
        diagnostics.push(
            Diagnostic::new(&rule::MISSING_SUMMARY, id.span(), message)
                .help("add `summary: …`; it becomes the documentation of the function"),
        );
    }
}
