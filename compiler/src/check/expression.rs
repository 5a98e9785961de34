//! Rules about what expressions refer to.

use super::Place;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Location;
use crate::program::{Reference, Source, Step};
use crate::schema::Walk;
use crate::status;
use crate::typing::{Shape, Typing};

/// An output is read where its step cannot have run yet.
pub(super) fn step_after_use(
    reference: &Reference,
    at: Option<usize>,
    place: Place,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    let Source::StepOutput { step, .. } = reference.source else {
        return;
    };
    // In the outputs of a workflow, a step that has not run is absent: a run may end or leave before it.
    let Some(index) = at else { return };
    let possible = typing.flow().possible_before.get(index);
    // A step may read its earlier outputs in its own outputs and in the criteria of its actions.
    let own = at == Some(step) && place != Place::Request && place != Place::StepOutput;
    let reachable = typing.flow().reachable.get(index) == Some(&true);
    if own || !reachable || possible.is_none_or(|set| set.contains(step)) {
        return;
    }
    let Some(read) = typing.workflow().steps.get(step).map(|step| step.text.id) else {
        return;
    };
    let message = match typing.workflow().steps.get(index) {
        Some(reader) if at == Some(step) => {
            format!(
                "step `{}` reads its own output before the step has completed",
                reader.text.id.value
            )
        }
        Some(reader) => format!(
            "step `{}` reads an output of step `{}`, which cannot have run before it",
            reader.text.id.value, read.value
        ),
        None => return,
    };
    let mut diagnostic = Diagnostic::new(&rule::STEP_AFTER_USE, reference.span, message);
    if at != Some(step) {
        diagnostic = diagnostic
            .related(read.span(), "defined here")
            .help("steps run in the order of the list; move this step before the one that reads it");
    }
    diagnostics.push(diagnostic);
}

/// A pointer selects something that no valid value has, or that the schema does not mention. A pointer into a response
/// is checked against all responses that are possible at that point; one that allows it is enough.
pub(super) fn impossible_pointer(
    reference: &Reference,
    at: Option<usize>,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    if reference.pointer.is_empty() {
        return;
    }
    let shapes = match reference.source {
        Source::ResponseBody => typing.bodies(at),
        Source::MessagePayload => typing.payloads(at),
        _ => vec![typing.source(&reference.source, at).shape],
    };
    let mut problem = None;
    for shape in shapes {
        match pointer_problem(reference, shape) {
            None => return,
            // Of two problems, report the milder one: a member that is only not mentioned.
            Some(found) => {
                let milder = problem
                    .as_ref()
                    .is_none_or(|known: &Diagnostic| known.rule != &rule::UNKNOWN_RESPONSE_POINTER);
                if milder {
                    problem = Some(found);
                }
            }
        }
    }
    if let Some(problem) = problem {
        diagnostics.push(problem);
    }
}

/// Returns why a pointer selects nothing in a value of this shape.
fn pointer_problem(reference: &Reference, shape: Shape<'_>) -> Option<Diagnostic> {
    let input = matches!(reference.source, Source::Input(_));
    let Shape::Schema(schema) = shape else {
        let base = shape.types();
        let scalar =
            !base.is_empty() && !base.allows(crate::schema::Type::Object) && !base.allows(crate::schema::Type::Array);
        return scalar.then(|| {
            let message = format!(
                "this pointer selects a member of {}, which has no members",
                base.words()
            );
            Diagnostic::new(&rule::IMPOSSIBLE_RESPONSE_POINTER, reference.span, message)
        });
    };
    let place = |token: usize| reference.token_spans.get(token).copied().unwrap_or(reference.span);
    let named = |token: usize| reference.pointer.get(token).map_or("", String::as_str);
    match schema.walk(reference.pointer.iter().map(String::as_str)) {
        Walk::Impossible { schema, token } => {
            let rule = if input {
                &rule::IMPOSSIBLE_INPUT_POINTER
            } else {
                &rule::IMPOSSIBLE_RESPONSE_POINTER
            };
            let types = schema.types();
            let message = if types.allows(crate::schema::Type::Object) {
                format!(
                    "unknown member `{}`: the schema does not allow additional members",
                    named(token)
                )
            } else if types.allows(crate::schema::Type::Array) {
                format!("`{}` is not an array index", named(token))
            } else {
                format!(
                    "no member `{}` here: the value is of type {}",
                    named(token),
                    types.words()
                )
            };
            let mut diagnostic =
                Diagnostic::new(rule, place(token), message).related(schema.at.span(), "by this schema");
            if types.allows(crate::schema::Type::Array) {
                diagnostic = diagnostic.help(match named(token) {
                    "length" => {
                        "an array has no member `length`; to test whether it has items, compare item `0` with null"
                            .to_owned()
                    }
                    "*" | "-" => "an expression reads one item by its index, such as `0`".to_owned(),
                    name => format!("use the index of an item, such as `0/{name}`"),
                });
            }
            Some(diagnostic.help_if(similar_member(schema, named(token))))
        }
        Walk::Unknown {
            at: Some((schema, token)),
        } => {
            let rule = if input {
                &rule::IMPOSSIBLE_INPUT_POINTER
            } else {
                &rule::UNKNOWN_RESPONSE_POINTER
            };
            let message = format!("the schema does not define a member `{}`", named(token));
            Some(
                Diagnostic::new(rule, place(token), message)
                    .related(schema.at.span(), "defined here")
                    .help_if(similar_member(schema, named(token))),
            )
        }
        Walk::Broken(broken) => Some(broken.diagnostic(&rule::SOURCE_REF_UNRESOLVED)),
        Walk::Unknown { at: None } | Walk::Found { .. } => None,
    }
}

fn similar_member(schema: crate::schema::Schema<'_>, name: &str) -> Option<String> {
    let properties = schema.properties();
    let known = crate::diagnostic::similar(name, properties.iter().map(|(known, ..)| *known))?;
    Some(format!("a member with a similar name exists: `{known}`"))
}

/// A pointer into the body of a response that has no body.
pub(super) fn output_without_body(reference: &Reference, place: Place, step: &Step<'_>, diagnostics: &mut Diagnostics) {
    if reference.source != Source::ResponseBody || place != Place::StepOutput {
        return;
    }
    let responses = status::responses(step, status::success(step));
    if !responses.is_empty() && responses.iter().all(|response| response.status == "204") {
        let message = format!(
            "step `{}` succeeds with status 204, which has no response body",
            step.text.id.value
        );
        diagnostics.push(Diagnostic::new(&rule::OUTPUT_WITHOUT_BODY, reference.span, message));
    }
}

/// A value that may be missing is used where a value is required.
pub(super) fn optional_into_required(
    step: &Step<'_>,
    index: usize,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    let Some(request) = step.act.request() else {
        return;
    };
    for argument in &request.arguments {
        let required =
            argument.location == Location::Path || argument.declared.as_ref().is_some_and(|declared| declared.required);
        if !required {
            continue;
        }
        for reference in argument.value.references() {
            let known = typing.reference(reference, Some(index));
            // If nothing is known about the value, there is nothing to warn about.
            let sure = !known.present && !matches!(known.shape, Shape::Unknown);
            if sure && !matches!(reference.source, Source::Invalid) {
                let message = format!(
                    "`{}` may be missing, but the parameter `{}` is required",
                    reference.text, argument.name
                );
                diagnostics.push(
                    Diagnostic::new(&rule::OPTIONAL_INTO_REQUIRED, reference.span, message)
                        .help("the step fails without this value; make sure that it is always present"),
                );
            }
        }
    }
}
