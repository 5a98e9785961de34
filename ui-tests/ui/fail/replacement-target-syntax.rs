arazzo::arazzo_workflow!("./replacement-target-syntax.yml");

fn main() {}
