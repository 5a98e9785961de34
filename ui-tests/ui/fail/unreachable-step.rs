arazzo::arazzo_workflow! { "./unreachable-step.yml", lints = { deny(unreachable_step) } }

fn main() {}
