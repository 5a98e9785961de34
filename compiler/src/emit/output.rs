//! Outputs of workflows and steps.

use std::borrow::Cow;

use super::code::{Code, literal, quote};

use super::derive::{self, On};
use super::types::{self, Place};
use super::{doc, ident, run};
use crate::plan::json_schema::Member;
use crate::plan::types::Ty;
use crate::plan::{Output, Plan, Step, Workflow};

/// The possible ends of a run that can leave for other workflows.
pub(super) fn outcome(workflow: &Workflow, plan: &Plan) -> Code {
    if workflow.ends.is_empty() {
        return Code::new();
    }
    let ends = workflow
        .ends
        .iter()
        .filter_map(|index| plan.workflow(*index))
        .map(|end| {
            let docs = doc::plain(&format!("The run ended in the workflow {}.", doc::name(&end.qualified)));
            let (variant, module) = (ident(&end.variant), ident(&end.ident));
            quote!(#docs #variant(super::#module::Outputs),)
        });
    let title = doc::plain(&format!(
        "The workflow in which a run of {} ended: its actions can transfer to other workflows.",
        doc::name(&workflow.id)
    ));
    let own = ("Completed".to_owned(), quote!(Outputs));
    let all = workflow
        .ends
        .iter()
        .filter_map(|index| plan.workflow(*index))
        .map(|end| {
            let module = ident(&end.ident);
            (end.variant.clone(), quote!(super::#module::Outputs))
        });
    let all: Vec<(String, Code)> = std::iter::once(own).chain(all).collect();
    let read = all.iter().map(|(name, of)| {
        let variant = ident(name);
        quote!(#name => Self::#variant(<#of as __rt::Data>::read(&value, levels)?),)
    });
    let view = all.iter().map(|(name, _)| {
        let variant = ident(name);
        quote!(Self::#variant(outputs) => __rt::View::Tagged(#name, outputs),)
    });
    let names = all.iter().map(|(name, _)| name);
    let left = run::left(workflow, plan);
    quote! {
        #title
        #[derive(Clone, Debug, PartialEq)]
        pub enum Outcome {
            /// The workflow has reached its own end.
            Completed(Outputs),
            #(#ends)*
        }

        impl __rt::Data for Outcome {
            fn read(value: &__rt::Datum<'_>, levels: usize) -> Result<Self, __rt::Fault> {
                let (name, value) = __rt::tagged(value)?;
                Ok(match &*name {
                    #(#read)*
                    _ => return Err(__rt::no_choice(&[#(#names),*])),
                })
            }

            fn view(&self) -> __rt::View<'_> {
                match self {
                    #(#view)*
                }
            }
        }

        __rt::impl_serde!(Outcome);

        impl __rt::Returned for Outcome {
            fn collect(run: &__rt::Frame<'_>, shape: &'static __rt::Shape) -> Option<Self> {
                if !run.left() {
                    return __rt::outputs(run, shape).map(Self::Completed);
                }
                #left
            }
        }
    }
}

fn output_type(output: &Output) -> Ty {
    if output.required {
        output.ty.clone()
    } else {
        output.ty.clone().optional()
    }
}

/// A struct with outputs.
pub(super) fn output_struct(
    name: &str,
    title: &str,
    outputs: &[Output],
    plan: &Plan,
    place: Place,
    module: &[&str],
) -> Code {
    let held = outputs.iter().map(|output| Cow::Owned(output_type(output)));
    let derived = derive::container(plan, On::Struct { default: false }, held);
    let members = outputs.iter().map(Member::from);
    let described = derive::described(plan, name, title, module, members, place);
    let title = doc::plain(title);
    let name = ident(name);
    let (fields, names): (Vec<Code>, Vec<Code>) = outputs
        .iter()
        .map(|output| {
            let when = if output.required {
                ""
            } else {
                " `None` if the response does not contain it, or if the run did not execute the step."
            };
            let docs = doc::docs(
                output.docs.as_deref(),
                &format!("The output {}.", doc::name(&output.name)),
            );
            let when = (!when.is_empty()).then(|| doc::plain(&format!("\n{}", when.trim())));
            let of = output_type(output);
            let derived = derive::field(plan, (&output.ident, &output.name), &of, place);
            let (name, of) = (ident(&output.ident), types::ty(&of, plan, place));
            let wire = &output.name;
            let secret = output.secret.then(|| quote!(secret));
            let always = (output.required && matches!(output.ty, Ty::Option(_))).then(|| quote!(always));
            (
                quote!(#docs #when #derived pub #name: #of,),
                quote!(#name: #wire #secret #always,),
            )
        })
        .unzip();
    quote! {
        #title
        #[derive(Clone)]
        #derived
        pub struct #name {
            #(#fields)*
        }
        __rt::record_type!(#name { #(#names)* });
        #described
    }
}

pub(super) fn outputs(workflow: &Workflow, plan: &Plan) -> Code {
    let title = format!("The outputs of the workflow {}.", doc::name(&workflow.id));
    output_struct(
        "Outputs",
        &title,
        &workflow.outputs,
        plan,
        Place::Workflow(workflow.index),
        &[&workflow.ident],
    )
}

pub(super) fn steps(workflow: &Workflow, plan: &Plan) -> Code {
    let title = doc::plain(&format!("A step of the workflow {}.", doc::name(&workflow.id)));
    let variants = workflow.steps.iter().map(|step| {
        let docs = doc::plain(&doc::name(&step.id));
        let variant = ident(&step.variant);
        quote!(#docs #variant,)
    });
    let names = workflow.steps.iter().map(|step| {
        let (variant, id) = (ident(&step.variant), &step.id);
        quote!(#variant: #id)
    });
    let structs = workflow.steps.iter().map(|step| step_outputs(step, workflow, plan));
    let accessors = workflow
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| accessor(step, index));
    quote! {
        #title
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Step {
            #(#variants)*
        }
        __rt::steps!(Step of Workflow { #(#names),* });

        /// The outputs of each step.
        pub mod steps {
            #[allow(unused_imports)]
            use super::__rt;
            #(#structs)*
        }

        /// The outputs of the completed steps.
        #[derive(Clone, Copy, Debug)]
        pub struct Steps<'a> {
            #[allow(dead_code)]
            state: &'a __rt::State,
        }

        #[allow(clippy::unused_self)]
        impl Steps<'_> {
            #(#accessors)*
        }
    }
}

pub(super) fn step_outputs(step: &Step, workflow: &Workflow, plan: &Plan) -> Code {
    let title = format!("The outputs of step {}.", doc::name(&step.id));
    let module = [workflow.ident.as_str(), "steps"];
    output_struct(
        &step.variant,
        &title,
        &step.outputs,
        plan,
        Place::Steps(workflow.index),
        &module,
    )
}

pub(super) fn accessor(step: &Step, index: usize) -> Code {
    let docs = doc::docs(
        step.description.as_deref(),
        &format!("The outputs of step {}.", doc::name(&step.id)),
    );
    let when = doc::plain("\n`None` until the step has succeeded.");
    let (method, of) = (ident(&step.ident), ident(&step.variant));
    let index = literal(index);
    quote! {
        #docs
        #when
        #[must_use]
        pub fn #method(&self) -> Option<steps::#of> {
            self.state.kept(#index)
        }
    }
}
