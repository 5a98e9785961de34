arazzo::arazzo_workflow! { "./unused-input.yml", lints = { deny(unused_input) } }

fn main() {}
