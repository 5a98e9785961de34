arazzo::arazzo_workflow! { "./content-type-unsupported.yml", lints = { deny(content_type_unsupported) } }

fn main() {}
