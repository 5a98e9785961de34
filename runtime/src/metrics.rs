//! Metrics of OpenTelemetry.

use std::fmt;

use opentelemetry::KeyValue;
use opentelemetry::metrics::{Counter, Histogram, Meter};

use crate::observer::{ActionEvent, Event, EventKind, Observer};
use crate::wire::base::port;

/// An [`Observer`] that records metrics of OpenTelemetry.
///
/// | metric | instrument | attributes |
/// |---|---|---|
/// | `http.client.request.duration` | histogram, seconds | `http.request.method`, `server.address`, `server.port`, `url.template`, and `http.response.status_code` or `error.type` |
/// | `arazzo.step.attempts` | counter | `arazzo.workflow`, `arazzo.step` |
/// | `arazzo.step.retries` | counter | `arazzo.workflow`, `arazzo.step` |
/// | `arazzo.run.waits` | histogram, seconds | `arazzo.workflow`, `arazzo.step` |
/// | `arazzo.runs` | counter of ends of runs | `arazzo.workflow`, and `error.type` if the run failed |
///
/// The first one is defined by the semantic conventions for HTTP clients (version 1.37), where a status of 400 or more
/// is an `error.type` too. Its count is the number of requests. An attempt is counted when its request is sent; attempts
/// that call another workflow are those of the called workflow. Waits are those that [`finish`](crate::Run::finish) has
/// waited for. A run that failed and is continued ends again.
///
/// ```
/// use arazzo::Client;
/// use arazzo::metrics::Metrics;
///
/// // The meter of the provider that the program has set with `opentelemetry::global::set_meter_provider`.
/// let meter = opentelemetry::global::meter("library");
/// let client = Client::builder().observer(Metrics::new(&meter));
/// ```
#[derive(Clone)]
pub struct Metrics {
    requests: Histogram<f64>,
    attempts: Counter<u64>,
    retries: Counter<u64>,
    waits: Histogram<f64>,
    runs: Counter<u64>,
}

/// The boundaries that the conventions advise for durations of requests, in seconds.
const SECONDS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];

impl Metrics {
    /// Creates the instruments with a meter.
    #[must_use]
    pub fn new(meter: &Meter) -> Self {
        Self {
            requests: meter
                .f64_histogram("http.client.request.duration")
                .with_unit("s")
                .with_description("Duration of HTTP client requests.")
                .with_boundaries(SECONDS.to_vec())
                .build(),
            attempts: meter
                .u64_counter("arazzo.step.attempts")
                .with_unit("{attempt}")
                .with_description("Attempts of steps that send a request.")
                .build(),
            retries: meter
                .u64_counter("arazzo.step.retries")
                .with_unit("{retry}")
                .with_description("Retries by actions of the document.")
                .build(),
            waits: meter
                .f64_histogram("arazzo.run.waits")
                .with_unit("s")
                .with_description("Waits of runs between attempts.")
                .build(),
            runs: meter
                .u64_counter("arazzo.runs")
                .with_unit("{run}")
                .with_description("Ends of runs. A run that failed and is continued ends again.")
                .build(),
        }
    }

    fn request(&self, method: &'static str, server: &str, path: &'static str, result: &[KeyValue], seconds: f64) {
        let uri = server.parse::<http::Uri>().unwrap_or_default();
        let mut attributes = vec![
            KeyValue::new("http.request.method", method),
            KeyValue::new("server.address", uri.host().unwrap_or_default().to_owned()),
            KeyValue::new("server.port", i64::from(port(&uri))),
            KeyValue::new("url.template", path),
        ];
        attributes.extend_from_slice(result);
        self.requests.record(seconds, &attributes);
    }
}

impl Observer for Metrics {
    fn notify(&self, event: &Event<'_>) {
        let workflow = || KeyValue::new("arazzo.workflow", event.workflow);
        let step = || [workflow(), KeyValue::new("arazzo.step", event.step.unwrap_or_default())];
        match event.kind {
            EventKind::Request { resent: false, .. } => self.attempts.add(1, &step()),
            EventKind::Response {
                method,
                server,
                path,
                status,
                elapsed,
                ..
            } => {
                let code = KeyValue::new("http.response.status_code", i64::from(status));
                let error = KeyValue::new("error.type", status.to_string());
                let result = [code, error];
                let result = if status >= 400 { &result[..] } else { &result[..1] };
                self.request(method, server, path, result, elapsed.as_secs_f64());
            }
            EventKind::NoResponse {
                method,
                server,
                path,
                error,
                elapsed,
            } => {
                let error = KeyValue::new("error.type", format!("{error:?}"));
                self.request(method, server, path, &[error], elapsed.as_secs_f64());
            }
            EventKind::Action {
                action: ActionEvent::Retry { .. },
                ..
            } => self.retries.add(1, &step()),
            EventKind::Waited { duration } => self.waits.record(duration.as_secs_f64(), &step()),
            EventKind::Finished { error: None } => self.runs.add(1, &[workflow()]),
            EventKind::Finished { error: Some(error) } => {
                let error = KeyValue::new("error.type", format!("{error:?}"));
                self.runs.add(1, &[workflow(), error]);
            }
            _ => {}
        }
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Metrics").finish_non_exhaustive()
    }
}
