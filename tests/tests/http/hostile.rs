//! Responses, servers and stored values that want to stop a run, or to make it do something else.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, ClientCredentials, ErrorKind, Progress, Transport};
use serde_json::{Value, json};

mod hostile {
    arazzo::arazzo_workflow!("language/hostile/flow.yml");
}
mod oauth {
    arazzo::arazzo_workflow!("language/oauth.yml");
}

mod hurried {
    arazzo::arazzo_workflow!("language/hostile/hurried.yml");
}
mod echo {
    arazzo::arazzo_workflow!("language/hostile/echo.yml");
}
mod ahead {
    arazzo::arazzo_workflow!("language/hostile/ahead.yml");
}
mod reserved {
    arazzo::arazzo_workflow!("language/hostile/reserved.yml");
}

type Sent = Arc<Mutex<Vec<Request<Bytes>>>>;

/// A client of an API that always says the same.
fn client(status: u16, media: &str, body: impl Into<Bytes>) -> (Client<impl Transport>, Sent) {
    let (sent, media, body) = (Sent::default(), media.to_owned(), body.into());
    let log = sent.clone();
    let transport = move |request: Request<Bytes>| {
        log.lock().unwrap().push(request);
        let response = Response::builder()
            .status(status)
            .header("content-type", &media)
            .body(body.clone());
        async move { response }
    };
    let api = |api: arazzo::SourceBuilder| api.header("X-Trace", "seen").header("X-Api-Key", "hush-hush");
    (
        Client::builder()
            .transport(transport)
            .source("api", api)
            .build()
            .unwrap(),
        sent,
    )
}

/// An output does not depend on values that only an action reads: of a body that has one of them broken, or is not
/// labelled as JSON, everything is read that was before.
#[tokio::test]
async fn outputs_do_not_depend_on_what_actions_read() {
    let cases: [(&str, &[u8], usize); 6] = [
        ("application/json", br#"{"id":"1","more":false}"#, 1),
        ("application/json", br#"{"id":"1","more":true}"#, 2),
        ("application/json", br#"{"id":"1"}"#, 2),
        ("application/json", b"\xef\xbb\xbf{\"id\":\"1\",\"more\":false}", 1),
        ("application/json", b"{\"id\":\"1\",\"more\":\"\xff\"}", 2),
        ("application/json", br#"{"id":"1","more":{"$base64":"AA=="}}"#, 2),
    ];
    for (media, body, requests) in cases {
        let (client, sent) = client(200, media, body.to_vec());
        let outputs = ahead::page(&client, ahead::page::Inputs::new()).await.unwrap();
        assert_eq!(outputs.id, "1");
        assert_eq!(
            sent.lock().unwrap().len(),
            requests,
            "{}",
            String::from_utf8_lossy(body)
        );
    }
}

/// Semantics: what needs more than its budget ends the attempt with an error, which no criterion hides.
#[tokio::test]
async fn queries_have_a_budget() {
    let items = |count: usize| format!("[{}]", vec![r#"{"a":1}"#; count].join(","));
    let (small, _) = client(200, "application/json", items(100));
    hostile::query(&small, hostile::query::Inputs::new()).await.unwrap();
    let (large, sent) = client(200, "application/json", items(100_000));
    let error = hostile::query(&large, hostile::query::Inputs::new()).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.step()),
        (ErrorKind::Budget, Some("list")),
        "{error}"
    );
    assert!(!error.is_retryable() && sent.lock().unwrap().len() == 1);
    // In the criteria of an action, after the step has succeeded.
    let error = hostile::late(&large, hostile::late::Inputs::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Budget, "{error}");
    let xml = format!("<a>{}</a>", "<b/>".repeat(50_000));
    let (xml, _) = client(200, "application/xml", xml);
    let error = hostile::xml(&xml, hostile::xml::Inputs::new()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Budget, "{error}");
}

/// A pattern that is regular takes linear time; one that looks ahead has a limit of steps.
#[tokio::test]
async fn patterns_have_a_budget() {
    let body = |text: String| json!({ "text": text }).to_string();
    let (long, _) = client(200, "application/json", body("a".repeat(100_000)));
    let error = hostile::linear(&long, hostile::linear::Inputs::new())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Criterion, "{error}");
    let (found, _) = client(200, "application/json", body("a".repeat(100_000) + "b"));
    hostile::linear(&found, hostile::linear::Inputs::new()).await.unwrap();
    let (found, _) = client(200, "application/json", body("aaa".to_owned()));
    hostile::pattern(&found, hostile::pattern::Inputs::new()).await.unwrap();
    for length in [28, 40, 10_000] {
        let (explosive, _) = client(200, "application/json", body("a".repeat(length) + "!"));
        let error = hostile::pattern(&explosive, hostile::pattern::Inputs::new())
            .await
            .unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Budget | ErrorKind::Criterion),
            "{error}"
        );
    }
}

/// A response cannot choose name and media type of a file that is sent on.
#[tokio::test]
async fn a_response_does_not_become_a_file() {
    for file in [
        json!({ "$base64": "aGFjaw==", "name": "../../passwd", "type": "text/html" }),
        json!([{ "$base64": "aGFjaw==" }]),
    ] {
        let (client, sent) = client(200, "application/json", json!({ "file": file }).to_string());
        let error = hostile::forward(&client, hostile::forward::Inputs::new())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("`$base64`"), "{error}");
        assert_eq!(sent.lock().unwrap().len(), 1, "nothing was uploaded");
    }
    let (client, sent) = client(200, "application/json", json!({ "file": "plain $base64" }).to_string());
    hostile::forward(&client, hostile::forward::Inputs::new())
        .await
        .unwrap();
    let body = String::from_utf8(sent.lock().unwrap()[1].body().to_vec()).unwrap();
    assert!(body.contains("plain $base64") && !body.contains("passwd"), "{body}");
}

/// RFC 8259, section 8.2: half of a surrogate pair is no character, and so not the empty text either.
#[tokio::test]
async fn half_a_surrogate_pair_is_not_json() {
    for text in [r"\ud800", r"\udc00", r"\ud800\ud800", r"\ud83dx", r"\ud83d\n"] {
        let (client, _) = client(200, "application/json", format!(r#"{{"text":"{text}"}}"#));
        let error = hostile::surrogate(&client, hostile::surrogate::Inputs::new())
            .await
            .unwrap_err();
        assert!(error.to_string().contains("is not JSON"), "{text}: {error}");
    }
    let (empty, _) = client(200, "application/json", r#"{"text":"","x":"\ud83d\ude00"}"#);
    hostile::surrogate(&empty, hostile::surrogate::Inputs::new())
        .await
        .unwrap();
}

/// OpenAPI 3.2, "Style Values": `cookie` encodes nothing, so that a value could add a cookie.
#[tokio::test]
async fn a_value_adds_no_cookie() {
    let (client, sent) = client(200, "text/plain", "");
    let visit = |value: Value| hostile::cookies(&client, hostile::cookies::Inputs::new(value));
    visit(json!("a b=c,d")).await.unwrap();
    assert_eq!(sent.lock().unwrap()[0].headers()["cookie"], "session=a b=c,d");
    for value in [
        json!("x; admin=1"),
        json!(["x", "y; admin=1"]),
        json!({ "a; admin": "1" }),
        json!({ "a=b": "1" }),
    ] {
        let error = visit(value.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Request, "{value}: {error}");
    }
    assert_eq!(sent.lock().unwrap().len(), 1);
}

/// Headers of the client that carry credentials are in no stored run, and expressions do not see them.
#[tokio::test]
async fn credential_headers_are_not_stored() {
    let (failing, sent) = client(500, "application/json", "{}");
    let mut run = hostile::held::Run::new(hostile::held::Inputs::new());
    assert!(matches!(run.advance(&failing).await.unwrap(), Progress::Advanced));
    assert_eq!(sent.lock().unwrap()[0].headers()["x-api-key"], "hush-hush");
    let stored = serde_json::to_string(&run).unwrap();
    assert!(stored.contains("seen") && !stored.contains("hush-hush"), "{stored}");
    let (working, _) = client(200, "application/json", "{}");
    let mut run = hostile::held::Run::new(hostile::held::Inputs::new());
    run.finish(&working).await.unwrap();
    let kept = run.steps().list().unwrap();
    assert_eq!(kept.trace.as_deref(), Some("seen"));
    assert_eq!(kept.key, None);
}

/// What is wrong with an address is said without the password in it.
#[test]
fn no_address_shows_a_password() {
    for url in [
        "https://ada:hush@api.test",
        "https://ada:hu sh@api.test",
        "ftp://ada:hush@api.test",
        "https://ada:hush@api.test:99999/x?y#z",
    ] {
        let error = Client::builder()
            .source("api", |api| api.base_url(url))
            .build()
            .unwrap_err();
        assert!(!format!("{error:?} {error:#}").contains("hu"), "{error}");
    }
    for url in [
        "https://api.test:99999",
        "https://api.test:",
        "https://[::1]:65536",
        "https://api.test:+1",
    ] {
        assert!(
            Client::builder()
                .source("api", |api| api.base_url(url))
                .build()
                .is_err(),
            "{url}"
        );
    }
    for url in ["https://api.test:65535", "https://[::1]", "http://[::1]:80"] {
        Client::builder()
            .source("api", |api| api.base_url(url))
            .build()
            .unwrap();
    }
}

/// What a server says cannot turn the text of a terminal around.
#[tokio::test]
async fn hidden_characters_are_escaped() {
    let (failing, _) = client(500, "text/plain", "a\u{202e}b\u{2028}c\u{1b}[2J\u{200b}");
    let error = hostile::query(&failing, hostile::query::Inputs::new())
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(shown.contains(r"a\u{202e}b\u{2028}c\u{1b}[2J"), "{shown}");
    assert!(!shown.contains(['\u{202e}', '\u{2028}', '\u{1b}', '\u{200b}']));
}

/// A token endpoint that fails or hangs, after a while, and how often it was asked.
fn behind_tokens(delay: Duration, status: Option<u16>) -> (Client<impl Transport + Clone>, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let transport = move |request: Request<Bytes>| {
        let token = request.uri().path() == "/token";
        if token {
            count.fetch_add(1, Ordering::Relaxed);
        }
        async move {
            let answer = |status: u16, body: &'static str| {
                let response = Response::builder()
                    .status(status)
                    .header("content-type", "application/json");
                response.body(Bytes::from_static(body.as_bytes()))
            };
            if !token {
                return answer(200, r#"{"count":3}"#);
            }
            tokio::time::sleep(delay).await;
            match status {
                Some(status) => answer(status, r#"{"error":"temporarily_unavailable"}"#),
                None => std::future::pending().await,
            }
        }
    };
    let credential = ClientCredentials::new("id", "hush").token_url("http://login.test/token");
    let client = Client::builder()
        .transport(transport)
        .timeout(Duration::from_millis(900))
        .source("things", |api| {
            api.base_url("http://things.test").credential(credential)
        })
        .build()
        .unwrap();
    (client, asked)
}

/// The errors of runs that start at the same time, and how long all of them took.
async fn together(client: &Client<impl Transport + Clone + 'static>, runs: usize) -> (Vec<arazzo::Error>, Duration) {
    let started = std::time::Instant::now();
    let runs: Vec<_> = (0..runs)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move {
                oauth::add(&client, oauth::add::Inputs::new())
                    .await
                    .unwrap_err()
                    .into_error()
            })
        })
        .collect();
    let mut errors = Vec::new();
    for run in runs {
        errors.push(run.await.unwrap());
    }
    (errors, started.elapsed())
}

/// Runs that wait for a token share what comes of it, instead of asking one after the other.
#[tokio::test]
async fn a_failing_token_endpoint_is_asked_once_for_all_who_wait() {
    let (client, asked) = behind_tokens(Duration::from_millis(300), Some(503));
    let (errors, _) = together(&client, 1000).await;
    assert_eq!((errors.len(), asked.load(Ordering::Relaxed)), (1000, 1));
    for error in errors {
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(error.to_string().contains("503"), "{error}");
    }
    // A run that comes later asks again.
    together(&client, 1).await;
    assert_eq!(asked.load(Ordering::Relaxed), 2);
}

/// Waiting for the lock, for the token and for the response all count as the time of the attempt.
#[tokio::test]
async fn a_token_endpoint_that_hangs_costs_one_timeout() {
    let (client, asked) = behind_tokens(Duration::ZERO, None);
    let (errors, took) = together(&client, 40).await;
    assert!(
        errors.iter().all(|error| error.kind() == ErrorKind::Timeout),
        "{errors:?}"
    );
    // One after the other they would take 36 s.
    assert!(took < Duration::from_secs(20), "{took:?}");
    assert!(asked.load(Ordering::Relaxed) <= 2, "{asked:?}");
}

/// The time limit of a step includes the time that its token takes. Nothing else ends this attempt.
#[tokio::test]
async fn a_step_waits_for_its_token_within_its_own_time() {
    let transport = |_: Request<Bytes>| std::future::pending::<Result<Response<Bytes>, arazzo::BoxError>>();
    let credential = ClientCredentials::new("id", "hush").token_url("http://login.test/token");
    let client = Client::builder()
        .transport(transport)
        .timeout(None)
        .source("things", |api| {
            api.base_url("http://things.test").credential(credential)
        })
        .build()
        .unwrap();
    let run = hurried::hurried(&client, hurried::hurried::Inputs::new());
    let result = tokio::time::timeout(Duration::from_secs(60), run).await;
    assert_eq!(result.unwrap().unwrap_err().kind(), ErrorKind::Timeout);
}

/// OpenAPI 3.2, "Parameter Object", `allowReserved`: reserved characters are sent as they are, but no value names another
/// path, adds a query, or changes the host.
#[tokio::test]
async fn reserved_characters_do_not_leave_the_path() {
    let log = Sent::default();
    let kept = log.clone();
    let transport = move |request: Request<Bytes>| {
        kept.lock().unwrap().push(request);
        async { Response::builder().status(200).body(Bytes::new()) }
    };
    let client = Client::builder().transport(transport).build().unwrap();
    let hostile = [
        "..",
        ".",
        "../..",
        "a/../b",
        "a/./b",
        "%2e%2e",
        "%2E%2e/x",
        "a/%2e",
        "?x=1",
        "a#b",
        "@evil.test",
        "//evil.test",
        "a\\..\\b",
        "/",
        "a/b",
        "a:b@c",
    ];
    let mut refused = Vec::new();
    for path in hostile {
        match reserved::file(&client, reserved::file::Inputs::new(path)).await {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Request, "{path}: {error}");
                refused.push(path);
            }
        }
    }
    for path in ["..", ".", "../..", "a/../b", "a/./b", "%2e%2e", "%2E%2e/x", "a/%2e"] {
        assert!(refused.contains(&path), "{path} names another path");
    }
    let log = log.lock().unwrap();
    assert!(!log.is_empty());
    for request in &*log {
        let uri = request.uri();
        assert_eq!(
            (uri.scheme_str(), uri.authority().unwrap().as_str(), uri.query()),
            (Some("https"), "files.test", None),
            "{uri}"
        );
        assert!(
            uri.path().starts_with("/v1/files/") && !uri.to_string().contains('#'),
            "{uri}"
        );
    }
}

/// What an API repeats of a request in its error is shown without the secrets of the client and of the run.
#[tokio::test]
async fn an_error_does_not_repeat_secrets() {
    let echo = |request: Request<Bytes>| async move {
        let body = json!({
            "headers": format!("{:?}", request.headers().values().map(|value| value.to_str().unwrap()).collect::<Vec<_>>()),
            "url": request.uri().to_string(),
            "body": String::from_utf8_lossy(request.body()),
        });
        Response::builder().status(400).body(Bytes::from(body.to_string()))
    };
    let client = Client::builder()
        .transport(echo)
        .source("api", |api| {
            api.credential(arazzo::Credential::basic("ada", "SECRET basic"))
                .header("X-Api-Key", "SECRET-header")
                .header("X-Trace", "seen")
        })
        .build()
        .unwrap();
    for password in ["SECRET-input", "SECRET \"quoted\" & more/é"] {
        for error in [
            echo::sign_in(&client, echo::sign_in::Inputs::new(password))
                .await
                .unwrap_err()
                .into_error(),
            echo::nested(&client, echo::nested::Inputs::new(password))
                .await
                .unwrap_err()
                .into_error(),
        ] {
            let said = format!("{error} {error:#} {error:?}");
            assert!(said.contains("[redacted]") && said.contains("seen"), "{said}");
            assert!(!said.contains("SECRET") && !said.contains("quoted"), "{said}");
            // RFC 7617: the credentials are Base64 of user and password.
            assert!(!said.contains("YWRhOlNFQ1JFVCBiYXNpYw=="), "{said}");
            let whole = error.response().unwrap().body();
            assert!(
                String::from_utf8_lossy(whole).contains("SECRET"),
                "the response itself is as it was sent"
            );
        }
    }
}
