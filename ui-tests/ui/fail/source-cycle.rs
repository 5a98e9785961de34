arazzo::arazzo_workflow!("./source-cycle.yml");

fn main() {}
