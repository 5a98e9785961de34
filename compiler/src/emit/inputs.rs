//! `Inputs`, `PartialInputs` and `Input`.

use std::borrow::Cow;

use super::code::{Code, quote};

use super::derive::{self, On};
use super::types::{Place, ty};
use super::{doc, ident};
use crate::plan::json_schema::Member;
use crate::plan::types::Ty;
use crate::plan::{Input, Plan, Workflow};

/// The type of an input, and `into` if its setter accepts any value that converts into it.
fn of(input: &Input, workflow: &Workflow, plan: &Plan) -> (Code, Option<Code>) {
    let into = matches!(input.ty, Ty::String | Ty::Blob).then(|| quote!(into));
    (ty(&input.ty, plan, Place::Workflow(workflow.index)), into)
}

/// The type of the field of an input.
fn stored(input: &Input) -> Ty {
    let of = input.ty.clone();
    if input.required { of } else { of.optional() }
}

/// The name of an input in JSON, and `secret` if its value is redacted.
fn wire(input: &Input) -> (&str, Option<Code>) {
    (&input.name, input.secret.then(|| quote!(secret)))
}

pub(super) fn emit(workflow: &Workflow, plan: &Plan) -> Code {
    let inputs = &workflow.inputs;
    let id = doc::name(&workflow.id);
    let docs = |input: &Input| doc::docs(input.docs.as_deref(), &format!("The input {}.", doc::name(&input.name)));
    let fields = inputs.iter().map(|input| {
        let (docs, name, (of, _)) = (docs(input), ident(&input.ident), of(input, workflow, plan));
        let of = if input.required { of } else { quote!(__rt::Option<#of>) };
        let stored = stored(input);
        let place = Place::Workflow(workflow.index);
        let derived = derive::field(plan, (&input.ident, &input.name), &stored, place);
        quote!(#docs #derived pub #name: #of,)
    });
    let names = inputs.iter().map(|input| {
        let (name, (wire, secret)) = (ident(&input.ident), wire(input));
        // For a required nullable input, null and absence are the same.
        let always = (input.required && matches!(input.ty, Ty::Option(_))).then(|| quote!(always));
        quote!(#name: #wire #secret #always)
    });
    let partial = inputs.iter().map(|input| {
        let (docs, name, (of, into)) = (docs(input), ident(&input.ident), of(input, workflow, plan));
        let (wire, secret) = wire(input);
        quote!(#docs #name: [#into] #of = #wire [#secret])
    });
    let (required, optional): (Vec<&Input>, Vec<&Input>) = inputs.iter().partition(|input| input.required);
    let arguments = required.iter().map(|input| {
        let (name, (of, into)) = (ident(&input.ident), of(input, workflow, plan));
        quote!(#name: [#into] #of)
    });
    let rest = optional.iter().map(|input| ident(&input.ident));
    let setters = setters(&optional, workflow, plan);
    let title = doc::plain(&format!("The inputs of the workflow {id}."));
    let partial_title = doc::plain(&format!(
        "The inputs of the workflow {id}, all optional: set each as it becomes known."
    ));
    let constructor = doc::plain(if required.is_empty() {
        "No input is required."
    } else {
        "Takes the required inputs. The optional ones have setters."
    });
    let default = required
        .is_empty()
        .then(|| quote!(impl ::std::default::Default for Inputs { fn default() -> Self { Self::new() } }));
    let variants = variants(workflow);
    let on = On::Struct {
        default: default.is_some(),
    };
    let held = inputs.iter().map(|input| Cow::Owned(stored(input)));
    let derived = derive::container(plan, on, held);
    let members = inputs.iter().map(|input| Member {
        name: &input.name,
        ty: &input.ty,
        docs: input.docs.as_deref(),
        required: input.required,
    });
    let (summary, place) = (
        format!("The inputs of the workflow {id}."),
        Place::Workflow(workflow.index),
    );
    let described = derive::described(plan, "Inputs", &summary, &[&workflow.ident], members, place);
    quote! {
        #title
        #[derive(Clone)]
        #derived
        pub struct Inputs {
            #(#fields)*
        }
        __rt::record_type!(Inputs { #(#names),* });
        __rt::constructor!(#constructor Inputs(#(#arguments),*) { #(#rest),* });
        #described
        #setters
        #default
        __rt::partial!(#partial_title PartialInputs of Inputs { #(#partial),* });
        #variants
    }
}

/// The setters of optional inputs.
fn setters(optional: &[&Input], workflow: &Workflow, plan: &Plan) -> Option<Code> {
    let setters = optional.iter().map(|input| {
        let (name, (of, into)) = (ident(&input.ident), of(input, workflow, plan));
        let docs = doc::plain(&format!("Sets the input {}.", doc::name(&input.name)));
        quote!(#docs #name #name: [#into] #of)
    });
    (!optional.is_empty()).then(|| quote!(__rt::setters!(Inputs { #(#setters),* });))
}

fn variants(workflow: &Workflow) -> Code {
    let title = doc::plain(&format!("An input of the workflow {}.", doc::name(&workflow.id)));
    let members = workflow.inputs.iter().map(|input| {
        let docs = doc::plain(&doc::name(&input.name));
        let variant = ident(&input.variant);
        quote!(#docs #variant,)
    });
    let names = workflow.inputs.iter().map(|input| {
        let (variant, name) = (ident(&input.variant), &input.name);
        quote!(#variant: #name)
    });
    quote! {
        #title
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Input {
            #(#members)*
        }
        __rt::names!(Input { #(#names),* });
    }
}
