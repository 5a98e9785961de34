//! Items next to a workflow: its sources, its diagram, and its dependencies.

use super::code::{Code, quote};

use super::types::{self, Place};
use super::{doc, ident, inputs_field};
use crate::plan::{Action, ActionKind, Detour, Plan, Workflow};

/// The error responses that descriptions declare for the steps of a workflow.
pub(super) fn errors(workflow: &Workflow, plan: &Plan) -> Code {
    let steps = workflow.steps.iter().filter(|step| !step.errors.is_empty());
    let all: Vec<Code> = steps
        .map(|step| {
            let docs = doc::plain(&format!(
                "The error responses that the description declares for step {}.",
                doc::name(&step.id)
            ));
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
        return Code::new();
    }
    quote! {
        /// The error responses that the API declares, for `error.declared()`.
        pub mod errors {
            use super::__rt;
            #(#all)*
        }
    }
}

/// The names of the source descriptions that a workflow and the workflows it calls send requests to.
pub(super) fn sources(workflow: &Workflow, plan: &Plan) -> Code {
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
        return Code::new();
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
pub(super) fn apis(workflow: &Workflow) -> String {
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

/// The flow of a workflow as text.
pub(super) fn diagram(workflow: &Workflow, plan: &Plan) -> String {
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

/// The outputs of the workflows in `dependsOn`.
pub(super) fn dependencies(workflow: &Workflow, plan: &Plan) -> Code {
    if workflow.dependencies.is_empty() {
        return Code::new();
    }
    let fields = workflow.dependencies.iter().filter_map(|(index, inputs)| {
        let needed = plan.workflow(*index)?;
        let id = doc::name(&needed.qualified);
        let (field, module) = (ident(&needed.ident), ident(&needed.ident));
        let wire = needed.ident.trim_start_matches("r#");
        let docs = doc::plain(&format!("The outputs of the workflow {id}."));
        let given = inputs.then(|| {
            let docs = doc::plain(&format!("The inputs of the workflow {id}."));
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
        "The results of the workflows that must run before the workflow {}.",
        doc::name(&workflow.id)
    ));
    let (fields, names): (Vec<Code>, Vec<Code>) = fields.unzip();
    quote! {
        #title
        #[derive(Clone)]
        pub struct Dependencies {
            #(#fields)*
        }
        __rt::record_type!(Dependencies { #(#names)* });
    }
}
