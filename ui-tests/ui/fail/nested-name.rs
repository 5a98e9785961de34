arazzo::arazzo_workflow! { "./nested-name.yml", lints = { deny(nested_name) } }

fn main() {}
