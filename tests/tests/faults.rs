//! What happens when the network, the server or an input does what it should not: real sockets on the loopback
//! interface, bytes as they are, and the transport that everybody gets who asks for none.
//!
//! Either the run goes on rightly, or it fails with an error that says what kind of failure it is and at which step,
//! shows no secret, and leaves a run that goes on once the server is well again. "Semantics" is the page that decides
//! where the specification is silent.

use std::error::Error as _;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use arazzo::{Client, Credential, ErrorKind, Progress, ResponseTooLarge};
use serde_json::{Value, json};

mod faults {
    arazzo::arazzo_workflow!("../language/faults/faults.yml");
}

// ---------------------------------------------------------------------------------------------------------------------
// The server
// ---------------------------------------------------------------------------------------------------------------------

/// A request as it came, byte for byte.
#[derive(Clone, Debug)]
struct Heard {
    /// The lines of the head without their ends.
    lines: Vec<Vec<u8>>,
    body: Vec<u8>,
}

impl Heard {
    fn text(&self, line: usize) -> &str {
        std::str::from_utf8(&self.lines[line]).expect("UTF-8")
    }

    fn target(&self) -> &str {
        self.text(0).split(' ').nth(1).expect("a target")
    }

    /// The values of a header.
    fn all(&self, wanted: &str) -> Vec<&[u8]> {
        let headers = self.lines[1..].iter().map(|line| {
            let colon = line.iter().position(|byte| *byte == b':').expect("a colon");
            (&line[..colon], line[colon + 1..].trim_ascii())
        });
        let wanted = headers.filter(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()));
        wanted.map(|(_, value)| value).collect()
    }

    /// The names of the headers, in order.
    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = self.lines[1..]
            .iter()
            .map(|line| line.split(|byte| *byte == b':').next().unwrap_or_default())
            .map(|name| String::from_utf8_lossy(name).to_ascii_lowercase())
            .collect();
        names.sort();
        names
    }
}

/// What a server keeps.
#[derive(Default)]
struct Kept {
    heard: Mutex<Vec<Heard>>,
    connections: AtomicUsize,
    /// Bytes that somebody has taken, or that were at least on the way.
    taken: AtomicUsize,
    /// Whether somebody has left before all was said.
    left: AtomicBool,
    stopped: AtomicBool,
}

/// A connection to a server.
struct Connection {
    stream: TcpStream,
    /// Counted from 0.
    number: usize,
    kept: Arc<Kept>,
}

impl Connection {
    /// Reads a head and what its length promises; nothing where the connection ends before.
    fn hear(&mut self) -> Option<Heard> {
        let mut heard = self.hear_head()?;
        let length = match heard.all("content-length")[..] {
            [] => 0,
            [length] => std::str::from_utf8(length).ok()?.parse().ok()?,
            _ => return None,
        };
        heard.body.resize(length, 0);
        self.stream.read_exact(&mut heard.body).ok()?;
        self.kept.heard.lock().unwrap().push(heard.clone());
        Some(heard)
    }

    /// Reads a head and nothing behind it.
    fn hear_head(&mut self) -> Option<Heard> {
        let mut lines = vec![Vec::new()];
        loop {
            let mut byte = [0];
            self.stream.read_exact(&mut byte).ok()?;
            let line = lines.last_mut()?;
            line.push(byte[0]);
            if line.ends_with(b"\r\n") {
                line.truncate(line.len() - 2);
                if line.is_empty() {
                    lines.pop();
                    break;
                }
                lines.push(Vec::new());
            }
        }
        let body = Vec::new();
        Some(Heard { lines, body })
    }

    /// Says something; false where nobody listens any more.
    fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let mut bytes = bytes.as_ref();
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(written) if written > 0 => {
                    self.kept.taken.fetch_add(written, Ordering::SeqCst);
                    bytes = &bytes[written..];
                }
                _ => {
                    self.kept.left.store(true, Ordering::SeqCst);
                    return false;
                }
            }
        }
        true
    }

    /// Reads a request and answers it.
    fn answer(&mut self, bytes: impl AsRef<[u8]>) {
        if self.hear().is_some() {
            self.say(bytes);
        }
    }

    /// Waits until the other side has closed, or for so long that nobody can believe it.
    fn linger(&mut self) {
        while matches!(self.stream.read(&mut [0; 4096]), Ok(read) if read > 0) {}
    }
}

/// A server that does to each connection what it is told to.
struct Server {
    address: SocketAddr,
    kept: Arc<Kept>,
}

impl Server {
    fn start(serve: impl Fn(&mut Connection) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let kept = Arc::<Kept>::default();
        let (ours, serve) = (Arc::clone(&kept), Arc::new(serve));
        thread::spawn(move || {
            for stream in listener.incoming() {
                if ours.stopped.load(Ordering::SeqCst) {
                    return;
                }
                let stream = stream.expect("a connection");
                stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time");
                stream.set_write_timeout(Some(Duration::from_secs(10))).expect("a time");
                stream.set_nodelay(true).expect("an option");
                let mut connection = Connection {
                    stream,
                    number: ours.connections.fetch_add(1, Ordering::SeqCst),
                    kept: Arc::clone(&ours),
                };
                let serve = Arc::clone(&serve);
                thread::spawn(move || serve(&mut connection));
            }
        });
        Self { address, kept }
    }

    /// A server that answers everything with these bytes, one request per connection.
    fn saying(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self::start(move |connection| connection.answer(&bytes))
    }

    /// A server that answers everything with this body, which it calls JSON.
    fn with_json(body: impl AsRef<[u8]>) -> Self {
        Self::saying(json_answer(body))
    }

    /// A server that nothing is wrong with.
    fn healthy() -> Self {
        Self::with_json(r#"{"name":"well"}"#)
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    fn client(&self) -> Client {
        client(&self.url())
    }

    fn heard(&self) -> Vec<Heard> {
        self.kept.heard.lock().unwrap().clone()
    }

    fn connections(&self) -> usize {
        self.kept.connections.load(Ordering::SeqCst)
    }

    /// Waits until somebody has left before all was said.
    async fn is_left(&self) -> bool {
        for _ in 0..500 {
            if self.kept.left.load(Ordering::SeqCst) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        false
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kept.stopped.store(true, Ordering::SeqCst);
        // It waits for a connection.
        _ = TcpStream::connect(self.address);
    }
}

/// An address where nobody listens any more.
fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    format!("http://{}", listener.local_addr().expect("it has an address"))
}

/// A client with every credential that there is a scheme for. What hangs fails in the end.
fn client(url: &str) -> Client {
    limited(url, |builder| builder)
}

fn limited(url: &str, limit: impl FnOnce(arazzo::Builder) -> arazzo::Builder) -> Client {
    let builder = Client::builder()
        .timeout(Duration::from_secs(10))
        .source("service", |api| {
            api.base_url(url)
                .scheme("bearer", Credential::bearer("hush-bearer"))
                .scheme("headerKey", Credential::api_key("hush-header"))
                .scheme("queryKey", Credential::api_key("hush-query"))
                .scheme("cookieKey", Credential::api_key("hush-cookie"))
        });
    limit(builder).build().expect("the client is complete")
}

/// An answer with a length that is right.
fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn json_answer(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("200 OK", "content-type: application/json\r\n", body)
}

/// Everything that an error says, and the errors behind it.
fn said(error: &(dyn std::error::Error + 'static)) -> String {
    let mut said = format!("{error} {error:#} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(said, " {error} {error:?}");
        source = error.source();
    }
    said
}

/// Runs a workflow without inputs that fails at this step: the error, which shows no secret.
macro_rules! failed {
    ($workflow:ident, $client:expr, $step:literal) => {
        failed!($workflow, $client, $step, faults::$workflow::Inputs::new())
    };
    ($workflow:ident, $client:expr, $step:literal, $inputs:expr) => {{
        let result = faults::$workflow(&$client, $inputs).await;
        let error = result.expect_err("it fails");
        let said = said(&error);
        assert!(!said.contains("hush"), "{said}");
        assert_eq!(error.step(), Some($step), "{said}");
        error
    }};
}

/// Stores the run that an error gives back, reads it and finishes it with a server that is well: its outputs.
macro_rules! carried_on {
    ($workflow:ident, $error:expr) => {{
        let stored = serde_json::to_string($error.run()).expect("a run can be stored");
        let mut run: faults::$workflow::Run = serde_json::from_str(&stored).expect("a stored run can be read");
        let server = Server::healthy();
        let outputs = run.finish(&server.client()).await;
        outputs.expect("the server is well")
    }};
}

// ---------------------------------------------------------------------------------------------------------------------
// Connections
// ---------------------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_refused_connection() {
    let error = failed!(read, client(&closed()), "fetch");
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!((error.workflow(), error.attempts()), ("read", 1));
    assert!(error.is_retryable());
    assert!(error.status().is_none() && error.response().is_none());
    assert_eq!(carried_on!(read, error).name, "well");
}

/// The URL of a request holds a credential, and an input that nobody should see.
#[tokio::test]
async fn a_failure_does_not_show_what_is_in_the_url() {
    let server = Server::saying("who is there?\r\n\r\n");
    let no_tls = Server::start(|connection| _ = connection.say("who is there?\r\n\r\n"));
    for url in [closed(), server.url(), no_tls.url().replace("http:", "https:")] {
        let error = failed!(unlock, client(&url), "open");
        assert_eq!(error.kind(), ErrorKind::Transport);
        let inputs = faults::show_pass::Inputs::new("hush-input");
        let error = failed!(show_pass, client(&url), "fetch", inputs);
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert_eq!(carried_on!(show_pass, error).name, "well");
    }
}

/// An address that no request can be sent to is refused by the builder, or the run fails; the URL with its credential is
/// not shown either way.
#[tokio::test]
async fn an_address_that_is_none() {
    for url in [
        "http://[::1",
        "http://127.0.0.1:99999",
        "http://127.0.0.1:x",
        "http://%zz",
        "http://a b",
        "http://",
        "http://:80",
        "http://[v1.x]",
        "http://1.2.3.4.5",
        "http://999.999.999.999",
        "http://127.0.0.1:0",
        "http://127.0.0.1\r\nx: y",
        "http://127.0.0.1/\0",
    ] {
        let builder = Client::builder().timeout(Duration::from_secs(3));
        let built = builder
            .source("service", |api| {
                api.base_url(url).credential(Credential::api_key("hush-query"))
            })
            .build();
        match built {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Configuration, "{url}"),
            Ok(client) => {
                let inputs = faults::show_pass::Inputs::new("hush-input");
                let error = failed!(show_pass, client, "fetch", inputs);
                assert!(
                    matches!(error.kind(), ErrorKind::Request | ErrorKind::Transport),
                    "{url}: {error:#}"
                );
                assert_eq!(carried_on!(show_pass, error).name, "well");
            }
        }
    }
}

/// A credential that cannot be in a header is sent nowhere and shown nowhere.
#[tokio::test]
async fn a_credential_that_would_end_its_header() {
    let server = Server::healthy();
    for evil in ["hush\r\nX-Evil: yes", "hush\nX-Evil: yes", "hush\0"] {
        for scheme in ["bearer", "headerKey", "cookieKey"] {
            let built = Client::builder()
                .source("service", |api| {
                    let credential = |name| if name == scheme { evil } else { "hush" };
                    api.base_url(server.url())
                        .scheme("bearer", Credential::bearer(credential("bearer")))
                        .scheme("headerKey", Credential::api_key(credential("headerKey")))
                        .scheme("queryKey", Credential::api_key("hush"))
                        .scheme("cookieKey", Credential::api_key(credential("cookieKey")))
                })
                .build();
            match built {
                Err(error) => assert!(!said(&error).contains("hush"), "{scheme}"),
                Ok(client) => {
                    assert!(!format!("{client:?}").contains("hush"), "{scheme}");
                    let result = faults::unlock(&client, faults::unlock::Inputs::new()).await;
                    let heard = server.heard();
                    match result {
                        Err(error) => {
                            assert!(
                                !said(&error).contains("hush") && heard.is_empty(),
                                "{scheme}: {heard:?}"
                            );
                        }
                        // In a cookie it may be encoded.
                        Ok(_) => assert!(scheme == "cookieKey" && heard[0].all("x-evil").is_empty(), "{heard:?}"),
                    }
                    server.kept.heard.lock().unwrap().clear();
                }
            }
        }
    }
}

// Semantics, Criteria: "No `successCriteria`: the step succeeds on 2xx".
#[tokio::test]
async fn an_unusual_status() {
    for (status, succeeds) in [
        ("299 Fine", true),
        ("200", true),
        ("299 \u{e9}", true),
        ("304 Not Modified", false),
        ("199 Odd", false),
        ("600 Odd", false),
        ("999 Odd", false),
    ] {
        let server = Server::saying(answer(status, "", r#"{"name":"unusual"}"#));
        match faults::read(&server.client(), faults::read::Inputs::new()).await {
            Ok(outputs) => assert!(succeeds && outputs.name == "unusual", "{status}"),
            Err(error) => {
                assert!(!succeeds, "{status}: {error:#}");
                // A status of 199 is an answer before the answer, which then does not come.
                if status.starts_with("199") {
                    assert_eq!(error.kind(), ErrorKind::Transport, "{error:#}");
                } else {
                    assert_eq!(error.kind(), ErrorKind::Criterion, "{status}: {error:#}");
                    let code: u16 = status[..3].parse().unwrap();
                    assert_eq!(error.status().map(|status| status.as_u16()), Some(code));
                }
                assert_eq!(carried_on!(read, error).name, "well");
            }
        }
    }
    // A protocol that nobody has asked for.
    let upgrade = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nx";
    let server = Server::saying(upgrade);
    let error = failed!(read, server.client(), "fetch");
    assert!(
        matches!(error.kind(), ErrorKind::Criterion | ErrorKind::Transport),
        "{error:#}"
    );
    // An answer without a body where an output needs one.
    let server = Server::saying("HTTP/1.1 204 No Content\r\n\r\n");
    let error = failed!(read, server.client(), "fetch");
    assert_eq!(error.kind(), ErrorKind::Response, "{error:#}");
    assert_eq!(carried_on!(read, error).name, "well");
}

// Semantics, Steps and control flow: "Transport errors and `timeout` […] are step failures and go to `onFailure`".
#[tokio::test]
async fn a_refused_connection_is_retried() {
    let mut run = faults::insist::Run::new(faults::insist::Inputs::new());
    let progress = run.advance(&client(&closed())).await.unwrap();
    assert_eq!(progress, Progress::Wait(Duration::from_millis(20)));
    let stored = serde_json::to_string(&run).unwrap();
    let mut run: faults::insist::Run = serde_json::from_str(&stored).unwrap();
    let server = Server::healthy();
    assert_eq!(run.finish(&server.client()).await.unwrap().name, "well");
    assert_eq!(server.heard().len(), 1);
}

#[tokio::test]
async fn connections_that_are_closed_are_retried_until_one_is_not() {
    let server = Server::start(|connection| match connection.number {
        0 => {}
        1 => _ = connection.hear(),
        2 => connection.answer("HTTP/1.1 200 OK\r\ncontent-length: 30\r\n\r\n{"),
        _ => connection.answer(json_answer(r#"{"name":"late"}"#)),
    });
    let outputs = faults::insist(&server.client(), faults::insist::Inputs::new()).await;
    assert_eq!(outputs.unwrap().name, "late");
    assert_eq!(server.connections(), 4);
}

// Semantics, Steps and control flow: "`retryLimit` counts retries"; with a limit of three there are four attempts.
#[tokio::test]
async fn retries_of_a_closed_connection_come_to_an_end() {
    let server = Server::start(|_| ());
    let error = failed!(insist, server.client(), "fetch");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 4));
    assert_eq!(server.connections(), 4);
    assert_eq!(carried_on!(insist, error).name, "well");
}

#[tokio::test]
async fn what_is_no_http_is_a_failure_of_the_transport() {
    for garbage in [
        &b""[..],
        b"\r\n",
        b"hello\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"{\"name\":\"bare\"}",
        b"<html><body>name</body></html>\r\n\r\n",
        b"HTTP/1.1\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/9.7 200 OK\r\ncontent-length: 0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-length: 15\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n{\"name\":\"bare\"}",
        b"HTTP/1.1 200 OK\r\nna\0me: x\r\ncontent-length: 15\r\n\r\n{\"name\":\"bare\"}",
        b"\x15\x03\x01\0\x02\x02\x46",
        b"\0\0\0\x04\0\0\0\0\0",
        &[0xff; 4096],
        &[0; 4096],
    ] {
        let server = Server::saying(garbage);
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{}", garbage.escape_ascii());
        assert!(error.status().is_none(), "{}", garbage.escape_ascii());
        assert_eq!(carried_on!(read, error).name, "well");
        // A run that reads only the status has no status either.
        let error = failed!(look, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{}", garbage.escape_ascii());
    }
}

/// A head that does not end must not fill the memory.
#[tokio::test]
async fn a_head_without_end_is_given_up() {
    for line in ["x-more: and more and more and more\r\n", "x"] {
        let server = Server::start(move |connection| {
            let more = line.repeat(65_536 / line.len());
            if connection.hear().is_some() && connection.say("HTTP/1.1 200 OK\r\n") {
                for _ in 0..4096 {
                    if !connection.say(&more) {
                        return;
                    }
                }
            }
        });
        let error = failed!(look, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport);
        assert!(server.is_left().await);
        let taken = server.kept.taken.load(Ordering::SeqCst);
        assert!(taken < 32 << 20, "{taken}");
    }
}

// RFC 9110, section 2.5: versions with the same major number understand each other. RFC 9112, section 6.3: without a
// length the body ends with the connection.
#[tokio::test]
async fn an_answer_in_http_1_0() {
    for head in [
        "HTTP/1.0 200 OK\r\n\r\n",
        "HTTP/1.0 200 OK\r\ncontent-length: 14\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.0 200\r\ncontent-type: application/json\r\n\r\n",
    ] {
        let server = Server::saying(format!("{head}{{\"name\":\"old\"}}"));
        let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
        assert_eq!(outputs.unwrap().name, "old", "{head}");
    }
}

// RFC 9110, section 15.2: "A client MUST be able to parse one or more 1xx responses received prior to a final response,
// even if the client does not expect one."
#[tokio::test]
async fn answers_before_the_answer_are_passed_over() {
    let last = json_answer(r#"{"name":"last"}"#);
    for interim in [
        "HTTP/1.1 100 Continue\r\n\r\n".to_owned(),
        "HTTP/1.1 102 Processing\r\n\r\n".to_owned(),
        "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\nx-tag: early\r\n\r\n".to_owned(),
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nx-tag: early\r\n\r\n".repeat(20),
    ] {
        let server = Server::saying([interim.as_bytes(), &last].concat());
        let inputs = faults::read::Inputs::new();
        assert_eq!(
            faults::read(&server.client(), inputs).await.unwrap().name,
            "last",
            "{interim}"
        );
        let tag = faults::read_tag(&server.client(), faults::read_tag::Inputs::new()).await;
        assert_eq!(tag.unwrap().tag, None, "{interim}");

        let server = Server::saying(interim.clone());
        let error = failed!(look, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{interim}");
    }
}

/// Who promises an answer for ever does not hold a step for ever.
#[tokio::test]
async fn answers_before_the_answer_do_not_stop_the_clock() {
    let server = Server::start(|connection| {
        if connection.hear().is_some() {
            while connection.say("HTTP/1.1 103 Early Hints\r\n\r\n") {
                thread::sleep(Duration::from_millis(1));
            }
        }
    });
    let error = failed!(hurry, server.client(), "fetch");
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error:#}");
    assert!(server.is_left().await);
    assert_eq!(carried_on!(hurry, error).name, "well");
}

/// Answers the first request so, and every other one rightly, on the same connection where it is used again.
fn forging(first: String) -> Server {
    let served = AtomicUsize::new(0);
    Server::start(move |connection| {
        while connection.hear().is_some() {
            let said = match served.fetch_add(1, Ordering::SeqCst) {
                0 => connection.say(&first),
                _ => connection.say(
                    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 14\r\n\r\n{\"name\":\"own\"}",
                ),
            };
            if !said {
                return;
            }
        }
    })
}

/// An answer inside of another one.
const FORGED: &str =
    "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17\r\n\r\n{\"name\":\"forged\"}";

// RFC 9112, section 6.3: an answer with the status 204 "is always terminated by the first empty line after the header
// fields, regardless of the header fields present in the message, and thus cannot contain a message body"; of what follows
// an answer, "A client MUST NOT process, cache, or forward such extra data as a separate response".
#[tokio::test]
async fn what_follows_an_answer_is_not_the_answer_to_the_next_request() {
    for first in [
        format!("HTTP/1.1 204 No Content\r\n\r\n{FORGED}"),
        format!(
            "HTTP/1.1 204 No Content\r\ncontent-length: {}\r\n\r\n{FORGED}",
            FORGED.len()
        ),
        format!(
            "HTTP/1.1 204 No Content\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{FORGED}\r\n0\r\n\r\n",
            FORGED.len()
        ),
        format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n{FORGED}"),
        format!("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{{}}{FORGED}"),
        format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{FORGED}"),
    ] {
        let server = forging(first.clone());
        let inputs = faults::note_then_read::Inputs::new();
        let outputs = faults::note_then_read(&server.client(), inputs).await;
        assert_eq!(outputs.unwrap().name, "own", "{first}");
    }
}

/// An answer may come before the request is read whole; a client that goes on writing would never see it.
#[tokio::test]
async fn an_answer_before_the_request_is_read() {
    let big = Value::String("x".repeat(8 << 20));
    let server = Server::start(|connection| {
        if connection.hear_head().is_some() {
            connection.say(answer("413 Content Too Large", "", "too much"));
            // Nothing is read, and the connection stays.
            thread::sleep(Duration::from_secs(2));
        }
    });
    let inputs = faults::give_body::Inputs::new(big.clone());
    let error = failed!(give_body, server.client(), "place", inputs);
    assert_eq!(error.kind(), ErrorKind::Criterion, "{error:#}");
    assert_eq!(error.status().map(|status| status.as_u16()), Some(413));

    // Where the connection is cut as well, the answer may be lost on the way, and the failure is no panic.
    let server = Server::start(|connection| {
        if connection.hear_head().is_some() {
            connection.say(answer("413 Content Too Large", "", "too much"));
        }
    });
    let error = failed!(give_body, server.client(), "place", faults::give_body::Inputs::new(big));
    match error.kind() {
        ErrorKind::Criterion => assert_eq!(error.status().map(|status| status.as_u16()), Some(413)),
        kind => assert_eq!(kind, ErrorKind::Transport),
    }
    carried_on!(give_body, error);
}

// RFC 9110, section 9.2.2: a client "SHOULD NOT automatically retry a request with a non-idempotent method", and docs:
// `advance` makes one attempt. Whoever has not turned on a key for it must not find two orders.
#[tokio::test]
async fn an_order_that_was_heard_and_not_answered_is_not_given_again() {
    let server = Server::start(|connection| {
        if connection.hear().is_some_and(|heard| heard.target() == "/anything") {
            connection.say("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
            connection.hear();
        }
    });
    let error = failed!(pass_on, server.client(), "place");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Transport, 1));
    assert!(error.is_retryable());
    let heard = server.heard();
    let orders = heard.iter().filter(|heard| heard.target() == "/orders");
    assert_eq!(orders.count(), 1, "{heard:?}");
    carried_on!(pass_on, error);
}

/// A server may close a connection that nobody uses: the next step gets another one.
#[tokio::test]
async fn a_connection_that_is_closed_between_two_steps() {
    let server = Server::start(|connection| {
        if connection.hear().is_some() {
            connection.say("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}");
        }
    });
    let client = server.client();
    let mut run = faults::pass_on::Run::new(faults::pass_on::Inputs::new());
    assert_eq!(run.advance(&client).await.unwrap(), Progress::Advanced);
    tokio::time::sleep(Duration::from_millis(100)).await;
    run.finish(&client).await.unwrap();
    let heard = server.heard();
    let targets: Vec<&str> = heard.iter().map(Heard::target).collect();
    assert_eq!(targets, ["/anything", "/orders"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Bodies that do not come, or not in time
// ---------------------------------------------------------------------------------------------------------------------

/// What was cut off is no answer, even where it looks whole.
#[tokio::test]
async fn a_body_that_is_cut_off() {
    let body = r#"{"name":"half"}"#;
    for answer in [
        format!("content-length: 100\r\n\r\n{body}"),
        "content-length: 100\r\n\r\n".to_owned(),
        format!("content-length: 18446744073709551615\r\n\r\n{body}"),
        format!("transfer-encoding: chunked\r\n\r\nf\r\n{body}\r\n"),
        format!("transfer-encoding: chunked\r\n\r\nff\r\n{body}"),
        format!("transfer-encoding: chunked\r\n\r\nf\r\n{body}\r\n0\r\n"),
        format!("transfer-encoding: chunked\r\n\r\nf\r\n{body}\r\nzz\r\n\r\n"),
        format!("transfer-encoding: chunked\r\n\r\nf\r\n{body}\r\nffffffffffffffffff\r\n\r\n"),
        format!("transfer-encoding: chunked\r\n\r\n-1\r\n{body}\r\n0\r\n\r\n"),
        "transfer-encoding: chunked\r\n\r\n".to_owned(),
    ] {
        let server = Server::saying(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{answer}"));
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{answer}");
        assert!(error.is_retryable(), "{answer}");
        assert_eq!(carried_on!(read, error).name, "well");
        let error = failed!(look, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{answer}");
    }
}

/// Who closes a connection with something unread resets it.
#[tokio::test]
async fn a_connection_that_is_reset_in_the_middle_of_a_body() {
    let server = Server::start(|connection| {
        if connection.hear_head().is_some() {
            connection.say("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"name\":");
            // So that this much arrives before the connection is reset.
            thread::sleep(Duration::from_millis(50));
        }
    });
    let inputs = faults::give_body::Inputs::new(json!("some text"));
    let error = failed!(give_body, server.client(), "place", inputs);
    assert_eq!(error.kind(), ErrorKind::Transport);
    carried_on!(give_body, error);
}

/// Says something bit by bit, for ten seconds if anybody listens for so long, and the rest is right.
fn trickling(head: &'static str) -> Server {
    Server::start(move |connection| {
        if connection.hear().is_some() && connection.say(head) {
            for _ in 0..500 {
                if !connection.say(" ") {
                    return;
                }
                thread::sleep(Duration::from_millis(20));
            }
            connection.say("{\"name\":\"slow\"}");
        }
    })
}

const BODY_FOLLOWS: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 515\r\n\r\n";

// Spec, Step Object, timeout: the duration after which a step is timed out, in milliseconds. Semantics: "per attempt".
#[tokio::test]
async fn a_step_does_not_wait_for_a_slow_answer() {
    for head in [BODY_FOLLOWS, "HTTP/1.1 200 OK\r\nx-slow:", "HTTP/1.1 200"] {
        let server = trickling(head);
        let error = failed!(hurry, server.client(), "fetch");
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Timeout, 1), "{head}");
        assert!(error.is_retryable() && error.status().is_none(), "{head}");
        // Whoever does not wait does not keep the connection.
        assert!(server.is_left().await, "{head}");
        assert_eq!(carried_on!(hurry, error).name, "well");
    }
}

#[tokio::test]
async fn a_client_does_not_wait_for_a_slow_answer() {
    for head in [BODY_FOLLOWS, "HTTP/1.1 200"] {
        let server = trickling(head);
        let client = limited(&server.url(), |builder| builder.timeout(Duration::from_millis(300)));
        let error = failed!(read, client, "fetch");
        assert_eq!(error.kind(), ErrorKind::Timeout, "{head}");
        assert!(server.is_left().await, "{head}");
        assert_eq!(carried_on!(read, error).name, "well");
    }
}

#[tokio::test]
async fn an_answer_that_does_not_come() {
    let server = Server::start(|connection| {
        connection.hear();
        connection.linger();
    });
    let error = failed!(hurry, server.client(), "fetch");
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(carried_on!(hurry, error).name, "well");
}

/// An answer in many pieces is an answer.
#[tokio::test]
async fn an_answer_byte_by_byte() {
    for framed in [
        "content-length: 18\r\n\r\n{\"name\":\"pi\u{e8}ces\"}",
        "transfer-encoding: chunked\r\n\r\n3;x=\"y\"\r\n{\"n\r\n0a\r\name\":\"pi\u{e8}\r\n5\r\nces\"}\r\n0\r\nx-tag: late\r\n\r\n",
    ] {
        let server = Server::start(move |connection| {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
            if connection.hear().is_some() {
                for byte in format!("{head}{framed}").bytes() {
                    connection.say([byte]);
                    thread::sleep(Duration::from_millis(1));
                }
            }
        });
        let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
        assert_eq!(outputs.unwrap().name, "pièces", "{framed}");
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Lengths
// ---------------------------------------------------------------------------------------------------------------------

/// A length that is too short cuts the body, which then is no JSON; a step that reads only the status does not care.
#[tokio::test]
async fn a_length_that_is_too_short() {
    let server = Server::saying(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{\"name\":\"too long\"}",
    );
    let error = failed!(read, server.client(), "fetch");
    assert_eq!(error.kind(), ErrorKind::Response, "{error:#}");
    assert_eq!(carried_on!(read, error).name, "well");
    let outputs = faults::look(&server.client(), faults::look::Inputs::new()).await;
    assert_eq!(outputs.unwrap().code, 200);
}

// RFC 9112, section 6.3: an invalid length is "an unrecoverable error" unless all its values are the same.
#[tokio::test]
async fn lengths_that_are_none() {
    for lengths in [
        "content-length: 14\r\ncontent-length: 5\r\n",
        "content-length: 14, 5\r\n",
        "content-length: -1\r\n",
        "content-length: +14\r\n",
        "content-length: fourteen\r\n",
        "content-length: 99999999999999999999999\r\n",
        "content-length: \r\n",
    ] {
        let server = Server::saying(format!("HTTP/1.1 200 OK\r\n{lengths}\r\n{{\"name\":\"odd\"}}"));
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Transport, "{lengths}");
        assert_eq!(carried_on!(read, error).name, "well");
    }
}

/// A server that says this many bytes as JSON, in pieces of a length or without one.
fn saying_much(bytes: usize, chunked: bool) -> Server {
    Server::start(move |connection| {
        let framing = if chunked {
            "transfer-encoding: chunked".to_owned()
        } else {
            format!("content-length: {bytes}")
        };
        let head = format!("HTTP/1.1 200 OK\r\nconnection: close\r\n{framing}\r\n\r\n");
        if connection.hear().is_none() || !connection.say(head) {
            return;
        }
        let start = b"{\"name\":\"big\"}";
        let mut left = bytes;
        let mut first = true;
        while left > 0 {
            let mut piece = vec![b' '; left.min(65_536)];
            if std::mem::take(&mut first) {
                piece[..start.len()].copy_from_slice(start);
            }
            left -= piece.len();
            let said = if chunked {
                connection.say(format!("{:x}\r\n", piece.len())) && connection.say(&piece) && connection.say("\r\n")
            } else {
                connection.say(&piece)
            };
            if !said {
                return;
            }
        }
        if chunked {
            connection.say("0\r\n\r\n");
        }
    })
}

fn is_too_large(error: &arazzo::Error) -> bool {
    let mut source = error.source();
    while let Some(error) = source {
        if error.is::<ResponseTooLarge>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// What sockets hold between the two sides.
const ON_THE_WAY: usize = 16 << 20;

// Docs: "How many bytes the body of a response may have; 16 MiB unless said otherwise."
#[tokio::test]
async fn a_body_that_is_too_large_is_not_taken() {
    for chunked in [false, true] {
        for limit in [None, Some(1 << 20)] {
            let server = saying_much(64 << 20, chunked);
            let client = limited(&server.url(), |builder| match limit {
                Some(limit) => builder.max_response_bytes(limit),
                None => builder,
            });
            let error = failed!(look, client, "fetch");
            // Which kind that is, the docs do not say.
            assert!(is_too_large(&error), "{error:#}");
            assert!(server.is_left().await);
            let taken = server.kept.taken.load(Ordering::SeqCst);
            let limit = limit.unwrap_or(16 << 20);
            assert!(taken < limit + ON_THE_WAY, "{taken} of {limit}");
            assert_eq!(carried_on!(look, error).code, 200);
        }
    }
}

// Docs of `is_retryable`: "Whether the same run may succeed later without anything being changed: no response came, or
// the server said […]". A response came, and the next one will be no smaller.
#[tokio::test]
async fn a_body_that_is_too_large_is_no_reason_to_try_again() {
    let server = saying_much(64 << 20, false);
    let error = failed!(look, server.client(), "fetch");
    assert!(!error.is_retryable(), "{error:#}");
}

// Docs of `Error`: "`Display` is one line without the text of its source; `{:#}` adds that".
#[tokio::test]
async fn a_message_says_what_is_behind_it_once() {
    let (large, healthy) = (saying_much(200, false), Server::healthy());
    let strict = limited(&large.url(), |builder| builder.max_response_bytes(100));
    let garbage = Server::saying("hello");
    let void = Server::with_json("{");
    for error in [
        failed!(read, strict, "fetch").into_error(),
        failed!(read, client(&closed()), "fetch").into_error(),
        failed!(read, garbage.client(), "fetch").into_error(),
        failed!(read, void.client(), "fetch").into_error(),
        failed!(give_id, healthy.client(), "fetch", faults::give_id::Inputs::new("..")).into_error(),
    ] {
        if let Some(source) = error.source() {
            let (short, source) = (error.to_string(), source.to_string());
            assert!(!short.contains(&source), "{short}");
            assert_eq!(format!("{error:#}").matches(&source).count(), 1, "{error:#}");
        }
    }
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit() {
    for chunked in [false, true] {
        for (bytes, fits) in [(99_999, true), (100_000, true), (100_001, false)] {
            let server = saying_much(bytes, chunked);
            let client = limited(&server.url(), |builder| builder.max_response_bytes(100_000));
            let result = faults::read(&client, faults::read::Inputs::new()).await;
            match result {
                Ok(outputs) => assert!(fits && outputs.name == "big", "{bytes}"),
                Err(error) => assert!(!fits && is_too_large(&error), "{bytes}: {error:#}"),
            }
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// JSON that is none
// ---------------------------------------------------------------------------------------------------------------------

/// Bodies that are called JSON and are not (RFC 8259), whatever one might find at the beginning. Messages show the first
/// bytes of what is not almost JSON (semantics, Responses), so that no secret stands there.
const NO_JSON: &[&[u8]] = &[
    b"",
    b" \r\n",
    b"{",
    b"{\"name\":\"hush\"",
    b"{\"name\":\"hush\",",
    b"{\"name\":\"hush\",\"extra\":[1",
    b"{\"name\":\"hush",
    b"{\"name\":\"hush\"} x",
    b"{\"name\":\"hush\"}{\"name\":\"hush\"}",
    b"{\"name\":\"hush\"}]",
    b"{\"name\":\"hush\",}",
    b"{\"name\":NaN}",
    b"{\"name\":\"hush\",\"extra\":NaN}",
    b"{\"name\":\"hush\",\"extra\":-Infinity}",
    b"{\"name\":\"hush\",\"extra\":01}",
    b"{\"name\":\"hush\",\"extra\":\"\\q\"}",
    b"{\"name\":\"hush\n\"}",
    b"{\"name\":\"hush\0\"}",
    b"{'name':'hush'}",
    b"{name:\"hush\"}",
    b"// a comment that is longer than forty bytes\n{\"name\":\"hush\"}",
    b"<html><title>The service is down</title>hush</html>",
    b"none",
    b"\x1f\x8b\x08\0\0\0\0\0",
];

// Semantics, Types of generated values: "A response that breaks its own schema where an output needs it is an error that
// names step, output, pointer, what was expected and what was found, with the response attached. It never panics."
#[tokio::test]
async fn a_member_of_what_is_no_json() {
    for body in NO_JSON {
        let server = Server::with_json(body);
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        assert!(error.to_string().contains("name"), "{error}");
        let response = error.response().expect("it has come");
        assert_eq!(&response.body()[..], *body);
        assert!(!error.is_retryable(), "{}", body.escape_ascii());
        assert_eq!(carried_on!(read, error).name, "well");
    }
}

#[tokio::test]
async fn the_status_of_what_is_no_json() {
    for body in NO_JSON {
        let server = Server::with_json(body);
        let outputs = faults::look(&server.client(), faults::look::Inputs::new()).await;
        assert_eq!(outputs.unwrap().code, 200, "{}", body.escape_ascii());
    }
}

// Semantics, Responses: "Where the description declares JSON for the status and the body parses as JSON, it is JSON
// whatever the label". RFC 9110, section 8.3.1: types are "case-insensitive".
#[tokio::test]
async fn what_is_called_something_else() {
    for content_type in [
        "content-type: application/json\r\n",
        "content-type: APPLICATION/Json\r\n",
        "content-type: application/json;charset=utf-8\r\n",
        "content-type: application/json ; charset=\"utf-8\"\r\n",
        "content-type: text/json\r\n",
        "content-type: application/problem+json\r\n",
        "Content-Type: Application/Vnd.x+JSON; v=1\r\n",
        "",
        "content-type: text/plain\r\n",
        "content-type: text/html; x=\"application/json\"\r\n",
        "content-type: application/jsonx\r\n",
        "content-type: application/json-seq\r\n",
        "content-type: application/octet-stream\r\n",
        "content-type: application/javascript\r\n",
        "content-type: json\r\n",
    ] {
        let server = Server::saying(answer("200 OK", content_type, r#"{"name":"called"}"#));
        let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
        assert_eq!(outputs.unwrap().name, "called", "{content_type}");
        let server = Server::saying(answer("200 OK", content_type, "<html>down</html>"));
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{content_type}: {error:#}");
        let label = content_type
            .trim_end()
            .split_once(": ")
            .map_or("no content type", |(_, label)| label);
        for part in [label, "<html>down</html>"] {
            assert!(
                said(&error).contains(&part.replace('"', "\\\"")) || error.to_string().contains(part),
                "{error}"
            );
        }
        assert_eq!(carried_on!(read, error).name, "well");
    }
    // An encoding that nobody has undone is named.
    let gzip = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\nconnection: close\r\n\r\n\x1f\x8b\x08\0";
    let error = failed!(read, Server::saying(gzip.to_vec()).client(), "fetch");
    assert!(error.to_string().contains("encoded as `gzip`"), "{error}");
    // What the type is, is not to be known: the run goes on or fails at the step.
    let server = Server::saying(
        [
            b"HTTP/1.1 200 OK\r\ncontent-type: \xff/\xfe\r\nconnection: close\r\n\r\n",
            &b"{\"name\":\"odd\"}"[..],
        ]
        .concat(),
    );
    match faults::read(&server.client(), faults::read::Inputs::new()).await {
        Ok(outputs) => assert_eq!(outputs.name, "odd"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Response, "{error:#}"),
    }
}

// RFC 8259, section 8.1: who parses JSON "MAY ignore the presence of a byte order mark rather than treating it as an error".
#[tokio::test]
async fn a_byte_order_mark() {
    let server = Server::with_json("\u{feff}{\"name\":\"marked\"}");
    let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
    assert_eq!(outputs.unwrap().name, "marked");
}

/// JSON, but not what the schema says; the message says what was found and does not say the value.
#[tokio::test]
async fn a_member_that_is_something_else() {
    for body in [
        r"{}",
        r"[]",
        r"null",
        r#""hush""#,
        r#"["hush"]"#,
        r#"{"name":null}"#,
        r#"{"name":["hush-1"]}"#,
        r#"{"name":{"hush":"hush"}}"#,
        r#"{"Name":"hush"}"#,
        // RFC 8259, section 8.2: half a character, which no string in Rust can hold.
        r#"{"name":"hush \ud800"}"#,
    ] {
        let server = Server::with_json(body);
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{body}: {error:#}");
        assert!(error.to_string().contains("name"), "{error}");
        assert_eq!(carried_on!(read, error).name, "well");
    }
}

// RFC 8259, section 8.1: JSON "MUST be encoded using UTF-8". A value that is not must not come out with other
// characters in it.
#[tokio::test]
async fn a_value_that_is_no_utf_8() {
    for body in [
        &b"{\"name\":\"hush\xff\"}"[..],
        b"{\"name\":\"hush\xc0\xaf\"}",
        // Half a character, a surrogate, and a character behind the last.
        b"{\"name\":\"hush\xe2\x82\"}",
        b"{\"name\":\"hush\xed\xa0\x80\"}",
        b"{\"name\":\"hush\xf4\x90\x80\x80\"}",
    ] {
        let server = Server::with_json(body);
        let error = failed!(read, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        assert_eq!(carried_on!(read, error).name, "well");
        let error = failed!(read_whole, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        let error = failed!(expect_last, server.client(), "fetch");
        assert!(
            matches!(error.kind(), ErrorKind::Criterion | ErrorKind::Response),
            "{error:#}"
        );
        let outputs = faults::look(&server.client(), faults::look::Inputs::new()).await;
        assert_eq!(outputs.unwrap().code, 200, "{}", body.escape_ascii());
    }
}

/// Where it is in a part that nobody reads, docs are silent: the step fails, or what is read is right. In what is read,
/// however deep, it fails.
#[tokio::test]
async fn a_value_beside_what_is_no_utf_8() {
    for body in [
        &b"{\"name\":\"hush\",\"extra\":\"\xff\"}"[..],
        b"{\"extra\":\"\xc0\xaf\",\"name\":\"hush\"}",
        b"{\"name\":\"hush\",\"extra\":{\"a\":[\"\xff\"]}}",
        b"{\"name\":\"hush\",\"extra\":{\"\xff\":1}}",
        b"{\"name\":\"hush\",\"ex\xfftra\":1}",
        b"{\"na\xffme\":\"no\",\"name\":\"hush\"}",
    ] {
        let server = Server::with_json(body);
        match faults::read(&server.client(), faults::read::Inputs::new()).await {
            Ok(outputs) => assert_eq!(outputs.name, "hush"),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Response, "{error:#}"),
        }
        let error = failed!(read_whole, server.client(), "fetch");
        assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        if body.windows(7).any(|window| window == b"\"extra\"") {
            let error = failed!(read_extra, server.client(), "fetch");
            assert_eq!(error.kind(), ErrorKind::Response, "{}: {error:#}", body.escape_ascii());
        }
    }
}

// Semantics, Responses: "`*/json` and `*+json` are JSON; anything else is text, or bytes where it is not UTF-8". What is
// called JSON and is none must not be sent on as if it were something.
#[tokio::test]
async fn what_is_no_json_does_not_travel_on() {
    for body in [&b"{\"name\":\"hush\xff\"}"[..], b"\xff", b"{\"name\":\"hush\"", b"hush"] {
        let server = Server::with_json(body);
        let result = faults::pass_on(&server.client(), faults::pass_on::Inputs::new()).await;
        let heard = server.heard();
        let sent = heard.iter().find(|heard| heard.target() == "/orders");
        let sent = sent.map(|heard| String::from_utf8_lossy(&heard.body));
        assert_eq!(sent, None, "{}", body.escape_ascii());
        let error = result.expect_err("it is no JSON");
        assert_eq!((error.kind(), error.step()), (ErrorKind::Response, Some("fetch")));
    }
}

// RFC 8259, section 4: "Many implementations report the last name/value pair only." Which one is not said; that it is
// the same one wherever it is read is what anybody expects.
#[tokio::test]
async fn a_member_that_is_there_twice_is_the_same_wherever_it_is_read() {
    for (one, other) in [("first", "last"), ("last", "first")] {
        let server = Server::with_json(format!(r#"{{"name":"{one}","name":"{other}"}}"#));
        let whole = faults::read_whole(&server.client(), faults::read_whole::Inputs::new()).await;
        let whole = whole.unwrap();
        let in_whole = whole.whole["name"].as_str();
        let by_pointer = faults::read(&server.client(), faults::read::Inputs::new()).await;
        assert_eq!(in_whole, Some(by_pointer.unwrap().name.as_str()));
        assert_eq!(in_whole, whole.name.as_ref().and_then(Value::as_str));
        let condition = faults::expect_last(&server.client(), faults::expect_last::Inputs::new()).await;
        assert_eq!(in_whole == Some("last"), condition.is_ok(), "{in_whole:?}");
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// JSON that is deep
// ---------------------------------------------------------------------------------------------------------------------

/// Arrays or objects in each other. RFC 8259, section 9: "An implementation may set limits on the maximum depth of
/// nesting", but a stack that overflows ends the whole process.
fn deep(open: &str, close: &str) -> String {
    format!("{}1{}", open.repeat(10_000), close.repeat(10_000))
}

const NESTS: [(&str, &str); 2] = [("[", "]"), ("{\"a\":", "}")];

#[tokio::test]
async fn what_is_deep_and_not_read() {
    for (open, close) in NESTS {
        let deep = deep(open, close);
        for body in [
            format!("{{\"extra\":{deep},\"name\":\"flat\"}}"),
            format!("{{\"name\":\"flat\",\"extra\":{deep}}}"),
        ] {
            let server = Server::with_json(body);
            let outputs = faults::read(&server.client(), faults::read::Inputs::new()).await;
            assert_eq!(outputs.unwrap().name, "flat");
        }
        let server = Server::with_json(deep);
        let outputs = faults::look(&server.client(), faults::look::Inputs::new()).await;
        assert_eq!(outputs.unwrap().code, 200);
    }
}

/// Where something else was expected, and in what never ends.
#[tokio::test]
async fn what_is_deep_and_wrong() {
    for (open, close) in NESTS {
        for body in [
            deep(open, close),
            format!("{{\"name\":{}}}", deep(open, close)),
            open.repeat(100_000),
            format!("{{\"name\":\"flat\",\"extra\":{}", open.repeat(100_000)),
        ] {
            let server = Server::with_json(body);
            let error = failed!(read, server.client(), "fetch");
            assert_eq!(error.kind(), ErrorKind::Response, "{error:#}");
            assert_eq!(carried_on!(read, error).name, "well");
        }
    }
}

/// How deep a value is, without a stack.
fn depth(mut value: &Value) -> usize {
    let mut depth = 0;
    while let Some(inner) = value.get(0).or_else(|| value.get("a")) {
        (value, depth) = (inner, depth + 1);
    }
    depth
}

/// Takes a value apart from the outside: who drops it as it is needs a stack for it.
fn dismantle(mut value: Value) {
    loop {
        value = match value {
            Value::Array(mut items) if !items.is_empty() => items.swap_remove(0),
            Value::Object(mut members) => match members.remove("a") {
                Some(inner) => inner,
                None => return,
            },
            _ => return,
        };
    }
}

/// A value that is too deep for a type in Rust is an error of the response, or it is there; never the end of the process.
#[tokio::test]
async fn what_is_deep_and_read() {
    for (open, close) in NESTS {
        let deep = deep(open, close);
        let server = Server::with_json(deep.clone());
        match faults::read_whole(&server.client(), faults::read_whole::Inputs::new()).await {
            Ok(outputs) => {
                assert_eq!(depth(&outputs.whole), 10_000);
                dismantle(outputs.whole);
            }
            Err(error) => assert_eq!(
                (error.kind(), error.step()),
                (ErrorKind::Response, Some("fetch")),
                "{error:#}"
            ),
        }
        let server = Server::with_json(format!("{{\"name\":\"flat\",\"extra\":{deep}}}"));
        match faults::read_extra(&server.client(), faults::read_extra::Inputs::new()).await {
            Ok(outputs) => {
                let extra = outputs.extra.expect("it is there");
                assert_eq!((outputs.name.as_str(), depth(&extra)), ("flat", 10_000));
                dismantle(extra);
            }
            Err(error) => assert_eq!(
                (error.kind(), error.step()),
                (ErrorKind::Response, Some("fetch")),
                "{error:#}"
            ),
        }
    }
}

// Semantics, Types of generated values: what travels on "goes out again byte-equal in meaning"; docs, the stored form:
// "What JSON in Rust […] could not read back (more than 32 levels) is stored as its text".
#[tokio::test]
async fn what_is_deep_and_travels_on() {
    for (open, close) in NESTS {
        let deep = deep(open, close);
        let server = Server::with_json(deep.clone());
        let mut run = faults::pass_on::Run::new(faults::pass_on::Inputs::new());
        match run.advance(&server.client()).await {
            Ok(progress) => assert_eq!(progress, Progress::Advanced),
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::Response, "{error:#}");
                continue;
            }
        }
        let stored = serde_json::to_string(&run).unwrap();
        let mut run: faults::pass_on::Run = serde_json::from_str(&stored).unwrap();
        let server = Server::healthy();
        run.finish(&server.client()).await.unwrap();
        assert_eq!(server.heard()[0].body, format!("{{\"data\":{deep}}}").into_bytes());
    }
}

/// A value of this depth, which no parser of JSON in Rust gives by default.
fn tower(depth: usize) -> Value {
    (0..depth).fold(json!(1), |value, _| Value::Array(vec![value]))
}

#[tokio::test]
async fn inputs_that_are_deep() {
    // Whoever reads inputs from a text gets what serde_json says about it.
    let text = format!("{{\"data\":{}}}", deep("[", "]"));
    assert!(serde_json::from_str::<faults::give_body::Inputs>(&text).is_err());

    // What may be read goes as it is, and a run that holds it can be stored. Two levels are around it.
    let server = Server::healthy();
    let mut run = faults::give_body::Run::new(faults::give_body::Inputs::new(tower(120)));
    let stored = serde_json::to_string(&run).unwrap();
    run.finish(&server.client()).await.unwrap();
    let mut run: faults::give_body::Run = serde_json::from_str(&stored).unwrap();
    run.finish(&server.client()).await.unwrap();
    for heard in server.heard() {
        let expected = format!("{{\"data\":{}1{}}}", "[".repeat(120), "]".repeat(120));
        assert_eq!(heard.body, expected.into_bytes());
    }
}

/// Whoever takes inputs from a request and stores the run must find it again, however deep they are. Docs, the stored
/// form: what "could not [be] read back (more than 32 levels) is stored as its text".
#[tokio::test]
async fn inputs_that_could_be_read_can_be_read_again_with_their_run() {
    for depth in (30..130).rev() {
        let text = format!("{{\"data\":{}1{}}}", "[".repeat(depth), "]".repeat(depth));
        let Ok(inputs) = serde_json::from_str::<faults::give_body::Inputs>(&text) else {
            continue;
        };
        let run = faults::give_body::Run::new(inputs);
        let stored = serde_json::to_string(&run).unwrap();
        let mut run: faults::give_body::Run =
            serde_json::from_str(&stored).unwrap_or_else(|error| panic!("{depth} levels: {error}"));
        let server = Server::healthy();
        run.finish(&server.client()).await.unwrap();
        assert_eq!(server.heard()[0].body, text.into_bytes());
    }
}

/// A value that a program has made has no limit but the stack on which it can be dropped. It is sent, or refused with an
/// error of the step; and a run that can be stored can be read again.
#[test]
fn inputs_that_are_deeper_than_can_be_read() {
    let on_a_large_stack = thread::Builder::new().stack_size(512 << 20).spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let server = Server::healthy();
            let expected = format!("{{\"data\":{}}}", deep("[", "]")).into_bytes();
            let mut run = faults::give_body::Run::new(faults::give_body::Inputs::new(tower(10_000)));
            match run.finish(&server.client()).await {
                Ok(_) => assert_eq!(server.heard()[0].body, expected),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Request, "{error:#}"),
            }
            let run = faults::give_body::Run::new(faults::give_body::Inputs::new(tower(10_000)));
            if let Ok(stored) = serde_json::to_string(&run) {
                let mut run: faults::give_body::Run = serde_json::from_str(&stored).expect("a stored run can be read");
                let server = Server::healthy();
                run.finish(&server.client()).await.unwrap();
                assert_eq!(server.heard()[0].body, expected);
            }
        });
    });
    on_a_large_stack.unwrap().join().unwrap();
}

// ---------------------------------------------------------------------------------------------------------------------
// Headers of answers
// ---------------------------------------------------------------------------------------------------------------------

/// What a step reads of a header of this answer.
async fn tag(headers: &[u8]) -> Result<Option<String>, faults::read_tag::Error> {
    let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n".to_vec();
    answer.extend_from_slice(headers);
    answer.extend_from_slice(b"content-length: 14\r\n\r\n{\"name\":\"tag\"}");
    let server = Server::saying(answer);
    let client = server.client();
    let result = faults::read_tag(&client, faults::read_tag::Inputs::new()).await;
    // What is in a header that is not read does no harm, where the answer can be read at all.
    if !matches!(&result, Err(error) if error.kind() == ErrorKind::Transport) {
        let read = faults::read(&client, faults::read::Inputs::new()).await;
        assert_eq!(read.unwrap().name, "tag", "{}", headers.escape_ascii());
    }
    let outputs = result?;
    Ok(outputs.tag)
}

// Semantics, Responses: "Header lookup ignores case and takes the first value."
#[tokio::test]
async fn a_header_that_is_there_twice() {
    for (headers, expected) in [
        ("X-Tag: one\r\nX-Tag: two\r\n", Some("one")),
        ("x-tag: two\r\nX-TAG: one\r\nx-Tag: three\r\n", Some("two")),
        ("X-Tag: one, two\r\nX-Tag: three\r\n", Some("one, two")),
        ("X-Tag: \r\nX-Tag: two\r\n", Some("")),
        ("X-Tag:  \t one \t \r\n", Some("one")),
        ("X-Tags: one\r\n", None),
    ] {
        assert_eq!(tag(headers.as_bytes()).await.unwrap().as_deref(), expected, "{headers}");
    }
}

/// A header as long as those of usual servers may be comes whole; one that is longer too, or not at all.
#[tokio::test]
async fn a_header_that_is_long() {
    for length in [1000, 16_000, 100_000, 1 << 20] {
        let long = "x".repeat(length);
        match tag(format!("X-Tag: {long}\r\n").as_bytes()).await {
            Ok(tag) => assert_eq!(tag, Some(long)),
            Err(error) => {
                assert!(length > 16_000, "{length}: {error:#}");
                assert_eq!(error.kind(), ErrorKind::Transport, "{length}: {error:#}");
            }
        }
    }
}

#[tokio::test]
async fn headers_that_are_many() {
    for many in [10, 80, 1000, 10_000] {
        let mut headers = String::new();
        for header in 0..many {
            let _ = write!(headers, "x-{header}: {header}\r\n");
        }
        headers.push_str("X-Tag: last\r\n");
        match tag(headers.as_bytes()).await {
            Ok(tag) => assert_eq!(tag.as_deref(), Some("last")),
            Err(error) => {
                assert!(many > 80, "{many}: {error:#}");
                assert_eq!(error.kind(), ErrorKind::Transport, "{many}: {error:#}");
            }
        }
    }
}

// RFC 9110, section 5.5: other bytes than ASCII are "opaque data". Docs are silent. A text that nobody has sent must not
// be made up, since it goes on into other requests: the header is as good as absent, or the step fails.
#[tokio::test]
async fn a_header_that_is_no_text() {
    for bytes in [&b"\xff"[..], b"a\xc0\xafb", b"\xe2\x82", b"caf\xe9"] {
        match tag(&[b"X-Tag: ", bytes, b"\r\n"].concat()).await {
            Ok(tag) => assert_eq!(tag, None, "{}", bytes.escape_ascii()),
            Err(error) => assert_eq!(error.kind(), ErrorKind::Response, "{error:#}"),
        }
    }
}

// The same section: what is no ASCII is opaque. In UTF-8 it is its text, or as good as absent, but nothing else.
#[tokio::test]
async fn a_header_in_utf_8() {
    match tag("X-Tag: café\r\n".as_bytes()).await {
        Ok(tag) => assert!(matches!(tag.as_deref(), None | Some("café")), "{tag:?}"),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Response, "{error:#}"),
    }
}

// The same section: a recipient of a value with NUL "MUST either reject the message or replace each of those characters
// with SP".
#[tokio::test]
async fn a_header_with_nul() {
    match tag(b"X-Tag: a\0b\r\n").await {
        Ok(tag) => assert_eq!(tag.as_deref(), Some("a b")),
        Err(error) => assert_eq!(error.kind(), ErrorKind::Transport, "{error:#}"),
    }
}

// ---------------------------------------------------------------------------------------------------------------------
// Redirects
// ---------------------------------------------------------------------------------------------------------------------

// Docs: a client "follows no redirects: what an API answers is what the workflow's criteria see, and credentials go
// nowhere else".
#[tokio::test]
async fn a_redirect_is_an_answer_and_nothing_goes_elsewhere() {
    let other = Server::healthy();
    let elsewhere = format!("{}/locked", other.url());
    for status in [
        "300 Multiple Choices",
        "301 Moved",
        "302 Found",
        "303 See Other",
        "307 Temporary",
        "308 Permanent",
    ] {
        for place in [elsewhere.as_str(), "//127.0.0.1/", "/locked?again=1"] {
            let server = Server::saying(answer(status, &format!("location: {place}\r\n"), ""));
            let error = failed!(unlock, server.client(), "open");
            assert_eq!(error.kind(), ErrorKind::Criterion, "{status}: {error:#}");
            let code: u16 = status[..3].parse().unwrap();
            assert_eq!(error.status().map(|status| status.as_u16()), Some(code));
            assert_eq!(carried_on!(unlock, error).name, "well");

            let outputs = faults::note_redirect(&server.client(), faults::note_redirect::Inputs::new()).await;
            assert_eq!(outputs.unwrap().place.as_deref(), Some(place), "{status}");

            // Each of the two runs has sent its request once, with all that goes along.
            let heard = server.heard();
            assert_eq!(heard.len(), 2, "{status}: {heard:?}");
            for heard in heard {
                assert_eq!(heard.target(), "/locked?key=hush-query");
                assert_eq!(heard.all("authorization"), [b"Bearer hush-bearer"]);
                assert_eq!(heard.all("x-key"), [b"hush-header"]);
                assert_eq!(heard.all("cookie"), [b"session=hush-cookie"]);
                assert_eq!(heard.body, br#"{"word":"sesame-in-the-body"}"#);
            }
        }
    }
    assert_eq!(other.connections(), 0);
}

/// Places that lead in a circle or nowhere.
#[tokio::test]
async fn a_redirect_that_leads_nowhere() {
    for place in [
        "/locked?key=hush-query",
        "",
        "http://",
        "http://[",
        "::::",
        "javascript:x",
        "\u{e9}",
        "http://a b/",
    ] {
        let server = Server::saying(answer("302 Found", &format!("location: {place}\r\n"), ""));
        let error = failed!(unlock, server.client(), "open");
        assert_eq!(error.kind(), ErrorKind::Criterion, "{place}: {error:#}");
        assert_eq!(server.heard().len(), 1, "{place}");
    }
    let server = Server::saying(answer("302 Found", "", ""));
    let outputs = faults::note_redirect(&server.client(), faults::note_redirect::Inputs::new()).await;
    assert_eq!(outputs.unwrap().place, None);
}

// ---------------------------------------------------------------------------------------------------------------------
// Retry-After
// ---------------------------------------------------------------------------------------------------------------------

/// How long a run waits for a server that says so, of which no more than a minute is believed.
async fn wait(retry_after: &str) -> Duration {
    let server = Server::saying(answer("503 Busy", &format!("retry-after: {retry_after}\r\n"), ""));
    let mut run = faults::wait_and_see::Run::new(faults::wait_and_see::Inputs::new());
    let progress = run.advance(&server.client()).await.unwrap();
    // Whatever it was, the run goes on.
    let stored = serde_json::to_string(&run).unwrap();
    let mut run: faults::wait_and_see::Run = serde_json::from_str(&stored).unwrap();
    let server = Server::healthy();
    let again = run.advance(&server.client()).await.unwrap();
    assert!(
        matches!(again, Progress::Done(outputs) if outputs.name == "well"),
        "{retry_after}"
    );
    match progress {
        Progress::Wait(time) => time,
        Progress::Advanced => Duration::ZERO,
        other => panic!("{retry_after}: {other:?}"),
    }
}

/// Which of these headers do not lead to this wait.
async fn otherwise<'text>(headers: &[&'text str], expected: Duration) -> Vec<(&'text str, Duration)> {
    let mut wrong = Vec::new();
    for header in headers {
        let waited = wait(header).await;
        if waited != expected {
            wrong.push((*header, waited));
        }
    }
    wrong
}

// Docs, `max_retry_after`: "The longest wait that a `Retry-After` header of a server can cause; 60 seconds unless said
// otherwise."
#[tokio::test]
async fn a_server_cannot_ask_for_more_than_the_client_allows() {
    let in_a_year = http_date(SystemTime::now() + Duration::from_secs(366 * 86_400));
    let long = [
        "60",
        "61",
        "31536000",
        "4294967295",
        "4294967296",
        "18446744073709551615",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        &in_a_year,
    ];
    assert_eq!(otherwise(&long, Duration::from_secs(60)).await, []);
    assert_eq!(otherwise(&["59"], Duration::from_secs(59)).await, []);
    assert_eq!(otherwise(&["0", "00"], Duration::ZERO).await, []);
    let nine = "0000000000000000000000000000000000000009";
    assert_eq!(otherwise(&[nine], Duration::from_secs(9)).await, []);
}

// RFC 9110, section 10.2.3: "delay-seconds = 1*DIGIT", as many as one likes. Who asks for more time than a number can
// hold gets the most that there is, not the wait of the document, which may be none.
#[tokio::test]
async fn more_seconds_than_a_number_can_hold_are_many() {
    let many = [
        "18446744073709551616",
        "99999999999999999999999999999999999999999999999999",
    ];
    assert_eq!(otherwise(&many, Duration::from_secs(60)).await, []);
}

// RFC 9110, section 5.6.7: "A recipient that parses a timestamp value in an HTTP field MUST accept all three HTTP-date
// formats."
#[tokio::test]
async fn a_date_that_has_passed_is_no_wait() {
    let passed = [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
        "Thu, 01 Jan 1970 00:00:00 GMT",
    ];
    assert_eq!(otherwise(&passed, Duration::ZERO).await, []);
}

// Semantics, Steps and control flow: "The wait of a retry is the header's if there is one, else `retryAfter`, else none."
// What is neither seconds nor a date is not one.
#[tokio::test]
async fn a_retry_after_that_says_nothing_is_none() {
    let nothing = [
        "",
        "-1",
        "-9223372036854775809",
        "1.5",
        "1e3",
        "0x10",
        "5 s",
        "5;",
        "five",
        "\u{665}",
        "Infinity",
        "NaN",
        ",",
        "Sun, 99 Nov 2094 08:49:37 GMT",
        "Sun, 06 Nov 2094 25:61:61 GMT",
        "Sun, 06 Nov -2094 08:49:37 GMT",
        "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        "Sun, 06 Nov 2094 08:49:37 CET",
        "2094-11-06T08:49:37Z",
    ];
    assert_eq!(otherwise(&nothing, Duration::from_secs(7)).await, []);
}

// RFC 9110, section 10.2.3: "delay-seconds = 1*DIGIT" has no sign.
#[tokio::test]
async fn seconds_with_a_sign_are_none() {
    assert_eq!(otherwise(&["+5", "+0"], Duration::from_secs(7)).await, []);
}

// Semantics, Steps and control flow, of transport errors: "`$statusCode` and `$response` are absent there".
#[tokio::test]
async fn an_answer_that_is_cut_off_asks_for_no_wait() {
    let server = Server::saying("HTTP/1.1 503 Busy\r\nretry-after: 30\r\ncontent-length: 10\r\n\r\nbusy");
    let mut run = faults::wait_and_see::Run::new(faults::wait_and_see::Inputs::new());
    let progress = run.advance(&server.client()).await.unwrap();
    assert_eq!(progress, Progress::Wait(Duration::from_secs(7)));
}

/// A time as HTTP headers spell it; the name of the day does not matter to who reads it.
fn http_date(time: SystemTime) -> String {
    let text = humantime::format_rfc3339_seconds(time).to_string();
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let month: usize = text[5..7].parse().expect("a month");
    let since = time.duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970");
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let day = days[usize::try_from(since.as_secs() / 86_400 % 7).expect("a small number")];
    format!(
        "{day}, {} {} {} {} GMT",
        &text[8..10],
        months[month - 1],
        &text[..4],
        &text[11..19]
    )
}

// ---------------------------------------------------------------------------------------------------------------------
// Inputs that try to get out
// ---------------------------------------------------------------------------------------------------------------------

/// What somebody types who wants to send another request than the document says.
const ATTACKS: &[&str] = &[
    "a\r\nX-Evil: yes",
    "a\r\n\r\nGET /evil HTTP/1.1\r\nHost: x\r\n\r\n",
    "a\nX-Evil: yes",
    "a\rb",
    "a b HTTP/1.1",
    "../evil",
    "..",
    ".",
    "../../../../etc/passwd",
    "..\\evil",
    "/evil",
    "//evil.example/",
    "http://evil.example/",
    "a/../b",
    "a/./b",
    "?x=y",
    "a?x=y&z=w",
    "a&q=other",
    "a#b",
    "a;b=c",
    "a,b",
    "a=b",
    "a+b",
    "%2e%2e",
    "%2E",
    "%2e%2e%2fevil",
    "%2F",
    "%",
    "%zz",
    "%00",
    "a\0b",
    "\0",
    "\u{1}\u{1f}\u{7f}",
    "\u{85}\u{a0}\u{2028}\u{feff}",
    "é€🎨",
    "．．／",
    "@evil.example",
    ":80",
    "\"quoted\" \\ 'text'",
    "{id}",
    "$inputs.text",
    "{$inputs.text}",
    " ",
    " a ",
    "\t",
    "",
];

// RFC 3986, section 2.1 and 2.3: everything but unreserved characters, as UTF-8 and in upper case.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A server that nothing is wrong with, and its client.
fn healthy() -> (Server, Client) {
    let server = Server::healthy();
    let client = server.client();
    (server, client)
}

/// Runs a workflow with an input: the one request that comes of it, or the kind of error that kept it from being sent.
macro_rules! given {
    ($workflow:ident, $text:expr, $healthy:expr) => {{
        let (server, client) = $healthy;
        let connections = server.connections();
        let inputs = faults::$workflow::Inputs::new($text);
        let result = faults::$workflow(client, inputs).await;
        let mut heard = std::mem::take(&mut *server.kept.heard.lock().unwrap());
        let connections = server.connections() - connections;
        match result {
            Ok(_) => {
                assert_eq!((heard.len(), connections), (1, 1), "{heard:?}");
                let heard = heard.remove(0);
                assert!(heard.body.is_empty(), "{heard:?}");
                assert!(heard.text(0).starts_with("GET /items/"), "{heard:?}");
                assert!(heard.text(0).ends_with(" HTTP/1.1"), "{heard:?}");
                Ok(heard)
            }
            Err(error) => {
                assert_eq!(connections, 0, "{error:#}: {heard:?}");
                assert_eq!(error.step(), Some("fetch"));
                Err(error.kind())
            }
        }
    }};
}

/// The names of the headers that everybody sends.
async fn usual((server, client): (&Server, &Client)) -> Vec<String> {
    let heard = given!(give_id, "plain", (server, client));
    heard.expect("nothing is wrong with it").names()
}

// Semantics, Requests: "Path parameters are percent-encoded whole". RFC 3986, section 5.2.4: a dot-segment cannot be
// said, nor an empty one without becoming another path.
#[tokio::test]
async fn no_input_gets_out_of_its_place_in_the_path() {
    let (server, client) = healthy();
    let usual = usual((&server, &client)).await;
    for attack in ATTACKS {
        match given!(give_id, *attack, (&server, &client)) {
            Ok(heard) => {
                assert_eq!(heard.target(), format!("/items/{}", encoded(attack)), "{attack:?}");
                assert_eq!(heard.names(), usual, "{attack:?}");
                assert!(!matches!(*attack, "" | "." | ".."), "{attack:?}");
            }
            Err(kind) => {
                assert_eq!(kind, ErrorKind::Request, "{attack:?}");
                assert!(matches!(*attack, "" | "." | ".."), "{attack:?}");
            }
        }
    }
}

#[tokio::test]
async fn no_input_gets_out_of_its_place_in_the_query() {
    let (server, client) = healthy();
    let usual = usual((&server, &client)).await;
    for attack in ATTACKS {
        let heard =
            given!(give_query, *attack, (&server, &client)).unwrap_or_else(|kind| panic!("{attack:?}: {kind:?}"));
        assert_eq!(heard.target(), format!("/items/7?q={}", encoded(attack)), "{attack:?}");
        assert_eq!(heard.names(), usual, "{attack:?}");
    }
}

// Semantics, Requests: "Header values with CR, LF or NUL are an error before anything is sent." RFC 9110, section 5.5:
// other controls "are also invalid", white space around a value is not of it, and what is no ASCII is opaque: it goes
// as its UTF-8 or not at all.
#[tokio::test]
async fn no_input_gets_out_of_its_header() {
    let (server, client) = healthy();
    let mut expected = usual((&server, &client)).await;
    expected.push("x-note".to_owned());
    expected.sort();
    for attack in ATTACKS {
        match given!(give_header, *attack, (&server, &client)) {
            Ok(heard) => {
                assert_eq!(
                    heard.all("x-note"),
                    [attack.trim_matches([' ', '\t']).as_bytes()],
                    "{attack:?}"
                );
                assert_eq!(heard.names(), expected, "{attack:?}");
                assert_eq!(heard.target(), "/items/7", "{attack:?}");
            }
            Err(kind) => {
                assert_eq!(kind, ErrorKind::Request, "{attack:?}");
                let plain = attack
                    .bytes()
                    .all(|byte| byte == b'\t' || (b' '..=b'~').contains(&byte));
                assert!(!plain, "{attack:?}");
            }
        }
    }
}

// OpenAPI 3.2, Parameter Object Examples: a cookie of style `form` is percent-encoded.
#[tokio::test]
async fn no_input_gets_out_of_its_cookie() {
    let (server, client) = healthy();
    let mut expected = usual((&server, &client)).await;
    expected.push("cookie".to_owned());
    expected.sort();
    for attack in ATTACKS {
        let heard =
            given!(give_cookie, *attack, (&server, &client)).unwrap_or_else(|kind| panic!("{attack:?}: {kind:?}"));
        let cookie = format!("crumb={}", encoded(attack));
        assert_eq!(heard.all("cookie"), [cookie.as_bytes()], "{attack:?}");
        assert_eq!(heard.names(), expected, "{attack:?}");
    }
}

/// What is too long for a URL or a header is sent whole or not at all.
#[tokio::test]
async fn an_input_that_is_very_long() {
    let (server, client) = healthy();
    for length in [1000, 30_000, 70_000, 300_000] {
        let long = "x".repeat(length);
        let whole = |target: &str, result: Result<Heard, ErrorKind>| match result {
            Ok(heard) => assert_eq!(heard.target(), target),
            Err(kind) => {
                assert!(length > 30_000, "{length}");
                assert_eq!(kind, ErrorKind::Request, "{length}");
            }
        };
        whole(
            &format!("/items/{long}"),
            given!(give_id, long.as_str(), (&server, &client)),
        );
        whole(
            &format!("/items/7?q={long}"),
            given!(give_query, long.as_str(), (&server, &client)),
        );
        match given!(give_header, long.as_str(), (&server, &client)) {
            Ok(heard) => assert_eq!(heard.all("x-note"), [long.as_bytes()]),
            Err(kind) => assert_eq!(kind, ErrorKind::Request, "{length}"),
        }
        match given!(give_cookie, long.as_str(), (&server, &client)) {
            Ok(heard) => assert_eq!(heard.all("cookie"), [format!("crumb={long}").as_bytes()]),
            Err(kind) => assert_eq!(kind, ErrorKind::Request, "{length}"),
        }
    }
}

// RFC 8259, section 7: in a string of JSON, quotes, backslashes and controls are escaped.
#[tokio::test]
async fn no_input_gets_out_of_a_body() {
    let (server, client) = healthy();
    for attack in ATTACKS.iter().chain(&["\",\"evil\":\"", "\\\",\"evil\":1}", "}"]) {
        let inputs = faults::give_body::Inputs::new(json!(attack));
        faults::give_body(&client, inputs).await.unwrap();
        let heard = std::mem::take(&mut *server.kept.heard.lock().unwrap());
        assert_eq!(heard.len(), 1, "{attack:?}");
        let body: Value = serde_json::from_slice(&heard[0].body).expect("JSON");
        assert_eq!(body, json!({ "data": attack }));
    }
}

/// What one server has sent goes into the path of the next request, and is no more to be trusted than an input.
#[tokio::test]
async fn no_answer_gets_out_of_the_next_request() {
    for attack in ATTACKS {
        let body = json!({ "name": attack }).to_string();
        let server = Server::with_json(body);
        let result = faults::read_on(&server.client(), faults::read_on::Inputs::new()).await;
        let heard = server.heard();
        let targets: Vec<&str> = heard.iter().map(Heard::target).collect();
        if matches!(*attack, "" | "." | "..") {
            let error = result.expect_err("it cannot be said");
            assert_eq!((error.kind(), error.step()), (ErrorKind::Request, Some("fetch")));
            assert_eq!(targets, ["/orders"], "{attack:?}");
        } else {
            let outputs = result.unwrap_or_else(|error| panic!("{attack:?}: {error:#}"));
            assert_eq!((outputs.first.as_str(), outputs.second.as_str()), (*attack, *attack));
            assert_eq!(targets, ["/orders", &format!("/items/{}", encoded(attack))]);
        }
    }
}
