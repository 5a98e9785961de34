arazzo::arazzo_workflow! { "./unused-component.yml", lints = { deny(unused_component) } }

fn main() {}
