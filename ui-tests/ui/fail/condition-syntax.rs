arazzo::arazzo_workflow!("./condition-syntax.yml");

fn main() {}
