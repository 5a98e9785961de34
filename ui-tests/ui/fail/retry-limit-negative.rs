arazzo::arazzo_workflow!("./retry-limit-negative.yml");

fn main() {}
