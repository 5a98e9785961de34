arazzo::arazzo_workflow!("./jsonpath-comparison.yml");

fn main() {}
