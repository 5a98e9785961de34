arazzo::arazzo_workflow!("./duplicate-workflow-id.yml");

fn main() {}
