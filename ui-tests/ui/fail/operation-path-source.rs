arazzo::arazzo_workflow!("./operation-path-source.yml");

fn main() {}
