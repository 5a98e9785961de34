arazzo::arazzo_workflow! { "./id-pattern.yml", lints = { deny(id_pattern) } }

fn main() {}
