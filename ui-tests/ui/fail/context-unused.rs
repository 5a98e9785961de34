arazzo::arazzo_workflow! { "./context-unused.yml", lints = { deny(context_unused) } }

fn main() {}
