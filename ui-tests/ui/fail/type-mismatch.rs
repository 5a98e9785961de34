arazzo::arazzo_workflow!("./type-mismatch.yml");

fn main() {}
