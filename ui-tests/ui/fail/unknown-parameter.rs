arazzo::arazzo_workflow! { "./unknown-parameter.yml", lints = { deny(unknown_parameter) } }

fn main() {}
