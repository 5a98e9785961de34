//! `cargo arazzo graph`: the flow of workflows as Mermaid.

use std::fmt::Write as _;

use arazzo_compiler::compile;
use arazzo_compiler::plan::{Action, ActionKind, Detour, Plan, Workflow};
use arazzo_compiler::source::Disk;

use crate::arguments::Arguments;
use crate::report;

pub(crate) fn run(file: &str, arguments: &Arguments) -> (String, bool) {
    let compilation = compile(&arguments.options(file), &Disk);
    eprint!("{}", report::human(std::slice::from_ref(&compilation), &[], false));
    let good = !compilation.has_errors();
    match compilation.plan.as_ref().filter(|_| good) {
        Some(plan) if arguments.svg => match svg(&mermaid(plan)) {
            Ok(text) => (text, true),
            Err(message) => {
                eprintln!("{message}");
                (String::new(), false)
            }
        },
        Some(plan) => (mermaid(plan), true),
        None => (String::new(), false),
    }
}

pub(crate) fn mermaid(plan: &Plan) -> String {
    let mut out = String::from("flowchart TD\n");
    for (index, workflow) in plan.workflows.iter().enumerate() {
        let _ = writeln!(out, "  subgraph w{index} [\"{}\"]", escaped(&workflow.qualified));
        draw(&mut out, index, workflow, plan);
        out.push_str("  end\n");
    }
    for (index, workflow) in plan.workflows.iter().enumerate() {
        for (step, from) in workflow.steps.iter().zip(0..) {
            let site = step.site().and_then(|site| workflow.sites.get(site));
            if let Some(target) = site.and_then(|site| position(plan, site.target)) {
                let _ = writeln!(out, "  w{index}s{from} -. calls .-> w{target}");
            }
        }
    }
    out
}

/// The flow of one workflow.
pub(crate) fn mermaid_of(plan: &Plan, index: usize) -> String {
    let mut out = String::from("flowchart TD\n");
    let Some(workflow) = plan.workflows.get(index) else {
        return out;
    };
    draw(&mut out, index, workflow, plan);
    // Workflows to which the run leaves are single nodes here.
    for (other, target) in plan.workflows.iter().enumerate() {
        if other != index && out.contains(&format!("> w{other}\n")) {
            let _ = writeln!(out, "    w{other}[[\"{}\"]]", escaped(&target.qualified));
        }
    }
    out
}

/// Draws a diagram.
pub(crate) fn svg(mermaid: &str) -> Result<String, String> {
    // Without optimisation, the library asserts what it wishes of a layout.
    let drawn = std::panic::catch_unwind(|| mermaid_rs_renderer::render(mermaid));
    match drawn {
        Ok(drawn) => drawn.map_err(|error| format!("cannot draw the diagram: {error}")),
        Err(_) => Err("cannot draw the diagram".to_owned()),
    }
}

/// Position of a workflow in the plan, by its index among all workflows.
fn position(plan: &Plan, index: usize) -> Option<usize> {
    plan.workflows.iter().position(|workflow| workflow.index == index)
}

fn draw(out: &mut String, index: usize, workflow: &Workflow, plan: &Plan) {
    let node = |step: usize| format!("w{index}s{step}");
    let end = format!("w{index}end");
    let _ = writeln!(out, "    {end}(((end)))");
    for (number, step) in workflow.steps.iter().enumerate() {
        let _ = writeln!(
            out,
            "    {}[\"{}<br/>{}\"]",
            node(number),
            escaped(&step.id),
            escaped(&step.calls)
        );
    }
    if let Some(first) = workflow.first {
        let _ = writeln!(out, "    w{index}start((start)) --> {}", node(first));
    }
    for (number, step) in workflow.steps.iter().enumerate() {
        let from = node(number);
        for (success, actions) in [(true, &step.on_success), (false, &step.on_failure)] {
            for action in actions {
                arrow(out, &from, index, success, action, workflow, plan);
            }
        }
        let always = |action: &Action| action.criteria.is_empty() && !matches!(action.kind, ActionKind::Retry { .. });
        if !step.on_success.iter().any(always) {
            let _ = writeln!(out, "    {from} --> {}", step.next.map_or_else(|| end.clone(), node));
        }
    }
}

fn arrow(out: &mut String, from: &str, index: usize, success: bool, action: &Action, workflow: &Workflow, plan: &Plan) {
    let line = if success { "--" } else { "-." };
    let head = if success { "-->" } else { ".->" };
    let name = escaped(&action.name);
    let called = |site: usize| {
        let target = workflow.sites.get(site).map(|site| site.target);
        target.and_then(|target| position(plan, target))
    };
    let (label, to) = match &action.kind {
        ActionKind::End if success => (name, format!("w{index}end")),
        ActionKind::End => (name, format!("w{index}failed((failed))")),
        ActionKind::Goto(step) => (name, format!("w{index}s{step}")),
        ActionKind::Leave(site) => match called(*site) {
            Some(target) => (name, format!("w{target}")),
            None => return,
        },
        ActionKind::Retry { limit, detour, .. } => {
            let by = match detour {
                None => String::new(),
                Some(Detour::Step(step)) => {
                    let step = workflow.steps.get(*step).map_or("", |step| step.id.as_str());
                    format!(" by {}", escaped(step))
                }
                Some(Detour::Call(site)) => {
                    let target = called(*site).and_then(|target| plan.workflows.get(target));
                    format!(" by {}", escaped(target.map_or("", |target| &target.qualified)))
                }
            };
            (format!("{name}: retry{by}, at most {limit}"), from.to_owned())
        }
        ActionKind::Invalid => return,
    };
    let _ = writeln!(out, "    {from} {line} \"{label}\" {head} {to}");
}

/// Escapes text for use inside the quotes of a label.
fn escaped(text: &str) -> String {
    text.replace('"', "#quot;").replace(['\n', '\r'], " ")
}
