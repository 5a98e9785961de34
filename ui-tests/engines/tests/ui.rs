//! Compiles the programs in `ui/engines`, whose mistakes only an engine sees. They have a package
//! of their own because those in `ui/fail` are compiled without features.

#[test]
fn ui() {
    trybuild::TestCases::new().compile_fail("../ui/engines/*.rs");
}
