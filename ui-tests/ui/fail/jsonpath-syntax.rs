arazzo::arazzo_workflow!("./jsonpath-syntax.yml");

fn main() {}
