//! Reads actions.

use super::components::read_reusable;
use super::criterion::read_criteria;
use super::fields::Fields;
use super::request::read_parameters;
use super::{Action, ActionType, OrReusable, Version};
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::source::Cursor;

pub(super) fn read_actions<'a>(
    items: Vec<Cursor<'a>>,
    success: bool,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Vec<OrReusable<'a, Action<'a>>> {
    items
        .into_iter()
        .filter_map(|at| {
            if at.get("reference").is_some() {
                read_reusable(at, version, diagnostics).map(OrReusable::Reusable)
            } else {
                read_action(at, success, version, diagnostics).map(OrReusable::Here)
            }
        })
        .collect()
}

pub(super) fn read_action<'a>(
    at: Cursor<'a>,
    success: bool,
    version: Version,
    diagnostics: &mut Diagnostics,
) -> Option<Action<'a>> {
    let what = if success {
        "Success Action Object"
    } else {
        "Failure Action Object"
    };
    let mut fields = Fields::new(at, what, version, diagnostics)?;
    let name = fields.required_text("name");
    let kinds = [
        ("end", ActionType::End),
        ("goto", ActionType::Goto),
        ("retry", ActionType::Retry),
    ];
    let kind = if success {
        fields.word("type", &kinds[..2])
    } else {
        fields.word("type", &kinds)
    };
    if at.get("type").is_none() {
        fields.missing("type");
    }
    let workflow_id = fields.text("workflowId");
    let step_id = fields.text("stepId");
    let parameters = match fields.since_1_1("parameters") {
        Some(_) => fields.list("parameters"),
        None => Vec::new(),
    };
    let criteria = fields.list("criteria");
    let (mut retry_after, mut retry_limit) = (None, None);
    if !success {
        retry_after = fields
            .optional("retryAfter")
            .and_then(|entry| fields.number(entry, &rule::RETRY_AFTER_NEGATIVE));
        retry_limit = fields
            .optional("retryLimit")
            .and_then(|entry| fields.integer(entry, &rule::RETRY_LIMIT_NEGATIVE));
    }
    fields.finish();
    let parameters = read_parameters(parameters, version, diagnostics);
    let criteria = read_criteria(criteria, version, diagnostics);
    let action = Action {
        at,
        name: name?,
        kind: kind?.0,
        workflow_id,
        step_id,
        parameters,
        retry_after,
        retry_limit,
        criteria,
    };
    action_target(&action, diagnostics);
    retry_field_unexpected(&action, diagnostics);
    Some(action)
}

pub(super) fn action_target(action: &Action<'_>, diagnostics: &mut Diagnostics) {
    let name = action.name.value;
    match (action.kind, action.workflow_id, action.step_id) {
        (ActionType::Goto, None, None) => diagnostics.push(
            Diagnostic::new(
                &rule::ACTION_TARGET,
                action.at.span(),
                format!("the action `{name}` has no target"),
            )
            .help("a `goto` needs a `stepId` or a `workflowId`"),
        ),
        (_, Some(workflow), Some(_)) => diagnostics.push(
            Diagnostic::new(
                &rule::ACTION_TARGET,
                workflow.span(),
                format!("the action `{name}` has both a `workflowId` and a `stepId`"),
            )
            .help("keep one of the two"),
        ),
        (ActionType::End, Some(target), None) | (ActionType::End, None, Some(target)) => diagnostics.push(
            Diagnostic::new(
                &rule::ACTION_TARGET,
                target.span(),
                format!("the action `{name}` has type `end` and a target"),
            )
            .help("remove the target, or write `type: goto`"),
        ),
        _ => {}
    }
}

pub(super) fn retry_field_unexpected(action: &Action<'_>, diagnostics: &mut Diagnostics) {
    if action.kind == ActionType::Retry {
        return;
    }
    for (field, span) in [
        ("retryAfter", action.retry_after.map(|found| found.1)),
        ("retryLimit", action.retry_limit.map(|found| found.1)),
    ] {
        if let Some(span) = span {
            let message = format!("`{field}` is only valid on an action of type `retry`");
            diagnostics.push(
                Diagnostic::new(&rule::RETRY_FIELD_UNEXPECTED, span, message)
                    .help(format!("remove `{field}`, or write `type: retry`")),
            );
        }
    }
}
