arazzo::arazzo_workflow!("./inputs-ref-unresolved.yml");

fn main() {}
