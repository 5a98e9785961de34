arazzo::arazzo_workflow!("./content-type-ambiguous.yml");

fn main() {}
