arazzo::arazzo_workflow! { "./lookalike-literal.yml", lints = { deny(lookalike_literal) } }

fn main() {}
