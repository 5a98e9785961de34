arazzo::arazzo_workflow!("./operation-path-syntax.yml");

fn main() {}
