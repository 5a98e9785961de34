//! Builds the crate that runs the expansions, and runs it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::Severity;
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::source::Disk;
use arazzo_compiler::{Compilation, compile};
use serde_json::Value;

/// What the compiler makes of a document.
pub struct Expansion {
    pub code: String,
    /// Ids of workflows and the names of their modules, and whether they take dependencies.
    pub workflows: Vec<(String, String, bool)>,
    /// Whether it compiles only in the lenient reading.
    pub lenient: bool,
}

/// Compiles a document; the codes of the errors where it does not compile.
pub fn expansion(corpus: &Path, path: &str) -> Result<Expansion, Vec<&'static str>> {
    let mut options = Options {
        document: corpus.join(path).to_str().unwrap().to_owned(),
        ..Options::default()
    };
    let mut compilation = compile(&options, &Disk);
    let lenient = compilation.has_errors();
    if lenient {
        options.levels.lenient = true;
        compilation = compile(&options, &Disk);
    }
    of(&compilation, lenient)
}

fn of(compilation: &Compilation, lenient: bool) -> Result<Expansion, Vec<&'static str>> {
    let plan = match &compilation.plan {
        Some(plan) if !compilation.has_errors() => plan,
        _ => {
            let errors = compilation
                .diagnostics
                .iter()
                .filter(|problem| problem.severity == Severity::Error);
            return Err(errors.map(|problem| problem.rule.code).collect());
        }
    };
    let workflows = plan.workflows.iter();
    Ok(Expansion {
        code: text(&emit(plan, false), "::arazzo"),
        workflows: workflows
            .map(|workflow| {
                (
                    workflow.id.clone(),
                    workflow.ident.clone(),
                    !workflow.dependencies.is_empty(),
                )
            })
            .collect(),
        lenient,
    })
}

/// The crate: one module per document, and a table of all workflows in their order.
pub struct Driver {
    modules: String,
    table: String,
    documents: usize,
    count: usize,
}

impl Driver {
    pub fn new() -> Self {
        Self {
            modules: String::new(),
            table: String::new(),
            documents: 0,
            count: 0,
        }
    }

    /// Adds a document; the number of its first workflow in the table.
    pub fn add(&mut self, expansion: &Expansion) -> usize {
        let module = format!("document{}", self.documents);
        let _ = writeln!(self.modules, "mod {module} {{ {} }}", expansion.code);
        for (_, name, depends) in &expansion.workflows {
            let at = format!("crate::{module}::{name}");
            let (dependencies, passed) = if *depends {
                (
                    "let dependencies = crate::told(serde_json::from_str(dependencies))?;",
                    ", dependencies",
                )
            } else {
                ("let _ = dependencies;", "")
            };
            let _ = writeln!(
                self.table,
                "workflow!({at}::Run, |inputs, dependencies| {{ \
                 let inputs: {at}::PartialInputs = crate::told(serde_json::from_str(inputs))?; {dependencies} \
                 crate::told(serde_json::to_string(&{at}::Run::new(inputs{passed}))) }}),"
            );
        }
        self.documents += 1;
        let first = self.count;
        self.count += expansion.workflows.len();
        first
    }

    /// Builds the crate and runs it on cases.
    pub fn run(&self, cases: &[Value]) -> Vec<Value> {
        let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("corpus-requests");
        std::fs::create_dir_all(home.join("src")).unwrap();
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../..")
            .canonicalize()
            .unwrap();
        // Kept between runs: what has not changed is not built again.
        let write = |path: &str, text: &str| {
            let path: PathBuf = home.join(path);
            if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
                return;
            }
            std::fs::write(path, text).unwrap();
        };
        let runtime = repository.join("runtime");
        write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"corpus-requests\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [dependencies]\narazzo = {{ path = {runtime:?}, default-features = false, features = [\"jsonpath\", \
                 \"regex\", \"xpath\"] }}\nserde_json = \"1\"\n\n[profile.dev]\ndebug = false\n"
            ),
        );
        std::fs::copy(repository.join("Cargo.lock"), home.join("Cargo.lock")).unwrap();
        write(
            "src/main.rs",
            &format!(
                "#![allow(warnings)]\n{}\nfn main() {{ run(&[\n{}]); }}\n{}",
                include_str!("program.rs").replace("//!", "//"),
                self.table,
                self.modules
            ),
        );
        let output = Command::new(env!("CARGO"))
            .args(["build", "--jobs=1", "--message-format=short"])
            .current_dir(&home)
            .env("CARGO_TARGET_DIR", home.join("target"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let (from, to) = (home.join("cases"), home.join("seen"));
        let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
        std::fs::write(&from, lines.join("\n")).unwrap();
        let status = Command::new(home.join("target/debug/corpus-requests"))
            .args([&from, &to])
            .status();
        assert!(status.unwrap().success());
        let seen = std::fs::read_to_string(&to).unwrap();
        seen.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}
