arazzo::arazzo_workflow!("./unknown-workflow-input.yml");

fn main() {}
