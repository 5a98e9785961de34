arazzo::arazzo_workflow!("./unknown-workflow-output.yml");

fn main() {}
