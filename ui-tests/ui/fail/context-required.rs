arazzo::arazzo_workflow!("./context-required.yml");

fn main() {}
