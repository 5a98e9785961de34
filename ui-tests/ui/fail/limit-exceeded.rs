arazzo::arazzo_workflow!("./limit-exceeded.yml");

fn main() {}
