arazzo::arazzo_workflow!("./component-kind.yml");

fn main() {}
