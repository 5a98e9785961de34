arazzo::arazzo_workflow! { "./unknown-payload-member.yml", lints = { deny(unknown_payload_member) } }

fn main() {}
