arazzo::arazzo_workflow!("./unknown-workflow.yml");

fn main() {}
