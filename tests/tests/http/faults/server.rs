//! The server.

use super::*;

/// A request as it came, byte for byte.
#[derive(Clone, Debug)]
pub struct Heard {
    /// The lines of the head without their ends.
    pub lines: Vec<Vec<u8>>,
    pub body: Vec<u8>,
}

impl Heard {
    pub fn text(&self, line: usize) -> &str {
        std::str::from_utf8(&self.lines[line]).expect("UTF-8")
    }

    pub fn target(&self) -> &str {
        self.text(0).split(' ').nth(1).expect("a target")
    }

    /// The values of a header.
    pub fn all(&self, wanted: &str) -> Vec<&[u8]> {
        let headers = self.lines[1..].iter().map(|line| {
            let colon = line.iter().position(|byte| *byte == b':').expect("a colon");
            (&line[..colon], line[colon + 1..].trim_ascii())
        });
        let wanted = headers.filter(|(name, _)| name.eq_ignore_ascii_case(wanted.as_bytes()));
        wanted.map(|(_, value)| value).collect()
    }

    /// The names of the headers, in order.
    pub fn names(&self) -> Vec<String> {
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
pub struct Kept {
    pub heard: Mutex<Vec<Heard>>,
    pub connections: AtomicUsize,
    /// Bytes that somebody has taken, or that were at least on the way.
    pub taken: AtomicUsize,
    /// Whether somebody has left before all was said.
    pub left: AtomicBool,
    pub stopped: AtomicBool,
}

/// A connection to a server.
pub struct Connection {
    pub stream: TcpStream,
    /// Counted from 0.
    pub number: usize,
    pub kept: Arc<Kept>,
}

impl Connection {
    /// Reads a head and what its length promises; nothing where the connection ends before.
    pub fn hear(&mut self) -> Option<Heard> {
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
    pub fn hear_head(&mut self) -> Option<Heard> {
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
    pub fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
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
    pub fn answer(&mut self, bytes: impl AsRef<[u8]>) {
        if self.hear().is_some() {
            self.say(bytes);
        }
    }

    /// Waits until the other side has closed, or for so long that nobody can believe it.
    pub fn linger(&mut self) {
        while matches!(self.stream.read(&mut [0; 4096]), Ok(read) if read > 0) {}
    }
}

/// A server that does to each connection what it is told to.
pub struct Server {
    pub address: SocketAddr,
    pub kept: Arc<Kept>,
}

impl Server {
    pub fn start(serve: impl Fn(&mut Connection) + Send + Sync + 'static) -> Self {
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
    pub fn saying(bytes: impl AsRef<[u8]> + Send + Sync + 'static) -> Self {
        Self::start(move |connection| connection.answer(&bytes))
    }

    /// A server that answers everything with this body, which it calls JSON.
    pub fn with_json(body: impl AsRef<[u8]>) -> Self {
        Self::saying(json_answer(body))
    }

    /// A server that nothing is wrong with.
    pub fn healthy() -> Self {
        Self::with_json(r#"{"name":"well"}"#)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn client(&self) -> Client {
        client(&self.url())
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.kept.heard.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.kept.connections.load(Ordering::SeqCst)
    }

    /// Waits until somebody has left before all was said.
    pub async fn is_left(&self) -> bool {
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
pub fn closed() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    format!("http://{}", listener.local_addr().expect("it has an address"))
}

/// A client with every credential that there is a scheme for. What hangs fails in the end.
pub fn client(url: &str) -> Client {
    limited(url, |builder| builder)
}

pub fn limited(url: &str, limit: impl FnOnce(arazzo::ClientBuilder) -> arazzo::ClientBuilder) -> Client {
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
pub fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

pub fn json_answer(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("200 OK", "content-type: application/json\r\n", body)
}

/// Everything that an error says, and the errors behind it.
pub fn said(error: &(dyn std::error::Error + 'static)) -> String {
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
