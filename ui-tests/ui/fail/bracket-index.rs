arazzo::arazzo_workflow!("./bracket-index.yml");

fn main() {}
