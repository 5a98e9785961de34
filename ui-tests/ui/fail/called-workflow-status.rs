arazzo::arazzo_workflow!("./called-workflow-status.yml");

fn main() {}
