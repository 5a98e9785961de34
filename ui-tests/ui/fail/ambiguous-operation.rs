arazzo::arazzo_workflow!("./ambiguous-operation.yml");

fn main() {}
