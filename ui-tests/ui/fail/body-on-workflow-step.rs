arazzo::arazzo_workflow!("./body-on-workflow-step.yml");

fn main() {}
