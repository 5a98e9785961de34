arazzo::arazzo_workflow! { "../fail/unused-input.yml", lints = { deny(unused_input) } }

fn main() {}
