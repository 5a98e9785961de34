//! What was compared, and what was found.

use std::collections::{BTreeMap, BTreeSet};

use crate::exceptions::{UNSENDABLE, unsendable};

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
    pub unsendable: BTreeSet<(String, String)>,
    /// Documents that do not compile, and why.
    pub skipped: Vec<String>,
    problems: BTreeSet<String>,
}

impl Tally {
    pub fn problem(&mut self, document: &str, workflow: &str, step: &str, problem: &str) {
        self.problems
            .insert(format!("{document}: {workflow}/{step}: {problem}"));
    }

    /// Makes sure that the steps that can send nothing are the known ones.
    fn exceptions(&self) {
        let mut found: BTreeMap<&str, usize> = BTreeMap::new();
        for (document, _) in &self.unsendable {
            *found.entry(document).or_default() += 1;
        }
        for (document, count) in &found {
            assert_eq!(
                *count,
                unsendable(document),
                "steps of {document} that can send nothing"
            );
        }
        let steps: usize = UNSENDABLE.iter().map(|(_, count, _)| count).sum();
        assert_eq!(steps, self.unsendable.len(), "steps that can send nothing: {found:?}");
    }

    /// Prints the counts; fails on problems, and where too little was compared.
    pub fn report(&self) {
        for skipped in &self.skipped {
            println!("does not compile: {skipped}");
        }
        for (document, step) in &self.unsendable {
            println!("can send nothing: {document}: {step}");
        }
        println!(
            "{} documents ({} of them leniently; {} do not compile), {} workflows, {} steps that call an operation ({} can send nothing; {} others)\n\
             {} attempts, {} requests: {} parameters, {} bodies, {} credentials\n\
             {} criteria, {} actions, {} outputs of steps, {} outputs of workflows",
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
        self.exceptions();
    }
}
