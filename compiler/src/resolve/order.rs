//! The order in which steps run.

use super::{Scope, listed};
use crate::diagnostic::{Diagnostic, rule};
use crate::program::{Source, Workflow, step_references};

/// Returns a stable topological order. If there is none, returns the nodes that can be ordered and those that depend on
/// each other.
pub(super) fn topological(needed: &[Vec<usize>]) -> Result<Vec<usize>, (Vec<usize>, Vec<usize>)> {
    let mut order: Vec<usize> = Vec::with_capacity(needed.len());
    let mut placed = vec![false; needed.len()];
    while order.len() < needed.len() {
        let waiting = || (0..needed.len()).filter(|index| !placed[*index]);
        let ready = waiting().find(|index| needed[*index].iter().all(|needed| placed[*needed]));
        let Some(next) = ready else {
            let stuck = waiting().collect();
            return Err((order, stuck));
        };
        placed[next] = true;
        order.push(next);
    }
    Ok(order)
}

impl<'a> Scope<'a, '_> {
    /// Returns a stable topological order of the steps by `dependsOn` and, if the workflow uses `dependsOn`, also by
    /// the outputs that steps read (Arazzo 1.1.0, "Step Dependencies and Execution Order").
    pub(super) fn order(&mut self, workflow: &Workflow<'a>) -> Vec<usize> {
        let explicit: Vec<Vec<usize>> = workflow.steps.iter().map(|step| step.depends_on.clone()).collect();
        if explicit.iter().all(Vec::is_empty) {
            return (0..explicit.len()).collect();
        }
        let mut all = explicit.clone();
        for (index, needed) in all.iter_mut().enumerate() {
            for (reference, _) in step_references(workflow, index) {
                match reference.source {
                    Source::StepOutput { step, .. } if step != index => needed.push(step),
                    _ => {}
                }
            }
        }
        // Steps in a loop read outputs of each other. In that case, only `dependsOn` is used.
        topological(&all)
            .or_else(|_| topological(&explicit))
            .unwrap_or_else(|(order, stuck)| {
                self.step_cycle(&stuck);
                [order, stuck].concat()
            })
    }

    fn step_cycle(&mut self, stuck: &[usize]) {
        let Some(step) = stuck.first().and_then(|index| self.workflow.steps.get(*index)) else {
            return;
        };
        let Some(text) = step.depends_on.first() else { return };
        let names = listed(
            stuck
                .iter()
                .filter_map(|index| Some(self.workflow.steps.get(*index)?.id.value)),
        );
        let message = format!("the steps {names} depend on each other (`dependsOn`)");
        self.diagnostics
            .push(Diagnostic::new(&rule::STEP_CYCLE, text.span(), message).help("remove one of the dependencies"));
    }
}
