arazzo::arazzo_workflow!("./duplicate-step-id.yml");

fn main() {}
