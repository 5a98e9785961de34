//! What a run tells: to an observer of the client, and to `tracing`.

use std::collections::BTreeMap;
use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arazzo::testing::Script;
use arazzo::{ActionEvent, Client, Credential, Event, EventKind, Transport};
use serde_json::{Value, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

pub(crate) mod nested {
    arazzo::arazzo_workflow!("language/nested.yml");
}
mod secrets {
    arazzo::arazzo_workflow!("language/secrets.yml");
}
pub(crate) mod polling {
    // A criterion asks for a member that the description does not mention.
    arazzo::arazzo_workflow!("golden/import.yml", lints = { allow(unknown_response_pointer) });
}

use nested::borrow;
use nested::sign_in::Step as SignIn;
use polling::import_books;

/// The words of an event that an expectation can be written in.
fn line(event: &Event<'_>) -> String {
    let mut line = format!(
        "{}{} {}/{}",
        " ".repeat(event.depth as usize),
        event.workflow,
        event.number,
        event.steps
    );
    if let Some(step) = event.step {
        let _ = write!(line, " {step}");
    }
    let _ = match event.kind {
        EventKind::Started => write!(line, ": started"),
        EventKind::Request {
            operation,
            method,
            server,
            path,
            attempt,
            ..
        } => write!(line, ": {operation} = {method} {server} {path}, attempt {attempt}"),
        EventKind::Response {
            status, bytes, elapsed, ..
        } => {
            write!(line, ": {status}, {bytes} bytes after {} s", elapsed.as_secs())
        }
        EventKind::NoResponse { error, .. } => write!(line, ": {error:?}"),
        EventKind::Criterion {
            condition, place, met, ..
        } => {
            write!(line, ": {condition} at {}:{} {met}", place.line, place.column)
        }
        EventKind::Action { name, action, .. } => match action {
            ActionEvent::Retry { wait, .. } => write!(line, ": {name}: retry after {} s", wait.as_secs_f64()),
            other => write!(line, ": {name}: {other:?}"),
        },
        EventKind::Waited { duration, .. } => write!(line, ": waited {} s", duration.as_secs_f64()),
        EventKind::Finished { error, .. } => write!(line, ": finished {error:?}"),
        _ => write!(line, ": something else"),
    };
    line
}

/// A client that keeps the lines of what it is told.
fn watched<T: Transport>(transport: T) -> (Client<T>, Arc<Mutex<Vec<String>>>) {
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&lines);
    let client = Client::builder()
        .transport(transport)
        .observer(move |event: &Event<'_>| kept.lock().unwrap().push(line(event)))
        .build()
        .unwrap();
    (client, lines)
}

/// The first request gets 503, the second no response, which ends the run. When the run is continued, everything goes
/// well.
pub(crate) fn import() -> Script {
    Script::new()
        .on(import_books::Step::Start)
        .after(Duration::from_secs(2))
        .reply(503, json!({}))
        .on(import_books::Step::Start)
        .fail("reset")
        .on(import_books::Step::Start)
        .reply(202, json!({"id": "i/1"}))
        .on(import_books::Step::Check)
        .reply(202, json!({}))
        .on(import_books::Step::Check)
        .reply(200, json!({"status": "done"}))
        .on(import_books::Step::Fetch)
        .reply(200, json!({"bookId": 7}))
}

/// The places are those of `golden/import.yml`; the retry of `start` demands a status of 503, which a request that
/// fails does not have.
#[tokio::test]
async fn a_run_tells_what_it_does_in_order() {
    let (client, lines) = watched(import());
    let mut run = import_books::Run::new(import_books::Inputs::new());
    run.finish(&client).await.unwrap_err();
    run.finish(&client).await.unwrap();
    let start = "startImport = POST https://shelf.example/api /imports";
    let check = "getImport = GET https://shelf.example/api /imports/{importId}";
    let either = "$statusCode == 200 || $statusCode == 202 at 34:24";
    let empty = "$response.body#/status == 'empty' && $inputs.patience > 0 at 44:28";
    let expected = [
        "1/3 start: started",
        &format!("1/3 start: {start}, attempt 1"),
        "1/3 start: 503, 2 bytes after 2 s",
        "1/3 start: $statusCode == 202 at 19:24 false",
        "1/3 start: $statusCode == 503 at 28:28 true",
        "1/3 start: busy: retry after 2.5 s",
        "1/3 start: waited 2.5 s",
        &format!("1/3 start: {start}, attempt 2"),
        "1/3 start: Transport",
        "1/3 start: $statusCode == 503 at 28:28 false",
        "1/3 start: finished Some(Transport)",
        &format!("1/3 start: {start}, attempt 3"),
        "1/3 start: 202, 12 bytes after 0 s",
        "1/3 start: $statusCode == 202 at 19:24 true",
        &format!("2/3 check: {check}, attempt 1"),
        "2/3 check: 202, 2 bytes after 0 s",
        &format!("2/3 check: {either} true"),
        "2/3 check: $statusCode == 202 at 40:28 true",
        "2/3 check: not-yet: Goto(\"check\")",
        &format!("2/3 check: {check}, attempt 1"),
        "2/3 check: 200, 17 bytes after 0 s",
        &format!("2/3 check: {either} true"),
        "2/3 check: $statusCode == 202 at 40:28 false",
        &format!("2/3 check: {empty} false"),
        "3/3 fetch: getImportResult = GET https://shelf.example/api /imports/{importId}/result, attempt 1",
        "3/3 fetch: 200, 12 bytes after 0 s",
        "3/3 fetch: finished None",
    ];
    let expected: Vec<String> = expected.iter().map(|line| format!("import-books {line}")).collect();
    assert_eq!(*lines.lock().unwrap(), expected);
}

/// Observers are told one after the other, in the order in which they were added.
#[tokio::test]
async fn several_observers_are_told() {
    let told: Arc<Mutex<Vec<&str>>> = Arc::default();
    let observer = |name: &'static str| {
        let told = Arc::clone(&told);
        move |event: &Event<'_>| {
            if matches!(event.kind, EventKind::Started) {
                told.lock().unwrap().push(name);
            }
        }
    };
    let client = Client::builder()
        .transport(import())
        .observer(observer("first"))
        .observer(observer("second"))
        .observer(observer("third"))
        .build()
        .unwrap();
    let mut run = import_books::Run::new(import_books::Inputs::new());
    let before = run.clone();
    assert_eq!(run, before);
    let _ = run.advance(&client).await;
    assert_ne!(run, before, "an attempt is part of a run");
    assert_ne!(
        import_books::Run::new(import_books::Inputs::new()),
        before,
        "another run has another id"
    );
    assert_eq!(*told.lock().unwrap(), ["first", "second", "third"]);
}

#[tokio::test]
async fn a_called_workflow_tells_too_and_says_how_deep() {
    let script = Script::new()
        .on(SignIn::Enter)
        .reply(201, json!({"token": "t", "expiresIn": 60}))
        .on(borrow::Step::Lend)
        .reply(201, json!({"loanId": 1}));
    let (client, lines) = watched(script);
    borrow(&client, borrow::Inputs::new("ada", "hush", 7)).await.unwrap();
    let lines = lines.lock().unwrap();
    let told: Vec<&str> = lines.iter().map(|line| line.split(',').next().unwrap()).collect();
    assert_eq!(
        told,
        [
            "borrow 1/2 identify: started",
            " sign-in 1/1 enter: started",
            " sign-in 1/1 enter: openSession = POST https://shelf.example/api /sessions",
            " sign-in 1/1 enter: 201",
            " sign-in 1/1 enter: finished None",
            "borrow 2/2 lend: lendBook = POST https://shelf.example/api /books/{bookId}/loans",
            "borrow 2/2 lend: 201",
            "borrow 2/2 lend: finished None",
        ]
    );
}

/// Neither inputs, nor parameters, nor what the API returns, nor credentials are in what is told, by either way.
#[tokio::test]
async fn nothing_that_is_told_holds_a_value() {
    let spans = Spans::default();
    let script = Script::new()
        .on(SignIn::Enter)
        .reply(201, json!({"token": "SECRET-token", "expiresIn": 60}))
        .on(borrow::Step::Lend)
        .reply(409, json!({"message": "SECRET-message"}));
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&lines);
    let client = Client::builder()
        .transport(script)
        .source("shelf", |api| {
            api.credential(Credential::bearer("SECRET-bearer"))
                .header("X-Own", "SECRET-header")
        })
        .observer(move |event: &Event<'_>| kept.lock().unwrap().push(format!("{event:?}")))
        .build()
        .unwrap();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(spans.clone()));
    let inputs = borrow::Inputs::new("SECRET-reader", "SECRET-password", 4_711_471_147_114_711);
    borrow(&client, inputs).await.unwrap_err();
    drop(guard);
    let told = format!("{:?} {:?}", lines.lock().unwrap(), spans.0.lock().unwrap());
    assert!(
        told.contains("lendBook") && told.contains("http.request.method"),
        "{told}"
    );
    assert!(!told.contains("SECRET"), "{told}");
    assert!(!told.contains("4711471147114711"), "{told}");
}

/// Spans and events: name, parent and fields.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<Kept>>>);

#[derive(Debug)]
struct Kept {
    id: u64,
    name: &'static str,
    parent: Option<&'static str>,
    fields: BTreeMap<String, Value>,
}

struct Fields<'a>(&'a mut BTreeMap<String, Value>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), json!(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), json!(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), json!(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), json!(value));
    }
}

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut fields = BTreeMap::new();
        attributes.record(&mut Fields(&mut fields));
        let span = context.span(id).unwrap();
        self.0.lock().unwrap().push(Kept {
            id: id.into_u64(),
            name: span.name(),
            parent: span.parent().map(|parent| parent.name()),
            fields,
        });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        let mut kept = self.0.lock().unwrap();
        let span = kept.iter_mut().rfind(|kept| kept.id == id.into_u64()).unwrap();
        values.record(&mut Fields(&mut span.fields));
    }

    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        let mut fields = BTreeMap::new();
        event.record(&mut Fields(&mut fields));
        let parent = context.event_span(event).map(|span| span.name());
        self.0.lock().unwrap().push(Kept {
            id: 0,
            name: "event",
            parent,
            fields,
        });
    }
}

/// The names are those of OpenTelemetry's semantic conventions for HTTP client spans, version 1.37: `http.request.method`,
/// `server.address`, `server.port` and `url.full` are required; `error.type` where it failed, `http.response.status_code`
/// where one came, `http.request.resend_count` where it was sent again; the name is method and template.
/// Attributes of a request (OpenTelemetry, semantic conventions for HTTP clients).
const ATTRIBUTES: [&str; 11] = [
    "otel.name",
    "otel.kind",
    "http.request.method",
    "url.full",
    "url.template",
    "server.address",
    "server.port",
    "http.response.status_code",
    "http.request.resend_count",
    "error.type",
    "otel.status_code",
];

fn of(span: &Kept, names: &[&str]) -> Vec<Value> {
    let field = |name: &&str| span.fields.get(*name).cloned().unwrap_or_default();
    names.iter().map(field).collect()
}

#[tokio::test]
async fn spans_have_the_names_of_opentelemetry() {
    let spans = Spans::default();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(spans.clone()));
    let client = Client::builder().transport(import()).build().unwrap();
    let mut run = import_books::Run::new(import_books::Inputs::new());
    run.finish(&client).await.unwrap_err();
    run.finish(&client).await.unwrap();
    drop(guard);
    let kept = spans.0.lock().unwrap();
    let requests: Vec<&Kept> = kept.iter().filter(|span| span.name == "arazzo.request").collect();
    assert_eq!(requests.len(), 6);
    assert!(requests.iter().all(|span| span.parent == Some("arazzo.step")));
    assert!(
        kept.iter()
            .filter(|span| span.name == "arazzo.step")
            .all(|span| span.parent == Some("arazzo.workflow"))
    );
    assert_eq!(
        json!(of(requests[0], &ATTRIBUTES)),
        json!([
            "POST /imports",
            "client",
            "POST",
            "https://shelf.example/api/imports",
            "/imports",
            "shelf.example",
            443,
            503,
            null,
            "503",
            "ERROR"
        ])
    );
    assert_eq!(
        json!(of(requests[1], &ATTRIBUTES)),
        json!([
            "POST /imports",
            "client",
            "POST",
            "https://shelf.example/api/imports",
            "/imports",
            "shelf.example",
            443,
            null,
            1,
            "Transport",
            "ERROR"
        ])
    );
    assert_eq!(
        json!(of(requests[3], &ATTRIBUTES)),
        json!([
            "GET /imports/{importId}",
            "client",
            "GET",
            "https://shelf.example/api/imports/{importId}",
            "/imports/{importId}",
            "shelf.example",
            443,
            202,
            null,
            null,
            null
        ])
    );
    let actions: Vec<&Kept> = kept
        .iter()
        .filter(|span| span.fields.contains_key("arazzo.action"))
        .collect();
    assert_eq!(
        of(actions[0], &["arazzo.action", "arazzo.does"]),
        [json!("busy"), json!("retry")]
    );
    assert_eq!(actions[0].parent, Some("arazzo.step"));
}

/// An API key goes in a header, a query whose name needs encoding, or a cookie: wherever, it is in no event, no span and
/// no recording, and no expression sees it.
#[tokio::test]
async fn api_keys_are_neither_told_nor_recorded() {
    let spans = Spans::default();
    let lines: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&lines);
    let script = Script::new()
        .on(secrets::keys::Step::Header)
        .reply(200, json!({}))
        .on(secrets::keys::Step::Query)
        .reply(200, json!({}))
        .on(secrets::keys::Step::Cookie)
        .reply(200, json!({}));
    let recorder = arazzo::testing::Recorder::new(script.clone());
    let client = Client::builder()
        .transport(recorder.clone())
        .source("keys", |api| {
            api.credential(Credential::api_key("SECRET-key"))
                .header("X-Api-Key", "SECRET-own")
                .header("X-Jwt", "SECRET-token")
        })
        .observer(move |event: &Event<'_>| kept.lock().unwrap().push(format!("{event:?}")))
        .build()
        .unwrap();
    let guard = tracing::subscriber::set_default(tracing_subscriber::registry().with(spans.clone()));
    let outputs = secrets::keys(&client, secrets::keys::Inputs::new()).await.unwrap();
    drop(guard);
    let sent: Vec<String> = script.requests().iter().map(|request| format!("{request:?}")).collect();
    let sensitive = script.requests()[2].headers["cookie"].is_sensitive();
    assert!(
        sensitive && script.requests()[2].header("cookie") == Some("session=SECRET-key"),
        "{sent:?}"
    );
    assert_eq!(script.requests()[1].uri.query(), Some("page=2&api%5Bkey%5D=SECRET-key"));
    let recording = serde_json::to_string(&recorder.recording()).unwrap();
    assert!(recording.contains("page=2"), "{recording}");
    let told = format!(
        "{:?} {:?} {recording} {outputs:?}",
        lines.lock().unwrap(),
        spans.0.lock().unwrap()
    );
    assert!(!told.contains("SECRET"), "{told}");
}
