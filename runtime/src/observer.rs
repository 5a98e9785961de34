//! Notifications about running workflows.

use std::sync::Arc;
use std::time::Duration;

use crate::error::{ErrorKind, Place};
use crate::run::descriptor::Shape;
use crate::run_id::RunId;

/// Is notified of what runs do, for example to show progress, to log or to collect metrics.
///
/// Set it with [`ClientBuilder::observer`](crate::ClientBuilder::observer). Closures implement it. It is called in the middle of a
/// run and must not block. Events contain no values of the run: no inputs, bodies, headers or parameters.
///
/// ```
/// use arazzo::{Client, Event, EventKind};
///
/// let client = Client::builder().observer(|event: &Event<'_>| {
///     if let EventKind::Response { method, path, status, .. } = event.kind {
///         println!("{} {}/{}: {method} {path} {status}", event.workflow, event.number, event.steps);
///     }
/// });
/// ```
pub trait Observer: Send + Sync {
    /// Receives an event.
    fn notify(&self, event: &Event<'_>);
}

impl<F: Fn(&Event<'_>) + Send + Sync> Observer for F {
    fn notify(&self, event: &Event<'_>) {
        self(event);
    }
}

/// Two observers, one after the other.
pub(crate) struct Both<O>(pub(crate) Arc<dyn Observer>, pub(crate) O);

impl<O: Observer> Observer for Both<O> {
    fn notify(&self, event: &Event<'_>) {
        self.0.notify(event);
        self.1.notify(event);
    }
}

/// An event in a run.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Event<'a> {
    /// The run. The run of a called workflow has its own id.
    pub run: RunId,
    /// The `workflowId`.
    pub workflow: &'static str,
    /// The depth of calls: 0 for a run that no other run called, 1 for the run of a workflow that it calls, and so on.
    pub depth: u32,
    /// The `stepId` of the step that the event is about or at which it happened.
    pub step: Option<&'static str>,
    /// The position of the step in the order of execution, counted from 1; 0 without a step.
    pub number: usize,
    /// The number of steps of the workflow.
    pub steps: usize,
    /// The kind of event, with its details.
    pub kind: EventKind<'a>,
}

/// The kind of an [`Event`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum EventKind<'a> {
    /// The run makes its first attempt. If a call of a workflow is repeated, its run starts again with the same id.
    Started,
    /// A request is being sent.
    #[non_exhaustive]
    Request {
        /// The `operationId`, or method and path.
        operation: &'static str,
        /// The HTTP method in upper case.
        method: &'static str,
        /// The base URL of the API.
        server: &'a str,
        /// The path of the description, with the names of parameters in braces.
        path: &'static str,
        /// The number of the attempt of the step, counted from 1.
        attempt: u32,
        /// Whether the attempt sends its request again, with a new credential.
        resent: bool,
    },
    /// A response was received.
    #[non_exhaustive]
    Response {
        /// The HTTP method in upper case.
        method: &'static str,
        /// The base URL of the API.
        server: &'a str,
        /// The path of the description, with the names of parameters in braces.
        path: &'static str,
        /// The status code.
        status: u16,
        /// The size of the body in bytes.
        bytes: usize,
        /// The time since the request.
        elapsed: Duration,
    },
    /// No response was received.
    #[non_exhaustive]
    NoResponse {
        /// The HTTP method in upper case.
        method: &'static str,
        /// The base URL of the API.
        server: &'a str,
        /// The path of the description, with the names of parameters in braces.
        path: &'static str,
        /// The kind of error.
        error: ErrorKind,
        /// The time since the request.
        elapsed: Duration,
    },
    /// A message was sent.
    #[non_exhaustive]
    MessageSent {
        /// The `operationId`, or the name of the channel.
        operation: &'static str,
        /// The address of the description, with the names of parameters in braces.
        address: &'static str,
        /// The messaging system, such as `kafka`.
        system: &'static str,
        /// The size of the payload in bytes.
        bytes: usize,
        /// The time that the broker took.
        elapsed: Duration,
    },
    /// A message was not sent, or it is not known whether it was.
    #[non_exhaustive]
    MessageNotSent {
        /// The `operationId`, or the name of the channel.
        operation: &'static str,
        /// The address of the description, with the names of parameters in braces.
        address: &'static str,
        /// The messaging system, such as `kafka`.
        system: &'static str,
        /// The kind of error.
        error: ErrorKind,
        /// The time until the error.
        elapsed: Duration,
    },
    /// The message that a step waited for has arrived.
    #[non_exhaustive]
    MessageReceived {
        /// The `operationId`, or the name of the channel.
        operation: &'static str,
        /// The address of the description, with the names of parameters in braces.
        address: &'static str,
        /// The messaging system, such as `kafka`; empty if the message was delivered by the application.
        system: &'static str,
        /// The size of the payload in bytes.
        bytes: usize,
        /// The time since the run entered the step.
        elapsed: Duration,
    },
    /// The message that a step waited for has not arrived in time.
    #[non_exhaustive]
    NoMessage {
        /// The `operationId`, or the name of the channel.
        operation: &'static str,
        /// The address of the description, with the names of parameters in braces.
        address: &'static str,
        /// The kind of error.
        error: ErrorKind,
        /// The time since the run entered the step.
        elapsed: Duration,
    },
    /// Messages were dropped and acknowledged that no run waited for, since there were more than
    /// [`max_pending_messages`](crate::ClientBuilder::max_pending_messages).
    #[non_exhaustive]
    MessagesDropped {
        /// The address of the description, with the names of parameters in braces.
        address: &'static str,
        /// The number of messages.
        count: usize,
    },
    /// A criterion of a step or an action was evaluated.
    #[non_exhaustive]
    Criterion {
        /// The condition as written in the document.
        condition: &'a str,
        /// The position of the condition in the document.
        place: Place,
        /// Whether the criterion is met. A criterion that cannot be evaluated is not met.
        met: bool,
    },
    /// An action of the document was taken.
    #[non_exhaustive]
    Action {
        /// The name of the action.
        name: &'static str,
        /// The effect of the action.
        action: ActionEvent,
    },
    /// The run has waited. Only methods that wait, such as `finish`, send this event; callers of `advance` wait
    /// themselves.
    #[non_exhaustive]
    Waited {
        /// The time that it waited.
        duration: Duration,
    },
    /// The run has ended, or an attempt failed and no action handled the failure. If the run is then fixed and
    /// continued, it finishes again. A run that has not started does not send this event.
    #[non_exhaustive]
    Finished {
        /// The kind of error; `None` if the run succeeded.
        error: Option<ErrorKind>,
    },
}

/// The effect of an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ActionEvent {
    /// The workflow ends.
    End,
    /// The run continues with the step with this `stepId`.
    Goto(&'static str),
    /// The run continues with another workflow and does not return.
    Leave,
    /// The step is retried.
    #[non_exhaustive]
    Retry {
        /// The time until the next attempt.
        wait: Duration,
    },
}

/// Notifies the observer of one run, if there is one.
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

    /// Returns whether the description declares JSON as the body of a response with this status.
    pub(crate) fn declares_json(&self, status: u16) -> bool {
        let step = self.step.and_then(|step| self.shape.steps.get(step));
        step.is_some_and(|step| step.declares_json(status))
    }

    pub(crate) fn tell(&self, kind: EventKind<'_>) {
        #[cfg(feature = "tracing")]
        crate::trace::event(&kind);
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
