//! Fingerprints of what a stored run depends on. They distinguish runs that can continue from runs of a workflow that
//! has changed.
//!
//! A fingerprint is the hash of a text that is written only here. The text must not change; otherwise every stored run
//! would belong to a different workflow. What a step sends and its criteria are not part of the fingerprint, because
//! fixing them is a reason to continue a run.

use super::types::{Ty, TypeDef, TypeKind};
use super::{Act, Action, ActionKind, Detour, Input, Plan, Step, Workflow};

/// FNV-1a with 32 bits (Fowler, Noll and Vo): small, and the same on every machine.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}

/// The fingerprint of the type of an input.
#[must_use]
pub fn input(input: &Input, types: &[TypeDef]) -> u32 {
    let mut text = String::new();
    write_type(&input.ty, types, &mut Vec::new(), &mut text);
    hash(&text)
}

/// The fingerprints of what a step calls, of its outputs and of its actions.
#[must_use]
pub fn step(step: &Step, workflow: &Workflow, plan: &Plan) -> [u32; 3] {
    [
        hash(&called(step, workflow, plan)),
        hash(&outputs(step, workflow, plan)),
        hash(&actions(step, workflow, plan)),
    ]
}

/// The id of the workflow that a call refers to.
fn target<'p>(site: usize, workflow: &Workflow, plan: &'p Plan) -> &'p str {
    let site = workflow.sites.get(site);
    let target = site.and_then(|site| plan.workflow(site.target));
    target.map_or("", |target| &target.qualified)
}

fn called(step: &Step, workflow: &Workflow, plan: &Plan) -> String {
    match &step.act {
        Act::Http(request) => format!("{} {} {}", request.source, request.method, request.template()),
        Act::Channel(exchange) => {
            let word = if exchange.sends { "send" } else { "receive" };
            format!("{} {word} {}", exchange.source, exchange.template())
        }
        Act::Workflow(site) => format!("workflow {}", target(*site, workflow, plan)),
        Act::Unresolved => String::new(),
    }
}

fn outputs(step: &Step, workflow: &Workflow, plan: &Plan) -> String {
    let mut text = String::new();
    for output in &step.outputs {
        text.push_str(&output.name);
        text.push_str(if output.required { ": " } else { "?: " });
        write_type(&output.ty, &plan.types, &mut Vec::new(), &mut text);
        text.push('\n');
    }
    if step.whole
        && let Some(target) = step
            .site()
            .and_then(|site| workflow.sites.get(site))
            .and_then(|site| plan.workflow(site.target))
    {
        text.push_str("and all of the workflow that it calls\n");
        returned(target, true, &plan.types, &mut text);
    }
    text
}

/// Writes the outputs of a workflow, and its inputs if they are read.
fn returned(workflow: &Workflow, inputs: bool, types: &[TypeDef], text: &mut String) {
    for output in &workflow.outputs {
        text.push_str(&output.name);
        text.push_str(if output.required { ": " } else { "?: " });
        write_type(&output.ty, types, &mut Vec::new(), text);
        text.push('\n');
    }
    for input in workflow.inputs.iter().filter(|_| inputs) {
        text.push_str(&input.name);
        text.push_str(if input.required { " = " } else { "? = " });
        write_type(&input.ty, types, &mut Vec::new(), text);
        text.push('\n');
    }
}

/// The fingerprint of the outputs of the workflows in `dependsOn`; 0 if there are none.
#[must_use]
pub fn dependencies(workflow: &Workflow, plan: &Plan) -> u32 {
    let mut text = String::new();
    for (index, inputs) in &workflow.dependencies {
        if let Some(needed) = plan.workflow(*index) {
            text.push_str(&needed.qualified);
            text.push('\n');
            returned(needed, *inputs, &plan.types, &mut text);
        }
    }
    if text.is_empty() { 0 } else { hash(&text) }
}

/// Writes the actions of a step. Retries are counted by the position of their action, so the name of the action is
/// included. The target of a detour is included too.
fn actions(step: &Step, workflow: &Workflow, plan: &Plan) -> String {
    let id = |step: usize| workflow.steps.get(step).map_or("", |step| step.id.as_str());
    let kind = |action: &Action| match &action.kind {
        ActionKind::End => "end\n".to_owned(),
        ActionKind::Goto(step) => format!("goto {}\n", id(*step)),
        ActionKind::Leave(site) => format!("leave {}\n", target(*site, workflow, plan)),
        ActionKind::Retry { detour, .. } => match detour {
            None => "retry\n".to_owned(),
            Some(Detour::Step(step)) => format!("retry step {}\n", id(*step)),
            Some(Detour::Call(site)) => format!("retry workflow {}\n", target(*site, workflow, plan)),
        },
        ActionKind::Invalid => String::new(),
    };
    let one = |action: &Action| format!("{}: {}", action.name, kind(action));
    let list = |actions: &[Action]| actions.iter().map(one).collect::<String>();
    format!("success\n{}failure\n{}", list(&step.on_success), list(&step.on_failure))
}

/// Maximum length of the text of types. It doubles with every level if types share other types. A change beyond this
/// length is detected when the outputs of a stored run are read.
const LONGEST: usize = 1 << 20;

/// Maximum nesting of types in the text.
const DEEPEST: usize = 200;

/// Writes a type by its structure: a generated type that only has another name is the same type.
fn write_type(ty: &Ty, types: &[TypeDef], within: &mut Vec<usize>, text: &mut String) {
    if text.len() > LONGEST || within.len() > DEEPEST {
        return;
    }
    match ty {
        Ty::String => text.push_str("string"),
        Ty::I64 | Ty::U64 => text.push_str("integer"),
        Ty::I32 => text.push_str("int32"),
        Ty::F64 => text.push_str("number"),
        Ty::Bool => text.push_str("boolean"),
        Ty::Blob => text.push_str("binary"),
        Ty::Json => text.push_str("any"),
        Ty::Vec(item) => wrapped('[', item, ']', types, within, text),
        Ty::Map(value) => wrapped('<', value, '>', types, within, text),
        Ty::Option(inner) => wrapped('(', inner, '?', types, within, text),
        Ty::Boxed(inner) => write_type(inner, types, within, text),
        Ty::Named(index) => {
            // A type that contains itself is written as the number of levels to its outer occurrence.
            if let Some(depth) = within.iter().rev().position(|known| known == index) {
                text.push_str(&format!("^{depth}"));
                return;
            }
            let Some(def) = types.get(*index) else { return };
            within.push(*index);
            match &def.kind {
                TypeKind::Struct(fields) => {
                    text.push('{');
                    for field in fields {
                        text.push_str(&field.name);
                        text.push(':');
                        write_type(&field.ty, types, within, text);
                        text.push(';');
                    }
                    text.push('}');
                }
                TypeKind::Enum { variants, open } => {
                    let values: Vec<&str> = variants.iter().map(|(value, _)| value.as_str()).collect();
                    text.push_str(&format!("enum({}{})", values.join("|"), if *open { "|.." } else { "" }));
                }
            }
            within.pop();
        }
    }
}

fn wrapped(open: char, inner: &Ty, close: char, types: &[TypeDef], within: &mut Vec<usize>, text: &mut String) {
    text.push(open);
    write_type(inner, types, within, text);
    text.push(close);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_published_one() {
        assert_eq!(hash(""), 0x811c_9dc5);
        assert_eq!(hash("a"), 0xe40c_292c);
        assert_eq!(hash("foobar"), 0xbf9c_f968);
    }
}
