//! Phase 6: plans what each step sends, reads and decides, with Rust names and types.
//!
//! Input: a checked `program::Program`. Output: a [`Plan`], which owns all its data and contains neither YAML nor
//! tokens.

pub mod constraint;
mod exchange;
mod field;
pub mod fingerprint;
pub mod json_schema;
mod model;
pub mod name;
mod output;
mod selection;
mod step;
pub mod types;
mod workflow;

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use name::Names;
use selection::{ends, qualified, unused_options, wanted};
use step::{errors, set_receives};
use types::Types;

use crate::bundle::Options;
use crate::diagnostic::Diagnostics;
use crate::flow::Flow;
use crate::program::value::quote_json;
use crate::program::{self, Program};
use crate::source::{FileId, Sources, Span};
use crate::status::StatusSet;
use crate::typing::Typing;

pub use exchange::{AddressPiece, Exchange};
pub use model::*;

/// Plans the workflows that the options select.
pub fn plan(
    program: &Program<'_>,
    flows: &[Flow],
    options: &Options,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Plan {
    unused_options(program, options, diagnostics);
    let wanted = wanted(program, options);
    let mut workflows: Vec<Workflow> = Vec::new();
    let mut names = Names::new("workflows", "");
    let (files, mut apis) = shared_apis(program, &wanted);
    let mut types = Types::new(files);
    for (index, workflow) in program.workflows.iter().enumerate().filter(|(index, _)| wanted[*index]) {
        let id = qualified(workflow);
        let id = id.as_str();
        let ident = renamed(options, id).unwrap_or_else(|| name::workflow(id));
        // A duplicate id is reported elsewhere; only the first workflow is expanded.
        let twice = |known: &program::Workflow<'_>| qualified(known) == id;
        if program.workflows[..index].iter().any(twice) {
            continue;
        }
        let ident = names.take(&ident, id, workflow.text.id.span(), diagnostics);
        let planner = Planner {
            program,
            workflow,
            typing: Typing::new(program, flows, index),
            flows,
            options,
            sources,
            sites: RefCell::default(),
            whole: RefCell::default(),
            codes: Cell::default(),
        };
        let api = planner.apis_used().next();
        types.enter(index, workflow.text.id.at.file, api);
        workflows.push(planner.workflow(ident, &mut types, diagnostics));
    }
    let mut sources: Vec<String> = Vec::new();
    for api in &program.apis {
        if !sources.contains(&api.client) {
            sources.push(api.client.clone());
        }
    }
    for api in &mut apis {
        while workflows.iter().any(|workflow| workflow.ident == api.ident) {
            api.ident.push('_');
        }
    }
    let types = types.finish();
    let schemas: Vec<String> = workflows
        .iter()
        .map(|workflow| json_schema::outputs(workflow, &workflows, &types))
        .collect();
    for (workflow, schema) in workflows.iter_mut().zip(schemas) {
        workflow.outputs_schema = schema;
    }
    Plan {
        file: options.label(&options.document),
        workflows,
        sources,
        types,
        apis,
        derives: options.derives.clone(),
    }
}

/// The files of the APIs whose types several workflows share, with the indices of their modules, and the modules.
fn shared_apis(program: &Program<'_>, wanted: &[bool]) -> (Vec<(FileId, usize)>, Vec<ApiModule>) {
    let (mut files, mut modules): (Vec<(FileId, usize)>, Vec<ApiModule>) = (Vec::new(), Vec::new());
    if wanted.iter().filter(|wanted| **wanted).count() < 2 {
        return (files, modules);
    }
    for api in &program.apis {
        let Some(file) = api.file.filter(|file| !files.iter().any(|(known, _)| known == file)) else {
            continue;
        };
        files.push((file, modules.len()));
        let mut ident = name::workflow(&api.client);
        while modules.iter().any(|module| module.ident == ident) {
            ident.push('_');
        }
        modules.push(ApiModule {
            name: api.client.clone(),
            ident,
        });
    }
    (files, modules)
}

/// Returns the name that the option `rename` sets for a workflow, or for an input, step or output of a workflow.
fn renamed(options: &Options, from: &str) -> Option<String> {
    let mut all = options.rename.iter();
    all.find(|(known, _)| known == from).map(|(_, to)| to.clone())
}

struct Planner<'p, 'a> {
    program: &'p Program<'a>,
    workflow: &'p program::Workflow<'a>,
    typing: Typing<'p, 'a>,
    flows: &'p [Flow],
    options: &'p Options,
    sources: &'p Sources,
    /// The calls planned so far.
    sites: RefCell<Vec<Site>>,
    /// The steps whose calls keep all outputs and inputs of the called workflow.
    whole: RefCell<BTreeSet<usize>>,
    /// The status codes of the response that an action reads.
    codes: Cell<Option<StatusSet>>,
}

impl Planner<'_, '_> {
    fn place(&self, span: Span) -> (usize, usize) {
        let (_, line, column) = self.sources.position(span);
        (line, column)
    }

    fn workflow(&self, ident: String, types: &mut Types, diagnostics: &mut Diagnostics) -> Workflow {
        let text = self.workflow.text;
        let inputs = self.inputs(types, diagnostics);
        let prefix = format!("{}.steps.", qualified(self.workflow));
        let (mut names, mut variants) = (Names::new("steps", &prefix), Names::new("steps", &prefix));
        let (mut steps, mut ids) = (Vec::new(), BTreeSet::new());
        for (index, step) in self.workflow.steps.iter().enumerate() {
            let (id, span) = (step.text.id.value, step.text.id.span());
            // A duplicate id is reported elsewhere.
            let duplicate = !ids.insert(id);
            let mut unheard = Diagnostics::default();
            let found = diagnostics.count();
            let heard = if duplicate { &mut unheard } else { &mut *diagnostics };
            let renamed = renamed(self.options, &format!("{prefix}{id}"));
            let wanted = name::step(renamed.as_deref().unwrap_or(id));
            let ident = names.take(&wanted, id, span, heard);
            let heard = if duplicate || diagnostics.count() > found {
                &mut unheard
            } else {
                &mut *diagnostics
            };
            let variant = variants.take(&name::pascal(renamed.as_deref().unwrap_or(id)), id, span, heard);
            steps.push(self.step(index, (ident, variant), types, diagnostics));
        }
        let prefix = format!("{}.outputs.", qualified(self.workflow));
        let outputs = self.outputs(&self.workflow.outputs, None, ("Outputs", prefix), types, diagnostics);
        // Inputs that the outputs of the workflow read must be present when it ends.
        let at_end: Vec<usize> = self.required_inputs(
            self.workflow
                .outputs
                .iter()
                .flat_map(|output| output.value.references()),
        );
        for (index, step) in steps.iter_mut().enumerate() {
            step.whole = self.whole.borrow().contains(&index);
            step.reachable = self.typing.flow().reachable.get(index) != Some(&false);
            let ends = step.next.is_none()
                || step
                    .on_success
                    .iter()
                    .any(|action| matches!(action.kind, ActionKind::End));
            if ends {
                step.needs.extend(at_end.iter().copied());
                step.needs.sort_unstable();
                step.needs.dedup();
            }
            // A call also waits for the inputs that its step needs afterwards, because it is not made twice.
            let mut sites = self.sites.borrow_mut();
            if let Some(site) = step.site().and_then(|site| sites.get_mut(site)) {
                site.needs.clone_from(&step.needs);
            }
        }
        set_receives(&mut steps);
        for (step, planned) in self.workflow.steps.iter().zip(&mut steps) {
            planned.errors = errors(step, &planned.variant, types);
        }
        Workflow {
            id: text.id.value.to_owned(),
            qualified: qualified(self.workflow),
            variant: name::pascal(&qualified(self.workflow)),
            file: self.sources.label(text.id.at.file).to_owned(),
            apis: self.apis(),
            ident,
            summary: text.summary.map(|text| text.value.to_owned()),
            description: text.description.map(|text| text.value.to_owned()),
            inputs,
            inputs_schema: json_schema::inputs(text.inputs),
            outputs_schema: String::new(),
            steps,
            outputs,
            index: self.typing.index,
            first: self.workflow.order.first().copied(),
            sites: self.sites.take(),
            ends: ends(self.program, self.typing.index),
            dependencies: self.dependencies(),
        }
    }
}

/// Returns a value of the document as compact JSON.
#[must_use]
pub fn json_text(at: crate::source::Cursor<'_>) -> String {
    use crate::source::Data;
    match &at.node().data {
        Data::String(text) => quote_json(text),
        Data::Array(_) => format!("[{}]", at.items().map(json_text).collect::<Vec<_>>().join(",")),
        Data::Object(_) => {
            let members: Vec<String> = at
                .members()
                .map(|entry| format!("{}:{}", quote_json(entry.key), json_text(entry.value)))
                .collect();
            format!("{{{}}}", members.join(","))
        }
        _ => at.scalar_text().unwrap_or("null").to_owned(),
    }
}

/// Returns the pointers into the response body that values read, each once, in order.
#[must_use]
pub fn body_pointers<'v>(reads: impl IntoIterator<Item = &'v Read>) -> Vec<Vec<String>> {
    let mut seen: BTreeSet<&[String]> = BTreeSet::new();
    let mut pointers = Vec::new();
    for read in reads {
        if read.source.is_body() && seen.insert(&read.pointer) {
            pointers.push(read.pointer.clone());
        }
    }
    pointers
}
