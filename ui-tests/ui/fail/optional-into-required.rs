arazzo::arazzo_workflow! { "./optional-into-required.yml", lints = { deny(optional_into_required) } }

fn main() {}
