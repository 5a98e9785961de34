//! What programs read: JSON lines by our schema, SARIF by that of OASIS, and the page for people.

#![allow(clippy::unwrap_used, reason = "a test fails by it")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use support::example;

fn arazzo(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-arazzo"));
    let output = command
        .arg("arazzo")
        .args(arguments)
        .current_dir(directory)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Every failing document of the rules, and a package with a call that the macro refuses.
fn broken() -> Vec<(PathBuf, String)> {
    let failing = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui-tests/ui/fail");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&failing).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yml")
            && arazzo_compiler::invocation::is_document(&path)
        {
            found.push((failing.clone(), path.file_name().unwrap().to_str().unwrap().to_owned()));
        }
    }
    found.sort();
    assert!(found.len() > 100, "{}", found.len());
    found
}

fn problems_of_the_schema(validator: &jsonschema::Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|error| error.to_string()).collect()
}

#[test]
fn json_lines_follow_their_schema() {
    let schema: Value = serde_json::from_str(include_str!("../schemas/check.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut lines = 0;
    for (directory, file) in broken() {
        for line in arazzo(&directory, &["check", &file, "--format", "json"]).lines() {
            let value: Value = serde_json::from_str(line).unwrap();
            assert_eq!(problems_of_the_schema(&validator, &value), [""; 0], "{line}");
            lines += 1;
        }
    }
    assert!(lines > 100, "{lines}");
    let package = tempfile::tempdir().unwrap();
    std::fs::create_dir(package.path().join("src")).unwrap();
    std::fs::write(
        package.path().join("Cargo.toml"),
        "[package]\nname = \"p\"\nversion = \"0.1.0\"\n",
    )
    .unwrap();
    std::fs::write(package.path().join("src/lib.rs"), "arazzo_workflow!(1);").unwrap();
    let line = arazzo(package.path(), &["check", "--format", "json"]);
    let value: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(problems_of_the_schema(&validator, &value), [""; 0], "{line}");
}

/// `SARIF_SCHEMA` is the path of the schema of SARIF 2.1.0.
#[test]
fn sarif_follows_its_schema() {
    let Some(path) = std::env::var_os("SARIF_SCHEMA") else {
        println!("SKIPPED: `SARIF_SCHEMA` is not set; SARIF was not validated");
        return;
    };
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    // The published schema has a pattern with an unmatched bracket, which no engine takes.
    for part in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{part}/properties/language"));
        language.unwrap().as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (directory, file) in broken() {
        let log: Value = serde_json::from_str(&arazzo(&directory, &["check", &file, "--format", "sarif"])).unwrap();
        assert_eq!(problems_of_the_schema(&validator, &log), [""; 0], "{file}: {log:#}");
        assert_eq!(log["runs"][0]["tool"]["driver"]["name"], "cargo-arazzo");
    }
}

#[test]
fn the_page_says_everything_and_needs_nothing() {
    let page = arazzo(&example(), &["docs", "stytch-totp-enrollment-workflow.yml"]);
    for expected in [
        "<title>Stytch TOTP Authenticator Enrollment</title>",
        "<code>session_duration_minutes</code>",
        "POST /v1/totps/authenticate",
        // The summary of the operation, from the description.
        "Enroll an authenticator app",
        "$statusCode == 200",
        "$response.body#/recovery_codes",
        "<svg",
        "prefers-color-scheme: dark",
        "@media print",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    for loaded in ["<script", "<link", "<img", "src=", "url(", "@import"] {
        assert!(!page.contains(loaded), "{loaded}");
    }
    assert_eq!(
        page,
        arazzo(&example(), &["docs", "stytch-totp-enrollment-workflow.yml"])
    );
    let svg = arazzo(
        &example(),
        &["graph", "--format", "svg", "stytch-totp-enrollment-workflow.yml"],
    );
    assert!(svg.starts_with("<svg") && svg.contains("createTotp"), "{svg}");
}

/// The texts of a document are somebody else's: they are shown, and do nothing.
#[test]
fn the_page_runs_nothing_of_the_document() {
    let directory = tempfile::tempdir().unwrap();
    let evil =
        "<script>alert(1)</script> [x](javascript:alert(2)) <b onclick=alert(3)>b</b> ![i](https://x.test/i.png)";
    let text = std::fs::read_to_string(example().join("stytch-totp-enrollment-workflow.yml")).unwrap();
    let text = text
        .replace(
            "title: Stytch TOTP Authenticator Enrollment",
            "title: 'T <img src=x onerror=alert(0)>'",
        )
        .replace(
            "description: The email address to create the enrolling user under.",
            &format!("description: '{evil}'"),
        )
        .replace(
            "    description: >-\n      Add a new user",
            &format!("    description: '{evil}'\n    x-old: >-\n      Add a new user"),
        );
    std::fs::write(directory.path().join("flow.yml"), text).unwrap();
    let api = std::fs::read(example().join("stytch-consumer-openapi.yml")).unwrap();
    std::fs::write(directory.path().join("stytch-consumer-openapi.yml"), api).unwrap();
    let page = arazzo(directory.path(), &["docs", "flow.yml"]);
    for shown in ["T &lt;img src=x onerror=alert(0)&gt;", "&lt;script&gt;alert(1)"] {
        assert!(page.contains(shown), "{shown}");
    }
    for run in ["<script", "href=\"javascript", "<b ", "<img"] {
        assert!(!page.contains(run), "{run}");
    }
}
