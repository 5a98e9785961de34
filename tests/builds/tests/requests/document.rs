//! What an Arazzo document says of its workflows and steps.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::api::{Api, Operation};
use crate::exceptions::meant;
use crate::reader::{follow, percent_decoded, read, text, word};

/// A document with the descriptions that it names.
pub struct Document {
    pub path: String,
    pub root: Value,
    pub apis: Vec<Api>,
}

/// A parameter of a step.
#[derive(Clone, Debug)]
pub struct Parameter<'a> {
    pub name: &'a str,
    pub place: &'a str,
    pub value: &'a Value,
}

/// A criterion.
#[derive(Clone, Debug)]
pub struct Criterion<'a> {
    pub condition: String,
    pub kind: String,
    pub context: Option<&'a str>,
}

/// An action.
#[derive(Clone, Debug)]
pub struct Action<'a> {
    pub name: &'a str,
    pub kind: &'a str,
    pub step: Option<&'a str>,
    /// `retryAfter`, in seconds.
    pub after: Option<f64>,
    pub criteria: Vec<Criterion<'a>>,
}

/// A step.
pub struct Step<'a> {
    pub id: &'a str,
    pub at: &'a Value,
    pub operation: Option<Operation<'a>>,
    pub parameters: Vec<Parameter<'a>>,
    pub criteria: Vec<Criterion<'a>>,
    pub success: Vec<Action<'a>>,
    pub failure: Vec<Action<'a>>,
    pub outputs: Vec<(&'a str, &'a Value)>,
}

/// A workflow.
pub struct Workflow<'a> {
    pub id: &'a str,
    pub at: &'a Value,
    pub steps: Vec<Step<'a>>,
    pub outputs: Vec<(&'a str, &'a Value)>,
}

impl Document {
    pub fn open(corpus: &Path, path: &str) -> Option<Self> {
        let file = corpus.join(path);
        let root = read(&file)?;
        let sources = root
            .get("sourceDescriptions")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let apis = sources.filter_map(|source| {
            let (name, url) = (word(source, "name")?, word(source, "url")?);
            let root = read(&file.parent()?.join(percent_decoded(url)))?;
            let known = root.get("paths").is_some();
            known.then(|| Api {
                name: name.to_owned(),
                url: url.to_owned(),
                root,
            })
        });
        let apis = apis.collect();
        Some(Self {
            path: path.to_owned(),
            root,
            apis,
        })
    }

    pub fn workflows(&self) -> Vec<Workflow<'_>> {
        let all = self
            .root
            .get("workflows")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        all.filter_map(|at| {
            let steps = at.get("steps").and_then(Value::as_array).into_iter().flatten();
            Some(Workflow {
                id: word(at, "workflowId")?,
                at,
                steps: steps.filter_map(|step| self.step(at, step)).collect(),
                outputs: named(at, "outputs"),
            })
        })
        .collect()
    }

    fn step<'a>(&'a self, workflow: &'a Value, at: &'a Value) -> Option<Step<'a>> {
        Some(Step {
            id: word(at, "stepId")?,
            at,
            operation: self.operation(at),
            parameters: self.parameters(workflow, at),
            criteria: criteria(at, "successCriteria"),
            success: self.actions(workflow, at, "onSuccess", "successActions"),
            failure: self.actions(workflow, at, "onFailure", "failureActions"),
            outputs: named(at, "outputs"),
        })
    }

    /// The operation of a step, by `operationId` or `operationPath`, in the spellings of published documents too.
    fn operation(&self, step: &Value) -> Option<Operation<'_>> {
        if let Some(id) = word(step, "operationId") {
            let qualified = id.strip_prefix("$sourceDescriptions.").unwrap_or(id);
            let prefixed = self.apis.iter().find_map(|api| {
                let own = qualified.strip_prefix(&api.name)?.strip_prefix('.')?;
                api.by_id(own)
            });
            return prefixed.or_else(|| self.apis.iter().find_map(|api| api.by_id(id)));
        }
        let (source, pointer) = word(step, "operationPath")?.split_once('#')?;
        let pointer = percent_decoded(pointer);
        let (path, method) = pointer.strip_prefix("/paths/")?.rsplit_once('/')?;
        let path = path.replace("~1", "/").replace("~0", "~");
        let called = |api: &&Api| source.contains(&api.name);
        let longest = self.apis.iter().filter(called).max_by_key(|api| api.name.len());
        longest.or(self.apis.first())?.by_place(&path, method)
    }

    /// A reusable object (`reference`), with what the step says beside it.
    fn reusable<'a>(&'a self, at: &'a Value) -> &'a Value {
        let Some(reference) = word(at, "reference") else {
            return follow(&self.root, at);
        };
        let mut parts = reference.strip_prefix("$components.").unwrap_or("").splitn(2, '.');
        let (kind, name) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
        let components = self.root.get("components").unwrap_or(&Value::Null);
        components.get(kind).and_then(|all| all.get(name)).unwrap_or(at)
    }

    fn parameters<'a>(&'a self, workflow: &'a Value, step: &'a Value) -> Vec<Parameter<'a>> {
        let mut all: Vec<Parameter<'a>> = Vec::new();
        for at in [step, workflow] {
            let list = at.get("parameters").and_then(Value::as_array).into_iter().flatten();
            for written in list {
                let at = self.reusable(written);
                let parameter = Parameter {
                    name: meant(word(at, "name").unwrap_or_default(), word(at, "in")),
                    place: word(at, "in").unwrap_or_default(),
                    value: written.get("value").or(at.get("value")).unwrap_or(&Value::Null),
                };
                let known = |other: &Parameter<'_>| (other.name, other.place) == (parameter.name, parameter.place);
                if !all.iter().any(known) {
                    all.push(parameter);
                }
            }
        }
        all
    }

    /// The actions of a step: its own, then those of the workflow that it does not redefine.
    fn actions<'a>(&'a self, workflow: &'a Value, step: &'a Value, own: &str, shared: &str) -> Vec<Action<'a>> {
        let mut all: Vec<Action<'a>> = Vec::new();
        for (at, key) in [(step, own), (workflow, shared)] {
            let redefined: Vec<&str> = all.iter().map(|action| action.name).collect();
            let list = at.get(key).and_then(Value::as_array).into_iter().flatten();
            for at in list.map(|at| self.reusable(at)) {
                let name = word(at, "name").unwrap_or_default();
                if !redefined.contains(&name) {
                    all.push(Action {
                        name,
                        kind: word(at, "type").unwrap_or_default(),
                        step: word(at, "stepId"),
                        after: at.get("retryAfter").and_then(Value::as_f64),
                        criteria: criteria(at, "criteria"),
                    });
                }
            }
        }
        all
    }

    /// The schema of the inputs of a workflow.
    pub fn inputs<'a>(&'a self, workflow: &Workflow<'a>) -> &'a Value {
        workflow
            .at
            .get("inputs")
            .map_or(&Value::Null, |inputs| self.reusable(inputs))
    }
}

fn criteria<'a>(at: &'a Value, key: &str) -> Vec<Criterion<'a>> {
    let list = at.get(key).and_then(Value::as_array).into_iter().flatten();
    list.map(|criterion| {
        let kind = criterion.get("type");
        let kind = kind.map(|kind| word(kind, "type").map_or_else(|| text(kind), str::to_owned));
        Criterion {
            condition: criterion.get("condition").map(text).unwrap_or_default(),
            kind: kind.unwrap_or("simple".to_owned()),
            context: word(criterion, "context"),
        }
    })
    .collect()
}

fn named<'a>(at: &'a Value, key: &str) -> Vec<(&'a str, &'a Value)> {
    let all = at.get(key).and_then(Value::as_object).into_iter().flatten();
    all.map(|(name, value)| (name.as_str(), value)).collect()
}

/// Values by step and output.
pub type Kept = BTreeMap<String, BTreeMap<String, Value>>;
