//! Enrolments: runs, the service that they call, and the store that contains them.

use std::error::Error;
use std::sync::Arc;

use arazzo::{BoxError, Client, Progress};
use tokio_util::task::TaskTracker;

use crate::cookie::Cookie;
use crate::gate::{Gate, Refusal};
use crate::id::Id;
use crate::problem::Problem;
use crate::store::{Store, Stored};
use crate::submission::Submission;
use crate::workflow::{PartialInputs, Run};

/// Lifetime of the session that the last step starts, in minutes.
const SESSION_MINUTES: i64 = 60;

/// The result of a submission.
pub enum Outcome {
    /// The enrolment does not exist.
    Unknown,
    /// The enrolment has advanced, or it does not wait for this submission.
    Standing(Stored),
    /// The enrolment has not completed its step.
    Refused(Stored, Problem),
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
    /// Stores runs in `store`, and calls the service with `client`.
    pub fn new(client: Client, store: Store) -> Self {
        Self {
            client,
            store,
            gate: Arc::default(),
            tasks: TaskTracker::new(),
        }
    }

    /// Starts an enrolment, and returns the cookie for it.
    pub async fn begin(&self) -> Result<Cookie, BoxError> {
        let id = Id::random()?;
        let inputs = PartialInputs::new().session_duration_minutes(SESSION_MINUTES);
        let mut stored = Stored::new(Run::new(inputs));
        self.store.save(&id, &mut stored).await?;
        Ok(Cookie {
            id,
            seen: stored.counter,
        })
    }

    /// Loads the run of an enrolment.
    ///
    /// # Errors
    /// The row in the database was changed, or the run is older than the cookie.
    pub async fn load(&self, cookie: &Cookie) -> Result<Option<Stored>, BoxError> {
        self.store.load(&cookie.id, cookie.seen).await
    }

    /// Removes an enrolment. It does not have to be readable: after a run was refused, its visitor
    /// can start over.
    pub async fn remove(&self, id: &Id) -> Result<(), BoxError> {
        let _room = self.gate.enter(id).await;
        self.store.remove(id).await
    }

    /// Advances an enrolment until it waits for the visitor.
    ///
    /// This runs in a separate task: a browser that closes the connection must not cancel it, because
    /// a response of the service could be lost.
    ///
    /// # Errors
    /// As for [`load`](Self::load); then nothing is sent to the service.
    pub async fn submit(&self, cookie: Cookie, submission: Submission) -> Result<Outcome, BoxError> {
        let enrolments = self.clone();
        self.tasks
            .spawn(async move { enrolments.work(&cookie, submission).await })
            .await?
    }

    /// Waits for the submissions in progress.
    pub async fn settle(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    async fn work(&self, cookie: &Cookie, submission: Submission) -> Result<Outcome, BoxError> {
        let id = &cookie.id;
        let mut room = self.gate.enter(id).await;
        // After another submission that was in progress, the run is newer than the cookie.
        let Some(mut stored) = self.load(cookie).await? else {
            return Ok(Outcome::Unknown);
        };
        if !submission.fits(stored.run.step()) {
            return Ok(Outcome::Standing(stored));
        }
        if let Some(problem) = submission.flaw() {
            return Ok(Outcome::Refused(stored, problem));
        }
        if let Some(twin) = &*room
            && twin.submission == submission
        {
            return Ok(Outcome::Refused(stored, twin.problem));
        }
        submission.clone().put(stored.run.inputs_mut());
        self.store.save(id, &mut stored).await?;
        let problem = self.advance(id, &mut stored).await?;
        *room = problem.map(|problem| Refusal { submission, problem });
        Ok(match problem {
            None => Outcome::Standing(stored),
            Some(problem) => Outcome::Refused(stored, problem),
        })
    }

    /// Advances until an input is missing, and stores the run after each attempt of a step.
    async fn advance(&self, id: &Id, stored: &mut Stored) -> Result<Option<Problem>, BoxError> {
        loop {
            let progress = stored.run.advance(&self.client).await;
            self.store.save(id, stored).await?;
            match progress {
                Ok(Progress::Advanced) => {}
                Ok(Progress::Wait(pause)) => tokio::time::sleep(pause).await,
                Ok(Progress::Awaiting(_) | Progress::Done(_)) => return Ok(None),
                Ok(_) => return Err("the run reported a progress that this program does not know".into()),
                Err(error) => {
                    let problem = Problem::of(stored.run.step(), &error);
                    if problem.field().is_none() {
                        report(&error);
                    }
                    return Ok(Some(problem));
                }
            }
        }
    }
}

/// Writes an error and its causes to stderr.
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
