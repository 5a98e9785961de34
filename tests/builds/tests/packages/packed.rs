//! The packages as a registry would have them: what is in them, their own tests, the README in a fresh crate, and copies of
//! the examples.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::SystemTime;

use crate::newcomer::root;
use crate::tasks::{Library, blocks, dune};

/// Every crate that is published.
const PACKAGES: [&str; 10] = [
    "arazzo",
    "arazzo-brokers",
    "arazzo-compiler",
    "arazzo-durable",
    "arazzo-macros",
    "arazzo-pattern",
    "arazzo-restate",
    "arazzo-temporal",
    "cargo-arazzo",
    "stytch-stand-in",
];

/// Dependencies are built once for all tests.
fn target() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("newcomer")
}

fn cargo(directory: &Path) -> Command {
    let mut command = Command::new(env!("CARGO"));
    command
        .current_dir(directory)
        .env("CARGO_TARGET_DIR", target())
        .env("NO_COLOR", "1")
        .env_remove("ARAZZO_DEBUG");
    command
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{command:?}\n{said}\n{}",
        String::from_utf8_lossy(&output.stdout)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// The directory of the unpacked packages, each in `NAME-0.1.0`.
fn packages() -> &'static Path {
    static PACKED: OnceLock<PathBuf> = OnceLock::new();
    PACKED.get_or_init(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("packed");
        let _ = std::fs::remove_dir_all(&directory);
        std::fs::create_dir_all(&directory).unwrap();
        let mut package = Command::new(env!("CARGO"));
        // What is in the packages is built and tested below.
        package.args(["package", "--locked", "--allow-dirty", "--no-verify"]);
        package.args(PACKAGES.iter().flat_map(|name| ["-p", name]));
        succeed(package.arg("--target-dir").arg(&directory).current_dir(root()));
        for name in PACKAGES {
            let archive = directory.join(format!("package/{name}-0.1.0.crate"));
            succeed(Command::new("tar").arg("xzf").arg(archive).current_dir(&directory));
        }
        let members = PACKAGES.map(|name| format!("\"{name}-0.1.0\""));
        let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = [{}]\n", members.join(", "));
        std::fs::write(directory.join("Cargo.toml"), manifest + &patch_of(&directory)).unwrap();
        std::fs::copy(root().join("Cargo.lock"), directory.join("Cargo.lock")).unwrap();
        directory
    })
}

fn unpacked(name: &str) -> PathBuf {
    packages().join(format!("{name}-0.1.0"))
}

/// The part of a manifest by which it gets the packed crates.
fn patch() -> String {
    patch_of(packages())
}

fn patch_of(packages: &Path) -> String {
    let path = |name: &str| packages.join(format!("{name}-0.1.0"));
    let lines = PACKAGES.map(|name| format!("{name} = {{ path = {:?} }}\n", path(name).to_str().unwrap()));
    format!("\n[patch.crates-io]\n{}", lines.concat())
}

/// A crate with a program, the files that it reads, and the dependencies of the README.
fn fresh(name: &str, program: &str, files: &[(&str, String)]) -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| std::fs::write(directory.path().join(path), text).unwrap();
    let dependencies = blocks("README.md", "toml").swap_remove(0);
    let package = format!("[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n");
    write("Cargo.toml", &[&package, dependencies.as_str(), &patch()].concat());
    // The same versions as the workspace, which are at hand already.
    std::fs::copy(root().join("Cargo.lock"), directory.path().join("Cargo.lock")).unwrap();
    std::fs::create_dir(directory.path().join("src")).unwrap();
    write("src/main.rs", program);
    for (path, text) in files {
        write(path, text);
    }
    directory
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn packages_have_what_a_registry_shows() {
    let mut exact = 0;
    for name in PACKAGES {
        let package = unpacked(name);
        for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE", "Cargo.toml", "src"] {
            assert!(package.join(file).exists(), "{name} has no {file}");
        }
        let manifest = std::fs::read_to_string(package.join("Cargo.toml")).unwrap();
        for field in [
            "description",
            "documentation",
            "readme",
            "license",
            "categories",
            "keywords",
            "rust-version",
        ] {
            assert!(manifest.contains(&format!("\n{field} = ")), "{name} has no {field}");
        }
        // Crates that share private contracts belong to each other.
        let own = manifest.split("[dependencies.arazzo-").skip(1);
        for dependency in own {
            let version = dependency.lines().nth(1).unwrap();
            assert_eq!(version, "version = \"=0.1.0\"", "{name}: {dependency}");
            exact += 1;
        }
        let size = std::fs::metadata(packages().join(format!("package/{name}-0.1.0.crate")))
            .unwrap()
            .len();
        assert!(size < 1 << 20, "{name} is {size} bytes large");
    }
    // Two of the runtime, one each of compiler, macro, tool and the adapters of two engines.
    assert_eq!(exact, 7);
}

/// Unit tests and examples of the documentation, with every quick engine.
#[test]
fn packages_are_tested_from_their_files() {
    for kind in ["--lib", "--doc"] {
        let mut test = cargo(packages());
        test.args(["test", "--workspace", kind]);
        // The copy of its example builds the adapter of Restate; Temporal's SDK takes minutes.
        test.args(
            ["cargo-arazzo", "arazzo-restate", "arazzo-temporal"]
                .iter()
                .flat_map(|name| ["--exclude", name]),
        );
        let features = [
            "jsonpath", "metrics", "regex", "testing", "tower", "tracing", "uuid", "xpath",
        ];
        let said = succeed(test.args(features.iter().flat_map(|name| ["-F", name])));
        assert!(said.matches("test result: ok").count() >= 4, "{said}");
    }
}

#[test]
fn the_first_program_of_the_readme_runs() {
    let library = Library::start(dune);
    let description = read("tests/book/library-api.yml").replace("https://library.example.com", &library.url);
    let files = [
        ("book.arazzo.yml", blocks("README.md", "yaml").swap_remove(0)),
        ("library-api.yml", description),
    ];
    let program = &blocks("README.md", "rust,no_run")[0];
    let directory = fresh("packed-look-up", program, &files);
    let said = succeed(cargo(directory.path()).arg("run"));
    assert_eq!(said.trim(), "Dune by Some([\"Frank Herbert\"])");
    assert_eq!(library.lines(), ["GET /v1/books/42"]);
}

/// A transport of the program's own is all that a client needs.
#[test]
fn a_client_without_reqwest_runs() {
    let program = r##"
use arazzo::{Bytes, Client, http};

arazzo::arazzo_workflow!("book.arazzo.yml");

#[tokio::main]
async fn main() {
    let unable = Client::builder().build().unwrap_err();
    println!("{unable}");
    let client = Client::builder().transport(async |request: http::Request<Bytes>| {
        assert_eq!(request.uri().path(), "/v1/books/42");
        let response = http::Response::builder().header("content-type", "application/json");
        response.body(Bytes::from_static(br#"{"id": 42, "title": "Dune"}"#))
    });
    let outputs = look_up(&client.build().unwrap(), look_up::Inputs::new(42)).await.unwrap();
    println!("{}", outputs.book.title);
}
"##;
    let files = [
        ("book.arazzo.yml", blocks("README.md", "yaml").swap_remove(0)),
        ("library-api.yml", read("tests/book/library-api.yml")),
    ];
    let directory = fresh("packed-lean", program, &files);
    let path = directory.path().join("Cargo.toml");
    let manifest = std::fs::read_to_string(&path).unwrap();
    let lean = manifest.replace(
        "arazzo = \"0.1\"",
        "arazzo = { version = \"0.1\", default-features = false }",
    );
    assert_ne!(manifest, lean);
    std::fs::write(&path, lean).unwrap();
    let said = succeed(cargo(directory.path()).arg("run"));
    assert_eq!(
        said.trim(),
        "the client has no transport: set one, or enable the feature `reqwest` of `arazzo`\nDune"
    );
    let tree = succeed(cargo(directory.path()).args(["tree", "--edges", "normal"]));
    assert!(
        tree.contains("arazzo v0.1.0") && !tree.contains("reqwest v") && !tree.contains("hyper v"),
        "{tree}"
    );
}

/// The second program waits for a person, who has an authenticator app.
#[tokio::test(flavor = "multi_thread")]
async fn the_second_program_of_the_readme_runs() {
    let service = stytch_stand_in::Server::start().await.unwrap();
    let description = read("examples/stytch-totp/stytch-consumer-openapi.yml");
    let server = description
        .lines()
        .find_map(|line| line.trim_start().strip_prefix("- url: "))
        .unwrap()
        .to_owned();
    let document = "stytch-totp-enrollment-workflow.yml";
    let files = [
        (document, read(&format!("examples/stytch-totp/{document}"))),
        (
            "stytch-consumer-openapi.yml",
            description.replace(&server, service.url()),
        ),
    ];
    let program = blocks("README.md", "rust")
        .into_iter()
        .find(|text| text.contains("read_line"));
    let directory = fresh("packed-enrolment", &program.unwrap(), &files);
    succeed(cargo(directory.path()).arg("build"));
    let mut run = cargo(directory.path());
    run.arg("run")
        .env("STYTCH_PROJECT_ID", service.project_id())
        .env("STYTCH_SECRET", service.secret())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let said = tokio::task::spawn_blocking(move || {
        let mut child = run.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let asked = lines.next().unwrap().unwrap();
        let secret = asked.split(' ').nth(1).unwrap();
        let code = stytch_stand_in::totp_code(secret, SystemTime::now()).unwrap();
        writeln!(child.stdin.take().unwrap(), "{code}").unwrap();
        let said = lines.next().unwrap().unwrap();
        assert!(child.wait().unwrap().success());
        said
    });
    assert!(said.await.unwrap().starts_with("enrolled user-"));
    assert_eq!(service.users(), 1);
}

/// A folder of an example works elsewhere as it is, with the crates of a registry.
#[test]
fn examples_can_be_copied() {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            assert!(!entry.file_type().unwrap().is_symlink(), "{:?} is a link", entry.path());
            if entry.file_type().unwrap().is_dir() {
                copy(&entry.path(), &to.join(entry.file_name()));
            } else {
                std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
            }
        }
    }
    let mut names = Vec::new();
    for example in std::fs::read_dir(root().join("examples")).unwrap() {
        let example = example.unwrap();
        let directory = tempfile::tempdir().unwrap();
        copy(&example.path(), directory.path());
        let manifest = std::fs::read_to_string(directory.path().join("Cargo.toml")).unwrap();
        assert!(
            !manifest.contains("path = \"..") && !manifest.contains("workspace"),
            "{manifest}"
        );
        // SDKs and clients take minutes to build; these examples are built in the workspace.
        let slow = ["arazzo-temporal", "restate-sdk", "rmcp", "arazzo-brokers"];
        let slow = slow.iter().any(|name| manifest.contains(name));
        let check = if slow { "fetch" } else { "check" };
        // The registry does not have the crates yet.
        std::fs::write(directory.path().join("Cargo.toml"), manifest + &patch()).unwrap();
        std::fs::copy(root().join("Cargo.lock"), directory.path().join("Cargo.lock")).unwrap();
        succeed(cargo(directory.path()).arg(check));
        names.push(example.file_name().into_string().unwrap());
    }
    assert!(names.len() >= 5, "{names:?}");
}
