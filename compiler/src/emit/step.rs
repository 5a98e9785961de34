//! Code of a step: its request, the check of its response, and what happens next.

use super::code::{Code, literal, quote};

use super::value::{Scope, absent};
use crate::plan::{Origin, Plan, Read, Test, Value, ValueKind, Workflow, body_pointers};

/// Statements that start the run of a called workflow and evaluate to it.
pub(super) fn call(site: &crate::plan::Site, workflow: &Workflow, plan: &Plan) -> Code {
    let Some(target) = plan.workflow(site.target) else {
        return Code::new();
    };
    let mut reads: Vec<&Read> = Vec::new();
    site.arguments
        .iter()
        .for_each(|(_, value)| value.visit(&mut |read| reads.push(read)));
    let pointers = body_pointers(reads);
    let read = read_body(&pointers);
    let scope = Scope { workflow, pointers };
    let statements = scope.object(&site.arguments);
    let (module, id) = (super::ident(&target.ident), &target.id);
    let typed = |step: usize, slot: usize, needed: &Workflow| {
        let absent = absent(&format!("$workflows.{}", needed.id), (0, 0), "a dependency");
        let (step, slot) = (literal(step), literal(slot));
        quote!(run.typed(#step, #slot).ok_or_else(|| #absent)?)
    };
    let own = |index: usize, input: bool, needed: &Workflow| {
        let absent = absent(&format!("$workflows.{}", needed.id), (0, 0), "a dependency");
        let index = literal(workflow.dependency(index, input).unwrap_or_default());
        quote!(run.own_dependency(#index).ok_or_else(|| #absent)?)
    };
    let dependencies = if target.dependencies.is_empty() {
        quote!(())
    } else {
        let all = target.dependencies.iter().zip(&site.dependencies);
        let fields = all.filter_map(|((index, inputs), origin)| {
            let needed = plan.workflow(*index)?;
            let outputs = super::ident(&needed.ident);
            let inputs = inputs.then(|| super::ident(&super::inputs_field(needed)));
            let (outputs_value, inputs_value) = match origin {
                Origin::Own => (own(*index, false, needed), own(*index, true, needed)),
                Origin::Step(step, slot) => (typed(*step, *slot, needed), typed(*step, slot + 1, needed)),
            };
            let inputs = inputs.map(|inputs| quote!(#inputs: #inputs_value,));
            Some(quote!(#outputs: #outputs_value, #inputs))
        });
        quote!(super::#module::Dependencies { #(#fields)* })
    };
    quote! {
        #read
        let inputs = __rt::inputs(#id, |body| {
            #statements
            Ok(())
        })?;
        __rt::Child::new::<super::#module::Workflow>(inputs, #dependencies)
    }
}

/// An expression of type `Datum<'_>`, for a value that is required.
pub(super) fn required(scope: &Scope<'_>, value: &Value, what: &str) -> Code {
    match &value.kind {
        ValueKind::Reference(read) => scope.present(read, what),
        other => {
            let value = scope.datum(value, what);
            let (text, place) = match other {
                ValueKind::Selection(selection) => {
                    let context = &selection.context;
                    (format!("{} {}", context.expression, selection.query), context.place)
                }
                _ => ("value".to_owned(), (0, 0)),
            };
            let absent = absent(&text, place, what);
            quote!(#value.ok_or_else(|| #absent)?)
        }
    }
}

pub(super) fn read_body(pointers: &[Vec<String>]) -> Code {
    if pointers.is_empty() {
        return Code::new();
    }
    let pointers = pointers.iter().map(|pointer| quote!(&[#(#pointer),*]));
    quote!(let found = exchange.read([#(#pointers),*]);)
}

/// Returns whether a test reads the body of the response.
pub(super) fn reads_body(test: &Test) -> bool {
    let mut reads = Vec::new();
    test.visit(&mut |read| reads.push(read));
    reads.iter().any(|read| read.source.is_body())
}
