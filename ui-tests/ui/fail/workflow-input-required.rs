arazzo::arazzo_workflow!("./workflow-input-required.yml");

fn main() {}
