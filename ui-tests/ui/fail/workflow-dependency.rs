arazzo::arazzo_workflow!("./workflow-dependency.yml");

fn main() {}
