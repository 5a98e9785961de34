arazzo::arazzo_workflow!("./body-required.yml");

fn main() {}
