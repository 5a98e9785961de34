arazzo::arazzo_workflow! { "./status-undeclared.yml", lints = { deny(status_undeclared) } }

fn main() {}
