//! The attempts that are made: one for each thing that a step can do, from a forged run whose next step it is.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::answer::Answer;
use crate::api::Scheme;
use crate::census;
use crate::document::{Document, Kept, Step, Workflow};
use crate::driver::Expansion;
use crate::expression::{Got, Scope};
use crate::judge;
use crate::request::{Body, Request, Unsendable, credential, override_of};
use crate::sample::Sampler;
use crate::scenario::{Goal, answers, goals, reachable, reached, walk};
use crate::tally::Tally;

/// One attempt, or the end of a run.
struct Case<'a> {
    document: &'a Document,
    workflow: &'a str,
    /// The number of its step; `None` for the end.
    step: Option<usize>,
    request: Option<Result<Request, Unsendable>>,
    outputs: BTreeMap<String, Got>,
    answer: Option<Answer>,
    inputs: Value,
    kept: Kept,
    sent: Value,
}

/// All attempts, in the order of the documents.
#[derive(Default)]
pub struct Cases<'a> {
    steps: Vec<Step<'a>>,
    /// What each step can do that is not known how to reach.
    open: Vec<BTreeSet<Goal>>,
    cases: Vec<Case<'a>>,
}

impl<'a> Cases<'a> {
    /// What the driver is told.
    pub fn requests(&self) -> Vec<Value> {
        self.cases.iter().map(|case| case.sent.clone()).collect()
    }

    pub fn add(&mut self, document: &'a Document, expansion: &Expansion, first: usize, tally: &mut Tally) {
        let steps: Vec<Step<'_>> = document
            .workflows()
            .into_iter()
            .flat_map(|workflow| workflow.steps)
            .collect();
        for problem in census::differences(&expansion.code, &steps) {
            tally.problem(&document.path, "", "", &problem);
        }
        for workflow in document.workflows() {
            tally.workflows += 1;
            let number = expansion.workflows.iter().position(|(id, ..)| id == workflow.id);
            match number {
                Some(number) => self.workflow(document, workflow, first + number, tally),
                None => tally.problem(&document.path, workflow.id, "", "the workflow has no counterpart"),
            }
        }
    }

    fn workflow(&mut self, document: &'a Document, workflow: Workflow<'a>, number: usize, tally: &mut Tally) {
        let sampler = Sampler {
            root: &document.root,
            full: true,
        };
        let inputs = sampler.value(document.inputs(&workflow), &[], "i");
        let setting = Setting {
            document,
            workflow: workflow.id,
            text: workflow.at.to_string(),
            number,
            inputs: if inputs.is_object() { inputs } else { json!({}) },
            sources: sources(document, &workflow.steps),
            urls: urls(document),
        };
        let mut kept = Kept::new();
        for step in workflow.steps {
            if step.operation.is_none() {
                tally.other_steps += 1;
                continue;
            }
            let outputs = self.attempts(&setting, &step, &kept);
            let values = outputs.into_iter().filter_map(|(name, got)| match got {
                Got::Value(value) => Some((name, value)),
                _ => None,
            });
            kept.insert(step.id.to_owned(), values.collect());
            self.steps.push(step);
        }
        let scope = setting.scope(&kept);
        let outputs = values(&scope, &workflow.outputs);
        let end = json!({ "next": null });
        self.cases.push(setting.case(end, outputs, &kept));
    }

    /// Adds the attempts of a step; what it returns when it succeeds.
    fn attempts(&mut self, setting: &Setting<'a>, step: &Step<'a>, kept: &Kept) -> BTreeMap<String, Got> {
        let scope = setting.scope(kept);
        let (all, open) = answers(step, &scope, &later(&setting.text, step));
        let mut best: Option<(bool, BTreeMap<String, Got>)> = None;
        for answer in all {
            let scope = Scope {
                answer: Some(&answer),
                ..scope
            };
            let outputs = values(&scope, &step.outputs);
            let succeeds = walk(step, &scope, &mut |_, met| met).is_some_and(|walk| walk.succeeded);
            if best.as_ref().is_none_or(|(succeeded, _)| succeeds && !succeeded) {
                best = Some((succeeds, outputs.clone()));
            }
            let sent = json!({ "next": step.id, "sources": setting.sources, "answer": sent_answer(&answer) });
            let request = step.operation.map(|operation| {
                let base = setting.base(&operation.api.name);
                Request::of(step, &operation, &setting.scope(kept), base)
            });
            self.cases.push(Case {
                step: Some(self.steps.len()),
                request,
                answer: Some(answer),
                ..setting.case(sent, outputs, kept)
            });
        }
        self.open.push(open);
        best.unwrap_or_default().1
    }

    pub fn judge(&self, seen: &[Value], tally: &mut Tally) {
        let mut done: Vec<BTreeSet<Goal>> = self.steps.iter().map(|_| BTreeSet::new()).collect();
        for (case, seen) in self.cases.iter().zip(seen) {
            let step = case.step.map(|step| &self.steps[step]);
            let name = step.map_or("", |step| step.id);
            let mut wrong: Vec<String> = Vec::new();
            if let Some(refused) = seen.get("refused") {
                wrong.push(format!("the run is refused: {refused}"));
            } else if let (Some(step), Some(index)) = (step, case.step) {
                wrong.extend(case.attempt(step, seen, &mut done[index], tally));
            } else {
                tally.workflow_outputs += case.outputs.len();
                let whole = &seen["outputs"];
                wrong.extend(judge::outputs(&case.outputs, whole.get("Completed").unwrap_or(whole)));
            }
            for problem in wrong {
                tally.problem(&case.document.path, case.workflow, name, &problem);
            }
        }
        self.cover(&done, tally);
    }

    fn sends(&self, step: usize) -> bool {
        let mut own = self.cases.iter().filter(|case| case.step == Some(step));
        own.any(|case| matches!(case.request, Some(Ok(_))))
    }

    /// Every criterion and action must have been seen at work.
    fn cover(&self, done: &[BTreeSet<Goal>], tally: &mut Tally) {
        for (index, step) in self.steps.iter().enumerate() {
            let case = self.cases.iter().find(|case| case.step == Some(index));
            let Some(case) = case else { continue };
            tally.steps += 1;
            tally.parameters += if self.sends(index) { step.parameters.len() } else { 0 };
            tally.criteria += step.criteria.len();
            tally.criteria += step
                .success
                .iter()
                .chain(&step.failure)
                .map(|action| action.criteria.len())
                .sum::<usize>();
            tally.actions += step.success.len() + step.failure.len();
            tally.outputs += step.outputs.len();
            let reachable = reachable(&step.success).chain(reachable(&step.failure)).count();
            if reachable < step.success.len() + step.failure.len() {
                tally.problem(&case.document.path, case.workflow, step.id, "an action is never taken");
            }
            for goal in goals(step).difference(&done[index]) {
                let impossible = self.open[index].contains(goal);
                // Its actions may leave nothing over.
                if impossible && matches!(goal, Goal::TakeNone(_)) {
                    continue;
                }
                let known = if impossible {
                    "no response is known for"
                } else {
                    "never seen:"
                };
                tally.problem(
                    &case.document.path,
                    case.workflow,
                    step.id,
                    &format!("{known} {goal:?}"),
                );
            }
        }
    }
}

/// What all attempts of a workflow share.
struct Setting<'a> {
    document: &'a Document,
    workflow: &'a str,
    /// The workflow as JSON.
    text: String,
    /// Its number in the table of the driver.
    number: usize,
    inputs: Value,
    sources: Value,
    urls: Vec<(String, String)>,
}

impl<'a> Setting<'a> {
    fn scope<'s>(&'s self, kept: &'s Kept) -> Scope<'s> {
        Scope {
            inputs: &self.inputs,
            kept,
            answer: None,
            sources: &self.urls,
        }
    }

    /// The base URL that the client is told of.
    fn base(&self, source: &str) -> Option<&str> {
        let mut all = self.sources.as_array().into_iter().flatten();
        all.find(|at| at["name"] == source)?["base"].as_str()
    }

    fn case(&self, mut sent: Value, outputs: BTreeMap<String, Got>, kept: &Kept) -> Case<'a> {
        sent["workflow"] = json!(self.number);
        sent["inputs"] = self.inputs.clone();
        sent["steps"] = json!(kept);
        Case {
            document: self.document,
            workflow: self.workflow,
            step: None,
            request: None,
            outputs,
            answer: None,
            inputs: self.inputs.clone(),
            kept: kept.clone(),
            sent,
        }
    }
}

/// The values of outputs.
fn values(scope: &Scope<'_>, outputs: &[(&str, &Value)]) -> BTreeMap<String, Got> {
    let all = outputs.iter();
    all.map(|(name, value)| ((*name).to_owned(), scope.value(value)))
        .collect()
}

impl Case<'_> {
    fn attempt(&self, step: &Step<'_>, seen: &Value, done: &mut BTreeSet<Goal>, tally: &mut Tally) -> Vec<String> {
        tally.attempts += 1;
        let requests = seen["requests"].as_array().map_or(&[][..], Vec::as_slice);
        let error = &seen["error"];
        let mut wrong = Vec::new();
        match (self.request.as_ref(), requests) {
            (Some(Err(why)), []) if error["kind"] == "Request" => {
                // What the document reads cannot be there; the census counts what the step has.
                let text = error["text"].as_str().unwrap_or_default();
                if !why
                    .split('`')
                    .skip(1)
                    .step_by(2)
                    .all(|name| text.contains(&format!("`{name}`")))
                {
                    wrong.push(format!("the step does not fail by {why}, found {error}"));
                }
                let place = format!("{}/{}: {why}", self.workflow, step.id);
                tally.unsendable.insert((self.document.path.clone(), place));
                done.extend(goals(step));
                return wrong;
            }
            (Some(Ok(right)), [sent]) => {
                tally.requests += 1;
                tally.bodies += usize::from(right.body != Body::None);
                wrong.extend(judge::request(right, sent));
                let secret = |value: &Option<String>| value.as_ref().is_some_and(|value| value.contains("secret-of-"));
                let all = right.headers.iter().chain(&right.query).chain(&right.cookies);
                tally.credentials += usize::from(all.into_iter().any(|(_, value)| secret(value)));
            }
            (right, sent) => {
                wrong.push(format!(
                    "{} requests are sent, error {error}, right is {right:?}",
                    sent.len()
                ));
                return wrong;
            }
        }
        let urls = urls(self.document);
        let scope = Scope {
            inputs: &self.inputs,
            kept: &self.kept,
            answer: self.answer.as_ref(),
            sources: &urls,
        };
        let (walk, problems) = judge::decisions(step, &scope, seen);
        wrong.extend(problems);
        let Some(walk) = walk else { return wrong };
        done.extend(reached(step, &walk));
        if walk.succeeded {
            if error["kind"] == "Response" {
                wrong.push(format!("the outputs are refused: {error}"));
            }
            wrong.extend(judge::outputs(&self.outputs, &seen["outputs"]));
        } else if walk.action.is_none() && error["kind"] != "Criterion" {
            wrong.push(format!("the step does not fail by its criterion, found {error}"));
        }
        wrong
    }
}

/// What a workflow reads of the outputs of a step beyond the outputs themselves, as expressions for the response.
fn later(workflow: &str, step: &Step<'_>) -> String {
    let mut all = String::new();
    for (name, value) in &step.outputs {
        let of = value.as_str().and_then(|value| value.strip_prefix("$response.body"));
        let Some(pointer) = of.map(|rest| rest.strip_prefix('#').unwrap_or("")) else {
            continue;
        };
        let start = format!("$steps.{}.outputs.{name}", step.id);
        for (at, _) in workflow.match_indices(&start) {
            let rest = &workflow[at + start.len()..];
            let end = rest.find(|letter: char| letter.is_whitespace() || "\"'{}=!<>,".contains(letter));
            let tail = &rest[..end.unwrap_or(rest.len())];
            let tail = match tail.strip_prefix('#') {
                Some(pointer) => pointer.to_owned(),
                None => tail.replace('[', "/").replace(']', "").replace('.', "/"),
            };
            if tail.starts_with('/') {
                all.push_str(&format!(" $response.body#{pointer}{tail} "));
            }
        }
    }
    all
}

fn urls(document: &Document) -> Vec<(String, String)> {
    document
        .apis
        .iter()
        .map(|api| (api.name.clone(), api.url.clone()))
        .collect()
}

fn sent_answer(answer: &Answer) -> Value {
    let own = answer.headers.iter().map(|(name, sent, _)| json!([name, sent]));
    let media = [json!(["content-type", answer.media])];
    let headers: Vec<Value> = own.chain(media).collect();
    json!({ "status": answer.status, "headers": headers, "body": answer.sent() })
}

/// What the client is told of the APIs: a base URL where a description has none, and a credential per scheme.
fn sources(document: &Document, steps: &[Step<'_>]) -> Value {
    let all = document.apis.iter().map(|api| {
        let own = || {
            steps
                .iter()
                .filter_map(|step| step.operation)
                .filter(|operation| operation.api.name == api.name)
        };
        let base = own()
            .any(|operation| !operation.server().contains("://"))
            .then(|| override_of(&api.name));
        let mut schemes: Map<String, Value> = Map::new();
        for (name, scheme) in api
            .schemes()
            .into_iter()
            .chain(own().flat_map(|operation| operation.security().concat()))
        {
            let kind = match scheme {
                Scheme::Basic => "basic",
                Scheme::Bearer | Scheme::Undefined => "bearer",
                Scheme::Header(_) | Scheme::Query(_) | Scheme::Cookie(_) => "key",
                Scheme::Transport => continue,
            };
            schemes.insert(
                name.clone(),
                json!({ "name": name, "kind": kind, "value": credential(&name) }),
            );
        }
        json!({ "name": api.name, "base": base, "schemes": schemes.values().collect::<Vec<_>>() })
    });
    all.collect()
}
