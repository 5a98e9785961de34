//! What a reader of the book can do in a fresh crate: one test for each task, with the page's own program, dependencies
//! and documents, against a library on loopback.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use crate::newcomer::root;

/// A request that the library received.
struct Request {
    line: String,
    head: String,
    body: String,
}

/// The library of the book, and the shop of the table of jobs.
pub(crate) struct Library {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Library {
    /// `respond` gets the line of a request and how many of that line came before.
    pub(crate) fn start(respond: fn(&str, usize) -> (u16, &'static str)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests: Arc<Mutex<Vec<Request>>> = Arc::default();
        let received = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut reader = BufReader::new(&stream);
                let request = Request::read(&mut reader);
                let mut received = received.lock().unwrap();
                let before = received.iter().filter(|other| other.line == request.line).count();
                let (status, body) = respond(&request.line, before);
                received.push(request);
                Self::write(&stream, status, body);
            }
        });
        Self { url, requests }
    }

    fn write(mut stream: &TcpStream, status: u16, body: &str) {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {length}");
        write!(stream, "{head}\r\nconnection: close\r\n\r\n{body}").unwrap();
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        let requests = self.requests.lock().unwrap();
        requests.iter().map(|request| request.line.clone()).collect()
    }
}

impl Request {
    fn read(reader: &mut impl BufRead) -> Self {
        let (mut line, mut head) = (String::new(), String::new());
        reader.read_line(&mut line).unwrap();
        while !head.ends_with("\r\n\r\n") && head != "\r\n" {
            reader.read_line(&mut head).unwrap();
        }
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let line = line.rsplit_once(' ').unwrap().0.to_owned();
        Self {
            line,
            head,
            body: String::from_utf8(body).unwrap(),
        }
    }
}

/// The code blocks of a page whose first line starts with `language`.
pub(crate) fn blocks(page: &str, language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join(page)).unwrap();
    let fence = format!("```{language}");
    let (mut blocks, mut open) = (Vec::new(), None::<(bool, String)>);
    for line in text.lines() {
        match &mut open {
            None if line.starts_with("```") => open = Some((line.starts_with(&fence), String::new())),
            None => {}
            Some(_) if line == "```" => {
                blocks.extend(open.take().filter(|(wanted, _)| *wanted).map(|(_, block)| block))
            }
            Some((_, block)) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    blocks
}

/// A crate of a reader: what a page says, and nothing else.
struct Reader {
    directory: tempfile::TempDir,
    target: PathBuf,
}

impl Reader {
    /// The crate for the program of a page that contains `needle`. Where the page has no dependencies, those of "Getting
    /// started" are used, as it says.
    fn new(name: &str, page: &str, needle: &str, library: &Library) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| std::fs::write(directory.path().join(path), text).unwrap();
        let programs = blocks(page, "rust");
        let mut programs = programs.iter().filter(|program| program.contains(needle));
        let program = programs.next().unwrap();
        assert!(programs.next().is_none(), "{page} has several programs with {needle:?}");
        assert!(
            !program.lines().any(|line| line.starts_with("# ")),
            "{page} hides lines"
        );

        let dependencies = blocks(page, "toml")
            .into_iter()
            .chain(blocks("docs/getting-started.md", "toml"));
        let needs = |block: &String| {
            block.starts_with("[dependencies]")
                && ["rusqlite", "tracing_subscriber", "serde_json"]
                    .iter()
                    .all(|krate| !program.contains(krate) || block.contains(&krate.replace("tracing_", "tracing-")))
        };
        let dependencies = dependencies.into_iter().find(needs).unwrap();
        let runtime = root().join("runtime");
        write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n{dependencies}\n\
                 [patch.crates-io]\narazzo = {{ path = {:?} }}\n",
                runtime.to_str().unwrap()
            ),
        );
        // The same versions as the workspace, which are at hand already.
        std::fs::copy(root().join("Cargo.lock"), directory.path().join("Cargo.lock")).unwrap();

        let document = program
            .split("arazzo_workflow!(\"")
            .nth(1)
            .unwrap()
            .split('"')
            .next()
            .unwrap();
        if document.ends_with('/') {
            let from = root().join("examples/job-table").join(document);
            std::fs::create_dir(directory.path().join(document)).unwrap();
            for file in std::fs::read_dir(from).unwrap() {
                let file = file.unwrap();
                std::fs::copy(file.path(), directory.path().join(document).join(file.file_name())).unwrap();
            }
        } else {
            let text = std::fs::read_to_string(root().join("tests/book").join(document)).unwrap();
            let shown = [page, "docs/getting-started.md"].map(|page| blocks(page, "yaml"));
            assert!(
                shown.iter().flatten().any(|block| *block == text),
                "{page} does not show {document}"
            );
            write(document, &text);
            let description = std::fs::read_to_string(root().join("tests/book/library-api.yml")).unwrap();
            let real = "https://library.example.com";
            assert!(description.contains(real));
            write("library-api.yml", &description.replace(real, &library.url));
        }
        let test = program.contains("#[tokio::test]");
        let file = if test { "tests/look_up.rs" } else { "src/main.rs" };
        std::fs::create_dir(directory.path().join("src")).unwrap();
        if test {
            std::fs::create_dir(directory.path().join("tests")).unwrap();
            write("src/lib.rs", "");
        }
        write(file, program);
        Self {
            directory,
            target: Path::new(env!("CARGO_TARGET_TMPDIR")).join("newcomer"),
        }
    }

    fn cargo(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
        Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(self.directory.path())
            .env("CARGO_TARGET_DIR", &self.target)
            .env("NO_COLOR", "1")
            .env_remove("ARAZZO_DEBUG")
            .envs(variables.iter().copied())
            .output()
            .unwrap()
    }

    /// What `cargo run` prints on standard output; it succeeds, without a warning.
    fn run(&self, arguments: &[&str]) -> String {
        self.run_with(arguments, &[])
    }

    fn run_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> String {
        let output = self.cargo(&[&["run", "--"], arguments].concat(), variables);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !said.contains("warning"), "{said}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }
}

const DUNE: &str = r#"{"id": 42, "title": "Dune", "authors": ["Frank Herbert"]}"#;

pub(crate) fn dune(line: &str, _: usize) -> (u16, &'static str) {
    assert_eq!(line, "GET /v1/books/42");
    (200, DUNE)
}

#[test]
fn call_a_workflow() {
    let library = Library::start(dune);
    let reader = Reader::new(
        "task-call",
        "docs/getting-started.md",
        "fn main() -> Result<(), Box",
        &library,
    );
    assert_eq!(reader.run(&[]), r#"Dune by Some(["Frank Herbert"])"#);
    assert_eq!(library.lines(), ["GET /v1/books/42"]);
}

#[test]
fn log_in_and_send_the_token_on() {
    // The first token has expired when the book is lent, so the workflow logs in again.
    let library = Library::start(|line, before| match (line, before) {
        ("POST /v1/login", 0) => (200, r#"{"token": "old"}"#),
        ("POST /v1/login", _) => (200, r#"{"token": "new"}"#),
        ("POST /v1/loans", 0) => (401, "{}"),
        ("POST /v1/loans", _) => (201, r#"{"id": 7, "due": "2030-01-31"}"#),
        _ => (404, "{}"),
    });
    let reader = Reader::new("task-login", "docs/authentication.md", "lend.arazzo.yml", &library);
    assert_eq!(reader.run(&[]), "loan 7 is due on 2030-01-31");
    let requests = library.requests.lock().unwrap();
    let tokens: Vec<&str> = requests
        .iter()
        .filter_map(|request| request.head.lines().find(|line| line.starts_with("authorization:")))
        .collect();
    assert_eq!(tokens, ["authorization: Bearer old", "authorization: Bearer new"]);
    assert_eq!(requests[0].body, r#"{"name":"ada","password":"secret"}"#);
}

#[test]
fn pause_and_resume() {
    let library = Library::start(|line, _| match line {
        "POST /v1/loans" => (201, r#"{"id": 7, "due": "2030-01-31"}"#),
        "POST /v1/loans/7/return" => (200, "{}"),
        _ => (404, "{}"),
    });
    let reader = Reader::new("task-pause", "docs/runs.md", "return.arazzo.yml", &library);
    assert_eq!(reader.run(&[]), "lent; to return the book, pass [Shelf]");
    // Another process, which does nothing while the input is missing.
    assert_eq!(reader.run(&[]), "lent; to return the book, pass [Shelf]");
    assert_eq!(library.lines(), ["POST /v1/loans"]);
    assert_eq!(reader.run(&["A7"]), "loan 7 has ended");
    assert_eq!(library.lines(), ["POST /v1/loans", "POST /v1/loans/7/return"]);
    assert_eq!(library.requests.lock().unwrap()[1].body, r#"{"shelf":"A7"}"#);
}

#[test]
fn poll_until_ready() {
    let library = Library::start(|line, before| match (line, before) {
        ("GET /v1/imports/import-1", 0) => (200, r#"{"id": "import-1", "state": "running"}"#),
        ("GET /v1/imports/import-1", _) => (200, r#"{"id": "import-1", "state": "done", "books": 3}"#),
        _ => (404, "{}"),
    });
    let reader = Reader::new("task-poll", "docs/retries.md", "wait.arazzo.yml", &library);
    assert_eq!(reader.run(&[]), "Some(3) books");
    assert_eq!(library.lines().len(), 2);
}

#[test]
fn upload_a_file() {
    let library = Library::start(|line, _| match line {
        "POST /v1/imports" => (202, r#"{"id": "import-1", "state": "running"}"#),
        _ => (404, "{}"),
    });
    let reader = Reader::new("task-upload", "docs/files.md", "import.arazzo.yml", &library);
    std::fs::write(reader.directory.path().join("catalogue.csv"), "id;title\n42;Dune\n").unwrap();
    assert_eq!(reader.run(&[]), "import import-1");
    let requests = library.requests.lock().unwrap();
    let body = &requests[0].body;
    // RFC 7578, section 4: a part has its name and file name, its media type, an empty line, its bytes.
    let part = "Content-Disposition: form-data; name=\"catalogue\"; filename=\"catalogue.csv\"\r\n\
                Content-Type: text/csv\r\n\r\nid;title\n42;Dune\n\r\n";
    assert!(body.to_ascii_lowercase().contains(&part.to_ascii_lowercase()), "{body}");
}

#[test]
fn handle_a_typed_error() {
    let library = Library::start(|_, _| (404, r#"{"message": "no book has the number 42"}"#));
    for (program, said) in [
        ("ErrorKind", "read: no book has the number 42"),
        ("declared", "no book has the number 42"),
    ] {
        let reader = Reader::new("task-error", "docs/errors.md", program, &library);
        assert_eq!(reader.run(&[]), said);
    }
}

#[test]
fn test_with_a_script() {
    let library = Library::start(dune);
    let reader = Reader::new("task-script", "docs/testing.md", "#[tokio::test]", &library);
    let output = reader.cargo(&["test", "--test", "look_up"], &[]);
    let said = String::from_utf8_lossy(&output.stdout);
    let warned = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !warned.contains("warning"), "{said}{warned}");
    assert!(said.contains("test a_book_is_found ... ok"), "{said}");
    assert!(library.lines().is_empty(), "a script needs no network");
}

#[test]
fn record_and_replay() {
    let library = Library::start(dune);
    let reader = Reader::new("task-record", "docs/testing.md", "Recorder", &library);
    assert_eq!(reader.run(&[]), "Dune");
    assert_eq!(library.lines(), ["GET /v1/books/42"], "the second run is a replay");
    let saved = std::fs::read_to_string(reader.directory.path().join("look-up.json")).unwrap();
    assert!(saved.contains("Frank Herbert"), "{saved}");
}

#[test]
fn trace_a_run() {
    let library = Library::start(dune);
    let reader = Reader::new("task-trace", "docs/observability.md", "tracing_subscriber", &library);
    let said = reader.run(&[]);
    for expected in [
        "arazzo.workflow",
        "arazzo.step",
        ": arazzo: response ",
        "http.request.method=\"GET\"",
        "url.template=\"/books/{id}\"",
        "http.response.status_code=200",
    ] {
        assert!(said.contains(expected), "{expected} is missing in\n{said}");
    }
    assert!(
        !said.contains("Dune") && !said.contains("/books/42"),
        "values are not traced:\n{said}"
    );
}

#[test]
fn run_many_workflows_generically() {
    let shop = Library::start(|line, before| match (line, before) {
        ("GET /books/7", _) => (200, r#"{"title": "Dune"}"#),
        ("POST /orders", 0) => (503, r#"{"message": "busy"}"#),
        ("POST /orders", _) => (201, r#"{"orderId": "o1", "state": "open"}"#),
        ("GET /orders/o1", _) => (200, r#"{"orderId": "o1", "state": "sent"}"#),
        _ => (404, "{}"),
    });
    let reader = Reader::new("task-generic", "docs/runs.md", "rusqlite", &shop);
    let run = |arguments: &[&str]| reader.run_with(arguments, &[("SHOP_URL", &shop.url)]);
    assert_eq!(run(&["add", "order-book", r#"{"bookId": 7}"#]), "1");
    assert_eq!(run(&["add", "track-order", r#"{"orderId": "o1"}"#]), "2");
    assert_eq!(run(&["resume", "1", "{}"]), "needs address");
    assert_eq!(run(&["resume", "1", r#"{"address": "Long Lane 3"}"#]), "resume in 60 s");
    assert_eq!(
        run(&["list"]),
        "1 order-book at order: resume in 60 s\n2 track-order at poll: new"
    );
    let order = |said: String| {
        said.strip_prefix("done: ")
            .map(|json| serde_json::from_str::<serde_json::Value>(json).unwrap())
    };
    let done = order(run(&["resume", "1", "{}"])).unwrap();
    assert_eq!(done["order"]["orderId"], "o1");
    assert_eq!(order(run(&["resume", "2", "{}"])).unwrap()["order"]["state"], "sent");
}
