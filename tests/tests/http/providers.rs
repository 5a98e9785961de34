//! Credentials that the application provides when they are needed.

use std::error::Error as _;
use std::future::pending;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use arazzo::http::{Request, Response, header};
use arazzo::{BoxError, Bytes, Client, Credential, ErrorKind, Event, EventKind, Provided, Transport};

mod oauth {
    arazzo::arazzo_workflow!("language/oauth.yml");
}
mod keys {
    arazzo::arazzo_workflow!("language/keys.yml");
}
mod polling {
    // A criterion asks for a member that the description does not mention.
    arazzo::arazzo_workflow!("golden/import.yml", lints = { allow(unknown_response_pointer) });
}
use keys::all;
use oauth::read_thrice;
use polling::import_books;

/// An API that accepts one token, with a clock that the test moves.
#[derive(Clone)]
struct Api(Arc<Shared>);

struct Shared {
    accepted: Mutex<&'static str>,
    refusal: Mutex<&'static str>,
    seen: Mutex<Vec<String>>,
    start: Instant,
    passed: Mutex<Duration>,
    /// Whether waits end at once.
    hurried: AtomicBool,
}

impl Api {
    fn accepting(token: &'static str) -> Self {
        Self(Arc::new(Shared {
            accepted: Mutex::new(token),
            refusal: Mutex::new("{}"),
            seen: Mutex::default(),
            start: Instant::now(),
            passed: Mutex::default(),
            hurried: AtomicBool::new(false),
        }))
    }

    fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.0.seen.lock().unwrap())
    }

    fn pass(&self, seconds: u64) {
        *self.0.passed.lock().unwrap() += Duration::from_secs(seconds);
    }

    fn client(&self, credential: Credential) -> Client<Self> {
        let client = Client::builder().source("things", |api| {
            api.base_url("http://things.test").credential(credential)
        });
        client.transport(self.clone()).build().unwrap()
    }
}

impl Transport for Api {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, BoxError> {
        let sent = request.headers().get(header::AUTHORIZATION);
        let sent = sent.map_or("nothing", |value| value.to_str().unwrap()).to_owned();
        let open = request.uri().path() == "/open";
        let good = open || sent == format!("Bearer {}", self.0.accepted.lock().unwrap());
        if !open {
            self.0.seen.lock().unwrap().push(sent);
        }
        let body = if good {
            r#"{"count":3}"#
        } else {
            *self.0.refusal.lock().unwrap()
        };
        let response = Response::builder().status(if good { 200 } else { 401 });
        let response = response.header(header::CONTENT_TYPE, "application/json");
        Ok(response.body(Bytes::from_static(body.as_bytes()))?)
    }

    async fn sleep(&self, duration: Duration) {
        if !self.0.hurried.load(Ordering::SeqCst) {
            pending::<()>().await;
        }
        self.pass(duration.as_secs());
    }

    fn now(&self) -> Instant {
        self.0.start + *self.0.passed.lock().unwrap()
    }
}

/// Provides the tokens `t1`, `t2` and so on, each valid for 60 seconds.
fn counting() -> (Credential, Arc<AtomicUsize>) {
    let calls = Arc::<AtomicUsize>::default();
    let counted = calls.clone();
    let provider = Credential::provider(move || {
        let number = counted.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            tokio::task::yield_now().await;
            let token = Credential::bearer(format!("t{number}"));
            Ok::<_, io::Error>(Provided::new(token).valid_for(Duration::from_secs(60)))
        }
    });
    (provider, calls)
}

macro_rules! read {
    ($client:expr) => {
        read_thrice(&$client, read_thrice::Inputs::new())
    };
}

#[tokio::test]
async fn runs_at_the_same_time_wait_for_one_call() {
    let api = Api::accepting("t1");
    let (provider, calls) = counting();
    let client = api.client(provider);
    let (one, two, three) = tokio::join!(read!(client), read!(client), read!(client));
    assert!(one.is_ok() && two.is_ok() && three.is_ok());
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    assert_eq!(api.seen(), ["Bearer t1"; 9]);
}

/// 60 seconds, less 10.
#[tokio::test]
async fn a_credential_is_replaced_before_it_expires() {
    let api = Api::accepting("t1");
    let (provider, calls) = counting();
    let client = api.client(provider);
    read!(client).await.unwrap();
    api.pass(49);
    read!(client).await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 1);
    api.pass(1);
    *api.0.accepted.lock().unwrap() = "t2";
    read!(client).await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 2);
    assert_eq!(api.seen()[6..], ["Bearer t2"; 3]);
}

#[tokio::test]
async fn a_refused_credential_is_replaced_once() {
    let api = Api::accepting("t2");
    let (provider, calls) = counting();
    let resent = Arc::<Mutex<Vec<bool>>>::default();
    let kept = resent.clone();
    let client = Client::builder()
        .source("things", |api| api.base_url("http://things.test").credential(provider))
        .observer(move |event: &Event<'_>| {
            if let EventKind::Request { resent, .. } = event.kind {
                kept.lock().unwrap().push(resent);
            }
        })
        .transport(api.clone())
        .build()
        .unwrap();
    read!(client).await.unwrap();
    assert_eq!(api.seen(), ["Bearer t1", "Bearer t2", "Bearer t2", "Bearer t2"]);
    // With the public operation between the first and the second one.
    assert_eq!(*resent.lock().unwrap(), [false, true, false, false, false]);
    // Nothing is accepted any more: one new credential, then the response counts.
    *api.0.accepted.lock().unwrap() = "none";
    let error = read!(client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Criterion, 401)
    );
    assert_eq!(api.seen(), ["Bearer t2", "Bearer t3"]);
    assert_eq!(calls.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn the_same_credential_is_not_sent_again() {
    let api = Api::accepting("other");
    let client = api.client(Credential::provider(async || {
        Ok::<_, io::Error>(Credential::bearer("t"))
    }));
    assert_eq!(read!(client).await.unwrap_err().status().unwrap(), 401);
    assert_eq!(api.seen(), ["Bearer t"]);
}

#[tokio::test]
async fn the_failure_of_a_provider_can_be_continued() {
    let api = Api::accepting("t");
    let open = Arc::<Mutex<bool>>::default();
    let vault = open.clone();
    let client = api.client(Credential::provider(move || {
        let open = *vault.lock().unwrap();
        async move {
            let sealed = || io::Error::other("the vault is sealed");
            open.then(|| Credential::bearer("t")).ok_or_else(sealed)
        }
    }));
    let error = read!(client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingCredential);
    assert_eq!(error.step(), Some("first"));
    let own: &io::Error = error.source().unwrap().downcast_ref().unwrap();
    assert_eq!(own.to_string(), "the vault is sealed");
    assert!(!error.may_have_been_sent() && !error.is_retryable());
    assert!(
        format!("{error:#}").ends_with("the provider of the credential failed: the vault is sealed"),
        "{error:#}"
    );
    *open.lock().unwrap() = true;
    let outputs = error.into_run().finish(&client).await.unwrap();
    assert_eq!(outputs.count, 3);
}

/// A file that was read while it was being written.
#[tokio::test]
async fn a_credential_that_cannot_be_sent_is_not_kept() {
    let api = Api::accepting("t");
    let calls = AtomicUsize::new(0);
    let client = api.client(Credential::provider(move || {
        let token = ["a\nb", "t"][calls.fetch_add(1, Ordering::SeqCst)];
        async move { Ok::<_, io::Error>(Credential::bearer(token)) }
    }));
    let error = read!(client).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error.into_run().finish(&client).await.unwrap();
}

/// 401 can have other reasons than the credential: the response counts, and the credential stays.
#[tokio::test]
async fn a_renewal_that_fails_changes_nothing() {
    let api = Api::accepting("t");
    let calls = Arc::<AtomicUsize>::default();
    let counted = calls.clone();
    let client = api.client(Credential::provider(move || {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            first
                .then(|| Credential::bearer("t"))
                .ok_or_else(|| io::Error::other("sealed"))
        }
    }));
    read!(client).await.unwrap();
    *api.0.accepted.lock().unwrap() = "none";
    let error = read!(client).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status().unwrap().as_u16()),
        (ErrorKind::Criterion, 401)
    );
    *api.0.accepted.lock().unwrap() = "t";
    read!(client).await.unwrap();
    assert_eq!(calls.load(Ordering::SeqCst), 2);
}

/// The description of these operations has no `security`: a token goes into `Authorization`, a key nowhere.
#[tokio::test]
async fn without_security_only_what_fits_is_sent() {
    for (credential, expected) in [
        (Credential::bearer("t"), Some("Bearer t")),
        (Credential::api_key("k"), None),
    ] {
        let seen = Arc::<Mutex<Vec<Option<String>>>>::default();
        let kept = seen.clone();
        let client = Client::builder()
            .source("shelf", |api| {
                api.credential(Credential::provider(move || {
                    let credential = credential.clone();
                    async move { Ok::<_, io::Error>(credential) }
                }))
            })
            .transport(move |request: Request<Bytes>| {
                let sent = request.headers().get(header::AUTHORIZATION);
                kept.lock()
                    .unwrap()
                    .push(sent.map(|value| value.to_str().unwrap().to_owned()));
                async { Ok::<_, BoxError>(Response::builder().status(500).body(Bytes::new())?) }
            })
            .build()
            .unwrap();
        let error = import_books(&client, import_books::Inputs::new()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Criterion);
        assert_eq!(*seen.lock().unwrap(), [expected.map(str::to_owned)]);
    }
}

#[tokio::test]
async fn waiting_for_a_provider_has_a_limit() {
    let api = Api::accepting("t");
    api.0.hurried.store(true, Ordering::SeqCst);
    let provider = Credential::provider(pending::<Result<Credential, io::Error>>);
    let error = read!(api.client(provider)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(!error.may_have_been_sent());
    assert!(
        error
            .to_string()
            .contains("provider of the credential returned nothing within 30000 ms"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_provided_has_to_fit() {
    let (inner, _) = counting();
    for (credential, kind, text) in [
        (
            Credential::api_key("k"),
            ErrorKind::MissingCredential,
            "wrong kind of credential (API key)",
        ),
        (
            Credential::basic("u", "p"),
            ErrorKind::MissingCredential,
            "wrong kind of credential (basic)",
        ),
        (
            Credential::bearer("a\nb"),
            ErrorKind::Configuration,
            "a character that cannot be sent",
        ),
        (inner, ErrorKind::Configuration, "has to be obtained itself (provided)"),
    ] {
        let api = Api::accepting("t");
        let provider = Credential::provider(move || {
            let credential = credential.clone();
            async move { Ok::<_, io::Error>(credential) }
        });
        let error = read!(api.client(provider)).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{text}");
        assert!(error.to_string().contains(text), "{error}");
        assert!(api.seen().is_empty());
    }
}

/// A provided key goes where the description says, as any other key.
#[tokio::test]
async fn keys_are_provided_too() {
    let seen = Arc::<Mutex<Vec<String>>>::default();
    let kept = seen.clone();
    let client = Client::builder()
        .source("keys", |api| {
            api.credential(Credential::provider(async || {
                Ok::<_, io::Error>(Credential::api_key("k"))
            }))
        })
        .transport(move |request: Request<Bytes>| {
            let key = request
                .headers()
                .get("x-key")
                .map(|key| key.to_str().unwrap().to_owned());
            kept.lock().unwrap().push(format!("{} {key:?}", request.uri()));
            async { Ok::<_, BoxError>(Response::new(Bytes::from_static(b"{}"))) }
        })
        .build()
        .unwrap();
    all(&client, all::Inputs::new()).await.unwrap();
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "http://keys.test/open None",
            "http://keys.test/header Some(\"k\")",
            "http://keys.test/query?page=2&key=k None"
        ]
    );
}

#[tokio::test]
async fn errors_do_not_repeat_what_was_provided() {
    let api = Api::accepting("other");
    *api.0.refusal.lock().unwrap() = r#"{"token":"hush-token"}"#;
    let credential = Credential::provider(async || Ok::<_, io::Error>(Credential::bearer("hush-token")));
    assert!(!format!("{credential:?}").contains("hush"));
    let error = read!(api.client(credential)).await.unwrap_err();
    let text = format!("{error:#} {error:?}");
    assert!(text.contains("[redacted]") && !text.contains("hush"), "{text}");
}
