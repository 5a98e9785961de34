//! Resolves a step, and references to steps.

use super::{Scope, listed, value};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document::{self, Text};
use crate::program::{Act, Elsewhere, Step};
use crate::source::Span;

impl<'a> Scope<'a, '_> {
    pub(super) fn step(&mut self, step: &'a document::Step<'a>) -> Step<'a> {
        let (mut depends_on, mut depends_elsewhere) = (Vec::new(), Vec::new());
        for id in &step.depends_on {
            if id.value.starts_with('$') {
                depends_elsewhere.extend(self.step_elsewhere(*id));
            } else {
                depends_on.extend(self.find_step(*id));
            }
        }
        let act = self.act(step);
        let place = value::Place {
            step: Some(step),
            response: true,
            failure: false,
        };
        let criteria = step
            .success_criteria
            .iter()
            .map(|criterion| self.criterion(criterion, &place))
            .collect();
        let on_success = self.actions(&step.on_success, &self.workflow.success_actions, true, &place);
        let failed = value::Place { failure: true, ..place };
        let on_failure = self.actions(&step.on_failure, &self.workflow.failure_actions, false, &failed);
        let outputs = match &act {
            Act::Workflow(invocation) if step.outputs.is_empty() => self.adopted_outputs(invocation.target, step),
            _ => self.outputs(&step.outputs, Some(&place)),
        };
        let timeout = step.timeout.map(|(milliseconds, _)| milliseconds);
        Step {
            text: step,
            criteria,
            on_success,
            on_failure,
            outputs,
            timeout,
            depends_on,
            depends_elsewhere,
            act,
        }
    }

    /// Resolves a step of another workflow: `$workflows.W.steps.S` or `$sourceDescriptions.D.W.steps.S`.
    fn step_elsewhere(&mut self, text: Text<'a>) -> Option<Elsewhere<'a>> {
        let value = text.value;
        let Some((owner, step)) = value.split_once(".steps.") else {
            let message = format!("`{value}` is not a reference to a step");
            self.diagnostics.push(
                Diagnostic::new(&rule::EXPRESSION_SYNTAX, text.span(), message).help(
                    "use the id for a step of this workflow, `$workflows.WORKFLOW.steps.STEP` for one of another workflow, and `$sourceDescriptions.NAME.WORKFLOW.steps.STEP` for one of another document",
                ),
            );
            return None;
        };
        let workflow = self.find_workflow_in(owner.strip_prefix("$workflows.").unwrap_or(owner), text)?;
        let steps = &self.workflow_at(workflow)?.steps;
        let found = steps.iter().position(|known| known.id.value == step);
        if found.is_none() {
            let id = self.workflow_at(workflow)?.id.value;
            let names = || steps.iter().map(|step| step.id.value);
            let help = match similar(step, names()) {
                Some(name) => format!("a step with a similar name exists: `{name}`"),
                None => format!("the steps are {}", listed(names())),
            };
            let span = text.at.part(value.len() - step.len(), value.len());
            let message = format!("unknown step `{step}` in workflow `{id}`");
            self.diagnostics
                .push(Diagnostic::new(&rule::UNKNOWN_STEP, span, message).help(help));
        }
        Some(Elsewhere {
            workflow,
            step: found?,
            text,
        })
    }

    pub(super) fn find_step(&mut self, id: Text<'_>) -> Option<usize> {
        if let Some(index) = self.places.get(id.value) {
            return Some(*index);
        }
        self.unknown_step(id.value, id.span())
    }

    /// Reports a step that does not exist, and returns a similar one.
    pub(super) fn unknown_step(&mut self, id: &str, span: Span) -> Option<usize> {
        let steps = &self.workflow.steps;
        let meant = similar(id, steps.iter().map(|step| step.id.value));
        let help = match meant {
            Some(name) => format!("a step with a similar name exists: `{name}`"),
            None => format!(
                "the steps are {}",
                steps
                    .iter()
                    .map(|step| format!("`{}`", step.id.value))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        let message = format!("unknown step `{id}` in workflow `{}`", self.workflow.id.value);
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_STEP, span, message).help(help));
        meant.and_then(|name| steps.iter().position(|step| step.id.value == name))
    }
}
