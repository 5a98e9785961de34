arazzo::arazzo_workflow! { "./unknown-response-pointer.yml", lints = { deny(unknown_response_pointer) } }

fn main() {}
