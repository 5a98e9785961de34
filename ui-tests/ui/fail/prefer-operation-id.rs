arazzo::arazzo_workflow! { "./prefer-operation-id.yml", lints = { deny(prefer_operation_id) } }

fn main() {}
