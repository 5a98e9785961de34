arazzo::arazzo_workflow! { "./condition-constant.yml", lints = { deny(condition_constant) } }

fn main() {}
