//! Code that checks the response of a step and reads its outputs.

use super::code::{Code, literal, quote};

use super::action::reads;
use super::step::{read_body, reads_body};
use super::types::{Place, describe, ty};
use super::value::Scope;
use crate::plan::types::Ty;
use crate::plan::{Output, Plan, Read, Step, ValueKind, Workflow, body_pointers};

/// Statements that check a response and evaluate to the outputs of the step.
pub(super) fn settle(step: &Step, index: usize, workflow: &Workflow) -> Code {
    let mut reads: Vec<&Read> = Vec::new();
    step.criteria
        .iter()
        .for_each(|criterion| criterion.test.visit(&mut |read| reads.push(read)));
    let by_criteria = !body_pointers(reads.iter().copied()).is_empty();
    step.outputs
        .iter()
        .for_each(|output| output.value.visit(&mut |read| reads.push(read)));
    let pointers = body_pointers(reads);
    let read = read_ahead(&pointers, step);
    let scope = Scope { workflow, pointers };
    let criteria = step.criteria.iter().map(|criterion| {
        let check = scope.check(&criterion.test);
        let text = &criterion.text;
        let (line, column) = (literal(criterion.place.0), literal(criterion.place.1));
        if reads_body(&criterion.test) {
            return quote!(exchange.require_of(found.problem(), #check, #text, #line, #column)?;);
        }
        quote!(exchange.require(#check, #text, #line, #column)?;)
    });

    let outputs = keep_all(step, index, &scope);
    let default = (step.criteria.is_empty() && step.request().is_some()).then(|| {
        let (line, column) = (literal(step.place.0), literal(step.place.1));
        quote!(exchange.require_success(#line, #column)?;)
    });
    // A body is parsed only when it is needed: not for a status that fails the step anyway.
    let (before, after) = if by_criteria {
        (read, Code::new())
    } else {
        (Code::new(), read)
    };
    let kept = if step.whole {
        quote! {
            let mut kept = #outputs?;
            kept.extend(run.whole());
            Ok(kept)
        }
    } else {
        outputs
    };
    quote! {
        #before
        #default
        #(#criteria)*
        #after
        #kept
    }
}

/// A statement that reads the body, also for the actions of the step if they need it.
fn read_ahead(pointers: &[Vec<String>], step: &Step) -> Code {
    let of_actions = [&step.on_success, &step.on_failure]
        .into_iter()
        .flat_map(|actions| reads(actions));
    let later = body_pointers(of_actions);
    if pointers.is_empty() || later.is_empty() {
        return read_body(pointers);
    }
    let own = literal(pointers.len());
    let all = pointers.iter().chain(&later).map(|pointer| quote!(&[#(#pointer),*]));
    quote!(let found = exchange.read_ahead::<#own, _>([#(#all),*]);)
}

/// An expression of type `Result<Vec<Option<Slot>>, Failure>`: the outputs of a step.
pub(super) fn keep_all(step: &Step, index: usize, scope: &Scope<'_>) -> Code {
    let found = |output: &Output| match &output.value.kind {
        ValueKind::Reference(read) if read.source.is_body() => {
            scope.pointers.iter().position(|known| *known == read.pointer)
        }
        _ => None,
    };
    let index = literal(index);
    let meta = quote!(SHAPE.steps[#index].outputs);
    let pointers: Option<Vec<usize>> = step.outputs.iter().map(found).collect();
    match pointers {
        Some(pointers) if pointers.is_empty() => quote!(Ok(__rt::Vec::new())),
        Some(pointers) => {
            let pointers = pointers.into_iter().map(literal);
            quote!(found.keep_all(&[#(#pointers),*], #meta))
        }
        None => {
            let outputs = step.outputs.iter().enumerate().map(|(position, output)| {
                let position = literal(position);
                if let Some(pointer) = found(output) {
                    let pointer = literal(pointer);
                    return quote!(found.keep(#pointer, &SHAPE.steps[#index].outputs[#position])?);
                }
                let value = scope.datum(&output.value, "an output");
                quote!(__rt::keep_datum(#value.as_ref(), &SHAPE.steps[#index].outputs[#position])?)
            });
            quote!(Ok(__rt::Vec::from([#(#outputs),*])))
        }
    }
}

/// The static description of an output.
pub(super) fn kept(output: &Output, workflow: &Workflow, plan: &Plan) -> Code {
    let Output {
        name,
        expression,
        required,
        ..
    } = output;
    let expected = describe(&output.ty, &plan.types);
    let of = ty(&output.ty, plan, Place::Workflow(workflow.index));
    let (line, column) = (literal(output.place.0), literal(output.place.1));
    if output.ty == Ty::String && *required {
        return quote!(__rt::text(#name, #expression, #line, #column));
    }
    quote!(__rt::Output {
        name: #name, expression: #expression, expected: #expected, required: #required, check: __rt::check::<#of>, line: #line, column: #column,
    })
}
