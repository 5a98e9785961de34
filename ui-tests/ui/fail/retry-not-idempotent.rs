arazzo::arazzo_workflow! { "./retry-not-idempotent.yml", lints = { deny(retry_not_idempotent) } }

fn main() {}
