//! Clients: addresses and credentials, and what of them is never shown.

use std::sync::{Arc, Mutex};

use arazzo::http::{Request, Response};
use arazzo::{BoxTransport, Bytes, Client, Credential, ErrorKind, Transport};

arazzo::arazzo_workflow!("language/keys.yml");

/// The URLs and the keys of the requests.
type Seen = Arc<Mutex<Vec<(String, Option<String>)>>>;

/// Answers with a status and a body; keeps the URLs and the `X-Key` headers of the requests.
fn answering(status: u16, body: &'static str) -> (impl Transport, Seen) {
    let seen: Seen = Arc::default();
    let kept = Arc::clone(&seen);
    let transport = move |request: Request<Bytes>| {
        let key = request
            .headers()
            .get("x-key")
            .map(|key| key.to_str().unwrap().to_owned());
        kept.lock().unwrap().push((request.uri().to_string(), key));
        async move {
            Response::builder()
                .status(status)
                .body(Bytes::from_static(body.as_bytes()))
        }
    };
    (transport, seen)
}

#[test]
fn an_address_that_cannot_be_one_is_refused_when_the_client_is_built() {
    for url in [
        "keys.test",
        "/v1",
        "ftp://keys.test",
        "http://keys.test/?a=b",
        "http://keys.test/v2#part",
        "",
    ] {
        let built = Client::builder().source("keys", |api| api.base_url(url)).build();
        assert_eq!(built.unwrap_err().kind(), ErrorKind::Configuration, "{url}");
    }
    let built = Client::builder()
        .source("keys", |api| api.base_url("http://user:hush@keys.test"))
        .build();
    let error = built.unwrap_err();
    assert!(!format!("{error} {error:?}").contains("hush"), "{error}");
}

#[test]
fn everything_that_is_wrong_with_a_client_is_listed() {
    let built = Client::builder()
        .source("keys", |api| {
            api.base_url("keys.test").header("a b", "c").header("d", "e\nf")
        })
        .source("odd", |api| {
            api.operation_url("x", "ftp://odd.test").idempotency_header("")
        })
        .build();
    let said = built.unwrap_err().to_string();
    for part in [
        "`keys`: the base URL",
        "`a b`",
        "`d`",
        "`odd`: the base URL",
        "`` is not a valid header name",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

/// Transports can be shared, and their types hidden.
#[tokio::test]
async fn transports_are_shared_and_boxed() {
    let (transport, seen) = answering(200, "{}");
    let builder = || Client::builder().source("keys", |api| api.credential(Credential::api_key("k")));
    let shared = Arc::new(transport);
    let one = builder().transport(Arc::clone(&shared)).build().unwrap();
    let two: Client<BoxTransport> = builder().transport(shared).build().unwrap().boxed();
    all(&one, all::Inputs::new()).await.unwrap();
    all(&two, all::Inputs::new()).await.unwrap();
    all(&two.clone().boxed(), all::Inputs::new()).await.unwrap();
    assert_eq!(seen.lock().unwrap().len(), 9);
}

/// One key for the whole source: operations that carry it get it where their scheme says, public
/// ones go without.
#[tokio::test]
async fn an_api_key_goes_where_the_operation_says_and_nowhere_else() {
    let (transport, seen) = answering(200, "{}");
    let client = Client::builder()
        .source("keys", |api| api.credential(Credential::api_key("k&y")))
        .transport(transport)
        .build()
        .unwrap();
    let outputs = all(&client, all::Inputs::new()).await.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            ("http://keys.test/open".to_owned(), None),
            ("http://keys.test/header".to_owned(), Some("k&y".to_owned())),
            ("http://keys.test/query?page=2&key=k%26y".to_owned(), None),
        ],
    );
    // Expressions see neither: outputs are stored with the run.
    assert_eq!(outputs.header, None);
    assert_eq!(outputs.url, "http://keys.test/query?page=2");
}

#[tokio::test]
async fn what_a_server_sends_cannot_steer_a_terminal() {
    let (transport, _) = answering(500, "first\nsecond \u{1b}[31mred");
    let client = Client::builder()
        .source("keys", |api| api.credential(Credential::api_key("k")))
        .transport(transport)
        .build()
        .unwrap();
    let error = all(&client, all::Inputs::new()).await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.ends_with("the API returned 500 Internal Server Error: first second \\u{1b}[31mred"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1);
}
