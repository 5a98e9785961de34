arazzo::arazzo_workflow! { "./constraint-unchecked.yml", lints = { deny(constraint_unchecked) } }

fn main() {}
