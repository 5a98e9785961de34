arazzo::arazzo_workflow!("./workflow-cycle.yml");

fn main() {}
