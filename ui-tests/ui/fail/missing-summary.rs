arazzo::arazzo_workflow! { "./missing-summary.yml", lints = { deny(missing_summary) } }

fn main() {}
