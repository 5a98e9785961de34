arazzo::arazzo_workflow!("./retry-after-negative.yml");

fn main() {}
