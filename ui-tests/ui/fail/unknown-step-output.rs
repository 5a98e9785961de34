arazzo::arazzo_workflow!("./unknown-step-output.yml");

fn main() {}
