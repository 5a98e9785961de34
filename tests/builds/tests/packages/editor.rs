//! What rust-analyzer understands of an expansion. An expression whose type it does not know has no completion.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::newcomer::root;

/// How many expressions there are, of how many the type is unknown, and of how many in part.
#[derive(Clone, Copy, Debug)]
struct Types {
    expressions: i64,
    unknown: i64,
    partly: i64,
}

/// Counts the types of a crate with this program and the workflows of the bench.
fn types(program: &str) -> Option<Types> {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let twelve = root().join("benches/twelve/compiled");
    for (from, to) in [("workflows", "workflows"), ("src", "src")] {
        fs::create_dir(path.join(to)).unwrap();
        for file in fs::read_dir(twelve.join(from)).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), path.join(to).join(file.file_name())).unwrap();
        }
    }
    fs::write(path.join("src/main.rs"), program).unwrap();
    fs::copy(root().join("Cargo.lock"), path.join("Cargo.lock")).unwrap();
    let runtime = root().join("runtime");
    let manifest = format!(
        "[package]\nname = \"twelve\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         arazzo = {{ path = {:?} }}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt-multi-thread\"] }}\n",
        runtime.to_str().unwrap()
    );
    fs::write(path.join("Cargo.toml"), manifest).unwrap();
    let output = Command::new("rust-analyzer")
        .args([
            "analysis-stats",
            "-q",
            "--skip-mir-stats",
            "--skip-data-layout",
            "--skip-const-eval",
        ])
        .arg(path)
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("newcomer"),
        )
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    // What rustup says where the component is not installed.
    if said.contains("is not installed") || said.contains("Unknown binary") {
        return None;
    }
    // `exprs: 151230, ??ty: 191 (0%), ?ty: 91 (0%), !ty: 0`
    let line = said.lines().find(|line| line.trim_start().starts_with("exprs:"));
    let line = line.unwrap_or_else(|| panic!("no summary in\n{said}"));
    assert!(said.contains("panics: 0"), "{said}");
    let numbers = |name: &str| {
        let rest = line.split(name).nth(1)?.trim_start();
        rest.split(|letter: char| !letter.is_ascii_digit()).next()?.parse().ok()
    };
    Some(Types {
        expressions: numbers("exprs:")?,
        unknown: numbers(" ??ty:")?,
        partly: numbers(" ?ty:")?,
    })
}

/// The crates that the program depends on are counted too, so that a program without workflows is subtracted. The path of
/// the workflows is relative to the source file, whose place rust-analyzer does not tell.
#[test]
fn rust_analyzer_knows_the_types() {
    let Some(without) = types("fn main() {}\n") else {
        println!("SKIPPED: rust-analyzer is not installed, so the types of expansions were not checked");
        return;
    };
    let program = fs::read_to_string(root().join("benches/twelve/compiled/src/main.rs")).unwrap();
    let relative = program.replace("\"workflows/\"", "\"../workflows/\"");
    assert_ne!(program, relative);
    let with = types(&relative).unwrap();
    let expressions = with.expressions - without.expressions;
    let (unknown, partly) = (with.unknown - without.unknown, with.partly - without.partly);
    println!("of {expressions} expressions, {unknown} have an unknown type, {partly} one that is unknown in part");
    assert!(expressions > 10_000, "the workflows are not expanded: {with:?}");
    assert_eq!(unknown, 0);
    assert!(partly * 500 < expressions, "more than 0.2 %: {with:?} {without:?}");
}
