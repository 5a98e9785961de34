//! Rules about what expressions refer to.

use super::Place;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::Location;
use crate::resolve::{Call, Reference, Source, Step};
use crate::schema::Walk;
use crate::typing::{Shape, Typing, success_status};

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
    let possible = match at {
        Some(index) => typing.flow().possible_before.get(index),
        None => Some(&typing.flow().possible_at_end),
    };
    // In its outputs and in the criteria of its actions a step may look at what it kept before.
    let own = at == Some(step) && place != Place::Request && place != Place::StepOutput;
    let reachable = at.is_none_or(|index| typing.flow().reachable.get(index) == Some(&true));
    if own || !reachable || possible.is_none_or(|set| set.contains(step)) {
        return;
    }
    let Some(read) = typing.workflow().steps.get(step).map(|step| step.text.id) else {
        return;
    };
    let message = match at.and_then(|index| typing.workflow().steps.get(index)) {
        Some(reader) if at == Some(step) => {
            format!("step `{}` reads its own output before it has one", reader.text.id.value)
        }
        Some(reader) => format!(
            "step `{}` reads an output of step `{}`, which cannot have run by then",
            reader.text.id.value, read.value
        ),
        None => format!("step `{}`, of which an output is read, never runs", read.value),
    };
    let mut diagnostic = Diagnostic::new(&rule::STEP_AFTER_USE, reference.span, message);
    if at != Some(step) {
        diagnostic = diagnostic
            .related(read.span(), "it stands here")
            .help("steps run in the order of the list; move it in front");
    }
    diagnostics.push(diagnostic);
}

/// A pointer leads where no valid value has anything, or where the schema mentions nothing.
pub(super) fn impossible_pointer(
    reference: &Reference,
    at: Option<usize>,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    if reference.pointer.is_empty() {
        return;
    }
    let input = matches!(reference.source, Source::Input(_));
    let Shape::Schema(schema) = typing.source(&reference.source, at).shape else {
        let base = typing.source(&reference.source, at).shape.types();
        let scalar =
            !base.is_empty() && !base.allows(crate::schema::Type::Object) && !base.allows(crate::schema::Type::Array);
        if scalar {
            let message = format!("a pointer into {}, which has no members", base.words());
            diagnostics.push(Diagnostic::new(
                &rule::IMPOSSIBLE_RESPONSE_POINTER,
                reference.span,
                message,
            ));
        }
        return;
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
                    "there can be no member `{}` here: the schema allows no others than its own",
                    named(token)
                )
            } else if types.allows(crate::schema::Type::Array) {
                format!("`{}` is no index of an array", named(token))
            } else {
                format!(
                    "there can be no member `{}` here: the value is of type {}",
                    named(token),
                    types.words()
                )
            };
            let mut diagnostic =
                Diagnostic::new(rule, place(token), message).related(schema.at.span(), "by this schema");
            if types.allows(crate::schema::Type::Array) {
                diagnostic = diagnostic.help(format!("an item is reached by its index, such as `0/{}`", named(token)));
            }
            diagnostics.push(diagnostic.help_if(similar_member(schema, named(token))));
        }
        Walk::Unknown {
            at: Some((schema, token)),
        } => {
            let rule = if input {
                &rule::IMPOSSIBLE_INPUT_POINTER
            } else {
                &rule::UNKNOWN_RESPONSE_POINTER
            };
            let message = format!("the schema does not mention a member `{}`", named(token));
            diagnostics.push(
                Diagnostic::new(rule, place(token), message)
                    .related(schema.at.span(), "this schema")
                    .help_if(similar_member(schema, named(token))),
            );
        }
        Walk::Unknown { at: None } | Walk::Found { .. } => {}
    }
}

fn similar_member(schema: crate::schema::Schema<'_>, name: &str) -> Option<String> {
    let properties = schema.properties();
    let known = crate::diagnostic::similar(name, properties.iter().map(|(known, ..)| *known))?;
    Some(format!("a member with a similar name exists: `{known}`"))
}

/// A pointer into the body of a response that has none.
pub(super) fn output_without_body(reference: &Reference, place: Place, step: &Step<'_>, diagnostics: &mut Diagnostics) {
    if reference.source != Source::ResponseBody || place != Place::StepOutput {
        return;
    }
    if success_status(step) == Some(204) {
        let message = format!(
            "step `{}` succeeds with 204, a response without a body",
            step.text.id.value
        );
        diagnostics.push(Diagnostic::new(&rule::OUTPUT_WITHOUT_BODY, reference.span, message));
    }
}

/// A value that may be missing goes where a value must be.
pub(super) fn optional_into_required(
    step: &Step<'_>,
    index: usize,
    typing: &Typing<'_, '_>,
    diagnostics: &mut Diagnostics,
) {
    let Call::Operation(request) = &step.call else {
        return;
    };
    for argument in &request.arguments {
        let required =
            argument.location == Location::Path || argument.declared.as_ref().is_some_and(|declared| declared.required);
        if !required {
            continue;
        }
        for reference in super::references(&argument.value) {
            let known = typing.reference(reference, Some(index));
            // Where nothing is known about the value there is nothing to warn of.
            let sure = !known.present && !matches!(known.shape, Shape::Unknown);
            if sure && !matches!(reference.source, Source::Invalid) {
                let message = format!(
                    "`{}` may be missing, but the parameter `{}` is required",
                    reference.text, argument.name
                );
                diagnostics.push(
                    Diagnostic::new(&rule::OPTIONAL_INTO_REQUIRED, reference.span, message)
                        .help("without it the step fails; make sure that it is there"),
                );
            }
        }
    }
}
