//! What rustc shows of a diagnostic, and that generated code compiles: programs in `ui/rustc` must not compile and say
//! what their `.stderr` says, those in `ui/pass` must. What the compiler itself says of every rule is tested by
//! `compiler/tests/rules.rs`.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/rustc/*.rs");
    cases.pass("ui/pass/*.rs");
}
