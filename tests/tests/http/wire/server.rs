//! The server.

use super::*;

/// A request as it came: nothing is decoded.
#[derive(Clone, Debug)]
pub struct Sent {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Sent {
    /// Reads a request; nothing where the connection ends before one.
    pub fn read(stream: &TcpStream) -> Option<Self> {
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
    pub fn all(&self, wanted: &str) -> Vec<&str> {
        let wanted = self.headers.iter().filter(|(name, _)| name == wanted);
        wanted.map(|(_, value)| value.as_str()).collect()
    }

    /// The value of a header, which is not there twice.
    pub fn header(&self, wanted: &str) -> Option<&str> {
        let values = self.all(wanted);
        assert!(values.len() < 2, "{wanted}: {values:?}");
        values.first().copied()
    }

    pub fn content_type(&self) -> Option<&str> {
        self.header("content-type")
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }
}

/// A server that answers everything with 204 and keeps what it has read.
pub struct Wire {
    pub address: SocketAddr,
    pub sent: Arc<Mutex<Vec<Sent>>>,
    pub stopped: Arc<AtomicBool>,
    pub thread: Option<JoinHandle<()>>,
}

impl Wire {
    pub fn start() -> Self {
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

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A client for this server, with the transport that is the default.
    pub fn client(&self, setup: impl FnOnce(SourceBuilder) -> SourceBuilder) -> Client {
        let url = self.url();
        let builder = Client::builder().source("wire", |api| setup(api.base_url(url)));
        builder.build().expect("the client is complete")
    }

    pub fn sent(&self) -> Vec<Sent> {
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

pub fn targets(sent: &[Sent]) -> Vec<&str> {
    sent.iter().map(|request| request.target.as_str()).collect()
}

/// The values of a header in every request.
pub fn values<'sent>(sent: &'sent [Sent], name: &str) -> Vec<Option<&'sent str>> {
    sent.iter().map(|request| request.header(name)).collect()
}

/// The content types and the bodies.
pub fn contents(sent: &[Sent]) -> Vec<(Option<&str>, &str)> {
    sent.iter()
        .map(|request| (request.content_type(), request.text()))
        .collect()
}

/// The bodies, which are forms.
pub fn forms(sent: &[Sent]) -> Vec<&str> {
    for request in sent {
        assert_eq!(request.content_type(), Some("application/x-www-form-urlencoded"));
    }
    sent.iter().map(Sent::text).collect()
}

/// A section of a form in several parts.
#[derive(Debug, PartialEq)]
pub struct Part {
    pub disposition: String,
    pub content_type: Option<String>,
    pub content: String,
}

/// A section that is no file.
pub fn field(name: &str, content_type: &str, content: &str) -> Part {
    Part {
        disposition: format!("form-data; name=\"{name}\""),
        content_type: Some(content_type.to_owned()),
        content: content.to_owned(),
    }
}

/// A section that is text.
pub fn text(name: &str, content: &str) -> Part {
    field(name, "text/plain; charset=utf-8", content)
}

/// A section that is a file, which is called like its member.
pub fn file(name: &str, content_type: &str, content: &str) -> Part {
    Part {
        disposition: format!("form-data; name=\"{name}\"; filename=\"{name}\""),
        ..field(name, content_type, content)
    }
}

/// The parts of a form in several parts.
// RFC 2046, section 5.1.1: "boundary := 0*69<bchars> bcharsnospace", "dash-boundary := "--" boundary", "delimiter :=
// CRLF dash-boundary", "close-delimiter := delimiter "--"".
pub fn parts(sent: &Sent) -> Vec<Part> {
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
pub const TEXT: &str = r#":/?#[]@!$&'()*+,;= "%<>\^`{|}~-._aZ09é€🎨"#;

/// The same.
// RFC 3986, section 2.3: "unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~""; section 2.1: "For consistency, URI
// producers and normalizers should use uppercase hexadecimal digits"; section 2.5: UTF-8.
pub const ENCODED: &str = "%3A%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%20%22%25%3C%3E%5C%5E%60%7B%7C%7D\
                       ~-._aZ09%C3%A9%E2%82%AC%F0%9F%8E%A8";
