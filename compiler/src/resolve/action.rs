//! Actions after a step has succeeded or failed.

use super::invocation::Caller;
use super::value::Place;
use super::{Action, ActionKind, Destination, Scope};
use crate::diagnostic::{Diagnostic, rule, similar};
use crate::document::{self, ActionType, OrReusable, Reusable};
use crate::syntax::expression::{self, Root};

impl<'a> Scope<'a, '_> {
    /// Returns the actions of a step: its own, followed by those of the workflow whose names it does not redefine.
    pub(super) fn actions(
        &mut self,
        own: &[OrReusable<'a, document::Action<'a>>],
        shared: &[OrReusable<'a, document::Action<'a>>],
        success: bool,
        place: &Place<'a>,
    ) -> Vec<Action> {
        let mut actions: Vec<Action> = Vec::new();
        for list in [own, shared] {
            let found: Vec<document::Action<'a>> = list
                .iter()
                .filter_map(|action| self.action_object(action, success))
                .collect();
            let names = found.iter().map(|action| (action.name.value, action.name.span()));
            super::units::report_duplicates(&rule::DUPLICATE_ACTION, "action", names, self.diagnostics);
            let defined: Vec<String> = actions.iter().map(|action| action.name.clone()).collect();
            for action in found {
                if !defined.iter().any(|name| name == action.name.value) {
                    let action = self.action(&action, place);
                    actions.push(action);
                }
            }
        }
        actions
    }

    fn action_object(
        &mut self,
        action: &OrReusable<'a, document::Action<'a>>,
        success: bool,
    ) -> Option<document::Action<'a>> {
        let reusable = match action {
            OrReusable::Here(action) => return Some(action.clone()),
            OrReusable::Reusable(reusable) => reusable,
        };
        if let Some(value) = reusable.value {
            let message = "a reference to an action does not accept a `value`";
            self.diagnostics.push(
                Diagnostic::new(&rule::REUSABLE_VALUE_UNEXPECTED, value.key_span, message).help("remove `value`"),
            );
        }
        let components = &self.document.components;
        let (kind, list) = if success {
            ("successActions", &components.success_actions)
        } else {
            ("failureActions", &components.failure_actions)
        };
        let name = self.component_name(reusable, kind)?;
        let found = list
            .iter()
            .find(|(entry, _)| entry.key == name)
            .map(|(_, action)| action.clone());
        if found.is_none() && !self.component_is_written(kind, &name) {
            self.unknown_component(reusable, kind, &name, list.iter().map(|(entry, _)| entry.key));
        }
        found
    }

    /// Returns the key in a reference to a component of `kind`.
    pub(super) fn component_name(&mut self, reusable: &Reusable<'a>, kind: &str) -> Option<String> {
        let text = reusable.reference;
        let parsed = expression::parse(text.value).and_then(|parsed| match parsed.mistake {
            Some(mistake) => Err(*mistake),
            None => Ok(parsed),
        });
        let Ok(Root::Component { kind: found, name }) = parsed.as_ref().map(|expression| &expression.root) else {
            let message = format!(
                "expected a reference of the form `$components.{kind}.NAME`, found `{}`",
                text.value
            );
            let last = text.value.rsplit(['/', '.', '#']).next().unwrap_or_default();
            let meant = self
                .component_is_written(kind, last)
                .then(|| format!("write `$components.{kind}.{last}`"));
            self.diagnostics
                .push(Diagnostic::new(&rule::REFERENCE_SYNTAX, text.span(), message).help_if(meant));
            return None;
        };
        if found.text != kind {
            let message = format!("expected a component of `{kind}`, found one of `{}`", found.text);
            let help = if self.component_is_written(kind, &name.text) {
                format!("write `$components.{kind}.{}`", name.text)
            } else {
                format!("define it: `components: {{ {kind}: {{ {}: … }} }}`", name.text)
            };
            self.diagnostics.push(
                Diagnostic::new(
                    &rule::COMPONENT_KIND,
                    text.at.part(found.at.start, found.at.end),
                    message,
                )
                .help(help),
            );
            return None;
        }
        Some(name.text.clone())
    }

    /// Returns whether a component exists; a component that was refused was reported at its definition.
    pub(super) fn component_is_written(&self, kind: &str, name: &str) -> bool {
        self.document.root.pointer(["components", kind, name]).is_some()
    }

    pub(super) fn unknown_component<'n>(
        &mut self,
        reusable: &Reusable<'a>,
        kind: &str,
        name: &str,
        names: impl Iterator<Item = &'n str>,
    ) {
        let text = reusable.reference;
        let names: Vec<&str> = names.collect();
        let help = match similar(name, names.iter().copied()) {
            Some(known) => format!("a component with a similar name exists: `{known}`"),
            None if names.is_empty() => format!("define it: `components: {{ {kind}: {{ {name}: … }} }}`"),
            None => format!(
                "the components are {}",
                names
                    .iter()
                    .map(|name| format!("`{name}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        let start = text.value.len().saturating_sub(name.len());
        let message = format!("unknown component `{name}` in `components.{kind}`");
        self.diagnostics
            .push(Diagnostic::new(&rule::UNKNOWN_COMPONENT, text.at.part(start, text.value.len()), message).help(help));
    }

    fn action(&mut self, action: &document::Action<'a>, place: &Place<'a>) -> Action {
        let criteria = action
            .criteria
            .iter()
            .map(|criterion| self.criterion(criterion, place))
            .collect();
        let destination = if let Some(workflow) = action.workflow_id {
            let called = self.invocation(workflow, &action.parameters, Caller::Action, place);
            called
                .map(|invocation| Some(Destination::Workflow(invocation)))
                .ok_or(())
        } else if let Some(step) = action.step_id {
            self.find_step(step).map(|step| Some(Destination::Step(step))).ok_or(())
        } else {
            Ok(None)
        };
        let kind = match (action.kind, destination) {
            (ActionType::End, _) => ActionKind::End,
            (ActionType::Goto, Ok(Some(destination))) => ActionKind::Goto(destination),
            (ActionType::Retry, Ok(detour)) => ActionKind::Retry {
                after: action.retry_after.map(|(seconds, _)| seconds),
                limit: action.retry_limit.map_or(1, |(limit, _)| limit),
                detour,
            },
            _ => ActionKind::Invalid,
        };
        Action {
            name: action.name.value.to_owned(),
            span: action.name.span(),
            kind,
            criteria,
        }
    }
}
