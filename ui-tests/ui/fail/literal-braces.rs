arazzo::arazzo_workflow! { "./literal-braces.yml", lints = { deny(literal_braces) } }

fn main() {}
