//! Crates that are built inside of tests: the packages, the newcomer, the tasks of the book, odd names, random schemas, random workflows, the corpus.

use std::path::Path;
use std::process::Command;

mod corpus_binding;
mod crashes;
mod editor;
mod names;
mod newcomer;
mod packed;
mod schema_graphs;
mod tasks;

/// Checks a library that depends on the runtime and has these modules.
fn check_library(modules: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .unwrap();
    let directory = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| std::fs::write(directory.path().join(path), text).unwrap();
    write(
        "Cargo.toml",
        &format!(
            "[package]\nname = \"expansions\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
             arazzo = {{ path = {:?}, features = [\"jsonpath\", \"regex\", \"xpath\"] }}\n",
            root.join("runtime").to_str().unwrap()
        ),
    );
    std::fs::copy(root.join("Cargo.lock"), directory.path().join("Cargo.lock")).unwrap();
    std::fs::create_dir(directory.path().join("src")).unwrap();
    write("src/lib.rs", modules);
    let output = Command::new(env!("CARGO"))
        .args(["check", "--message-format=short"])
        .current_dir(directory.path())
        .env(
            "CARGO_TARGET_DIR",
            Path::new(env!("CARGO_TARGET_TMPDIR")).join("expansions"),
        )
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
