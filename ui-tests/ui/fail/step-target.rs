arazzo::arazzo_workflow!("./step-target.yml");

fn main() {}
