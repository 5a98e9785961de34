//! Phase 5: checks a program in which all names are resolved.
//!
//! Input: the [`Program`] and its flows. Output: diagnostics. Each rule is one function, which the list at the top of
//! its file calls.

mod calls;
mod channel;
mod criterion;
mod expression;
mod inputs;
mod internal;
mod literal;
mod payload;
mod step;
mod unused;
mod workflow;

use crate::diagnostic::Diagnostics;
use crate::document::Document;
use crate::flow::Flow;
use crate::program::{Place, Program, Reference, Test, step_references};
use crate::status::{self, StatusSet};
use crate::typing::Typing;

/// Checks every workflow.
pub fn check(documents: &[Option<Document<'_>>], program: &Program<'_>, flows: &[Flow], diagnostics: &mut Diagnostics) {
    for (index, document) in documents.iter().flatten().enumerate() {
        unused::in_document(document, index, program, diagnostics);
        inputs::invalid_inputs_schema(document, diagnostics);
    }
    calls::workflow_cycle(program, flows, diagnostics);
    for (index, workflow) in program.workflows.iter().enumerate() {
        let typing = Typing::new(program, flows, index);
        calls::check(program, workflow, flows, &typing, diagnostics);
        workflow::check(workflow, typing.flow(), diagnostics);
        unused::in_workflow(workflow, diagnostics);
        channel::reply_not_received(program, workflow, diagnostics);
        for (index, step) in workflow.steps.iter().enumerate() {
            step::check(step, index, &typing, diagnostics);
            payload::payload(step, index, &typing, diagnostics);
            for criterion in criteria(step) {
                criterion::check(&criterion, index, &typing, diagnostics);
                status::narrowed(criterion.test, criterion.codes, &mut |part, codes| {
                    part.visit(&mut |reference| {
                        expression::impossible_pointer(reference, Some(index), &typing.with_codes(codes), diagnostics);
                    });
                });
            }
            for (reference, codes) in handed_over(step) {
                expression::impossible_pointer(reference, Some(index), &typing.with_codes(codes), diagnostics);
            }
            for (reference, place) in step_references(workflow, index) {
                expression::step_after_use(reference, Some(index), place, &typing, diagnostics);
                calls::called_before(reference, Some(index), program, workflow, typing.flow(), diagnostics);
                expression::output_without_body(reference, place, step, diagnostics);
                if place != Place::Response {
                    expression::impossible_pointer(reference, Some(index), &typing, diagnostics);
                }
            }
            expression::optional_into_required(step, index, &typing, diagnostics);
        }
        internal::internal(workflow, diagnostics);
        for output in &workflow.outputs {
            for reference in output.value.references() {
                calls::called_before(reference, None, program, workflow, typing.flow(), diagnostics);
                expression::impossible_pointer(reference, None, &typing, diagnostics);
            }
        }
    }
}

/// Lists texts in back-ticks, and shortens very long lists.
fn listed(texts: &[&str]) -> String {
    const SHOWN: usize = 12;
    let shown: Vec<String> = texts.iter().take(SHOWN).map(|text| format!("`{text}`")).collect();
    let more = if texts.len() > SHOWN { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// A test, its location, and the status codes of the responses that it is evaluated for.
pub(crate) struct Judged<'s> {
    test: &'s Test,
    span: crate::source::Span,
    codes: StatusSet,
}

/// Returns all tests of a step. The criteria of a list narrow each other. The criteria of a failure action apply to
/// every response.
fn criteria<'s>(step: &'s crate::program::Step<'_>) -> Vec<Judged<'s>> {
    let mut all = Vec::new();
    let mut add = |criteria: &'s [crate::program::Criterion], codes: StatusSet| {
        let codes = codes.and(status::passing_all(criteria));
        all.extend(criteria.iter().map(|criterion| Judged {
            test: &criterion.test,
            span: criterion.span,
            codes,
        }));
    };
    let success = status::success(step);
    add(&step.criteria, success);
    step.on_success.iter().for_each(|action| add(&action.criteria, success));
    let any = StatusSet::all();
    step.on_failure.iter().for_each(|action| add(&action.criteria, any));
    all
}

/// Returns the values that the actions of a step pass to other workflows, with the status codes of the responses from
/// which they are read.
fn handed_over<'s>(step: &'s crate::program::Step<'_>) -> Vec<(&'s Reference, StatusSet)> {
    let success = status::success(step);
    let on_success = step.on_success.iter().map(|action| (action, success));
    let all = on_success.chain(step.on_failure.iter().map(|action| (action, StatusSet::all())));
    let mut found = Vec::new();
    for (action, codes) in all {
        let codes = codes.and(status::passing_all(&action.criteria));
        let arguments = action.kind.invocation().into_iter().flat_map(|call| &call.arguments);
        let read = arguments.flat_map(|(_, value)| value.references());
        found.extend(read.map(|reference| (reference, codes)));
    }
    found
}

/// Returns a name as written in YAML: quoted if it would otherwise mean something else.
pub(crate) fn yaml_word(name: &str) -> String {
    let plain = name
        .chars()
        .all(|letter| letter.is_alphanumeric() || "_-./".contains(letter))
        && name.starts_with(|letter: char| letter.is_alphabetic() || letter == '_')
        && !matches!(
            name.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off"
        );
    if plain {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', "''"))
    }
}
