arazzo::arazzo_workflow!("./unqualified-operation.yml");

fn main() {}
