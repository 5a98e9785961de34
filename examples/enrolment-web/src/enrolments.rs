//! Enrolments: the runs, the service and the store.

use std::error::Error;
use std::sync::Arc;

use arazzo::{BoxError, Client, Progress};
use tokio_util::task::TaskTracker;

use crate::gate::{Gate, Refusal};
use crate::id::Id;
use crate::problem::Problem;
use crate::store::Store;
use crate::submission::Submission;
use crate::workflow::{PartialInputs, Run};

/// How long the session lasts that the last step starts.
const SESSION_MINUTES: i64 = 60;

/// What came of a submission.
pub enum Outcome {
    /// There is no such enrolment.
    Unknown,
    /// The enrolment is now here.
    Standing(Run),
    /// The enrolment stands where it stood.
    Refused(Run, Problem),
}

/// Every enrolment.
#[derive(Clone)]
pub struct Enrolments {
    client: Client,
    store: Store,
    gate: Arc<Gate>,
    tasks: TaskTracker,
}

impl Enrolments {
    /// Keeps runs in the store and calls the service by the client.
    pub fn new(client: Client, store: Store) -> Self {
        Self {
            client,
            store,
            gate: Arc::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Begins one.
    pub async fn begin(&self) -> Result<Id, BoxError> {
        let id = Id::random()?;
        let run = Run::new(PartialInputs::new().session_duration_minutes(SESSION_MINUTES));
        self.store.save(&id, &run).await?;
        Ok(id)
    }

    /// Where one stands.
    pub async fn load(&self, id: &Id) -> Result<Option<Run>, BoxError> {
        self.store.load(id).await
    }

    /// Gives one up.
    pub async fn remove(&self, id: &Id) -> Result<(), BoxError> {
        let _room = self.gate.enter(id).await;
        self.store.remove(id).await
    }

    /// Takes one as far as it goes.
    ///
    /// It does so in a task of its own: were it dropped with the connection of a browser that has
    /// gone away, an answer of the service could be lost.
    pub async fn submit(&self, id: Id, submission: Submission) -> Result<Outcome, BoxError> {
        let enrolments = self.clone();
        self.tasks
            .spawn(async move { enrolments.work(&id, submission).await })
            .await?
    }

    /// Waits for the submissions that are under way.
    pub async fn settle(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn work(&self, id: &Id, submission: Submission) -> Result<Outcome, BoxError> {
        let mut room = self.gate.enter(id).await;
        let Some(mut run) = self.store.load(id).await? else {
            return Ok(Outcome::Unknown);
        };
        if !submission.fits(run.step()) {
            return Ok(Outcome::Standing(run));
        }
        if let Some(problem) = submission.flaw() {
            return Ok(Outcome::Refused(run, problem));
        }
        if let Some(twin) = &*room
            && twin.submission == submission
        {
            return Ok(Outcome::Refused(run, twin.problem));
        }
        submission.clone().put(run.inputs_mut());
        self.store.save(id, &run).await?;
        let problem = self.advance(id, &mut run).await?;
        *room = problem.map(|problem| Refusal { submission, problem });
        Ok(match problem {
            None => Outcome::Standing(run),
            Some(problem) => Outcome::Refused(run, problem),
        })
    }

    /// Goes on until an input is missing, and stores the run after every step.
    async fn advance(&self, id: &Id, run: &mut Run) -> Result<Option<Problem>, BoxError> {
        loop {
            let progress = run.advance(&self.client).await;
            self.store.save(id, run).await?;
            match progress {
                Ok(Progress::Advanced) => {}
                Ok(Progress::Wait(pause)) => tokio::time::sleep(pause).await,
                Ok(Progress::Awaiting(_) | Progress::Done(_)) => return Ok(None),
                Ok(_) => return Err("the run has got on in a way that is not known here".into()),
                Err(error) => {
                    let problem = Problem::of(run.step(), &error);
                    if problem.field().is_none() {
                        report(&error);
                    }
                    return Ok(Some(problem));
                }
            }
        }
    }
}

/// Writes an error to stderr, with what has caused it.
pub fn report(error: &dyn Error) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    eprintln!("enrolment-web: {text}");
}
