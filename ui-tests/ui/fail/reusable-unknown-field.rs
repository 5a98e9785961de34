arazzo::arazzo_workflow! { "./reusable-unknown-field.yml", lints = { deny(reusable_unknown_field) } }

fn main() {}
