//! Spans and events for `tracing`, named as OpenTelemetry does.
//!
//! HTTP attributes follow the semantic conventions for HTTP client spans; attributes of this crate start with
//! `arazzo.`. They contain no values of a run: URLs contain the names of their parameters instead.

use bytes::Bytes;
use http::{Response, Uri};
use tracing::field::Empty;
use tracing::{Level, Span};

use crate::observer::{ActionEvent, EventKind, Watch};
use crate::wire::failure::Failure;
use crate::wire::operation::Operation;

/// Creates the span of a run that `finish` runs to its end.
pub(crate) fn workflow(watch: &Watch<'_>) -> Span {
    tracing::info_span!(
        "arazzo.workflow",
        otel.name = watch.shape.workflow,
        arazzo.workflow = watch.shape.workflow,
        arazzo.run = %watch.run,
    )
}

/// Creates the span of one attempt.
pub(crate) fn step(watch: &Watch<'_>) -> Span {
    let step = watch.step_id().unwrap_or_default();
    tracing::info_span!(
        "arazzo.step",
        otel.name = step,
        arazzo.workflow = watch.shape.workflow,
        arazzo.step = step,
        arazzo.run = %watch.run,
    )
}

/// Creates the span of a request.
pub(crate) fn request(operation: &Operation, base: &str, uri: &Uri, attempt: u32) -> Span {
    let port = uri
        .port_u16()
        .unwrap_or(if uri.scheme_str() == Some("http") { 80 } else { 443 });
    let resent = (attempt > 1).then(|| attempt - 1);
    tracing::info_span!(
        "arazzo.request",
        otel.name = format_args!("{} {}", operation.method, operation.path),
        otel.kind = "client",
        http.request.method = operation.method,
        url.full = format_args!("{base}{}", operation.path),
        url.template = operation.path,
        server.address = uri.host().unwrap_or_default(),
        server.port = port,
        http.request.resend_count = resent,
        http.response.status_code = Empty,
        "error.type" = Empty,
        otel.status_code = Empty,
        arazzo.operation = operation.name,
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

/// Emits an event for what the spans do not cover.
pub(crate) fn event(watch: &Watch<'_>, kind: &EventKind<'_>) {
    let (workflow, step) = (watch.shape.workflow, watch.step_id().unwrap_or_default());
    match *kind {
        EventKind::Criterion { condition, place, met } => tracing::event!(
            Level::DEBUG,
            arazzo.workflow = workflow,
            arazzo.step = step,
            arazzo.criterion = condition,
            arazzo.line = place.line,
            arazzo.column = place.column,
            arazzo.met = met,
            "criterion"
        ),
        EventKind::Action { name, action } => {
            let (does, target, wait) = match action {
                ActionEvent::End => ("end", "", 0.0),
                ActionEvent::Goto(target) => ("goto", target, 0.0),
                ActionEvent::Leave => ("leave", "", 0.0),
                ActionEvent::Retry { wait } => ("retry", "", wait.as_secs_f64()),
            };
            tracing::event!(
                Level::INFO,
                arazzo.workflow = workflow,
                arazzo.step = step,
                arazzo.action = name,
                arazzo.does = does,
                arazzo.target = target,
                arazzo.wait = wait,
                "action"
            );
        }
        EventKind::Finished { error: Some(error) } => tracing::event!(
            Level::WARN,
            arazzo.workflow = workflow,
            arazzo.step = step,
            "error.type" = ?error,
            "failed"
        ),
        _ => {}
    }
}
