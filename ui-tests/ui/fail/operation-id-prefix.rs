arazzo::arazzo_workflow!("./operation-id-prefix.yml");

fn main() {}
