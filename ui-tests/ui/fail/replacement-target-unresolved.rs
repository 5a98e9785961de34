arazzo::arazzo_workflow!("./replacement-target-unresolved.yml");

fn main() {}
