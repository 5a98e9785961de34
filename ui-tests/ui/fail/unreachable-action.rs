arazzo::arazzo_workflow! { "./unreachable-action.yml", lints = { deny(unreachable_action) } }

fn main() {}
