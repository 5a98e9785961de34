//! Which workflows are expanded: those that the options select, and those that they call, depend on or leave for.

use crate::bundle::Options;
use crate::diagnostic::{Diagnostic, Diagnostics, rule};
use crate::program::{self, Act, Destination, Program};

/// Returns the id of a workflow, preceded by the names of the source descriptions on the path to its document.
pub(super) fn qualified(workflow: &program::Workflow<'_>) -> String {
    let names = workflow.names.iter().map(String::as_str);
    let parts: Vec<&str> = names.chain([workflow.text.id.value]).collect();
    parts.join(".")
}

/// Returns the workflows that the options select, and those that they call or depend on. Workflows of other documents
/// are expanded only in the second case.
pub(super) fn wanted(program: &Program<'_>, options: &Options) -> Vec<bool> {
    let asked = |workflow: &program::Workflow<'_>| {
        let id = workflow.text.id.value;
        workflow.names.is_empty() && (options.workflows.is_empty() || options.workflows.iter().any(|name| name == id))
    };
    let mut wanted = vec![false; program.workflows.len()];
    let mut stack: Vec<usize> = (0..program.workflows.len())
        .filter(|index| asked(&program.workflows[*index]))
        .collect();
    while let Some(index) = stack.pop() {
        if !std::mem::replace(&mut wanted[index], true) {
            stack.extend(called(&program.workflows[index]));
            stack.extend(&program.workflows[index].depends_on);
        }
    }
    wanted
}

/// Returns the workflows that a workflow calls or leaves for.
fn called(workflow: &program::Workflow<'_>) -> Vec<usize> {
    let mut targets = Vec::new();
    for step in &workflow.steps {
        if let Act::Workflow(invocation) = &step.act {
            targets.push(invocation.target);
        }
        let actions = step.on_success.iter().chain(&step.on_failure);
        targets.extend(actions.filter_map(|action| Some(action.kind.invocation()?.target)));
    }
    targets
}

/// Returns the workflows that a workflow leaves for.
fn left_for(workflow: &program::Workflow<'_>) -> Vec<usize> {
    let actions = workflow
        .steps
        .iter()
        .flat_map(|step| step.on_success.iter().chain(&step.on_failure));
    actions
        .filter_map(|action| match &action.kind {
            program::ActionKind::Goto(Destination::Workflow(invocation)) => Some(invocation.target),
            _ => None,
        })
        .collect()
}

/// Returns the workflows at whose end a run of this one can end after it has left.
pub(super) fn ends(program: &Program<'_>, start: usize) -> Vec<usize> {
    let mut found = Vec::new();
    let mut stack = left_for(&program.workflows[start]);
    stack.reverse();
    while let Some(index) = stack.pop() {
        if !found.contains(&index) {
            found.push(index);
            stack.extend(left_for(&program.workflows[index]));
        }
    }
    found
}

/// Returns the names in a workflow that the option `rename` accepts.
fn named(workflow: &program::Workflow<'_>) -> Vec<String> {
    let id = qualified(workflow);
    let mut names: Vec<String> = Vec::new();
    names.extend(
        workflow
            .inputs
            .iter()
            .map(|input| format!("{id}.inputs.{}", input.name)),
    );
    names.extend(
        workflow
            .outputs
            .iter()
            .map(|output| format!("{id}.outputs.{}", output.name)),
    );
    for step in &workflow.steps {
        let step_id = step.text.id.value;
        names.push(format!("{id}.steps.{step_id}"));
        let outputs = step.outputs.iter();
        names.extend(outputs.map(|output| format!("{id}.steps.{step_id}.outputs.{}", output.name)));
    }
    names
}

pub(super) fn unused_options(program: &Program<'_>, options: &Options, diagnostics: &mut Diagnostics) {
    let all: Vec<String> = program.workflows.iter().map(qualified).collect();
    let own: Vec<String> = program
        .workflows
        .iter()
        .filter(|workflow| workflow.names.is_empty())
        .map(qualified)
        .collect();
    let names: Vec<String> = program.workflows.iter().flat_map(named).chain(all).collect();
    let asked = options
        .workflows
        .iter()
        .map(|id| ("workflows", id, &own))
        .chain(options.rename.iter().map(|(id, _)| ("rename", id, &names)));
    for (option, id, known) in asked {
        if !known.contains(id) {
            let what = if option == "workflows" {
                "not a workflow of the document"
            } else {
                "not a workflow of the document, or an input, step or output of one"
            };
            let message = format!("the option `{option}` names `{id}`, which is {what}");
            let help = match crate::diagnostic::similar(id, known.iter().map(String::as_str)) {
                Some(name) => format!("a workflow with a similar name exists: `{name}`"),
                None => {
                    let known: Vec<String> = own.iter().map(|name| format!("`{name}`")).collect();
                    format!("the workflows are {}", known.join(", "))
                }
            };
            diagnostics.push(Diagnostic::new(&rule::UNUSED_OPTION, None, message).help(help));
        }
    }
}
