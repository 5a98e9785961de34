arazzo::arazzo_workflow! { "./content-type-unused.yml", lints = { deny(content_type_unused) } }

fn main() {}
