arazzo::arazzo_workflow! { "./unused-step-output.yml", lints = { deny(unused_step_output) } }

fn main() {}
