//! What a change of copies means for the workflows.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arazzo_compiler::Compilation;
use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::Severity;
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::plan::Plan;
use arazzo_compiler::source::{Disk, File, Library, normalise};

/// The disk, with the copies as they would be if they were fetched now.
pub(super) struct Upstream<'u>(pub(super) &'u BTreeMap<PathBuf, Arc<File>>);

impl Library for Upstream<'_> {
    fn open(&self, path: &Path) -> std::io::Result<Arc<File>> {
        match self.0.get(&PathBuf::from(normalise(&path.to_string_lossy()))) {
            Some(file) => Ok(Arc::clone(file)),
            None => Disk.open(path),
        }
    }
}

/// Says what changes for the workflows of a macro call.
pub(super) fn difference(before: &Compilation, after: &Compilation, call: &Options) -> String {
    let messages = |compilation: &Compilation| -> BTreeSet<String> {
        let errors = compilation
            .diagnostics
            .iter()
            .filter(|problem| problem.severity == Severity::Error);
        errors
            .map(|problem| format!("{} [{}]", problem.message, problem.rule.code))
            .collect()
    };
    let (old, new) = (messages(before), messages(after));
    let mut said = String::new();
    for message in new.difference(&old) {
        let _ = writeln!(said, "  breaking: {message}");
    }
    if let (Some(old), Some(new)) = (&before.plan, &after.plan) {
        let (old, new) = (parts(old), parts(new));
        for (name, text) in &old {
            match new.get(name) {
                None => {
                    let _ = writeln!(said, "  breaking: {name} was removed");
                }
                Some(other) if other != text => {
                    let _ = writeln!(said, "  changed: {name}");
                }
                Some(_) => {}
            }
        }
        for name in new.keys().filter(|name| !old.contains_key(*name)) {
            let _ = writeln!(said, "  new: {name}");
        }
        let same = emit_text(before) == emit_text(after);
        if said.is_empty() && !same {
            said.push_str("  changed: what the runs check\n");
        }
    }
    if said.is_empty() {
        said.push_str("  no effect on the workflows\n");
    }
    format!("{}\n{said}", call.document)
}

/// What the expansion of a plan consists of: the operations, and the types with their fields.
fn parts(plan: &Plan) -> BTreeMap<String, String> {
    let mut parts = BTreeMap::new();
    for workflow in &plan.workflows {
        for step in &workflow.steps {
            let name = format!("the operation `{}` of step `{}`", step.calls, step.id);
            parts.insert(name, format!("{:?}", step.act));
        }
        parts.insert(
            format!("the outputs of `{}`", workflow.qualified),
            workflow.outputs_schema.clone(),
        );
        parts.insert(
            format!("the inputs of `{}`", workflow.qualified),
            workflow.inputs_schema.clone(),
        );
    }
    for kind in &plan.types {
        parts.insert(
            format!("the type `{}` ({:?})", kind.ident, kind.home),
            format!("{:?}", kind.kind),
        );
    }
    parts
}

fn emit_text(compilation: &Compilation) -> String {
    compilation
        .plan
        .as_ref()
        .map(|plan| text(&emit(plan, false), "::arazzo"))
        .unwrap_or_default()
}
