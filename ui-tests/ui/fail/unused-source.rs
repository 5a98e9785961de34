arazzo::arazzo_workflow! { "./unused-source.yml", lints = { deny(unused_source) } }

fn main() {}
