arazzo::arazzo_workflow! { "./braces-make-a-string.yml", lints = { deny(braces_make_a_string) } }

fn main() {}
