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

/// Where the expansion finds the runtime crate.
pub trait Home {
    /// The path of the runtime crate, seen from `depth` modules below the macro call.
    fn path(&self, depth: usize) -> TokenStream;
}

/// The tokens of a plan. With `broken`, the same items without their workings, so that code which
/// uses them still type-checks while the errors are shown.
#[must_use]
pub fn emit(plan: &Plan, home: &dyn Home, broken: bool) -> TokenStream {
    plan.workflows
        .iter()
        .map(|workflow| module(workflow, plan, home, broken))
        .collect()
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
    let errors = doc::plain(
        "\n# Errors\nA step failed and no action of the document helped; an input breaks its schema; the client lacks an address or a credential. The error holds the run, so that it can be mended and finished.",
    );
    let module_docs = doc::plain(&format!(
        "Inputs, outputs and runs of the workflow {}; the function of the same name calls it.{}",
        doc::name(id),
        apis(workflow)
    ));
    let inputs = inputs::emit(workflow);
    let outputs = outputs(workflow);
    let steps = steps(workflow, home);
    let types = types::module(workflow, &home.path(2));
    let sources = sources(workflow, plan);
    let run = run::emit(workflow, plan, broken);
    let outcome = outcome(workflow, plan);
    let dependencies = dependencies(workflow, plan);
    let result = result(workflow);
    let (argument, passed) = if workflow.dependencies.is_empty() {
        (quote!(), quote!())
    } else {
        (quote!(, dependencies: #name::Dependencies), quote!(, dependencies))
    };
    quote! {
        #summary
        #description
        #diagram
        #errors
        pub async fn #name<T: #outer::Transport>(client: &#outer::Client<T>, inputs: #name::Inputs #argument) -> ::std::result::Result<#name::#result, #name::Error> {
            let mut run = #name::Run::new(inputs #passed);
            match run.finish(client).await {
                ::std::result::Result::Ok(outputs) => ::std::result::Result::Ok(outputs),
                ::std::result::Result::Err(error) => ::std::result::Result::Err(#name::Error::new(error, run)),
            }
        }

        #module_docs
        pub mod #name {
            #[allow(unused_imports)]
            use ::std::option::Option::{self, None, Some};
            #[allow(unused_imports)]
            use ::std::result::Result::{self, Err, Ok};

            use #inner::__private as __rt;
            use #inner::__private::serde as __serde;

            #inputs
            #dependencies
            #outputs
            #outcome
            #steps
            #sources
            #types
            #run
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
    quote! {
        #title
        #[derive(Clone, Debug, PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub enum Outcome {
            /// At its own end.
            Completed(Outputs),
            #(#ends)*
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
        let docs = doc::plain(&format!("What the workflow {id} has returned."));
        let given = inputs.then(|| {
            let docs = doc::plain(&format!("What the workflow {id} was given."));
            let field = ident(&inputs_field(needed));
            quote!(#docs pub #field: super::#module::Inputs,)
        });
        Some(quote!(#docs pub #field: super::#module::Outputs, #given))
    });
    let title = doc::plain(&format!(
        "What must have run before the workflow {}.",
        doc::name(&workflow.id)
    ));
    quote! {
        #title
        #[derive(Clone, Debug, PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct Dependencies {
            #(#fields)*
        }
    }
}

/// The method `name` of an enum of names; one without variants has no values to name.
fn name_method(empty: bool, arms: &TokenStream, docs: &str) -> TokenStream {
    let docs = doc::plain(docs);
    let body = if empty {
        quote!(match self {})
    } else {
        quote!(match self { #arms })
    };
    quote! {
        #docs
        #[must_use]
        pub fn name(self) -> &'static str {
            #body
        }
    }
}

/// `Display` of an enum of names.
fn shown(name: &str) -> TokenStream {
    let of = ident(name);
    quote! {
        impl ::std::fmt::Display for #of {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.write_str(self.name())
            }
        }
    }
}

/// `Debug` with secrets left out.
fn debug<'f>(name: &str, fields: impl Iterator<Item = (&'f str, bool)>) -> TokenStream {
    let of = ident(name);
    let fields = fields.map(|(field, secret)| {
        let (label, field) = (field.trim_start_matches("r#"), ident(field));
        if secret {
            quote!(.field(#label, &::std::format_args!("redacted")))
        } else {
            quote!(.field(#label, &self.#field))
        }
    });
    quote! {
        impl ::std::fmt::Debug for #of {
            fn fmt(&self, formatter: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                formatter.debug_struct(#name)#(#fields)*.finish()
            }
        }
    }
}

fn output_type(output: &Output, workflow: &Workflow, prefix: &TokenStream) -> TokenStream {
    let kind = if output.required {
        output.ty.clone()
    } else {
        output.ty.clone().optional()
    };
    types::ty(&kind, workflow, prefix)
}

fn output_fields(outputs: &[Output], workflow: &Workflow, prefix: &TokenStream) -> TokenStream {
    outputs
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
            let of = output_type(output, workflow, prefix);
            let wire = &output.name;
            let optional =
                (!output.required).then(|| quote!(, default, skip_serializing_if = "::std::option::Option::is_none"));
            quote! {
                #docs
                #when
                #[serde(rename = #wire #optional)]
                pub #name: #of,
            }
        })
        .collect()
}

/// Derives of a struct with outputs, and its `Debug` where one is secret.
fn output_derives(name: &str, outputs: &[Output]) -> (TokenStream, TokenStream) {
    if outputs.iter().any(|output| output.secret) {
        (
            quote!(),
            debug(
                name,
                outputs.iter().map(|output| (output.ident.as_str(), output.secret)),
            ),
        )
    } else {
        (quote!(Debug,), quote!())
    }
}

fn outputs(workflow: &Workflow) -> TokenStream {
    let title = doc::plain(&format!("The outputs of the workflow {}.", doc::name(&workflow.id)));
    let fields = output_fields(&workflow.outputs, workflow, &quote!(types::));
    let (derive, debug) = output_derives("Outputs", &workflow.outputs);
    quote! {
        #title
        #[derive(Clone, #derive PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct Outputs {
            #fields
        }
        #debug
    }
}

fn steps(workflow: &Workflow, home: &dyn Home) -> TokenStream {
    let krate = home.path(2);
    let title = doc::plain(&format!("A step of the workflow {}.", doc::name(&workflow.id)));
    let variants = workflow.steps.iter().map(|step| {
        let docs = doc::plain(&doc::name(&step.id));
        let variant = ident(&step.variant);
        quote!(#docs #variant,)
    });
    let names = workflow.steps.iter().map(|step| {
        let (variant, id) = (ident(&step.variant), &step.id);
        quote!(Self::#variant => #id,)
    });
    let all = workflow.steps.iter().map(|step| {
        let variant = ident(&step.variant);
        quote!(Self::#variant)
    });
    let name = name_method(
        workflow.steps.is_empty(),
        &quote!(#(#names)*),
        "The id of the step in the document.",
    );
    let shown = shown("Step");
    let structs = workflow.steps.iter().map(|step| step_outputs(step, workflow));
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

        impl Step {
            /// The steps in the order of the document.
            pub const ALL: &'static [Self] = &[#(#all),*];

            #name
        }

        #shown

        impl ::std::convert::From<Step> for __rt::StepName {
            fn from(step: Step) -> Self {
                Self { file: SHAPE.file, workflow: SHAPE.workflow, step: step.name() }
            }
        }

        /// What each step has kept.
        pub mod steps {
            #[allow(unused_imports)]
            use #krate::__private as __rt;
            use #krate::__private::serde as __serde;
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

fn step_outputs(step: &Step, workflow: &Workflow) -> TokenStream {
    let title = doc::plain(&format!("What step {} has kept.", doc::name(&step.id)));
    let name = ident(&step.variant);
    let fields = output_fields(&step.outputs, workflow, &quote!(super::types::));
    let (derive, debug) = output_derives(&step.variant, &step.outputs);
    quote! {
        #title
        #[derive(Clone, #derive PartialEq, __serde::Serialize, __serde::Deserialize)]
        #[serde(crate = "self::__serde")]
        pub struct #name {
            #fields
        }
        #debug
    }
}

/// Reads outputs from what a step has kept.
fn collected(outputs: &[Output], read: impl Fn(usize, &Output) -> TokenStream) -> TokenStream {
    outputs
        .iter()
        .enumerate()
        .map(|(index, output)| {
            let name = ident(&output.ident);
            let value = read(index, output);
            let value = if output.required {
                quote!(#value?)
            } else {
                optional(output, &value)
            };
            quote!(#name: #value,)
        })
        .collect()
}

/// A value whose own type is an option reads null as `None`.
fn optional(output: &Output, value: &TokenStream) -> TokenStream {
    if matches!(output.ty, Ty::Option(_)) {
        quote!(#value.flatten())
    } else {
        quote!(#value)
    }
}

fn accessor(step: &Step, index: usize) -> TokenStream {
    let docs = doc::docs(
        step.description.as_deref(),
        &format!("What step {} has kept.", doc::name(&step.id)),
    );
    let when = doc::plain("\n`None` until the step has succeeded.");
    let (method, of) = (ident(&step.ident), ident(&step.variant));
    let index = Literal::usize_unsuffixed(index);
    let fields = collected(&step.outputs, |output, _| {
        let output = Literal::usize_unsuffixed(output);
        quote!(self.state.typed(#index, #output))
    });
    quote! {
        #docs
        #when
        #[must_use]
        pub fn #method(&self) -> Option<steps::#of> {
            if !self.state.has(#index) {
                return None;
            }
            Some(steps::#of { #fields })
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
