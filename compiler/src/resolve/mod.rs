//! Phase 4: resolves names.
//!
//! Input: the [`Document`] and its APIs. Output: a [`Program`] in which every expression refers to an input, a step's
//! output or a part of a message, and every step refers to what it calls. Names that cannot be found are reported here,
//! by a function named after its rule. If one similar name exists, it is used from then on, so that one mistake remains
//! one error.

mod action;
mod body;
mod channel;
mod comparison;
mod criterion;
mod exchange;
mod inputs;
mod invocation;
mod lookalike;
mod lookup;
mod message;
mod operation;
mod order;
mod output;
mod parameter;
mod part;
mod query;
mod reference;
mod selector;
mod step;
mod units;
mod value;

use std::collections::BTreeMap;

use inputs::resolve_inputs;
use units::{Unit, duplicates, duplicates_between, units};

use crate::bundle::Bundle;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::document::{self, Document};
use crate::program::{
    Act, Action, ActionKind, Argument, Body, Criterion, Destination, Engine, Exchange, Input, Invocation, JsonPiece,
    Program, Query, QueryPiece, Reference, ReplacementTarget, Request, Segment, Selection, Source, Step, Test, Value,
    ValueKind, Workflow, same,
};
use crate::source::Span;

pub use units::{NamedApi, NamedChannels};

/// Everything that the names in a workflow can refer to.
struct Scope<'a, 'd> {
    document: &'a Document<'a>,
    apis: &'d [NamedApi<'a>],
    channels: &'d [NamedChannels<'a>],
    units: &'d [Unit<'a>],
    /// The index of the document.
    unit: usize,
    workflow: &'a document::Workflow<'a>,
    /// Its steps by their ids.
    places: BTreeMap<&'a str, usize>,
    inputs: Vec<Input<'a>>,
    /// The inputs of every workflow of all documents.
    all_inputs: &'d [(Vec<Input<'a>>, bool)],
    /// Whether the inputs are known to be complete; if not, unknown inputs are not reported.
    closed: bool,
    /// The workflows that must have run before.
    depends_on: Vec<usize>,
    diagnostics: &'d mut Diagnostics,
}

/// Resolves the names in documents. The first document is the requested one. A document that could not be read is
/// `None`.
pub fn resolve<'a>(
    documents: &'a [Option<Document<'a>>],
    bundle: &'a Bundle,
    diagnostics: &mut Diagnostics,
) -> Program<'a> {
    let mut apis = Vec::new();
    let units = units(documents, bundle, &mut apis, diagnostics);
    let mut inputs: Vec<(Vec<Input<'a>>, bool)> = Vec::new();
    duplicates_between(&units, &apis, diagnostics);
    for unit in &units {
        duplicates(unit.document, diagnostics);
        for workflow in &unit.document.workflows {
            inputs.push(resolve_inputs(workflow, diagnostics));
        }
    }
    let mut workflows = Vec::new();
    for unit in 0..units.len() {
        for index in 0..units[unit].document.workflows.len() {
            workflows.push(resolve_workflow(&units, unit, &inputs, index, diagnostics));
        }
    }
    Program { workflows, apis }
}

/// Reports that a construct of the specification is not supported yet.
fn unsupported(what: &str, span: Span, diagnostics: &mut Diagnostics) {
    diagnostics.push(Diagnostic::new(
        &rule::UNSUPPORTED,
        span,
        format!("{what} are not supported yet"),
    ));
}

/// Returns the index of each step by its id; of the first one if there are several.
fn step_places<'a>(workflow: &document::Workflow<'a>) -> BTreeMap<&'a str, usize> {
    let steps = workflow.steps.iter().enumerate().rev();
    steps.map(|(index, step)| (step.id.value, index)).collect()
}

fn resolve_workflow<'a>(
    units: &[Unit<'a>],
    unit: usize,
    all_inputs: &[(Vec<Input<'a>>, bool)],
    index: usize,
    diagnostics: &mut Diagnostics,
) -> Workflow<'a> {
    let of = &units[unit];
    let workflow = &of.document.workflows[index];
    let (inputs, closed) = all_inputs[of.first + index].clone();
    let mut scope = Scope {
        document: of.document,
        apis: &of.apis,
        channels: &of.channels,
        units,
        unit,
        workflow,
        places: step_places(workflow),
        inputs,
        all_inputs,
        closed,
        depends_on: Vec::new(),
        diagnostics,
    };
    scope.depends_on = workflow
        .depends_on
        .iter()
        .filter_map(|id| scope.find_workflow(*id))
        .collect();
    let steps: Vec<Step<'a>> = workflow.steps.iter().map(|step| scope.step(step)).collect();
    let outputs = scope.outputs(&workflow.outputs, None);
    let mut resolved = Workflow {
        text: workflow,
        document: unit,
        names: of.names.to_vec(),
        inputs: std::mem::take(&mut scope.inputs),
        steps,
        order: Vec::new(),
        depends_on: std::mem::take(&mut scope.depends_on),
        outputs,
    };
    resolved.order = scope.order(&resolved);
    resolved
}

/// Lists names in back-ticks, separated by commas.
fn listed<'n>(names: impl Iterator<Item = &'n str>) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
