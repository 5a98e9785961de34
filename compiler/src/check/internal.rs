//! A safety net after all other rules: every part of a document is either compiled or reported.

use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::program::{Act, Action, ActionKind, Criterion, Segment, Source, Test, Value, ValueKind, Workflow};
use crate::source::Span;

/// Reports what was not understood without an error: a bug in this compiler.
pub(super) fn internal(workflow: &Workflow<'_>, diagnostics: &mut Diagnostics) {
    if diagnostics.has_errors() {
        return;
    }
    let mut lost: Vec<(&str, Span)> = Vec::new();
    for step in &workflow.steps {
        match &step.act {
            Act::Unresolved => lost.push(("step", step.text.id.span())),
            Act::Workflow(invocation) => {
                let values = invocation.arguments.iter().map(|(_, value)| value);
                lost.extend(
                    values
                        .filter(|value| is_lost(value))
                        .map(|value| ("parameter", value.span)),
                );
            }
            Act::Http(_) | Act::Channel(_) => {
                let Some(request) = step.act.request() else { continue };
                if let (Act::Channel(exchange), Some(at)) = (&step.act, step.text.correlation_id)
                    && exchange.correlation.as_ref().is_none_or(is_lost)
                {
                    lost.push(("correlation ID", at.span()));
                }
                let values = request.arguments.iter().map(|argument| &argument.value);
                lost.extend(
                    values
                        .filter(|value| is_lost(value))
                        .map(|value| ("parameter", value.span)),
                );
                let written = step.text.request_body.as_ref();
                let payload = written.and_then(|body| body.payload);
                match (&request.body, payload) {
                    (None, Some(payload)) => lost.push(("payload", payload.span())),
                    (Some(body), _) => {
                        let replaced = body.replacements.iter().map(|(_, value)| value);
                        let all = replaced.chain([&body.payload]);
                        lost.extend(all.filter(|value| is_lost(value)).map(|value| ("payload", value.span)));
                    }
                    (None, None) => {}
                }
            }
        }
        criteria(&step.criteria, &mut lost);
        step.on_success
            .iter()
            .chain(&step.on_failure)
            .for_each(|one| action(one, &mut lost));
        let outputs = step.outputs.iter().filter(|output| is_lost(&output.value));
        lost.extend(outputs.map(|output| ("output", output.span)));
    }
    let outputs = workflow.outputs.iter().filter(|output| is_lost(&output.value));
    lost.extend(outputs.map(|output| ("output", output.span)));
    for (what, span) in lost {
        diagnostics.push(
            Diagnostic::new(
                &rule::INTERNAL,
                span,
                format!("cannot compile this {what} (internal compiler error)"),
            )
            .help("please report this document; writing it differently may help"),
        );
    }
}

fn criteria(criteria: &[Criterion], lost: &mut Vec<(&str, Span)>) {
    let all = criteria.iter().filter(|criterion| is_lost_test(&criterion.test));
    lost.extend(all.map(|criterion| ("criterion", criterion.span)));
}

fn action(action: &Action, lost: &mut Vec<(&str, Span)>) {
    criteria(&action.criteria, lost);
    if matches!(action.kind, ActionKind::Invalid) {
        lost.push(("action", action.span));
    }
    let arguments = action.kind.invocation().into_iter().flat_map(|call| &call.arguments);
    let values = arguments.map(|(_, value)| value);
    lost.extend(
        values
            .filter(|value| is_lost(value))
            .map(|value| ("parameter", value.span)),
    );
}

fn is_lost_test(test: &Test) -> bool {
    match test {
        Test::Or(parts) | Test::And(parts) => parts.iter().any(is_lost_test),
        Test::Not(inner) => is_lost_test(inner),
        Test::Compare(left, _, right) => is_lost(left) || is_lost(right),
        Test::Truthy(value) | Test::Present(value) | Test::Json(value) | Test::Query(value, _) => is_lost(value),
        Test::Regex(value, pattern) => is_lost(value) || pattern.iter().any(is_lost_segment),
        Test::Invalid => true,
    }
}

fn is_lost_segment(segment: &Segment) -> bool {
    matches!(segment, Segment::Reference(reference) if reference.source == Source::Invalid)
}

fn is_lost(value: &Value) -> bool {
    let mut lost = matches!(value.kind, ValueKind::Invalid);
    match &value.kind {
        ValueKind::Array(items) => lost |= items.iter().any(is_lost),
        ValueKind::Object(members) => lost |= members.iter().any(|(_, value)| is_lost(value)),
        _ => {}
    }
    lost || value
        .references()
        .iter()
        .any(|reference| reference.source == Source::Invalid)
}
