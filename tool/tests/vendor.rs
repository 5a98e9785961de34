//! Copies of remote descriptions, from a server on loopback.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::Value;

type Files = Arc<Mutex<BTreeMap<&'static str, String>>>;

/// A server of files, and how many requests it has had.
struct Server {
    port: u16,
    files: Files,
    requests: Arc<Mutex<usize>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (files, requests) = (Files::default(), Arc::<Mutex<usize>>::default());
        let (served, counted) = (Arc::clone(&files), Arc::clone(&requests));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut first = String::new();
                reader.read_line(&mut first).unwrap();
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap() == 0 || line == "\r\n" {
                        break;
                    }
                }
                *counted.lock().unwrap() += 1;
                let path = first.split(' ').nth(1).unwrap_or("").trim_start_matches('/').to_owned();
                let answer = match served.lock().unwrap().get(path.as_str()) {
                    Some(text) => format!(
                        "HTTP/1.1 200 OK\r\nETag: \"{}\"\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
                        text.len(),
                        text.len()
                    ),
                    None => "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
                };
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { port, files, requests }
    }

    fn set(&self, name: &'static str, text: &str) {
        self.files.lock().unwrap().insert(name, text.to_owned());
    }
}

const API: &str = "openapi: 3.1.0
info: {title: Shelf, version: 1.0.0}
servers: [{url: http://shelf.test}]
paths:
  /books:
    post:
      operationId: addBook
      responses:
        '201':
          description: Added.
          content: {application/json: {schema: {$ref: './types.yaml#/Book'}}}
    get: {operationId: listBooks, responses: {'200': {description: All.}}}
";

const TYPES: &str = "Book: {type: object, required: [id], properties: {id: {type: string}}}\n";

fn package(server: &Server) -> tempfile::TempDir {
    server.set("v1/openapi.yaml", API);
    server.set("v1/types.yaml", TYPES);
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
    std::fs::create_dir(directory.path().join("src")).unwrap();
    write(
        "Cargo.toml",
        "[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\narazzo = \"0.1\"\n",
    );
    write("src/lib.rs", "arazzo::arazzo_workflow!(\"flow.yml\");\n");
    write(
        "flow.yml",
        &format!(
            "arazzo: 1.0.1
info: {{title: Add, version: 1.0.0}}
sourceDescriptions: [{{name: shelf, url: 'http://127.0.0.1:{}/v1/openapi.yaml', type: openapi}}]
workflows:
- workflowId: add
  steps:
  - stepId: addBook
    operationId: addBook
    successCriteria: [{{condition: $statusCode == 201}}]
    outputs: {{id: $response.body#/id}}
  outputs: {{id: $steps.addBook.outputs.id}}
",
            server.port
        ),
    );
    directory
}

fn arazzo(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-arazzo"));
    let output = command
        .arg("arazzo")
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code(), text)
}

#[test]
fn a_remote_description_is_copied_once_and_read_without_an_option() {
    let server = Server::start();
    let directory = package(&server);
    let (code, text) = arazzo(directory.path(), &["check"]);
    assert!(code == Some(1) && text.contains("run `cargo arazzo vendor`"), "{text}");
    // A check does not use the network.
    assert_eq!(*server.requests.lock().unwrap(), 0);
    let (code, text) = arazzo(directory.path(), &["vendor"]);
    assert_eq!(code, Some(0), "{text}");
    let place = format!("vendor/arazzo/127.0.0.1_{}/v1", server.port);
    assert!(
        text.contains(&format!("sources = {{ shelf = \"{place}/openapi.yaml\" }}")),
        "{text}"
    );
    for (name, content) in [("openapi.yaml", API), ("types.yaml", TYPES)] {
        let copy = std::fs::read_to_string(directory.path().join(&place).join(name)).unwrap();
        assert_eq!(copy, content);
    }
    let lock: Value =
        serde_json::from_str(&std::fs::read_to_string(directory.path().join("vendor/arazzo.lock")).unwrap()).unwrap();
    let files = lock["files"].as_array().unwrap();
    assert_eq!(files.len(), 2);
    let types = &files[1];
    // `printf 'Book: …' | sha256sum`
    let sum = Command::new("sha256sum")
        .arg(directory.path().join(&place).join("types.yaml"))
        .output()
        .unwrap();
    assert!(
        String::from_utf8_lossy(&sum.stdout).starts_with(types["sha256"].as_str().unwrap()),
        "{lock}"
    );
    assert_eq!(types["etag"], format!("\"{}\"", TYPES.len()));
    assert_eq!(types["date"].as_str().unwrap().len(), "2026-01-31".len());
    // The compiler finds the copies by the lock file; the type comes from the second file.
    let (code, text) = arazzo(directory.path(), &["check"]);
    assert_eq!((code, text.as_str()), (Some(0), "1 document: 0 errors, 0 warnings\n"));
    // Also from a directory inside of the package.
    assert_eq!(
        arazzo(&directory.path().join("src"), &["check"]),
        (Some(0), "1 document: 0 errors, 0 warnings\n".to_owned())
    );
    // A copy that is gone is fetched again, also one that has no name.
    std::fs::remove_file(directory.path().join(&place).join("types.yaml")).unwrap();
    arazzo(directory.path(), &["vendor"]);
    assert_eq!(
        std::fs::read_to_string(directory.path().join(&place).join("types.yaml")).unwrap(),
        TYPES
    );
    let requests = *server.requests.lock().unwrap();
    let (code, text) = arazzo(directory.path(), &["vendor"]);
    assert!(code == Some(0) && text.contains("all copies are there"), "{text}");
    assert_eq!(*server.requests.lock().unwrap(), requests);
}

#[test]
fn what_has_changed_upstream_is_said_with_what_it_means() {
    let server = Server::start();
    let directory = package(&server);
    arazzo(directory.path(), &["vendor"]);
    let before = std::fs::read_to_string(directory.path().join("vendor/arazzo.lock")).unwrap();
    let check = || arazzo(directory.path(), &["vendor", "--check"]);
    let (code, text) = check();
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(text.matches("unchanged since").count(), 2, "{text}");
    // An operation that no workflow uses.
    server.set("v1/openapi.yaml", &API.replace("listBooks", "allBooks"));
    let (code, text) = check();
    assert!(
        code == Some(1) && text.contains("changed since") && text.contains("no effect on the workflows"),
        "{text}"
    );
    // The type of an output, in the file that the description refers to.
    server.set("v1/openapi.yaml", API);
    server.set("v1/types.yaml", &TYPES.replace("type: string", "type: integer"));
    let (_, text) = check();
    assert!(text.contains("changed: the outputs of `add`"), "{text}");
    // A member that a workflow reads is gone.
    server.set(
        "v1/types.yaml",
        "Book: {type: object, additionalProperties: false, properties: {isbn: {type: string}}}\n",
    );
    let (_, text) = check();
    assert!(
        text.contains("breaking: ") && text.contains("[impossible-response-pointer]"),
        "{text}"
    );
    server.set("v1/openapi.yaml", &API.replace("addBook", "putBook"));
    let (_, text) = check();
    assert!(text.contains("breaking: unknown operation `addBook`"), "{text}");
    // Nothing was written.
    assert_eq!(
        std::fs::read_to_string(directory.path().join("vendor/arazzo.lock")).unwrap(),
        before
    );
    // A copy that somebody has changed.
    let place = directory
        .path()
        .join(format!("vendor/arazzo/127.0.0.1_{}/v1/types.yaml", server.port));
    std::fs::write(&place, "Book: {}\n").unwrap();
    let (_, text) = check();
    assert!(text.contains("the copy was changed after"), "{text}");
}

#[test]
fn the_option_is_written_into_the_macro_calls() {
    let server = Server::start();
    let copy = format!("vendor/arazzo/127.0.0.1_{}/v1/openapi.yaml", server.port);
    for (before, after) in [
        ("\"flow.yml\"", "\"flow.yml\", sources = { shelf = \"COPY\" }"),
        ("\"flow.yml\",", "\"flow.yml\", sources = { shelf = \"COPY\" }"),
        (
            "/* é */ \"flow.yml\", sources = {}, dialect = strict",
            "/* é */ \"flow.yml\", sources = { shelf = \"COPY\"}, dialect = strict",
        ),
    ] {
        let directory = package(&server);
        let source = directory.path().join("src/lib.rs");
        std::fs::write(&source, format!("// é\narazzo::arazzo_workflow!({before});\n")).unwrap();
        let (code, text) = arazzo(directory.path(), &["vendor", "--write"]);
        assert_eq!(code, Some(0), "{text}");
        let written = std::fs::read_to_string(&source).unwrap();
        let after = after.replace("COPY", &copy);
        assert_eq!(written, format!("// é\narazzo::arazzo_workflow!({after});\n"));
        // The option does without the lock file, and is not written twice.
        std::fs::remove_file(directory.path().join("vendor/arazzo.lock")).unwrap();
        assert_eq!(arazzo(directory.path(), &["check"]).0, Some(0));
        arazzo(directory.path(), &["vendor", "--write"]);
        assert_eq!(std::fs::read_to_string(&source).unwrap(), written);
    }
}

#[test]
fn what_cannot_be_fetched_is_an_error_and_leaves_nothing() {
    let server = Server::start();
    let directory = package(&server);
    server.files.lock().unwrap().clear();
    let (code, text) = arazzo(directory.path(), &["vendor"]);
    assert!(
        code == Some(2) && text.contains("cannot fetch") && text.contains("404"),
        "{text}"
    );
    assert!(!directory.path().join("vendor").exists());
    // A password would be in the lock file.
    let flow = std::fs::read_to_string(directory.path().join("flow.yml")).unwrap();
    std::fs::write(
        directory.path().join("flow.yml"),
        flow.replace("http://", "http://user:s3cret@"),
    )
    .unwrap();
    let (code, text) = arazzo(directory.path(), &["vendor"]);
    assert!(
        code == Some(2) && text.contains("password") && !text.contains("s3cret"),
        "{text}"
    );
    std::fs::write(directory.path().join("flow.yml"), flow).unwrap();
    // A lock file that leads out of its directory is refused.
    std::fs::create_dir(directory.path().join("vendor")).unwrap();
    std::fs::write(
        directory.path().join("vendor/arazzo.lock"),
        "{\"version\": 1, \"files\": [{\"url\": \"http://x.test/\", \"file\": \"../../etc/x\", \"sha256\": \"\", \"date\": \"\"}]}",
    )
    .unwrap();
    let (code, text) = arazzo(directory.path(), &["vendor"]);
    assert!(code == Some(2) && text.contains("the lock file"), "{text}");
}
