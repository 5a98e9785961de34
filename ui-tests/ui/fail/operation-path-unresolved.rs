arazzo::arazzo_workflow!("./operation-path-unresolved.yml");

fn main() {}
