//! Phase 7: a plan as Rust.
//!
//! Input: a [`Plan`]. Output: tokens. Nothing here looks at YAML, and nothing before here knows
//! tokens.

mod doc;
mod inputs;
mod run;
mod step;
mod types;
mod value;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::plan::types::Ty;
use crate::plan::{Action, ActionKind, Detour, Output, Plan, Step, Workflow};
use types::Place;

/// Where the expansion finds the runtime crate.
pub trait Home {
    /// The path of the runtime crate, seen from `depth` modules below the macro call.
    fn path(&self, depth: usize) -> TokenStream;
}

/// The tokens of a plan. With `broken`, the same items without their workings, so that code which
/// uses them still type-checks while the errors are shown.
#[must_use]
pub fn emit(plan: &Plan, home: &dyn Home, broken: bool) -> TokenStream {
    let workflows = plan
        .workflows
        .iter()
        .map(|workflow| module(workflow, plan, home, broken));
    let apis = plan.apis.iter().enumerate();
    let apis = apis.map(|(index, api)| types::api(index, api, plan, &home.path(2)));
    workflows.chain(apis).collect()
}

/// An identifier; `r#…` becomes a raw one.
fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => Ident::new(name, Span::call_site()),
    }
}

fn module(workflow: &Workflow, plan: &Plan, home: &dyn Home, broken: bool) -> TokenStream {
    let name = ident(&workflow.ident);
    let (outer, inner) = (home.path(0), home.path(1));
    let id = &workflow.qualified;
    let summary = doc::docs(workflow.summary.as_deref(), &format!("The workflow {}.", doc::name(id)));
    let description = workflow.description.as_deref().map(|text| {
        let docs = doc::docs(Some(text), "");
        quote!(#[doc = ""] #docs)
    });
    let diagram = doc::plain(&diagram(workflow, plan));
    let error_docs = doc::plain(
        "\n# Errors\nA step failed and no action of the document helped; an input breaks its schema; the client lacks an address or a credential. The error holds the run, so that it can be mended and finished.",
    );
    let module_docs = doc::plain(&format!(
        "Inputs, outputs and runs of the workflow {}; the function of the same name calls it.{}",
        doc::name(id),
        apis(workflow)
    ));
    let inputs = inputs::emit(workflow, plan);
    let outputs = outputs(workflow, plan);
    let steps = steps(workflow, plan, home);
    let errors = errors(workflow, plan, home);
    let types = types::module(workflow, plan, &home.path(2));
    let sources = sources(workflow, plan);
    let run = run::emit(workflow, plan, broken);
    let outcome = outcome(workflow, plan);
    let dependencies = dependencies(workflow, plan);
    let result = result(workflow);
    let (argument, passed) = if workflow.dependencies.is_empty() {
        (quote!(), quote!(()))
    } else {
        (quote!(, dependencies: #name::Dependencies), quote!(dependencies))
    };
    quote! {
        #summary
        #description
        #diagram
        #error_docs
        pub async fn #name<T: #outer::Transport>(client: &#outer::Client<T>, inputs: #name::Inputs #argument) -> ::std::result::Result<#name::#result, #name::Error> {
            #outer::__private::call::<#name::Workflow, T>(client, inputs, #passed).await
        }

        #module_docs
        pub mod #name {
            use #inner::__private as __rt;

            #inputs
            #dependencies
            #outputs
            #outcome
            #steps
            #errors
            #sources
            #types
            #run
        }
    }
}

/// The error responses that descriptions declare for its steps.
fn errors(workflow: &Workflow, plan: &Plan, home: &dyn Home) -> TokenStream {
    let krate = home.path(2);
    let steps = workflow.steps.iter().filter(|step| !step.errors.is_empty());
    let all: Vec<TokenStream> = steps
        .map(|step| {
            let docs = doc::plain(&format!("The error responses of step {}.", doc::name(&step.id)));
            let (name, id) = (ident(&step.variant), &step.id);
            let variants = step.errors.iter().map(|(status, variant, kind)| {
                let variant = ident(variant);
                let of = types::ty(kind, plan, Place::Steps(workflow.index));
                quote!(#status #variant(#of))
            });
            quote!(__rt::errors!(#docs #name of super::Workflow, #id { #(#variants),* });)
        })
        .collect();
    if all.is_empty() {
        return TokenStream::new();
    }
    quote! {
        /// The error responses that the API declares, for `error.declared()`.
        pub mod errors {
            use #krate::__private as __rt;
            #(#all)*
        }
    }
}

/// The names of the source descriptions that a workflow and those it calls send requests to.
fn sources(workflow: &Workflow, plan: &Plan) -> TokenStream {
    let mut reached = vec![workflow];
    let mut next = 0;
    while let Some(workflow) = reached.get(next) {
        next += 1;
        for target in workflow.sites.iter().filter_map(|site| plan.workflow(site.target)) {
            if !reached.iter().any(|known| known.index == target.index) {
                reached.push(target);
            }
        }
    }
    let mut names: Vec<(String, &str)> = Vec::new();
    for (name, _) in reached.iter().flat_map(|workflow| &workflow.apis) {
        if names.iter().any(|(_, known)| known == name) {
            continue;
        }
        let mut constant = crate::plan::name::constant(name);
        while names.iter().any(|(known, _)| *known == constant) {
            constant.push('_');
        }
        names.push((constant, name));
    }
    if names.is_empty() {
        return TokenStream::new();
    }
    let constants = names.iter().map(|(constant, name)| {
        let docs = doc::plain(&format!("The source description {}.", doc::name(name)));
        let constant = ident(constant);
        quote!(#docs pub const #constant: &str = #name;)
    });
    quote! {
        /// The names of the source descriptions, for `Client::builder().source(…)`.
        pub mod sources {
            #(#constants)*
        }
    }
}

/// The names that a client needs for the requests of a workflow.
fn apis(workflow: &Workflow) -> String {
    let names: Vec<String> = workflow.apis.iter().map(|(name, _)| doc::name(name)).collect();
    let mut text = match names.as_slice() {
        [] => String::new(),
        [only] => format!("\n\nIts requests go to the source description {only}."),
        all => format!("\n\nIts requests go to the source descriptions {}.", all.join(", ")),
    };
    for (name, _) in workflow.apis.iter().filter(|(_, absolute)| !absolute) {
        text.push_str(&format!(
            "\n\nThe description of {} has no absolute server URL: set one with {}.",
            doc::name(name),
            doc::name(&format!("Client::builder().source({name:?}, |api| api.base_url(…))"))
        ));
    }
    text
}

/// The flow of a workflow, as text.
fn diagram(workflow: &Workflow, plan: &Plan) -> String {
    let mut lines = Vec::new();
    let width = workflow
        .steps
        .iter()
        .map(|step| step.id.chars().count())
        .max()
        .unwrap_or(0);
    let step_id = |index: usize| workflow.steps.get(index).map_or("", |step| step.id.as_str());
    let called = |site: usize| {
        workflow
            .sites
            .get(site)
            .and_then(|site| plan.workflow(site.target))
            .map_or("", |target| target.qualified.as_str())
    };
    let mut next = workflow.first;
    let mut number = 0;
    while let Some(step) = next.and_then(|index| workflow.steps.get(index)) {
        number += 1;
        lines.push(format!("{number:>2}. {:<width$}  {}", step.id, step.calls));
        let target = |action: &Action| match &action.kind {
            ActionKind::Goto(step) => format!("go to {}", step_id(*step)),
            ActionKind::Leave(site) => format!("leave for workflow {}", called(*site)),
            ActionKind::Retry {
                limit, detour: None, ..
            } => format!("retry, at most {limit} times"),
            ActionKind::Retry {
                limit,
                detour: Some(Detour::Step(step)),
                ..
            } => {
                format!("{} and retry, at most {limit} times", step_id(*step))
            }
            ActionKind::Retry {
                limit,
                detour: Some(Detour::Call(site)),
                ..
            } => {
                format!("workflow {} and retry, at most {limit} times", called(*site))
            }
            ActionKind::End | ActionKind::Invalid => "end".to_owned(),
        };
        for (word, actions) in [("success", &step.on_success), ("failure", &step.on_failure)] {
            for action in actions {
                lines.push(format!("    on {word} `{}`: {}", action.name, target(action)));
            }
        }
        next = step.next;
    }
    format!("\n{}", doc::block(&lines))
}

/// How a run can end that can leave for other workflows.
fn outcome(workflow: &Workflow, plan: &Plan) -> TokenStream {
    if workflow.ends.is_empty() {
        return TokenStream::new();
    }
    let ends = workflow
        .ends
        .iter()
        .filter_map(|index| plan.workflow(*index))
        .map(|end| {
            let docs = doc::plain(&format!("At the end of the workflow {}.", doc::name(&end.qualified)));
            let (variant, module) = (ident(&end.variant), ident(&end.ident));
            quote!(#docs #variant(super::#module::Outputs),)
        });
    let title = doc::plain(&format!(
        "Where a run of the workflow {} has ended: actions of it leave for other workflows.",
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
    let all: Vec<(String, TokenStream)> = std::iter::once(own).chain(all).collect();
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
            /// At its own end.
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

/// What the workflows that must have run before have returned.
fn dependencies(workflow: &Workflow, plan: &Plan) -> TokenStream {
    if workflow.dependencies.is_empty() {
        return TokenStream::new();
    }
    let fields = workflow.dependencies.iter().filter_map(|(index, inputs)| {
        let needed = plan.workflow(*index)?;
        let id = doc::name(&needed.qualified);
        let (field, module) = (ident(&needed.ident), ident(&needed.ident));
        let wire = needed.ident.trim_start_matches("r#");
        let docs = doc::plain(&format!("What the workflow {id} has returned."));
        let given = inputs.then(|| {
            let docs = doc::plain(&format!("What the workflow {id} was given."));
            let wire = inputs_field(needed);
            let field = ident(&wire);
            (
                quote!(#docs pub #field: super::#module::Inputs,),
                quote!(#field: #wire,),
            )
        });
        let (given, given_name) = given.unzip();
        Some((
            quote!(#docs pub #field: super::#module::Outputs, #given),
            quote!(#field: #wire, #given_name),
        ))
    });
    let title = doc::plain(&format!(
        "What must have run before the workflow {}.",
        doc::name(&workflow.id)
    ));
    let (fields, names): (Vec<TokenStream>, Vec<TokenStream>) = fields.unzip();
    quote! {
        #title
        #[derive(Clone, PartialEq)]
        pub struct Dependencies {
            #(#fields)*
        }
        __rt::record_type!(Dependencies { #(#names)* });
    }
}

fn output_type(output: &Output, plan: &Plan, place: Place) -> TokenStream {
    let kind = if output.required {
        output.ty.clone()
    } else {
        output.ty.clone().optional()
    };
    types::ty(&kind, plan, place)
}

/// A struct with outputs.
fn output_struct(name: &str, title: &TokenStream, outputs: &[Output], plan: &Plan, place: Place) -> TokenStream {
    let name = ident(name);
    let (fields, names): (Vec<TokenStream>, Vec<TokenStream>) = outputs
        .iter()
        .map(|output| {
            let when = if output.required {
                ""
            } else {
                " Missing where the response or the way through the workflow has none."
            };
            let docs = doc::docs(
                output.docs.as_deref(),
                &format!("The output {}.", doc::name(&output.name)),
            );
            let when = (!when.is_empty()).then(|| doc::plain(&format!("\n{}", when.trim())));
            let name = ident(&output.ident);
            let of = output_type(output, plan, place);
            let wire = &output.name;
            let secret = output.secret.then(|| quote!(secret));
            let always = (output.required && matches!(output.ty, Ty::Option(_))).then(|| quote!(always));
            (
                quote!(#docs #when pub #name: #of,),
                quote!(#name: #wire #secret #always,),
            )
        })
        .unzip();
    quote! {
        #title
        #[derive(Clone, PartialEq)]
        pub struct #name {
            #(#fields)*
        }
        __rt::record_type!(#name { #(#names)* });
    }
}

fn outputs(workflow: &Workflow, plan: &Plan) -> TokenStream {
    let title = doc::plain(&format!("The outputs of the workflow {}.", doc::name(&workflow.id)));
    output_struct(
        "Outputs",
        &title,
        &workflow.outputs,
        plan,
        Place::Workflow(workflow.index),
    )
}

fn steps(workflow: &Workflow, plan: &Plan, home: &dyn Home) -> TokenStream {
    let krate = home.path(2);
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

        /// What each step has kept.
        pub mod steps {
            #[allow(unused_imports)]
            use #krate::__private as __rt;
            #(#structs)*
        }

        /// What the steps of a run have kept so far.
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

fn step_outputs(step: &Step, workflow: &Workflow, plan: &Plan) -> TokenStream {
    let title = doc::plain(&format!("What step {} has kept.", doc::name(&step.id)));
    output_struct(&step.variant, &title, &step.outputs, plan, Place::Steps(workflow.index))
}

fn accessor(step: &Step, index: usize) -> TokenStream {
    let docs = doc::docs(
        step.description.as_deref(),
        &format!("What step {} has kept.", doc::name(&step.id)),
    );
    let when = doc::plain("\n`None` until the step has succeeded.");
    let (method, of) = (ident(&step.ident), ident(&step.variant));
    let index = Literal::usize_unsuffixed(index);
    quote! {
        #docs
        #when
        #[must_use]
        pub fn #method(&self) -> Option<steps::#of> {
            self.state.kept(#index)
        }
    }
}

/// The name of the field that holds the inputs of a workflow that has run before.
fn inputs_field(workflow: &Workflow) -> String {
    format!("{}_inputs", workflow.ident.trim_start_matches("r#"))
}

/// The name of what a run returns: its outputs, or where it can leave, how it has ended.
fn result(workflow: &Workflow) -> Ident {
    ident(if workflow.ends.is_empty() { "Outputs" } else { "Outcome" })
}
