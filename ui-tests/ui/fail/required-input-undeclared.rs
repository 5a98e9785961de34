arazzo::arazzo_workflow!("./required-input-undeclared.yml");

fn main() {}
