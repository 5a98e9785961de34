//! Phase 7: turns a plan into Rust.
//!
//! Input: a [`Plan`]. Output: Rust source text. Nothing here looks at YAML, and no earlier phase knows Rust.

mod action;
mod code;
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

use code::{Code, quote};
use module::{apis, dependencies, diagram, errors, sources};
use output::{outcome, outputs, steps};

use crate::plan::{Plan, Workflow};

/// A module of the expansion.
///
/// Its content names items of the runtime crate by `__rt`, which the caller has to import in it, visible to the module around
/// it: `pub(super) use ::arazzo::__private as __rt;`.
#[derive(Clone, Debug)]
pub struct Module {
    /// The items before the module, and its attributes.
    pub before: String,
    /// The name, possibly a raw identifier.
    pub name: String,
    /// The items in the module.
    pub content: String,
}

/// Returns the modules of a plan: one for each workflow, after the function that calls it, and one for each API whose types
/// workflows share. With `broken`, the items have no working bodies, so that code which uses them still type-checks while
/// the errors are shown.
#[must_use]
pub fn emit(plan: &Plan, broken: bool) -> Vec<Module> {
    let workflows = plan.workflows.iter().map(|workflow| module(workflow, plan, broken));
    let apis = plan.apis.iter().enumerate();
    let apis = apis.filter_map(|(index, api)| types::api(index, api, plan));
    workflows.chain(apis).collect()
}

/// Returns modules as one Rust source text, in which `home` is the path of the runtime crate.
///
/// ```
/// # use arazzo_compiler::emit::{Module, text};
/// let module = Module {
///     before: "fn before() {}".to_owned(),
///     name: "workflow".to_owned(),
///     content: "use __rt::Run;".to_owned(),
/// };
/// assert_eq!(
///     text(&[module], "::arazzo"),
///     "fn before() {}\npub mod workflow {\npub(super) use ::arazzo::__private as __rt;\nuse __rt::Run;\n}\n"
/// );
/// ```
#[must_use]
pub fn text(modules: &[Module], home: &str) -> String {
    let mut text = String::new();
    for Module { before, name, content } in modules {
        text.push_str(&format!(
            "{before}\npub mod {name} {{\npub(super) use {home}::__private as __rt;\n{content}\n}}\n"
        ));
    }
    text
}

/// Returns an identifier; `r#…` is a raw one.
fn ident(name: &str) -> Code {
    Code::of(name)
}

fn module(workflow: &Workflow, plan: &Plan, broken: bool) -> Module {
    let name = ident(&workflow.ident);
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
    let steps = steps(workflow, plan);
    let errors = errors(workflow, plan);
    let types = types::module(workflow, plan);
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
    let before = quote! {
        #summary
        #description
        #diagram
        #error_docs
        pub async fn #name<T: #name::__rt::Transport>(client: &#name::__rt::Client<T>, inputs: #name::Inputs #argument) -> ::std::result::Result<#name::#result, #name::Error> {
            #name::__rt::call::<#name::Workflow, T>(client, inputs, #passed).await
        }

        #module_docs
    };
    let content = quote! {
        #inputs
        #dependencies
        #outputs
        #outcome
        #steps
        #errors
        #sources
        #types
        #run
    };
    Module {
        before: before.into_text(),
        name: workflow.ident.clone(),
        content: content.into_text(),
    }
}

/// The name of the field with the inputs of a workflow that has run before.
fn inputs_field(workflow: &Workflow) -> String {
    format!("{}_inputs", workflow.ident.trim_start_matches("r#"))
}

/// The name of the result type of a run: its outputs, or an `Outcome` if it can leave for another workflow.
fn result(workflow: &Workflow) -> Code {
    ident(if workflow.ends.is_empty() { "Outputs" } else { "Outcome" })
}
