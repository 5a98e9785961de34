//! What a newcomer has: a fresh crate outside the workspace with the README's program in it, and
//! no dependencies but `arazzo`, under another name, and `tokio`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The first Rust program of the README.
fn readme_program() -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let (_, rest) = readme.split_once("```rust\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap()
}

/// A crate in a directory of its own; dependencies are built once for all tests.
struct Newcomer {
    directory: tempfile::TempDir,
    target: PathBuf,
}

impl Newcomer {
    fn new(name: &str, program: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| std::fs::write(directory.path().join(path), text).unwrap();
        let copy = |from: &str| {
            let from = root().join(from);
            std::fs::copy(&from, directory.path().join(from.file_name().unwrap())).unwrap();
        };
        let runtime = root().join("runtime");
        write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
                 workflows = {{ package = \"arazzo\", path = {:?} }}\n\
                 tokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n",
                runtime.to_str().unwrap()
            ),
        );
        // The same versions as the workspace, which are at hand already.
        copy("Cargo.lock");
        copy("examples/stytch-totp/stytch-totp-enrollment-workflow.yml");
        copy("examples/stytch-totp/stytch-consumer-openapi.yml");
        write("unread.yml", "nobody: reads this\n");
        std::fs::create_dir(directory.path().join("src")).unwrap();
        write("src/main.rs", &program.replace("arazzo::", "workflows::"));
        Self {
            directory,
            target: Path::new(env!("CARGO_TARGET_TMPDIR")).join("newcomer"),
        }
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(self.directory.path())
            .env("CARGO_TARGET_DIR", &self.target)
            .env_remove("ARAZZO_DEBUG")
            .output()
            .unwrap()
    }

    /// Builds the crate; says whether rustc ran for it.
    fn rebuilds(&self) -> bool {
        let output = self.cargo(&["build", "--message-format=json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let name = self.name();
        let messages = String::from_utf8(output.stdout).unwrap();
        let artifact = messages
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == name.as_str())
            .unwrap();
        artifact["fresh"] == false
    }

    fn name(&self) -> String {
        let manifest = std::fs::read_to_string(self.directory.path().join("Cargo.toml")).unwrap();
        manifest.split('"').nth(1).unwrap().to_owned()
    }

    /// What rustc calls errors in a build that fails.
    fn errors(&self) -> Vec<String> {
        let output = self.cargo(&["check", "--message-format=json"]);
        assert!(!output.status.success());
        let messages = String::from_utf8(output.stdout).unwrap();
        messages
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .filter(|message| message["reason"] == "compiler-message" && message["message"]["level"] == "error")
            .filter_map(|message| Some(message["message"]["message"].as_str()?.to_owned()))
            .filter(|text| !text.starts_with("aborting"))
            .collect()
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let path = self.directory.path().join(path);
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "{} has no {from:?}", path.display());
        std::fs::write(path, text.replacen(from, to, 1)).unwrap();
    }
}

/// The table of jobs in the docs is the example. `tasks.rs` builds and runs it outside of the workspace.
#[test]
fn the_table_of_jobs_is_the_example() {
    let docs = std::fs::read_to_string(root().join("docs/runs.md")).unwrap();
    let example = std::fs::read_to_string(root().join("examples/job-table/src/main.rs")).unwrap();
    assert!(
        docs.contains(&format!("```rust,ignore\n{example}```")),
        "docs/runs.md shows another program"
    );
    assert!(example.lines().count() < 80, "it is short");
}

#[test]
fn the_readme_program_is_free_of_warnings_under_another_name() {
    let program = readme_program();
    let (docs, code) = program.split_once('\n').unwrap();
    let strict = format!("{docs}\n#![deny(warnings, missing_docs, clippy::all, clippy::pedantic)]\n{code}");
    let newcomer = Newcomer::new("readme-program", &strict);
    let output = newcomer.cargo(&["clippy"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let output = newcomer.cargo(&["doc", "--no-deps", "--document-private-items"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && !said.contains("warning"), "{said}");
}

#[test]
fn an_edit_of_a_file_that_was_read_rebuilds_and_no_other() {
    let newcomer = Newcomer::new("edited-program", &readme_program());
    newcomer.rebuilds();
    assert!(!newcomer.rebuilds(), "nothing has changed");
    newcomer.edit("unread.yml", "nobody", "Nobody");
    assert!(!newcomer.rebuilds(), "a file that was not read has changed");
    newcomer.edit("stytch-totp-enrollment-workflow.yml", "Provisions", "provisions");
    assert!(newcomer.rebuilds(), "one letter of the document has changed");
    assert!(!newcomer.rebuilds());
    newcomer.edit("stytch-consumer-openapi.yml", "info:", "info: ");
    assert!(newcomer.rebuilds(), "the description has changed");
}

#[test]
fn a_misspelt_step_is_the_only_error() {
    let newcomer = Newcomer::new("misspelt-program", &readme_program());
    newcomer.edit(
        "stytch-totp-enrollment-workflow.yml",
        "$steps.createUser.outputs",
        "$steps.createUsr.outputs",
    );
    // Line and column are where an editor shows `createUsr` in the document.
    assert_eq!(
        newcomer.errors(),
        [
            "unknown step `createUsr` in workflow `totp-enrollment` [unknown-step]\n  \
          --> stytch-totp-enrollment-workflow.yml:61:25\n   |\n\
          61 |         user_id: $steps.createUsr.outputs.userId\n   |                         ^^^^^^^^^\n   \
          = help: a step with a similar name exists: `createUser`"
        ],
    );
}

/// Typical mistakes, each the only error of a crate that uses what is generated. A file that
/// cannot be read is not among them: what it would have said about types, rustc misses too.
#[test]
fn one_mistake_is_one_error() {
    let mistakes = [
        ("unknown-step", "$steps.createUser.outputs", "$steps.createUsr.outputs"),
        (
            "unknown-step-output",
            "createTotp.outputs.totpId",
            "createTotp.outputs.totpID",
        ),
        ("unknown-operation", "api_user_v1_Create", "api_user_v1_create_user"),
        ("operation-id-case", "api_user_v1_Create", "api_user_v1_create"),
        ("unknown-input", "$inputs.email", "$inputs.emial"),
        ("unknown-field", "successCriteria:", "succesCriteria:"),
        ("missing-field", "\n  version: 1.0.0", ""),
        ("condition-syntax", "$statusCode == 200", "$statusCode = 200"),
        ("impossible-response-pointer", "#/user_id", "#/user_id/0"),
        ("body-needs-pointer", "$response.body#/secret", "$response.body.secret"),
        (
            "duplicate-key",
            "  - stepId: createTotp",
            "  - stepId: createTotp\n    stepId: createTotp",
        ),
        ("unbraced-expression", "$inputs.totp_code", "code $inputs.totp_code"),
        ("payload-member-required", "user_id: $steps", "userId: $steps"),
        (
            "reference-syntax",
            "    - condition: $statusCode == 200\n    outputs:\n      userId",
            "    - condition: $statusCode == 200\n    onFailure: [{ reference: wait }]\n    outputs:\n      userId",
        ),
    ];
    let newcomer = Newcomer::new("mistaken-program", &readme_program());
    let document = "stytch-totp-enrollment-workflow.yml";
    let path = newcomer.directory.path().join(document);
    let right = std::fs::read_to_string(&path).unwrap();
    for (code, from, to) in mistakes {
        std::fs::write(&path, &right).unwrap();
        newcomer.edit(document, from, to);
        let errors = newcomer.errors();
        assert_eq!(errors.len(), 1, "{code}: {errors:#?}");
        assert!(errors[0].contains(&format!("[{code}]")), "{code}: {}", errors[0]);
    }
}

/// The expansion that `ARAZZO_DEBUG` writes to a file is what is compiled.
#[test]
fn the_debug_expansion_compiles() {
    let newcomer = Newcomer::new("debugged-program", &readme_program());
    let output = Command::new(env!("CARGO"))
        .arg("build")
        .current_dir(newcomer.directory.path())
        .env("CARGO_TARGET_DIR", &newcomer.target)
        .env("ARAZZO_DEBUG", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut files = std::fs::read_dir(newcomer.target.join("arazzo")).unwrap();
    let file = files.find_map(|file| {
        let path = file.unwrap().path();
        let name = path.file_name()?.to_str()?;
        name.starts_with("debugged_program-stytch-totp-enrollment-workflow-yml-")
            .then_some(path)
    });
    let text = std::fs::read_to_string(file.unwrap()).unwrap();
    assert!(text.lines().count() > 300, "it is formatted");
}

/// Several macro calls in one module and in function bodies, workflows that call each other among them: with the switch
/// and without it. Without `CARGO_TARGET_DIR` the files are where the build is.
#[test]
fn several_calls_compile_with_the_debug_switch_and_without() {
    let program = r#"//! Several calls.
#![deny(warnings)]

arazzo::arazzo_workflow!("stytch-totp-enrollment-workflow.yml");
arazzo::arazzo_workflow! { "calls.yml", workflows = ["outer"] }
arazzo::arazzo_workflow! { "calls.yml", workflows = ["inner"], rename = { "inner" = alone } }

mod renamed {
    arazzo::arazzo_workflow! { "calls.yml", workflows = ["inner"], rename = { "inner.steps.s" = only } }
}

fn main() {
    let _ = renamed::inner::Step::Only;
    arazzo::arazzo_workflow! { "calls.yml", workflows = ["outer"] }
    arazzo::arazzo_workflow! { "stytch-totp-enrollment-workflow.yml", rename = { "totp-enrollment" = other } }
    let _ = (outer::Inputs::new(), inner::Inputs::new(), alone::Inputs::new(), other::PartialInputs::new());
    let _ = totp_enrollment::PartialInputs::new();
}
"#;
    let newcomer = Newcomer::new("several-calls", program);
    let calls = "arazzo: 1.0.1\ninfo: { title: Calls, version: '1' }\n\
                 sourceDescriptions: [{ name: stytchConsumerApi, url: stytch-consumer-openapi.yml, type: openapi }]\n\
                 workflows:\n- { workflowId: outer, summary: Calls, steps: [{ stepId: s, workflowId: inner }] }\n\
                 - { workflowId: inner, summary: Is called, steps: [{ stepId: s, operationId: api_user_v1_Create, requestBody: { payload: { email: ada@example.com } } }] }\n";
    let package = newcomer.directory.path().join("member");
    std::fs::write(newcomer.directory.path().join("calls.yml"), calls).unwrap();
    // A member of a workspace: its target directory is that of the workspace.
    std::fs::create_dir_all(&package).unwrap();
    for file in [
        "Cargo.toml",
        "src",
        "calls.yml",
        "stytch-totp-enrollment-workflow.yml",
        "stytch-consumer-openapi.yml",
    ] {
        std::fs::rename(newcomer.directory.path().join(file), package.join(file)).unwrap();
    }
    let manifest = std::fs::read_to_string(package.join("Cargo.toml")).unwrap();
    std::fs::write(package.join("Cargo.toml"), manifest.replace("[workspace]\n\n", "")).unwrap();
    let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"member\"]\n";
    std::fs::write(newcomer.directory.path().join("Cargo.toml"), workspace).unwrap();
    std::fs::create_dir(newcomer.directory.path().join(".cargo")).unwrap();
    let config = format!("[build]\ntarget-dir = {:?}\n", newcomer.target.to_str().unwrap());
    std::fs::write(newcomer.directory.path().join(".cargo/config.toml"), config).unwrap();
    for switch in ["0", "1"] {
        let output = Command::new(env!("CARGO"))
            .arg("check")
            .current_dir(&package)
            .env_remove("CARGO_TARGET_DIR")
            .env("ARAZZO_DEBUG", switch)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{switch}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    assert!(!package.join("target").exists(), "nothing is written into the package");
    let files = std::fs::read_dir(newcomer.target.join("arazzo")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(names.filter(|name| name.starts_with("several_calls-")).count(), 5);
}
