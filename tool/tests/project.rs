//! `cargo arazzo check` without files: what it finds in packages.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

use std::path::Path;
use std::process::{Command, Output};

const API: &str = "openapi: 3.1.0
info: {title: Shelf, version: 1.0.0}
servers: [{url: http://shelf.test}]
paths:
  /books:
    post: {operationId: addBook, responses: {'201': {description: Added.}}}
";

const FLOW: &str = "arazzo: 1.0.1
info: {title: Add, version: 1.0.0}
sourceDescriptions:
  - {name: shelf, url: ./api.yaml, type: openapi}
workflows:
  - workflowId: add
    steps:
      - stepId: addBook
        operationId: addBook
        successCriteria: [{condition: $statusCode == 201}]
";

struct Package(tempfile::TempDir);

impl Package {
    fn new(manifest: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let package = Self(directory);
        package.write(
            "Cargo.toml",
            &format!("[package]\nname = \"p\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{manifest}"),
        );
        package
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.0.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn check(&self, below: &str, arguments: &[&str]) -> (Option<i32>, String) {
        let directory = self.0.path().join(below);
        let Output { status, stdout, stderr } = arazzo(&directory, arguments);
        let text = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
        (status.code(), text)
    }
}

fn arazzo(directory: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_cargo-arazzo"))
        .args(["arazzo", "check"])
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap()
}

const DEPENDENCY: &str = "[dependencies]\narazzo = \"0.1\"\n";

#[test]
fn every_macro_call_is_checked_with_its_options() {
    let package = Package::new(DEPENDENCY);
    package
        .write("api.yaml", API)
        .write("flows/add.yml", &FLOW.replace("./api.yaml", "https://shelf.test/api.yaml"))
        .write("src/lib.rs", "//! arazzo_workflow!(\"no.yml\")\narazzo::arazzo_workflow! {\n    \"flows/add.yml\",\n    sources = { shelf = \"api.yaml\" },\n}\n")
        .write("tests/near/add.yml", &FLOW.replace("addBook\n", "addBok\n").replace("./api.yaml", "../../api.yaml"))
        .write("tests/near/main.rs", "mod inner { quoted! { fn f() { arazzo_workflow!(\"./add.yml\", lints = { warn(missing_summary) }) } } }\n")
        // Other packages, and what Cargo has built.
        .write("other/Cargo.toml", "")
        .write("other/src/lib.rs", "arazzo_workflow!(\"none.yml\");")
        .write("target/x.rs", "arazzo_workflow!(\"none.yml\");");
    let (code, text) = package.check("", &[]);
    assert_eq!(code, Some(1), "{text}");
    assert!(
        text.contains(
            "error[unknown-operation]: unknown operation `addBok` in `shelf`\n --> tests/near/add.yml:9:22\n"
        ),
        "{text}"
    );
    assert!(text.contains("warning[missing-summary]"), "{text}");
    assert!(text.ends_with("2 documents: 1 error, 1 warning\n"), "{text}");
    // In a directory of the package, files are named as seen from there.
    let (_, text) = package.check("tests", &[]);
    assert!(text.contains(" --> near/add.yml:9:22\n"), "{text}");
}

#[test]
fn the_features_of_the_dependency_decide_which_engines_there_are() {
    let flow = FLOW.replace(
        "{condition: $statusCode == 201}",
        "{condition: '^2', context: $statusCode, type: regex}",
    );
    for (manifest, expected) in [
        (DEPENDENCY, Some(1)),
        (
            "[dependencies]\narazzo = { version = \"0.1\", features = [\"regex\"] }\n",
            Some(0),
        ),
        (
            "[dev-dependencies]\nflows = { package = \"arazzo\", version = \"0.1\", features = [\"regex\"] }\n",
            Some(0),
        ),
        (
            "[features]\ndefault = [\"rules\"]\nrules = [\"arazzo/regex\"]\n[dependencies]\narazzo = \"0.1\"\n",
            Some(0),
        ),
    ] {
        let package = Package::new(manifest);
        package
            .write("api.yaml", API)
            .write("flow.yml", &flow)
            .write("src/lib.rs", "arazzo::arazzo_workflow!(\"flow.yml\");\n");
        let (code, text) = package.check("", &[]);
        assert_eq!(code, expected, "{manifest}: {text}");
        let told = text.contains("features = [\"regex\"] }` in Cargo.toml");
        assert_eq!(told, expected == Some(1), "{text}");
        // A file by itself belongs to no Cargo.toml.
        let (code, text) = package.check("", &["flow.yml"]);
        assert_eq!((code, text.contains("Cargo.toml")), (Some(0), false), "{text}");
    }
}

#[test]
fn a_call_that_the_macro_refuses_is_an_error_at_its_place() {
    let package = Package::new(DEPENDENCY);
    package.write("src/lib.rs", "\narazzo::arazzo_workflow!(\"flow.yml\", lint = {});\n");
    let (code, text) = package.check("", &[]);
    assert_eq!(code, Some(1));
    assert!(
        text.starts_with("error: unknown option `lint` [unknown-option]\n"),
        "{text}"
    );
    assert!(text.contains(" --> src/lib.rs:2:38\n"), "{text}");
    package.write("src/lib.rs", "arazzo::arazzo_workflow!(\"flow.yml\");\n");
    let (_, text) = package.check("", &[]);
    assert!(text.contains("cannot read the document `flow.yml`"), "{text}");
}

#[test]
fn warnings_can_be_errors_and_help_names_the_options_of_the_command_line() {
    let package = Package::new("");
    package
        .write("api.yaml", API)
        .write(
            "flow.yml",
            &FLOW.replace(
                "    steps:",
                "    inputs: {type: object, properties: {unused: {type: string}}}
    steps:",
            ),
        )
        .write(
            "lenient.yml",
            &FLOW.replace("$statusCode == 201", "$response.body#/id == \"x\""),
        );
    let (code, text) = package.check("", &["flow.yml"]);
    assert!(code == Some(0) && text.contains("warning["), "{text}");
    let (code, text) = package.check("", &["flow.yml", "--deny", "warnings"]);
    assert!(code == Some(1) && !text.contains("warning["), "{text}");
    let (code, text) = package.check("", &["."]);
    assert!(
        code == Some(1) && text.contains("add `--warn double-quoted-string`, or `--lenient`"),
        "{text}"
    );
    assert!(!text.contains("macro call"), "{text}");
}

/// Without the engine for XPath 3.1, its expressions are said not to be checked.
#[test]
fn what_is_not_checked_is_told() {
    if cfg!(feature = "xpath31") {
        println!("SKIPPED: this build has the engine for XPath 3.1");
        return;
    }
    let package = Package::new("");
    package.write("api.yaml", API).write(
        "flow.yml",
        &FLOW.replace(
            "{condition: $statusCode == 201}",
            "{condition: 'some $x in //book satisfies $x = 1', context: $response.body, type: xpath}",
        ),
    );
    let (code, text) = package.check("", &["flow.yml"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("note: 1 XPath 3.1 expression was not checked"), "{text}");
}
