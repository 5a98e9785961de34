arazzo::arazzo_workflow!("./step-after-use.yml");

fn main() {}
