arazzo::arazzo_workflow!("./timeout-negative.yml");

fn main() {}
