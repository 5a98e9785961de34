//! Compiles every program in `ui/`: those in `ui/fail` must not compile and say what their
//! `.stderr` says, those in `ui/pass` must.

#[test]
fn ui() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("ui/fail/*.rs");
    cases.pass("ui/pass/*.rs");
}
