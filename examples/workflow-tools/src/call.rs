//! A call of a tool: a run, and the person who is asked for what only a person knows.

use arazzo::{AnyRun, AnyWorkflow, Client, Error, ErrorKind, Progress};
use rmcp::model::ElicitResult;
use serde_json::Value;

use crate::question::{Question, Unanswered};

/// How often the person can correct an answer.
const CORRECTIONS: usize = 3;

/// A call of a tool.
#[derive(Clone)]
pub(crate) struct Call {
    /// The workflow that the tool runs.
    pub(crate) workflow: &'static AnyWorkflow,
    run: AnyRun,
    /// The question that the person has answered last, and the step that needed it.
    answered: Option<(Option<&'static str>, Question)>,
    corrections: usize,
}

/// The state of a call after an attempt.
pub(crate) enum Outcome {
    /// The workflow has ended with these outputs.
    Done(Value),
    /// A person has to answer this.
    Ask(Question),
}

impl Call {
    /// Creates a call.
    ///
    /// # Errors
    /// An argument is unknown or has the wrong type.
    pub(crate) fn new(workflow: &'static AnyWorkflow, arguments: &Value) -> Result<Self, Error> {
        Ok(Self {
            workflow,
            run: workflow.start(arguments)?,
            answered: None,
            corrections: CORRECTIONS,
        })
    }

    /// Returns the inputs that are known.
    pub(crate) fn inputs(&self) -> Value {
        self.run.inputs()
    }

    /// Takes the run to its end or to a question, and waits where the workflow does.
    ///
    /// # Errors
    /// The workflow failed.
    pub(crate) async fn advance(&mut self, client: &Client) -> Result<Outcome, Error> {
        loop {
            match self.run.advance_until_blocked(client).await {
                Ok(Progress::Done(outputs)) => return Ok(Outcome::Done(outputs)),
                Ok(Progress::Wait(duration)) => tokio::time::sleep(duration).await,
                Ok(Progress::Awaiting(inputs)) => return Ok(Outcome::Ask(Question::new(&self.run, inputs, None))),
                Ok(_) => {}
                Err(error) => return self.corrected(error),
            }
        }
    }

    /// Asks again if what the person answered was refused: the run is still at the same step.
    fn corrected(&mut self, error: Error) -> Result<Outcome, Error> {
        let refused = match error.kind() {
            ErrorKind::InvalidInput => true,
            ErrorKind::Criterion => error.status().is_some_and(|status| status.is_client_error()),
            _ => false,
        };
        match self.answered.take() {
            Some((step, question)) if refused && !error.is_retryable() && step == self.run.step() => {
                match self.again(&question, &error.to_string()) {
                    Some(question) => Ok(Outcome::Ask(question)),
                    None => Err(error),
                }
            }
            _ => Err(error),
        }
    }

    fn again(&mut self, question: &Question, refusal: &str) -> Option<Question> {
        self.corrections = self.corrections.checked_sub(1)?;
        Some(question.again(&self.run, refusal))
    }

    /// Sets the inputs that the person has provided. Returns another question if they cannot be used.
    ///
    /// # Errors
    /// The person has not answered, or has made too many mistakes.
    pub(crate) fn answer(&mut self, question: Question, answer: ElicitResult) -> Result<Option<Question>, String> {
        match question.answer(&mut self.run, answer) {
            Ok(()) => {
                self.answered = Some((self.run.step(), question));
                Ok(None)
            }
            Err(Unanswered::Refused(message)) => Err(message.to_owned()),
            Err(Unanswered::Unusable(message)) => self.again(&question, &message).map(Some).ok_or(message),
        }
    }
}
