//! What a person reads with plain `tracing_subscriber::fmt`, and the metrics of OpenTelemetry.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex};

use arazzo::metrics::Metrics;
use arazzo::testing::{Recorder, Script};
use arazzo::{Client, ConnectError, Credential, ErrorKind};
use opentelemetry::KeyValue;
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry_sdk::metrics::data::{AggregatedMetrics, MetricData};
use opentelemetry_sdk::metrics::{InMemoryMetricExporter, SdkMeterProvider};
use serde_json::json;

use crate::observer::import;
use crate::observer::nested::borrow;
use crate::observer::nested::sign_in::Step as SignIn;
use crate::observer::polling::import_books;

/// What was printed.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl io::Write for Printed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Printed {
    /// Prints what happens until the guard is dropped.
    fn start(&self) -> tracing::subscriber::DefaultGuard {
        let printed = self.clone();
        let subscriber = tracing_subscriber::fmt().without_time().with_ansi(false);
        tracing::subscriber::set_default(subscriber.with_writer(move || printed.clone()).finish())
    }

    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        text.lines().map(|line| line.trim_start().to_owned()).collect()
    }
}

#[tokio::test]
async fn each_response_is_one_line() {
    let printed = Printed::default();
    let client = Client::builder().transport(import()).build().unwrap();
    let mut run = import_books::Run::new(import_books::Inputs::new());
    let guard = printed.start();
    run.finish(&client).await.unwrap_err();
    run.finish(&client).await.unwrap();
    drop(guard);
    let span = format!(
        r#"arazzo.workflow{{otel.name="import-books" arazzo.workflow="import-books" arazzo.run={}}}"#,
        run.id()
    );
    let line = |level: &str, step: &str, text: &str| {
        format!(r#"{level} {span}:arazzo.step{{otel.name="{step}" arazzo.step="{step}"}}: arazzo: {text}"#)
    };
    let response = |step: &str, method: &str, path: &str, status: u16, duration: &str| {
        let request = format!(r#"http.request.method="{method}" url.template="{path}""#);
        let text = format!("response {request} http.response.status_code={status} duration={duration}");
        line("INFO", step, &text)
    };
    let expected = [
        response("start", "POST", "/imports", 503, "2.0"),
        line(
            "INFO",
            "start",
            r#"action arazzo.action="busy" arazzo.does="retry" arazzo.wait=2.5"#,
        ),
        line(
            "INFO",
            "start",
            r#"no response http.request.method="POST" url.template="/imports" error.type=Transport duration=0.0"#,
        ),
        line("WARN", "start", "failed error.type=Transport"),
        response("start", "POST", "/imports", 202, "0.0"),
        response("check", "GET", "/imports/{importId}", 202, "0.0"),
        line(
            "INFO",
            "check",
            r#"action arazzo.action="not-yet" arazzo.does="goto" arazzo.target="check""#,
        ),
        response("check", "GET", "/imports/{importId}", 200, "0.0"),
        response("fetch", "GET", "/imports/{importId}/result", 200, "0.0"),
    ];
    assert_eq!(printed.lines(), expected);
}

/// Line 34, column 24 of `golden/import.yml`.
#[tokio::test]
async fn a_failure_is_one_warning_with_criterion_place_and_status() {
    let printed = Printed::default();
    let script = Script::new()
        .on(import_books::Step::Start)
        .reply(202, json!({"id": "i/1"}))
        .on(import_books::Step::Check)
        .reply(500, json!({"message": "SECRET"}));
    let client = Client::builder().transport(script).build().unwrap();
    let guard = printed.start();
    let error = import_books(&client, import_books::Inputs::new()).await.unwrap_err();
    drop(guard);
    assert_eq!(error.criterion(), Some("$statusCode == 200 || $statusCode == 202"));
    let lines = printed.lines();
    let warnings: Vec<&String> = lines.iter().filter(|line| line.starts_with("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{lines:?}");
    assert!(
        warnings[0].ends_with(
            "arazzo: failed error.type=Criterion arazzo.criterion=\"$statusCode == 200 || $statusCode == 202\" \
             arazzo.file=\"golden/import.yml\" arazzo.line=34 arazzo.column=24 http.response.status_code=500"
        ),
        "{}",
        warnings[0]
    );
    assert!(!lines.concat().contains("SECRET"), "{lines:?}");
}

/// The caller fails too, for the same reason.
#[tokio::test]
async fn the_failure_of_a_called_workflow_is_one_warning() {
    let printed = Printed::default();
    let client = Client::builder()
        .transport(Script::new().on(SignIn::Enter).reply(403, json!({})))
        .source("shelf", |api| api.credential(Credential::bearer("t")))
        .build()
        .unwrap();
    let mut run = borrow::Run::new(borrow::Inputs::new("ada", "hush", 7));
    let guard = printed.start();
    while run.advance(&client).await.is_ok() {}
    drop(guard);
    let lines = printed.lines();
    let warnings: Vec<&String> = lines.iter().filter(|line| line.starts_with("WARN")).collect();
    assert_eq!(warnings.len(), 1, "{lines:?}");
    // `advance` creates no span for the run, so the span of the step has the attributes of the run.
    assert!(
        warnings[0].contains(r#"arazzo.workflow="sign-in" arazzo.step="enter" arazzo.run="#),
        "{lines:?}"
    );
    assert!(
        warnings[0].contains(r#"arazzo.workflow="borrow" arazzo.step="identify""#),
        "{lines:?}"
    );
}

/// A person has to fix a credential: the error of the called workflow is that of the caller. Its cause is an error of this
/// crate too.
#[tokio::test]
async fn an_error_that_passes_through_a_caller_is_one_warning() {
    let printed = Printed::default();
    let broken = async || {
        let client = Client::builder().source("shelf", |api| api.base_url("nowhere")).build();
        client.map(|_| Credential::bearer("t"))
    };
    let client = Client::builder()
        .transport(Script::new())
        .source("shelf", |api| api.credential(Credential::provider(broken)))
        .build()
        .unwrap();
    let guard = printed.start();
    let error = borrow(&client, borrow::Inputs::new("ada", "hush", 7))
        .await
        .unwrap_err();
    drop(guard);
    assert_eq!(
        (error.kind(), error.step()),
        (ErrorKind::MissingCredential, Some("enter"))
    );
    let text = format!("{error:#}");
    assert!(
        text.contains("provider of the credential failed: source `shelf`: the base URL"),
        "{text}"
    );
    assert!(!error.may_have_been_sent());
    assert_eq!(
        printed.lines().iter().filter(|line| line.starts_with("WARN")).count(),
        1
    );
}

/// Only the first attempt of a step can be known not to have been sent.
#[tokio::test]
async fn what_may_have_been_sent() {
    let refused = || ConnectError::new("refused");
    let first = Script::new().on(import_books::Step::Start).fail(refused());
    let second = Script::new()
        .on(import_books::Step::Start)
        .reply(503, json!({}))
        .on(import_books::Step::Start)
        .fail(refused());
    let lost = Script::new().on(import_books::Step::Start).fail("reset");
    for (script, kind, sent) in [
        (first, ErrorKind::Connect, false),
        (second, ErrorKind::Connect, true),
        (lost, ErrorKind::Transport, true),
    ] {
        let recorder = Recorder::new(script);
        for replayed in [false, true] {
            let error = if replayed {
                let client = Client::builder()
                    .transport(recorder.recording().script())
                    .build()
                    .unwrap();
                import_books(&client, import_books::Inputs::new()).await.unwrap_err()
            } else {
                let client = Client::builder().transport(recorder.clone()).build().unwrap();
                import_books(&client, import_books::Inputs::new()).await.unwrap_err()
            };
            assert_eq!((error.kind(), error.may_have_been_sent()), (kind, sent), "{error:#}");
        }
    }
    let called = Script::new().on(SignIn::Enter).fail(refused());
    let client = Client::builder().transport(called).build().unwrap();
    let error = borrow(&client, borrow::Inputs::new("ada", "hush", 7))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.may_have_been_sent()),
        (ErrorKind::Nested, false),
        "{error:#}"
    );
    // The called workflow has ended; what it returned is not what the caller needs.
    let called = Script::new().on(SignIn::Enter).reply(201, json!({ "token": 7 }));
    let client = Client::builder().transport(called).build().unwrap();
    let error = borrow(&client, borrow::Inputs::new("ada", "hush", 7))
        .await
        .unwrap_err();
    assert!(error.may_have_been_sent(), "{error:#}");
}

/// The attributes of a point of data, as text.
fn attributes<'a>(attributes: impl Iterator<Item = &'a KeyValue>) -> String {
    let sorted: BTreeMap<&str, String> = attributes
        .map(|pair| (pair.key.as_str(), pair.value.to_string()))
        .collect();
    let pairs: Vec<String> = sorted.iter().map(|(key, value)| format!("{key}={value}")).collect();
    pairs.join(" ")
}

/// Names, units and attributes of the semantic conventions for HTTP metrics, version 1.37.
#[tokio::test]
async fn metrics_have_the_names_of_opentelemetry() {
    let exporter = InMemoryMetricExporter::default();
    let provider = SdkMeterProvider::builder()
        .with_periodic_exporter(exporter.clone())
        .build();
    let client = Client::builder()
        .transport(import())
        .observer(Metrics::new(&provider.meter("test")))
        .build()
        .unwrap();
    let mut run = import_books::Run::new(import_books::Inputs::new());
    run.finish(&client).await.unwrap_err();
    run.finish(&client).await.unwrap();
    provider.force_flush().unwrap();

    let mut found = Vec::new();
    for resource in exporter.get_finished_metrics().unwrap() {
        for metric in resource.scope_metrics().flat_map(|scope| scope.metrics()) {
            let name = format!("{} ({})", metric.name(), metric.unit());
            match metric.data() {
                AggregatedMetrics::F64(MetricData::Histogram(histogram)) => {
                    for point in histogram.data_points() {
                        let values = format!("{} in {} s", point.count(), point.sum());
                        found.push(format!("{name} {}: {values}", attributes(point.attributes())));
                    }
                }
                AggregatedMetrics::U64(MetricData::Sum(sum)) => {
                    assert!(sum.is_monotonic());
                    for point in sum.data_points() {
                        found.push(format!("{name} {}: {}", attributes(point.attributes()), point.value()));
                    }
                }
                other => panic!("{name}: {other:?}"),
            }
        }
    }
    found.sort();
    let request = |error: &str, method: &str, status: &str, path: &str, values: &str| {
        format!(
            "http.client.request.duration (s) {error}http.request.method={method} {status}server.address=shelf.example \
             server.port=443 url.template={path}: {values}"
        )
    };
    let check = "/imports/{importId}";
    let mut expected = [
        request(
            "error.type=503 ",
            "POST",
            "http.response.status_code=503 ",
            "/imports",
            "1 in 2 s",
        ),
        request("error.type=Transport ", "POST", "", "/imports", "1 in 0 s"),
        request("", "POST", "http.response.status_code=202 ", "/imports", "1 in 0 s"),
        request("", "GET", "http.response.status_code=202 ", check, "1 in 0 s"),
        request("", "GET", "http.response.status_code=200 ", check, "1 in 0 s"),
        request(
            "",
            "GET",
            "http.response.status_code=200 ",
            "/imports/{importId}/result",
            "1 in 0 s",
        ),
        "arazzo.step.attempts ({attempt}) arazzo.step=start arazzo.workflow=import-books: 3".to_owned(),
        "arazzo.step.attempts ({attempt}) arazzo.step=check arazzo.workflow=import-books: 2".to_owned(),
        "arazzo.step.attempts ({attempt}) arazzo.step=fetch arazzo.workflow=import-books: 1".to_owned(),
        "arazzo.step.retries ({retry}) arazzo.step=start arazzo.workflow=import-books: 1".to_owned(),
        "arazzo.run.waits (s) arazzo.step=start arazzo.workflow=import-books: 1 in 2.5 s".to_owned(),
        "arazzo.runs ({run}) arazzo.workflow=import-books error.type=Transport: 1".to_owned(),
        "arazzo.runs ({run}) arazzo.workflow=import-books: 1".to_owned(),
    ];
    expected.sort();
    assert_eq!(found, expected);
}
