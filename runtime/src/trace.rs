//! Spans and events for `tracing`, named as OpenTelemetry does.
//!
//! HTTP attributes follow the semantic conventions for HTTP client spans; attributes of this crate start with
//! `arazzo.`. They contain no values of a run: URLs contain the names of their parameters instead.

use bytes::Bytes;
use http::Response;
use tracing::field::Empty;
use tracing::{Level, Span};

use crate::error::Error;
use crate::message::channel::Channel;
use crate::observer::{ActionEvent, EventKind, Watch};
use crate::wire::base::port;
use crate::wire::failure::Failure;
use crate::wire::operation::Operation;
use crate::wire::outgoing::Target;

/// The target of all spans and events, so that a filter can name them.
const TARGET: &str = "arazzo";

/// Creates the span of a run that `finish` runs to its end.
pub(crate) fn workflow(watch: &Watch<'_>) -> Span {
    tracing::info_span!(
        target: TARGET,
        "arazzo.workflow",
        otel.name = watch.shape.workflow,
        arazzo.workflow = watch.shape.workflow,
        arazzo.run = %watch.run,
    )
}

/// Creates the span of one attempt. `spanned` is whether it is in the span of its run, which has the attributes of the
/// run.
pub(crate) fn step(watch: &Watch<'_>, spanned: bool) -> Span {
    let step = watch.step_id().unwrap_or_default();
    tracing::info_span!(
        target: TARGET,
        "arazzo.step",
        otel.name = step,
        arazzo.workflow = (!spanned).then_some(watch.shape.workflow),
        arazzo.step = step,
        arazzo.run = (!spanned).then(|| tracing::field::display(watch.run)),
    )
}

/// Creates the span of a request.
pub(crate) fn request(operation: &Operation, base: &str, target: &Target, sends: u32) -> Span {
    let uri = target.clone().into_uri().unwrap_or_default();
    let resent = (sends > 1).then(|| sends - 1);
    tracing::info_span!(
        target: TARGET,
        "arazzo.request",
        otel.name = format_args!("{} {}", operation.method, operation.path),
        otel.kind = "client",
        http.request.method = operation.method,
        url.full = format_args!("{base}{}", operation.path),
        url.template = operation.path,
        server.address = uri.host().unwrap_or_default(),
        server.port = port(&uri),
        http.request.resend_count = resent,
        http.response.status_code = Empty,
        "error.type" = Empty,
        otel.status_code = Empty,
        arazzo.operation = operation.name,
    )
}

/// Creates the span of a message that is sent, with its size, or received (OpenTelemetry, semantic conventions for
/// messaging spans).
pub(crate) fn message(channel: &Channel, system: &'static str, bytes: Option<usize>) -> Span {
    let (word, kind) = if channel.sends {
        ("send", "producer")
    } else {
        ("receive", "client")
    };
    tracing::info_span!(
        target: TARGET,
        "arazzo.message",
        otel.name = format_args!("{word} {}", channel.address),
        otel.kind = kind,
        messaging.system = system,
        messaging.operation.name = word,
        messaging.operation.type = word,
        messaging.destination.template = channel.address,
        messaging.message.body.size = bytes,
        arazzo.operation = channel.name,
    )
}

/// Records the result of a request in its span.
pub(crate) fn answered(span: &Span, result: Result<&Response<Bytes>, &Failure>) {
    match result {
        Ok(response) => {
            let status = response.status();
            span.record("http.response.status_code", status.as_u16());
            if status.is_client_error() || status.is_server_error() {
                span.record("error.type", status.as_str());
                span.record("otel.status_code", "ERROR");
            }
        }
        Err(failure) => {
            span.record("error.type", tracing::field::debug(failure.kind));
            span.record("otel.status_code", "ERROR");
        }
    }
}

/// Emits an event for what the spans do not contain. The span of the step is entered, so the event does not repeat its
/// attributes.
pub(crate) fn event(kind: &EventKind<'_>) {
    match *kind {
        EventKind::Response {
            method,
            path,
            status,
            elapsed,
            ..
        } => tracing::event!(
            target: TARGET,
            Level::INFO,
            http.request.method = method,
            url.template = path,
            http.response.status_code = status,
            duration = elapsed.as_secs_f64(),
            "response"
        ),
        EventKind::NoResponse {
            method,
            path,
            error,
            elapsed,
            ..
        } => tracing::event!(
            target: TARGET,
            Level::INFO,
            http.request.method = method,
            url.template = path,
            "error.type" = ?error,
            duration = elapsed.as_secs_f64(),
            "no response"
        ),
        EventKind::Criterion { condition, place, met } => tracing::event!(
            target: TARGET,
            Level::DEBUG,
            arazzo.criterion = condition,
            arazzo.line = place.line,
            arazzo.column = place.column,
            arazzo.met = met,
            "criterion"
        ),
        EventKind::Action { name, action } => {
            let (does, target, wait) = match action {
                ActionEvent::End => ("end", None, None),
                ActionEvent::Goto(target) => ("goto", Some(target), None),
                ActionEvent::Leave => ("leave", None, None),
                ActionEvent::Retry { wait } => ("retry", None, Some(wait.as_secs_f64())),
            };
            tracing::event!(
                target: TARGET,
                Level::INFO,
                arazzo.action = name,
                arazzo.does = does,
                arazzo.target = target,
                arazzo.wait = wait,
                "action"
            );
        }
        _ => message_event(kind),
    }
}

/// Emits an event about a message.
fn message_event(kind: &EventKind<'_>) {
    match *kind {
        EventKind::MessageSent {
            address,
            system,
            bytes,
            elapsed,
            ..
        }
        | EventKind::MessageReceived {
            address,
            system,
            bytes,
            elapsed,
            ..
        } => tracing::event!(
            target: TARGET,
            Level::INFO,
            messaging.system = system,
            messaging.destination.template = address,
            messaging.message.body.size = bytes,
            duration = elapsed.as_secs_f64(),
            "message"
        ),
        EventKind::MessageNotSent {
            address,
            error,
            elapsed,
            ..
        }
        | EventKind::NoMessage {
            address,
            error,
            elapsed,
            ..
        } => {
            tracing::event!(
                target: TARGET,
                Level::INFO,
                messaging.destination.template = address,
                "error.type" = ?error,
                duration = elapsed.as_secs_f64(),
                "no message"
            );
        }
        EventKind::MessagesDropped { address, count } => tracing::event!(
            target: TARGET,
            Level::WARN,
            messaging.destination.template = address,
            count,
            "messages dropped"
        ),
        _ => {}
    }
}

/// Emits the warning for an attempt that ended its run with an error, once: the error of a called workflow has its own in
/// the span of its step. The message of the error is left out, since it can contain values.
pub(crate) fn failed(error: &Error) {
    if error.is_nested() || error.tell() {
        return;
    }
    tracing::event!(
        target: TARGET,
        Level::WARN,
        "error.type" = ?error.kind(),
        arazzo.criterion = error.criterion(),
        arazzo.action = error.action(),
        arazzo.file = error.place().map(|_| error.file()),
        arazzo.line = error.place().map(|place| place.line),
        arazzo.column = error.place().map(|place| place.column),
        http.response.status_code = error.status().map(|status| status.as_u16()),
        "failed"
    );
}
