arazzo::arazzo_workflow!("./step-cycle.yml");

fn main() {}
