//! Phase 7: turns a plan into Rust.
//!
//! Input: a [`Plan`]. Output: tokens. Nothing here looks at YAML, and no earlier phase knows tokens.

mod action;
mod derive;
mod doc;
mod exchange;
mod inputs;
mod module;
mod output;
mod request;
mod run;
mod settle;
mod step;
mod test;
mod types;
mod value;
mod writer;

use module::{apis, dependencies, diagram, errors, sources};
use output::{outcome, outputs, steps};
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::plan::{Plan, Workflow};

/// The path of the runtime crate in the expansion.
pub trait Home {
    /// Returns the path of the runtime crate, seen from `depth` modules below the macro call.
    fn path(&self, depth: usize) -> TokenStream;
}

/// Returns the tokens of a plan. With `broken`, the items have no working bodies, so that code which uses them still
/// type-checks while the errors are shown.
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

/// Returns an identifier; `r#…` becomes a raw one.
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
        "\n# Errors\nA step failed and no failure action recovered; an input violates its schema; or the client has no base URL or credential for an API. The error contains the run, so that you can fix the cause and call `finish`.",
    );
    let module_docs = doc::plain(&format!(
        "Inputs, outputs and runs of the workflow {}. The function of the same name calls it.{}",
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

/// The name of the field with the inputs of a workflow that has run before.
fn inputs_field(workflow: &Workflow) -> String {
    format!("{}_inputs", workflow.ident.trim_start_matches("r#"))
}

/// The name of the result type of a run: its outputs, or an `Outcome` if it can leave for another workflow.
fn result(workflow: &Workflow) -> Ident {
    ident(if workflow.ends.is_empty() { "Outputs" } else { "Outcome" })
}
