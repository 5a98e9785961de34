arazzo::arazzo_workflow! { "./condition-not-boolean.yml", lints = { deny(condition_not_boolean) } }

fn main() {}
