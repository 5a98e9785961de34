//! What a run tells whoever watches it.

use std::time::Duration;

use crate::error::{ErrorKind, Place};
use crate::run::descriptor::Shape;
use crate::run_id::RunId;

/// Watches runs: a progress bar, a log, a metric.
///
/// Given to a client by [`Builder::observer`](crate::Builder::observer); implemented for closures.
/// It is called in the middle of a run and must not block. Nothing that it is told holds a value of
/// the run: no input, no body, no header and no parameter.
///
/// ```
/// use arazzo::{Client, Event, EventKind};
///
/// let client = Client::builder().observer(|event: &Event<'_>| {
///     if let EventKind::Response { status, .. } = event.kind {
///         println!("{} {}/{}: {status}", event.workflow, event.number, event.steps);
///     }
/// });
/// ```
pub trait Observer: Send + Sync {
    /// Is told that something has happened.
    fn notify(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn notify(&self, event: &Event<'_>) {
        self(event);
    }
}

/// Something that has happened to a run.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The run. One that a step has called has an id of its own.
    pub run: RunId,
    /// Its `workflowId`.
    pub workflow: &'static str,
    /// How many runs have called each other to come to this one; 0 for one that nobody has called.
    pub depth: u32,
    /// The `stepId` of the step that it is about, or at which it has happened.
    pub step: Option<&'static str>,
    /// Which of the steps that is, in the order in which they run, counted from 1; 0 without a step.
    pub number: usize,
    /// How many steps the workflow has.
    pub steps: usize,
    /// What has happened.
    pub kind: EventKind<'a>,
}

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// The run makes its first attempt. The run of a call that is made again starts again, with the
    /// same id.
    Started,
    /// A request is sent.
    #[non_exhaustive]
    Request {
        /// `operationId`, or method and path.
        operation: &'static str,
        /// The method in upper case.
        method: &'static str,
        /// The base URL of the API.
        server: &'a str,
        /// The path as the description has it, the names of parameters in braces.
        path: &'static str,
        /// Which attempt of the step it is, counted from 1.
        attempt: u32,
    },
    /// A response has come.
    #[non_exhaustive]
    Response {
        /// The status code.
        status: u16,
        /// Bytes of the body.
        bytes: usize,
        /// Since the request.
        elapsed: Duration,
    },
    /// No response has come.
    #[non_exhaustive]
    NoResponse {
        /// Why.
        error: ErrorKind,
        /// Since the request.
        elapsed: Duration,
    },
    /// A criterion of a step or of an action was looked at.
    #[non_exhaustive]
    Criterion {
        /// Its condition as it is written.
        condition: &'a str,
        /// Where it stands.
        place: Place,
        /// Whether it is met. One that cannot be evaluated is not.
        met: bool,
    },
    /// An action of the document was taken.
    #[non_exhaustive]
    Action {
        /// Its name.
        name: &'static str,
        /// What it does.
        action: ActionEvent,
    },
    /// The run has waited. Told by functions that wait, such as `finish`; whoever calls `advance`
    /// waits themselves.
    #[non_exhaustive]
    Waited {
        /// How long.
        duration: Duration,
    },
    /// The run has ended, or an attempt has failed and no action helped: whoever mends the run carries
    /// it on, and it finishes again. Not told of a run that has not started.
    #[non_exhaustive]
    Finished {
        /// Why it has failed; `None` where it has not.
        error: Option<ErrorKind>,
    },
}

/// What an action does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActionEvent {
    /// The workflow ends.
    End,
    /// The step with this `stepId` is next.
    Goto(&'static str),
    /// Another workflow takes over.
    Leave,
    /// The step is tried again.
    #[non_exhaustive]
    Retry {
        /// After this time.
        wait: Duration,
    },
}

/// Tells of one run, if there is someone to tell.
#[derive(Clone, Copy)]
pub(crate) struct Watch<'a> {
    pub(crate) observer: Option<&'a dyn Observer>,
    pub(crate) run: RunId,
    pub(crate) shape: &'static Shape,
    pub(crate) depth: u32,
    pub(crate) step: Option<usize>,
}

impl Watch<'_> {
    pub(crate) fn step_id(&self) -> Option<&'static str> {
        self.shape.steps.get(self.step?).map(|step| step.id)
    }

    /// Whether the description declares JSON as the body of a response with this status.
    pub(crate) fn declares_json(&self, status: u16) -> bool {
        let step = self.step.and_then(|step| self.shape.steps.get(step));
        step.is_some_and(|step| step.declares_json(status))
    }

    pub(crate) fn tell(&self, kind: EventKind<'_>) {
        #[cfg(feature = "tracing")]
        crate::trace::event(self, &kind);
        if let Some(observer) = self.observer {
            observer.notify(&Event {
                run: self.run,
                workflow: self.shape.workflow,
                depth: self.depth,
                step: self.step_id(),
                number: self.step.map_or(0, |step| self.shape.number(step)),
                steps: self.shape.steps.len(),
                kind,
            });
        }
    }
}

impl Watch<'_> {
    pub(crate) fn action(&self, name: Option<&'static str>, action: ActionEvent) {
        if let Some(name) = name {
            self.tell(EventKind::Action { name, action });
        }
    }
}

impl std::fmt::Debug for Watch<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Watch")
            .field("workflow", &self.shape.workflow)
            .finish_non_exhaustive()
    }
}
