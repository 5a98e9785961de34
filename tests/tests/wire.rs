//! What is on the wire: every style of parameters and every kind of body, as the raw bytes that a server reads from a
//! socket, sent by the transport that everybody gets who asks for none.
//!
//! "OpenAPI 3.1" is the OpenAPI Specification 3.1.1, quoted with the wording of its patch 3.1.2 where that says more
//! clearly what 3.1.1 means; "OpenAPI 3.0" is 3.0.4, "OpenAPI 3.2" 3.2.1, "Swagger" 2.0. "Semantics" is the page that
//! decides where they are silent: names and values are percent-encoded but for RFC 3986's unreserved characters, so
//! that a space is always `%20`, and members keep their order.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use arazzo::http::{Request, Response};
use arazzo::{Bytes, Client, Credential, ErrorKind, SourceBuilder, Transport};
use serde_json::{Value, json};

mod path {
    arazzo::arazzo_workflow!("../language/wire/path.yml");
}
mod query {
    arazzo::arazzo_workflow!("../language/wire/query.yml");
}
mod headers {
    arazzo::arazzo_workflow!("../language/wire/headers.yml");
}
mod newest {
    arazzo::arazzo_workflow!("../language/wire/newest.yml");
}
mod bodies {
    arazzo::arazzo_workflow!("../language/wire/bodies.yml");
}
mod forms {
    arazzo::arazzo_workflow!("../language/wire/forms.yml");
}
mod multipart {
    arazzo::arazzo_workflow!("../language/wire/multipart.yml");
}
mod files {
    arazzo::arazzo_workflow!("../language/wire/files.yml");
}
mod swagger {
    arazzo::arazzo_workflow!("../language/wire/swagger.yml");
}
mod security {
    arazzo::arazzo_workflow!("../language/wire/security.yml");
}
mod servers {
    arazzo::arazzo_workflow!("../language/wire/servers.yml");
}

// ---------------------------------------------------------------------------------------------------------------------
// The server
// ---------------------------------------------------------------------------------------------------------------------

/// A request as it came: nothing is decoded.
#[derive(Clone, Debug)]
struct Sent {
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Sent {
    /// Reads a request; nothing where the connection ends before one.
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = || {
            let mut line = Vec::new();
            reader.read_until(b'\n', &mut line).ok()?;
            let line = String::from_utf8(line).ok()?;
            line.strip_suffix("\r\n").map(str::to_owned)
        };
        let request = line()?;
        let mut words = request.split(' ');
        let (method, target, version) = (words.next()?, words.next()?, words.next()?);
        assert_eq!((version, words.next()), ("HTTP/1.1", None), "{request}");
        let mut headers = Vec::new();
        loop {
            let line = line()?;
            if line.is_empty() {
                break;
            }
            let (name, value) = line.split_once(':')?;
            // RFC 9112, section 5.1: white space around a value is not of the value.
            headers.push((name.to_ascii_lowercase(), value.trim_matches([' ', '\t']).to_owned()));
        }
        let mut sent = Self {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body: Vec::new(),
        };
        let length = sent
            .header("content-length")
            .map_or(0, |length| length.parse().expect("a length"));
        sent.body.resize(length, 0);
        reader.read_exact(&mut sent.body).ok()?;
        Some(sent)
    }

    /// All the values of a header.
    fn all(&self, wanted: &str) -> Vec<&str> {
        let wanted = self.headers.iter().filter(|(name, _)| name == wanted);
        wanted.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header, which is not there twice.
    fn header(&self, wanted: &str) -> Option<&str> {
        let values = self.all(wanted);
        assert!(values.len() < 2, "{wanted}: {values:?}");
        values.first().copied()
    }

    fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// A server that answers everything with 204 and keeps what it has read.
struct Wire {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<Sent>>>,
    stopped: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Wire {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let (sent, stopped) = (Arc::<Mutex<Vec<Sent>>>::default(), Arc::<AtomicBool>::default());
        let (kept, over) = (Arc::clone(&sent), Arc::clone(&stopped));
        let thread = thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let mut stream = stream.expect("a connection");
                stream.set_read_timeout(Some(Duration::from_secs(10))).expect("a time");
                if let Some(request) = Sent::read(&stream) {
                    kept.lock().unwrap().push(request);
                    // Who has gone does not get an answer.
                    _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
                }
            }
        });
        Self {
            address,
            sent,
            stopped,
            thread: Some(thread),
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client for this server, with the transport that is the default.
    fn client(&self, setup: impl FnOnce(SourceBuilder) -> SourceBuilder) -> Client {
        let url = self.url();
        let builder = Client::builder().source("wire", |api| setup(api.base_url(url)));
        builder.build().expect("the client is complete")
    }

    fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::SeqCst);
        // Whether or not it can be woken, it must not keep a failing test from saying why it fails.
        if TcpStream::connect(self.address).is_ok() {
            let over = self.thread.take().map(JoinHandle::join);
            assert!(
                thread::panicking() || over.is_none_or(|over| over.is_ok()),
                "the server has failed"
            );
        }
    }
}

/// Runs a workflow against a server of its own: the requests that the server has read.
macro_rules! sent {
    ($document:ident :: $workflow:ident) => {
        sent!($document::$workflow, {})
    };
    ($document:ident :: $workflow:ident, $inputs:tt) => {
        sent!($document::$workflow, $inputs, |api| api)
    };
    ($document:ident :: $workflow:ident, $inputs:tt, $setup:expr) => {{
        let wire = Wire::start();
        let client = wire.client($setup);
        let inputs = serde_json::from_value::<$document::$workflow::Inputs>(json!($inputs)).expect("the inputs fit");
        $document::$workflow(&client, inputs)
            .await
            .expect("every request is answered with 204");
        wire.sent()
    }};
}

/// Runs a workflow that fails before anything is sent: what kind of failure it is.
macro_rules! refused {
    ($document:ident :: $workflow:ident, $inputs:tt) => {
        refused!($document::$workflow, $inputs, |api| api)
    };
    ($document:ident :: $workflow:ident, $inputs:tt, $setup:expr) => {{
        let wire = Wire::start();
        let client = wire.client($setup);
        let inputs = serde_json::from_value::<$document::$workflow::Inputs>(json!($inputs)).expect("the inputs fit");
        let result = $document::$workflow(&client, inputs).await;
        let sent = wire.sent();
        assert!(sent.is_empty(), "{sent:?}");
        result.expect_err("nothing can be sent").kind()
    }};
}

fn targets(sent: &[Sent]) -> Vec<&str> {
    sent.iter().map(|request| request.target.as_str()).collect()
}

/// The values of a header in every request.
fn values<'sent>(sent: &'sent [Sent], name: &str) -> Vec<Option<&'sent str>> {
    sent.iter().map(|request| request.header(name)).collect()
}

/// The content types and the bodies.
fn contents(sent: &[Sent]) -> Vec<(Option<&str>, &str)> {
    sent.iter()
        .map(|request| (request.content_type(), request.text()))
        .collect()
}

/// The bodies, which are forms.
fn forms(sent: &[Sent]) -> Vec<&str> {
    for request in sent {
        assert_eq!(request.content_type(), Some("application/x-www-form-urlencoded"));
    }
    sent.iter().map(Sent::text).collect()
}

/// A section of a form in several parts.
#[derive(Debug, PartialEq)]
struct Part {
    disposition: String,
    content_type: Option<String>,
    content: String,
}

/// A section that is no file.
fn field(name: &str, content_type: &str, content: &str) -> Part {
    Part {
        disposition: format!("form-data; name=\"{name}\""),
        content_type: Some(content_type.to_owned()),
        content: content.to_owned(),
    }
}

/// A section that is text.
fn text(name: &str, content: &str) -> Part {
    field(name, "text/plain; charset=utf-8", content)
}

/// A section that is a file, which is called like its member.
fn file(name: &str, content_type: &str, content: &str) -> Part {
    Part {
        disposition: format!("form-data; name=\"{name}\"; filename=\"{name}\""),
        ..field(name, content_type, content)
    }
}

/// The parts of a form in several parts.
// RFC 2046, section 5.1.1: "boundary := 0*69<bchars> bcharsnospace", "dash-boundary := "--" boundary", "delimiter :=
// CRLF dash-boundary", "close-delimiter := delimiter "--"".
fn parts(sent: &Sent) -> Vec<Part> {
    let content_type = sent.content_type().expect("a content type");
    let boundary = content_type
        .strip_prefix("multipart/form-data; boundary=")
        .expect(content_type);
    let boundary = boundary
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
        .unwrap_or(boundary);
    assert!((1..=70).contains(&boundary.len()), "{boundary}");
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"'()+_,-./:=?".contains(&byte);
    assert!(boundary.bytes().all(allowed), "{boundary}");

    let body = format!("\r\n{}", sent.text());
    let delimiter = format!("\r\n--{boundary}");
    let mut pieces = body.split(&delimiter);
    assert_eq!(pieces.next(), Some(""), "nothing is before the first part: {body}");
    let mut parts = Vec::new();
    for piece in pieces.by_ref() {
        if let Some(end) = piece.strip_prefix("--") {
            assert!(matches!(end, "" | "\r\n"), "nothing is after the last part: {body}");
            break;
        }
        let piece = piece.strip_prefix("\r\n").expect("a delimiter ends its line");
        let (head, content) = piece.split_once("\r\n\r\n").expect("an empty line");
        let (mut disposition, mut content_type) = (None, None);
        for line in head.split("\r\n") {
            let (name, value) = line.split_once(':').expect("a header");
            let place = match name.to_ascii_lowercase().as_str() {
                "content-disposition" => &mut disposition,
                "content-type" => &mut content_type,
                // RFC 7578, section 4.8: "Other header fields MUST NOT be included".
                other => panic!("{other} in {body}"),
            };
            assert_eq!(place.replace(value.trim().to_owned()), None, "{name} twice in {body}");
        }
        parts.push(Part {
            // RFC 7578, section 4.2: "Each part MUST contain a Content-Disposition header field".
            disposition: disposition.expect("a disposition"),
            content_type,
            content: content.to_owned(),
        });
    }
    assert_eq!(pieces.next(), None, "nothing is after the end: {body}");
    parts
}

/// Every kind of character: gen-delims, sub-delims, what no URL may hold, unreserved ones, and letters of two, three
/// and four bytes.
const TEXT: &str = r#":/?#[]@!$&'()*+,;= "%<>\^`{|}~-._aZ09é€🎨"#;

/// The same.
// RFC 3986, section 2.3: "unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~""; section 2.1: "For consistency, URI
// producers and normalizers should use uppercase hexadecimal digits"; section 2.5: UTF-8.
const ENCODED: &str = "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%20%22%25%3C%3E%5C%5E%60%7B%7C%7D\
                       ~-._aZ09%C3%A9%E2%82%AC%F0%9F%8E%A8";

// ---------------------------------------------------------------------------------------------------------------------
// Paths
// ---------------------------------------------------------------------------------------------------------------------

// OpenAPI 3.1, Style Examples: `simple`: "blue", "blue,black,brown", "R,100,G,200,B,150"; exploded "blue",
// "blue,black,brown", "R=100,G=200,B=150". Parameter Object: the default of `style` is "for `path` - `simple`", that of
// `explode` "for all other styles" than `form` `false`.
#[tokio::test]
async fn path_simple() {
    let sent = sent!(path::simple);
    assert_eq!(
        targets(&sent),
        [
            "/simple/whole/string/blue",
            "/simple/whole/array/blue,black,brown",
            "/simple/whole/object/R,100,G,200,B,150",
            "/simple/exploded/string/blue",
            "/simple/exploded/array/blue,black,brown",
            "/simple/exploded/object/R=100,G=200,B=150",
            "/plain/array/blue,black,brown",
            "/plain/object/R,100,G,200,B,150",
        ]
    );
    assert!(
        sent.iter()
            .all(|request| request.method == "GET" && request.body.is_empty())
    );
}

// OpenAPI 3.1, Style Examples: `label`: ".blue", ".blue,black,brown", ".R,100,G,200,B,150"; exploded ".blue",
// ".blue.black.brown", ".R=100.G=200.B=150". RFC 6570, section 3.2.5: `X{.empty}` is "X.".
#[tokio::test]
async fn path_label() {
    let sent = sent!(path::label);
    assert_eq!(
        targets(&sent),
        [
            "/label/whole/string/.blue",
            "/label/whole/array/.blue,black,brown",
            "/label/whole/object/.R,100,G,200,B,150",
            "/label/exploded/string/.blue",
            "/label/exploded/array/.blue.black.brown",
            "/label/exploded/object/.R=100.G=200.B=150",
            "/label/whole/empty/x.",
            "/label/exploded/empty/x.",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `matrix`: ";color=blue", ";color=blue,black,brown", ";color=R,100,G,200,B,150"; exploded
// ";color=blue", ";color=blue;color=black;color=brown", ";R=100;G=200;B=150". RFC 6570, section 3.2.7: `{;empty}` is
// ";empty".
#[tokio::test]
async fn path_matrix() {
    let sent = sent!(path::matrix);
    assert_eq!(
        targets(&sent),
        [
            "/matrix/whole/string/;color=blue",
            "/matrix/whole/array/;color=blue,black,brown",
            "/matrix/whole/object/;color=R,100,G,200,B,150",
            "/matrix/exploded/string/;color=blue",
            "/matrix/exploded/array/;color=blue;color=black;color=brown",
            "/matrix/exploded/object/;R=100;G=200;B=150",
            "/matrix/whole/empty/x;color",
            "/matrix/exploded/empty/;color",
        ]
    );
}

// RFC 6570, section 2.3: "a variable value that is a string of length zero is not considered undefined; it has the
// defined value of an empty string", so it is a member; appendix A: with `;` the name of an empty value has no `=`.
#[tokio::test]
async fn path_arrays_keep_empty_members() {
    let sent = sent!(path::empty_members);
    assert_eq!(
        targets(&sent),
        [
            "/members/simple/blue,",
            "/members/label/.blue.",
            "/members/matrix/;color=blue;color"
        ]
    );
}

// RFC 6570, sections 3.2.2, 3.2.5 and 3.2.7: the characters that are allowed are "(unreserved)"; section 3.2.1: every
// other one is percent-encoded as UTF-8. OpenAPI 3.1, Path Templating: a value "MUST NOT contain any unescaped "generic
// syntax" characters described by RFC3986: forward slashes (`/`), question marks (`?`), or hashes (`#`)".
#[tokio::test]
async fn path_text_is_encoded_but_for_unreserved_characters() {
    let sent = sent!(path::reserved, { "text": TEXT });
    assert_eq!(
        targets(&sent),
        [
            format!("/text/simple/{ENCODED}"),
            format!("/text/label/.{ENCODED}"),
            format!("/text/matrix/;text={ENCODED}"),
        ]
    );
}

// OpenAPI 3.2, Parameter Object Examples, a path parameter of a string value: "Diṅnāga" is `di%E1%B9%85n%C4%81ga`,
// "Al-Khwarizmi" `%D8%A7%D9%84%D8%AE%D9%88%D8%A7%D8%B1%D8%B2%D9%85%D9%8A%D9%91`.
#[tokio::test]
async fn path_text_of_any_script() {
    for (name, expected) in [
        ("edijkstra", "edijkstra"),
        ("diṅnāga", "di%E1%B9%85n%C4%81ga"),
        (
            "الخوارزميّ",
            "%D8%A7%D9%84%D8%AE%D9%88%D8%A7%D8%B1%D8%B2%D9%85%D9%8A%D9%91",
        ),
    ] {
        let sent = sent!(path::single, { "part": name });
        assert_eq!(targets(&sent), [format!("/files/{expected}/end")]);
    }
}

// OpenAPI 3.1, Appendix C, Delimiters in Parameter Values: "Delimiters used by RFC6570 expansion, such as the `,` used
// to join arrays or object values with `style: "simple"`, are all automatically percent-encoded".
#[tokio::test]
async fn path_members_cannot_look_like_several() {
    let sent = sent!(path::reserved_members);
    assert_eq!(
        targets(&sent),
        [
            "/delimiters/array/a%2Cb,c%3Bd,e%2Ff",
            "/delimiters/object/k%3D1%2C2=v%3D1%2C2,%C3%A4=%C3%B6",
            "/delimiters/matrix/;k%3D1%3B2=v%3D1%3B2",
        ]
    );
}

// OpenAPI 3.1, Appendix B: how numbers and booleans become text is for the implementation to say; semantics: "number
// and boolean in JSON spelling".
#[tokio::test]
async fn path_numbers_and_booleans() {
    let sent = sent!(path::primitives, { "number": -0.25, "integer": 9_007_199_254_740_993_i64, "flag": false });
    assert_eq!(
        targets(&sent),
        [
            "/primitives/2.5/-3/true",
            "/inputs/-0.25/9007199254740993/false",
            "/members/numbers/1,2.5,-3",
            "/members/flags/.true.false",
        ]
    );
}

// OpenAPI 3.1, Style Examples, again.
#[tokio::test]
async fn path_arrays_and_objects_may_be_inputs() {
    let sent = sent!(path::from_inputs, { "colors": ["dark blue", "black"], "shade": { "B": 150, "G": 200 } });
    assert_eq!(
        targets(&sent),
        ["/inputs/array/dark%20blue,black", "/inputs/object/B=150,G=200"]
    );
}

// RFC 3986, section 3.3: "." and ".." are dot-segments, and section 5.2.4 removes them, so that such a value would lead
// to another operation; section 6.2.2.2: `%2E` is the same as ".". So would one that is empty. They cannot be said, and
// what cannot be said is refused before anything is sent.
#[tokio::test]
async fn path_segments_that_would_vanish_are_refused() {
    for part in ["", ".", ".."] {
        assert_eq!(refused!(path::single, { "part": part }), ErrorKind::Request, "{part:?}");
    }
    for (part, expected) in [
        ("...", "..."),
        (".a", ".a"),
        ("a..", "a.."),
        ("%2e%2E", "%252e%252E"),
        ("./", ".%2F"),
    ] {
        let sent = sent!(path::single, { "part": part });
        assert_eq!(targets(&sent), [format!("/files/{expected}/end")]);
    }
}

// The same lines, for segments that only become dot-segments. RFC 6570, section 2.3: a list without members is
// undefined, so that its expansion is empty.
#[tokio::test]
async fn path_segments_that_vanish_when_they_are_complete_are_refused() {
    assert_eq!(
        refused!(path::pair, { "stem": ".", "extension": "." }),
        ErrorKind::Request
    );
    assert_eq!(refused!(path::single_label, { "part": "" }), ErrorKind::Request);
    assert_eq!(refused!(path::single_label, { "part": "." }), ErrorKind::Request);
    assert_eq!(refused!(path::single_list, { "parts": [] }), ErrorKind::Request);
    assert_eq!(refused!(path::single_list, { "parts": [".."] }), ErrorKind::Request);

    let sent = sent!(path::pair, { "stem": "a", "extension": "." });
    assert_eq!(targets(&sent), ["/pairs/a./end"]);
    let sent = sent!(path::single_label, { "part": "a" });
    assert_eq!(targets(&sent), ["/labels/.a/end"]);
    let sent = sent!(path::single_list, { "parts": ["..", "a"] });
    assert_eq!(targets(&sent), ["/lists/..,a/end"]);
}

// OpenAPI 3.1, Operation Object, parameters: "If a parameter is already defined at the Path Item, the new definition
// will override it".
#[tokio::test]
async fn path_parameters_of_an_operation_override_those_of_its_path() {
    let sent = sent!(path::overridden);
    assert_eq!(targets(&sent), ["/overridden/;color=blue", "/inherited/.blue"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Queries
// ---------------------------------------------------------------------------------------------------------------------

// OpenAPI 3.1, Style Examples: `form`, exploded: "color=blue", "color=blue&color=black&color=brown",
// "R=100&G=200&B=150", and the empty string "color="; Parameter Object: the default "for `query` - `form`" and "when
// `style` is `form`, the default value is `true`". OpenAPI 3.2, Parameter Object Examples:
// "thing=one%20thing&thing=another%20thing", "page=4&pageSize=50".
#[tokio::test]
async fn query_form_exploded() {
    let sent = sent!(query::form_exploded);
    assert_eq!(
        targets(&sent),
        [
            "/form/exploded/string?color=blue",
            "/form/exploded/array?color=blue&color=black&color=brown",
            "/form/exploded/object?R=100&G=200&B=150",
            "/form/exploded/empty?color=",
            "/plain/array?thing=one%20thing&thing=another%20thing",
            "/plain/object?page=4&pageSize=50",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `form`, not exploded: "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150";
// RFC 6570, section 3.2.8: `{?x,y,empty}` is "?x=1024&y=768&empty=".
#[tokio::test]
async fn query_form_whole() {
    let sent = sent!(query::form_whole);
    assert_eq!(
        targets(&sent),
        [
            "/form/whole/string?color=blue",
            "/form/whole/array?color=blue,black,brown",
            "/form/whole/object?color=R,100,G,200,B,150",
            "/form/whole/empty?color=",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `spaceDelimited`: "color=blue%20black%20brown", "color=R%20100%20G%20200%20B%20150".
#[tokio::test]
async fn query_space_delimited() {
    let sent = sent!(query::space_delimited);
    assert_eq!(
        targets(&sent),
        [
            "/space/array?color=blue%20black%20brown",
            "/space/object?color=R%20100%20G%20200%20B%20150",
            "/space/default?color=a%2Cb%20c%7Cd",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `pipeDelimited`: "color=blue%7Cblack%7Cbrown", "color=R%7C100%7CG%7C200%7CB%7C150".
#[tokio::test]
async fn query_pipe_delimited() {
    let sent = sent!(query::pipe_delimited);
    assert_eq!(
        targets(&sent),
        [
            "/pipe/array?color=blue%7Cblack%7Cbrown",
            "/pipe/object?color=R%7C100%7CG%7C200%7CB%7C150",
            "/pipe/default?color=a%2Cb%7Cc%20d",
        ]
    );
}

// OpenAPI 3.1, Style Examples: `deepObject`: "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150".
#[tokio::test]
async fn query_deep_object() {
    let sent = sent!(query::deep_object);
    assert_eq!(
        targets(&sent),
        [
            "/deep/colors?color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
            "/deep/text?filter%5Ba%20b%5D=c%26d%3De&filter%5Bon%5D=true",
        ]
    );
}

// OpenAPI 3.2, Parameter Object Examples, a complex parameter using `content`:
// "coordinates=%7B%22lat%22%3A40.6%2C%22long%22%3A-73.9%7D".
#[tokio::test]
async fn query_json() {
    let sent = sent!(query::json_content, { "words": ["a&b", "c"] });
    assert_eq!(
        targets(&sent),
        [
            "/json/literal?coordinates=%7B%22lat%22%3A40.6%2C%22long%22%3A-73.9%7D",
            "/json/input?filter=%5B%22a%26b%22%2C%22c%22%5D",
        ]
    );
}

// OpenAPI 3.1, Encoding Object, on a string as `application/json`, which is "the equivalent of using `content`": "the
// serialized value would be a JSON string including quotation marks, which would be percent-encoded as `%22`".
#[tokio::test]
async fn query_json_of_a_string_has_quotation_marks() {
    let sent = sent!(query::json_text);
    assert_eq!(targets(&sent), ["/json/text?word=%22blue%22"]);
}

// RFC 6570, section 3.2.8: the characters that are allowed are "(unreserved)". OpenAPI 3.1, URL Percent-Encoding: "the
// safest approach is to percent-encode all characters not in RFC3986's "unreserved" set".
#[tokio::test]
async fn query_text_is_encoded_but_for_unreserved_characters() {
    let sent = sent!(query::reserved, { "text": TEXT });
    assert_eq!(
        targets(&sent),
        [
            format!("/text?text={ENCODED}"),
            String::from("/text/members?text=a%2Cb,c%26d")
        ]
    );
}

// OpenAPI 3.1, Appendix C, Illegal Variable Names as Parameter Names: "?%E2%9D%A4%EF%B8%8F=love%21".
#[tokio::test]
async fn query_names_are_encoded() {
    let sent = sent!(query::names);
    assert_eq!(
        targets(&sent),
        [
            "/names/heart?%E2%9D%A4%EF%B8%8F=love%21",
            "/names/brackets?filter%5Bname%5D=blue"
        ]
    );
}

// OpenAPI 3.1, Appendix C, RFC6570-Equivalent Expansion: "?a=x%2By&b=x%2Fy&c=x%5Ey&words=math,is,fun"; Undefined Values
// and Manual URI Template Construction: `formulas: {}` gives "?words=hello,world".
#[tokio::test]
async fn query_of_several_parameters() {
    let sent = sent!(query::several);
    assert_eq!(
        targets(&sent),
        [
            "/formulas?a=x%2By&b=x%2Fy&c=x%5Ey&words=math,is,fun",
            "/formulas/none?words=hello,world",
            "/primitives?flag=false&integer=-3&number=2.5",
        ]
    );
}

// OpenAPI 3.1, Appendix C, Expansion with Non-RFC6570-Supported Options:
// "?a=x%2By&b=x/y&c=x%5Ey&words=math%20is%20fun". Parameter Object, allowReserved: it "allows RFC3986's reserved
// character set, as well as percent-encoded triples, to pass through unchanged, while still percent-encoding all other
// disallowed characters (including `%` outside of percent-encoded triples)".
#[tokio::test]
async fn query_allow_reserved() {
    let sent = sent!(query::allow_reserved);
    assert_eq!(
        targets(&sent),
        [
            "/reserved/formulas?a=x%2By&b=x/y&c=x%5Ey&words=math%20is%20fun",
            "/reserved/string?path=:/?@!$()*,;%20%C3%A9%41%20100%25%20~",
            "/reserved/array?paths=a/b,c:d",
        ]
    );
}

// RFC 6570, section 2.3: null is undefined, "A variable defined as a list value is considered undefined if the list
// contains zero members", so is "an associative array of (name, value) pairs" with "zero members"; section 3.2.1: "A
// variable that is undefined has no value and is ignored by the expansion process". Semantics: "An explicit null in a
// query […] has no spelling: it is left out".
#[tokio::test]
async fn query_without_undefined_values() {
    let sent = sent!(query::undefined_values, { "nothing": null });
    assert_eq!(
        targets(&sent),
        [
            "/undefined/null",
            "/undefined/array",
            "/undefined/whole",
            "/undefined/object",
            "/undefined/space",
            "/undefined/pipe",
            "/undefined/deep",
            "/undefined/others?a=one&c=two",
        ]
    );
}

// RFC 6570, appendix A: "append each defined list member", "append each pair with a defined value".
#[tokio::test]
async fn query_without_undefined_members() {
    let sent = sent!(query::undefined_members);
    assert_eq!(
        targets(&sent),
        [
            "/undefined/members/exploded?color=blue&color=brown",
            "/undefined/members/whole?color=blue,brown",
            "/undefined/pairs/exploded?R=100&B=150",
            "/undefined/pairs/whole?color=R,100,B,150",
        ]
    );
}

// OpenAPI 3.1, Style Examples, again.
#[tokio::test]
async fn query_arrays_and_objects_may_be_inputs() {
    let sent = sent!(query::from_inputs, { "colors": ["dark blue", "black"], "shade": { "B": 150, "G": 200 } });
    assert_eq!(
        targets(&sent),
        [
            "/inputs/exploded?color=dark%20blue&color=black",
            "/inputs/whole?color=dark%20blue,black",
            "/inputs/deep?color%5BB%5D=150&color%5BG%5D=200",
        ]
    );
}

// OpenAPI 3.2, Parameter Locations: "querystring - A parameter that treats the entire URL query string as a value";
// Parameter Object Examples, a querystring parameter using regular form encoding: "no further encoding or escaping is
// applied to the serialized media type value", which is "foo=a+%2B+b&bar=true". Semantics: "`querystring` is the whole
// query"; what no query may hold is encoded (RFC 3986, section 3.4).
#[tokio::test]
async fn query_that_is_written_as_a_whole() {
    let sent = sent!(newest::whole_query, { "color": "dark blue" });
    assert_eq!(
        targets(&sent),
        [
            "/whole/fixed?foo=a+%2B+b&bar=true",
            "/whole/composed?color=dark%20blue&shade=dark"
        ]
    );
}

/// Whether a query holds only what a query may hold.
// RFC 3986, section 3.4: "query = *( pchar / "/" / "?" )", section 3.3: "pchar = unreserved / pct-encoded / sub-delims
// / ":" / "@"": neither brackets nor braces nor quotation marks.
fn is_query(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%!$&'()*+,;=:@/?".contains(&byte);
    text.bytes().all(allowed)
}

// Arazzo 1.1.0, Parameter Object, value: "For `querystring` parameters, the value MUST resolve to a string representing
// the complete query string"; of the JSON in its examples, braces and quotation marks cannot be sent as they are.
// OpenAPI 3.1, Appendix E: "The `[`, `]`, `|`, and space characters […] all MUST be percent-encoded to comply with
// RFC3986".
#[tokio::test]
async fn query_that_is_no_form_as_a_whole_is_a_query() {
    let json = sent!(newest::whole_json);
    let selector = sent!(newest::whole_selector, { "selector": "$.a.b[1:1]" });
    for request in json.iter().chain(&selector) {
        let (_, query) = request.target.split_once('?').expect("there is a query");
        assert!(is_query(query), "{query}");
    }
}

// OpenAPI 3.2, Parameter Object Examples, a querystring parameter that uses JSON for the entire string:
// "https://example.com/foo?%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D", and one that uses JSONPath:
// "https://example.com/foo?%24.a.b%5B1%3A1%5D".
#[tokio::test]
async fn query_that_is_no_form_as_a_whole_is_encoded_as_a_whole() {
    let sent = sent!(newest::whole_json);
    assert_eq!(
        targets(&sent),
        ["/whole/json?%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D"]
    );
    let sent = sent!(newest::whole_selector, { "selector": "$.a.b[1:1]" });
    assert_eq!(targets(&sent), ["/whole/selector?%24.a.b%5B1%3A1%5D"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Headers and cookies
// ---------------------------------------------------------------------------------------------------------------------

// OpenAPI 3.1, Style Examples: `simple`: "blue", "blue,black,brown", "R,100,G,200,B,150", exploded "R=100,G=200,B=150",
// the empty string empty; Parameter Object: the default is "for `header` - `simple`".
#[tokio::test]
async fn header_simple() {
    let sent = sent!(headers::header_simple);
    assert_eq!(
        values(&sent, "x-color"),
        [
            Some("blue"),
            Some("blue,black,brown"),
            Some("blue,black,brown"),
            Some("R,100,G,200,B,150"),
            Some("R=100,G=200,B=150"),
            Some(""),
            Some("2.5"),
            Some("true"),
        ]
    );
    assert!(sent.iter().all(|request| !request.target.contains('?')));
}

// OpenAPI 3.2, Parameter Object Examples, a header parameter with an array of 64-bit integer numbers: "12345678,90099".
#[tokio::test]
async fn header_of_integers() {
    let sent = sent!(headers::header_tokens);
    assert_eq!(values(&sent, "x-token"), [Some("12345678,90099")]);
}

// OpenAPI 3.1 (3.1.2), Parameter Object: "When serializing `in: "header"` parameters with `schema`, URI
// percent-encoding MUST NOT be applied", and "Implementations MUST pass header values through unchanged rather than
// attempting to automatically quote header values".
#[tokio::test]
async fn header_values_are_not_encoded() {
    let value = r#"a b; c="d, e" 100% /?&=#[]{}"#;
    let sent = sent!(headers::header_raw, { "text": value });
    assert_eq!(values(&sent, "x-raw"), [Some(value), Some(r#"W/"a b",50%"#)]);
}

// OpenAPI 3.1, Parameter Object, content: "A map containing the representations for the parameter. The key is the media
// type".
#[tokio::test]
async fn header_json() {
    let sent = sent!(headers::header_json);
    assert_eq!(values(&sent, "x-json"), [Some(r#"{"a":[1,"b c"],"d":null}"#)]);
}

// RFC 6570, section 2.3: null is undefined. Semantics: "An explicit null in a […] header […] is left out".
#[tokio::test]
async fn header_without_undefined_values() {
    let sent = sent!(headers::header_undefined, { "nothing": null });
    assert_eq!(values(&sent, "x-color"), [None]);
}

// OpenAPI 3.1, Style Examples: `form`: "color=blue", "color=blue,black,brown", "color=R,100,G,200,B,150", the empty
// string "color="; Parameter Object: the default is "for `cookie` - `form`". Appendix D: "name=value pairs in cookies
// are delimited by a semicolon followed by a space character". RFC 6265, section 5.4: one header holds all of them.
#[tokio::test]
async fn cookie_form() {
    let sent = sent!(headers::cookie_form);
    assert_eq!(
        values(&sent, "cookie"),
        [
            Some("color=blue"),
            Some("color=2.5"),
            Some("color=true"),
            Some("color="),
            Some("color=blue,black,brown"),
            Some("color=R,100,G,200,B,150"),
            Some("color=blue; shade=dark"),
        ]
    );
}

// OpenAPI 3.2, Serialization and Examples: "For `in: "cookie", style: "form"`, neither the `&` nor `?` delimiters are
// ever correct". What is correct is not said.
#[tokio::test]
async fn cookie_form_exploded_has_no_ampersand() {
    for request in sent!(headers::cookie_exploded) {
        let cookie = request.header("cookie").expect("a cookie");
        assert!(!cookie.contains(['&', '?']), "{cookie}");
    }
}

// OpenAPI 3.2, Parameter Object Examples, a cookie parameter relying on the percent-encoding behavior of the default
// `style: "form"`: "Hello, world!" is "greeting=Hello%2C%20world%21".
#[tokio::test]
async fn cookie_form_is_encoded() {
    let sent = sent!(headers::cookie_encoded);
    assert_eq!(values(&sent, "cookie"), [Some("greeting=Hello%2C%20world%21")]);
}

// OpenAPI 3.1, Appendix D: where percent-encoding is not appropriate, "use `content` with a media type such as
// `text/plain` and require the application to assemble the correct string".
#[tokio::test]
async fn cookie_that_is_plain_text_is_not_encoded() {
    let sent = sent!(headers::cookie_content);
    assert_eq!(values(&sent, "cookie"), [Some("note=a:b/c!")]);
}

// RFC 6570, section 2.3, as for queries.
#[tokio::test]
async fn cookie_without_undefined_values() {
    let sent = sent!(headers::cookie_undefined, { "nothing": null });
    assert_eq!(values(&sent, "cookie"), [None, None]);
}

// OpenAPI 3.2, Style Examples: `cookie`: "color=blue", exploded, which is its default, "color=blue; color=black;
// color=brown"; Parameter Object Examples: "greeting=Hello%2C%20world!; code=42". Style Values: "no percent-encoding or
// other escaping is applied".
#[tokio::test]
async fn cookie_of_style_cookie() {
    let sent = sent!(newest::cookie_style);
    assert_eq!(
        values(&sent, "cookie"),
        [
            Some("greeting=Hello%2C%20world!; code=42"),
            Some("color=blue; color=black; color=brown"),
            Some("color=blue"),
        ]
    );
}

// ---------------------------------------------------------------------------------------------------------------------
// Bodies
// ---------------------------------------------------------------------------------------------------------------------

// Arazzo 1.0.1, Request Body Object: the payload is "A value representing the request body payload". RFC 8259, section
// 8.1: UTF-8. That the body is complete is RFC 9112, section 6.2: the server has read `Content-Length` bytes.
#[tokio::test]
async fn body_json() {
    let sent = sent!(bodies::json, { "value": { "b": [1, null], "a": {} } });
    let expected = [
        json!({
            "title": "Größe \"x\" \\ 1",
            "copies": 3,
            "price": 9.5,
            "gift": true,
            "nothing": null,
            "tags": ["a", 1, null],
            "nested": { "deep": [{}] },
        }),
        json!([1, "two", { "three": 3 }]),
        json!(7),
        json!({ "b": [1, null], "a": {} }),
    ];
    assert_eq!(sent.iter().map(Sent::json).collect::<Vec<_>>(), expected);
    for request in &sent {
        assert_eq!(
            (request.method.as_str(), request.content_type()),
            ("POST", Some("application/json"))
        );
        assert_eq!(request.header("transfer-encoding"), None);
    }
}

// RFC 7396, section 3: `PATCH` with `Content-Type: application/merge-patch+json`; there null is a value.
#[tokio::test]
async fn body_merge_patch() {
    for request in sent!(bodies::merge_patch) {
        assert_eq!(request.method, "PATCH");
        assert_eq!(request.content_type(), Some("application/merge-patch+json"));
        assert_eq!(request.json(), json!({ "title": "Hello!", "phone": null }));
    }
}

// Arazzo 1.0.1, Request Body Object, payload: "To represent examples of media types that cannot be naturally
// represented in JSON or YAML, use a string value".
#[tokio::test]
async fn body_text() {
    let sent = sent!(bodies::texts, { "shade": "dark é" });
    assert_eq!(
        contents(&sent),
        [
            (
                Some("application/xml"),
                "<?xml version=\"1.0\"?>\n<colour shade=\"dark é\">blue &amp; bright</colour>\n"
            ),
            (Some("text/xml"), "<a/>"),
            (Some("text/plain"), "Größe: \"50%\" & more\n\nthe dark é end\n"),
            (Some("application/octet-stream"), "dark é"),
            (Some("text/csv"), "a,b\n1,2\n"),
        ]
    );
}

// Arazzo 1.0.1, Request Body Object, contentType: "The Content-Type for the request content"; RFC 9110, section 8.3.1:
// parameters are of the media type.
#[tokio::test]
async fn body_content_types_keep_their_parameters() {
    let sent = sent!(bodies::content_type_parameters);
    assert_eq!(
        contents(&sent),
        [
            (Some("text/plain; charset=utf-8"), "blé"),
            (Some("text/plain; charset=utf-8"), "blé"),
            (Some("text/plain; charset=utf-8"), "blé"),
            (Some("application/json; charset=utf-8"), r#"{"a":1}"#),
            (Some(r#"application/json; profile="a;b""#), r#"{"a":1}"#),
        ]
    );
}

// Arazzo 1.0.1, Request Body Object, contentType: "If omitted then refer to Content-Type specified at the targeted
// operation to understand serialization requirements". Semantics: "the operation's only media type, else JSON if
// offered".
#[tokio::test]
async fn body_content_types_that_are_omitted() {
    let sent = sent!(bodies::omitted_content_type);
    assert_eq!(
        contents(&sent),
        [
            (Some("text/plain"), "blue"),
            (Some("application/xml"), "<a/>"),
            (Some("application/x-www-form-urlencoded"), "a=blue"),
            (Some("application/vnd.wire.v1+json"), r#"{"a":"blue"}"#),
            (Some("application/json"), r#"{"a":"blue"}"#),
        ]
    );
}

// RFC 9110, section 8.3: `Content-Type` is of content, which there is not.
#[tokio::test]
async fn body_that_is_not_there() {
    let sent = sent!(bodies::no_body);
    assert_eq!(contents(&sent), [(None, "")]);
}

// RFC 9110, section 8.6: "A user agent SHOULD send Content-Length in a request when the method defines a meaning for
// enclosed content […]. For example, a user agent normally sends Content-Length in a POST request even when the value
// is 0"; section 15.5.12: a server may refuse it otherwise (411).
#[tokio::test]
async fn body_that_is_not_there_has_a_length() {
    let sent = sent!(bodies::no_body);
    assert_eq!(sent[0].header("content-length"), Some("0"));
}

// ---------------------------------------------------------------------------------------------------------------------
// Forms
// ---------------------------------------------------------------------------------------------------------------------

// OpenAPI 3.1, Encoding Object: the default content type of strings, numbers and booleans is `text/plain`, "serialized
// as-is"; URL Percent-Encoding: "percent-encoding it as `%20` also meets the above requirements", and "`&=+`" must be
// encoded in names and values.
#[tokio::test]
async fn form_of_primitives() {
    let sent = sent!(forms::plain, { "text": "x&y=z+1~%é" });
    assert_eq!(
        forms(&sent),
        [
            "a=blue%20sky&b=2.5&c=true&d=&e=x%26y%3Dz%2B1~%25%C3%A9&f=-3",
            "filter%5Bname%5D=x%20y&gr%C3%B6%C3%9Fe=1",
        ]
    );
}

// Arazzo 1.0.1, Request Body Object, "Form Data String Example". Semantics: "or a ready string".
#[tokio::test]
async fn form_that_is_written_as_text() {
    let sent = sent!(forms::written, { "text": "2" });
    assert_eq!(forms(&sent), ["a=1&b=2"]);
}

// Semantics: "An explicit null in a […] form […] has no spelling: it is left out"; an array without members has no
// repetition.
#[tokio::test]
async fn form_without_undefined_members() {
    let sent = sent!(forms::undefined_values, { "nothing": null });
    assert_eq!(forms(&sent), ["a=one&e=two"]);
}

// OpenAPI 3.1, Encoding Object, contentType: of an array, "according to the `type` of the `items` schema": every
// element is a value of its own.
#[tokio::test]
async fn form_with_arrays() {
    let sent = sent!(forms::arrays, { "numbers": [1.5, 2.5] });
    assert_eq!(
        forms(&sent),
        ["colors=blue&colors=black&colors=brown", "numbers=1.5&numbers=2.5"]
    );
}

// OpenAPI 3.1, Encoding the `x-www-form-urlencoded` Media Type, Example: URL Encoded Form with JSON Values, where a
// space is "+": "id=f81d4fae-7dec-11d0-a765-00a0c91e6bf6&address=%7B%22streetAddress%22%3A%22123+Example+Dr.%22%2C…".
#[tokio::test]
async fn form_with_an_object() {
    let sent = sent!(forms::nested);
    assert_eq!(
        forms(&sent),
        [
            "id=f81d4fae-7dec-11d0-a765-00a0c91e6bf6&address=%7B%22streetAddress%22%3A%22123%20Example%20Dr.%22%2C\
             %22city%22%3A%22Somewhere%22%2C%22state%22%3A%22CA%22%2C%22zip%22%3A%2299999%2B1234%22%7D"
        ]
    );
}

// OpenAPI 3.1, the same section: "Here is the `id` parameter […] serialized as `application/json`":
// "id=%22f81d4fae-7dec-11d0-a765-00a0c91e6bf6%22".
#[tokio::test]
async fn form_with_content_types() {
    let sent = sent!(forms::content_types);
    assert_eq!(forms(&sent), ["id=%22f81d4fae-7dec-11d0-a765-00a0c91e6bf6%22"]);
}

// OpenAPI 3.1, Encoding Object: "The absence of all three of those fields is the equivalent of using `content`, but
// with the media type specified in `contentType`": the array is one JSON text.
#[tokio::test]
async fn form_with_an_array_that_is_json() {
    let sent = sent!(forms::array_content_types);
    assert_eq!(forms(&sent), ["colors=%5B%22blue%22%2C%22dark%20red%22%5D"]);
}

// OpenAPI 3.1, Encoding Object, style: "The behavior follows the same values as `query` parameters", which are in the
// table of Style Examples; "the initial `?` used in query strings is not used".
#[tokio::test]
async fn form_with_styles() {
    let sent = sent!(forms::styles);
    assert_eq!(
        forms(&sent),
        [
            "colors=blue%20black%20brown",
            "colors=blue%7Cblack%7Cbrown",
            "colors=blue%7Cblack%7Cbrown",
            "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150",
            "colors=blue&colors=black&colors=brown",
            "colors=blue,black,brown",
            "R=100&G=200&B=150",
            "color=R,100,G,200,B,150",
        ]
    );
}

// OpenAPI 3.0, Encoding Object: "whenever any of `style`, `explode`, or `allowReserved` are present with an explicit
// value: The value of `contentType`, whether it is explicitly defined or has the default value, is to be ignored. If
// any of `style`, `explode`, or `allowReserved` are not present with explicit values, then they are to be treated as if
// they were present with their default values"; those of 3.1 say the same.
#[tokio::test]
async fn form_with_some_of_the_fields_of_a_style() {
    let sent = sent!(forms::style_defaults);
    assert_eq!(
        forms(&sent),
        [
            "R=100&G=200&B=150",
            "colors=blue,black,brown",
            "R=100&G=200&B=150",
            "colors=blue,black,brown",
        ]
    );
}

// OpenAPI 3.1, Encoding Object, allowReserved, as for queries.
#[tokio::test]
async fn form_allow_reserved() {
    let sent = sent!(forms::allow_reserved);
    assert_eq!(
        forms(&sent),
        ["text=:/?@!$'()*,;%20%C3%A9%41%20100%25%20~", "paths=a/b,c:d"]
    );
}

// OpenAPI 3.1, Encoding Object: "A single encoding definition applied to a single schema property"; Media Type Object,
// encoding: "If no Encoding Object is provided for a property, the behavior is determined by the default values".
#[tokio::test]
async fn form_with_a_style_for_one_member() {
    let sent = sent!(forms::one_among_others);
    assert_eq!(forms(&sent), ["a=x&a=y&b=x%7Cy&c=x%20y"]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Forms in several parts
// ---------------------------------------------------------------------------------------------------------------------

// OpenAPI 3.1, Encoding Object: of strings, numbers and booleans the content type is `text/plain`. RFC 7578, section
// 4.2: "The Content-Disposition header field MUST also contain an additional parameter of "name""; section 4.5: "the
// charset parameter for the "text/plain" Content-Type MAY be used to indicate the character encoding". OpenAPI 3.1,
// Percent-Encoding and `form-data`: "percent-encoding or similar escaping is not needed in general"; RFC 2046, section
// 5.1.1: the boundary "MUST NOT appear inside any of the encapsulated parts".
#[tokio::test]
async fn parts_of_primitives() {
    for label in ["plain", "a&b=c %20 é", "\r\n--\r\n--x\r\n\r\n", "\r\n--boundary--\r\n"] {
        let sent = sent!(multipart::primitives, { "label": label });
        assert_eq!(sent.len(), 1);
        assert_eq!(
            parts(&sent[0]),
            [
                text("count", "3"),
                text("empty", ""),
                text("gift", "true"),
                text("label", label),
                text("share", "2.5"),
            ]
        );
    }
}

// OpenAPI 3.1, Encoding Object: of an object the content type is `application/json`.
#[tokio::test]
async fn parts_that_are_objects() {
    let sent = sent!(multipart::objects);
    assert_eq!(
        parts(&sent[0]),
        [
            field(
                "address",
                "application/json",
                r#"{"city":"Größe, \"x\"","lines":[1,null]}"#
            ),
            text("label", "x"),
        ]
    );
}

// OpenAPI 3.1, Encoding `multipart` Media Types: "Array properties are handled by applying the same `name` to multiple
// parts"; Example: Basic Multipart Form: "the default content type for each item is "application/json"" where the items
// are objects.
#[tokio::test]
async fn parts_that_are_arrays() {
    let sent = sent!(multipart::arrays);
    assert_eq!(
        parts(&sent[0]),
        [
            field("addresses", "application/json", r#"{"city":"A"}"#),
            field("addresses", "application/json", r#"{"city":"B"}"#),
            text("colors", "blue"),
            text("colors", "black"),
            text("colors", "brown"),
            text("numbers", "1"),
            text("numbers", "2"),
        ]
    );
}

// OpenAPI 3.1, Example: Multipart Form with Encoding Objects: the Encoding Object overrides the content type "for each
// item in the array with "application/xml; charset=utf-8"". Whether such a part has a file name is not said.
#[tokio::test]
async fn parts_with_content_types() {
    let sent = sent!(multipart::content_types);
    let mut parts = parts(&sent[0]);
    for part in &mut parts {
        if let Some(unnamed) = part.disposition.strip_suffix("; filename=\"addresses\"") {
            part.disposition = unnamed.to_owned();
        }
    }
    assert_eq!(
        parts,
        [
            field("addresses", "application/xml; charset=utf-8", "<a/>"),
            field("addresses", "application/xml; charset=utf-8", "<b/>"),
            field("rows", "text/csv", "a,b\r\n1,2"),
            text("tags", "x"),
            text("tags", "y"),
        ]
    );
}

// OpenAPI 3.1, Encoding Object: where `type` is absent the content type is `application/octet-stream`. Whether such a
// part has a file name is not said.
#[tokio::test]
async fn parts_without_a_type_are_bytes() {
    let sent = sent!(multipart::typeless, { "bytes": "\u{1}é\r\n" });
    let parts = parts(&sent[0]);
    assert_eq!(parts.len(), 1);
    assert!(
        parts[0].disposition.starts_with("form-data; name=\"picture\""),
        "{parts:?}"
    );
    assert_eq!(parts[0].content_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(parts[0].content, "\u{1}é\r\n");
}

// OpenAPI 3.1, Encoding Object: of a string with a `contentEncoding` the content type is `application/octet-stream`;
// what is sent is the string, which is encoded already.
#[tokio::test]
async fn parts_that_are_encoded_already() {
    let sent = sent!(multipart::encoded);
    let parts = parts(&sent[0]);
    assert_eq!(parts.len(), 1);
    assert!(
        parts[0].disposition.starts_with("form-data; name=\"picture\""),
        "{parts:?}"
    );
    assert_eq!(parts[0].content_type.as_deref(), Some("application/octet-stream"));
    assert_eq!(parts[0].content, "iVBORw0KGgo=");
}

// Semantics: "An explicit null in a […] form […] has no spelling: it is left out"; an array without members has no
// part.
#[tokio::test]
async fn parts_without_undefined_members() {
    let sent = sent!(multipart::undefined_values, { "nothing": null });
    assert_eq!(parts(&sent[0]), [text("a", "one"), text("e", "two")]);
}

// RFC 7578, section 5.1: names that are not ASCII are sent in UTF-8. OpenAPI 3.1, Percent-Encoding and `form-data`:
// "percent-encoding is not automatically applied for this media type".
#[tokio::test]
async fn parts_with_names_that_are_not_ascii() {
    let sent = sent!(multipart::names);
    assert_eq!(parts(&sent[0]), [text("größe", "1")]);
}

// OpenAPI 3.0, Encoding Object: of a string whose `format` is `binary` the content type is `application/octet-stream`.
// RFC 7578, section 4.2: "For form data that represents the content of a file, a name for the file SHOULD be supplied
// as well, by using a "filename" parameter". There is none to be had but that of the member.
#[tokio::test]
async fn parts_that_are_files() {
    let sent = sent!(files::one_file, { "bytes": "\u{1}é\r\n\r\n--x" });
    assert_eq!(
        parts(&sent[0]),
        [
            text("label", "x"),
            file("picture", "application/octet-stream", "\u{1}é\r\n\r\n--x"),
        ]
    );
}

// OpenAPI 3.0, Example: Multipart Form with Multiple Files; RFC 7578, section 4.3: "multiple files MUST be sent by
// supplying each file in a separate part but all with the same "name" parameter".
#[tokio::test]
async fn parts_that_are_files_of_one_name() {
    let sent = sent!(files::files);
    assert_eq!(
        parts(&sent[0]),
        [
            file("file", "application/octet-stream", "one"),
            file("file", "application/octet-stream", "two"),
        ]
    );
}

// OpenAPI 3.0, Example: Multipart Form with Encoding Objects: "default is application/octet-stream, but we can declare
// a more specific image type".
#[tokio::test]
async fn parts_that_are_files_with_content_types() {
    let sent = sent!(files::typed_file);
    assert_eq!(parts(&sent[0]), [file("picture", "image/svg+xml", "<svg/>")]);
}

// OpenAPI 3.0, Encoding Object, style and explode: "This field SHALL be ignored if the request body media type is not
// `application/x-www-form-urlencoded`".
#[tokio::test]
async fn parts_have_no_style_in_openapi_3_0() {
    let sent = sent!(files::ignored_style);
    assert_eq!(
        parts(&sent[0]),
        [text("colors", "blue"), text("colors", "black"), text("colors", "brown")]
    );
}

// OpenAPI 3.0, Considerations for File Uploads: the body is the file.
#[tokio::test]
async fn body_that_is_a_file() {
    let sent = sent!(files::whole_file);
    assert_eq!(contents(&sent), [(Some("image/svg+xml"), "<svg/>")]);
}

// ---------------------------------------------------------------------------------------------------------------------
// Swagger
// ---------------------------------------------------------------------------------------------------------------------

// Swagger, Parameter Object, collectionFormat: "`csv` - comma separated values `foo,bar`. `ssv` - space separated
// values `foo bar`. `tsv` - tab separated values `foo\tbar`. `pipes` - pipe separated values `foo|bar`. `multi` -
// corresponds to multiple parameter instances instead of multiple values for a single instance `foo=bar&foo=baz`. […]
// Default value is `csv`." RFC 3986: a space, a tab and a pipe are encoded.
#[tokio::test]
async fn swagger_query_collections() {
    let sent = sent!(swagger::collections);
    assert_eq!(
        targets(&sent),
        [
            "/query/csv?colors=blue,black,brown",
            "/query/ssv?colors=blue%20black%20brown",
            "/query/tsv?colors=blue%09black%09brown",
            "/query/pipes?colors=blue%7Cblack%7Cbrown",
            "/query/multi?colors=blue&colors=black&colors=brown",
            "/query/default?colors=a%2Cb,c%20d",
            "/query/primitives?flag=true&number=2.5&text=a%20b%26c",
        ]
    );
}

// The same line; `multi` is not for paths.
#[tokio::test]
async fn swagger_path_collections() {
    let sent = sent!(swagger::path_collections);
    assert_eq!(
        targets(&sent),
        [
            "/path/csv/blue,black,brown",
            "/path/ssv/blue%20black%20brown",
            "/path/tsv/blue%09black%09brown",
            "/path/pipes/blue%7Cblack%7Cbrown",
            "/path/default/a%2Cb,c",
            "/path/string/a%2Fb",
        ]
    );
}

// The same line; headers are not encoded. Parameter Object Examples: "A header parameter with an array of 64 bit
// integer numbers".
#[tokio::test]
async fn swagger_header_collections() {
    let sent = sent!(swagger::header_collections);
    assert_eq!(
        values(&sent[..4], "x-colors"),
        [
            Some("blue,black,brown"),
            Some("blue black brown"),
            Some("blue\tblack\tbrown"),
            Some("blue|black|brown"),
        ]
    );
    assert_eq!(sent[4].header("x-token"), Some("12345678,90099"));
}

// Swagger, Parameter Object, Form: "`application/x-www-form-urlencoded` - Similar to the format of Query parameters but
// as a payload. For example, `foo=1&bar=swagger`".
#[tokio::test]
async fn swagger_form() {
    let sent = sent!(swagger::form);
    assert_eq!(
        forms(&sent),
        [
            "name=Fluffy%20%26%20Co&status=sold",
            "a=x,y&b=x&b=y&c=x%7Cy&d=x%20y&e=x%09y&f=x,y",
        ]
    );
}

// Swagger, Parameter Object, Form: "`multipart/form-data` - each parameter takes a section in the payload with an
// internal header".
#[tokio::test]
async fn swagger_form_in_parts() {
    let sent = sent!(swagger::form_parts);
    assert_eq!(parts(&sent[0]), [text("count", "3"), text("name", "Fluffy")]);
}

// Swagger, Parameter Object: `type: file`; collectionFormat `multi`: "multiple parameter instances".
#[tokio::test]
async fn swagger_form_with_a_file() {
    let sent = sent!(swagger::upload, { "bytes": "\u{1}é\r\n" });
    assert_eq!(
        parts(&sent[0]),
        [
            file("avatar", "application/octet-stream", "\u{1}é\r\n"),
            text("name", "Fluffy"),
            text("shades", "dark"),
            text("shades", "light"),
        ]
    );
}

// Swagger, Parameter Object, collectionFormat, again: it is for `formData`, whatever the form, and `csv` is the
// default.
#[tokio::test]
async fn swagger_form_in_parts_with_collections() {
    let sent = sent!(swagger::part_collections);
    assert_eq!(
        parts(&sent[0]),
        [
            text("a", "x,y"),
            text("b", "x"),
            text("b", "y"),
            text("c", "x|y"),
            text("d", "x y"),
            text("e", "x\ty"),
            text("f", "x,y"),
        ]
    );
}

// Swagger, Operation Object, consumes: "A list of MIME types the operation can consume. This overrides the `consumes`
// definition at the Swagger Object."
#[tokio::test]
async fn swagger_bodies_are_what_the_operation_consumes() {
    let sent = sent!(swagger::consumes);
    assert_eq!(
        contents(&sent),
        [
            (Some("application/vnd.wire+json"), r#"{"name":"Fluffy"}"#),
            (Some("application/json"), r#"{"name":"Fluffy"}"#),
            (Some("application/xml"), "<name>Fluffy</name>"),
            (Some("text/plain"), "Fluffy"),
            (Some("application/merge-patch+json"), r#"{"name":null}"#),
        ]
    );
}

// Swagger, Security Scheme Object: "Valid values are "basic", "apiKey" or "oauth2"", of a key "The location of the API
// key. Valid values are "query" or "header"". RFC 7617, section 2: "Aladdin" and "open sesame".
#[tokio::test]
async fn swagger_credentials() {
    let sent = sent!(swagger::secured, {}, |api| {
        api.scheme("basicAuth", Credential::basic("Aladdin", "open sesame"))
            .scheme("keyAuth", Credential::api_key("k&y"))
    });
    assert_eq!(targets(&sent), ["/secured/basic", "/secured/key?key=k%26y"]);
    assert_eq!(
        values(&sent, "authorization"),
        [Some("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), None]
    );
}

// ---------------------------------------------------------------------------------------------------------------------
// Credentials and headers of the client
// ---------------------------------------------------------------------------------------------------------------------

// RFC 7617, section 2: "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="; section 2.1, UTF-8: "test" and "123£" are
// "dGVzdDoxMjPCow==".
#[tokio::test]
async fn credential_basic() {
    for (user, password, expected) in [
        ("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
        ("test", "123£", "Basic dGVzdDoxMjPCow=="),
    ] {
        let by_scheme = sent!(security::document, {}, |api| api
            .scheme("basicAuth", Credential::basic(user, password)));
        assert_eq!(values(&by_scheme, "authorization"), [Some(expected)]);
        let by_source = sent!(security::document, {}, |api| api
            .credential(Credential::basic(user, password)));
        assert_eq!(values(&by_source, "authorization"), [Some(expected)]);
    }
}

// RFC 6750, section 2.1: "Authorization: Bearer mF_9.B5f-4.1JqM"; OpenAPI 3.1, Security Scheme Object: `http` with the
// scheme `bearer`, `oauth2` and `openIdConnect`.
#[tokio::test]
async fn credential_bearer() {
    let expected = [Some("Bearer mF_9.B5f-4.1JqM")];
    let token = || Credential::bearer("mF_9.B5f-4.1JqM");
    let sent = sent!(security::bearer, {}, |api| api.scheme("bearerAuth", token()));
    assert_eq!(values(&sent, "authorization"), expected);
    let sent = sent!(security::oauth, {}, |api| api.scheme("oauth", token()));
    assert_eq!(values(&sent, "authorization"), expected);
    let sent = sent!(security::open_id, {}, |api| api.scheme("openId", token()));
    assert_eq!(values(&sent, "authorization"), expected);
}

// OpenAPI 3.1, Security Scheme Object: "in: The location of the API key. Valid values are "query", "header", or
// "cookie"", "name: The name of the header, query or cookie parameter to be used".
#[tokio::test]
async fn credential_api_key() {
    let sent = sent!(security::header_key, {}, |api| api
        .scheme("headerKey", Credential::api_key("k&y 1")));
    assert_eq!(
        (targets(&sent), values(&sent, "x-key")),
        (vec!["/header"], vec![Some("k&y 1")])
    );

    let sent = sent!(security::query_key, {}, |api| api
        .scheme("queryKey", Credential::api_key("k&y 1")));
    assert_eq!(targets(&sent), ["/query?page=2&key=k%26y%201"]);

    let sent = sent!(security::lone_query_key, {}, |api| api
        .scheme("queryKey", Credential::api_key("k")));
    assert_eq!(targets(&sent), ["/query/lone?key=k"]);

    let sent = sent!(security::cookie_key, {}, |api| api
        .scheme("cookieKey", Credential::api_key("abc-123")));
    assert_eq!(
        (targets(&sent), values(&sent, "cookie")),
        (vec!["/cookie"], vec![Some("session=abc-123")])
    );
    assert_eq!(values(&sent, "authorization"), [None]);
}

// RFC 6265, section 5.4: "the user agent MUST NOT attach more than one Cookie header field"; section 4.2.1: "; "
// between the pairs.
#[tokio::test]
async fn credential_in_a_cookie_beside_another() {
    let sent = sent!(security::cookie_key_and_cookie, {}, |api| api
        .scheme("cookieKey", Credential::api_key("abc-123")));
    let cookie = sent[0].header("cookie").expect("a cookie");
    assert!(
        matches!(cookie, "color=blue; session=abc-123" | "session=abc-123; color=blue"),
        "{cookie}"
    );
}

// OpenAPI 3.1, Security Requirement Object: "Security Requirement Objects that contain multiple schemes require that
// all schemes MUST be satisfied for a request to be authorized"; Operation Object, security: "Only one of the Security
// Requirement Objects need to be satisfied".
#[tokio::test]
async fn credentials_that_are_alternatives() {
    let sent = sent!(security::either, {}, |api| api
        .scheme("headerKey", Credential::api_key("k")));
    assert_eq!(
        (sent[0].header("authorization"), sent[0].header("x-key")),
        (None, Some("k"))
    );

    let sent = sent!(security::either, {}, |api| api
        .scheme("bearerAuth", Credential::bearer("t")));
    assert_eq!(
        (sent[0].header("authorization"), sent[0].header("x-key")),
        (Some("Bearer t"), None)
    );

    // What is satisfied in part is not satisfied.
    let sent = sent!(security::either_of_two_and_one, {}, |api| api
        .scheme("headerKey", Credential::api_key("k"))
        .scheme("bearerAuth", Credential::bearer("t")));
    assert_eq!(
        (sent[0].header("authorization"), sent[0].header("x-key")),
        (Some("Bearer t"), None)
    );
    assert_eq!(targets(&sent), ["/two-or-one"]);
}

// The same line.
#[tokio::test]
async fn credentials_that_are_needed_together() {
    let sent = sent!(security::both, {}, |api| api
        .scheme("headerKey", Credential::api_key("h"))
        .scheme("queryKey", Credential::api_key("q")));
    assert_eq!(
        (targets(&sent), values(&sent, "x-key")),
        (vec!["/both?key=q"], vec![Some("h")])
    );

    let kind = refused!(security::both, {}, |api| api
        .scheme("headerKey", Credential::api_key("h")));
    assert_eq!(kind, ErrorKind::MissingCredential);
    assert_eq!(refused!(security::document, {}), ErrorKind::MissingCredential);
}

// OpenAPI 3.1, Operation Object, security: "This definition overrides any declared top-level `security`. To remove a
// top-level security declaration, an empty array can be used."
#[tokio::test]
async fn credentials_of_an_operation_are_instead_of_those_of_the_document() {
    let all = |api: SourceBuilder| {
        api.scheme("basicAuth", Credential::basic("user", "hush"))
            .scheme("headerKey", Credential::api_key("k"))
    };
    let sent = sent!(security::instead, {}, all);
    assert_eq!(
        (sent[0].header("authorization"), sent[0].header("x-key")),
        (None, Some("k"))
    );

    let sent = sent!(security::public, {}, all);
    assert_eq!((sent[0].header("authorization"), sent[0].header("x-key")), (None, None));
}

// OpenAPI 3.1, Operation Object, security: "To make security optional, an empty security requirement (`{}`) can be
// included in the array."
#[tokio::test]
async fn credentials_may_be_optional() {
    let sent = sent!(security::optional);
    assert_eq!(values(&sent, "authorization"), [None]);
    let sent = sent!(security::optional_first);
    assert_eq!(values(&sent, "authorization"), [None]);

    let sent = sent!(security::optional, {}, |api| api
        .scheme("bearerAuth", Credential::bearer("t")));
    assert_eq!(values(&sent, "authorization"), [Some("Bearer t")]);
}

// Semantics: "an `Authorization` parameter written in the workflow wins"; RFC 9110, section 5.1: names of headers are
// case-insensitive, and section 11.6.2: there is one.
#[tokio::test]
async fn a_written_authorization_wins() {
    let inputs = json!({ "token": "from-workflow" });
    let sent = sent!(security::written_authorization, inputs, |api| api
        .scheme("basicAuth", Credential::basic("user", "hush")));
    assert_eq!(values(&sent, "authorization"), [Some("Bearer from-workflow")]);

    let sent = sent!(security::written_authorization_otherwise, inputs, |api| api
        .credential(Credential::bearer("from-client")));
    assert_eq!(values(&sent, "authorization"), [Some("Bearer from-workflow")]);
}

// The documentation of `SourceBuilder::header`: "A header for every request to this API".
#[tokio::test]
async fn headers_of_the_client_are_in_every_request() {
    let sent = sent!(security::default_headers, {}, |api| api
        .header("X-Client", "wire tests")
        .header("Accept-Language", "de, en;q=0.5"));
    assert_eq!(targets(&sent), ["/first", "/second"]);
    assert_eq!(values(&sent, "x-client"), [Some("wire tests"), Some("wire tests")]);
    assert_eq!(
        values(&sent, "accept-language"),
        [Some("de, en;q=0.5"), Some("de, en;q=0.5")]
    );
    assert_eq!(
        (sent[1].content_type(), sent[1].text()),
        (Some("application/json"), r#"{"a":1}"#)
    );
}

// ---------------------------------------------------------------------------------------------------------------------
// Servers
// ---------------------------------------------------------------------------------------------------------------------

/// The methods and the whole URLs.
type Urls = Arc<Mutex<Vec<String>>>;

/// A client for the servers that the descriptions name, which are not there.
fn elsewhere() -> (Client<impl Transport>, Urls) {
    let urls: Urls = Arc::default();
    let kept = Arc::clone(&urls);
    let client = Client::builder()
        .transport(move |request: Request<Bytes>| {
            kept.lock()
                .unwrap()
                .push(format!("{} {}", request.method(), request.uri()));
            async { Response::builder().status(204).body(Bytes::new()) }
        })
        .build()
        .expect("the client is complete");
    (client, urls)
}

/// An output, whatever its type.
fn value(output: &impl serde::Serialize) -> Value {
    serde_json::to_value(output).expect("JSON")
}

// OpenAPI 3.1, Server Variable Object, default: "The default value to use for substitution"; Path Item Object, servers:
// "If a `servers` array is specified at the OpenAPI Object level, it will be overridden by this value"; Operation
// Object, servers: "If a `servers` array is specified at the Path Item Object or OpenAPI Object level, it will be
// overridden by this value". Paths Object: "The path is appended (no relative URL resolution) to the expanded URL".
// Semantics: "the operation's, path's or document's first server", and "`$url` is the request's final URL".
#[tokio::test]
async fn servers_of_the_operation_the_path_and_the_document() {
    let (client, urls) = elsewhere();
    let outputs = servers::addresses(&client, servers::addresses::Inputs::new())
        .await
        .unwrap();
    assert_eq!(value(&outputs.document), "https://eu.wire.test:8443/v2/document");
    assert_eq!(value(&outputs.path), "https://path.wire.test/api/path");
    assert_eq!(value(&outputs.operation), "https://operation.wire.test/own/path");
    assert_eq!(value(&outputs.alone), "http://alone.wire.test:8080/operation");
    assert_eq!(
        *urls.lock().unwrap(),
        [
            "GET https://eu.wire.test:8443/v2/document",
            "GET https://path.wire.test/api/path",
            "POST https://operation.wire.test/own/path",
            "GET http://alone.wire.test:8080/operation",
        ]
    );
}

// Semantics: "The base URL is the client's override for the source description, else […]".
#[tokio::test]
async fn servers_give_way_to_the_base_url_of_the_client() {
    let sent = sent!(servers::addresses);
    assert_eq!(targets(&sent), ["/document", "/path", "/path", "/operation"]);

    let wire = Wire::start();
    let below = format!("{}/below/it", wire.url());
    let client = wire.client(|api| api.base_url(below));
    servers::addresses(&client, servers::addresses::Inputs::new())
        .await
        .unwrap();
    assert_eq!(
        targets(&wire.sent()),
        [
            "/below/it/document",
            "/below/it/path",
            "/below/it/path",
            "/below/it/operation"
        ]
    );
    assert!(
        wire.sent()
            .iter()
            .all(|request| request.header("host") == Some(wire.address.to_string().as_str()))
    );
}

// Semantics: "a relative server URL needs the override (compile-time note, run-time error)".
#[tokio::test]
async fn servers_that_are_relative_need_a_base_url() {
    let (client, urls) = elsewhere();
    servers::relative(&client, servers::relative::Inputs::new())
        .await
        .unwrap_err();
    assert!(urls.lock().unwrap().is_empty());

    let sent = sent!(servers::relative);
    assert_eq!(targets(&sent), ["/relative"]);
}

// Swagger, Swagger Object: `schemes`, `host` ("MAY include a port") and `basePath`, "The base path on which the API is
// served, which is relative to the `host`".
#[tokio::test]
async fn servers_of_swagger() {
    let (client, urls) = elsewhere();
    let outputs = swagger::addressed(&client, swagger::addressed::Inputs::new())
        .await
        .unwrap();
    let expected = "https://swagger.wire.test:8443/v1/addressed";
    assert_eq!(value(&outputs.url), expected);
    assert_eq!(*urls.lock().unwrap(), [format!("GET {expected}")]);
}
