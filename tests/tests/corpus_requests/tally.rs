//! What was compared, and what was found.

use std::collections::BTreeSet;

use crate::exceptions::{EXCEPTIONS, excused};

/// Counts and problems.
#[derive(Default)]
pub struct Tally {
    pub documents: usize,
    pub lenient: usize,
    pub workflows: usize,
    pub steps: usize,
    pub attempts: usize,
    pub requests: usize,
    pub parameters: usize,
    pub bodies: usize,
    pub credentials: usize,
    pub criteria: usize,
    pub actions: usize,
    pub outputs: usize,
    pub workflow_outputs: usize,
    /// Steps that call a workflow or wait for a message.
    pub other_steps: usize,
    /// Steps that can send nothing, since a value that they need cannot be there.
    pub unsendable: BTreeSet<String>,
    /// Documents that do not compile, and why.
    pub skipped: Vec<String>,
    problems: BTreeSet<String>,
    excused: BTreeSet<usize>,
}

impl Tally {
    /// Adds a problem, unless it is a known one.
    pub fn problem(&mut self, document: &str, workflow: &str, step: &str, problem: &str) {
        match excused(document, step, problem) {
            Some(exception) => drop(self.excused.insert(exception)),
            None => drop(
                self.problems
                    .insert(format!("{document}: {workflow}/{step}: {problem}")),
            ),
        }
    }

    /// Prints the counts; fails on problems, on exceptions that are none any more, and where too little was compared.
    pub fn report(&self) {
        for skipped in &self.skipped {
            println!("does not compile: {skipped}");
        }
        for step in &self.unsendable {
            println!("can send nothing: {step}");
        }
        println!(
            "{} documents ({} of them leniently; {} do not compile), {} workflows, {} steps that call an operation ({} can send nothing; {} others)\n\
             {} attempts, {} requests: {} parameters, {} bodies, {} credentials\n\
             {} criteria, {} actions, {} outputs of steps, {} outputs of workflows; {} exceptions",
            self.documents,
            self.lenient,
            self.skipped.len(),
            self.workflows,
            self.steps,
            self.unsendable.len(),
            self.other_steps,
            self.attempts,
            self.requests,
            self.parameters,
            self.bodies,
            self.credentials,
            self.criteria,
            self.actions,
            self.outputs,
            self.workflow_outputs,
            self.excused.len(),
        );
        let problems: Vec<&str> = self.problems.iter().map(String::as_str).collect();
        assert!(
            problems.is_empty(),
            "{} problems\n{}",
            problems.len(),
            problems.join("\n")
        );
        let least = [
            (self.documents, 90),
            (self.steps - self.unsendable.len(), 900),
            (self.requests, 4000),
            (self.parameters, 2500),
            (self.bodies, 1500),
            (self.credentials, 1500),
            (self.criteria, 4000),
            (self.actions, 3000),
            (self.outputs, 1700),
            (self.workflow_outputs, 1400),
        ];
        for (index, (count, least)) in least.into_iter().enumerate() {
            assert!(count >= least, "count {index} is {count}, not even {least}");
        }
        for (index, (document, step, part, _)) in EXCEPTIONS.iter().enumerate() {
            assert!(
                self.excused.contains(&index),
                "no exception any more: {document} {step} {part}"
            );
        }
    }
}
