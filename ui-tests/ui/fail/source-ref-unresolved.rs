arazzo::arazzo_workflow!("./source-ref-unresolved.yml");

fn main() {}
