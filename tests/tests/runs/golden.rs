//! What the macro writes, as a person reads it: the formatted expansions stand in `tests/golden`, and
//! what stands there compiles and runs (`golden_runs.rs`).
//!
//! `UPDATE_GOLDEN=1 cargo test -p arazzo-tests --test runs golden` writes them anew; read them before they
//! are committed.

use arazzo_compiler::bundle::Options;
use arazzo_compiler::diagnostic::Header;
use arazzo_compiler::emit::{emit, text};
use arazzo_compiler::source::Disk;
#[track_caller]
fn assert_golden(document: &str, golden: &str) {
    let package = env!("CARGO_MANIFEST_DIR");
    let options = Options {
        package: package.into(),
        document: document.to_owned(),
        ..Options::default()
    };
    let compilation = arazzo_compiler::compile(&options, &Disk);
    assert!(!compilation.has_errors(), "{:#?}", compilation.render(Header::Full));
    let plan = compilation.plan.expect("there is a plan");
    let code = text(&emit(&plan, false), "::arazzo");
    let text = prettyplease::unparse(&syn::parse_file(&code).expect("the expansion is Rust"));
    let path = std::path::Path::new(package).join("golden").join(golden);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&path).expect("the file can be read");
    assert!(
        text == expected,
        "{golden} is no longer what the macro writes; see the head of this file"
    );
}

#[test]
fn the_first_document_expands_as_read() {
    assert_golden(
        "../examples/stytch-totp/stytch-totp-enrollment-workflow.yml",
        "stytch.rs",
    );
}

#[test]
fn goto_and_retry_expand_as_read() {
    assert_golden("golden/import.yml", "import.rs");
}
