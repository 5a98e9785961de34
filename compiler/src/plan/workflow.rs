//! The inputs, APIs and dependencies of a workflow.

use super::name::{self, Names};
use super::output::file;
use super::selection::qualified;
use super::types::{Ty, Types};
use super::{Input, Origin, Planner, Site, constraint, json_text, renamed};
use crate::diagnostic::Diagnostics;
use crate::program::{self, Invocation, Reference, Source};
use crate::schema::Schema;
use crate::source::FileId;

impl Planner<'_, '_> {
    /// The indices of the shared APIs that the workflow sends requests to.
    pub(super) fn apis_used(&self) -> impl Iterator<Item = usize> {
        let requests = self.workflow.steps.iter().filter_map(|step| step.act.request());
        let requests = requests.filter_map(|request| self.program.apis.get(request.api)?.file);
        let files: Vec<FileId> = self.program.apis.iter().filter_map(|api| api.file).collect();
        requests.filter_map(move |file| {
            let mut distinct: Vec<FileId> = Vec::new();
            for known in &files {
                if !distinct.contains(known) {
                    distinct.push(*known);
                }
            }
            distinct.iter().position(|known| *known == file)
        })
    }

    /// The names of the APIs that its requests go to, each once, in order.
    pub(super) fn apis(&self) -> Vec<(String, bool)> {
        let mut names: Vec<(String, bool)> = Vec::new();
        for step in &self.workflow.steps {
            let Some(request) = step.act.request() else { continue };
            let Some(api) = self.program.apis.get(request.api) else {
                continue;
            };
            // A client of channels has a broker instead.
            let absolute = api.channels || request.operation.server.contains("://");
            match names.iter_mut().find(|(name, _)| *name == api.client) {
                Some((_, all)) => *all &= absolute,
                None => names.push((api.client.clone(), absolute)),
            }
        }
        names
    }

    pub(super) fn dependencies(&self) -> Vec<(usize, bool)> {
        let steps = (0..self.workflow.steps.len()).flat_map(|index| program::step_references(self.workflow, index));
        let read: Vec<usize> = steps
            .map(|(reference, _)| reference)
            .chain(
                self.workflow
                    .outputs
                    .iter()
                    .flat_map(|output| output.value.references()),
            )
            .filter_map(|reference| match reference.source {
                Source::Dependency {
                    workflow, input: true, ..
                } => Some(workflow),
                _ => None,
            })
            .collect();
        self.workflow
            .depends_on
            .iter()
            .map(|&index| (index, read.contains(&index)))
            .collect()
    }

    pub(super) fn inputs(&self, types: &mut Types, diagnostics: &mut Diagnostics) -> Vec<Input> {
        let prefix = format!("{}.inputs.", qualified(self.workflow));
        let (mut names, mut variants) = (Names::new("inputs", &prefix), Names::new("inputs", &prefix));
        let mut inputs = Vec::new();
        for input in &self.workflow.inputs {
            let renamed = renamed(self.options, &format!("{prefix}{}", input.name));
            let own = renamed.as_deref().unwrap_or(input.name);
            let mut ident = name::snake(own);
            // `new` is the constructor of the struct with the setters.
            if ident == "new" {
                ident.push('_');
            }
            let found = diagnostics.count();
            let ident = names.take(&ident, input.name, input.span, diagnostics);
            let mut unheard = Diagnostics::default();
            let heard = if diagnostics.count() > found {
                &mut unheard
            } else {
                &mut *diagnostics
            };
            let variant = variants.take(&name::pascal(own), input.name, input.span, heard);
            let ty = input.schema.map_or(Ty::Json, |schema| match file(schema) {
                Some(file) => file,
                None => types.of(schema, input.name, false),
            });
            let nullable = input.schema.is_some_and(Schema::nullable);
            let default = input
                .schema
                .and_then(crate::schema::Schema::default_value)
                .map(json_text);
            let constraint = input
                .schema
                .map(|schema| constraint::constraint(input.at, schema, &ty, diagnostics))
                .unwrap_or_default();
            inputs.push(Input {
                name: input.name.to_owned(),
                variant,
                ident,
                ty: if nullable { ty.optional() } else { ty },
                required: input.required,
                constraint,
                default,
                docs: input
                    .schema
                    .and_then(|schema| schema.text("description"))
                    .map(str::to_owned),
                secret: input
                    .schema
                    .is_some_and(|schema| schema.text("format") == Some("password")),
            });
        }
        inputs
    }

    pub(super) fn required_inputs<'r>(&self, references: impl Iterator<Item = &'r Reference>) -> Vec<usize> {
        let mut needed: Vec<usize> = references
            .filter_map(|reference| match reference.source {
                Source::Input(index) if self.workflow.inputs.get(index).is_some_and(|input| input.required) => {
                    Some(index)
                }
                _ => None,
            })
            .collect();
        needed.sort_unstable();
        needed.dedup();
        needed
    }

    /// Plans a call, and returns its index.
    pub(super) fn site(&self, invocation: &Invocation, at: usize) -> Option<usize> {
        let inputs = &self.program.workflows[invocation.target].inputs;
        let mut arguments = Vec::new();
        for (input, value) in &invocation.arguments {
            arguments.push((inputs.get(*input)?.name.to_owned(), self.value(value, Some(at))?));
        }
        let needs = self.required_inputs(invocation.arguments.iter().flat_map(|(_, value)| value.references()));
        let dependencies = self.origins(invocation.target, at)?;
        let mut sites = self.sites.borrow_mut();
        sites.push(Site {
            dependencies,
            target: invocation.target,
            arguments,
            needs,
        });
        Some(sites.len() - 1)
    }

    fn origins(&self, target: usize, at: usize) -> Option<Vec<Origin>> {
        let needed = self.program.workflows[target].depends_on.iter();
        needed
            .map(|needed| {
                if self.workflow.depends_on.contains(needed) {
                    return Some(Origin::Own);
                }
                let step = crate::flow::ran_before(self.workflow, self.flows, self.typing.flow(), at, *needed)?;
                self.whole.borrow_mut().insert(step);
                Some(Origin::Step(step, self.workflow.steps[step].outputs.len()))
            })
            .collect()
    }
}
