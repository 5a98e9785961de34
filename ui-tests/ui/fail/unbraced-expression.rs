arazzo::arazzo_workflow!("./unbraced-expression.yml");

fn main() {}
