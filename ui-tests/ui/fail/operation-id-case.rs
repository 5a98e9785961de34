arazzo::arazzo_workflow!("./operation-id-case.yml");

fn main() {}
