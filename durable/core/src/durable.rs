//! A workflow as engines run it.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use arazzo::{AnyRun, AnyWorkflow, BoxTransport, Client, Error, Progress, Seal, Transport, Workflow};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::attempt::{Attempt, Next, Question, Started, Turn};
use crate::failure::Failure;
use crate::payload::{Kind, Place};
use crate::policy::Retries;

/// How often a run looks whether the message has arrived that it waits for, in milliseconds.
const MESSAGES: u64 = 1000;

/// What a caller sends to go on with a stored run.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Transferred {
    #[serde(rename = "$run")]
    run: Box<RawValue>,
}

type Show = Arc<dyn Fn(&AnyRun) -> Value + Send + Sync>;
type Judge = Arc<dyn Fn(&Error) -> Option<Failure> + Send + Sync>;

/// A workflow as durable engines run it: with its client, and with what a person sees.
///
/// Let the engine store the results of [`start`](Self::start) and [`attempt`](Self::attempt): they have random parts, and
/// another version of the program can come to another result. All other methods make no requests and are not repeated.
#[derive(Clone)]
pub struct Durable {
    workflow: AnyWorkflow,
    client: Client<BoxTransport>,
    name: String,
    retries: Retries,
    questions: u32,
    limit: Option<usize>,
    key: Option<Arc<dyn Seal + Send + Sync>>,
    show: Show,
    judge: Judge,
}

impl Durable {
    /// Creates the value for a workflow. Its name for the engine is its `workflowId`.
    #[must_use]
    pub fn new<W: Workflow<Dependencies = ()>>(client: Client<impl Transport + 'static>) -> Self {
        Self {
            workflow: AnyWorkflow::of::<W>(),
            client: client.boxed(),
            name: W::ID.to_owned(),
            retries: Retries::default(),
            questions: 10,
            limit: None,
            key: None,
            show: Arc::new(|_| Value::Null),
            judge: Arc::new(|_| None),
        }
    }

    /// Sets the name under which the engine knows the workflow.
    #[must_use]
    pub fn named(self, name: impl Into<String>) -> Self {
        let name = name.into();
        Self { name, ..self }
    }

    /// Sets how the engine repeats attempts that failed.
    #[must_use]
    pub fn retries(self, retries: Retries) -> Self {
        Self { retries, ..self }
    }

    /// Sets how many questions one execution asks at most. This limits attempts to guess a code. The default is 10.
    #[must_use]
    pub fn most_questions(self, questions: u32) -> Self {
        Self { questions, ..self }
    }

    /// Sets how large what the engine stores of an attempt may be, in bytes of JSON: the run, and a question or the
    /// outputs. A larger one ends the workflow with an error that names the steps whose outputs are large. The default
    /// depends on the engine.
    #[must_use]
    pub fn limit(self, limit: usize) -> Self {
        let limit = Some(limit);
        Self { limit, ..self }
    }

    /// Sets the limit of an engine, for a workflow without a [`limit`](Self::limit) of its own.
    #[must_use]
    pub fn default_limit(self, limit: usize) -> Self {
        let limit = self.limit.or(Some(limit));
        Self { limit, ..self }
    }

    /// Seals everything that the engine stores: inputs, runs, questions and outputs. Then inputs have to be sealed by the
    /// caller ([`seal_inputs`](Self::seal_inputs)), and questions and outputs have to be opened
    /// ([`open_details`](Self::open_details), [`open_outputs`](Self::open_outputs)). Failures have no text of the API, also
    /// those that [`judge`](Self::judge) returns.
    #[must_use]
    pub fn sealed(self, key: impl Seal + Send + Sync + 'static) -> Self {
        Self {
            key: Some(Arc::new(key)),
            ..self
        }
    }

    /// Sets what a person is shown who is asked for inputs, such as the QR code for an authenticator app. Without it,
    /// only the names of the inputs are shown.
    #[must_use]
    pub fn show(self, show: impl Fn(&AnyRun) -> Value + Send + Sync + 'static) -> Self {
        Self {
            show: Arc::new(show),
            ..self
        }
    }

    /// Decides what happens after a failure, before the table of [`Failure`] does; `None` leaves it to the table.
    #[must_use]
    pub fn judge(self, judge: impl Fn(&Error) -> Option<Failure> + Send + Sync + 'static) -> Self {
        Self {
            judge: Arc::new(judge),
            ..self
        }
    }

    /// Returns the workflow.
    #[must_use]
    pub fn workflow(&self) -> &AnyWorkflow {
        &self.workflow
    }

    /// Returns the name for the engine.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns how large what the engine stores of an attempt may be, in bytes; `None` if there is no limit. See
    /// [`limit`](Self::limit).
    #[must_use]
    pub fn largest(&self) -> Option<usize> {
        self.limit
    }

    /// Returns whether what the engine stores is sealed.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.key.is_some()
    }

    /// Returns how the engine repeats attempts.
    #[must_use]
    pub fn retry_policy(&self) -> Retries {
        self.retries
    }

    /// Reads what a caller has sent to start an execution: an object of inputs, perhaps sealed, or `{"$run": …}` with
    /// the stored run of another execution ([`transfer`](Self::transfer)).
    ///
    /// The id of a new run is random, so an engine has to journal the result.
    ///
    /// # Errors
    /// `Terminal`: an input is unknown or has the wrong type, or the run cannot be read.
    pub fn start(&self, instance: &str, sent: &RawValue) -> Result<Started, Failure> {
        let (stored, run) = if let Ok(Transferred { run: stored }) = serde_json::from_str(sent.get()) {
            // A run of this workflow, and of this execution if it is sealed.
            let run = self.read(instance, &stored)?;
            (stored, run)
        } else {
            let run = self
                .workflow
                .start(&self.inputs(instance, sent)?)
                .map_err(|error| Failure::terminal(400, error))?;
            (self.store(instance, &run)?, run)
        };
        let started = Started {
            run: stored,
            step: run.step().map(str::to_owned),
        };
        self.within_limit(&run, &started)?;
        Ok(started)
    }

    /// Sets what a person has answered, and makes one attempt of one step.
    ///
    /// # Errors
    /// `Retry`: the same attempt can be made again. `Terminal`: the workflow has failed. `Ask` is not returned as an
    /// error.
    pub async fn attempt(&self, instance: &str, stored: &RawValue, turn: Turn<'_>) -> Result<Attempt, Failure> {
        let mut run = self.read(instance, stored)?;
        if let Some(sent) = turn.sent
            && let Err(refusal) = self.set(instance, &mut run, turn.answered, sent)
        {
            let next = self.question(instance, &run, turn.answered.to_vec(), Some(refusal), turn.asked)?;
            return self.attempted(instance, &run, next);
        }
        let next = match run.advance(&self.client).await {
            Ok(Progress::Wait(duration)) => Next::Wait {
                milliseconds: u64::try_from(duration.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX),
            },
            Ok(Progress::Awaiting(inputs)) => {
                let inputs = inputs.into_iter().map(str::to_owned).collect();
                self.question(instance, &run, inputs, None, turn.asked)?
            }
            Ok(Progress::Done(outputs)) => Next::Done(self.close(Kind::Outputs, instance, outputs.to_string())?),
            // The client's broker receives the message; the engine looks for it with a timer of its own.
            Ok(Progress::AwaitingMessage(_)) => Next::Wait { milliseconds: MESSAGES },
            // `Advanced`, and whatever else only means to advance again.
            Ok(_) => Next::Advance,
            Err(error) => match self.judged(&error, turn.answered) {
                Failure::Ask(inputs) => self.question(
                    instance,
                    &run,
                    self.known(inputs)?,
                    Some(format!("{error:#}")),
                    turn.asked,
                )?,
                other => return Err(other),
            },
        };
        self.attempted(instance, &run, next)
    }

    /// Checks that a person has provided the inputs of a question and no others, before an engine passes them on. Whether
    /// their values can be used is found out by the next attempt, which asks again if not: the version of the program
    /// that runs the workflow can be another one than this.
    ///
    /// # Errors
    /// `Terminal`: an input is missing, or was not asked for.
    pub fn check(&self, instance: &str, question: &[String], sent: &RawValue) -> Result<(), Failure> {
        self.answers(instance, question, sent).map(|_| ())
    }

    fn answers(&self, instance: &str, question: &[String], sent: &RawValue) -> Result<Map<String, Value>, Failure> {
        let given = self.inputs(instance, sent)?;
        let Value::Object(given) = given else {
            return Err(Failure::terminal(400, "the inputs are not a JSON object"));
        };
        if let Some(missing) = question.iter().find(|name| !given.contains_key(*name)) {
            return Err(Failure::terminal(400, format!("input `{missing}` is required")));
        }
        match given.keys().find(|name| !question.contains(name)) {
            Some(other) => Err(Failure::terminal(400, format!("input `{other}` was not asked for"))),
            None => Ok(given),
        }
    }

    fn set(&self, instance: &str, run: &mut AnyRun, question: &[String], sent: &RawValue) -> Result<(), String> {
        let given = self
            .answers(instance, question, sent)
            .map_err(|failure| match failure {
                Failure::Terminal { message, .. } => message,
                other => format!("{other:?}"),
            })?;
        let mut answered = run.clone();
        for (name, value) in &given {
            answered.set_input(name, value).map_err(|error| error.to_string())?;
        }
        *run = answered;
        Ok(())
    }

    /// Decides what happens after a failure.
    fn judged(&self, error: &Error, answered: &[String]) -> Failure {
        match (self.judge)(error) {
            None => Failure::of(error, self.message(error), answered),
            // With a key, nothing that the API has returned is repeated.
            Some(Failure::Retry(_)) if self.key.is_some() => Failure::Retry(self.message(error)),
            Some(Failure::Terminal { code, .. }) if self.key.is_some() => Failure::terminal(code, self.message(error)),
            Some(failure) => failure,
        }
    }

    /// Checks that inputs can be asked for.
    fn known(&self, inputs: Vec<String>) -> Result<Vec<String>, Failure> {
        let unknown = |name: &String| self.workflow.start(&json!({ name.as_str(): null })).is_err();
        match inputs.iter().find(|name| unknown(name)) {
            _ if inputs.is_empty() => Err(Failure::terminal(500, "the list of inputs to ask for is empty")),
            Some(name) => Err(Failure::terminal(
                500,
                format!("the workflow has no input `{name}` to ask for"),
            )),
            None => Ok(inputs),
        }
    }

    fn attempted(&self, instance: &str, run: &AnyRun, next: Next) -> Result<Attempt, Failure> {
        let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let attempt = Attempt {
            run: self.store(instance, run)?,
            step: run.step().map(str::to_owned),
            next,
            at: u64::try_from(at.as_millis()).unwrap_or(u64::MAX),
        };
        self.within_limit(run, &attempt)?;
        Ok(attempt)
    }

    fn within_limit(&self, run: &AnyRun, stored: &impl Serialize) -> Result<(), Failure> {
        let Some(limit) = self.limit else { return Ok(()) };
        let length = serde_json::to_string(stored).map_or(usize::MAX, |text| text.len());
        if length <= limit {
            return Ok(());
        }
        let steps = run.steps().into_iter();
        let mut sizes: Vec<(usize, &str)> = steps.map(|(step, outputs)| (outputs.to_string().len(), step)).collect();
        sizes.sort_unstable_by(|one, other| other.cmp(one));
        let largest = sizes.iter().take(3);
        let largest = largest.map(|(size, step)| format!("step `{step}` has outputs of {size} bytes"));
        let largest = largest.collect::<Vec<_>>().join(", ");
        let workflow = run.workflow();
        Err(Failure::terminal(
            413,
            format!("the run of workflow `{workflow}` has {length} bytes, and at most {limit} are stored: {largest}"),
        ))
    }

    /// Returns what starts an execution that goes on with a stored run, on any engine: `{"$run": …}`.
    ///
    /// End the execution that the run comes from, so that only one of them goes on.
    ///
    /// # Errors
    /// `Terminal`: never for what [`attempt`](Self::attempt) has returned.
    pub fn transfer(stored: &RawValue) -> Result<Box<RawValue>, Failure> {
        let run = stored.to_owned();
        to_raw_value(&Transferred { run }).map_err(|error| Failure::terminal(500, error))
    }

    /// Seals inputs for [`start`](Self::start), [`check`](Self::check) and [`attempt`](Self::attempt). Without a key,
    /// returns them as they are.
    ///
    /// # Errors
    /// The key cannot seal them.
    pub fn seal_inputs(&self, instance: &str, inputs: &Value) -> Result<Box<RawValue>, Failure> {
        self.close(Kind::Inputs, instance, inputs.to_string())
    }

    /// Opens [`Question::details`].
    ///
    /// # Errors
    /// They are not sealed by this key for this execution.
    pub fn open_details(&self, instance: &str, details: &RawValue) -> Result<Value, Failure> {
        parsed(&self.open(Kind::Details, instance, details, "the question")?)
    }

    /// Opens the outputs of [`Next::Done`].
    ///
    /// # Errors
    /// They are not sealed by this key for this execution.
    pub fn open_outputs(&self, instance: &str, outputs: &RawValue) -> Result<Value, Failure> {
        parsed(&self.open(Kind::Outputs, instance, outputs, "the outputs")?)
    }

    fn inputs(&self, instance: &str, sent: &RawValue) -> Result<Value, Failure> {
        parsed(&self.open(Kind::Inputs, instance, sent, "the inputs")?)
    }

    fn question(
        &self,
        instance: &str,
        run: &AnyRun,
        inputs: Vec<String>,
        refusal: Option<String>,
        asked: u32,
    ) -> Result<Next, Failure> {
        if asked >= self.questions {
            let mut message = format!("asked {asked} times for {}", inputs.join(", "));
            if let Some(refusal) = refusal.filter(|_| self.key.is_none()) {
                message.push_str(&format!(": {refusal}"));
            }
            return Err(Failure::terminal(400, message));
        }
        let mut details = Map::new();
        if let Some(refusal) = refusal {
            details.insert("refusal".to_owned(), Value::String(refusal));
        }
        let show = (self.show)(run);
        if !show.is_null() {
            details.insert("show".to_owned(), show);
        }
        let details = self.close(Kind::Details, instance, Value::Object(details).to_string())?;
        Ok(Next::Ask(Question { inputs, details }))
    }

    /// Returns the text of a failure. Sealed workflows do not repeat what the API has returned.
    fn message(&self, error: &Error) -> String {
        if self.key.is_none() {
            return format!("{error:#}");
        }
        let mut message = format!("workflow `{}` failed", error.workflow());
        if let Some(step) = error.step() {
            message.push_str(&format!(" at step `{step}`"));
        }
        if let Some(place) = error.place() {
            message.push_str(&format!(" ({}:{}:{})", error.file(), place.line, place.column));
        }
        match error.status() {
            Some(status) => message.push_str(&format!("; the API returned {status}")),
            None => message.push_str(&format!(": {:?}", error.kind())),
        }
        message
    }

    fn store(&self, instance: &str, run: &AnyRun) -> Result<Box<RawValue>, Failure> {
        let stored = serde_json::to_string(run).map_err(|error| Failure::terminal(500, error))?;
        self.close(Kind::Run, instance, stored)
    }

    fn read(&self, instance: &str, stored: &RawValue) -> Result<AnyRun, Failure> {
        let plain = self.open(Kind::Run, instance, stored, "the stored run")?;
        AnyRun::read(&plain, std::slice::from_ref(&self.workflow)).map_err(|error| Failure::terminal(409, error))
    }

    fn place<'a>(&'a self, kind: Kind, instance: &'a str) -> Place<'a> {
        Place {
            kind,
            workflow: self.workflow.id(),
            instance,
        }
    }

    fn key(&self) -> Option<&dyn Seal> {
        self.key.as_deref().map(|key| key as &dyn Seal)
    }

    fn close(&self, kind: Kind, instance: &str, text: String) -> Result<Box<RawValue>, Failure> {
        let sealed = self.place(kind, instance).close(self.key(), text);
        sealed.map_err(|error| Failure::terminal(500, format!("cannot seal: {error}")))
    }

    fn open(&self, kind: Kind, instance: &str, value: &RawValue, what: &str) -> Result<String, Failure> {
        let opened = self.place(kind, instance).open(self.key(), value);
        opened.map_err(|error| Failure::terminal(400, format!("cannot open {what}: {error}")))
    }
}

fn parsed(text: &str) -> Result<Value, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::terminal(400, error))
}

impl fmt::Debug for Durable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Durable")
            .field("name", &self.name)
            .field("workflow", &self.workflow)
            .finish_non_exhaustive()
    }
}
