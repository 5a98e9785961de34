arazzo::arazzo_workflow!("./jsonpath-unbraced-expression.yml");

fn main() {}
