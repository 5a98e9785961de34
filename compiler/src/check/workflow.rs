//! Rules about whole workflows.

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::{Document, Text};
use crate::flow::{Flow, unconditional};
use crate::program::{ActionKind, Workflow};

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
